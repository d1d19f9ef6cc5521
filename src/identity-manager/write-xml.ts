/** A configuration → XML: the files that deploy to it again, and the single file that shows what scaffoldings stand for. */
import { configurationNamespace } from './check-elements.ts';
import type {
  ChildElement,
  Configuration,
  ConfigurationElement,
  ElementAttributes,
} from './configuration.ts';
import type { ElementSchema } from './element-schema.ts';
import { isScaffolding } from './expand-scaffoldings.ts';
import { schemaOf } from './known-elements.ts';

/** A file to write: its path below the directory, with slashes, and its text in UTF-8. */
export type WrittenFile = Readonly<{ path: string; text: string }>;

/**
 * The files of a configuration: a file a connector, and one each for agents, jobs, access rules and clients. Scaffoldings are
 * written instead of what they generate, so that reading the files again gives the same configuration.
 */
export function writeConfiguration({ elements }: Configuration): readonly WrittenFile[] {
  const files = new Map<string, ConfigurationElement[]>();
  const written = elements.filter(({ origin }) => origin === undefined);
  const entityTypeOwners = ownersOfEntityTypes(written);
  const taken = new Map<string, string>();
  for (const element of written) {
    const path = pathOf(element, entityTypeOwners, taken);
    files.set(path, [...(files.get(path) ?? []), element]);
  }
  return [...files]
    .sort(([a], [b]) => Number(a > b) - Number(a < b))
    .map(([path, contents]) => ({ path, text: writeElements(contents) }));
}

/** One file with everything that scaffoldings stand for in their place. */
export function writeExpandedConfiguration({ elements }: Configuration): string {
  return writeElements(elements.filter((element) => !isScaffolding(element)));
}

/** A file of these elements. */
export function writeElements(elements: readonly ConfigurationElement[]): string {
  const lines = elements.flatMap((element) => writeTopElement(element, '  '));
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<ConfigurationFile xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
    `                   xmlns="${configurationNamespace}">`,
    ...lines,
    '</ConfigurationFile>',
    '',
  ].join('\n');
}

/** One element as it would stand in a file. */
export function writeOneElement(element: ConfigurationElement): string {
  return writeTopElement(element, '').join('\n');
}

function writeTopElement(
  { kind, identifier, attributes, children }: ConfigurationElement,
  indent: string,
): readonly string[] {
  const schema = schemaOf(kind);
  const own = schema?.identity === 'Identifier' ? { Identifier: identifier, ...attributes } : attributes;
  return writeElement({ kind, attributes: own, children }, schema, indent);
}

function writeElement(
  { kind, attributes, children }: ChildElement,
  schema: ElementSchema | undefined,
  indent: string,
): readonly string[] {
  const tag = `${indent}<${kind}${writeAttributes(attributes, schema)}`;
  if (children.length === 0) return [`${tag} />`];
  return [
    `${tag}>`,
    ...children.flatMap((child) => writeElement(child, schema?.children[child.kind], `${indent}  `)),
    `${indent}</${kind}>`,
  ];
}

/** In the order of the schema: what is stored keeps none, and texts that are compared need one. */
function writeAttributes(attributes: ElementAttributes, schema: ElementSchema | undefined): string {
  const order = Object.keys(schema?.attributes ?? {});
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(attributes)
    .sort(([a], [b]) => place(a) - place(b) || Number(a > b) - Number(a < b))
    .map(([name, value]) => ` ${name}="${escapeValue(value)}"`)
    .join('');
}

/** Line ends and tabs as numbers, because a reader makes spaces of them. */
function escapeValue(value: string): string {
  return value.replace(/[&<>"\t\n\r]/g, (sign) => escapes[sign] ?? sign);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

const sharedFiles: Readonly<Record<string, string>> = {
  Agent: 'Agents.xml',
  Profile: 'AccessControl.xml',
  AccessControlRule: 'AccessControl.xml',
  OpenIdClient: 'OpenIdClients.xml',
};
const modelFile = 'EntityTypes.xml';

function pathOf(
  { kind, identifier, attributes }: ConfigurationElement,
  entityTypeOwners: ReadonlyMap<string, string>,
  taken: Map<string, string>,
): string {
  const shared = sharedFiles[kind];
  if (shared !== undefined) return shared;
  switch (kind) {
    case 'Connector':
      return connectorFile(identifier, taken);
    case 'EntityType':
    case 'EntityTypeMapping':
    case 'EntityAssociation':
    case 'EntityAssociationMapping':
    case 'Connection': {
      const owner = attributes.Connector ?? entityTypeOwners.get(`${kind} ${identifier}`);
      return owner === undefined ? modelFile : connectorFile(owner, taken);
    }
    default:
      return schemaOf(kind)?.identity === 'Profile' ? 'AccessControl.xml' : 'Jobs.xml';
  }
}

/** Names differ for file systems that do not tell upper from lower case, and hold no sign that one of them forbids. */
function connectorFile(connector: string, taken: Map<string, string>): string {
  const stem = connector.replace(/[^\p{L}\p{N}._-]/gu, '_');
  for (let number = 1; ; number += 1) {
    const path = `Connectors/${number === 1 ? stem : `${stem} (${number})`}.xml`;
    const owner = taken.get(path.toLowerCase());
    if (owner !== undefined && owner !== connector) continue;
    taken.set(path.toLowerCase(), connector);
    return path;
  }
}

/** Entity types and associations stand with the connector that maps them. */
function ownersOfEntityTypes(elements: readonly ConfigurationElement[]): ReadonlyMap<string, string> {
  const mapped: Readonly<Record<string, string>> = {
    EntityTypeMapping: 'EntityType',
    EntityAssociationMapping: 'EntityAssociation',
  };
  return new Map(
    elements.flatMap(({ kind, identifier, attributes: { Connector } }): [string, string][] => {
      const owned = mapped[kind];
      return owned === undefined || Connector === undefined ? [] : [[`${owned} ${identifier}`, Connector]];
    }),
  );
}
