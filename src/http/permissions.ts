/** Permissions: the paths that routes ask for, how a granted path covers what is below it, and the roles made of them. */

/** What each permission allows. Paths are those of Identity Manager's AccessControlPermission; below /Syncline they are ours. */
export const permissions = {
  '/Jobs/Job/Query': 'See jobs, their tasks and schedules.',
  '/Jobs/Job/Update': 'Change schedules, and switch jobs on and off.',
  '/Jobs/JobInstance/Query': 'See runs and their progress.',
  '/Jobs/JobInstance/Update': 'Cancel runs.',
  '/Jobs/RunJob/Launch': 'Launch jobs.',
  '/Jobs/RunJob/Repair': 'Resume blocked runs, or discard what they hold back.',
  '/Jobs/RunJob/GetLog': 'Read what tasks told while they ran.',
  '/Connectors/Connector/Query': 'See connections and how far each is.',
  '/Connectors/Connector/Update': 'Change which attributes of which entity types are exported.',
  '/Custom/ResourceChanges': 'See changes of every connection; below it, the name of one.',
  '/Syncline/ApiClients': 'See, create and revoke API clients.',
  '/Syncline/Applications/Query': 'See applications, how they are connected, and their accounts.',
  '/Syncline/Applications/Update': 'Create, connect, change, test and delete applications.',
  '/Syncline/Audit': 'Read the audit.',
  '/Syncline/Configuration/Query': 'See the deployed configuration, and what a new one would change.',
  '/Syncline/Configuration/Deploy': 'Deploy a configuration.',
  '/Syncline/CredentialProfiles/Query': 'See credential profiles; secrets are never shown.',
  '/Syncline/CredentialProfiles/Update': 'Create, change, test and delete credential profiles.',
  '/Syncline/Directory/Query': 'Search resources, and see them with their links and history.',
  '/Syncline/Directory/Tag': 'Tag resources, and make and delete tags.',
  '/Syncline/Identities/Query': 'Search identities, and see where their values come from.',
  '/Syncline/Identities/Update': 'Create, change and delete identities, and change their schema.',
  '/Syncline/Integrations/Query': 'See tenants and their synchronization history.',
  '/Syncline/Integrations/Update': 'Add, change, test and delete tenants.',
  '/Syncline/Mappings/Query': 'See mappings and their account links, and try mappings out.',
  '/Syncline/Mappings/Update': 'Create, change and delete mappings, and link and unlink accounts.',
  '/Syncline/Metrics': 'Read metrics from another machine.',
  '/Syncline/Reconciliation/Query': 'See reconciliations and their entries.',
  '/Syncline/Reconciliation/Launch': 'Reconcile, simulate, cancel, resume and discard, and resolve entries.',
  '/Syncline/Users': 'See and change users, their roles, and the providers that they sign in with.',
  '/Syncline/Workers': 'See the workers.',
} as const;
export type Permission = keyof typeof permissions;

/** The roles that a client can be made with, and the paths that each grants. */
export const roles = {
  administrator: ['/Jobs', '/Connectors', '/Custom', '/Syncline'],
  operator: [
    '/Jobs',
    '/Connectors/Connector/Query',
    '/Custom',
    '/Syncline/Applications/Query',
    '/Syncline/Configuration/Query',
    '/Syncline/CredentialProfiles/Query',
    '/Syncline/Directory',
    '/Syncline/Identities/Query',
    '/Syncline/Integrations/Query',
    '/Syncline/Mappings/Query',
    '/Syncline/Metrics',
    '/Syncline/Reconciliation',
    '/Syncline/Workers',
  ],
  auditor: [
    '/Jobs/Job/Query',
    '/Jobs/JobInstance/Query',
    '/Jobs/RunJob/GetLog',
    '/Connectors/Connector/Query',
    '/Custom',
    '/Syncline/Applications/Query',
    '/Syncline/Audit',
    '/Syncline/Configuration/Query',
    '/Syncline/CredentialProfiles/Query',
    '/Syncline/Directory/Query',
    '/Syncline/Identities/Query',
    '/Syncline/Integrations/Query',
    '/Syncline/Mappings/Query',
    '/Syncline/Metrics',
    '/Syncline/Reconciliation/Query',
    '/Syncline/Workers',
  ],
} as const;
export type Role = keyof typeof roles;

export const roleNames = Object.keys(roles) as [Role, ...Role[]];

/** Whether a client that was granted these paths may do what a path stands for: it, or one above it, was granted, whatever the case. */
export function isGranted(granted: readonly string[], needed: string): boolean {
  const wanted = needed.toLowerCase();
  return granted.some((path) => {
    const above = path.toLowerCase();
    return wanted === above || wanted.startsWith(`${above}/`);
  });
}

/** Whether a text is a path that can be granted. The root is none: who may do everything is told so path by path. */
export function isPermissionPath(text: string): boolean {
  return text.length <= 400 && /^(?:\/[A-Za-z0-9_.-]+)+$/.test(text);
}
