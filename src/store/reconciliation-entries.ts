/**
 * What runs of mappings found of each pair: entries, and the linked pairs that were as they should be, which have no row of their own.
 * Both are read here as one list.
 */
import type { Sql } from 'postgres';
import {
  type Action,
  type Category,
  categoryOf,
  type EntryChanges,
  type EntryPhase,
  type EntryStatus,
  type MatchedOn,
  type Situation,
  situations,
} from '../model/reconciliation.ts';
import { nameOf, typedWords } from '../model/search-words.ts';
import { findLinkOwner } from './account-links.ts';
import { searchDirectory } from './directory-search.ts';
import type { Fragment } from './sql-text.ts';

export type Entry = Readonly<{
  /** The number of the entry; null of a pair that was as it should be. */
  entryNumber: number | null;
  /** The number of the account link, where there was one. */
  linkNumber: number | null;
  phase: EntryPhase;
  qualifier: string;
  /** Null where finding it out failed. */
  situation: Situation | null;
  action: Action | null;
  status: EntryStatus;
  message: string | null;
  sourceKey: string | null;
  /** Of what was created, as soon as it is. */
  targetKey: string | null;
  sourceName: string | null;
  targetName: string | null;
  matchedOn: MatchedOn | null;
  /** The first hundred of several matches, and how many there are. */
  ambiguousKeys: readonly string[];
  matchCount: number;
  /** The place, from 1 on, of the policy that decided; null: the usual action. */
  policy: number | null;
  changes: EntryChanges | null;
}>;

export type EntryFilter = Readonly<{
  reconciliationId: number;
  /** Entries that failed are in no category. */
  category?: Category;
  situation?: Situation;
  action?: Action;
  status?: EntryStatus;
  /** What failed with this sentence. */
  message?: string;
  /** Words of names, or the beginning of a key. */
  q?: string;
}>;

export type EntryPage = Readonly<{
  items: readonly Entry[];
  total: number;
  isTotalExact: boolean;
}>;

const largestTotal = 100_000;

/** A page of what a run found, entries first and then what was as it should be. */
export async function readEntryPage(
  sql: Sql,
  filter: EntryFilter,
  { page, pageSize }: Readonly<{ page: number; pageSize: number }>,
): Promise<EntryPage> {
  const scope = await readScope(sql, filter);
  if (scope === undefined) return { items: [], total: 0, isTotalExact: true };
  const found = filter.q === undefined ? undefined : await findKeys(sql, scope, filter.q);
  const condition = conditionOf(sql, scope, filter, found);
  const offset = (page - 1) * pageSize;
  const [counted] = await sql<{ total: number }[]>`
    select count(*)::float8 as total from (
      select from reconciliation_entry as entry where ${condition} limit ${largestTotal + 1}) as counted`;
  const entries = counted?.total ?? 0;
  const items: Entry[] =
    offset < entries
      ? await selectEntries(
          sql,
          scope,
          condition,
          sql`order by entry_number limit ${pageSize} offset ${offset}`,
        )
      : [];
  const unchanged = mayBeUnchanged(filter)
    ? await readUnchanged(sql, scope, found, {
        offset: Math.max(0, offset - entries),
        limit: entries > largestTotal ? 0 : pageSize - items.length,
      })
    : noUnchanged;
  const total = entries + unchanged.total;
  return {
    items: [...items, ...unchanged.items],
    total: Math.min(total, largestTotal),
    isTotalExact: total <= largestTotal && unchanged.isTotalExact,
  };
}

/** Rows that are read at a time. */
const portionRows = 1000;

