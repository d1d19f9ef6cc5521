/**
 * The index of resources: it follows the log of changes from its own position, batch by batch, each in one transaction with the
 * position after it. An index on the tables that a first synchronization fills would cost that synchronization too much.
 */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { indexedAttributes, marksOf, nameOf, sortNameOf, wordsOf } from '../model/search-words.ts';
import { type Horizon, readChangeHorizon, readFollowedChange, readLastChange } from './change-horizon.ts';
import { transact } from './transaction.ts';

export type FollowOutcome =
  /** So many changes are in the index now that were not before; `isBehind` tells of more that can be followed at once. */
  | Readonly<{ kind: 'followed'; changes: number; isBehind: boolean }>
  /** Another process follows at this moment. */
  | Readonly<{ kind: 'busy' }>;

/** Up to where there is something to follow; undefined where everything up to there is in the index. */
export async function readHorizon(sql: Sql): Promise<Horizon | undefined> {
  if ((await readFollowedChange(sql)) >= (await readLastChange(sql))) return undefined;
  return await readChangeHorizon(sql);
}

/** Brings the next `batchSize` changes at most into the index, up to a change that is settled. */
export async function followChanges(sql: Sql, upTo: number, batchSize: number): Promise<FollowOutcome> {
  return await transact(sql, async (transaction): Promise<FollowOutcome> => {
    const [position] = await transaction<{ changeNumber: number }[]>`
      select change_number::float8 as change_number from directory_index for update skip locked`;
    if (!position) return { kind: 'busy' };
    if (position.changeNumber >= upTo) return { kind: 'followed', changes: 0, isBehind: false };
    await preparePlanner(transaction);
    const { count, last } = await takeBatch(transaction, position.changeNumber, upTo, batchSize);
    if (count > 0) {
      await recordEvents(transaction);
      await indexEntries(transaction, await readTouched(transaction));
    }
    const reached = count < batchSize ? upTo : last;
    await transaction`update directory_index set change_number = ${reached}, followed_at = now()`;
    return { kind: 'followed', changes: count, isBehind: reached < upTo };
  });
}

/** Batches are small beside what they are joined with, which fits into memory for the most part. */
async function preparePlanner(sql: TransactionSql): Promise<void> {
  await sql`select set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('random_page_cost', '1.1', true)`;
}

/** Makes `batch` of the next changes. */
async function takeBatch(
  sql: TransactionSql,
  after: number,
  upTo: number,
  batchSize: number,
): Promise<{ count: number; last: number }> {
  await sql`
    create temporary table batch on commit drop as
    select change_number, set_id, kind, entity_type_id, association_id, key, target_key, before, after
    from change where change_number > ${after} and change_number <= ${upTo}
    order by change_number limit ${batchSize}`;
  await sql`analyze batch`;
  const [row] = await sql<{ count: number; last: number }[]>`
    select count(*)::float8 as count, coalesce(max(change_number), 0)::float8 as last from batch`;
  if (!row) throw new Error('An aggregate gave no row.');
  return row;
}

/** What a first set of a type inserts is no news: there was nothing to compare it with. */
async function recordEvents(sql: TransactionSql): Promise<void> {
  const firstSets = await sql<{ setId: number }[]>`
    select set_id from export_set where set_id in (select set_id from batch) and kind = 'synchronize'
      and not exists (select from export_set as earlier
                      where earlier.entity_type_id = export_set.entity_type_id and earlier.set_id < export_set.set_id
                        and earlier.kind = 'synchronize' and earlier.state = 'applied')`;
  await sql`
    with told as materialized (
      select batch.*, connection_id from batch join entity_type using (entity_type_id)
      where not (batch.kind = 'insert' and batch.set_id = any(${firstSets.map(({ setId }) => setId)}::int[]))
    )
    insert into directory_event (connection_id, key, is_link, change_number)
    select connection_id, key, association_id is not null, change_number from told
    union all
    select connection_id, target_key, true, change_number from told where association_id is not null and target_key <> key
    on conflict do nothing`;
}

type Touched = Readonly<{
  entityTypeId: number;
  key: string;
  firstChange: number;
  deletedChange: number | null;
  attributes: Readonly<Record<string, unknown>>;
}>;

