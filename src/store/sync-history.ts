/** The history of synchronizations: a row for each class of each run of a connection, searched, sorted and paged. */
import type { ISql, Sql } from 'postgres';
import type { HistoryState } from '../model/history-words.ts';
import { conditionOf, type HistoryFilter, readSurroundings } from './sync-history-conditions.ts';

export type HistoryRow = Readonly<{
  runId: number;
  objectClass: string;
  /** Null where the run did not come so far as to know. */
  isFull: boolean | null;
  /** Why everything was read. */
  reason: string | null;
  total: number;
  inserted: number;
  updated: number;
  deleted: number;
  filtered: number;
  /** Of what is under way: objects read so far. */
  read: number | null;
  state: HistoryState;
  message: string | null;
  startedAt: Date;
  endedAt: Date | null;
}>;

export const historyOrders = [
  'startedAt',
  'endedAt',
  'type',
  'total',
  'changed',
  'deleted',
  'filtered',
  'status',
] as const;
export type HistoryOrder = (typeof historyOrders)[number];

export type HistoryPage = Readonly<{
  rows: readonly HistoryRow[];
  /** Exact up to a hundred thousand. */
  total: number;
  isTotalExact: boolean;
  /** The newest run of the connection, whether it meets the filter or not; null where there is none. */
  newestRunId: number | null;
  /** How many rows of later runs meet the filter, too. */
  newer: number;
}>;

type Sorting = Readonly<{ orderBy: HistoryOrder; isDescending: boolean }>;

const largestTotal = 100_000;

/** A page of the history, the newest run first where nothing else is asked for. */
export async function readHistoryPage(
  sql: Sql,
  filter: HistoryFilter,
  { page, pageSize, ...sorting }: Sorting & Readonly<{ page: number; pageSize: number }>,
): Promise<HistoryPage> {
  const matching = conditionOf(sql, filter, await readSurroundings(sql, filter));
  const offset = (page - 1) * pageSize;
  const counting = countRows(sql, filter, matching);
  // A page far behind is sooner found from the end, once it is known where that is.
  const { total: found } = offset < farOffset ? { total: undefined } : await counting;
  const rest = found === undefined || found > largestTotal ? undefined : found - offset;
  const isFromEnd = rest !== undefined && rest < offset;
  const limit = isFromEnd ? Math.max(0, Math.min(pageSize, rest)) : pageSize;
  const isDescending = sorting.isDescending !== isFromEnd;
  const direction = isDescending ? sql`desc` : sql`asc`;
  const [rows, { total, ...counted }] = await Promise.all([
    sql<HistoryRow[]>`
      select ${rowColumns(sql)}
      from (
        select run_id, object_class, row_number() over () as place from (
          select run_id, object_class from run_object_class
          where ${matching} and ${upToOf(sql, filter.upToRunId)}
          order by ${keyOf(sql, sorting.orderBy)} ${direction}, run_id ${direction}, object_class ${direction}
          limit ${limit} offset ${isFromEnd ? Math.max(0, rest - limit) : offset}
        ) as sorted
      ) as paged join run_object_class using (run_id, object_class) ${liveJoin(sql)}
      order by place ${isFromEnd ? sql`desc` : sql`asc`}`,
    counting,
  ]);
  const isTotalExact = total <= largestTotal;
  return { rows, total: isTotalExact ? total : largestTotal, isTotalExact, ...counted };
}

const farOffset = 10_000;

type RowCounts = Pick<HistoryPage, 'total' | 'newer' | 'newestRunId'>;

async function countRows(
  sql: Sql,
  { connectionId, upToRunId }: HistoryFilter,
  matching: ReturnType<typeof conditionOf>,
): Promise<RowCounts> {
  const newer =
    upToRunId === undefined
      ? sql`0`
      : sql`(select count(*)::int from run_object_class where ${matching} and run_id > ${upToRunId})`;
  const [counted] = await sql<RowCounts[]>`
    select
      (select count(*)::int from (
        select from run_object_class where ${matching} and ${upToOf(sql, upToRunId)} limit ${largestTotal + 1}) as found) as total,
      ${newer} as newer,
      (select max(run_id) from run where connection_id = ${connectionId}) as newest_run_id`;
  if (!counted) throw new Error('PostgreSQL answered a query without a from clause with no row.');
  return counted;
}

/** Rows that are read at a time. */
const portionRows = 2000;

