/** The list of what a guard holds back: in numbers, and change by change, searched and in pages. */
import type { ISql, Sql } from 'postgres';
import { type Block, findBlock } from './blocks.ts';

/** What the blocked sets would do to a class, such as `group` or `group.members`. */
export type BlockedClass = Readonly<{
  objectClass: string;
  inserted: number;
  updated: number;
  deleted: number;
}>;

export type BlockedSummary = Block & Readonly<{ classes: readonly BlockedClass[] }>;

export type BlockedChange = Readonly<{
  /** Where it stands in the list. */
  number: number;
  objectClass: string;
  kind: 'insert' | 'update' | 'delete';
  /** Of the object, or of the one that a link leads from. */
  key: string;
  /** Of the object that a link leads to. */
  targetKey: string | null;
  /** The display name of the object, or of the one that a link leads from; null where none is known. */
  name: string | null;
  /** Of the object that a link leads to. */
  targetName: string | null;
  /** Whether it comes of reading everything, so that what was missing counts as deleted; else the source has told of it. */
  isFull: boolean;
  /** An update: the former values of what changes. A delete: all that there is. */
  before: Readonly<Record<string, unknown>> | null;
  /** An insert: all values. An update: what changes, with null where there is no value any more. */
  after: Readonly<Record<string, unknown>> | null;
}>;

export type BlockedSelection = Readonly<{
  connectionId: number;
  objectClass?: string | undefined;
  kind?: BlockedChange['kind'] | undefined;
  /** Plain text that a key or a value has in it, in any case. */
  search?: string | undefined;
}>;

export type BlockedPage = Readonly<{
  changes: readonly BlockedChange[];
  /** What to ask for as `after` for the next page; null where there is none. */
  next: number | null;
}>;

/** What is held back of a connection, and why; undefined when nothing is. */
export async function readBlockedSummary(
  sql: ISql,
  connectionId: number,
): Promise<BlockedSummary | undefined> {
  const block = await findBlock(sql, connectionId);
  if (!block) return undefined;
  const classes = await sql<BlockedClass[]>`
    select ${className(sql)} as object_class, inserted, updated, deleted
    from (
        select entity_type_id, association_id, (count(*) filter (where kind = 'insert'))::float8 as inserted,
          (count(*) filter (where kind = 'update'))::float8 as updated, (count(*) filter (where kind = 'delete'))::float8 as deleted
        from blocked_change
        where entity_type_id in (select entity_type_id from entity_type where connection_id = ${connectionId})
        group by entity_type_id, association_id) as counted
      join entity_type on entity_type.entity_type_id = counted.entity_type_id
      left join association on association.association_id = counted.association_id
    order by 1`;
  return { ...block, classes };
}

/** A page of the list, from its beginning or after a number; `limit` changes at most. */
export async function readBlockedChanges(
  sql: Sql,
  selection: BlockedSelection & Readonly<{ after?: number | undefined; limit: number }>,
): Promise<BlockedPage> {
  const { after = 0, limit } = selection;
  // Names are looked up for what is on the page, and for nothing else.
  const rows = await sql<BlockedChange[]>`
    select number, object_class, kind, key, target_key, before, after,
      (select is_full from export_set where export_set.set_id = page.set_id) as is_full,
      coalesce(after->>'displayName', before->>'displayName',
        (select attributes->>'displayName' from resource
         where resource.entity_type_id = page.entity_type_id and resource.key = page.key)) as name,
      (select attributes->>'displayName' from entity_type join resource using (entity_type_id)
       where connection_id = ${selection.connectionId} and resource.key = page.target_key limit 1) as target_name
    from (${selected(sql, selection, after)} limit ${limit + 1}) as page order by number`;
  const changes = rows.slice(0, limit);
  return { changes, next: rows.length > limit ? (changes.at(-1)?.number ?? null) : null };
}

/** How many changes are read at a time when all are wanted. */
const portionRows = 500;

/** All that are selected, in portions that fit into memory. */
export async function* streamBlockedChanges(
  sql: Sql,
  selection: BlockedSelection,
): AsyncGenerator<readonly BlockedChange[]> {
  for (let after: number | null = 0; after !== null; ) {
    const page: BlockedPage = await readBlockedChanges(sql, { ...selection, after, limit: portionRows });
    if (page.changes.length > 0) yield page.changes;
    after = page.next;
  }
}

function selected(sql: Sql, { connectionId, objectClass, kind, search }: BlockedSelection, after: number) {
  const isOfClass = objectClass === undefined ? sql`` : sql`and ${className(sql)} = ${objectClass}`;
  const isOfKind = kind === undefined ? sql`` : sql`and kind = ${kind}`;
  return sql`
    select blocked_change_number::float8 as number, ${className(sql)} as object_class, kind, key, target_key, before, after,
      blocked_change.set_id, blocked_change.entity_type_id
    from ${listOf(sql, connectionId)}
    where blocked_change_number > ${after} ${isOfClass} ${isOfKind} ${search === undefined ? sql`` : sql`and ${hasText(sql, search)}`}
    order by blocked_change_number`;
}

/** Nothing of the text is a pattern. */
function hasText(sql: ISql, search: string) {
  const has = (text: ReturnType<typeof className>) => sql`strpos(lower(${text}), lower(${search})) > 0`;
  return sql`(${has(sql`key`)} or ${has(sql`target_key`)} or exists (
    select from jsonb_each_text(coalesce(before, '{}')) as value (name, text) where ${has(sql`text`)}
    union all
    select from jsonb_each_text(coalesce(after, '{}')) as value (name, text) where ${has(sql`text`)}))`;
}

/** The name of the class that a row of the list is about. */
export function className(sql: ISql) {
  return sql`(entity_type.name || coalesce('.' || association.name, ''))`;
}

/** The list of a connection, with the names of its classes. */
export function listOf(sql: ISql, connectionId: number) {
  return sql`blocked_change
      join entity_type on entity_type.entity_type_id = blocked_change.entity_type_id and connection_id = ${connectionId}
      left join association on association.association_id = blocked_change.association_id`;
}
