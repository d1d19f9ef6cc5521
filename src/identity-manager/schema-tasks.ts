/** The schema of tasks: what each kind takes, alone, within a job, and overridden there (Identity Manager documentation: XML configuration, Tasks). */
import {
  type AttributeSchema,
  choice,
  displayNames,
  type ElementSchema,
  element,
  flag,
  identifier,
  integer,
  namedChoice,
  reference,
  required,
  type TopElementSchema,
  text,
  topElement,
} from './element-schema.ts';

const synchronizationMode = choice(['Initial', 'Complete', 'Incremental'], undefined);
const changesType = namedChoice(['None', 'Changes', 'ActiveDirectory'], 'None');
const batch = integer(0, 0);
const agent = reference('Agent');
const connector = reference('Connector');
const client = reference('OpenIdClient');
const continuesOnError = flag();

/** What each task has besides its identifier, display names and level. */
const ownTaskAttributes: Readonly<Record<string, Readonly<Record<string, AttributeSchema>>>> = {
  ExportTask: {
    Agent: required(agent),
    OpenIdClient: required(client),
    Connection: reference('Connection'),
    Connector: connector,
    ContinueOnError: continuesOnError,
    IgnoreCookieFile: flag(),
    InitMode: flag(),
  },
  PrepareSynchronizationTask: {
    Agent: required(agent),
    Connector: required(connector),
    OpenIdClient: required(client),
    SynchronizationMode: required(synchronizationMode),
    Type: changesType,
    ColumnName: text(),
    WorkingDirectory: text(),
  },
  SynchronizeTask: {
    Connector: required(connector),
    Type: changesType,
    DoNotDeleteChanges: flag(),
    ForceSynchronization: flag(),
    Orphans: flag(),
  },
  SetRecentlyModifiedFlagTask: {},
  UpdateEntityPropertyExpressionsTask: {
    Connector: connector,
    AllEntityType: flag(),
    Dirty: flag(),
    BatchSelectSize: batch,
    BatchUpdateSize: batch,
  },
  ComputeCorrelationKeysTask: {
    Connector: connector,
    AllEntityType: flag(),
    Dirty: flag(),
    BatchSize: batch,
  },
  ComputeRoleModelTask: {
    Connector: connector,
    Dirty: flag(),
    BlockProvisioning: flag(),
    BlockAllResourceTypeProvisioning: flag(),
    IgnoreHistorization: flag(),
    BatchSelectSize: batch,
    BatchInsertSize: batch,
    UseLdif: flag(),
    LdifFilePath: text(),
  },
  ComputeRiskScoresTask: { Dirty: flag(), BatchSize: batch },
  GenerateProvisioningOrdersTask: {
    Connector: connector,
    ForceProvisioning: flag(),
    BatchInsertSize: batch,
    BatchSelectSize: batch,
  },
  FulfillTask: {
    Agent: agent,
    Connector: connector,
    Connection: reference('Connection'),
    OpenIdClient: client,
    ContinueOnError: continuesOnError,
    Dirty: flag(),
    BatchSize: batch,
    IgnoreHistorization: flag(),
  },
  UpdateClassificationTask: { Connector: connector, Dirty: flag(), BatchSize: batch },
  SetInternalUserProfilesTask: { BatchInsertSize: batch, BatchSelectSize: batch },
  BuildRoleModelTask: { Connector: connector },
  DeployConfigurationTask: {
    ConfigurationDirectory: required(text()),
    GeneratedFile: text(),
    GeneratedCodePath: text(),
    GeneratedCodeNamespace: text(),
  },
  MaintainIndexesTask: {
    AllIndexes: flag(),
    Offline: flag(),
    NoNormalizationCheck: flag(),
    PageCount: integer(1000, 0),
    RebuildThreshold: integer(30, 30, 90),
    ReorganizeThreshold: integer(5, 0),
    UpdateStatsThreshold: integer(10, 0),
    ContinueOnError: continuesOnError,
  },
  ManageConfigurationIndexesTask: {},
  SendRoleModelNotificationsTask: {},
  UpdateParametersContextDisplayNamesTask: {},
  RefreshSchemaTask: { Connector: connector },
  CreateDatabaseViewsTask: { Agent: agent, OpenIdClient: client },
  ResetValidFromTask: {},
  SavePreExistingAccessRightsTask: {},
  InvokeExpressionTask: {
    Agent: agent,
    InputPath: text(),
    OpenIdClient: client,
    ContinueOnError: continuesOnError,
  },
};

/** Every task that a job may hold. */
export const taskKinds: readonly string[] = Object.keys(ownTaskAttributes);

/** Tasks that are documented without their attributes, or that have nothing to do with synchronization. */
const otherTasks = [
  'InvokeApiTask',
  'InvokeAspectsTask',
  'InvokeSqlCommandTask',
  'ActivityInstanceActorTask',
  'CleanDataBase',
  'CleanDataBaseTask',
  'GetRoleMiningTask',
  'ProcessAccessCertificationItemsTask',
  'SendAccessCertificationNotificationTask',
  'SendNotificationsTask',
  'SetAccessCertificationReviewerTask',
  'UpdateAccessCertificationCampaignTask',
] as const;

/** A task of another kind is known by its documentation only and is left out. */
export const tasksWithoutEffect: readonly string[] = [
  ...otherTasks,
  ...otherTasks.map((kind) => `${kind}Override`),
];

export const dependency = element({ ParentTask: required(reference(...taskKinds)) });

const taskChildren: Readonly<Record<string, ElementSchema>> = {
  TaskDependsOnTask: dependency,
  // Samples write Identifier as well.
  TaskEntityType: element({
    EntityType: required({ ...reference('EntityType'), aliases: ['Identifier'] }),
  }),
  // Resource types are not read, so there is nothing to hold the name against.
  TaskResourceType: element({ ResourceType: required(text('Identifier')) }),
};

function taskAttributes(kind: string): Readonly<Record<string, AttributeSchema>> {
  return { ...displayNames(true), ...ownTaskAttributes[kind], Level: integer(-1, -1) };
}

/** A task at the top of a file. It has an identifier, because nothing could name it otherwise. */
export const topTasks: Readonly<Record<string, TopElementSchema>> = Object.fromEntries(
  taskKinds.map((kind) => [
    kind,
    topElement(
      'Identifier',
      { Identifier: identifier(), ...taskAttributes(kind) },
      { children: taskChildren },
    ),
  ]),
);

/** Within a job the identifier may be missing. */
export const inlineTasks: Readonly<Record<string, ElementSchema>> = Object.fromEntries(
  taskKinds.map((kind) => [
    kind,
    element(
      { Identifier: { ...identifier(), isRequired: false }, ...taskAttributes(kind) },
      { children: taskChildren },
    ),
  ]),
);

/** `ExportTaskOverride` and its like: an existing task with some attributes changed. */
export const overrides: Readonly<Record<string, ElementSchema>> = Object.fromEntries(
  taskKinds.map((kind) => [
    `${kind}Override`,
    element({ Identifier: required(reference(kind)), ...withoutDefaults(taskAttributes(kind)) }),
  ]),
);

/** An attribute of an override that is written counts, even when it says the default. */
function withoutDefaults(
  attributes: Readonly<Record<string, AttributeSchema>>,
): Readonly<Record<string, AttributeSchema>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type, aliases }]) => [
      name,
      { type, aliases, isRequired: false },
    ]),
  );
}