/** Everything that meets the filter, in the order of pages, some at a time. */
export async function* readEntryPortions(sql: Sql, filter: EntryFilter): AsyncGenerator<readonly Entry[]> {
  const scope = await readScope(sql, filter);
  if (scope === undefined) return;
  const found = filter.q === undefined ? undefined : await findKeys(sql, scope, filter.q);
  const condition = conditionOf(sql, scope, filter, found);
  for (let after = 0; ; ) {
    const entries = await selectEntries(
      sql,
      scope,
      sql`${condition} and entry_number > ${after}`,
      sql`order by entry_number limit ${portionRows}`,
    );
    if (entries.length > 0) yield entries;
    if (entries.length < portionRows) break;
    after = entries.at(-1)?.entryNumber ?? after;
  }
  if (!mayBeUnchanged(filter)) return;
  for (let offset = 0; ; offset += portionRows) {
    const { items } = await readUnchanged(sql, scope, found, { offset, limit: portionRows });
    if (items.length > 0) yield items;
    if (items.length < portionRows) return;
  }
}

/** One entry by its number. */
export async function readEntry(
  sql: Sql,
  reconciliationId: number,
  entryNumber: number,
): Promise<Entry | undefined> {
  const scope = await readScope(sql, { reconciliationId });
  if (scope === undefined) return undefined;
  const condition = sql`reconciliation_id = ${reconciliationId} and entry_number = ${entryNumber}`;
  const [entry] = await selectEntries(sql, scope, condition, sql``);
  return entry;
}

/** A pair that a run found as it should be, by the number of its link; undefined where the run has no such pair, or the link is gone. */
export async function readUnchangedPair(
  sql: Sql,
  reconciliationId: number,
  linkNumber: number,
): Promise<Entry | undefined> {
  const scope = await readScope(sql, { reconciliationId });
  if (scope === undefined) return undefined;
  const [found] = await sql`
    select from reconciliation_unchanged
    where reconciliation_id = ${reconciliationId} and ${linkNumber}::bigint = any(link_numbers) limit 1`;
  if (!found) return undefined;
  const [pair] = await selectPairs(sql, scope, [linkNumber]);
  return pair;
}

/** Where the entries of a run belong. */
type EntryScope = Readonly<{
  reconciliationId: number;
  mappingName: string;
  entryPosition: number;
  sourceTypeId: number | null;
  targetTypeId: number | null;
}>;

async function readScope(
  sql: Sql,
  { reconciliationId }: Pick<EntryFilter, 'reconciliationId'>,
): Promise<EntryScope | undefined> {
  const typeOf = (side: string) => sql`(
    select entity_type_id from entity_type join connection using (connection_id)
    where lower(connection.name) = lower(definition->${side}::text->>'connection') and entity_type.name = definition->${side}::text->>'type'
    limit 1)`;
  const [scope] = await sql<EntryScope[]>`
    select reconciliation_id, coalesce(mapping.name, mapping_name) as mapping_name, entry_position::float8 as entry_position,
      source_type_id, target_type_id
    from (select *, ${typeOf('source')} as source_type_id, ${typeOf('target')} as target_type_id from reconciliation
          where reconciliation_id = ${reconciliationId}) as run
      left join (select mapping_id, name from mapping) as mapping using (mapping_id)`;
  return scope;
}

/** What a search finds: keys on either side, and a beginning that keys may have. */
type FoundKeys = Readonly<{ text: string; sourceKeys: readonly string[]; targetKeys: readonly string[] }>;

/** As many resources as a search looks for on each side. */
const mostFound = 1000;

async function findKeys(sql: Sql, scope: EntryScope, text: string): Promise<FoundKeys> {
  const words = typedWords(text);
  const keysOf = async (entityTypeId: number | null): Promise<readonly string[]> => {
    if (entityTypeId === null || words.length === 0) return [];
    const ids = [entityTypeId];
    const { items } = await searchDirectory(sql, {
      words,
      entityTypeIds: ids,
      isDeleted: false,
      limit: mostFound,
    });
    return items.map(({ key }) => key);
  };
  const [sourceKeys, targetKeys] = [await keysOf(scope.sourceTypeId), await keysOf(scope.targetTypeId)];
  return { text: text.trim(), sourceKeys, targetKeys };
}

