/** What the dashboard shows, each part by itself: what waits for a person, how much changed, and how things are run. */
import type { ISql, Sql } from 'postgres';
import { identitiesSource } from '../model/identity-schema.ts';

export type BlockedConnection = Readonly<{
  connection: string;
  reasons: readonly string[];
  blockedAt: Date;
  /** The execution of a job whose page leads to the review; null for a command. */
  jobRunId: number | null;
}>;

/** Connections that hold something back, the longest waiting first. */
export async function readBlockedConnections(sql: ISql): Promise<BlockedConnection[]> {
  return await sql<BlockedConnection[]>`
    select connection.name as connection, reasons, blocked_at, job_run_id
    from connection_block join connection using (connection_id) join run using (run_id)
      left join task_run using (task_run_id)
    order by blocked_at`;
}

export type SubscriptionProblem = Readonly<{
  connection: string;
  resource: string;
  problem: string;
  failures: number;
}>;

/** Changes that Microsoft Graph does not tell of, although it is to. */
export async function readSubscriptionProblems(sql: ISql): Promise<SubscriptionProblem[]> {
  return await sql<SubscriptionProblem[]>`
    select connection, resource, problem, failures from graph_subscription where problem is not null order by connection, resource`;
}

export type Reread = Readonly<{ connection: string; objectClass: string; reason: string; at: Date }>;

/** What was read in full in the last day although nobody asked for it: its delta token was lost, or could not be used. */
export async function readRereads(sql: ISql, now: Date): Promise<Reread[]> {
  return await sql<Reread[]>`
    select distinct on (connection.name, object_class) connection.name as connection, object_class, reason,
      run_object_class.started_at as at
    from run_object_class join connection using (connection_id)
    where ended_at > ${now}::timestamptz - interval '1 day' and ended_at is not null and not is_link and is_full
      and reason is not null and reason <> all(${expectedReasons}::text[]) and reason not like 'a full scan was asked for by %'
    order by connection.name, object_class, run_id desc`;
}

/** As src/sync/plan.ts says why it reads everything where that is no surprise. */
const expectedReasons = [
  'it was asked for',
  'it is the first time',
  'the mapping has changed',
  'changes were discarded',
];

export type ChangeBucket = Readonly<{
  at: Date;
  inserted: number;
  updated: number;
  deleted: number;
  /** Links that came or went. */
  links: number;
}>;

export type ChangeSpan = Readonly<{
  from: Date;
  to: Date;
  bucket: 'hour' | 'day';
  timeZone: string;
  connection?: string | undefined;
}>;

/** How much changed in each hour or day of a span; those in which nothing did are there, too. */
export async function readChangeSeries(sql: ISql, span: ChangeSpan): Promise<ChangeBucket[]> {
  const { from, to, bucket, timeZone } = span;
  // Hours are counted through when the clocks change, days are those of the calendar.
  const begin = bucket === 'hour' ? sql`at` : sql`(at at time zone ${timeZone})`;
  return await sql<ChangeBucket[]>`
    with bucket as (
      select at, lead(at, 1, ${to}::timestamptz) over (order by at) as ends_at from (
        select ${begin} as at
        from generate_series(${
          bucket === 'hour'
            ? sql`${from}::timestamptz, ${to}::timestamptz - interval '1 millisecond', interval '1 hour'`
            : sql`date_trunc('day', ${from}::timestamptz at time zone ${timeZone}),
                (${to}::timestamptz - interval '1 millisecond') at time zone ${timeZone}, interval '1 day'`
        }) as at
      ) as begun
    ), counted as (
      select width_bucket(ended_at, (select array_agg(at order by at) from bucket)) as place,
        coalesce(sum(inserted) filter (where not is_link), 0) as inserted,
        coalesce(sum(updated) filter (where not is_link), 0) as updated,
        coalesce(sum(deleted) filter (where not is_link), 0) as deleted,
        coalesce(sum(inserted + deleted) filter (where is_link), 0) as links
      from run_object_class
      where ended_at is not null and ended_at >= ${from} and ended_at < ${to} ${ofConnection(sql, span.connection)}
      group by place
    )
    select at, coalesce(inserted, 0)::float8 as inserted, coalesce(updated, 0)::float8 as updated,
      coalesce(deleted, 0)::float8 as deleted, coalesce(links, 0)::float8 as links
    from (select at, row_number() over (order by at) as place from bucket) as numbered left join counted using (place)
    order by at`;
}

export type ChangeMarker = Readonly<{ at: Date; kind: 'full-scan' | 'configuration'; subject: string }>;

const mostMarkers = 100;

