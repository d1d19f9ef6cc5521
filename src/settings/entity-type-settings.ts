// What a connection exports, as the settings file says it: each entity type by itself, or Identity Manager's one list of
// attributes for all of them; and the columns of the CSV file that follow from it.
import { z } from 'zod';
import type { Environment } from '../config.ts';
import { entityTypeNames, findCatalogType } from '../connectors/entra/catalog.ts';
import { defaultEntityTypes, mapAttributes } from '../connectors/entra/entity-types.ts';
import type { EntityType } from '../model/entity-type.ts';
import { isJsonObject, isSameName, type Json, type JsonObject } from './commented-json.ts';
import { limitSettings } from './guard-settings.ts';
import { faultAt, type Place, section, text } from './section.ts';

type Mapping = Readonly<{ entityTypes: readonly EntityType[]; columns: readonly string[] }>;

function nameList(example: string) {
  return z.array(text('write a name or leave the entry out'), { error: `is no list: write ${example}` });
}

/** The attributes of all types, or of one, in the order of the columns. */
export const attributeList = nameList('["displayName", "mail"]').nonempty({
  error: 'is empty: name at least one attribute, or leave it out for the usual ones',
});

/** Identity Manager's own name for the types, separated by spaces. */
export const entityTypeList = text('name entity types, such as "user group", or leave it out').transform(
  (names) => names.trim().split(/\s+/),
);

/** `EntityTypes`: a section for each entity type, which may be empty. */
export function entityTypesSection(environment: Environment) {
  const one = section(
    {
      Attributes: attributeList.optional(),
      Links: nameList('["members", "owners"]').optional(),
      Filter: text('write a condition such as "accountEnabled eq true", or leave it out').optional(),
      ...limitSettings,
    },
    environment,
  );
  const remedy = 'write { "user": { … }, "group": { … } }';
  const types = z
    .record(z.string(), one, { error: `is no section: ${remedy}` })
    .refine((types) => Object.keys(types).length > 0, { error: `is empty: ${remedy}` });
  return z.preprocess(
    (value) => (isJsonObject(value as Json) ? Object.fromEntries(value as JsonObject) : value),
    types,
  );
}

type MappingSettings = Readonly<{
  EntityTypes?: z.output<ReturnType<typeof entityTypesSection>> | undefined;
  C0?: readonly string[] | undefined;
  Attributes?: readonly string[] | undefined;
}>;

/** The types, their attributes and links, and the columns. Throws a `Fault` when the settings contradict each other. */
export function mapEntityTypes({ EntityTypes, C0, Attributes }: MappingSettings, place: Place): Mapping {
  if (EntityTypes !== undefined && (C0 ?? Attributes) !== undefined) {
    const other = C0 === undefined ? 'Attributes' : 'C0';
    throw faultAt(place, `has both EntityTypes and ${other}: leave one of them out`);
  }
  if (EntityTypes !== undefined) {
    const wanted = Object.entries(EntityTypes).map(([name, settings]) => ({
      type: canonicalName(name),
      ...settings,
    }));
    const entityTypes = wanted.map(({ type, Attributes, Links, Filter }): EntityType => {
      const [usual] = mapAttributes([type], usualAttributes([type]));
      return {
        name: type,
        attributes: Attributes?.filter((name) => !pseudoAttributes.includes(name)) ?? usual?.attributes ?? [],
        links: Links ?? usual?.links ?? [],
        ...(Filter === undefined ? {} : { filter: Filter }),
      };
    });
    // The first type says where the key stands.
    const named = wanted.flatMap(({ Attributes }, index) =>
      columnsOf(Attributes ?? entityTypes[index]?.attributes ?? []),
    );
    return { entityTypes, columns: columnsOf(named) };
  }
  if (C0 === undefined && Attributes === undefined) {
    return {
      entityTypes: defaultEntityTypes,
      columns: columnsOf(usualAttributes(defaultEntityTypes.map(({ name }) => name))),
    };
  }
  const types = C0?.map(canonicalName) ?? defaultEntityTypes.map(({ name }) => name);
  const attributes = Attributes ?? usualAttributes(types);
  return { entityTypes: mapAttributes(types, attributes), columns: columnsOf(attributes) };
}

/** The key and the type have columns of their own and are in every export. */
const pseudoAttributes: readonly string[] = ['id', '@odata.type'];

function columnsOf(attributes: readonly string[]): readonly string[] {
  const columns = new Set(attributes.filter((name) => name !== '@odata.type'));
  return columns.has('id') ? [...columns] : ['id', ...columns];
}

/** What is exported where nobody says what, as far as one of these types has it. */
function usualAttributes(types: readonly string[]): readonly string[] {
  const all = new Set(defaultEntityTypes.flatMap(({ attributes }) => attributes));
  const catalogTypes = types.map(findCatalogType);
  return [...all].filter((name) => catalogTypes.some((type) => type?.attributes.get(name) === 'exported'));
}

/** Graph's own spelling; a name that is none stays, for the mapping to be refused by it. */
function canonicalName(name: string): string {
  return entityTypeNames.find((known) => isSameName(known, name)) ?? name;
}
