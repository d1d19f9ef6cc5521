// From the JSON body of a write to values of the directory: names in any case, types, lengths, nulls, and what may not
// be written at all. What belongs to one type alone (a user principal name, the kinds of a group) is judged by its file.
import { graphInstant } from '../../clock.ts';
import { traitsOf } from '../../csdl/property-traits.ts';
import { directorySchema, type Property, type StructuredType } from '../../csdl/schema.ts';
import type { Directory } from '../../tenant/directory.ts';
import type { DirectoryObject, ObjectType, Values } from '../../tenant/directory-object.ts';
import { isGuid } from '../addressing.ts';
import type { GraphError } from '../graph-error.ts';
import { findProperty } from '../property-value.ts';
import {
  duplicateValues,
  extensionQuotaExceeded,
  invalidValue,
  readOnlyProperty,
  unknownExtension,
  unknownProperty,
  valueRequired,
} from './write-errors.ts';

export interface PropertyInput {
  /** By the schema's own spelling; complex values of an update are merged with what is stored. */
  readonly values: Values;
  /** `members@odata.bind` and the like, by navigation name, as the client wrote them. */
  readonly bindings: ReadonlyMap<string, unknown>;
}

export interface InputRules {
  readonly directory: Directory;
  readonly type: ObjectType;
  /** The object that an update changes; absent at creation. */
  readonly object?: DirectoryObject;
  /** Properties that a creation must have. */
  readonly required?: readonly string[];
}

/** Properties that an update may change but not clear, though the schema calls them nullable. */
const neverCleared: Partial<Record<ObjectType, readonly string[]>> = {
  user: ['accountEnabled', 'displayName', 'mail', 'mailNickname', 'passwordProfile', 'usageLocation'],
  group: ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled', 'visibility'],
  application: ['displayName', 'signInAudience'],
  servicePrincipal: ['accountEnabled', 'displayName'],
  administrativeUnit: ['displayName'],
  device: ['accountEnabled', 'deviceId', 'displayName'],
};

/** Written by actions or services only, though the published table does not say so. */
const writtenByServices: Partial<Record<ObjectType, readonly string[]>> = {
  user: [
    'assignedLicenses',
    'externalUserState',
    'externalUserStateChangeDateTime',
    'lastPasswordChangeDateTime',
    'mailboxSettings',
    'onPremisesProvisioningErrors',
    'serviceProvisioningErrors',
  ],
  group: ['onPremisesProvisioningErrors', 'organizationId', 'serviceProvisioningErrors'],
  application: ['certification', 'disabledByMicrosoftStatus', 'logo', 'verifiedPublisher'],
  servicePrincipal: [
    'appDisplayName',
    'appOwnerOrganizationId',
    'disabledByMicrosoftStatus',
    'servicePrincipalType',
    'verifiedPublisher',
  ],
};

/** Called read-only or immutable by the published table, but writable under conditions that the type's own file knows. */
const conditional: Partial<Record<ObjectType, readonly string[]>> = {
  user: ['onPremisesExtensionAttributes'],
  group: ['uniqueName', 'visibility'],
  application: ['uniqueName'],
};

/** Given at creation and fixed from then on, though the published table does not say so. */
const fixedAtCreation: Partial<Record<ObjectType, readonly string[]>> = {
  device: ['deviceId'],
  federatedIdentityCredential: ['name'],
  group: ['resourceBehaviorOptions'],
  servicePrincipal: ['appId'],
};

/** Complex properties that an update replaces as a whole; of the others it changes what it names. */
const replacedAsWhole: ReadonlySet<string> = new Set(['employeeOrgData', 'passwordProfile']);

