// What is true of users alone: values that the schema calls text but that are codes, passwords, identities, and which
// properties an application may touch. Source: Microsoft Graph, "user resource type" and "Update user".

import { graphInstant } from '../../clock.ts';
import { profileProperties } from '../../csdl/user-profile.ts';
import type { Directory } from '../../tenant/directory.ts';
import { type DirectoryObject, isLive, sourcesOf, type Values } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { accessDenied, badRequest } from '../graph-error.ts';
import { identitiesFor } from './identities.ts';
import { isPlainAddress } from './mail-addresses.ts';
import { invalidValue, masteredOnPremises, weakPassword } from './write-errors.ts';

const oneOf =
  (...names: readonly string[]) =>
  (value: unknown) =>
    names.includes(String(value));

const passwordPolicies = ['None', 'DisablePasswordExpiration', 'DisableStrongPassword'];

/** Properties whose text or list has a form of its own. */
const forms: Readonly<Record<string, (value: unknown) => boolean>> = {
  ageGroup: oneOf('Minor', 'NotAdult', 'Adult'),
  businessPhones: (value) => Array.isArray(value) && value.length <= 1,
  consentProvidedForMinor: oneOf('Granted', 'Denied', 'NotRequired'),
  mail: (value) => isPlainAddress(String(value)),
  onPremisesImmutableId: (value) => !/[$_]/.test(String(value)),
  otherMails: (value) =>
    Array.isArray(value) &&
    value.length <= 250 &&
    value.every((mail) => mail.length <= 250 && isPlainAddress(mail)),
  passwordPolicies: (value) =>
    String(value)
      .split(',')
      .every((policy) => passwordPolicies.includes(policy.trim())),
  usageLocation: (value) => /^[A-Z]{2}$/i.test(String(value)),
  userType: oneOf('Member', 'Guest'),
};

/** Throws for the first value that does not have its property's form. */
export function checkUserValues(values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    const hasForm = forms[name];
    if (hasForm && value !== null && !hasForm(value)) throw invalidValue('user', name);
  }
}

/** Profile properties need a request of their own, and a signed-in user, which an application is not. */
export function checkProfileProperties(names: readonly string[]): void {
  const count = names.filter((name) => profileProperties.has(name)).length;
  if (count === 0) return;
  if (count < names.length)
    throw badRequest('Profile properties cannot be written together with other properties of a user.');
  throw accessDenied();
}

/** Permissions that open some properties of a user and no others. */
const narrowPermissions: Readonly<Record<string, readonly string[]>> = {
  'User-Mail.ReadWrite.All': ['mail', 'otherMails'],
  'User-PasswordProfile.ReadWrite.All': ['passwordProfile'],
  'User-Phone.ReadWrite.All': ['businessPhones', 'mobilePhone'],
  'User.EnableDisableAccount.All': ['accountEnabled'],
  'User.ManageIdentities.All': ['identities'],
};
const broadPermissions = [
  'User.ReadUpdate.All',
  'User.ReadWrite.All',
  'Directory.ReadWrite.All',
  'User.ReadWrite.CrossCloud',
];

/** Properties that the broad permissions leave out. */
const ownPermissions: Readonly<Record<string, string>> = {
  customSecurityAttributes: 'CustomSecAttributeAssignment.ReadWrite.All',
  employeeLeaveDateTime: 'User-LifeCycleInfo.ReadWrite.All',
  passwordProfile: 'User-PasswordProfile.ReadWrite.All',
};

/** Changing them on a holder of a directory role takes a role as well. */
const sensitiveProperties: readonly string[] = [
  'accountEnabled',
  'businessPhones',
  'mobilePhone',
  'onPremisesImmutableId',
  'otherMails',
  'passwordProfile',
  'userPrincipalName',
];

