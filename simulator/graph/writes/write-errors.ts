// The words with which Graph's directory refuses a write. Clients match these texts, so each stands here once.
// Source: texts that public Graph clients compare against, and Microsoft Graph "Error codes and messages".
import type { DirectoryObject } from '../../tenant/directory-object.ts';
import { accessDenied, badRequest, GraphError, refusedRequest } from '../graph-error.ts';

/** `user` → `User`: how messages name a type. */
const resourceName = (type: string) => type.charAt(0).toUpperCase() + type.slice(1);

export const valueRequired = (type: string, property: string) =>
  refusedRequest(`A value is required for property '${property}' of resource '${resourceName(type)}'.`);

export function invalidValue(
  type: string,
  property: string,
  code: 'InvalidValue' | 'InvalidLength' = 'InvalidValue',
): GraphError {
  const message = `Invalid value specified for property '${property}' of resource '${resourceName(type)}'.`;
  return refusedRequest(message, [{ code, message, target: property }]);
}

export const readOnlyProperty = (property: string) =>
  refusedRequest(`Property '${property}' is read-only and cannot be set.`);

/** Open types are judged by the directory, closed ones by the gateway in front of it. */
export const unknownProperty = (name: string, isOpen: boolean) =>
  isOpen ? refusedRequest(`Invalid property '${name}'.`) : badRequest(`Invalid property '${name}'.`);

export const unknownExtension = (name: string) =>
  refusedRequest(`The following extension properties are not available: ${name}.`);

export const duplicateValues = () => refusedRequest('Request contains a property with duplicate values.');

/** Somebody else has the value already; the details name the other object. */
export function valueTaken(property: string, holder: DirectoryObject): GraphError {
  const message = `Another object with the same value for property ${property} already exists.`;
  return refusedRequest(message, [
    { code: 'ObjectConflict', message, target: property },
    {
      code: 'ConflictingObjects',
      message: 'The object with the same value.',
      target: `${resourceName(holder.type)}_${holder.id}`,
    },
  ]);
}

/** 409 where a value is a key of the whole directory: application identifiers, service principal names. */
export const keyTaken = (message: string) =>
  new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message);

export const conflictingObject = () =>
  refusedRequest(
    'A conflicting object with one or more of the specified property values is present in the directory.',
  );

export const masteredOnPremises = () =>
  refusedRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  );

export const mailGroupRefused = () =>
  refusedRequest('Cannot Update a mail-enabled security groups and or distribution list.');

export const weakPassword = () =>
  refusedRequest(
    'The specified password does not comply with password complexity requirements. Please provide a different password.',
  );

export const invalidReference = () => refusedRequest('Not a valid reference update.');

export const unsupportedReference = (link: string) =>
  new GraphError(
    400,
    'Request_UnsupportedQuery',
    `Unsupported referenced-object resource identifier for link property '${link}'.`,
  );

export const linkExists = (link: string) =>
  refusedRequest(
    `One or more added object references already exist for the following modified properties: '${link}'.`,
  );

/** The relationship does not take the object, or takes none through the API. */
export const linkRefused = (link: string) =>
  refusedRequest(`An invalid operation was included in the following modified references: '${link}'.`);

export const tooManyReferences = (limit: number) =>
  refusedRequest(`The request exceeds the limit of ${limit} object references.`);

const quotaExceeded = (count: number, quota: number, subject: string) =>
  new GraphError(
    403,
    'Directory_QuotaExceeded',
    `Unable to perform operation as '${count}' would exceed the maximum quota count '${quota}' for ${subject}.`,
  );

export const linkQuotaExceeded = (link: string, count: number, quota: number) =>
  quotaExceeded(count, quota, `forward-link '${link}'`);

export const extensionQuotaExceeded = (count: number, quota: number) =>
  quotaExceeded(count, quota, 'directory extension values');

export const lastOwner = () =>
  refusedRequest('The group must have at least one owner, hence this owner cannot be removed.');

export const onlyContainedEntities = () =>
  badRequest('Write requests are only supported on contained entities');

/** 403 unless the caller holds one of the permissions. */
export function demandPermission(roles: ReadonlySet<string>, ...permissions: readonly string[]): void {
  if (!permissions.some((permission) => roles.has(permission))) throw accessDenied();
}

export const identifierTaken = () =>
  keyTaken('Another object with the same value for property identifierUris already exists.');

export const principalTaken = (name: string) =>
  keyTaken(
    `The service principal cannot be created, updated, or restored because the service principal name ${name} is already in use.`,
  );

export const noBackingApplication = (appId: string) => {
  const message = `The appId '${appId}' of the service principal does not reference a valid application object.`;
  return refusedRequest(message, [{ code: 'NoBackingApplicationObject', message, target: 'appId' }]);
};

export const foreignApplication = () =>
  new GraphError(
    403,
    'Authorization_RequestDenied',
    'When using this permission, the backing application of the service principal being created must in the local tenant',
  );

export const enabledPermission = (property: string) => {
  const message = 'Permission (scope or role) cannot be deleted or updated unless disabled first.';
  return refusedRequest(message, [
    { code: 'CannotDeleteOrUpdateEnabledEntitlement', message, target: property },
  ]);
};