/**
 * The resources that the batch tells of, as they are stored now; deleted ones with what they were when they were. One that a later
 * batch deletes is as it came, if it came in this one, and else left to that one.
 */
async function readTouched(sql: TransactionSql): Promise<Touched[]> {
  return await sql<Touched[]>`
    with touched as materialized (
      select distinct on (entity_type_id, key) entity_type_id, key, kind, change_number, before,
        min(change_number) over told as first_change,
        first_value(case when kind = 'insert' then after end) over (told order by change_number) as inserted
      from batch where association_id is null and exists (select from entity_type where entity_type_id = batch.entity_type_id)
      window told as (partition by entity_type_id, key)
      order by entity_type_id, key, change_number desc
    )
    select touched.entity_type_id, touched.key, first_change::float8 as first_change,
      case when resource.key is null and kind = 'delete' then change_number end::float8 as deleted_change,
      (select coalesce(jsonb_object_agg(name, value), '{}')
       from (select name, known.attributes->name as value from unnest(${[...indexedAttributes]}::text[]) as searched (name)) as one
       where value is not null) as attributes
    from touched
      left join resource on resource.entity_type_id = touched.entity_type_id and resource.key = touched.key
      cross join lateral (
        select coalesce(resource.attributes, case when kind = 'delete' then before else inserted end) as attributes) as known
    where known.attributes is not null`;
}

/** Writes entries and their words. */
async function indexEntries(sql: TransactionSql, touched: readonly Touched[]): Promise<void> {
  if (touched.length === 0) return;
  const entries = touched.map((one) => {
    const name = nameOf(one.key, one.attributes);
    const marks = marksOf(one.attributes).map((word) => ({ word, sharedLength: 0 }));
    return {
      ...one,
      name,
      sortName: sortNameOf(name),
      words: [...wordsOf(one.key, one.attributes), ...marks],
    };
  });
  await sql`
    create temporary table incoming on commit drop as
    select place, entity_type_id, key collate "C" as key, name, sort_name collate "C" as sort_name, first_change, deleted_change
    from unnest(${entries.map((entry) => entry.entityTypeId)}::integer[], ${entries.map(({ key }) => key)}::text[],
        ${entries.map(({ name }) => name)}::text[], ${entries.map(({ sortName }) => sortName)}::text[],
        ${entries.map(({ firstChange }) => String(firstChange))}::text[]::bigint[],
        ${entries.map(({ deletedChange }) => String(deletedChange ?? 0))}::text[]::bigint[])
      with ordinality as given (entity_type_id, key, name, sort_name, first_change, deleted_change, place)`;
  await sql`update incoming set deleted_change = null where deleted_change = 0`;
  const words = entries.flatMap((entry, index) => entry.words.map((one) => ({ ...one, place: index + 1 })));
  await sql`
    create temporary table incoming_word on commit drop as
    select place, word collate "C" as word, shared_length
    from unnest(${words.map(({ place }) => place)}::integer[], ${words.map(({ word }) => word)}::text[],
        ${words.map(({ sharedLength }) => sharedLength)}::integer[]) as given (place, word, shared_length)
    union all select place, '', 0 from incoming`;
  await sql`
    insert into incoming_word
    select place, '#' || tag_id, 0 from incoming join resource_tag using (entity_type_id, key)`;
  await sql`analyze incoming`;
  await sql`analyze incoming_word`;
  await writeEntries(sql);
}

