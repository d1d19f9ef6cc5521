// From a key in a path to the object it names.
import type { Directory } from '../tenant/directory.ts';
import { type DirectoryObject, isLive, type ObjectType } from '../tenant/directory-object.ts';
import { invalidIdentifier, resourceNotFound } from './graph-error.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return guid.test(text);
}

/** Properties that are unique and may stand in a path as `(property='value')`. */
export const alternateKeys: Partial<Record<ObjectType, readonly string[]>> = {
  user: ['userPrincipalName'],
  group: ['uniqueName'],
  application: ['appId', 'uniqueName'],
  servicePrincipal: ['appId'],
  device: ['deviceId'],
  directoryRole: ['roleTemplateId'],
};

/** Types whose ids are not GUIDs; every other id is checked for its form before it is looked up. */
const freeFormIds: ReadonlySet<ObjectType> = new Set([
  'domain',
  'appRoleAssignment',
  'oAuth2PermissionGrant',
  'subscribedSku',
]);

/**
 * The live object of this type that a path key names: an id, a user principal name, or `property=value` for an
 * alternate key. Throws Graph's "does not exist" or "Invalid object identifier".
 */
export function findTarget(directory: Directory, type: ObjectType, key: string): DirectoryObject {
  const object = lookUp(directory, type, key);
  if (object && object.type === type && isLive(object)) return object;
  throw resourceNotFound(key.replace(/^\w+=/, ''));
}

function lookUp(directory: Directory, type: ObjectType, key: string): DirectoryObject | undefined {
  const alternate = /^([a-z]\w*)=(.*)$/is.exec(key);
  if (alternate && !freeFormIds.has(type)) {
    const property = alternateKeys[type]?.find((name) => name.toLowerCase() === alternate[1]?.toLowerCase());
    if (!property) throw invalidIdentifier(key);
    return directory.findBy(type, property, alternate[2] ?? '');
  }
  if (freeFormIds.has(type)) return directory.find(key);
  if (isGuid(key)) return directory.find(key);
  if (type === 'user') return directory.findBy('user', 'userPrincipalName', key);
  throw invalidIdentifier(key);
}

/** A live directory object of any type by id. */
export function findAnyObject(directory: Directory, id: string): DirectoryObject {
  if (!isGuid(id)) throw invalidIdentifier(id);
  const object = directory.find(id);
  if (object && isLive(object)) return object;
  throw resourceNotFound(id);
}
