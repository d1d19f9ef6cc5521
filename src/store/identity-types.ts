/** The types of the identities directory as they are stored: what people have added to each, and where its resources are. */
import type { ISql, JSONValue, TransactionSql } from 'postgres';
import {
  type CustomAttribute,
  type IdentityType,
  identitiesSource,
  identityTypes,
  schemaOf,
} from '../model/identity-schema.ts';
import type { ObjectSchema } from '../model/object-schema.ts';

export type StoredIdentityType = Readonly<{
  entityTypeId: number;
  connectionId: number;
  name: IdentityType;
  schema: ObjectSchema;
  customAttributes: readonly CustomAttribute[];
  /** How many identities it has. */
  count: number;
  version: number;
  changedAt: Date;
  changedBy: string;
}>;

/** All types, users first. */
export async function readIdentityTypes(sql: ISql): Promise<readonly StoredIdentityType[]> {
  const rows = await sql<Omit<StoredIdentityType, 'schema'>[]>`
    select entity_type_id, connection_id, entity_type.name, custom_attributes, resource_count::float8 as count, version, changed_at, changed_by
    from identity_type join entity_type using (entity_type_id) order by entity_type_id`;
  return rows
    .map((row) => ({ ...row, schema: schemaOf(row.name, row.customAttributes) }))
    .toSorted((one, other) => identityTypes.indexOf(one.name) - identityTypes.indexOf(other.name));
}

export type TypeChange = Readonly<
  | { kind: 'done'; type: StoredIdentityType }
  /** Somebody else has changed it since that version. */
  | { kind: 'stale'; type: StoredIdentityType }
  /** Identities have values of attributes that would go: so many of each. */
  | { kind: 'in-use'; attributes: readonly Readonly<{ name: string; identities: number }>[] }
>;

/**
 * Makes the added attributes of a type these ones. One that goes, or that becomes of another kind, must have no values: they would be
 * out of everybody's reach.
 */
export async function changeCustomAttributes(
  sql: TransactionSql,
  { entityTypeId }: Pick<StoredIdentityType, 'entityTypeId'>,
  attributes: readonly CustomAttribute[],
  { version, by }: Readonly<{ version: number; by: string }>,
): Promise<TypeChange> {
  // Nobody writes an identity meanwhile.
  await sql`select from entity_type where entity_type_id = ${entityTypeId} for no key update`;
  const find = async (): Promise<StoredIdentityType> => {
    const type = (await readIdentityTypes(sql)).find((one) => one.entityTypeId === entityTypeId);
    if (!type) throw new Error(`The identity type ${entityTypeId} cannot be found.`);
    return type;
  };
  const before = await find();
  if (before.version !== version) return { kind: 'stale', type: before };
  const losing = before.customAttributes
    .filter(({ name, type, isMultiValued }) => {
      const kept = attributes.find((one) => one.name === name);
      return kept === undefined || kept.type !== type || kept.isMultiValued !== isMultiValued;
    })
    .map(({ name }) => name);
  const used = await sql<{ name: string; identities: number }[]>`
    select name, count(*)::float8 as identities
    from unnest(${losing}::text[]) as losing (name)
      join resource on entity_type_id = ${entityTypeId} and attributes ? name
    group by name order by name`;
  if (used.length > 0) return { kind: 'in-use', attributes: used };
  await sql`
    update identity_type
    set custom_attributes = ${sql.json(attributes as unknown as JSONValue)}, version = version + 1, changed_at = now(), changed_by = ${by}
    where entity_type_id = ${entityTypeId}`;
  return { kind: 'done', type: await find() };
}

/** The entity types of the identities directory, as a query of their numbers. */
export function identityTypeIds(sql: ISql) {
  return sql`(select entity_type_id from entity_type join connection using (connection_id) where source = ${identitiesSource})`;
}
