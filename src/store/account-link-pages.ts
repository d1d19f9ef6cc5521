/** Account links as a list that people look through: searched, a page at a time, with the names of both sides. */
import type { Sql } from 'postgres';
import { typedWords } from '../model/search-words.ts';
import type { AccountLink, LinkOwner } from './account-links.ts';
import { searchDirectory } from './directory-search.ts';
import type { ListPage, PageWindow } from './job-lists.ts';
import type { StoredSet } from './mapping-samples.ts';

export type ListedLink = AccountLink &
  Readonly<{
    /** What names are made of; null for what is not stored any more. */
    sourceAttributes: Readonly<Record<string, unknown>> | null;
    targetAttributes: Readonly<Record<string, unknown>> | null;
  }>;

/** More are not counted. */
const mostCounted = 100_000;
/** So many resources of a name are looked for among the links. */
const mostNamed = 500;

/** The links of a mapping that match, the newest first. `search`: beginnings of words of either side, or of a key. */
export async function readLinkPage(
  sql: Sql,
  owner: LinkOwner,
  sets: Readonly<{ source: StoredSet | undefined; target: StoredSet | undefined }>,
  { search, page, pageSize }: PageWindow & Readonly<{ search: string | undefined }>,
): Promise<ListPage<ListedLink>> {
  const [near, far] = owner.isSwapped ? ['target_key', 'source_key'] : ['source_key', 'target_key'];
  const keys = search === undefined ? [] : await findKeys(sql, sets, search);
  const matching =
    search === undefined
      ? sql`true`
      : sql`(source_key = any(${keys}::text[]) or target_key = any(${keys}::text[])
          or starts_with(source_key, ${search}) or starts_with(target_key, ${search}))`;
  const [counted] = await sql<{ total: number }[]>`
    select count(*)::int as total from (
      select from account_link where mapping_id = ${owner.mappingId} and ${matching} limit ${mostCounted + 1}) as counted`;
  const total = counted?.total ?? 0;
  const items = await sql<ListedLink[]>`
    select link_number::float8 as link_number, qualifier, ${sql(near)} as source_key, ${sql(far)} as target_key,
      matched_on, reconciliation_id, linked_at, linked_by,
      source.attributes as source_attributes, target.attributes as target_attributes
    from account_link
      left join resource as source on source.entity_type_id = ${sets.source?.entityTypeId ?? null}::int and source.key = ${sql(near)}
      left join resource as target on target.entity_type_id = ${sets.target?.entityTypeId ?? null}::int and target.key = ${sql(far)}
    where mapping_id = ${owner.mappingId} and ${matching}
    order by link_number desc limit ${pageSize} offset ${(page - 1) * pageSize}`;
  return { items, total: Math.min(total, mostCounted), isTotalExact: total <= mostCounted };
}

async function findKeys(
  sql: Sql,
  { source, target }: Readonly<{ source: StoredSet | undefined; target: StoredSet | undefined }>,
  search: string,
): Promise<readonly string[]> {
  const words = typedWords(search);
  if (words.length === 0) return [];
  const entityTypeIds = [source, target].flatMap((set) => set?.entityTypeId ?? []);
  const found = await searchDirectory(sql, {
    words,
    entityTypeIds,
    isDeleted: false,
    limit: mostNamed,
    isCounted: false,
  });
  return found.items.map(({ key }) => key);
}
