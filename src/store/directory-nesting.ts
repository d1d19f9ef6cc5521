/**
 * Memberships through groups within groups. Groups may contain each other in a circle, so that each is visited once, on the shortest
 * way; and how many are visited is bounded.
 */
import type { ISql, Sql } from 'postgres';
import {
  type LinkCursor,
  type LinkEnd,
  type LinkPage,
  type LinkSelection,
  nameIn,
  type PathStep,
  readByKey,
  readByName,
} from './directory-links.ts';
import type { KnownResource } from './directory-resources.ts';

/** A group on the way, and the one it was reached from; null where that is the resource itself. */
type Visit = Readonly<{ from: string | null; depth: number }>;
const nothing: LinkPage = { items: [], next: null, total: 0, isTotalExact: true, isComplete: true };

type Visits = Readonly<{ groups: ReadonlyMap<string, Visit>; isWhole: boolean }>;

/** More than any directory that works has. */
const deepest = 50;
const mostContainers = 10_000;
/** Fewer, because all members of each are looked through for groups. */
const mostContained = 1000;
const mostSorted = 1000;
const mostLooked = 20_000;

/** The association by which groups are within groups: their members. Undefined where the connection does not export it. */
async function findNesting(
  sql: ISql,
  connectionId: number,
): Promise<{ associationId: number; entityTypeId: number } | undefined> {
  const [row] = await sql<{ associationId: number; entityTypeId: number }[]>`
    select association_id, entity_type_id from association join entity_type using (entity_type_id)
    where connection_id = ${connectionId} and entity_type.name in ('group', 'alpha_group') and association.name = 'members'`;
  return row;
}

/**
 * What a resource is linked to only through groups that it is a member of: groups around its groups, or roles that a group has. Every
 * one comes with the groups between.
 */
export async function readInherited(sql: Sql, selection: LinkSelection): Promise<LinkPage> {
  const { resource, associationId } = selection;
  const nesting = await findNesting(sql, resource.connectionId);
  if (!nesting) return nothing;
  const { groups, isWhole } = await visitContainers(sql, resource, nesting);
  const isNesting = associationId === nesting.associationId;
  const ends = isNesting
    ? { typeId: nesting.entityTypeId, ways: deeperGroups(groups) }
    : await readThrough(sql, selection, groups);
  const keys = [...ends.ways.keys()];
  const page = await readByName(
    sql,
    selection,
    sql`select ${ends.typeId}::int as type_id, key from unnest(${keys}::text[]) as inherited (key)`,
  );
  const items = await addPaths(sql, nesting.entityTypeId, page.items, (key) => {
    const last = ends.ways.get(key);
    return last === undefined ? [] : wayTo(groups, last);
  });
  return { items, next: page.next, total: keys.length, isTotalExact: isWhole, isComplete: isWhole };
}

/** Groups that are not direct, by the group before each. */
function deeperGroups(groups: ReadonlyMap<string, Visit>): ReadonlyMap<string, string> {
  return new Map(
    [...groups].flatMap(([key, { from, depth }]) => (depth > 1 && from !== null ? [[key, from]] : [])),
  );
}

/** What has one of the groups among its ends, with the nearest such group, without what has the resource itself. */
async function readThrough(
  sql: Sql,
  { resource, associationId }: LinkSelection,
  groups: ReadonlyMap<string, Visit>,
): Promise<{ typeId: number; ways: ReadonlyMap<string, string> }> {
  const rows = await sql<{ typeId: number; key: string; through: string }[]>`
    select association.entity_type_id as type_id, source_key as key, target_key as through
    from resource_link as link join association using (association_id)
    where association_id = ${associationId} and target_key = any(${[...groups.keys()]}::text[]) and is_live
      and not exists (select from resource_link as direct where direct.association_id = link.association_id
                      and direct.source_key = link.source_key and direct.target_key = ${resource.key} and direct.is_live)`;
  const depth = (key: string) => groups.get(key)?.depth ?? deepest;
  const ways = new Map<string, string>();
  for (const { key, through } of rows.toSorted((one, other) => depth(one.through) - depth(other.through))) {
    if (!ways.has(key)) ways.set(key, through);
  }
  return { typeId: rows[0]?.typeId ?? 0, ways };
}

/** All members of a group through groups within it, each once; what is a member directly comes without a path. */
export async function readAllMembers(sql: Sql, selection: LinkSelection): Promise<LinkPage> {
  const { resource, limit, after } = selection;
  const nesting = await findNesting(sql, resource.connectionId);
  if (!nesting) return nothing;
  const { groups, isWhole } = await visitContained(sql, resource, nesting);
  const sources = [resource.key, ...groups.keys()];
  const members = sql`
    select max(target_type_id) as type_id, target_key as key from resource_link
    where association_id = ${nesting.associationId} and source_key = any(${sources}::text[]) and is_live and target_key <> ${resource.key}
    group by target_key`;
  // Of many members only the first page says how many there are.
  const counted =
    after?.order === 'key'
      ? undefined
      : await countMembers(sql, nesting.associationId, sources, resource.key);
  const isExact = isWhole && counted !== undefined && counted.looked <= mostLooked;
  const isByName = after === undefined ? (counted?.looked ?? 0) <= mostSorted : after.order === 'name';
  const page = isByName
    ? await readByName(sql, selection, members)
    : await readByKey(
        sql,
        await readMerged(sql, nesting.associationId, sources, resource.key, limit, after),
        limit,
      );
  const through = await readContainers(
    sql,
    nesting.associationId,
    sources,
    page.items.map(({ key }) => key),
  );
  const depth = (key: string) => (key === resource.key ? 0 : (groups.get(key)?.depth ?? deepest));
  const items = await addPaths(sql, nesting.entityTypeId, page.items, (key) => {
    const [nearest] = (through.get(key) ?? []).toSorted((one, other) => depth(one) - depth(other));
    return nearest === undefined || nearest === resource.key ? [] : wayTo(groups, nearest);
  });
  return {
    items,
    next: page.next,
    total: isExact ? (counted?.total ?? null) : null,
    isTotalExact: isExact,
    isComplete: isWhole,
  };
}

