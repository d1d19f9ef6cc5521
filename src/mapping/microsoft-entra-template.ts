/**
 * The template "Microsoft Entra Provisioning": users of a tenant become identities. Source: PingOne Advanced Identity Cloud, "Provision
 * users from Microsoft Entra" (mapping, permissions, situation rules) and its reference for the Microsoft Graph API connector.
 */
import type { AttributeMapping, MappingDefinition, ObjectSet } from '../model/mapping.ts';
import { defaultGuards, defaultSettings } from './mapping-defaults.ts';
import { policiesOf } from './policy-presets.ts';

export type TemplatePermission = Readonly<{
  /** An application permission of Microsoft Graph. */
  name: string;
  /** What it lets Syncline do. */
  purpose: string;
  /** Whether reading users, groups and their members needs it. The others are for writing to the tenant. */
  isNeededForReading: boolean;
}>;

export const microsoftEntraTemplate = {
  id: 'microsoft-entra',
  name: 'Microsoft Entra Provisioning',
  description:
    'Reads users and groups of a Microsoft Entra tenant, and keeps identities in step with them. Everything that the mapping leaves out stays as it is.',
  capabilities: ['Read users and groups', 'Incremental reconciliation', 'Authoritative source of identities'],
  /** The entity type of the accounts, and the type of identities that they become. */
  sourceType: 'user',
  targetType: 'alpha_user',
  permissions: [
    {
      name: 'User.Read.All',
      purpose: 'Read the attributes of all users, and what has changed of them.',
      isNeededForReading: true,
    },
    {
      name: 'Group.Read.All',
      purpose: 'Read groups and their members, for mappings of groups.',
      isNeededForReading: true,
    },
    {
      name: 'Directory.Read.All',
      purpose:
        'Read everything in the directory: it replaces the two above, and is needed for other entity types.',
      isNeededForReading: true,
    },
    {
      name: 'User.Export.All',
      purpose: 'Export the personal data of a user. Reading accounts does not need it.',
      isNeededForReading: false,
    },
    {
      name: 'User.ManageIdentities.All',
      purpose: 'Change the identities that users sign in with.',
      isNeededForReading: false,
    },
    {
      name: 'User.ReadWrite.All',
      purpose: 'Create, change and delete users.',
      isNeededForReading: false,
    },
    { name: 'Group.Create', purpose: 'Create groups.', isNeededForReading: false },
    {
      name: 'Group.ReadWrite.All',
      purpose: 'Create, change and delete groups, and change their members.',
      isNeededForReading: false,
    },
    {
      name: 'Directory.ReadWrite.All',
      purpose: 'Change everything in the directory.',
      isNeededForReading: false,
    },
  ],
} as const satisfies Readonly<Record<string, unknown>> &
  Readonly<{ permissions: readonly TemplatePermission[] }>;

/** In the order of the guide: attribute of the user, attribute of the identity. */
const templateAttributes: readonly AttributeMapping[] = (
  [
    ['givenName', 'givenName'],
    ['mail', 'mail'],
    ['surname', 'sn'],
    ['userPrincipalName', 'userName'],
  ] as const
).map(([name, target]) => ({
  target,
  source: { kind: 'attribute', name },
  apply: 'always',
  ifEmpty: 'clear',
}));

/** The default mapping of an application of this template, from the users of a connection to identities. */
export function microsoftEntraMapping(
  name: string,
  { source, target }: Readonly<{ source: ObjectSet; target: ObjectSet }>,
): MappingDefinition {
  return {
    name,
    displayName: name,
    description: 'Users of the tenant become identities, matched by their user name.',
    source,
    target,
    isEnabled: true,
    scope: {},
    linkQualifiers: [],
    correlation: [{ match: { all: ['userName'] } }],
    attributes: templateAttributes,
    policies: policiesOf('authoritative-source'),
    settings: defaultSettings,
    guards: defaultGuards,
  };
}