/** All rows that match, in their order, some at a time; each is there once, whatever comes meanwhile. */
export async function* readHistoryPortions(
  sql: Sql,
  filter: HistoryFilter,
  { orderBy, isDescending }: Sorting,
): AsyncGenerator<readonly HistoryRow[]> {
  const matching = conditionOf(sql, filter, await readSurroundings(sql, filter));
  const direction = isDescending ? sql`desc` : sql`asc`;
  const key = keyOf(sql, orderBy);
  let after: Readonly<{ key: string; runId: number; objectClass: string }> | undefined;
  for (;;) {
    const behind =
      after === undefined
        ? sql`true`
        : sql`(${key}, run_id, object_class) ${isDescending ? sql`<` : sql`>`}
            (${after.key}::text::${keyType(sql, orderBy)}, ${after.runId}, ${after.objectClass})`;
    const rows = await sql<(HistoryRow & { key: string })[]>`
      select ${rowColumns(sql)}, paged.key
      from (
        select run_id, object_class, (${key})::text as key, row_number() over () as place from (
          select * from run_object_class
          where ${matching} and ${upToOf(sql, filter.upToRunId)} and ${behind}
          order by ${key} ${direction}, run_id ${direction}, object_class ${direction} limit ${portionRows}
        ) as run_object_class
      ) as paged join run_object_class using (run_id, object_class) ${liveJoin(sql)}
      order by place`;
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < portionRows) return;
    after = { key: last.key, runId: last.runId, objectClass: last.objectClass };
  }
}

/** One row; undefined where the run has none of the class, or belongs to another connection. */
export async function readHistoryRow(
  sql: Sql,
  connectionId: number,
  runId: number,
  objectClass: string,
): Promise<HistoryRow | undefined> {
  const [row] = await sql<HistoryRow[]>`
    select ${rowColumns(sql)} from run_object_class ${liveJoin(sql)}
    where connection_id = ${connectionId} and run_id = ${runId} and object_class = ${objectClass}`;
  return row;
}

function rowColumns(sql: ISql) {
  return sql`run_id, object_class, coalesce(run_object_class.is_full, live.is_full) as is_full,
    coalesce(run_object_class.reason, live.reason) as reason,
    case when live.is_full then live.read else total::float8 end as total, inserted::float8 as inserted,
    updated::float8 as updated, deleted::float8 as deleted, filtered::float8 as filtered, live.read,
    run_object_class.state, message, run_object_class.started_at, ended_at`;
}

/** What is under way counts as it is read. */
function liveJoin(sql: ISql) {
  return sql`left join lateral (
    select is_full, reason, item_count::float8 as read
    from entity_type join export_set using (entity_type_id)
    where run_object_class.state = 'running' and entity_type.connection_id = run_object_class.connection_id
      and entity_type.name = run_object_class.object_class and export_set.kind = 'synchronize'
      and export_set.state in ('open', 'complete') and export_set.run_id = run_object_class.run_id
    limit 1
  ) as live on true`;
}

/** What a column is sorted by; never null, so that places can be compared. */
function keyOf(sql: ISql, orderBy: HistoryOrder) {
  switch (orderBy) {
    case 'startedAt':
      return sql`started_at`;
    case 'endedAt':
      return sql`coalesce(ended_at, 'infinity')`;
    case 'type':
      return sql`object_class`;
    case 'total':
      return sql`total`;
    case 'changed':
      return sql`(inserted + updated)`;
    case 'deleted':
      return sql`deleted`;
    case 'filtered':
      return sql`filtered`;
    case 'status':
      return sql`state`;
  }
}

function keyType(sql: ISql, orderBy: HistoryOrder) {
  if (orderBy === 'startedAt' || orderBy === 'endedAt') return sql`timestamptz`;
  if (orderBy === 'status') return sql`run_state`;
  return orderBy === 'type' ? sql`text` : sql`bigint`;
}

function upToOf(sql: ISql, upToRunId: number | undefined) {
  return upToRunId === undefined ? sql`true` : sql`run_id <= ${upToRunId}`;
}

/** A connection whose history can be asked for; `connectionId` is null while nothing of it was run. Undefined for a name that nobody knows. */
export async function findHistoryConnection(
  sql: Sql,
  name: string,
): Promise<Readonly<{ connectionId: number | null; name: string }> | undefined> {
  const [connection] = await sql<{ connectionId: number | null; name: string }[]>`
    select connection_id, name from connection where lower(name) = lower(${name})
    union all
    select null, name from tenant where lower(name) = lower(${name})
    union all
    select null, wanted from task cross join lateral unnest(connections) as wanted where lower(wanted) = lower(${name})
    limit 1`;
  return connection;
}
