/** Jobs and runs as lists that people look through: searched, filtered, sorted, and a page at a time. */
import type { ISql, Sql } from 'postgres';
import type { RunState } from '../model/job.ts';
import { type JobRunSummary, summaryColumns } from './job-runs.ts';
import { readJobsOf, type StoredJob } from './jobs.ts';

/** A page of a list with the number of all that match. */
export type ListPage<Item> = Readonly<{ items: readonly Item[]; total: number; isTotalExact: boolean }>;

/** Where a page begins, and how many it has at most. */
export type PageWindow = Readonly<{ page: number; pageSize: number }>;

/** More are not counted. */
const mostCounted = 100_000;

export const jobOrders = ['displayName', 'identifier', 'nextRunAt', 'lastRunAt'] as const;
export type JobOrder = (typeof jobOrders)[number];

export type JobSelection = PageWindow &
  Readonly<{
    /** Plain text in the display name or the identifier, in any case. */
    search?: string | undefined;
    orderBy: JobOrder;
    isDescending: boolean;
  }>;

/** Jobs that match. What has no next or last run comes last, whatever the direction. */
export async function readJobPage(sql: Sql, selection: JobSelection): Promise<ListPage<StoredJob>> {
  const { search, orderBy, isDescending, page, pageSize } = selection;
  const keys: Readonly<Record<JobOrder, ReturnType<ISql>>> = {
    displayName: sql`lower(display_name)`,
    identifier: sql`lower(identifier)`,
    nextRunAt: sql`case when is_enabled then next_run_at end`,
    lastRunAt: sql`(select max(job_run_id) from job_run where job_run.job_id = job.job_id)`,
  };
  const rows = await sql<{ jobId: number; total: number }[]>`
    select job_id, count(*) over ()::int as total
    from job
    where ${search === undefined ? sql`true` : sql`(${has(sql, 'display_name', search)} or ${has(sql, 'identifier', search)})`}
    order by ${keys[orderBy]} ${direction(sql, isDescending)}, lower(identifier)
    limit ${pageSize} offset ${(page - 1) * pageSize}`;
  const items = await readJobsOf(
    sql,
    rows.map(({ jobId }) => jobId),
  );
  const total = rows[0]?.total ?? (page === 1 ? 0 : await countJobs(sql, search));
  return { items, total, isTotalExact: true };
}

/** Behind the last page, too, a list has its number. */
async function countJobs(sql: Sql, search: string | undefined): Promise<number> {
  const [row] = await sql<{ total: number }[]>`
    select count(*)::int as total from job
    where ${search === undefined ? sql`true` : sql`(${has(sql, 'display_name', search)} or ${has(sql, 'identifier', search)})`}`;
  return row?.total ?? 0;
}

export const runOrders = ['startedAt', 'endedAt', 'job', 'duration'] as const;
export type RunOrder = (typeof runOrders)[number];

export type RunFilter = Readonly<{
  /** Only runs of this job, in any case. */
  jobIdentifier?: string | undefined;
  state?: RunState | undefined;
  /** Only those that have ended, or only those that have not. */
  isEnded?: boolean | undefined;
  /** Asked for at this time or after it. */
  from?: Date | undefined;
  /** Asked for before this time. */
  to?: Date | undefined;
  /** Only older ones than this. */
  before?: number | undefined;
  /** Plain text in the job's names, in who started it, why, or what came of it; or the number of the run. */
  search?: string | undefined;
}>;

export type RunSelection = PageWindow &
  Readonly<{ filter: RunFilter; orderBy: RunOrder; isDescending: boolean }>;

/** A run in a list, with the name of its job as people know it; its identifier where the job is gone. */
export type ListedRun = JobRunSummary & Readonly<{ displayName: string }>;

/** Runs that match. */
export async function readRunPage(sql: Sql, selection: RunSelection): Promise<ListPage<ListedRun>> {
  const find = selection.filter.search === undefined ? findFiltered : findSearched;
  const { jobRunIds, total } = await find(sql, selection);
  const items = await sql<ListedRun[]>`
    select ${summaryColumns(sql)},
      coalesce((select display_name from job where job.job_id = job_run.job_id), job_identifier) as display_name
    from jsonb_array_elements_text(${sql.json(jobRunIds)}) with ordinality as wanted (number, place)
      join job_run on job_run_id = number::int
    order by place`;
  return { items, total: Math.min(total, mostCounted), isTotalExact: total <= mostCounted };
}