/** `incoming` and `incoming_word` into the index. Words are only touched where they, the name or the presence are others now. */
async function writeEntries(sql: TransactionSql): Promise<void> {
  await sql`
    create temporary table renewed on commit drop as
    select incoming.*, told.words, entry.entry_number, entry.sort_name as old_sort_name, entry.words as old_words,
      case when entry.deleted_change is null then entity_type_id else -entity_type_id end as old_scope_id,
      case when incoming.deleted_change is null then entity_type_id else -entity_type_id end as scope_id,
      entry.entry_number is null or entry.words <> told.words or entry.sort_name <> incoming.sort_name
        or (entry.deleted_change is null) <> (incoming.deleted_change is null) as has_new_words
    from incoming
      join (select place, array_agg(word order by word) as words from incoming_word group by place) as told using (place)
      left join directory_entry as entry using (entity_type_id, key)`;
  await sql`analyze renewed`;
  await sql`
    delete from directory_word using (
      select entry_number, old_scope_id, old_sort_name, word
      from renewed cross join lateral unnest(old_words) as word where has_new_words and entry_number is not null) as old
    where directory_word.scope_id = old.old_scope_id and directory_word.word = old.word
      and directory_word.sort_name = old.old_sort_name and directory_word.entry_number = old.entry_number`;
  await sql`
    insert into directory_entry as entry (entity_type_id, key, name, sort_name, words, first_change, deleted_change)
    select entity_type_id, key, name, sort_name, words, first_change, deleted_change from renewed order by entity_type_id, key
    on conflict (entity_type_id, key) do update
    set name = excluded.name, sort_name = excluded.sort_name, words = excluded.words, deleted_change = excluded.deleted_change
    where entry.name <> excluded.name or entry.sort_name <> excluded.sort_name or entry.words <> excluded.words
      or entry.deleted_change is distinct from excluded.deleted_change`;
  await sql`
    insert into directory_word (scope_id, word, sort_name, entry_number, shared_length)
    select scope_id, word, renewed.sort_name, entry.entry_number, shared_length
    from renewed join incoming_word using (place) join directory_entry as entry using (entity_type_id, key)
    where has_new_words order by scope_id, word, sort_name`;
}

export type IndexState = Readonly<{
  /** Changes of the log that are not in the index yet; no more than `mostCounted` are counted. */
  behind: number;
  followedAt: Date;
}>;

const mostCounted = 100_000;

export async function readIndexState(sql: ISql): Promise<IndexState> {
  const [state] = await sql<IndexState[]>`
    select followed_at,
      (select count(*) from (select from change where change.change_number > directory_index.change_number
                             limit ${mostCounted}) as waiting)::float8 as behind
    from directory_index`;
  if (!state) throw new Error('The table directory_index, which a migration fills, is empty.');
  return state;
}

/** After much was written, so that counting does not have to look into the tables. */
export async function tidyIndex(sql: Sql): Promise<void> {
  await sql`vacuum (analyze) directory_word`;
  await sql`vacuum (analyze) directory_entry`;
}

/**
 * Forgets a portion of what belongs to entity types and connections that are not there any more; gives how many rows that were, and
 * 0 when nothing is left.
 */
export async function sweepIndex(sql: Sql, portion: number): Promise<number> {
  return await transact(sql, async (transaction) => {
    const entries = await transaction`
      with gone as materialized (
        select entry_number, entity_type_id, sort_name, words from directory_entry
        where entity_type_id = (select entity_type_id from directory_entry
                                where not exists (select from entity_type where entity_type_id = directory_entry.entity_type_id)
                                  and entity_type_id = any(${await goneTypes(transaction)}::int[]) limit 1)
        limit ${portion}
      ),
      forgotten as (
        delete from directory_word using gone cross join lateral unnest(gone.words) as old (word)
          cross join lateral (values (gone.entity_type_id), (-gone.entity_type_id)) as side (scope_id)
        where directory_word.scope_id = side.scope_id and directory_word.word = old.word
          and directory_word.sort_name = gone.sort_name and directory_word.entry_number = gone.entry_number
      )
      delete from directory_entry using gone where directory_entry.entry_number = gone.entry_number`;
    const events = await transaction`
      delete from directory_event where (connection_id, key, is_link, change_number) in (
        select connection_id, key, is_link, change_number from directory_event
        where connection_id = any(${await goneConnections(transaction)}::int[]) limit ${portion})`;
    return entries.count + events.count;
  });
}

/** Types of entries that are not there any more, found by going from one to the next and not through all entries. */
async function goneTypes(sql: ISql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    with recursive known (id) as (
      (select min(entity_type_id) from directory_entry)
      union all
      select (select min(entity_type_id) from directory_entry where entity_type_id > known.id) from known where known.id is not null
    )
    select id from known where id is not null and not exists (select from entity_type where entity_type_id = id)`;
  return rows.map(({ id }) => id);
}

async function goneConnections(sql: ISql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    with recursive known (id) as (
      (select min(connection_id) from directory_event)
      union all
      select (select min(connection_id) from directory_event where connection_id > known.id) from known where known.id is not null
    )
    select id from known where id is not null and not exists (select from connection where connection_id = id)`;
  return rows.map(({ id }) => id);
}
