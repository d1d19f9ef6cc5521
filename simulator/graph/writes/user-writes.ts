// Creating, updating and deleting users.
import { graphInstant } from '../../clock.ts';
import type { Directory } from '../../tenant/directory.ts';
import type { DirectoryObject, Values } from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { noContent } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import type { Route } from '../route.ts';
import { createdReply } from './created-reply.ts';
import { checkIdentities, identitiesFor, recordIdentities } from './identities.ts';
import { addBindings, checkBindings, insertLinked } from './link-rules.ts';
import { checkPrincipalName, findAddressHolder, withPrimaryAddress } from './mail-addresses.ts';
import { readProperties } from './property-input.ts';
import { resolveBindings } from './references.ts';
import {
  checkMastering,
  checkProfileProperties,
  checkSensitiveAction,
  checkUserPermissions,
  checkUserValues,
  newUserValues,
  storedPasswordProfile,
} from './user-rules.ts';
import { valueTaken } from './write-errors.ts';

const required = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName', 'passwordProfile'];

/** Creates the user that a body describes. Throws before anything is changed. */
export function createUser(request: GraphRequest, body: Record<string, unknown>): DirectoryObject {
  const { directory } = request;
  const { values, bindings } = readProperties(body, { directory, type: 'user', required });
  const managers = resolveBindings(request, bindings, ['manager']);
  checkUserValues(values);
  checkProfileProperties(Object.keys(values));
  const principalName = String(values.userPrincipalName);
  checkPrincipalName(directory, principalName);
  const all: Values = {
    ...newUserValues(request, principalName),
    ...values,
    passwordProfile: storedPasswordProfile(values.passwordProfile, undefined),
  };
  if (values.identities !== undefined)
    all.identities = identitiesFor(directory, principalName, { given: values.identities });
  checkIdentities(directory, all.identities);
  if (typeof values.mail === 'string') all.proxyAddresses = proxyAddressesFor(directory, values.mail);
  const user = insertLinked(request, 'user', all, managers);
  recordIdentities(directory, user);
  return user;
}

function updateUser(request: GraphRequest): void {
  const { directory } = request;
  const user = findTarget(directory, 'user', request.parameters.id ?? '');
  const { values, bindings } = readProperties(readBody(request), { directory, type: 'user', object: user });
  const names = Object.keys(values);
  checkProfileProperties(names);
  checkUserPermissions(request, user, names);
  checkMastering(directory, user, names);
  checkUserValues(values);
  const managers = resolveBindings(request, bindings, ['manager']);
  checkBindings(request, user, managers);
  directory.update(user, { ...values, ...consequences(directory, user, values) });
  recordIdentities(directory, user);
  addBindings(request, user, managers);
}

/** What changes along with the given values: identities with the name, proxy addresses with mail, dates with passwords. */
function consequences(directory: Directory, user: DirectoryObject, values: Values): Values {
  const all: Values = {};
  const principalName = String(values.userPrincipalName ?? user.values.userPrincipalName);
  if (values.userPrincipalName !== undefined) checkPrincipalName(directory, principalName, user);
  if (values.userPrincipalName !== undefined || values.identities !== undefined) {
    all.identities = identitiesFor(directory, principalName, {
      given: values.identities,
      before: user.values.identities,
    });
    checkIdentities(directory, all.identities, user);
  }
  if (typeof values.mail === 'string') all.proxyAddresses = proxyAddressesFor(directory, values.mail, user);
  if (values.passwordProfile !== undefined) {
    all.passwordProfile = storedPasswordProfile(values.passwordProfile, user.values.passwordProfile ?? {});
    const isReset = (values.passwordProfile as Values).password !== undefined;
    if (isReset) all.lastPasswordChangeDateTime = graphInstant(directory.clock.now());
  }
  return all;
}

function proxyAddressesFor(directory: Directory, mail: string, user?: DirectoryObject): readonly string[] {
  const addresses = withPrimaryAddress(user?.values.proxyAddresses, mail);
  const holder = findAddressHolder(directory, addresses, user);
  if (holder) throw valueTaken('proxyAddresses', holder);
  return addresses;
}

/**
 * A deleted user gives its principal name free: Entra ID keeps it behind the object id without dashes, and takes it
 * from there on restore.
 */
const parkedName = (user: DirectoryObject) =>
  `${user.id.replaceAll('-', '')}${String(user.values.userPrincipalName)}`;

/** The principal name that a deleted user had. */
export function formerPrincipalName(user: DirectoryObject): string {
  const name = String(user.values.userPrincipalName);
  const prefix = user.id.replaceAll('-', '');
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function deleteUser(request: GraphRequest): void {
  const { directory } = request;
  const user = findTarget(directory, 'user', request.parameters.id ?? '');
  checkSensitiveAction(request, user);
  directory.update(user, { userPrincipalName: parkedName(user) });
  directory.softDelete(user);
}

export const userWrites: readonly Route[] = [
  {
    method: 'POST',
    path: '/users',
    permissions: permissionsFor('POST /users'),
    cost: 1,
    run: (request) => createdReply(request, createUser(request, readBody(request))),
  },
  {
    method: 'PATCH',
    path: '/users/{id}',
    permissions: permissionsFor('PATCH /users/{id}'),
    cost: 1,
    run: (request) => {
      updateUser(request);
      return noContent;
    },
  },
  {
    method: 'DELETE',
    path: '/users/{id}',
    permissions: permissionsFor('DELETE /users/{id}'),
    cost: 1,
    run: (request) => {
      deleteUser(request);
      return noContent;
    },
  },
];