type FoundRuns = Readonly<{ jobRunIds: number[]; total: number }>;

/** What indexes find: the page and the number of all are two questions, which each stop as soon as they can. */
async function findFiltered(sql: Sql, selection: RunSelection): Promise<FoundRuns> {
  const { filter, page, pageSize } = selection;
  const [rows, [counted]] = await Promise.all([
    sql<{ jobRunId: number }[]>`
      select job_run_id from job_run where ${matches(sql, filter)} order by ${orderOf(sql, selection)}
      limit ${pageSize} offset ${(page - 1) * pageSize}`,
    sql<{ total: number }[]>`
      select count(*)::int as total
      from (select from job_run where ${matches(sql, filter)} limit ${mostCounted + 1}) as counted`,
  ]);
  return { jobRunIds: rows.map(({ jobRunId }) => jobRunId), total: counted?.total ?? 0 };
}

/** What no index finds: the runs are looked through once, for both. */
async function findSearched(sql: Sql, selection: RunSelection): Promise<FoundRuns> {
  const { filter, page, pageSize } = selection;
  const [found] = await sql<FoundRuns[]>`
    with matching as materialized (
      select job_run_id, ended_at, job_identifier, started_at from job_run where ${matches(sql, filter)})
    select (select count(*)::int from matching) as total,
      array_to_json(array(
        select job_run_id from matching order by ${orderOf(sql, selection)}
        limit ${pageSize} offset ${(page - 1) * pageSize})) as job_run_ids`;
  return found ?? { jobRunIds: [], total: 0 };
}

function orderOf(sql: ISql, { orderBy, isDescending }: RunSelection) {
  const keys: Readonly<Record<Exclude<RunOrder, 'startedAt'>, ReturnType<ISql>>> = {
    endedAt: sql`ended_at`,
    job: sql`lower(job_identifier)`,
    duration: sql`ended_at - started_at`,
  };
  // Runs are numbered as they are asked for, and none lacks its number: the index of numbers is used both ways.
  if (orderBy === 'startedAt') return isDescending ? sql`job_run_id desc` : sql`job_run_id`;
  return sql`${keys[orderBy]} ${direction(sql, isDescending)}, job_run_id desc`;
}

function matches(sql: ISql, filter: RunFilter) {
  const { jobIdentifier, state, isEnded, from, to, before, search } = filter;
  const underWay = sql`state in ('queued', 'running')`;
  return sql`
    ${jobIdentifier === undefined ? sql`true` : sql`lower(job_identifier) = lower(${jobIdentifier})`}
    and ${state === undefined ? sql`true` : sql`state = ${state}`}
    and ${isEnded === undefined ? sql`true` : isEnded ? sql`not ${underWay}` : underWay}
    and ${from === undefined ? sql`true` : sql`queued_at >= ${from}`}
    and ${to === undefined ? sql`true` : sql`queued_at < ${to}`}
    and ${before === undefined ? sql`true` : sql`job_run_id < ${before}`}
    and ${search === undefined ? sql`true` : found(sql, search)}`;
}

/** A display name leads to its runs by the job, so that it need not be looked up for each of them. */
function found(sql: ISql, search: string) {
  const number = /^\d{1,9}$/.test(search) ? sql`or job_run_id = ${Number(search)}` : sql``;
  return sql`(strpos(searched, lower(${search})) > 0 ${number}
    or job_id = any(array(select job_id from job where ${has(sql, 'display_name', search)})))`;
}

/** Nothing of the text is a pattern. */
function has(sql: ISql, column: string, search: string) {
  return sql`coalesce(strpos(lower(${sql(column)}), lower(${search})) > 0, false)`;
}

function direction(sql: ISql, isDescending: boolean) {
  return isDescending ? sql`desc nulls last` : sql`asc nulls last`;
}
