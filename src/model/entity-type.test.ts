import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeMapping, type EntityType, readMapping } from './entity-type.ts';

const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 4 });
const entityTypes = fc.record({
  name: fc.string(),
  attributes: names,
  links: names,
  filter: fc.option(fc.string()),
});

test('a described mapping can be read again: attributes, links, filter, and the types that links lead to', () => {
  fc.assert(
    fc.property(entityTypes, names, ({ filter, ...type }, others) => {
      const entityType: EntityType = filter === null ? type : { ...type, filter };
      const all = [entityType, ...others.map((name) => ({ name, attributes: [], links: [] }))];
      const read = readMapping(describeMapping(entityType, all));
      expect(read.attributes).toEqual([...type.attributes].sort());
      expect(read.links).toEqual([...type.links].sort());
      expect(read.filter).toBe(filter ?? undefined);
      expect(read.targets).toEqual(type.links.length === 0 ? [] : all.map(({ name }) => name).sort());
    }),
  );
});
