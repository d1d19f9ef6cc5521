/** The links of a resource, page by page: those that lead from it or to it directly, and those through groups within groups. */
import type { ISql, Sql } from 'postgres';
import type { KnownResource, Relation } from './directory-resources.ts';
import { type SummaryAttributes, summaryOf, type TagLabel, tagsOf } from './directory-scopes.ts';

export type LinkSelection = Readonly<{
  resource: KnownResource;
  associationId: number;
  direction: Relation['direction'];
  limit: number;
  after?: LinkCursor | undefined;
}>;

/** Few links are in the order of names, many in that of their keys. */
export type LinkCursor =
  | Readonly<{ order: 'name'; sortName: string; key: string }>
  | Readonly<{ order: 'key'; key: string }>;

export type LinkedResource = Readonly<{
  /** Null where the source did not say it, or where it is of a type that is not exported. */
  type: string | null;
  key: string;
  /** Null where it is not stored. */
  name: string | null;
  attributes: SummaryAttributes;
  tags: readonly TagLabel[];
  /** What lies between the resource and this one, the nearest to the resource first; nothing where it is linked directly. */
  path: readonly PathStep[];
}>;

export type PathStep = Readonly<{ key: string; name: string | null }>;

export type LinkPage = Readonly<{
  items: readonly LinkedResource[];
  next: LinkCursor | null;
  /** Null where counting would take too long. */
  total: number | null;
  isTotalExact: boolean;
  /** False where there are more groups within each other than are looked at. */
  isComplete: boolean;
}>;

/** As exact as totals are. */
const mostCounted = 100_000;
const mostSorted = 1000;

/** The number of an association such as `group.members`; undefined where the connection has none of that name. */
export async function findAssociation(
  sql: ISql,
  connectionId: number,
  name: string,
): Promise<number | undefined> {
  const [row] = await sql<{ associationId: number }[]>`
    select association_id from association join entity_type using (entity_type_id)
    where connection_id = ${connectionId} and entity_type.name || '.' || association.name = ${name}`;
  return row?.associationId;
}

/** A page of direct links. */
export async function readDirectLinks(sql: Sql, selection: LinkSelection): Promise<LinkPage> {
  const { limit, after } = selection;
  // Of many links only the first page says how many there are.
  const count = after?.order === 'key' ? undefined : await countLinks(sql, selection);
  const totals = {
    total: count === undefined ? null : Math.min(count, mostCounted),
    isTotalExact: count !== undefined && count <= mostCounted,
    isComplete: true,
  };
  const isByName = after === undefined ? (count ?? 0) <= mostSorted : after.order === 'name';
  if (isByName) return { ...(await readByName(sql, selection, linksOf(sql, selection))), ...totals };
  const other = selection.direction === 'from' ? sql`target_key` : sql`source_key`;
  const beyond = after === undefined ? sql`` : sql`and ${other} > ${after.key}`;
  const rows = await sql<
    LinkEnd[]
  >`${linksOf(sql, selection)} ${beyond} order by ${other} limit ${limit + 1}`;
  return { ...(await readByKey(sql, rows, limit)), ...totals };
}

async function countLinks(sql: Sql, selection: LinkSelection): Promise<number> {
  const [counted] = await sql<{ count: number }[]>`
    select count(*)::float8 as count from (${linksOf(sql, selection)} limit ${mostCounted + 1}) as counted`;
  return counted?.count ?? 0;
}

/** The other end of a link: its type where it is known, and its key. */
export type LinkEnd = Readonly<{ typeId: number | null; key: string }>;

/** The other ends of the direct links of a resource, as a query of (type_id, key). */
function linksOf(sql: ISql, { resource, associationId, direction }: LinkSelection) {
  return direction === 'from'
    ? sql`select target_type_id as type_id, target_key as key from resource_link
        where association_id = ${associationId} and source_key = ${resource.key} and is_live`
    : sql`select association.entity_type_id as type_id, source_key as key
        from resource_link join association using (association_id)
        where association_id = ${associationId} and target_key = ${resource.key} and is_live
          and (target_type_id is null or target_type_id = ${resource.entityTypeId})`;
}

type Order = Pick<LinkSelection, 'limit' | 'after'>;

/** Few of them, in the order of names; what has none comes first. */
export async function readByName(
  sql: Sql,
  { limit, after }: Order,
  ends: ReturnType<typeof linksOf>,
): Promise<Pick<LinkPage, 'items' | 'next'>> {
  const beyond =
    after?.order === 'name' ? sql`where (sort_name, key) > (${after.sortName}, ${after.key})` : sql``;
  const rows = await sql<(LinkEnd & { sortName: string })[]>`
    select * from (
      select ends.type_id, ends.key collate "C" as key, coalesce(entry.sort_name, '') as sort_name
      from (${ends}) as ends
        left join directory_entry as entry on entry.entity_type_id = ends.type_id and entry.key = ends.key) as named
    ${beyond} order by sort_name, key limit ${limit + 1}`;
  const ordered = rows.slice(0, limit);
  const last = ordered.at(-1);
  const next: LinkCursor | null =
    rows.length > limit && last ? { order: 'name', sortName: last.sortName, key: last.key } : null;
  return { items: await readEnds(sql, ordered), next };
}

export async function readByKey(
  sql: Sql,
  rows: readonly LinkEnd[],
  limit: number,
): Promise<Pick<LinkPage, 'items' | 'next'>> {
  const ordered = rows.slice(0, limit);
  const last = ordered.at(-1);
  return {
    items: await readEnds(sql, ordered),
    next: rows.length > limit && last ? { order: 'key', key: last.key } : null,
  };
}

/** What is shown of ends of links, in their order. */
async function readEnds(sql: Sql, ends: readonly LinkEnd[]): Promise<LinkedResource[]> {
  if (ends.length === 0) return [];
  const rows = await sql<Omit<LinkedResource, 'path'>[]>`
    select entity_type.name as type, ends.key, ${nameIn(sql, sql`resource.attributes`)} as name,
      ${summaryOf(sql, sql`resource.attributes`)} as attributes, ${tagsOf(sql, sql`ends.type_id`, sql`ends.key`)} as tags
    from unnest(${ends.map(({ typeId }) => typeId ?? 0)}::int[], ${ends.map(({ key }) => key)}::text[]) with ordinality as ends (type_id, key, place)
      left join entity_type on entity_type.entity_type_id = ends.type_id
      left join resource on resource.entity_type_id = ends.type_id and resource.key = ends.key
    order by place`;
  return rows.map((row) => ({ ...row, path: [] }));
}

/** The name of a resource out of its attributes, as `nameOf` finds it; null where there is none. */
export function nameIn(sql: ISql, attributes: ReturnType<ISql>) {
  return sql`coalesce(${attributes}->>'displayName', ${attributes}->>'name', ${attributes}->>'appDisplayName', ${attributes}->>'cn',
    (${attributes}->>'givenName') || ' ' || (${attributes}->>'sn'), ${attributes}->>'userPrincipalName', ${attributes}->>'userName',
    ${attributes}->>'mail')`;
}
