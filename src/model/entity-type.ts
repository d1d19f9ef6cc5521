/** What a connection exports: its entity types, each with the attributes and links that are wanted of it. */

/** The shape of one kind of resource, as a connection maps it. */
export type EntityType = Readonly<{
  /** The source's own name of the kind, such as `user`. */
  name: string;
  /** The attributes that are exported, by the source's own names. The key is not among them. */
  attributes: readonly string[];
  /** The links that are exported, such as `members`: each leads from a resource of this type to others. */
  links: readonly string[];
  /** An OData condition on the attributes: resources that do not meet it are counted and left out of the store. */
  filter?: string;
}>;

/** Attribute names with their values. `null` says that there is no value; a name that is missing says nothing. */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * The mapping of an entity type, among all those of its connection, as a text that is equal exactly when the mapping means
 * the same. What a link leads to is known of the exported types only, so they belong to a type that has links.
 */
export function describeMapping(
  { attributes, links, filter }: EntityType,
  entityTypes: readonly EntityType[],
): string {
  const targets = links.length === 0 ? [] : entityTypes.map(({ name }) => name).sort();
  return JSON.stringify([[...attributes].sort(), [...links].sort(), filter ?? null, targets]);
}

/** What `describeMapping` has made a text of. */
export type DescribedMapping = Pick<EntityType, 'attributes' | 'links' | 'filter'> &
  Readonly<{
    /** The exported types among which links look for their targets; none where there are no links. */
    targets: readonly string[];
  }>;

export function readMapping(text: string): DescribedMapping {
  const [attributes, links, filter, targets] = JSON.parse(text) as [
    readonly string[],
    readonly string[],
    string | null,
    readonly string[],
  ];
  return { attributes, links, targets, ...(filter === null ? {} : { filter }) };
}
