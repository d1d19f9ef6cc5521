/**
 * The schema of profiles, OpenID clients, access rules and the scaffoldings that make access rules (Identity Manager
 * documentation: XML configuration, Access control and Scaffoldings).
 */
import {
  choice,
  date,
  displayNames,
  element,
  flag,
  identifier,
  ignored,
  integer,
  permission,
  reference,
  required,
  type TopElementSchema,
  text,
  topElement,
} from './element-schema.ts';

/** The scaffoldings that give a profile access rules. */
export const accessScaffoldingKinds = [
  'SynchronizationAccessControlRules',
  'JobViewAccessControlRules',
  'JobExecutionAccessControlRules',
  'GetJobLogAdministrationAccessControlRules',
  'JobAdministrationAccessControlRules',
  'ResourceChangesViewAccessControlRules',
  'PendingAssignedResourceTypesAccessControlRules',
  'RunJobAdministrationAccessControlRules',
  'RunJobNotificationAccessControlRules',
  'RunJobRepairAdministrationAccessControlRules',
  'RunJobRepairNotificationAccessControlRules',
  'TaskAdministrationAccessControlRules',
  'ProvisioningAccessControlRules',
  'ResourceTypeMappingControlRules',
] as const;
export type AccessScaffoldingKind = (typeof accessScaffoldingKinds)[number];

const accessScaffolding = topElement('Profile', {
  // Exported configurations number scaffoldings.
  Id: ignored,
  Profile: required(reference('Profile')),
});

export const accessSchema: Readonly<Record<string, TopElementSchema>> = {
  Profile: topElement('Identifier', { Identifier: identifier(), ...displayNames(true) }),
  OpenIdClient: topElement('Identifier', {
    Identifier: identifier(),
    HashedSecret: required(text()),
    ...displayNames(true),
    Profile: required(reference('Profile')),
    Context: text('ContextId'),
    ExpirationDate: date,
  }),
  AccessControlRule: topElement(
    'Identifier',
    {
      Identifier: identifier(),
      ...displayNames(true),
      Profile: required(reference('Profile')),
      EntityType: required(text()),
    },
    {
      children: {
        Entry: element({
          Permission: required(permission),
          CanExecute: flag(),
          FullAccessProperties: flag(),
          IsPreCondition: flag('true'),
          IsPostCondition: flag('true'),
          Notify: flag('true'),
          Priority: integer(0),
          PropertyGroup: text(),
        }),
        Filter: element({
          Binding: required(text()),
          Operator: choice(['Equals', 'NotEquals']),
          Value: text(),
          CurrentUser: flag(),
          Dimension: text(),
          Category: text(),
          SingleRole: text(),
          CompositeRole: text(),
          ResourceType: text(),
          Group: text(),
        }),
      },
    },
  ),
  ...Object.fromEntries(accessScaffoldingKinds.map((kind) => [kind, accessScaffolding])),
};
