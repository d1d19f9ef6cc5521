/**
 * Searching resources by the beginnings of their words. The work of one page is bounded whatever is searched for: what few resources
 * have is looked through as a whole, and what many have is read in the order of the index.
 */
import type { ISql, Sql } from 'postgres';
import { endOfPrefix, letterCount } from '../model/search-words.ts';
import { type SummaryAttributes, summaryOf, type TagLabel, tagsOf } from './directory-scopes.ts';

export type DirectorySearch = Readonly<{
  /** All of them have to be the beginning of a word of the resource; without any, everything is found. */
  words: readonly string[];
  /** Only resources with this tag. */
  tagId?: number | undefined;
  /** Only resources with this mark. */
  mark?: string | undefined;
  /** The entity types to search. */
  entityTypeIds: readonly number[];
  /** Deleted resources instead of those that are there. */
  isDeleted: boolean;
  limit: number;
  /** Where the page before ended. */
  after?: SearchCursor | undefined;
  /** Whether pages after the first say how many there are in all, which is counted anew for each. */
  isCounted?: boolean;
}>;

/** A place in what was found. */
export type SearchCursor =
  /** In the order of names. */
  | Readonly<{ order: 'name'; sortName: string; entry: number }>
  /** In the order of the index: of the word that the search goes along, of several words within one entity type after the other. */
  | Readonly<{ order: 'word'; along: number; scope: number; word: string; sortName: string; entry: number }>;

export type FoundResource = Readonly<{
  entityTypeId: number;
  key: string;
  name: string;
  attributes: SummaryAttributes;
  tags: readonly TagLabel[];
  deletedAt: Date | null;
}>;

export type SearchPage = Readonly<{
  items: readonly FoundResource[];
  /** Where the next page begins; null behind the last one. A page may have fewer than its limit, even none, before that. */
  next: SearchCursor | null;
  /** How many there are in all; null where counting them would take too long. */
  total: number | null;
  /** Whether there are no more than `total`. */
  isTotalExact: boolean;
}>;

/** As exact as totals are. */
const mostCounted = 100_000;
/** What is found is put in the order of names up to so many, and read in that of the index beyond. */
const mostSorted = 2000;
/** How many resources that have one word are looked at for the others. */
const mostProbed = 6000;
/** Beyond that: how many are looked at in one go, first few, because they are often enough. */
const portions = [500, 2500, 5000];
/** A word that so few resources of an entity type have is gone along there, whatever others have. */
const fewOfScope = 200;

/** A range of words: those that begin with one, or the one alone. */
type Term = Readonly<{ from: string; to: string; letters: number }>;

export async function searchDirectory(sql: Sql, search: DirectorySearch): Promise<SearchPage> {
  const { entityTypeIds, isDeleted } = search;
  const terms = termsOf(search);
  // Entries of deleted resources have scopes of their own.
  const scopes = entityTypeIds.map((id) => (isDeleted ? -id : id));
  const [term] = terms;
  if (term === undefined || scopes.length === 0)
    return { items: [], next: null, total: 0, isTotalExact: true };
  if (terms.length === 1) return await searchOne(sql, search, scopes, term);
  const counts = await Promise.all(terms.map((one) => countTerm(sql, scopes, one, mostProbed + 1)));
  const least = Math.min(...counts);
  const isAlong = search.after === undefined ? least > mostProbed : search.after.order === 'word';
  if (isAlong) return await searchAlong(sql, search, scopes, terms);
  return await searchAll(sql, search, scopes, terms, counts.indexOf(least));
}

function termsOf({ words, tagId, mark }: DirectorySearch): readonly Term[] {
  const exact = (word: string): Term => ({ from: word, to: word, letters: Number.POSITIVE_INFINITY });
  const terms: Term[] = words.map((word) => ({
    from: word,
    to: endOfPrefix(word),
    letters: letterCount(word),
  }));
  if (tagId !== undefined) terms.push(exact(`#${tagId}`));
  if (mark !== undefined) terms.push(exact(mark));
  return terms.length === 0 ? [exact('')] : terms;
}

/** In the range of the column; no word has so many letters that the greatest number would leave it out. */
function lettersOf({ letters }: Pick<Term, 'letters'>): number {
  return Math.min(letters, 32_767);
}

/** Of an entry that has several words with the same beginning, the first. */
function isIn(sql: ISql, { from, to, letters }: Term) {
  return sql`word >= ${from} and word <= ${to} and shared_length < ${lettersOf({ letters })}`;
}

