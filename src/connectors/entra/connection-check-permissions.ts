// What an access token allows: whether an administrator has consented to anything, what each entity type needs, and what is
// more than that.
import type { EntityType } from '../../model/entity-type.ts';
import { findCatalogType } from './catalog.ts';
import type { CheckResult } from './connection-check.ts';

/** Show everything that is exported. */
const allTypes = ['Directory.Read.All', 'Directory.ReadWrite.All'] as const;

/** Besides the least permission of a type, these let its delta be read (Microsoft Graph permissions reference). */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  user: ['User.ReadWrite.All'],
  group: ['GroupMember.Read.All', 'Group.ReadWrite.All'],
  application: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'],
  servicePrincipal: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'],
  device: ['Device.ReadWrite.All'],
  directoryRole: ['RoleManagement.ReadWrite.Directory'],
  administrativeUnit: ['AdministrativeUnit.ReadWrite.All'],
  oAuth2PermissionGrant: ['DelegatedPermissionGrant.ReadWrite.All'],
};

/** Useful to any connection: the tenant's name, and members of groups that hide them. */
const welcome: readonly string[] = ['Organization.Read.All', 'Member.Read.Hidden', 'GroupMember.Read.All'];

const grant =
  'under API permissions of the app registration (Microsoft Graph, application permissions), and then choose Grant admin consent';

/** The application permissions in an access token; undefined when it cannot be looked into. */
export function readRoles(token: string): readonly string[] | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { roles = [] } = (payload ?? {}) as { roles?: unknown };
    return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
  } catch {
    return undefined;
  }
}

/** Whether the token carries any permission at all. */
export function checkConsent(roles: readonly string[]): CheckResult {
  const named = { step: 'consent', name: 'Consent of the tenant' } as const;
  if (roles.length > 0) {
    const what = roles.length === 1 ? 'one permission' : `${roles.length} permissions`;
    return { ...named, outcome: 'ok', detail: `an administrator has granted ${what}` };
  }
  return {
    ...named,
    outcome: 'failed',
    detail: 'the application has no application permission',
    remedy: `add Directory.Read.All ${grant}; delegated permissions do not count`,
  };
}

/** Whether one of the permissions is there that show this type. */
export function checkPermission({ name }: EntityType, roles: readonly string[]): CheckResult {
  const named = { step: 'permission', name: `Permission for ${name}` } as const;
  const type = findCatalogType(name);
  if (type === undefined)
    return { ...named, outcome: 'skipped', detail: 'Entra exports no such entity type' };
  const granted = acceptedFor(name).filter((permission) => roles.includes(permission));
  if (granted.length > 0) return { ...named, outcome: 'ok', detail: granted[0] ?? '' };
  const choice =
    type.permission === 'Directory.Read.All'
      ? type.permission
      : `${type.permission}, or Directory.Read.All for every type,`;
  return {
    ...named,
    outcome: 'failed',
    detail: `nothing lets the application see ${type.plural}`,
    remedy: `add ${choice} ${grant}`,
  };
}

/** The permissions beyond what these types need, where there are any. */
export function* remarkExcess(
  entityTypes: readonly EntityType[],
  roles: readonly string[],
): Generator<CheckResult> {
  const reading = entityTypes.flatMap(({ name }) => findCatalogType(name)?.permission ?? []);
  const needed = new Set([...reading, ...welcome, 'Directory.Read.All']);
  const excess = roles.filter((role) => !needed.has(role)).sort();
  if (excess.length === 0) return;
  const shown = excess.slice(0, mostShown).join(', ');
  const rest = excess.length > mostShown ? ` and ${excess.length - mostShown} others` : '';
  yield {
    step: 'permission',
    name: 'Permissions beyond reading',
    outcome: 'ok',
    detail: `also granted, which this connection does not need: ${shown}${rest}`,
  };
}

const mostShown = 5;

/** Those with the least power first. */
function acceptedFor(name: string): readonly string[] {
  const least = findCatalogType(name)?.permission;
  return [...(least === undefined ? [] : [least]), ...(alternatives[name] ?? []), ...allTypes];
}