async function countMembers(
  sql: Sql,
  associationId: number,
  sources: readonly string[],
  self: string,
): Promise<{ looked: number; total: number }> {
  const [row] = await sql<{ looked: number; total: number }[]>`
    select count(*)::float8 as looked, count(distinct target_key)::float8 as total from (
      select target_key from resource_link
      where association_id = ${associationId} and source_key = any(${[...sources]}::text[]) and is_live and target_key <> ${self}
      limit ${mostLooked + 1}) as counted`;
  return row ?? { looked: 0, total: 0 };
}

/** The next members in the order of keys, of any number of groups: each gives its next ones, and what is the same becomes one. */
async function readMerged(
  sql: Sql,
  associationId: number,
  sources: readonly string[],
  self: string,
  limit: number,
  after: LinkCursor | undefined,
): Promise<LinkEnd[]> {
  return await sql<LinkEnd[]>`
    select max(type_id) as type_id, key from unnest(${[...sources]}::text[]) as source (key_of)
      cross join lateral (
        select target_type_id as type_id, target_key as key from resource_link
        where association_id = ${associationId} and source_key = source.key_of and is_live and target_key > ${after?.key ?? ''} and target_key <> ${self}
        order by target_key limit ${limit + 1}) as member
    group by key order by key limit ${limit + 1}`;
}

/** Which of some groups each of some members is in. */
async function readContainers(
  sql: Sql,
  associationId: number,
  sources: readonly string[],
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await sql<{ key: string; groups: readonly string[] }[]>`
    select target_key as key, jsonb_agg(source_key) as groups from resource_link
    where association_id = ${associationId} and source_key = any(${[...sources]}::text[]) and target_key = any(${[...keys]}::text[]) and is_live
    group by target_key`;
  return new Map(rows.map(({ key, groups }) => [key, groups]));
}

/** The groups that a resource is in, and those around them. */
async function visitContainers(
  sql: Sql,
  resource: KnownResource,
  { associationId }: { associationId: number },
): Promise<Visits> {
  return await visit(
    mostContainers,
    resource.key,
    async (keys) =>
      await sql<{ from: string; to: string }[]>`
    select target_key as from, source_key as to from resource_link
    where association_id = ${associationId} and target_key = any(${[...keys]}::text[]) and is_live
    order by source_key limit ${mostContainers}`,
  );
}

/** The groups within a group, and those within them. */
async function visitContained(
  sql: Sql,
  resource: KnownResource,
  { associationId, entityTypeId }: { associationId: number; entityTypeId: number },
): Promise<Visits> {
  return await visit(
    mostContained,
    resource.key,
    async (keys) =>
      await sql<{ from: string; to: string }[]>`
    select source_key as from, target_key as to from resource_link
    where association_id = ${associationId} and source_key = any(${[...keys]}::text[]) and is_live and target_type_id = ${entityTypeId}
    order by source_key, target_key limit ${mostContained}`,
  );
}

async function visit(
  most: number,
  start: string,
  readNext: (keys: readonly string[]) => Promise<readonly Readonly<{ from: string; to: string }>[]>,
): Promise<Visits> {
  const groups = new Map<string, Visit>();
  let frontier = [start];
  for (let depth = 1; frontier.length > 0; depth++) {
    if (depth > deepest || groups.size >= most) return { groups, isWhole: false };
    const next: string[] = [];
    for (const { from, to } of await readNext(frontier)) {
      if (to === start || groups.has(to)) continue;
      groups.set(to, { from: depth === 1 ? null : from, depth });
      next.push(to);
    }
    frontier = next;
  }
  return { groups, isWhole: true };
}

/** The keys of the groups from the resource to a group, that one included. */
function wayTo(groups: ReadonlyMap<string, Visit>, last: string): readonly string[] {
  const way: string[] = [];
  for (let key: string | null = last; key !== null; key = groups.get(key)?.from ?? null) way.unshift(key);
  return way;
}

async function addPaths(
  sql: Sql,
  groupTypeId: number,
  items: LinkPage['items'],
  wayOf: (key: string) => readonly string[],
): Promise<LinkPage['items']> {
  const ways = items.map(({ key }) => wayOf(key));
  const keys = [...new Set(ways.flat())];
  const rows = await sql<PathStep[]>`
    select key, ${nameIn(sql, sql`attributes`)} as name from resource
    where entity_type_id = ${groupTypeId} and key = any(${keys}::text[])`;
  const names = new Map(rows.map(({ key, name }) => [key, name]));
  return items.map((item, index) => ({
    ...item,
    path: (ways[index] ?? []).map((key) => ({ key, name: names.get(key) ?? null })),
  }));
}
