/**
 * A deployed configuration in its canonical form: elements with their attributes as text, spelled one way, without
 * defaults. It is plain JSON, so that a store can keep a row an element.
 */

/** Attribute names with canonical values: `true` and `false`, enumerations by name, whole numbers without signs or zeros in front. */
export type ElementAttributes = Readonly<Record<string, string>>;

/** An element within another one, such as a `Property` or a task of a job. Its `Identifier`, if any, is an attribute. */
export type ChildElement = Readonly<{
  kind: string;
  attributes: ElementAttributes;
  /** In their order, which counts. */
  children: readonly ChildElement[];
}>;

/** An element of the files or of an expanded scaffolding. Kind and identifier together are unique, whatever the case. */
export type ConfigurationElement = Readonly<{
  /** The element's name, such as `Connector`. */
  kind: string;
  /** Its `Identifier`; of a scaffolding the job that it makes, or the profile that it is for. */
  identifier: string;
  attributes: ElementAttributes;
  children: readonly ChildElement[];
  /** The scaffolding that generated it, as `kind identifier`; missing where the files themselves have it. */
  origin?: string;
}>;

/** Elements in canonical order: by kind as the schema lists them, then by identifier. Scaffoldings stand beside what they generate. */
export type Configuration = Readonly<{ elements: readonly ConfigurationElement[] }>;

export const emptyConfiguration: Configuration = { elements: [] };

/** Stands for the hash of a client's secret where hashes are not handed out: deployed again, it is the hash that is deployed already. */
export const unchangedSecret = 'unchanged';

/** What names an element in a configuration, and in `origin`. */
export function nameElement({ kind, identifier }: Pick<ConfigurationElement, 'kind' | 'identifier'>): string {
  return `${kind} ${identifier}`;
}

/** The elements of one kind. */
export function elementsOf(configuration: Configuration, kind: string): readonly ConfigurationElement[] {
  return configuration.elements.filter((element) => element.kind === kind);
}

/** The children of one kind. */
export function childrenOf(element: Pick<ChildElement, 'children'>, kind: string): readonly ChildElement[] {
  return element.children.filter((child) => child.kind === kind);
}

/** The name that people see: in the first language, else the identifier. */
export function displayNameOf(element: ConfigurationElement): string {
  return element.attributes.DisplayName_L1 ?? element.identifier;
}
