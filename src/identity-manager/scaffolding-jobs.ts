/** Which tasks each job scaffolding makes, level by level (documentation of the job scaffoldings). */
import type { ChildElement, ConfigurationElement } from './configuration.ts';
import { childrenOf } from './configuration.ts';
import {
  correlationTask,
  expressionTask,
  flagTask,
  plainTask,
  provisioningTasks,
  roleModelTask,
} from './scaffolding-policy-tasks.ts';
import type { ConnectorFacts, Subject } from './scaffolding-subject.ts';
import {
  exportTasks,
  identifiersOfTasks,
  type JobContext,
  prepareTask,
  type SynchronizationStyle,
  synchronizeTask,
} from './scaffolding-tasks.ts';
import type { JobScaffoldingKind } from './schema-jobs.ts';

/** Tasks of one level run side by side. Levels without tasks are left out. */
export type Levels = readonly (readonly ChildElement[])[];

/** The connectors of a job, and what is done with them. */
type Scope = Readonly<{
  synchronized: readonly ConnectorFacts[];
  provisioned: readonly ConnectorFacts[];
  /** Whose properties are computed. */
  entityTypes: readonly string[];
  /** Whose correlations are computed. */
  correlated: readonly string[];
  /** For the whole agent instead of one connector. */
  isWide: boolean;
}>;

/** The tasks of a scaffolding, for a job that `context` names. */
export function makeLevels(scaffolding: ConfigurationElement, subject: Subject, context: JobContext): Levels {
  const kind = scaffolding.kind as JobScaffoldingKind;
  const levels = levelMakers[kind](scaffolding, subject, context);
  return levels.filter((tasks) => tasks.length > 0);
}

const levelMakers: Readonly<
  Record<
    JobScaffoldingKind,
    (scaffolding: ConfigurationElement, subject: Subject, context: JobContext) => Levels
  >
> = {
  CreateConnectorSynchroIncremental: (scaffolding, subject, context) =>
    incrementalLevels(context, connectorScope(scaffolding, subject)),
  CreateConnectorSynchroComplete: (scaffolding, subject, context) =>
    completeLevels(context, connectorScope(scaffolding, subject)),
  CreateAgentSynchroIncremental: (scaffolding, subject, context) => {
    const scope = agentScope(scaffolding, subject, context.agent, 'Incremental');
    const synchronized = scope.synchronized.filter(({ changesType }) => changesType !== undefined);
    return incrementalLevels(context, { ...scope, synchronized });
  },
  CreateAgentSynchroComplete: (scaffolding, subject, context) =>
    completeLevels(context, agentScope(scaffolding, subject, context.agent, 'Complete')),
  CreateInitializationJob: (scaffolding, subject, context) =>
    initializationLevels(
      scaffolding,
      context,
      agentScope(scaffolding, subject, context.agent, 'Initial'),
      subject,
    ),
};

function synchronizationLevels(
  context: JobContext,
  connectors: readonly ConnectorFacts[],
  style: SynchronizationStyle,
): Levels {
  // What nothing exports has nothing to prepare.
  const exported = connectors.filter(({ connections }) => connections.length > 0);
  return [
    exported.flatMap((connector) => exportTasks(context, connector, style)),
    exported.map((connector) => prepareTask(context, connector, style)),
    exported.map((connector) => synchronizeTask(context, connector, style)),
  ];
}

function incrementalLevels(context: JobContext, scope: Scope): Levels {
  const [exports = [], prepares = [], synchronizations = []] = synchronizationLevels(
    context,
    scope.synchronized,
    'Incremental',
  );
  const flags =
    synchronizations.length === 0 ? [] : [flagTask(context, identifiersOfTasks(synchronizations))];
  const round = { number: 1, isDirty: true };
  const flagged = { ...round, dependsOn: identifiersOfTasks(flags) };
  return [
    exports,
    prepares,
    synchronizations,
    flags,
    [expressionTask(context, scope.entityTypes, round)],
    [correlationTask(context, scope.correlated, flagged)],
    [roleModelTask(context, flagged)],
    ...provisioningLevels(context, scope.provisioned, round),
  ];
}

function completeLevels(context: JobContext, scope: Scope): Levels {
  const round = { number: 1, isDirty: false };
  return [
    ...synchronizationLevels(context, scope.synchronized, 'Complete'),
    [expressionTask(context, scope.entityTypes, round)],
    [correlationTask(context, scope.correlated, round)],
    [roleModelTask(context, round)],
    [plainTask(context, 'ComputeRiskScoresTask')],
    ...provisioningLevels(context, scope.provisioned, round),
    ...(scope.isWide
      ? [
          [plainTask(context, 'UpdateClassificationTask')],
          [plainTask(context, 'SetInternalUserProfilesTask')],
        ]
      : []),
    [plainTask(context, 'UpdateParametersContextDisplayNamesTask')],
    [plainTask(context, 'SendRoleModelNotificationsTask')],
    ...(scope.isWide ? [[plainTask(context, 'ManageConfigurationIndexesTask')]] : []),
    [plainTask(context, 'MaintainIndexesTask')],
  ];
}

