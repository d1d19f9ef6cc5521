// $select: which properties of which type come back, and what happens to names that nobody knows.

import { parseSelect } from '../../../src/odata/select.ts';
import { traitsOf } from '../../csdl/property-traits.ts';
import { directorySchema, type Property, propertyOf } from '../../csdl/schema.ts';
import { foreignProperties, profileProperties } from '../../csdl/user-profile.ts';
import type { Directory } from '../../tenant/directory.ts';
import type { ObjectType } from '../../tenant/directory-object.ts';
import { badRequest, type GraphError, unknownOpenProperty } from '../graph-error.ts';
import { deviceExtensionAttributes, findProperty } from '../property-value.ts';

export interface Selection {
  /** As the client wrote it; undefined when it chose nothing. */
  readonly text: string | undefined;
  /** Properties of a type, in the order they come back. */
  propertiesOf(type: ObjectType): readonly Property[];
  /** Navigation properties named beside the others, canonical; only deltas use them. */
  navigationsOf(type: ObjectType): readonly string[];
}

/** Order in which the default properties of a user come back. */
const userDefaults = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
];

/** Kept by another service that answers for one user at a time; the directory cannot list it. */
export function isStoredElsewhere(type: ObjectType, property: string): boolean {
  return type === 'user' && (profileProperties.has(property) || property === 'mailboxSettings');
}

/** Where a selection is made; properties that only a single object can show are null in a list. */
export interface SelectionContext {
  readonly directory: Directory;
  /** Types that the answer may hold; a name must be known to one of them. */
  readonly types: readonly ObjectType[];
  readonly version: 'v1.0' | 'beta';
}

/** Reads a `$select`. Throws Graph's refusal for a name that no type in the answer knows. */
export function readSelection(text: string | undefined, context: SelectionContext): Selection {
  const terms = text === undefined ? [] : parseSelect(text);
  if (terms.length === 0 || terms.some((term) => term[0] === '*')) {
    return {
      text: undefined,
      propertiesOf: (type) => defaultProperties(type, context),
      navigationsOf: () => [],
    };
  }
  const properties = new Map<ObjectType, Property[]>();
  const navigations = new Map<ObjectType, string[]>();
  for (const term of terms) {
    const qualified = /^microsoft\.graph\.(\w+)$/i.exec(term[0] ?? '')?.[1];
    const name = (qualified ? term[1] : term[0]) ?? '';
    const types = qualified
      ? context.types.filter((type) => type.toLowerCase() === qualified.toLowerCase())
      : context.types;
    let isKnown = types.length === 0;
    for (const type of types) {
      const property = findProperty(context.directory, type, name);
      const navigation = property ? undefined : findNavigation(type, name);
      if (property) addOnce(properties, type, property);
      if (navigation) addOnce(navigations, type, navigation);
      isKnown ||= property !== undefined || navigation !== undefined;
    }
    if (!isKnown) throw unknownProperty(types[0] ?? 'user', name, 'Parsing OData Select and Expand failed: ');
  }
  return {
    text,
    propertiesOf: (type) => properties.get(type) ?? [],
    navigationsOf: (type) => navigations.get(type) ?? [],
  };
}

/** The refusal for a name that a type does not know: open types leave the answer to the directory. */
export function unknownProperty(type: ObjectType, name: string, prefix = ''): GraphError {
  const isOpen = directorySchema().entityTypes.get(type)?.isOpen ?? false;
  return isOpen
    ? unknownOpenProperty(name)
    : badRequest(`${prefix}Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`);
}

/** Navigation property of a type by its name in any case. */
export function findNavigation(type: ObjectType, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const navigation of directorySchema().entityTypes.get(type)?.navigations.keys() ?? []) {
    if (navigation.toLowerCase() === wanted) return navigation;
  }
  return undefined;
}

const defaults = new Map<string, readonly Property[]>();

function defaultProperties(type: ObjectType, context: SelectionContext): readonly Property[] {
  const key = `${context.version}/${type}`;
  let properties = defaults.get(key);
  if (!properties) {
    properties = computeDefaults(type, context.version);
    defaults.set(key, properties);
  }
  return context.version === 'beta'
    ? [...properties, ...definedExtensions(type, context.directory)]
    : properties;
}

function computeDefaults(type: ObjectType, version: 'v1.0' | 'beta'): readonly Property[] {
  if (type === 'user' && version === 'v1.0') return userDefaults.map((name) => propertyOf('user', name)!);
  const declared = [...(directorySchema().entityTypes.get(type)?.properties.values() ?? [])];
  const all = type === 'device' ? [...declared, deviceExtensionAttributes] : declared;
  return all.filter((property) => {
    const { returned } = traitsOf(type, property.name);
    if (property.type === 'Edm.Stream') return false;
    if (version === 'v1.0') return returned === 'default';
    return (
      (returned === 'default' || returned === 'select') &&
      !foreignProperties.has(property.name) &&
      property.name !== 'customSecurityAttributes'
    );
  });
}

/** Directory extensions defined for the type; beta returns them without being asked. */
function definedExtensions(type: ObjectType, directory: Directory): readonly Property[] {
  const properties: Property[] = [];
  for (const definition of directory.list('extensionProperty').places) {
    if (definition?.deletedAt !== 0) continue;
    const property = findProperty(directory, type, String(definition.values.name));
    if (property) properties.push(property);
  }
  return properties;
}

function addOnce<T>(map: Map<ObjectType, T[]>, type: ObjectType, item: T): void {
  const items = map.get(type) ?? [];
  if (!items.includes(item)) items.push(item);
  map.set(type, items);
}
