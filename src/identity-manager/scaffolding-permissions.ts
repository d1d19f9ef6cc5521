/** The access rules that each permission scaffolding gives a profile, as data (documentation of the permission scaffoldings). */
import type { AccessScaffoldingKind } from './schema-access.ts';

/** One access rule of a profile. */
export type RuleTemplate = Readonly<{
  /** What follows the profile in the identifier, after an underscore. */
  ending: string;
  /** The whole display names; `{profile}` stands for the profile. */
  english: string;
  french: string;
  dataSet: string;
  permissions: readonly string[];
  /** The documentation prints one rule whose entry cannot be executed. */
  isWithoutExecution?: true;
}>;

function management(ending: string, dataSet: string, ...permissions: readonly string[]): RuleTemplate {
  return {
    ending,
    english: `{profile} - Management for ${dataSet}`,
    french: `{profile} - Gestion des ${dataSet}`,
    dataSet,
    permissions,
  };
}

const session = { english: '{profile} - SynchronizeSession', french: '{profile} - Synchronisation' };

function sessionRule(ending: string, dataSet: string, permission: string): RuleTemplate {
  return {
    ending,
    english: session.english + dataSet,
    french: session.french + dataSet,
    dataSet,
    permissions: [permission],
  };
}

const provisioned = ['Connector', 'EntityTypeMapping', 'EntityType', 'ResourceType', 'Resource'];
const administered = ['Job', 'JobInstance', 'Task', 'TaskEntityType', 'TaskInstance', 'TaskResourceType'];

/** Rules that do not depend on the rest of the configuration. */
export const ruleTemplates: Readonly<Record<AccessScaffoldingKind, readonly RuleTemplate[]>> = {
  SynchronizationAccessControlRules: [
    sessionRule('Connector_ConnectorMapping_Query', 'Connector', '/Connectors/Connector/Query'),
    {
      ...sessionRule(
        'Connector_Connectors_SynchronizeSession',
        'Connector',
        '/Connectors/SynchronizeSession',
      ),
      isWithoutExecution: true,
    },
    sessionRule('Resource_Connectors_SynchronizeSession', 'Resource', '/Connectors/SynchronizeSession'),
  ],
  JobViewAccessControlRules: [
    management('Job_JobViews_Job', 'Job', '/Jobs/Job/Query'),
    management(
      'Job_JobViews_JobInstance',
      'JobInstance',
      '/Jobs/JobInstance/Query',
      '/Jobs/JobInstance/Update',
    ),
    management('Job_JobViews_Task', 'Task', '/Jobs/Job/Query', '/Jobs/Task/Query'),
    management('Job_JobViews_TaskEntityType', 'TaskEntityType', '/Jobs/TaskEntityType/Query'),
    management('Job_JobViews_TaskInstance', 'TaskInstance', '/Jobs/TaskInstance/Query'),
    management('Job_JobViews_TaskResourceType', 'TaskResourceType', '/Jobs/TaskResourceType/Query'),
  ],
  JobExecutionAccessControlRules: [],
  GetJobLogAdministrationAccessControlRules: [management('Job_JobLog', 'Task', '/Jobs/RunJob/GetLog')],
  JobAdministrationAccessControlRules: [
    management('Job_Jobs_Job', 'Job', '/Jobs/Job/Query', '/Jobs/Job/Update'),
  ],
  // One rule for each mapped entity type, and none for resource types, which are not read.
  ResourceChangesViewAccessControlRules: [],
  PendingAssignedResourceTypesAccessControlRules: [],
  RunJobAdministrationAccessControlRules: [
    management('JobInstance_RunJobLaunch', 'JobInstance', '/Jobs/JobInstance/Create'),
    management('Job_RunJobLaunch', 'Task', '/Jobs/RunJob/Launch'),
  ],
  RunJobNotificationAccessControlRules: [
    management('Job_RunJobLaunch_Notification_Errored', 'Task', '/Jobs/RunJob/Launch/Errored'),
  ],
  RunJobRepairAdministrationAccessControlRules: [
    management('Job_RunJobRepair', 'Task', '/Jobs/RunJob/Repair'),
  ],
  RunJobRepairNotificationAccessControlRules: [
    management('Job_RunJobRepair_Notification_Errored', 'Task', '/Jobs/RunJob/Repair/Errored'),
  ],
  TaskAdministrationAccessControlRules: administered.map((dataSet) =>
    management(
      `Job_Tasks_${dataSet}`,
      dataSet,
      ...['Create', 'Delete', 'Query', 'Update'].map((verb) => `/Jobs/${dataSet}/${verb}`),
    ),
  ),
  ProvisioningAccessControlRules: provisioned.map((dataSet) => ({
    ending: `${dataSet}_Connectors_ProvisioningSession`,
    english: '{profile} - Provisioning Launch',
    french: '{profile} - Lancement du Provisioning',
    dataSet,
    permissions: ['/Connectors/ProvisioningSession'],
  })),
  ResourceTypeMappingControlRules: [
    {
      ending: 'ResourceTypeMapping',
      english: '{profile}_ResourceTypeMapping',
      french: '{profile}_ResourceTypeMapping',
      dataSet: 'ResourceTypeMapping',
      permissions: ['/Connectors/ProvisionerResourceTypeMapping/Query'],
    },
  ],
};

/** The scaffoldings that a scaffolding brings along. */
export const includedScaffoldings: Readonly<
  Partial<Record<AccessScaffoldingKind, readonly AccessScaffoldingKind[]>>
> = {
  JobViewAccessControlRules: [
    'GetJobLogAdministrationAccessControlRules',
    'JobAdministrationAccessControlRules',
    'PendingAssignedResourceTypesAccessControlRules',
    'ResourceChangesViewAccessControlRules',
  ],
  JobExecutionAccessControlRules: [
    'JobViewAccessControlRules',
    'RunJobAdministrationAccessControlRules',
    'RunJobNotificationAccessControlRules',
    'RunJobRepairAdministrationAccessControlRules',
    'RunJobRepairNotificationAccessControlRules',
  ],
};