function provisioningLevels(
  context: JobContext,
  connectors: readonly ConnectorFacts[],
  round: Readonly<{ number: number; isDirty: boolean }>,
  isInitialization = false,
): Levels {
  if (connectors.length === 0) return [];
  return provisioningTasks(context, connectors, round, isInitialization).map((task) => [task]);
}

/** Directories that feed others are computed as often as the longest chain that the documentation shows. */
const principalRounds = 3;

function initializationLevels(
  scaffolding: ConfigurationElement,
  context: JobContext,
  scope: Scope,
  subject: Subject,
): Levels {
  const untouched = { IgnoreHistorization: 'true' };
  const named = childrenOf(scaffolding, 'PrincipalDataConnector').map(
    ({ attributes }) => attributes.ConnectorIdentifier,
  );
  const principals = subject.connectors.filter(({ identifier }) => named.includes(identifier));
  const rounds = principals.length === 0 ? 0 : principalRounds;
  const round = (number: number) => ({ number, isDirty: false });
  const principalLevels = Array.from({ length: rounds }, (_, index) => [
    [expressionTask(context, scope.entityTypes, round(index + 1))],
    [correlationTask(context, scope.correlated, round(index + 1))],
    [roleModelTask(context, round(index + 1), untouched)],
    ...provisioningLevels(context, principals, round(index + 1), true),
  ]).flat();
  const last = round(rounds + 1);
  const directory = childrenOf(scaffolding, 'Configuration')[0]?.attributes.Path;
  return [
    [
      plainTask(context, 'CreateDatabaseViewsTask', {
        Agent: context.agent,
        OpenIdClient: context.client,
      }),
    ],
    ...synchronizationLevels(context, scope.synchronized, 'Initial'),
    ...principalLevels,
    [expressionTask(context, scope.entityTypes, last)],
    directory === undefined
      ? []
      : [plainTask(context, 'DeployConfigurationTask', { ConfigurationDirectory: directory })],
    [correlationTask(context, scope.correlated, last)],
    [
      roleModelTask(
        context,
        last,
        rounds === 0 ? untouched : { ...untouched, BlockAllResourceTypeProvisioning: 'true' },
      ),
    ],
    ...(rounds === 0 ? provisioningLevels(context, scope.provisioned, last, true) : []),
    [plainTask(context, 'ComputeRiskScoresTask')],
    [plainTask(context, 'UpdateClassificationTask')],
    [plainTask(context, 'SetInternalUserProfilesTask')],
    [plainTask(context, 'ResetValidFromTask')],
    [plainTask(context, 'UpdateParametersContextDisplayNamesTask')],
    [plainTask(context, 'SavePreExistingAccessRightsTask')],
    [plainTask(context, 'MaintainIndexesTask', { AllIndexes: 'true', Offline: 'true' })],
  ];
}

function connectorScope(scaffolding: ConfigurationElement, subject: Subject): Scope {
  const connectors = subject.connectors.filter(
    ({ identifier }) => identifier === scaffolding.attributes.Connector,
  );
  const active = connectors.filter(({ isDeactivated }) => !isDeactivated);
  const entityTypes = connectors.flatMap((connector) => connector.entityTypes);
  return {
    synchronized: childrenOf(scaffolding, 'NoSynchronization').length > 0 ? [] : active,
    provisioned: childrenOf(scaffolding, 'NoProvisioning').length > 0 ? [] : active,
    entityTypes,
    correlated: entityTypes,
    isWide: false,
  };
}

/**
 * The connectors of an agent, without those that are switched off. What a scaffolding says of a connector narrows what the connector
 * says of itself.
 */
function agentScope(
  scaffolding: ConfigurationElement,
  subject: Subject,
  agent: string | undefined,
  style: SynchronizationStyle,
): Scope {
  const named = (kind: string) =>
    childrenOf(scaffolding, kind).map(({ attributes }) => attributes.ConnectorIdentifier);
  const unused = named('NotUsed');
  const unsynchronized = [...unused, ...named('NoConnectorSynchronization')];
  const unprovisioned = [...unused, ...named('NoConnectorProvisioning')];
  const ofAgent = subject.connectors.filter(
    (connector) => connector.agent === agent && !connector.isDeactivated,
  );
  const isUsed = (connector: ConnectorFacts, other: string) => {
    if (style === 'Initial') return true;
    const use = style === 'Incremental' ? connector.incrementalUse : connector.completeUse;
    return use === 'Used' || use === other;
  };
  return {
    synchronized: ofAgent.filter(
      (connector) =>
        isUsed(connector, 'OnlySynchronization') && !unsynchronized.includes(connector.identifier),
    ),
    provisioned: ofAgent.filter(
      (connector) => isUsed(connector, 'OnlyProvisioning') && !unprovisioned.includes(connector.identifier),
    ),
    entityTypes: subject.entityTypes.map(({ identifier }) => identifier),
    // Those with correlation rules, of which a configuration holds none yet.
    correlated: [],
    isWide: true,
  };
}
