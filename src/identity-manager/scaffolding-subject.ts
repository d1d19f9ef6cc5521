/** What scaffoldings know of the configuration around them: connectors with their connections and entity types, agents, clients. */
import { type Configuration, type ConfigurationElement, elementsOf } from './configuration.ts';
import { type ChangesType, changesTypeOf } from './packages.ts';

/** A name in the first and, for what is generated, the second language. */
export type Label = readonly [english: string, french: string];

export type ConnectorFacts = Readonly<{
  identifier: string;
  label: Label;
  agent: string | undefined;
  /** Switched off: none of its tasks is in any job. */
  isDeactivated: boolean;
  completeUse: string;
  incrementalUse: string;
  /** Connections that are exported. */
  connections: readonly string[];
  /** Of its packages; undefined when none exports changes. */
  changesType: ChangesType | undefined;
  /** Mapped by it. */
  entityTypes: readonly string[];
}>;

export type Subject = Readonly<{
  connectors: readonly ConnectorFacts[];
  agents: readonly string[];
  clients: readonly string[];
  /** Every entity type of the configuration. */
  entityTypes: readonly Readonly<{ identifier: string; label: Label; connector: string | undefined }>[];
}>;

/** The facts that scaffoldings are expanded from. */
export function describeSubject(configuration: Configuration): Subject {
  const connections = elementsOf(configuration, 'Connection');
  const mappings = elementsOf(configuration, 'EntityTypeMapping');
  const connectors = elementsOf(configuration, 'Connector').map((connector): ConnectorFacts => {
    const exported = connections.filter(
      ({ attributes }) =>
        attributes.Connector === connector.identifier && attributes.DeactivationExportFulfill !== 'Export',
    );
    const types = exported.flatMap(({ attributes }) => changesTypeOf(attributes.Package ?? '') ?? []);
    return {
      identifier: connector.identifier,
      label: labelOf(connector),
      agent: connector.attributes.Agent,
      isDeactivated: connector.attributes.IsDeactivated === 'true',
      completeUse: connector.attributes.CompleteJob ?? 'Used',
      incrementalUse: connector.attributes.IncrementalJob ?? 'Used',
      connections: exported.map(({ identifier }) => identifier),
      // A directory's own change format needs its own tasks, whatever else the connector exports.
      changesType: types.find((type) => type === 'ActiveDirectory') ?? types[0],
      entityTypes: mappings
        .filter(({ attributes }) => attributes.Connector === connector.identifier)
        .map(({ identifier }) => identifier),
    };
  });
  return {
    connectors,
    agents: elementsOf(configuration, 'Agent').map(({ identifier }) => identifier),
    clients: elementsOf(configuration, 'OpenIdClient').map(({ identifier }) => identifier),
    entityTypes: elementsOf(configuration, 'EntityType').map((entityType) => ({
      identifier: entityType.identifier,
      label: labelOf(entityType),
      connector: mappings.find(({ identifier }) => identifier === entityType.identifier)?.attributes
        .Connector,
    })),
  };
}

function labelOf({ identifier, attributes }: ConfigurationElement): Label {
  const english = attributes.DisplayName_L1 ?? identifier;
  return [english, attributes.DisplayName_L2 ?? english];
}
