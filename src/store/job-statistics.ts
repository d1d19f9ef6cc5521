/** What the last runs of jobs tell: how they ended, how long they took, and so how long the next one may take. */
import type { ISql, Sql } from 'postgres';
import type { RunState } from '../model/job.ts';

/** A run that has ended. */
export type EndedRun = Readonly<{
  jobRunId: number;
  state: RunState;
  startedAt: Date;
  /** From its beginning to its end. */
  seconds: number;
}>;

export type JobStatistics = Readonly<{
  jobId: number;
  /** The last ones that ended, the newest first. */
  lastRuns: readonly EndedRun[];
  /** How long those of them took in the middle that did what they were to; null where there is none. */
  medianSeconds: number | null;
  /** The one that is queued or running. */
  underWay: Readonly<{ jobRunId: number; state: RunState }> | null;
}>;

/** How many runs back are looked at. */
const lookedBack = 20;

/** Of these jobs, in no particular order. */
export async function readJobStatistics(sql: ISql, jobIds: readonly number[]): Promise<JobStatistics[]> {
  const rows = await sql<
    (Omit<JobStatistics, 'lastRuns' | 'medianSeconds'> & {
      lastRuns: readonly (Omit<EndedRun, 'startedAt'> & { startedAt: string })[];
    })[]
  >`
    select job_id,
      (select coalesce(jsonb_agg(jsonb_build_object('jobRunId', job_run_id, 'state', state, 'startedAt', started_at,
          'seconds', extract(epoch from ended_at - started_at)) order by job_run_id desc), '[]')
       from (
         select job_run_id, state, coalesce(started_at, queued_at) as started_at, ended_at
         from job_run where job_run.job_id = wanted.job_id and ended_at is not null
         order by job_run_id desc limit ${lookedBack}) as last) as last_runs,
      (select jsonb_build_object('jobRunId', job_run_id, 'state', state)
       from job_run where job_run.job_id = wanted.job_id and state in ('queued', 'running')) as under_way
    from unnest(${[...jobIds]}::int[]) as wanted (job_id)`;
  return rows.map(({ lastRuns, ...row }) => ({
    ...row,
    lastRuns: lastRuns.map((run) => ({ ...run, startedAt: new Date(run.startedAt) })),
    medianSeconds: median(lastRuns.filter(({ state }) => isDone(state)).map(({ seconds }) => seconds)),
  }));
}

/** How long a run and its tasks may take, in seconds, from the last ones of their kind; null where there was none. */
export type Expectation = Readonly<{ seconds: number | null; tasks: ReadonlyMap<string, number> }>;

/** What a run of a job, in full or not, may take. */
export async function readExpectation(sql: Sql, jobId: number | null, isFull: boolean): Promise<Expectation> {
  if (jobId === null) return { seconds: null, tasks: new Map() };
  const rows = await sql<{ identifier: string | null; seconds: number }[]>`
    with last as (
      select job_run_id, extract(epoch from ended_at - started_at)::float8 as seconds
      from job_run
      where job_id = ${jobId} and is_full = ${isFull} and state in ('succeeded', 'succeeded-with-warnings')
        and started_at is not null and resumes_job_run_id is null
      order by job_run_id desc limit ${lookedBack})
    select null as identifier, percentile_cont(0.5) within group (order by seconds) as seconds
    from last having count(*) > 0
    union all
    select identifier, percentile_cont(0.5) within group (order by extract(epoch from ended_at - started_at)::float8)
    from task_run join last using (job_run_id)
    where state = 'succeeded' and started_at is not null group by identifier`;
  return {
    seconds: rows.find(({ identifier }) => identifier === null)?.seconds ?? null,
    tasks: new Map(
      rows.flatMap(({ identifier, seconds }) => (identifier === null ? [] : [[identifier, seconds]])),
    ),
  };
}

/** Did what it was to do, as far as it could be done. */
function isDone(state: RunState): boolean {
  return state === 'succeeded' || state === 'succeeded-with-warnings';
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle];
  const low = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  return high === undefined || low === undefined ? null : (low + high) / 2;
}