async function countTerm(sql: Sql, scopes: readonly number[], term: Term, most: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::float8 as count from (
      select from unnest(${[...scopes]}::int[]) as scope (id)
        cross join lateral (select from directory_word where scope_id = scope.id and ${isIn(sql, term)} limit ${most}) as found
      limit ${most}) as counted`;
  return row?.count ?? 0;
}

/** Of one word the index has the order already. */
async function searchOne(
  sql: Sql,
  search: DirectorySearch,
  scopes: readonly number[],
  term: Term,
): Promise<SearchPage> {
  const { after, limit, isCounted = true } = search;
  const isNeeded = after === undefined || (isCounted && after.order === 'word');
  const count = isNeeded ? await countTerm(sql, scopes, term, mostCounted + 1) : undefined;
  const isByName = after === undefined ? (count ?? 0) <= mostSorted : after.order === 'name';
  if (isByName) return await searchAll(sql, search, scopes, [term], 0);
  const beyond =
    after?.order === 'word'
      ? sql`and (word, sort_name, entry_number) > (${after.word}, ${after.sortName}, ${after.entry})`
      : sql``;
  const rows = await sql<Hit[]>`
    select found.* from unnest(${[...scopes]}::int[]) as scope (id)
      cross join lateral (
        select scope_id, 0 as along, word, sort_name, entry_number::float8 as entry from directory_word
        where scope_id = scope.id and ${isIn(sql, term)} ${beyond}
        order by word, sort_name, entry_number limit ${limit + 1}) as found
    order by word, sort_name, entry limit ${limit + 1}`;
  const hits = rows.slice(0, limit);
  const last = hits.at(-1);
  const next = rows.length > limit && last ? placeOf(last) : null;
  return {
    items: await readFound(sql, hits),
    next,
    total: count === undefined ? null : Math.min(count, mostCounted),
    isTotalExact: count !== undefined && count <= mostCounted,
  };
}

type Hit = Readonly<{ scopeId: number; along: number; word: string; sortName: string; entry: number }>;

/** Looks through all that have the word `terms[along]`, and puts what has the others, too, in the order of names. */
async function searchAll(
  sql: Sql,
  { after, limit }: DirectorySearch,
  scopes: readonly number[],
  terms: readonly Term[],
  along: number,
): Promise<SearchPage> {
  const term = terms[along];
  if (term === undefined) throw new Error('A search goes along a word that it does not have.');
  const beyond =
    after?.order === 'name' ? sql`where (sort_name, entry) > (${after.sortName}, ${after.entry})` : sql``;
  const rows = await sql<(Hit & { total: number })[]>`
    with hit as materialized (
      select directory_word.scope_id, directory_word.sort_name, directory_word.entry_number as entry
      from directory_word
      where scope_id = any(${[...scopes]}::int[]) and ${isIn(sql, term)} and ${hasAll(sql, terms)}
    )
    select hit.scope_id, 0 as along, '' as word, sort_name, entry::float8 as entry, (select count(*) from hit)::float8 as total
    from hit ${beyond} order by sort_name, entry limit ${limit + 1}`;
  const hits = rows.slice(0, limit);
  const last = hits.at(-1);
  const next: SearchCursor | null =
    rows.length > limit && last ? { order: 'name', sortName: last.sortName, entry: last.entry } : null;
  // Behind the last page there is no row that tells the total.
  const total = rows[0]?.total ?? (after === undefined ? 0 : null);
  return { items: await readFound(sql, hits), next, total, isTotalExact: total !== null };
}

/** Whether the entry of a row of `directory_word` has all the words. */
function hasAll(sql: ISql, terms: readonly Term[]) {
  if (terms.length === 1) return sql`true`;
  const conditions = terms.map(
    ({ from, to }) =>
      sql`exists (select from unnest(entry.words) as other (word) where other.word collate "C" >= ${from} and other.word collate "C" <= ${to})`,
  );
  return sql`exists (
    select from directory_entry as entry where entry.entry_number = directory_word.entry_number
      and ${conditions.reduce((all, one) => sql`${all} and ${one}`)})`;
}

/** Goes along words that many have, some at a time, until the page is full or enough is looked at. */
async function searchAlong(
  sql: Sql,
  { after, limit }: DirectorySearch,
  scopes: readonly number[],
  terms: readonly Term[],
): Promise<SearchPage> {
  const hits: Hit[] = [];
  let place = after?.order === 'word' ? after : undefined;
  const ways = await planWays(sql, scopes, terms, place);
  let isEnd = false;
  for (const portion of portions) {
    const rows = await readPortion(sql, ways, terms, place, portion);
    const missing = limit - hits.length;
    const found = rows.filter(({ isHit }) => isHit);
    hits.push(...found.slice(0, missing));
    const last = found.length > missing ? found[missing - 1] : rows.at(-1);
    if (last) place = placeOf(last);
    isEnd = (rows.at(-1)?.isLast ?? true) && found.length <= missing;
    // Some are better than none much later; looking at few is always worth another look.
    if (found.length > missing || isEnd || (hits.length > 0 && portion !== portions[0])) break;
  }
  const isWhole = isEnd && after === undefined;
  return {
    items: await readFound(sql, hits),
    next: isEnd ? null : (place ?? null),
    total: isWhole ? hits.length : null,
    isTotalExact: isWhole,
  };
}

/** A scope that may have resources with all words, and the word to go along in it. */
type Way = Readonly<{ scope: number; along: number }>;

/** In each scope the rarest word; scopes in which one of them does not occur are left out, as are those before a place. */
async function planWays(
  sql: Sql,
  scopes: readonly number[],
  terms: readonly Term[],
  place: WordPlace | undefined,
): Promise<readonly Way[]> {
  const start = place === undefined ? 0 : Math.max(0, scopes.indexOf(place.scope));
  const rows = await sql<{ scope: number; counts: readonly number[] }[]>`
    select scope.id as scope, (select jsonb_agg(found.count order by term.place) from unnest(
        ${terms.map(({ from }) => from)}::text[], ${terms.map(({ to }) => to)}::text[], ${terms.map(lettersOf)}::int[])
          with ordinality as term (first, last, letters, place)
        cross join lateral (select count(*) as count from (
          select from directory_word where scope_id = scope.id and word >= term.first collate "C" and word <= term.last collate "C"
            and shared_length < term.letters limit ${fewOfScope}) as few) as found) as counts
    from unnest(${scopes.slice(start)}::int[]) with ordinality as scope (id, place) order by scope.place`;
  return rows
    .filter(({ counts }) => Math.min(...counts) > 0)
    .map(({ scope, counts }) => ({
      scope,
      along: scope === place?.scope ? place.along : counts.indexOf(Math.min(...counts)),
    }));
}

type WordPlace = Extract<SearchCursor, { order: 'word' }>;

function placeOf({ scopeId, along, word, sortName, entry }: Hit): WordPlace {
  return { order: 'word', along, scope: scopeId, word, sortName, entry };
}

/** The next rows along the ways, one after the other: those that have all words, and the last one whatever it has. */
async function readPortion(
  sql: Sql,
  ways: readonly Way[],
  terms: readonly Term[],
  place: WordPlace | undefined,
  portion: number,
): Promise<(Hit & { isHit: boolean; isLast: boolean })[]> {
  const start =
    place === undefined
      ? 0
      : Math.max(
          0,
          ways.findIndex(({ scope }) => scope === place.scope),
        );
  const rest = ways.slice(start);
  const along = rest.flatMap((way) => terms[way.along] ?? []);
  const beyond =
    place === undefined
      ? sql``
      : sql`and (way.scope <> ${place.scope} or (word, sort_name, entry_number) > (${place.word}, ${place.sortName}, ${place.entry}))`;
  // The alias is what `hasAll` asks about.
  return await sql<(Hit & { isHit: boolean; isLast: boolean })[]>`
    with portion as materialized (
      select found.*, row_number() over () as number from (
        select along, found.* from unnest(${rest.map(({ scope }) => scope)}::int[], ${rest.map((way) => way.along)}::int[],
            ${along.map(({ from }) => from)}::text[], ${along.map(({ to }) => to)}::text[], ${along.map(lettersOf)}::int[])
          with ordinality as way (scope, along, first, last, letters, place)
          cross join lateral (
            select scope_id, word, sort_name, entry_number from directory_word
            where scope_id = way.scope and word >= way.first collate "C" and word <= way.last collate "C"
              and shared_length < way.letters ${beyond}
            order by word, sort_name, entry_number limit ${portion}) as found
        limit ${portion}) as found
    ),
    size as (select count(*) as size from portion),
    judged as (
      select directory_word.*, ${hasAll(sql, terms)} as is_hit from portion as directory_word
    )
    select judged.scope_id, along, judged.word, judged.sort_name, judged.entry_number::float8 as entry, is_hit, size < ${portion} as is_last
    from judged cross join size where is_hit or number = size order by number`;
}

/** What lists show of entries, in their order. */
async function readFound(sql: Sql, hits: readonly Hit[]): Promise<FoundResource[]> {
  if (hits.length === 0) return [];
  return await sql<FoundResource[]>`
    select entry.entity_type_id, entry.key, entry.name, ${summaryOf(sql, sql`coalesce(resource.attributes, change.before)`)} as attributes,
      ${tagsOf(sql, sql`entry.entity_type_id`, sql`entry.key`)} as tags, coalesce(run.ended_at, run.started_at) as deleted_at
    from unnest(${hits.map(({ entry }) => String(entry))}::text[]::bigint[]) with ordinality as hit (entry_number, place)
      join directory_entry as entry using (entry_number)
      left join resource on resource.entity_type_id = entry.entity_type_id and resource.key = entry.key and entry.deleted_change is null
      left join change on change.change_number = entry.deleted_change
      left join export_set on export_set.set_id = change.set_id
      left join run on run.run_id = export_set.run_id
    order by place`;
}
