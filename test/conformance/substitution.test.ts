import { describe, expect, test } from 'vitest';
import { at, fill, fillDeep, fillPattern, textAt } from './substitution.ts';

const values = new Map([
  ['ada', '0b6c'],
  ['root', 'https://host/v1.0'],
]);

describe('a path into an answer', () => {
  const answer = { '@odata.nextLink': 'next', value: [{ id: 'a', 'x.y': { z: 1 } }] };

  test.each([
    ['@odata.nextLink', 'next'],
    ['value.0.id', 'a'],
    ['value.0.x.y.z', 1],
    ['value.1.id', undefined],
    ['value.0.id.length', undefined],
  ])('%s', (path, expected) => {
    expect(at(answer, path)).toBe(expected);
  });

  test('that leads nowhere is told when a value is wanted', () => {
    expect(() => textAt(answer, '@odata.deltaLink')).toThrow('@odata.deltaLink');
  });
});

describe('a captured value', () => {
  test('takes the place of its name', () => {
    expect(fill('/users/{ada}/manager', values)).toBe('/users/0b6c/manager');
  });

  test('that is not there is a mistake of the case', () => {
    expect(() => fill('/users/{grace}', values)).toThrow('{grace}');
  });

  test('is put into texts and keys of bodies, where other braces stay', () => {
    expect(fillDeep({ '{ada}': ['{root}/x', '{other}', 1, null] }, values)).toEqual({
      '0b6c': ['https://host/v1.0/x', '{other}', 1, null],
    });
  });

  test('is taken literally within an expression', () => {
    const pattern = fillPattern(/^{root}\/users\?a{2}/, values);
    expect(pattern).toEqual(/^https:\/\/host\/v1\.0\/users\?a{2}/);
  });
});