/** Throws 403 unless the caller may change these properties of this user. */
export function checkUserPermissions(
  request: GraphRequest,
  user: DirectoryObject,
  names: readonly string[],
): void {
  const { roles } = request.caller;
  const isBroad = broadPermissions.some((permission) => roles.has(permission));
  const opened = new Set(
    Object.entries(narrowPermissions).flatMap(([permission, properties]) =>
      roles.has(permission) ? properties : [],
    ),
  );
  for (const name of names) {
    const own = ownPermissions[name];
    const isOpen = own === undefined ? isBroad || opened.has(name) : roles.has(own);
    const isByRole = name === 'passwordProfile' && callerHolds(request, passwordRoles);
    if (!isOpen && !isByRole) throw accessDenied();
  }
  if (names.some((name) => sensitiveProperties.includes(name))) checkSensitiveAction(request, user);
}

/** Template ids: Global Administrator, Privileged Authentication Administrator. */
const sufficientRoles: readonly string[] = [
  '62e90394-69f5-4237-9190-012177145e10',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
];
/** The same and User, Helpdesk, Password and Authentication Administrator. */
const passwordRoles: readonly string[] = [
  ...sufficientRoles,
  'fe930be7-5e62-47db-91af-98c3a49a38b1',
  '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  '966707d0-3269-4727-9be2-8c3a10f19b9d',
  'c4e39bd9-1100-46d3-8c65-fb160da0071f',
];

/** Throws 403 when the user holds a directory role and the calling application none that stands above it. */
export function checkSensitiveAction(request: GraphRequest, user: DirectoryObject): void {
  if (rolesOf(user).length > 0 && !callerHolds(request, sufficientRoles)) throw accessDenied();
}

function callerHolds(request: GraphRequest, templateIds: readonly string[]): boolean {
  const caller = request.directory.find(request.caller.servicePrincipalId);
  return caller !== undefined && rolesOf(caller).some((id) => templateIds.includes(id));
}

/** Template ids of the roles held, directly or through a group that roles are assigned to. */
function rolesOf(holder: DirectoryObject): readonly string[] {
  return sourcesOf(holder, 'members')
    .filter(isLive)
    .flatMap((source) => {
      if (source.type === 'directoryRole') return [String(source.values.roleTemplateId)];
      return source.values.isAssignableToRole === true ? rolesOf(source) : [];
    });
}

/** What may be written to a user who is mastered on premises, besides directory extensions defined in the cloud. */
const cloudProperties: ReadonlySet<string> = new Set([
  'ageGroup',
  'authorizationInfo',
  'consentProvidedForMinor',
  'customSecurityAttributes',
  'employeeLeaveDateTime',
  'passwordPolicies',
  'passwordProfile',
  'preferredDataLocation',
  'usageLocation',
  'userType',
]);

/** Throws when a user mastered on premises would be changed in what is synchronized from there. */
export function checkMastering(directory: Directory, user: DirectoryObject, names: readonly string[]): void {
  if (user.values.onPremisesSyncEnabled !== true) return;
  const isCloud = (name: string) =>
    cloudProperties.has(name) ||
    directory.findBy('extensionProperty', 'name', name)?.values.isSyncedFromOnPremises === false;
  if (!names.every(isCloud)) throw masteredOnPremises();
}

/** A password profile as it is stored: what was asked for, and no password. Throws for a weak one. */
export function storedPasswordProfile(profile: unknown, before: unknown): Values {
  const given = profile as Values;
  const stored = (before ?? {}) as Values;
  if (typeof given.password === 'string') checkPassword(given.password);
  else if (before === undefined) throw weakPassword();
  return {
    forceChangePasswordNextSignIn:
      given.forceChangePasswordNextSignIn ?? stored.forceChangePasswordNextSignIn ?? true,
    forceChangePasswordNextSignInWithMfa:
      given.forceChangePasswordNextSignInWithMfa ?? stored.forceChangePasswordNextSignInWithMfa ?? false,
    password: null,
  };
}

/** Microsoft Entra password policy: 8 to 256 characters, three of four kinds. */
function checkPassword(password: string): void {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  if (password.length < 8 || password.length > 256 || kinds < 3) throw weakPassword();
}

/** Values that every new user has, whoever creates it. */
export function newUserValues(request: GraphRequest, principalName: string): Values {
  const now = graphInstant(request.directory.clock.now());
  return {
    createdDateTime: now,
    identities: identitiesFor(request.directory, principalName, {}),
    lastPasswordChangeDateTime: now,
    signInSessionsValidFromDateTime: now,
    userType: 'Member',
  };
}