function conditionOf(
  sql: Sql,
  { reconciliationId, entryPosition }: EntryScope,
  { category, situation, action, status, message }: EntryFilter,
  found: FoundKeys | undefined,
) {
  const conditions = [sql`reconciliation_id = ${reconciliationId}`];
  if (category !== undefined) {
    const members = situations.filter((one) => categoryOf[one] === category);
    conditions.push(sql`situation = any(${members}::text[]::situation[]) and status <> 'failed'`);
  }
  if (situation !== undefined) conditions.push(sql`situation = ${situation}`);
  if (action !== undefined) conditions.push(sql`action = ${action}`);
  if (status === 'failed') conditions.push(sql`status = 'failed'`);
  if (status === 'proposed') conditions.push(sql`status = 'proposed' and entry_number > ${entryPosition}`);
  if (status === 'succeeded') {
    conditions.push(sql`(status = 'succeeded' or status = 'proposed' and entry_number <= ${entryPosition})`);
  }
  if (message !== undefined) conditions.push(sql`message = ${message}`);
  if (found !== undefined) {
    const { text, sourceKeys, targetKeys } = found;
    conditions.push(sql`(starts_with(source_key, ${text}) or starts_with(target_key, ${text}) or starts_with(created_key, ${text})
      or strpos(lower(source_name), lower(${text})) > 0 or strpos(lower(target_name), lower(${text})) > 0
      or source_key = any(${[...sourceKeys]}::text[]) or coalesce(created_key, target_key) = any(${[...targetKeys]}::text[]))`);
  }
  return conditions.reduce((all, one) => sql`${all} and ${one}`);
}

async function selectEntries(
  sql: Sql,
  { entryPosition }: EntryScope,
  condition: Fragment,
  rest: Fragment,
): Promise<Entry[]> {
  const isDone = sql`(status = 'proposed' and entry_number <= ${entryPosition})`;
  return await sql<Entry[]>`
    select entry_number::float8 as entry_number, link_number::float8 as link_number, phase, qualifier, situation, action,
      case when ${isDone} then 'succeeded' else status end as status, message, source_key,
      case when created_key is not null and ${isDone} then created_key else target_key end as target_key,
      source_name, target_name, matched_on, to_jsonb(coalesce(ambiguous_keys, '{}')) as ambiguous_keys, match_count, policy, changes
    from reconciliation_entry as entry where ${condition} ${rest}`;
}

/** A pair that was as it should be is confirmed, would be updated, and has succeeded. */
function mayBeUnchanged({ category, situation, action, status, message }: EntryFilter): boolean {
  return (
    (category ?? 'one-to-one') === 'one-to-one' &&
    (situation ?? 'CONFIRMED') === 'CONFIRMED' &&
    (action ?? 'UPDATE') === 'UPDATE' &&
    (status ?? 'succeeded') === 'succeeded' &&
    message === undefined
  );
}

const noUnchanged = { items: [], total: 0, isTotalExact: true } as const;

