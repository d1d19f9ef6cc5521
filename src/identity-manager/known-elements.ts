/** Every element that may stand at the top of a file: those that are read, in canonical order, and those that are only known. */
import type { TopElementSchema } from './element-schema.ts';
import { accessSchema } from './schema-access.ts';
import { connectorSchema } from './schema-connectors.ts';
import { jobSchema } from './schema-jobs.ts';
import { tasksWithoutEffect } from './schema-tasks.ts';

const schema: ReadonlyMap<string, TopElementSchema> = new Map(
  Object.entries({ ...connectorSchema, ...accessSchema, ...jobSchema }),
);

/** Names of the elements that are read, in canonical order. */
export const elementKinds: readonly string[] = [...schema.keys()];

/** How an element at the top of a file is to look; undefined when it is not read. */
export function schemaOf(kind: string): TopElementSchema | undefined {
  return schema.get(kind);
}

/** The canonical value of an attribute that is not written; undefined where it has none. */
export function defaultOf(kind: string, attribute: string): string | undefined {
  return schemaOf(kind)?.attributes[attribute]?.default;
}

/**
 * Elements that Identity Manager documents and Syncline does nothing with: the role model, workflows, pages, reports, and what
 * their scaffoldings make.
 */
const withoutEffect: ReadonlySet<string> = new Set([
  ...tasksWithoutEffect,
  ...// Connectors and metadata.
  (
    'ConnectionTable PasswordResetSettings EntityPropertyExpression AccessControlEntityType Dimension Binding Language Resource ' +
    'ResourceFile File AppDisplaySetting ConfigurationVersionSetting CustomLink1Setting CustomLink2Setting DashboardItemDisplaySetting ' +
    'ExcludedResourceSetting GroupBySetting MailSetting PasswordGenerationSetting PasswordTestsSetting ' +
    'SchedulingCleanDataBaseSetting SelectAllPerformedByAssociationQueryHandlerSetting SelectPersonasByFilterQueryHandlerSetting ' +
    'SelectUserByIdentityQueryHandlerSetting ' +
    // How resource types are written to a system.
    'AzureADResourceTypeMapping MicrosoftEntraIDResourceTypeMapping EasyVistaResourceTypeMapping GoogleAppsResourceTypeMapping ' +
    'GoogleWorkspaceResourceTypeMapping InternalResourceTypeMapping InternalWorkspaceResourceTypeMapping LdapResourceTypeMapping ' +
    'LDAPResourceTypeMapping ManualProvisioningResourceTypeMapping OktaResourceTypeMapping PowerShellResourceTypeMapping ' +
    'RobotFrameworkResourceTypeMapping SapResourceTypeMapping SAPResourceTypeMapping ScimResourceTypeMapping ' +
    'ServiceNowResourceTypeMapping SharePointResourceTypeMapping TicketResourceTypeMapping TSSResourceTypeMapping ' +
    'WorkdayResourceTypeMapping ' +
    // Access control and notifications.
    'AccessControlPermission AccessControlPropertyGroup AssignedProfile ProfileContext ProfileRule ProfileRuleContext ' +
    'Notification NotificationTemplate RolePolicyNotification ' +
    // The role model and access certification.
    'AutomationRule BulkChange Category CompositeRole CompositeRoleRule Context ContextRule MiningRule Policy PolicySimulation ' +
    'RecordSection ResourceType ResourceTypeRule ResourceClassificationRule ResourceCorrelationRule RoleMapping Risk SingleRole ' +
    'SingleRoleRule ResourceNavigationRule ResourceScalarRule ResourceBinaryRule ResourceQueryRule AccessCertificationCampaign ' +
    'AccessCertificationCampaignPolicy AccessCertificationDataFilter AccessCertificationOwnerFilter ' +
    // Pages, reports and workflows.
    'DisplayEntityAssociation DisplayEntityType DisplayPropertyGroup DisplayTable Form Indicator MenuItem SearchBar Tile ReportQuery ' +
    'Universe EntityInstance AssociationInstance Activity ActivityTemplate Workflow HomonymEntityLink AddChangeAspect ' +
    'AssertValueAspect AssertValueRequiredAspect BuildUniqueValueAspect InvokeScriptAspect InvokeExpressionAspect ' +
    'InvokeWorkflowAspect NotificationAspect WorkflowAddAndEndRecordEntityForm WorkflowAddRecordEntityForm ' +
    'WorkflowCreateEntityForm WorkflowCreateRecordEntityForm WorkflowCreateSeveralRecordsEntityForm WorkflowEditEntityForm ' +
    'WorkflowUpdateRecordEntitiesForm WorkflowUpdateRecordEntityForm WorkflowUpdateSeveralRecordsEntityForm ' +
    // Scaffoldings.
    'CreateConnectorsJobs CleanDatabaseJob CreateAccessCertificationJob OptimizeDisplayTable TargetResourceReport UniverseDataModel ' +
    'ConnectorMappings EntityTypeDisplayName EntityTypeDisplayTable EntityTypeDisplayTableAdaptable ' +
    'EntityTypeDisplayTargetResourceTable EntityTypeMenuItem EntityTypeSearchBar CreateUpdateDeleteMenus ' +
    'CreateUpdateDeleteWorkflows UpdateResourcesMenus UpdateResourcesWorkflows WorkflowActorsNotification ' +
    'WorkflowEntityTypeDisplayTable WorkflowEntityTypeSearchBar CreateAdministratorProfile CreateUpdateDeleteTemplate ' +
    'EntityReportDefault UpdateResourcesTemplate ViewTargetResourceTemplate ViewTemplate ViewTemplateAdaptable ' +
    'ViewHistoryResourceTemplate SimulationAccessControlRules ConnectorsAccessControlRules ConnectorResourceTypeAccessControl ' +
    'SettingsAccessControlRules AccessReviewAdministrationAccessControlRules JobTaskAdministrationAccessControlRules ' +
    'TaskInstanceAdministrationAccessControlRules WorkflowFulfillmentControlRules MonitoringAdministrationAccessControlRules ' +
    'AssignProfileAccessControlRules OpenIdClientAdministrationAccessControlRules ProfileAdministrationAccessControlRules ' +
    'ManageSettingAccessControlRules ReportAccessControlRules TargetResourceReportAccessControlRules UniverseAccessControlRules ' +
    'CreateResourceIncrementalAccessControlRules ResourceApiAdministration ResourcePickerControlRules ViewAccessControlRules ' +
    'BasketRulesControlRules BulkPerformManualProvisioningAccessControlRules BulkResourceReconciliationAccessControlRules ' +
    'BulkReviewProvisioningAccessControlRules BulkRoleReconciliationAccessControlRules GovernanceRolesAccessControlRules ' +
    'PerformManualProvisioningAccessControlRules ReconciliateResourcesAccessControlRules ReconciliateRolesAccessControlRules ' +
    'RedundantAssignmentAccessControlRule ReviewProvisioningAccessControlRules ReviewRolesAccessControlRules ' +
    'RisksAdministrationAccessControlRules RoleAdministrationAccessControlRules RoleNamingAccessControlRules ' +
    'PolicySimulationControlRules RoleModelSimulationControlRules ManageAccessPageAccessControl SearchBarPageAccessControl ' +
    'CreateUpdateDeleteAccessControlRules UpdateResourcesAccessControlRules WorkflowAccessControlRules ' +
    'WorkflowConfigurationControlRules WorkflowOverviewControlRules WorkforceModule'
  ).split(' '),
]);

/** Whether Identity Manager has such an element and nothing here depends on it. */
export function isWithoutEffect(kind: string): boolean {
  return withoutEffect.has(kind);
}

/** Every name that may stand at the top of a file, for a "did you mean". */
export const knownNames: readonly string[] = [...elementKinds, ...withoutEffect];
