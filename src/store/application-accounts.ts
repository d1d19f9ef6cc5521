/** The objects of an application as they are stored, a page at a time: in the order of names as soon as the search knows them. */
import type { Sql } from 'postgres';
import { readIndexState } from './directory-index.ts';
import { type SearchCursor, searchDirectory } from './directory-search.ts';

export type Account = Readonly<{ key: string; name: string; attributes: Readonly<Record<string, unknown>> }>;

/** A place in a list: where a search goes on, or the last key where names are not known yet. */
export type AccountCursor = SearchCursor | Readonly<{ order: 'key'; key: string }>;

export type AccountPage = Readonly<{
  items: readonly Account[];
  next: AccountCursor | null;
  total: number | null;
  isTotalExact: boolean;
}>;

export type AccountSelection = Readonly<{
  entityTypeId: number;
  /** How many objects the type has. */
  count: number;
  /** All of them have to be the beginning of a word of the object. */
  words: readonly string[];
  limit: number;
  after: AccountCursor | undefined;
}>;

/** So much may be missing from the search before a list goes without it. */
const mostBehind = 1000;
const mostCounted = 100_000;

export async function readAccounts(sql: Sql, selection: AccountSelection): Promise<AccountPage> {
  const { words, after, count } = selection;
  if (after?.order === 'key') return await readByKey(sql, selection, after.key);
  if (words.length === 0 && after === undefined) {
    const { behind } = await readIndexState(sql);
    if (behind > Math.max(mostBehind, count / 100)) return await readByKey(sql, selection, undefined);
  }
  const page = await readByName(sql, selection, after);
  const isUnknownYet = page.items.length === 0 && words.length === 0 && after === undefined && count > 0;
  return isUnknownYet ? await readByKey(sql, selection, undefined) : page;
}

async function readByName(
  sql: Sql,
  { entityTypeId, words, limit }: AccountSelection,
  after: SearchCursor | undefined,
): Promise<AccountPage> {
  const found = await searchDirectory(sql, {
    words,
    entityTypeIds: [entityTypeId],
    isDeleted: false,
    limit,
    after,
  });
  const rows = await sql<Pick<Account, 'key' | 'attributes'>[]>`
    select key, attributes from resource
    where entity_type_id = ${entityTypeId} and key = any(${found.items.map(({ key }) => key)}::text[])`;
  const attributesOf = new Map(rows.map(({ key, attributes }) => [key, attributes]));
  // What the search knows and the store does not any more has been deleted in this moment.
  const items = found.items.flatMap(({ key, name }): Account[] => {
    const attributes = attributesOf.get(key);
    return attributes === undefined ? [] : [{ key, name, attributes }];
  });
  return { ...found, items };
}

async function readByKey(
  sql: Sql,
  { entityTypeId, limit, count }: AccountSelection,
  after: string | undefined,
): Promise<AccountPage> {
  const rows = await sql<Account[]>`
    select key, attributes,
      coalesce(nullif(attributes->>'displayName', ''), attributes->>'userPrincipalName', key) as name
    from resource
    where entity_type_id = ${entityTypeId} and ${after === undefined ? sql`true` : sql`key > ${after}`}
    order by entity_type_id, key limit ${limit + 1}`;
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > limit && last ? { order: 'key', key: last.key } : null,
    total: Math.min(count, mostCounted),
    isTotalExact: count <= mostCounted,
  };
}
