import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MappingDefinition } from '../model/mapping.ts';
import { microsoftEntraMapping } from './microsoft-entra-template.ts';
import {
  hideInSentence,
  hidesNames,
  hideValues,
  redactedText,
  redactionOf,
  withoutRedacted,
} from './redaction.ts';

const seed = microsoftEntraMapping('m', {
  source: { connection: 'Contoso', type: 'user' },
  target: { connection: 'Identities', type: 'alpha_user' },
});

function mappingWith(target: string, text: string): MappingDefinition {
  const row = { target, source: { kind: 'expression', text }, apply: 'always', ifEmpty: 'clear' } as const;
  return { ...seed, attributes: [...seed.attributes, row] };
}

describe('the redaction of a mapping', () => {
  test('is of what redacting rows write, and of what they read', () => {
    expect(redactionOf(seed)).toEqual({ targets: [], sources: [] });
    expect(redactionOf(mappingWith('custom_id', 'ToUpper(Redact(Join("", [employeeId], [mail])))'))).toEqual({
      targets: ['custom_id'],
      sources: ['employeeId', 'mail'],
    });
  });

  test('is of every expression where the mapping cannot be compiled any more', () => {
    expect(redactionOf(mappingWith('a/b', 'Redakt([employeeId])'))).toEqual({
      targets: ['a'],
      sources: ['employeeId'],
    });
  });
});

test('values are hidden, and that there is none is told', () => {
  expect(hideValues({ a: 'secret', b: null, c: 'open', d: ['one', 'two'] }, ['a', 'b', 'd'])).toEqual({
    a: redactedText,
    b: null,
    c: 'open',
    d: redactedText,
  });
});

test('nobody is called by a value that is hidden', () => {
  expect(hidesNames(['employeeId'])).toBe(false);
  expect(hidesNames(['employeeId', 'displayName'])).toBe(true);
  expect(withoutRedacted({ displayName: 'Sam', userName: 'sam' }, ['displayName'])).toEqual({
    userName: 'sam',
  });
});

describe('a sentence', () => {
  const changes = { before: { a: 'old' }, after: { a: 'new "value"', b: 'new' } };

  test('has no hidden value left, quoted or bare', () => {
    expect(hideInSentence('a is "new \\"value\\"", which 7 has.', changes, ['a'])).toBe(
      `a is ${redactedText}, which 7 has.`,
    );
    expect(
      hideInSentence('Nobody may be called new value2.', { before: {}, after: { a: 'new value' } }, ['a']),
    ).toBe(`Nobody may be called ${redactedText}2.`);
    expect(hideInSentence('b is "new"', changes, ['a'])).toBe('b is "new"');
    expect(hideInSentence('a is "x"', null, ['a'])).toBe('a is "x"');
  });

  test('never has the value that is hidden, whatever it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9"\\ ]{4,20}$/), (value) => {
        const sentence = `Of ${JSON.stringify(value)}: ${value}.`;
        const hidden = hideInSentence(sentence, { before: {}, after: { a: value } }, ['a']);
        expect(hidden).toBe(`Of ${redactedText}: ${redactedText}.`);
      }),
    );
  });
});