async function readUnchanged(
  sql: Sql,
  scope: EntryScope,
  found: FoundKeys | undefined,
  { offset, limit }: Readonly<{ offset: number; limit: number }>,
): Promise<EntryPage> {
  const { reconciliationId } = scope;
  if (found === undefined) {
    const [counted] = await sql<{ total: number }[]>`
      select coalesce(sum(cardinality(link_numbers)), 0)::float8 as total from reconciliation_unchanged
      where reconciliation_id = ${reconciliationId}`;
    const rows = await sql<{ linkNumber: number }[]>`
      select link_number::float8 as link_number
      from (select *, sum(cardinality(link_numbers)) over (order by chunk_number) - cardinality(link_numbers) as before
            from reconciliation_unchanged where reconciliation_id = ${reconciliationId}) as chunk
        cross join lateral unnest(link_numbers) with ordinality as link (link_number, place)
      where before + cardinality(link_numbers) > ${offset} and before < ${offset + limit}
        and before + place > ${offset} and before + place <= ${offset + limit}
      order by chunk_number, place`;
    const items = await selectPairs(
      sql,
      scope,
      rows.map(({ linkNumber }) => linkNumber),
    );
    return { items, total: counted?.total ?? 0, isTotalExact: true };
  }
  const owner = await findLinkOwner(sql, scope.mappingName);
  if (!owner) return noUnchanged;
  const { text, sourceKeys, targetKeys } = found;
  const [near, far] = owner.isSwapped ? [targetKeys, sourceKeys] : [sourceKeys, targetKeys];
  const candidates = await sql<{ linkNumber: number }[]>`
    select link_number::float8 as link_number from account_link
    where mapping_id = ${owner.mappingId} and (source_key = any(${[...near, text]}::text[]) or target_key = any(${[...far, text]}::text[]))
    order by account_link.link_number`;
  const rows = await sql<{ linkNumber: number }[]>`
    select distinct link_number::float8 as link_number
    from reconciliation_unchanged cross join lateral unnest(link_numbers) as link (link_number)
    where reconciliation_id = ${reconciliationId}
      and link_number = any(${candidates.map(({ linkNumber }) => String(linkNumber))}::text[]::bigint[])
    order by 1`;
  const numbers = rows.map(({ linkNumber }) => linkNumber);
  const items = await selectPairs(sql, scope, numbers.slice(offset, offset + limit));
  const isTotalExact = sourceKeys.length < mostFound && targetKeys.length < mostFound;
  return { items, total: numbers.length, isTotalExact };
}

type Pair = Readonly<{
  linkNumber: number;
  qualifier: string | null;
  sourceKey: string | null;
  targetKey: string | null;
  source: Readonly<Record<string, unknown>> | null;
  target: Readonly<Record<string, unknown>> | null;
}>;

/** Pairs by the numbers of their links, in the order of these; a link that is gone by now has left nothing but its number. */
async function selectPairs(
  sql: Sql,
  { mappingName, sourceTypeId, targetTypeId }: EntryScope,
  linkNumbers: readonly number[],
): Promise<Entry[]> {
  if (linkNumbers.length === 0) return [];
  const owner = await findLinkOwner(sql, mappingName);
  const [near, far] = owner?.isSwapped ? ['target_key', 'source_key'] : ['source_key', 'target_key'];
  const pairs = await sql<Pair[]>`
    select wanted.link_number::float8 as link_number, qualifier, link.${sql(near)} as source_key, link.${sql(far)} as target_key,
      source.attributes as source, target.attributes as target
    from unnest(${linkNumbers.map(String)}::text[]::bigint[]) with ordinality as wanted (link_number, place)
      left join account_link as link on link.link_number = wanted.link_number and link.mapping_id = ${owner?.mappingId ?? null}
      left join resource as source on source.entity_type_id = ${sourceTypeId} and source.key = link.${sql(near)}
      left join resource as target on target.entity_type_id = ${targetTypeId} and target.key = link.${sql(far)}
    order by place`;
  return pairs.map(({ linkNumber, qualifier, sourceKey, targetKey, source, target }) => ({
    entryNumber: null,
    linkNumber,
    phase: 'source',
    qualifier: qualifier ?? '',
    situation: 'CONFIRMED',
    action: 'UPDATE',
    status: 'succeeded',
    message: qualifier === null ? 'It was as it should be; its link is gone by now.' : null,
    sourceKey,
    targetKey,
    sourceName: sourceKey === null || source === null ? null : nameOf(sourceKey, source),
    targetName: targetKey === null || target === null ? null : nameOf(targetKey, target),
    matchedOn: null,
    ambiguousKeys: [],
    matchCount: 0,
    policy: null,
    changes: null,
  }));
}
