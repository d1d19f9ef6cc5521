// The two sides that mappings lie between: entity types of connections as they are exported, and those of the identities directory.
import type { Config } from '../config.ts';
import type { KnownSide, MappingDoor } from '../http/mapping-door.ts';
import type { MappedAttribute } from '../mapping/mapping-side.ts';
import type { EntityType } from '../model/entity-type.ts';
import { identitiesConnection, identityTypes, isIdentities } from '../model/identity-schema.ts';
import type { ObjectSet } from '../model/mapping.ts';
import type { Database } from '../store/database.ts';
import { readIdentityTypes } from '../store/identity-types.ts';
import { readTenantSchema } from '../store/tenant-schemas.ts';
import { listConnections } from './known-connections.ts';

type Places = Parameters<typeof listConnections>[0];

export function openMappingSides(
  config: Places & Pick<Config, 'settingsFile'>,
  { sql }: Pick<Database, 'sql'>,
): MappingDoor {
  const findConnection = async (name: string) => {
    const wanted = name.toLowerCase();
    return (await listConnections(config, { sql })).find((one) => one.name.toLowerCase() === wanted);
  };
  return {
    async listSets() {
      const connections = await listConnections(config, { sql });
      const others = connections.filter(({ name }) => !isIdentities(name));
      return [
        ...others.map(({ name, entityTypes }) => ({
          connection: name,
          types: entityTypes.map((type) => type.name),
          isWritable: false,
        })),
        { connection: identitiesConnection, types: identityTypes, isWritable: true },
      ];
    },
    async findSide(set) {
      if (isIdentities(set.connection)) return await findIdentitySide(sql, set);
      const connection = await findConnection(set.connection);
      const entityType = connection?.entityTypes.find(({ name }) => name === set.type);
      if (connection === undefined || entityType === undefined) return undefined;
      return await exportedSide(sql, connection.name, entityType);
    },
  };
}

/** An entity type of a connection as it is exported, with what the tenant says of its attributes. */
export async function exportedSide(
  sql: Database['sql'],
  connection: string,
  entityType: EntityType,
): Promise<KnownSide> {
  const said = (await readTenantSchema(sql, connection))?.content;
  const own = said?.types.find(({ name }) => name === entityType.name)?.attributes ?? [];
  const known = new Map([...(said?.extensions ?? []), ...own].map((one) => [one.name, one]));
  return {
    connection,
    type: entityType.name,
    isWritable: false,
    attributes: entityType.attributes.map((name) => {
      const attribute = known.get(name);
      return {
        ...plainAttribute,
        name,
        type: attribute === undefined ? null : (valueTypes[attribute.type] ?? attribute.type),
        isMultiValued: attribute?.isCollection ?? false,
      };
    }),
    links: entityType.links.map((name) => ({ name })),
  };
}

const plainAttribute = {
  type: null,
  isMultiValued: false,
  isRequired: false,
  isUnique: false,
} satisfies Omit<MappedAttribute, 'name'>;

/** Types of Microsoft Graph (OData: Edm) by the words that mappings have for them. */
const valueTypes: Readonly<Record<string, string>> = {
  String: 'string',
  Guid: 'string',
  Boolean: 'boolean',
  Int16: 'integer',
  Int32: 'integer',
  Int64: 'integer',
  Double: 'number',
  Decimal: 'number',
  DateTimeOffset: 'instant',
  Date: 'date',
};

async function findIdentitySide(sql: Database['sql'], set: ObjectSet): Promise<KnownSide | undefined> {
  const type = (await readIdentityTypes(sql)).find(({ name }) => name === set.type);
  if (type === undefined) return undefined;
  const { attributes, links } = type.schema;
  return {
    connection: identitiesConnection,
    type: type.name,
    isWritable: true,
    attributes: attributes.map(({ name, type: kind, isMultiValued, isRequired, isUnique, choices }) => ({
      name,
      type: kind,
      isMultiValued,
      isRequired,
      isUnique,
      ...(choices && { choices }),
    })),
    links: links.map(({ name }) => ({ name })),
  };
}
