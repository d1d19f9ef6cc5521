/**
 * The schema of agents, connectors, connections, entity types and their mappings (Identity Manager documentation: XML
 * configuration, Connectors and Metadata).
 */
import {
  binding,
  choice,
  displayNames,
  element,
  flag,
  identifier,
  integer,
  names,
  numberedChoice,
  reference,
  required,
  type TopElementSchema,
  text,
  threshold,
  topElement,
} from './element-schema.ts';

/** Whether a scaffolded job of all connectors uses a connector. */
const jobIntegration = choice(['Used', 'NotUsed', 'OnlySynchronization', 'OnlyProvisioning']);

const propertyTypes = numberedChoice(
  [
    ['String', 0],
    ['Bytes', 1],
    ['Int32', 2],
    ['Int64', 3],
    ['DateTime', 4],
    ['Bool', 5],
    ['Guid', 6],
    ['Double', 7],
    ['Binary', 8],
    ['Byte', 9],
    ['Int16', 10],
    // 11 is assigned to nothing.
    ['ForeignKey', 12],
  ],
  'String',
);

/** What `C0` means where it is missing. */
export const defaultEntityNames = 'user group directoryRole servicePrincipal';

export const connectorSchema: Readonly<Record<string, TopElementSchema>> = {
  Agent: topElement('Identifier', {
    Identifier: identifier(),
    ...displayNames(true),
    URI: text(),
    State: choice(['Unknown', 'Online', 'Offline']),
  }),
  Connector: topElement('Identifier', {
    Identifier: identifier('connector'),
    ...displayNames(true),
    Agent: reference('Agent'),
    CompleteJob: jobIntegration,
    IncrementalJob: jobIntegration,
    IsDeactivated: flag(),
    MaximumInsertedLines: threshold(100),
    MaximumUpdatedLines: threshold(100),
    MaximumDeletedLines: threshold(100),
    MaxPercentageInsertedLines: threshold(5),
    MaxPercentageUpdatedLines: threshold(5),
    MaxPercentageDeletedLines: threshold(5),
    MaximumLinkInsertedLines: threshold(1000),
    MaximumLinkDeletedLines: threshold(1000),
    MaxLinkPercentageInsertedLines: threshold(5),
    MaxLinkPercentageDeletedLines: threshold(5),
  }),
  Connection: topElement(
    'Identifier',
    {
      Identifier: identifier('connection'),
      ...displayNames(true),
      Connector: required(reference('Connector')),
      Package: required(text()),
      DeactivationExportFulfill: choice(['None', 'Export', 'Fulfill']),
    },
    { withoutEffect: ['Transformation'] },
  ),
  EntityType: topElement(
    'Identifier',
    {
      Identifier: identifier('entity-type'),
      ...displayNames(false),
      LicenseTag: text(),
      TableName: text(),
    },
    {
      children: {
        Property: element({
          Identifier: identifier('property'),
          ...displayNames(false),
          Type: propertyTypes,
          TargetColumnIndex: integer(-1, -1, 152),
          IsKey: flag(),
          HistoryPrecision: integer(0, 0),
          FlexibleComparisonExpression: text(),
          GroupByProperty: text(),
          Language: text(),
          NeutralProperty: text(),
        }),
      },
    },
  ),
  EntityAssociation: topElement('Identifier', {
    Identifier: identifier(),
    ...displayNames(false),
    Property1: required(binding),
    Property2: required(binding),
    IsProperty1Collection: flag(),
    IsProperty2Collection: flag(),
  }),
  EntityTypeMapping: topElement(
    'Identifier',
    {
      Identifier: required(reference('EntityType')),
      Connector: reference('Connector'),
      ConnectionTable: text(),
      C0: names(defaultEntityNames),
      MaximumInsertedLines: threshold(0),
      MaximumUpdatedLines: threshold(0),
      MaximumDeletedLines: threshold(0),
      MaxPercentageInsertedLines: threshold(0),
      MaxPercentageUpdatedLines: threshold(0),
      MaxPercentageDeletedLines: threshold(0),
    },
    {
      children: {
        Property: element({
          Identifier: required(text()),
          ConnectionColumn: text(),
          Format: text(),
          IsPrimaryKey: flag(),
          IsUniqueKey: flag(),
        }),
      },
    },
  ),
  EntityAssociationMapping: topElement('Identifier', {
    Identifier: required(reference('EntityAssociation')),
    Connector: required(reference('Connector')),
    ConnectionTable: text(),
    Column1: required(text()),
    Column2: required(text()),
    EntityPropertyMapping1: required(binding),
    EntityPropertyMapping2: required(binding),
    C0: text(),
    // The page on thresholds names them as those of the connector.
    MaximumInsertedLines: threshold(0, 'MaximumLinkInsertedLines'),
    MaximumDeletedLines: threshold(0, 'MaximumLinkDeletedLines'),
    MaxPercentageInsertedLines: threshold(0, 'MaxLinkPercentageInsertedLines'),
    MaxPercentageDeletedLines: threshold(0, 'MaxLinkPercentageDeletedLines'),
  }),
};
