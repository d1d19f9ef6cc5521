/** Entity types as a form has them: a field each, null where a type is not exported. */
import type { EntityTypesAnswer, TenantSchemaAnswer } from '../../../../src/http/schemas/entity-types.ts';
import type { EntityTypeList } from '../../data/entity-types.ts';
import { t } from '../../texts/entity-types.ts';

/** Lists as forms have them; nobody changes them in place. */
export type MappedType = { attributes: string[]; links: string[]; filter: string };
export type TypeValues = { [type: string]: MappedType | null };
export type OfferedType = TenantSchemaAnswer['types'][number];

/** The fields of every type that there is. */
export function valuesOf({ entityTypes }: EntityTypesAnswer, offered: readonly OfferedType[]): TypeValues {
  return Object.fromEntries(
    offered.map(({ name }) => {
      const type = entityTypes.find((one) => one.name === name);
      return [
        name,
        type === undefined
          ? null
          : { attributes: [...type.attributes], links: [...type.links], filter: type.filter ?? '' },
      ];
    }),
  );
}

/** What is sent: types in the order that they had, new ones behind them. */
export function listOf(values: TypeValues, order: readonly string[]): NonNullable<EntityTypeList> {
  const names = [...new Set([...order, ...Object.keys(values)])];
  return names.flatMap((name) => {
    const type = values[name];
    if (!type) return [];
    const { attributes, links, filter } = type;
    return {
      name,
      attributes: [...attributes],
      links: [...links],
      filter: filter.trim() === '' ? null : filter.trim(),
    };
  });
}

/** What a type begins with when it is switched on. */
export function firstMapping({ attributes, links }: OfferedType): MappedType {
  const usual = attributes.find(({ name }) => name === 'displayName');
  const first = usual ?? attributes.find(({ availability }) => availability === 'exported');
  return { attributes: first === undefined ? [] : [first.name], links: [...links], filter: '' };
}

/** A type in a line, for choosing between two versions of it. */
export function describeType(value: unknown): string {
  const type = value as MappedType | null;
  if (type === null) return t('entityTypes.notExported');
  return [[...type.attributes, ...type.links].join(', '), type.filter]
    .filter((part) => part !== '')
    .join('; ');
}
