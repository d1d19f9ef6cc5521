/** What each connection exports, from the mappings of its connector whose tables carry its name (Identity Manager: Entra connector, output details). */
import type { EntityType } from '../model/entity-type.ts';
import { hint, nearestName } from '../model/nearest-name.ts';
import {
  type Configuration,
  type ConfigurationElement,
  childrenOf,
  displayNameOf,
  elementsOf,
  nameElement,
} from './configuration.ts';
import { entraPackage, isExportable } from './packages.ts';
import { defaultEntityNames } from './schema-connectors.ts';

export type EngineConnection = Readonly<{
  /** As in the settings, whatever the case. */
  name: string;
  displayName: string;
  connector: string;
  package: string;
  /** It, or its connector, is switched off. */
  isExportDeactivated: boolean;
  /** Whether Syncline can export what its package exports. */
  isExportable: boolean;
  /** Empty where nothing is mapped or nothing can be exported. */
  entityTypes: readonly EntityType[];
  /** Of the CSV file, in the order of the mapping; the key is among them, the type is not. */
  columns: readonly string[];
}>;

/** The entity types of a mapping that has one list of attributes for all of them. */
export type DistributeAttributes = (
  typeNames: readonly string[],
  attributes: readonly string[],
) => readonly EntityType[];

/** A link file: `<connection>_<link>_<entity>.csv`. */
export type LinkTable = Readonly<{ link: string; entityType: string }>;

/** Key and type are in every export. */
const keyColumn = 'id';
const typeColumn = '@odata.type';

/** The connections in the order of their names. */
export function connectionsOf(
  configuration: Configuration,
  distribute: DistributeAttributes,
  warnings: string[],
): readonly EngineConnection[] {
  const connections = elementsOf(configuration, 'Connection');
  for (const kind of ['EntityTypeMapping', 'EntityAssociationMapping']) {
    for (const mapping of elementsOf(configuration, kind)) warnOfTable(mapping, connections, warnings);
  }
  const deactivated = new Set(
    elementsOf(configuration, 'Connector')
      .filter(({ attributes }) => attributes.IsDeactivated === 'true')
      .map(({ identifier }) => identifier),
  );
  return connections.map((connection) => {
    const { Connector = '', Package = '', DeactivationExportFulfill } = connection.attributes;
    const facts = {
      name: connection.identifier,
      displayName: displayNameOf(connection),
      connector: Connector,
      package: Package,
      isExportDeactivated: DeactivationExportFulfill === 'Export' || deactivated.has(Connector),
      isExportable: isExportable(Package),
    };
    if (!facts.isExportable) {
      warnings.push(
        `${nameElement(connection)} has the package ${Package}${hint(Package, [entraPackage])}, which Syncline cannot export yet: its tasks are passed over.`,
      );
      return { ...facts, entityTypes: [], columns: [] };
    }
    return { ...facts, ...mappedBy(configuration, connection, distribute, warnings) };
  });
}

/** The mapping elements of a kind whose table belongs to a connection. */
export function mappingsOf(
  configuration: Configuration,
  kind: 'EntityTypeMapping' | 'EntityAssociationMapping',
  { name, connector }: Pick<EngineConnection, 'name' | 'connector'>,
): readonly ConfigurationElement[] {
  return elementsOf(configuration, kind).filter(
    ({ attributes }) =>
      (attributes.Connector === undefined || attributes.Connector === connector) &&
      isTableOf(attributes.ConnectionTable, name),
  );
}

/** The entity types of a mapping. */
export function entityNamesOf({ attributes }: ConfigurationElement): readonly string[] {
  return (attributes.C0 ?? defaultEntityNames).split(' ');
}

/** What a table of links is of; undefined when its name does not say it. */
export function linkTableOf(table: string, connection: string): LinkTable | undefined {
  const [link = '', entityType = '', ...more] = table.slice(connection.length + 1).split('_');
  return link === '' || entityType === '' || more.length > 0 ? undefined : { link, entityType };
}

