/** Which entity types Entra has for export, and what can be had of each. */
import { directorySchema, type SchemaFacts } from './directory-schema.ts';

/** How an attribute can be had: with every export, or why not. */
export type Availability = 'exported' | 'singleOnly' | 'untracked' | 'neverReturned';

/** One entity type as Graph offers it. */
export type CatalogType = Readonly<{
  name: string;
  /** Below the service root, with a slash in front. */
  path: string;
  /** Its name in the plural, for sentences. */
  plural: string;
  /** The links that are exported: `members`, `owners`. */
  links: readonly string[];
  /** Whether `/$count` exists. */
  isCounted: boolean;
  /** Whether directory extensions can be defined for it. */
  hasExtensions: boolean;
  /** The least permission that shows the type to an application. */
  permission: string;
  attributes: ReadonlyMap<string, Availability>;
}>;

const availabilities: readonly Availability[] = ['exported', 'singleOnly', 'untracked', 'neverReturned'];

const catalog: ReadonlyMap<string, CatalogType> = new Map(
  Object.entries<SchemaFacts>(directorySchema).map(([name, facts]) => {
    const attributes = availabilities.flatMap((availability) =>
      namesIn(facts[availability]).map((attribute) => [attribute, availability] as const),
    );
    const { path, plural, isCounted, hasExtensions, permission } = facts;
    const links = namesIn(facts.links);
    return [
      name,
      { name, path, plural, links, isCounted, hasExtensions, permission, attributes: new Map(attributes) },
    ];
  }),
);

/** Names of the entity types that can be exported. */
export const entityTypeNames: readonly string[] = [...catalog.keys()];

/** What Graph offers of an entity type; undefined when it is not exported. Names are compared with their case. */
export function findCatalogType(name: string): CatalogType | undefined {
  return catalog.get(name);
}

/** Names as the catalog's texts hold them. */
export function namesIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

/** Whether this is the name of a directory extension: `extension_`, the application id without hyphens, and a name. */
export function isExtensionName(name: string): boolean {
  return /^extension_[0-9a-f]{32}_\w+$/i.test(name);
}