/** Reads a body. Throws the refusal that Graph gives for the first property it does not accept. */
export function readProperties(body: Readonly<Record<string, unknown>>, rules: InputRules): PropertyInput {
  const { directory, type, object, required = [] } = rules;
  const values: Values = {};
  const bindings = new Map<string, unknown>();
  for (const [name, raw] of Object.entries(body)) {
    if (name.includes('@')) {
      const navigation = /^(\w+)@odata\.bind$/i.exec(name)?.[1];
      if (navigation) bindings.set(navigationName(type, navigation), raw);
      continue;
    }
    const property = findProperty(directory, type, name);
    if (!property) throw unknownName(type, name);
    if (property.name in values) throw duplicateValues();
    if (property.name === 'id' && object && raw === object.id) continue;
    if (raw === null && !object) {
      if (required.includes(property.name)) throw valueRequired(type, property.name);
      if (isNeverCleared(type, property.name)) continue;
    }
    const value = readProperty(type, property, raw, object);
    values[property.name] = object ? mergeValue(property, object.values[property.name], value) : value;
  }
  const missing = required.find((name) => !(name in values));
  if (missing) throw valueRequired(type, missing);
  checkExtensionCount(values, object);
  return { values, bindings };
}

/**
 * Reads a complex value that is no property of an object, such as the `passwordCredential` of an action.
 * Throws the refusal for a property of that name.
 */
export function readComplexArgument(typeName: string, argument: string, raw: unknown): Values {
  const type = directorySchema().complexTypes.get(typeName);
  const refuse = () => invalidValue(typeName, argument);
  if (!type) throw refuse();
  return readComplex(type, raw, refuse);
}

/** Microsoft Graph, directory extensions: values on one object. */
const maximumExtensionValues = 100;

function checkExtensionCount(values: Values, object: DirectoryObject | undefined): void {
  const isExtension = ([name, value]: [string, unknown]) => name.startsWith('extension_') && value !== null;
  if (!Object.entries(values).some(isExtension)) return;
  const count = Object.entries({ ...object?.values, ...values }).filter(isExtension).length;
  if (count > maximumExtensionValues) throw extensionQuotaExceeded(count, maximumExtensionValues);
}

function readProperty(
  type: ObjectType,
  property: Property,
  raw: unknown,
  object: DirectoryObject | undefined,
): unknown {
  const { name } = property;
  const refuse: Refuse = (code) => invalidValue(type, name, code);
  const traits = traitsOf(type, name);
  const isReadOnly = traits.isReadOnly || writtenByServices[type]?.includes(name);
  if (isReadOnly && !conditional[type]?.includes(name)) throw readOnlyProperty(name);
  if (raw === null) {
    if (!property.isNullable || isNeverCleared(type, name)) throw refuse('InvalidValue');
    return null;
  }
  const value = readValue(property, raw, refuse, traits.maxLength ?? extensionLength(property));
  if (value === '') throw refuse('InvalidValue');
  if (Array.isArray(value) && value.includes('')) throw refuse('InvalidValue');
  const isFixed =
    (traits.isImmutable && !conditional[type]?.includes(name)) || fixedAtCreation[type]?.includes(name);
  if (object && isFixed && JSON.stringify(object.values[name]) !== JSON.stringify(value))
    throw readOnlyProperty(name);
  return value;
}

function isNeverCleared(type: ObjectType, name: string): boolean {
  return neverCleared[type]?.includes(name) ?? false;
}

function unknownName(type: ObjectType, name: string): GraphError {
  if (name.toLowerCase().startsWith('extension_')) return unknownExtension(name);
  return unknownProperty(name, directorySchema().entityTypes.get(type)?.isOpen ?? false);
}

function navigationName(type: ObjectType, name: string): string {
  const navigations = directorySchema().entityTypes.get(type)?.navigations.keys() ?? [];
  const found = [...navigations].find((navigation) => navigation.toLowerCase() === name.toLowerCase());
  if (!found) throw unknownProperty(name, true);
  return found;
}

type Refuse = (code: 'InvalidValue' | 'InvalidLength') => GraphError;

function readValue(property: Property, raw: unknown, refuse: Refuse, maxLength?: number): unknown {
  if (!property.isCollection) return readSingle(property.type, raw, refuse, maxLength);
  if (!Array.isArray(raw)) throw refuse('InvalidValue');
  return raw.map((item) => readSingle(property.type, item, refuse, maxLength));
}

