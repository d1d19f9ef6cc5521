/** The entity types and associations as people who know Identity Manager see them, and what of the connections fills them. */
import { type Configuration, childrenOf, displayNameOf, elementsOf } from './configuration.ts';
import { type EngineConnection, entityNamesOf, linkTableOf, mappingsOf } from './engine-connections.ts';

export type EngineProperty = Readonly<{
  identifier: string;
  /** `String`, `DateTime`, …, `ForeignKey`. */
  type: string;
  /** 0 to 127 for a value, 128 to 152 for a navigation; missing for what is kept elsewhere. */
  targetColumnIndex: number | undefined;
  /** The attribute that it is mapped to, `id` or `@odata.type`; missing where nothing is. */
  source: string | undefined;
  /** Resources are looked up by it from configurations. */
  isKey: boolean;
  /** Tells the rows of the export apart. */
  isPrimaryKey: boolean;
}>;

/** An entity type of a connection, in the engine's words. */
export type EngineSource = Readonly<{ connection: string; entityType: string }>;

export type EngineEntityType = Readonly<{
  identifier: string;
  displayName: string;
  connector: string | undefined;
  properties: readonly EngineProperty[];
  sources: readonly EngineSource[];
}>;

export type EngineAssociation = Readonly<{
  identifier: string;
  displayName: string;
  /** `EntityType:Property` of both sides; the first side is the object that the link leads from. */
  property1: string;
  property2: string;
  isProperty1Collection: boolean;
  isProperty2Collection: boolean;
  links: readonly (EngineSource & Readonly<{ link: string }>)[];
}>;

/** The model of the configuration with what fills it. */
export function modelOf(
  configuration: Configuration,
  connections: readonly EngineConnection[],
): Readonly<{ entityTypes: readonly EngineEntityType[]; associations: readonly EngineAssociation[] }> {
  return {
    entityTypes: entityTypesOf(configuration, connections),
    associations: associationsOf(configuration, connections),
  };
}

function entityTypesOf(
  configuration: Configuration,
  connections: readonly EngineConnection[],
): readonly EngineEntityType[] {
  const mappings = elementsOf(configuration, 'EntityTypeMapping');
  return elementsOf(configuration, 'EntityType').map((entityType) => {
    const { identifier } = entityType;
    const mapping = mappings.find((one) => one.identifier === identifier);
    const mapped = new Map(
      (mapping === undefined ? [] : childrenOf(mapping, 'Property')).map(({ attributes }) => [
        attributes.Identifier,
        attributes,
      ]),
    );
    return {
      identifier,
      displayName: displayNameOf(entityType),
      connector: mapping?.attributes.Connector,
      properties: childrenOf(entityType, 'Property').map(({ attributes }) => {
        const { Identifier = '', Type = 'String', TargetColumnIndex, IsKey } = attributes;
        const property = mapped.get(Identifier);
        return {
          identifier: Identifier,
          type: Type,
          targetColumnIndex: TargetColumnIndex === undefined ? undefined : Number(TargetColumnIndex),
          source: property?.ConnectionColumn,
          isKey: IsKey === 'true',
          isPrimaryKey: property?.IsPrimaryKey === 'true',
        };
      }),
      sources: connections.flatMap((connection) =>
        mappingsOf(configuration, 'EntityTypeMapping', connection)
          .filter((one) => connection.isExportable && one.identifier === identifier)
          .flatMap(entityNamesOf)
          .map((name) => ({ connection: connection.name, entityType: name })),
      ),
    };
  });
}

function associationsOf(
  configuration: Configuration,
  connections: readonly EngineConnection[],
): readonly EngineAssociation[] {
  return elementsOf(configuration, 'EntityAssociation').map((association) => {
    const {
      Property1 = '',
      Property2 = '',
      IsProperty1Collection,
      IsProperty2Collection,
    } = association.attributes;
    return {
      identifier: association.identifier,
      displayName: displayNameOf(association),
      property1: Property1,
      property2: Property2,
      isProperty1Collection: IsProperty1Collection === 'true',
      isProperty2Collection: IsProperty2Collection === 'true',
      links: connections.flatMap((connection) =>
        mappingsOf(configuration, 'EntityAssociationMapping', connection)
          .filter((one) => connection.isExportable && one.identifier === association.identifier)
          .flatMap(({ attributes }) => linkTableOf(attributes.ConnectionTable ?? '', connection.name) ?? [])
          .map(({ link, entityType }) => ({ connection: connection.name, entityType, link })),
      ),
    };
  });
}
