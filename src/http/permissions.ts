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
  '/Syncline/Audit': 'Read the audit.',
  '/Syncline/Configuration/Query': 'See the deployed configuration, and what a new one would change.',
  '/Syncline/Configuration/Deploy': 'Deploy a configuration.',
  '/Syncline/CredentialProfiles/Query': 'See credential profiles; secrets are never shown.',
  '/Syncline/CredentialProfiles/Update': 'Create, change, test and delete credential profiles.',
  '/Syncline/Directory/Query': 'Search resources, and see them with their links and history.',
  '/Syncline/Directory/Tag': 'Tag resources, and make and delete tags.',
  '/Syncline/Integrations/Query': 'See tenants and their synchronization history.',
  '/Syncline/Integrations/Update': 'Add, change, test and delete tenants.',
  '/Syncline/Metrics': 'Read metrics from another machine.',
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
    '/Syncline/Configuration/Query',
    '/Syncline/CredentialProfiles/Query',
    '/Syncline/Directory',
    '/Syncline/Integrations/Query',
    '/Syncline/Metrics',
    '/Syncline/Workers',
  ],
  auditor: [
    '/Jobs/Job/Query',
    '/Jobs/JobInstance/Query',
    '/Jobs/RunJob/GetLog',
    '/Connectors/Connector/Query',
    '/Custom',
    '/Syncline/Audit',
    '/Syncline/Configuration/Query',
    '/Syncline/CredentialProfiles/Query',
    '/Syncline/Directory/Query',
    '/Syncline/Integrations/Query',
    '/Syncline/Metrics',
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