/** What explains a leap in the series: full scans, and configurations that were deployed. */
export async function readChangeMarkers(
  sql: ISql,
  { from, to, connection }: ChangeSpan,
): Promise<ChangeMarker[]> {
  return await sql<ChangeMarker[]>`
    (select min(run_object_class.started_at) as at, 'full-scan' as kind, connection.name as subject
     from run_object_class join connection using (connection_id)
     where ended_at is not null and ended_at >= ${from} and ended_at < ${to} and not is_link and is_full
       ${ofConnection(sql, connection)}
     group by run_id, connection.name order by at desc limit ${mostMarkers})
    union all
    (select recorded_at, 'configuration', actor from audit_entry
     where recorded_at >= ${from} and recorded_at < ${to} and action = 'configuration.deploy' and outcome = 'done'
     order by recorded_at desc limit ${mostMarkers})
    order by at`;
}

function ofConnection(sql: ISql, connection: string | undefined) {
  // What is written to identities has come from elsewhere, and counts there.
  return connection === undefined
    ? sql`and run_object_class.connection_id <> (select connection_id from connection where source = ${identitiesSource})`
    : sql`and run_object_class.connection_id = (select connection_id from connection where lower(name) = lower(${connection}))`;
}

export type ConnectionActivity = Readonly<{
  connection: string;
  /** When a synchronization last succeeded; null where none has. */
  lastSuccessAt: Date | null;
  /** Resources by entity type. */
  objects: Readonly<Record<string, number>>;
  /** Changes in each of the last twelve hours, the oldest first. */
  changes: readonly number[];
}>;

/** How far each connection is, and how busy it was. */
export async function readConnectionActivity(sql: Sql, now: Date): Promise<ConnectionActivity[]> {
  const from = new Date(now.getTime() - 12 * 3_600_000);
  return await sql<ConnectionActivity[]>`
    with hour as (
      select connection_id, hour.place, coalesce(sum(changes), 0)::float8 as changes
      from connection cross join generate_series(1, 12) as hour (place)
        left join (
          select connection_id, least(12, width_bucket(extract(epoch from ended_at - ${from}::timestamptz), 0, 43200, 12)) as place,
            inserted + updated + deleted as changes
          from run_object_class
          where ended_at is not null and ended_at >= ${from} and not is_link
        ) as counted using (connection_id, place)
      group by connection_id, hour.place
    )
    select connection.name as connection,
      (select ended_at from run where run.connection_id = connection.connection_id and state = 'succeeded' and kind <> 'verify'
       order by run_id desc limit 1) as last_success_at,
      (select coalesce(jsonb_object_agg(entity_type.name, resource_count), '{}')
       from entity_type where entity_type.connection_id = connection.connection_id) as objects,
      (select jsonb_agg(changes order by place) from hour where hour.connection_id = connection.connection_id) as changes
    from connection order by connection.name`;
}

export type OperationCounts = Readonly<{
  running: number;
  queued: number;
  blocked: number;
  failedToday: number;
  failedDayBefore: number;
  /** Failures in each of the last 24 hours, the oldest first. */
  failures: readonly number[];
}>;

/** How the runs of jobs stand, and how many failed. */
export async function readOperationCounts(sql: ISql, now: Date): Promise<OperationCounts> {
  const [counts] = await sql<OperationCounts[]>`
    with failed as (
      select extract(epoch from ${now}::timestamptz - ended_at)::int / 3600 as hours_ago
      from job_run
      where ended_at is not null and ended_at > ${now}::timestamptz - interval '2 days' and state = 'failed'
      union all
      select extract(epoch from ${now}::timestamptz - ended_at)::int / 3600
      from run
      where ended_at is not null and ended_at > ${now}::timestamptz - interval '2 days' and state = 'failed' and task_run_id is null
    )
    select
      (select count(*)::int from job_run where state = 'running') as running,
      (select count(*)::int from job_run where state = 'queued') as queued,
      (select count(*)::int from connection_block) as blocked,
      (select count(*)::int from failed where hours_ago < 24) as failed_today,
      (select count(*)::int from failed where hours_ago >= 24) as failed_day_before,
      (select jsonb_agg((select count(*)::int from failed where hours_ago = hour) order by hour desc)
       from generate_series(0, 23) as hour) as failures`;
  if (!counts) throw new Error('PostgreSQL answered a query without a from clause with no row.');
  return counts;
}

export type AdministrationCounts = Readonly<{
  jobs: number;
  connections: number;
  revision: number | null;
  deployedAt: Date | null;
  /** What people and programs did in the last day. */
  auditToday: number;
}>;

/** One line each for what an administrator turns to. */
export async function readAdministrationCounts(sql: ISql, now: Date): Promise<AdministrationCounts> {
  const [counts] = await sql<AdministrationCounts[]>`
    select
      (select count(*)::int from job) as jobs,
      (select count(*)::int from connection where source <> ${identitiesSource}) as connections,
      (select revision from deployed_configuration) as revision,
      (select deployed_at from deployed_configuration) as deployed_at,
      (select count(*)::int from audit_entry where recorded_at > ${now}::timestamptz - interval '1 day') as audit_today`;
  if (!counts) throw new Error('PostgreSQL answered a query without a from clause with no row.');
  return counts;
}
