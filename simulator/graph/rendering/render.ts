// Objects as JSON text. A page is rendered by a writer that was prepared once for its type and properties, because a
// tenant of a million users is read a thousand objects at a time and this is where the time goes.
import { directorySchema, type Property } from '../../csdl/schema.ts';
import type { DirectoryObject } from '../../tenant/directory-object.ts';
import { propertyValue } from '../property-value.ts';

export type Writer = (object: DirectoryObject) => string;

export interface Rendering {
  readonly properties: readonly Property[];
  /** Members and other collections of mixed types say what each item is. */
  readonly withType: boolean;
  /** Deltas leave out what was never set; lists and single objects show it as null or an empty collection. */
  readonly omitsUnset: boolean;
  /** Properties shown as null whatever they hold, because the request may not see them here. */
  readonly hidden?: ReadonlySet<string>;
}

/** Prepares a writer. The text is one JSON object. */
export function createWriter(type: string, rendering: Rendering): Writer {
  const { properties, withType, omitsUnset } = rendering;
  const head = withType ? `"@odata.type":"#microsoft.graph.${type}"` : '';
  const names = properties.map((property) => property.name);
  const labels = names.map((name) => `"${name}":`);
  const unset = properties.map(unsetText);
  const isHidden = names.map((name) => rendering.hidden?.has(name) ?? false);
  return (object) => {
    let text = head;
    for (let index = 0; index < names.length; index++) {
      const value = isHidden[index] ? null : propertyValue(object, names[index]!);
      if (value === undefined && omitsUnset) continue;
      if (text !== '') text += ',';
      text += labels[index];
      text += value === undefined || value === null ? unset[index] : renderValue(value, properties[index]!);
    }
    return `{${text}}`;
  };
}

/** What stands for a value that was never set. Extension attributes are always there, all fifteen of them. */
function unsetText(property: Property): string {
  if (property.type === 'onPremisesExtensionAttributes') return renderComplex({}, property.type);
  if (property.isNullable) return 'null';
  return property.isCollection ? '[]' : (unsetTexts[property.name] ?? unsetTexts[property.type] ?? 'null');
}

/** What Graph shows instead of null where the schema allows none: by name, else by type. */
const unsetTexts: Readonly<Record<string, string>> = {
  deviceEnrollmentLimit: '5',
  'Edm.Boolean': 'false',
  'Edm.DateTimeOffset': '"0001-01-01T00:00:00Z"',
  'Edm.Int32': '0',
  'Edm.String': '""',
};

/** JSON of one value, complete as its type says. */
export function renderValue(value: unknown, property: Property): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) {
    let items = '';
    for (const item of value) items += `${items === '' ? '' : ','}${renderValue(item, property)}`;
    return `[${items}]`;
  }
  return renderComplex(value as Readonly<Record<string, unknown>>, property.type);
}

/** Secrets that are stored in the directory but never leave it. */
const secrets = new Set(['passwordCredential/secretText', 'passwordProfile/password', 'keyCredential/key']);

function renderComplex(value: Readonly<Record<string, unknown>>, typeName: string): string {
  const type = directorySchema().complexTypes.get(typeName);
  if (!type) return JSON.stringify(value);
  const parts: string[] = [];
  if (typeof value['@odata.type'] === 'string') parts.push(`"@odata.type":${quote(value['@odata.type'])}`);
  for (const property of type.properties.values()) {
    const item = secrets.has(`${typeName}/${property.name}`) ? null : value[property.name];
    const isUnset = item === undefined || item === null;
    if (isUnset)
      parts.push(`"${property.name}":${property.isCollection && !property.isNullable ? '[]' : 'null'}`);
    else parts.push(`"${property.name}":${renderValue(item, property)}`);
  }
  if (type.isOpen) {
    for (const [name, item] of Object.entries(value)) {
      if (!type.properties.has(name) && name !== '@odata.type')
        parts.push(`${quote(name)}:${JSON.stringify(item)}`);
    }
  }
  return `{${parts.join(',')}}`;
}

/** Anything outside the characters that stand for themselves in a JSON string. */
const needsEscape = /[^ !#-[\]-~\u00a0-\ud7ff\ue000-\uffff]/;

function quote(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}
