import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createItemReader, readPage } from './items.ts';

const reader = createItemReader({
  name: 'group',
  attributes: ['id', 'displayName', 'groupTypes', 'info'],
  links: ['members'],
});

describe('an object', () => {
  test('shows its mapped attributes only, and an empty value as none', () => {
    const object = { id: 'a', displayName: 'A', groupTypes: [], info: {}, mail: 'a@b', 'x@odata.type': '' };
    expect(reader(object)).toEqual({
      key: 'a',
      attributes: { displayName: 'A', groupTypes: null, info: null },
    });
  });

  test('says nothing of attributes that the page does not say', () => {
    expect(reader({ id: 'a', displayName: null })).toEqual({ key: 'a', attributes: { displayName: null } });
  });

  test.each([
    ['changed', 'restorable'],
    ['deleted', 'forever'],
  ])('removed as %s is gone: %s', (reason, removed) => {
    expect(reader({ id: 'a', '@removed': { reason } })).toEqual({ key: 'a', removed });
  });

  test('has no links that are not mapped', () => {
    expect(reader({ id: 'a', 'owners@delta': [{ id: 'b' }] })).toEqual({ key: 'a', attributes: {} });
  });

  test('without an id is no object', () => {
    expect(() => reader({ displayName: 'A' })).toThrow('without an id');
    expect(() => reader({ id: 'a', 'members@delta': [{}] })).toThrow('without an id');
  });
});

test('a target stands where the last word on it puts it, and in one place', () => {
  const entries = fc.array(fc.record({ id: fc.constantFrom('x', 'y', 'z'), isRemoved: fc.boolean() }));
  fc.assert(
    fc.property(entries, (told) => {
      const item = reader({
        id: 'a',
        'members@delta': told.map(({ id, isRemoved }) =>
          isRemoved ? { id, '@removed': { reason: 'deleted' } } : { id },
        ),
      });
      const last = new Map(told.map(({ id, isRemoved }) => [id, isRemoved]));
      for (const [id, isRemoved] of last) {
        expect(
          Object.values(item.linked?.members ?? {})
            .flat()
            .includes(id),
        ).toBe(!isRemoved);
        expect(item.unlinked?.members?.includes(id) ?? false).toBe(isRemoved);
      }
    }),
  );
});

test.each([null, [], 'text', {}, { value: {} }, { value: [1] }])('%j is no page', (body) => {
  expect(() => readPage(body, 'groups')).toThrow("Graph's answer about groups is not a page of objects.");
});