const instant = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i;
const base64 = /^[\w+/-]*={0,2}$/;

function readSingle(type: string, raw: unknown, refuse: Refuse, maxLength?: number): unknown {
  switch (type) {
    case 'Edm.String':
      if (typeof raw !== 'string') throw refuse('InvalidValue');
      if (maxLength !== undefined && raw.length > maxLength) throw refuse('InvalidLength');
      return raw;
    case 'Edm.Boolean':
      if (typeof raw !== 'boolean') throw refuse('InvalidValue');
      return raw;
    case 'Edm.Int32':
      if (!Number.isInteger(raw) || (raw as number) !== ((raw as number) | 0)) throw refuse('InvalidValue');
      return raw;
    case 'Edm.Int64':
      if (!/^-?\d{1,19}$/.test(String(raw)) || !['number', 'string'].includes(typeof raw))
        throw refuse('InvalidValue');
      return Number(raw);
    case 'Edm.Guid':
      if (typeof raw !== 'string' || !isGuid(raw)) throw refuse('InvalidValue');
      return raw.toLowerCase();
    case 'Edm.DateTimeOffset':
      if (typeof raw !== 'string' || !instant.test(raw) || Number.isNaN(Date.parse(raw)))
        throw refuse('InvalidValue');
      return graphInstant(Date.parse(raw));
    case 'Edm.Binary':
      if (typeof raw !== 'string' || !base64.test(raw)) throw refuse('InvalidValue');
      if (maxLength !== undefined && Buffer.from(raw, 'base64').length > maxLength)
        throw refuse('InvalidLength');
      return raw;
    default:
      return readNamed(type, raw, refuse);
  }
}

function readNamed(typeName: string, raw: unknown, refuse: Refuse): unknown {
  const { complexTypes, enumTypes } = directorySchema();
  const members = enumTypes.get(typeName);
  if (members) {
    const member = members.find(
      (name) => typeof raw === 'string' && name.toLowerCase() === raw.toLowerCase(),
    );
    if (!member) throw refuse('InvalidValue');
    return member;
  }
  const type = complexTypes.get(typeName);
  if (!type) throw refuse('InvalidValue');
  return readComplex(type, raw, refuse);
}

/** Microsoft Graph, onPremisesExtensionAttributes: each of the fifteen takes 1,024 characters. */
const extensionAttributeLength = 1024;

function readComplex(type: StructuredType, raw: unknown, refuse: Refuse): Values {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw refuse('InvalidValue');
  const maxLength = type.name === 'onPremisesExtensionAttributes' ? extensionAttributeLength : undefined;
  const value: Values = {};
  for (const [name, item] of Object.entries(raw)) {
    const property = [...type.properties.values()].find(
      (declared) => declared.name.toLowerCase() === name.toLowerCase(),
    );
    if (!property) {
      if (type.isOpen) value[name] = item;
      else if (!name.includes('@')) throw unknownProperty(name, false);
      continue;
    }
    if (item === null) {
      if (!property.isNullable) throw refuse('InvalidValue');
      value[property.name] = null;
    } else {
      value[property.name] = readValue(property, item, refuse, maxLength);
    }
  }
  return value;
}

/** Microsoft Graph, directory extensions: 256 characters of text, 256 bytes of binary data. */
function extensionLength(property: Property): number | undefined {
  return property.name.startsWith('extension_') ? 256 : undefined;
}

function mergeValue(property: Property, before: unknown, value: unknown): unknown {
  if (property.isCollection || replacedAsWhole.has(property.name)) return value;
  return mergeComplex(before, value);
}

function mergeComplex(before: unknown, value: unknown): unknown {
  if (!isRecord(before) || !isRecord(value)) return value;
  const merged: Values = { ...before };
  for (const [name, item] of Object.entries(value)) merged[name] = mergeComplex(before[name], item);
  return merged;
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
