/**
 * The tasks of scaffolded jobs that come after synchronization: computed properties, correlation, roles, orders, upkeep. They do
 * nothing in Syncline, and are generated so that the expanded configuration is the one people know.
 */
import type { ChildElement } from './configuration.ts';
import type { ConnectorFacts, Label } from './scaffolding-subject.ts';
import { identifiersOfTasks, type JobContext, makeTask } from './scaffolding-tasks.ts';

/** How the tasks of one round are told from those of others. */
type Round = Readonly<{
  /** Counts from 1. */
  number: number;
  /** Only what was tagged as modified. */
  isDirty: boolean;
  dependsOn?: readonly string[];
}>;

const dirtyEnding = (isDirty: boolean) => (isDirty ? '_WithDirty' : '');

/** Tags what the synchronizations of the job have changed. */
export function flagTask({ job }: JobContext, dependsOn: readonly string[]): ChildElement {
  const label: Label = ['Tag Modified Objects', 'Marquage des objets modifiés'];
  return makeTask('SetRecentlyModifiedFlagTask', `${job}_SetRecentlyModifiedFlag`, label, { dependsOn });
}

export function expressionTask(
  { job }: JobContext,
  entityTypes: readonly string[],
  { number, isDirty }: Round,
): ChildElement {
  return makeTask(
    'UpdateEntityPropertyExpressionsTask',
    `${job}_UpdateEntityPropertyExpressions${number}${dirtyEnding(isDirty)}`,
    ['Update Computed Properties', 'Mise à jour des propriétés calculées'],
    { attributes: { Dirty: String(isDirty) }, entityTypes },
  );
}

export function correlationTask(
  { job }: JobContext,
  entityTypes: readonly string[],
  { number, isDirty, dependsOn = [] }: Round,
): ChildElement {
  return makeTask(
    'ComputeCorrelationKeysTask',
    `${job}_ComputeCorrelationKeys${number}_AllEntities${dirtyEnding(isDirty)}`,
    ['Compute all Correlations', 'Calcul des corrélations'],
    { attributes: { Dirty: String(isDirty) }, dependsOn, entityTypes },
  );
}

export function roleModelTask(
  { job }: JobContext,
  { number, isDirty, dependsOn = [] }: Round,
  attributes: Readonly<Record<string, string>> = {},
): ChildElement {
  return makeTask(
    'ComputeRoleModelTask',
    `${job}_ComputeRoleModel${number}${dirtyEnding(isDirty)}`,
    ['Apply the Role Model', 'Evaluation du modèle de rôles'],
    { attributes: { ...attributes, Dirty: String(isDirty) }, dependsOn },
  );
}

/** Orders and their fulfilment, for some connectors together. */
export function provisioningTasks(
  { job, agent, client }: JobContext,
  connectors: readonly ConnectorFacts[],
  { number, isDirty }: Round,
  isInitialization = false,
): readonly [orders: ChildElement, fulfillment: ChildElement] {
  const english = connectors.map(({ label }) => label[0]).join(', ');
  const french = connectors.map(({ label }) => label[1]).join(', ');
  const orders = makeTask(
    'GenerateProvisioningOrdersTask',
    `${job}_GenerateProvisioningOrders${number}${isInitialization ? '_ForceProvisioning' : ''}`,
    [`Generate Provisioning Orders - ${english}`, `Génération des ordres de provisioning - ${french}`],
    { attributes: { ForceProvisioning: String(isInitialization) } },
  );
  const fulfillment = makeTask(
    'FulfillTask',
    `${job}_Fulfill${number}${isInitialization ? '_IgnoreHistorization' : ''}`,
    [`Fulfillment - ${english}`, `Alimentation - ${french}`],
    {
      attributes: {
        Agent: agent,
        OpenIdClient: client,
        Dirty: String(isDirty),
        ContinueOnError: 'true',
        IgnoreHistorization: String(isInitialization),
      },
      dependsOn: identifiersOfTasks([orders]),
    },
  );
  return [orders, fulfillment];
}

/** Tasks that every job has at most once and that take nothing but their names. */
const plainTasks = {
  ComputeRiskScoresTask: ['ComputeRiskScores1', 'Compute Risk Scores', 'Calcul des scores de risques'],
  UpdateClassificationTask: [
    'UpdateClassification',
    'Resources Classification',
    'Classification des ressources',
  ],
  SetInternalUserProfilesTask: [
    'SetInternalUserProfiles1',
    'Assign Usercube Profiles',
    'Affectation des profils Usercube',
  ],
  UpdateParametersContextDisplayNamesTask: [
    'UpdateParametersContextDisplayNames',
    'Update of Parameters Context Display Names',
    'Mise à jour des noms des contextes de paramètres',
  ],
  SendRoleModelNotificationsTask: [
    'SendRoleModelNotifications',
    'Send Role Model Notifications',
    'Envoi des notifications de modèle de rôles',
  ],
  ManageConfigurationIndexesTask: [
    'ManageConfigurationIndexes',
    'Manage Configuration Specific SQL Indexes',
    'Gestion des index SQL liés à la configuration',
  ],
  MaintainIndexesTask: [
    'MaintainIndexes',
    'SQL Index and Statistics Maintenance',
    'Maintenance des index SQL et des statistiques',
  ],
  CreateDatabaseViewsTask: ['CreateDatabaseViews', 'Create the SQL Views', 'Création des vues SQL'],
  DeployConfigurationTask: ['DeployConfiguration', 'Deploy Configuration', 'Déploiement de la configuration'],
  ResetValidFromTask: [
    'ResetValidFrom',
    'Initialization of Historization',
    "Initialisation de l'historisation",
  ],
  SavePreExistingAccessRightsTask: [
    'SavePreExistingAccessRights',
    'Save Pre-existing Access Rights',
    'Sauvegarde des droits pré-existants',
  ],
} as const satisfies Readonly<Record<string, readonly [ending: string, english: string, french: string]>>;

/** A task that is told from others by its kind alone. */
export function plainTask(
  { job }: JobContext,
  kind: keyof typeof plainTasks,
  attributes: Readonly<Record<string, string | undefined>> = {},
): ChildElement {
  const [ending, english, french] = plainTasks[kind];
  return makeTask(kind, `${job}_${ending}`, [english, french], { attributes });
}
