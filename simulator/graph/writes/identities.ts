// The identities by which a user signs in: by principal name, by a local name, or at another issuer.
import type { Directory } from '../../tenant/directory.ts';
import { type DirectoryObject, isLive } from '../../tenant/directory-object.ts';
import { refusedRequest } from '../graph-error.ts';
import { initialDomainOf } from './mail-addresses.ts';
import { invalidValue } from './write-errors.ts';

interface Identity {
  readonly signInType?: unknown;
  readonly issuer?: unknown;
  readonly issuerAssignedId?: unknown;
}

/**
 * The identities of a user with this principal name. Given ones replace all others and must keep the sign-in by
 * principal name; `before` are those of an update that gives none.
 */
export function identitiesFor(
  directory: Directory,
  principalName: string,
  options: { readonly given?: unknown; readonly before?: unknown },
): readonly Identity[] {
  const issuer = initialDomainOf(directory);
  const own = { signInType: 'userPrincipalName', issuer, issuerAssignedId: principalName };
  const isOwn = (identity: Identity) => identity.signInType === 'userPrincipalName';
  if (!Array.isArray(options.given)) {
    const others = Array.isArray(options.before) ? options.before.filter((item) => !isOwn(item)) : [];
    return [...others, own];
  }
  const given: readonly Identity[] = options.given;
  const isLocal = (identity: Identity) => ['emailAddress', 'userName'].includes(String(identity.signInType));
  const keepsOwn = given.some(
    (identity) =>
      isOwn(identity) && String(identity.issuerAssignedId).toLowerCase() === principalName.toLowerCase(),
  );
  if (!keepsOwn || given.some((identity) => isLocal(identity) && identity.issuer !== issuer))
    throw invalidValue('user', 'identities');
  return given;
}

/**
 * Who signs in with a local name or at another issuer. Such identities are rare, so the index is made at the first
 * write of one; an entry counts only while its user is live and still has the identity.
 */
const holdersOf = new WeakMap<Directory, Map<string, DirectoryObject>>();

function holdersIn(directory: Directory): Map<string, DirectoryObject> {
  let holders = holdersOf.get(directory);
  if (!holders) {
    holders = new Map();
    holdersOf.set(directory, holders);
    for (const user of directory.list('user').places) if (user) recordIdentities(directory, user);
  }
  return holders;
}

/** Keys of the identities that must be unique besides the principal name. */
function keysOf(identities: unknown): readonly string[] {
  if (!Array.isArray(identities)) return [];
  return (identities as readonly Identity[])
    .filter(({ signInType, issuerAssignedId }) => signInType !== 'userPrincipalName' && issuerAssignedId)
    .map(({ issuer, issuerAssignedId }) => `${String(issuer)} ${String(issuerAssignedId)}`.toLowerCase());
}

/** Throws when another live user signs in with one of the identities. */
export function checkIdentities(directory: Directory, identities: unknown, own?: DirectoryObject): void {
  for (const key of keysOf(identities)) {
    const holder = holdersIn(directory).get(key);
    const isTaken =
      holder && holder !== own && isLive(holder) && keysOf(holder.values.identities).includes(key);
    if (isTaken) throw refusedRequest('Property netId is invalid.');
  }
}

/** Remembers whose the identities of a written user are. */
export function recordIdentities(directory: Directory, user: DirectoryObject): void {
  for (const key of keysOf(user.values.identities)) holdersIn(directory).set(key, user);
}
