import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MappingDefinition } from '../model/mapping.ts';
import { actions, situations } from '../model/reconciliation.ts';
import { defaultGuards, defaultSettings } from './mapping-defaults.ts';
import { readMapping, writeMapping } from './mapping-document.ts';
import { affectsResult } from './mapping-revision.ts';
import { microsoftEntraMapping } from './microsoft-entra-template.ts';

const least = {
  name: 'Contoso to identities',
  source: { connection: 'Contoso', type: 'user' },
  target: { connection: 'Identities', type: 'alpha_user' },
};

function read(json: unknown): MappingDefinition {
  const outcome = readMapping(json);
  if (outcome.kind === 'read') return outcome.definition;
  throw new Error(outcome.mistakes.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}

function mistakes(changes: object) {
  const outcome = readMapping({ ...least, ...changes });
  return outcome.kind === 'mistakes' ? outcome.mistakes : [];
}

describe('reading a mapping', () => {
  test('fills in what is left out', () => {
    expect(read(least)).toEqual({
      ...least,
      displayName: 'Contoso to identities',
      description: '',
      isEnabled: true,
      scope: {},
      linkQualifiers: [],
      correlation: [],
      attributes: [],
      policies: [],
      settings: defaultSettings,
      guards: defaultGuards,
    });
    expect(
      read({ ...least, guards: { DELETE: { count: 3 } }, settings: { isLinking: false } }),
    ).toMatchObject({
      guards: { DELETE: { count: 3, percent: 5 }, UPDATE: { count: 0, percent: 0 } },
      settings: { isLinking: false, runsTargetPhase: true },
    });
  });

  test('takes an empty text, or null, for nothing', () => {
    const emptied = { ...least, filterSource: ' ', sourceCondition: null, scope: { queryFilter: '' } };
    expect(read(emptied)).toEqual(read(least));
    const row = { target: 'a', source: { kind: 'attribute', name: 'b' } };
    expect(read({ ...least, attributes: [{ ...row, condition: '', default: null }] }).attributes).toEqual([
      { ...row, apply: 'always', ifEmpty: 'clear' },
    ]);
  });

  test.each<[string, object, string, RegExp, string?]>([
    ['a name that is not known', { atributes: [] }, 'atributes', /no "atributes" here/, 'attributes'],
    ['a name inside', { settings: { isLinkin: true } }, 'settings/isLinkin', /isLinkin/, 'isLinking'],
    [
      'a member of a row',
      { attributes: [{ target: 'a', source: { kind: 'attribute', name: 'b', nam: 'b' } }] },
      'attributes/0/source/nam',
      /nam/,
      'name',
    ],
    [
      'a kind that is not known',
      { attributes: [{ target: 'a', source: { kind: 'atribute' } }] },
      'attributes/0/source/kind',
      /choose attribute, constant, expression or reference/,
      'attribute',
    ],
    ['a missing source', { attributes: [{ target: 'a' }] }, 'attributes/0/source', /missing/],
    [
      'a constant without a value',
      { attributes: [{ target: 'a', source: { kind: 'constant' } }] },
      'attributes/0/source/value',
      /missing/,
    ],
    [
      'a situation that is not known',
      { policies: [{ situation: 'FOND', action: 'LINK' }] },
      'policies/0/situation',
      /FOND/,
      'FOUND',
    ],
    ['a wrong type', { isEnabled: 'yes' }, 'isEnabled', /true or false/],
    ['a limit below zero', { guards: { UNLINK: { count: -1 } } }, 'guards/UNLINK/count', /at least 0/],
    [
      'a percentage above 100',
      { guards: { UNLINK: { percent: 101 } } },
      'guards/UNLINK/percent',
      /at most 100/,
    ],
    ['an empty name', { name: '  ' }, 'name', /empty/],
    ['a name that addresses cannot have', { name: 'a/b' }, 'name', /slashes/],
    [
      'a rule of both kinds',
      { correlation: [{ match: 'a', attribute: 'b', expression: '[c]' }] },
      'correlation/0',
      /either match/,
    ],
    ['a rule that is no tree', { correlation: [{ match: { all: [5] } }] }, 'correlation/0/match', /"any"/],
    [
      'a text of more than 10,000 characters',
      { filterSource: 'x'.repeat(10_001) },
      'filterSource',
      /shorten/,
    ],
    [
      'rows without end',
      {
        attributes: Array.from({ length: 1001 }, () => ({
          target: 'a',
          source: { kind: 'attribute', name: 'b' },
        })),
      },
      'attributes',
      /1000 entries/,
    ],
  ])('refuses %s at its place', (_case, changes, path, message, suggestion) => {
    const found = mistakes(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ path, message: expect.stringMatching(message) });
    expect(found[0]?.suggestion).toBe(suggestion);
  });

  test('tells all mistakes at once', () => {
    expect(
      mistakes({ isEnabled: 1, policies: [{ situation: 'X', action: 'Y' }], foo: 1 }).map(({ path }) => path),
    ).toEqual(['isEnabled', 'policies/0/situation', 'policies/0/action', 'foo']);
  });

  test('refuses what is nested without end', () => {
    let match: unknown = 'mail';
    for (let depth = 0; depth < 50_000; depth += 1) match = { any: [match] };
    expect(mistakes({ correlation: [{ match }] })).toMatchObject([
      { message: expect.stringMatching(/nested/) },
    ]);
  });

  test('refuses texts that cannot be stored', () => {
    for (const description of ['a\0b', 'a\ud800b']) {
      expect(mistakes({ description })).toMatchObject([
        { message: expect.stringMatching(/cannot be stored/) },
      ]);
    }
    expect(mistakes({ description: 'a\u{1f600}b' })).toEqual([]);
  });

  test('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ...Object.keys(read(least))), (json, name) => {
        const outcome = readMapping(name === '' ? json : { ...least, [name]: json });
        expect(outcome.kind === 'read' || outcome.mistakes.length > 0).toBe(true);
      }),
    );
  });
});