function isTableOf(table: string | undefined, connection: string): boolean {
  return table?.toLowerCase().startsWith(`${connection.toLowerCase()}_`) ?? false;
}

function mappedBy(
  configuration: Configuration,
  connection: ConfigurationElement,
  distribute: DistributeAttributes,
  warnings: string[],
): Pick<EngineConnection, 'entityTypes' | 'columns'> {
  const name = connection.identifier;
  const owner = { name, connector: connection.attributes.Connector ?? '' };
  const mappings = mappingsOf(configuration, 'EntityTypeMapping', owner);
  if (mappings.length === 0) {
    warnings.push(
      `${nameElement(connection)} exports nothing: no EntityTypeMapping of Connector ${owner.connector} has a ConnectionTable that begins with ${name}_.`,
    );
  }
  const attributesByType = new Map<string, Set<string>>();
  const columns = new Set<string>();
  for (const mapping of mappings) {
    const mapped = childrenOf(mapping, 'Property').flatMap(
      ({ attributes }) => attributes.ConnectionColumn ?? [],
    );
    for (const column of mapped) columns.add(column);
    const wanted = mapped.filter((column) => column !== keyColumn && column !== typeColumn);
    for (const { name: type, attributes } of distribute(entityNamesOf(mapping), wanted)) {
      attributesByType.set(type, new Set([...(attributesByType.get(type) ?? []), ...attributes]));
    }
  }
  const links = linksOf(configuration, owner, attributesByType, warnings);
  columns.delete(typeColumn);
  return {
    entityTypes: [...attributesByType].map(([type, attributes]) => ({
      name: type,
      attributes: [...attributes],
      links: links.get(type) ?? [],
    })),
    columns: columns.size === 0 || columns.has(keyColumn) ? [...columns] : [keyColumn, ...columns],
  };
}

/** Links by the entity type that they lead from. */
function linksOf(
  configuration: Configuration,
  owner: Pick<EngineConnection, 'name' | 'connector'>,
  entityTypes: ReadonlyMap<string, unknown>,
  warnings: string[],
): ReadonlyMap<string, readonly string[]> {
  const links = new Map<string, string[]>();
  for (const mapping of mappingsOf(configuration, 'EntityAssociationMapping', owner)) {
    const { ConnectionTable = '', Column1, Column2 } = mapping.attributes;
    const table = linkTableOf(ConnectionTable, owner.name);
    if (table === undefined || !entityTypes.has(table.entityType)) {
      const types = [...entityTypes.keys()].join(', ');
      warnings.push(
        `${nameElement(mapping)} has the ConnectionTable ${ConnectionTable}, which is no link of what ${owner.name} exports: write ${owner.name}_members_ or ${owner.name}_owners_ and one of ${types}.`,
      );
      continue;
    }
    const { link, entityType } = table;
    if (Column1 !== `${entityType}Id` || Column2 !== keyColumn) {
      warnings.push(
        `${nameElement(mapping)} has the columns ${Column1} and ${Column2}, and the file has ${entityType}Id and ${keyColumn} in this order: its first side is taken to be the ${entityType}.`,
      );
    }
    links.set(entityType, [...new Set([...(links.get(entityType) ?? []), link])]);
  }
  return links;
}

/** A table that no connection of the connector fills is a misspelling, or filled by something that Syncline does not run. */
function warnOfTable(
  mapping: ConfigurationElement,
  connections: readonly ConfigurationElement[],
  warnings: string[],
): void {
  const { ConnectionTable: table, Connector: connector } = mapping.attributes;
  if (table === undefined) return;
  const own = connections
    .filter(({ attributes }) => connector === undefined || attributes.Connector === connector)
    .map(({ identifier }) => identifier);
  if (own.some((name) => isTableOf(table, name))) return;
  const nearest = nearestName(table.split('_')[0] ?? '', own);
  warnings.push(
    `${nameElement(mapping)} has the ConnectionTable ${table}, which no connection${connector === undefined ? '' : ` of Connector ${connector}`} fills${nearest === undefined ? '' : ` (did you mean ${nearest}_…?)`}: begin it with the connection and an underscore.`,
  );
}
