// What a property of an object is, whether it was stored or follows from something else.

import { graphInstant } from '../clock.ts';
import { directorySchema, type Property, propertyOf } from '../csdl/schema.ts';
import { securityIdentifierOf } from '../tenant/derived-ids.ts';
import type { Directory } from '../tenant/directory.ts';
import type { DirectoryObject, ObjectType } from '../tenant/directory-object.ts';

/** The property's value; undefined when it was never set. */
export function propertyValue(object: DirectoryObject, property: string): unknown {
  switch (property) {
    case 'id':
      return object.id;
    case 'deletedDateTime':
      return object.deletedAt === 0 ? undefined : graphInstant(object.deletedAt);
    case 'securityIdentifier':
      return securityIdentifierOf(object.id);
    default:
      return object.values[property];
  }
}

/** Name of the directory type in the schema; ours are the schema's own. */
export function odataType(type: ObjectType): string {
  return `#microsoft.graph.${type}`;
}

const extensionName = /^extension_[0-9a-f]{32}_\w+$/i;

const lowerCaseNames = new Map<string, ReadonlyMap<string, string>>();

/**
 * The property that a client means by a name written in any case: a declared one, `extensionAttributes` of devices
 * (returned though undeclared), or a directory extension that some application defined. Undefined when there is none.
 */
export function findProperty(directory: Directory, type: ObjectType, name: string): Property | undefined {
  const names = declaredNames(type);
  const declared = names.get(name.toLowerCase());
  if (declared) return propertyOf(type, declared);
  if (type === 'device' && name.toLowerCase() === 'extensionattributes') return deviceExtensionAttributes;
  if (extensionName.test(name)) return extensionProperty(directory, type, name);
  return undefined;
}

/** Not declared, and returned all the same. */
export const deviceExtensionAttributes: Property = {
  name: 'extensionAttributes',
  type: 'onPremisesExtensionAttributes',
  isCollection: false,
  isNullable: true,
};

const extensionTypes: Readonly<Record<string, string>> = {
  Binary: 'Edm.Binary',
  Boolean: 'Edm.Boolean',
  DateTime: 'Edm.DateTimeOffset',
  Integer: 'Edm.Int32',
  LargeInteger: 'Edm.Int64',
  String: 'Edm.String',
};

function extensionProperty(directory: Directory, type: ObjectType, name: string): Property | undefined {
  const definition = directory.findBy('extensionProperty', 'name', name);
  if (!definition) return undefined;
  const targets = (definition.values.targetObjects as readonly string[] | undefined) ?? [];
  if (!targets.some((target) => target.toLowerCase() === type.toLowerCase())) return undefined;
  return {
    name: String(definition.values.name),
    type: extensionTypes[String(definition.values.dataType)] ?? 'Edm.String',
    isCollection: definition.values.isMultiValued === true,
    isNullable: true,
  };
}

function declaredNames(type: ObjectType): ReadonlyMap<string, string> {
  let names = lowerCaseNames.get(type);
  if (!names) {
    const declared = directorySchema().entityTypes.get(type)?.properties.keys() ?? [];
    names = new Map([...declared].map((name) => [name.toLowerCase(), name]));
    lowerCaseNames.set(type, names);
  }
  return names;
}