const text = fc
  .string({ minLength: 1, maxLength: 12 })
  .filter((value) => value.trim() === value && value !== '');
const name = fc.stringMatching(/^[a-zA-Z]\w{0,8}$/);
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    name,
    fc.record({ any: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
  ),
})).tree;
const definitions = fc.record({
  name,
  displayName: optional(text),
  description: optional(text),
  source: fc.record({ connection: name, type: name }),
  target: fc.record({ connection: name, type: name }),
  isEnabled: fc.boolean(),
  scope: fc.record({
    scopingFilter: optional(fc.jsonValue()),
    queryFilter: optional(text),
    expression: optional(text),
  }),
  sourceCondition: optional(text),
  filterTarget: optional(text),
  linksOf: optional(name),
  linkQualifiers: fc.array(fc.record({ name, condition: optional(text) }), { maxLength: 3 }),
  correlation: fc.array(
    fc.oneof(
      fc.record({ match: tree, qualifier: optional(name) }),
      fc.record({ attribute: name, expression: text }),
    ),
    { maxLength: 3 },
  ),
  attributes: fc.array(
    fc.record({
      target: name,
      source: fc.oneof(
        fc.record({ kind: fc.constant('attribute'), name }),
        fc.record({ kind: fc.constant('constant'), value: fc.jsonValue() }),
        fc.record({ kind: fc.constant('expression'), text }),
        fc.record({ kind: fc.constant('reference'), link: name, mapping: optional(name) }),
      ),
      condition: optional(text),
      default: optional(fc.jsonValue()),
      apply: fc.constantFrom('always', 'on-create'),
    }),
    { maxLength: 4 },
  ),
  policies: fc.array(
    fc.record({
      situation: fc.constantFrom(...situations),
      action: fc.constantFrom(...actions),
      condition: optional(text),
    }),
    { maxLength: 3 },
  ),
  guards: fc.record({ DELETE: fc.record({ count: fc.nat({ max: 1000 }), percent: fc.nat({ max: 100 }) }) }),
});

describe('writing a mapping', () => {
  test('gives what is read again, in one form', () => {
    fc.assert(
      fc.property(definitions, (json) => {
        const definition = read(json);
        const written = writeMapping(definition);
        const again = read(JSON.parse(written));
        // JSON has no other zero than 0.
        expect(again).toEqual(JSON.parse(JSON.stringify(definition)));
        expect(writeMapping(again)).toBe(written);
        expect(affectsResult(definition, again)).toBe(false);
      }),
    );
  });

  test('does not depend on the order in which names come', () => {
    const row = { target: 'a', source: { kind: 'constant', value: { x: 1, b: [{ d: 1, c: 2 }] } } };
    const other = { source: { value: { b: [{ c: 2, d: 1 }], x: 1 }, kind: 'constant' }, target: 'a' };
    expect(writeMapping(read({ attributes: [other], ...least }))).toBe(
      writeMapping(read({ ...least, attributes: [row] })),
    );
  });

  test('of the template looks as files have it', () => {
    const { source, target } = least;
    const lines = writeMapping(microsoftEntraMapping('m', { source, target })).split('\n');
    expect(lines.slice(0, 12)).toEqual([
      '{',
      '  "name": "m",',
      '  "displayName": "m",',
      '  "description": "Users of the tenant become identities, matched by their user name.",',
      '  "source": {',
      '    "connection": "Contoso",',
      '    "type": "user"',
      '  },',
      '  "target": {',
      '    "connection": "Identities",',
      '    "type": "alpha_user"',
      '  },',
    ]);
  });
});

describe('a new revision', () => {
  const definition = microsoftEntraMapping('m', { source: least.source, target: least.target });

  test.each<[string, Partial<MappingDefinition>, boolean]>([
    ['the description', { description: 'x' }, false],
    ['whether it is enabled', { isEnabled: false }, false],
    ['a limit', { guards: { ...defaultGuards, DELETE: { count: 1, percent: 1 } } }, false],
    ['a filter', { filterSource: 'mail pr' }, false],
    ['correlation', { correlation: [] }, false],
    ['the target phase', { settings: { ...defaultSettings, runsTargetPhase: false } }, false],
    ['the scope', { scope: { queryFilter: 'mail pr' } }, true],
    ['an attribute', { attributes: definition.attributes.slice(1) }, true],
    ['a policy', { policies: [] }, true],
    ['linking', { settings: { ...defaultSettings, isLinking: false } }, true],
  ])('of %s: %j → %s', (_what, change, isNew) => {
    expect(affectsResult(definition, { ...definition, ...change })).toBe(isNew);
  });
});
