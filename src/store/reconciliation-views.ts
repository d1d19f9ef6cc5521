/** What people look at around reconciliations: lists of runs, why entries failed, what is tried again, and how far a mapping has come. */
import type { ISql, Sql, TransactionSql } from 'postgres';
import type { EntryPhase, ReconciliationMode, Situation } from '../model/reconciliation.ts';
import { type StoredReconciliation, selectReconciliations } from './reconciliations.ts';

export type ReconciliationFilter = Readonly<{
  mappingId?: number | undefined;
  modes?: readonly ReconciliationMode[] | undefined;
  /** Only those that found anything, wait for a person, failed or are under way. */
  isTelling?: boolean;
  jobRunId?: number | undefined;
  /** In any case in who started it or what it told, or its number. */
  search?: string | undefined;
}>;

const largestTotal = 100_000;

/** A page of runs, the newest first. */
export async function readReconciliationPage(
  sql: Sql,
  { mappingId, modes, isTelling = false, jobRunId, search }: ReconciliationFilter,
  { page, pageSize }: Readonly<{ page: number; pageSize: number }>,
): Promise<Readonly<{ items: readonly StoredReconciliation[]; total: number; isTotalExact: boolean }>> {
  const conditions: ReturnType<ISql>[] = [];
  if (mappingId !== undefined) conditions.push(sql`mapping_id = ${mappingId}`);
  if (modes !== undefined) conditions.push(sql`mode = any(${[...modes]}::text[]::reconciliation_mode[])`);
  if (isTelling) {
    conditions.push(sql`(reconciliation.state not in ('succeeded', 'cancelled') or exists (
      select from jsonb_each(counts->'situations') as found (situation, count) where count > '0'))`);
  }
  if (jobRunId !== undefined) {
    conditions.push(
      sql`task_run_id in (select task_run_id from task_run where task_run.job_run_id = ${jobRunId})`,
    );
  }
  if (search !== undefined) {
    conditions.push(sql`(reconciliation_id::text = ${search} or strpos(lower(started_by), lower(${search})) > 0
      or strpos(lower(coalesce(reconciliation.message, '')), lower(${search})) > 0)`);
  }
  const condition = conditions.reduce<ReturnType<ISql>>((all, one) => sql`${all} and ${one}`, sql`true`);
  const items = await selectReconciliations(
    sql,
    condition,
    sql`order by reconciliation_id desc limit ${pageSize} offset ${(page - 1) * pageSize}`,
  );
  // The one page that most people ask for tells it by itself.
  if (page === 1 && items.length < pageSize) return { items, total: items.length, isTotalExact: true };
  const [counted] = await sql<{ total: number }[]>`
    select count(*)::int as total from (
      select from reconciliation where ${condition} limit ${largestTotal + 1}) as counted`;
  const total = counted?.total ?? 0;
  return { items, total: Math.min(total, largestTotal), isTotalExact: total <= largestTotal };
}

export type RunSurroundings = Readonly<{
  /** The mappings that are still there, by number. */
  mappings: ReadonlyMap<
    number,
    Readonly<{
      name: string;
      revision: number;
      application: Readonly<{ applicationId: number; name: string }> | null;
    }>
  >;
  /** The runs of jobs that somebody has asked to end. */
  cancelledJobRunIds: ReadonlySet<number>;
  /** By the number of the reconciliation: failed entries of each situation; null is what failed before one was found. */
  failures: ReadonlyMap<number, ReadonlyMap<Situation | null, number>>;
}>;

/** What is shown of runs besides their rows. */
export async function readRunSurroundings(
  sql: Sql,
  runs: readonly StoredReconciliation[],
): Promise<RunSurroundings> {
  const mappingIds = [...new Set(runs.flatMap(({ mappingId }) => mappingId ?? []))];
  const jobRunIds = runs.flatMap(({ jobRunId }) => jobRunId ?? []);
  const failing = runs.filter(({ counts, hasEntries }) => hasEntries && (counts.failed ?? 0) > 0);
  const [mappings, cancelled, failed] = await Promise.all([
    sql<
      {
        mappingId: number;
        name: string;
        revision: number;
        application: Readonly<{ applicationId: number; name: string }> | null;
      }[]
    >`
      select mapping_id, mapping.name, revision, case when application_id is not null
          then jsonb_build_object('applicationId', application_id, 'name', application.name) end as application
      from mapping left join application using (application_id) where mapping_id = any(${mappingIds}::int[])`,
    sql<{ jobRunId: number }[]>`
      select job_run_id from job_run where job_run_id = any(${jobRunIds}::int[]) and is_cancel_requested`,
    sql<{ reconciliationId: number; situation: Situation | null; failed: number }[]>`
      select reconciliation_id, situation, count(*)::float8 as failed from reconciliation_entry
      where reconciliation_id = any(${failing.map(({ reconciliationId }) => reconciliationId)}::int[]) and status = 'failed'
      group by reconciliation_id, situation`,
  ]);
  const failures = new Map<number, Map<Situation | null, number>>();
  for (const { reconciliationId, situation, failed: count } of failed) {
    const ofRun = failures.get(reconciliationId) ?? new Map<Situation | null, number>();
    failures.set(reconciliationId, ofRun.set(situation, count));
  }
  return {
    mappings: new Map(mappings.map(({ mappingId, ...mapping }) => [mappingId, mapping])),
    cancelledJobRunIds: new Set(cancelled.map(({ jobRunId }) => jobRunId)),
    failures,
  };
}

export type FailureCause = Readonly<{
  message: string;
  count: number;
  /** Null where it failed before one was found, or not all have the same. */
  situation: Situation | null;
  example: Readonly<{ entryNumber: number; name: string }>;
}>;

/** The sentences with which entries of a run failed, those of most entries first. */
export async function readFailureCauses(
  sql: Sql,
  reconciliationId: number,
  limit: number,
): Promise<readonly FailureCause[]> {
  return await sql<FailureCause[]>`
    with cause as (
      select coalesce(message, '') as message, count(*)::float8 as count, min(entry_number) as entry_number,
        case when count(distinct situation) = 1 and count(situation) = count(*) then min(situation) end as situation
      from reconciliation_entry where reconciliation_id = ${reconciliationId} and status = 'failed'
      group by 1 order by 2 desc, 3 limit ${limit}
    )
    select cause.message, cause.count, cause.situation,
      jsonb_build_object('entryNumber', cause.entry_number,
        'name', coalesce(source_name, source_key, target_name, target_key, '')) as example
    from cause join reconciliation_entry on reconciliation_id = ${reconciliationId} and reconciliation_entry.entry_number = cause.entry_number
    order by cause.count desc, cause.entry_number`;
}

/** The source resources of failed entries: all, those with a sentence, or those of some numbers. */
export async function readFailedSources(
  sql: Sql,
  reconciliationId: number,
  {
    message,
    entryNumbers,
    limit,
  }: Readonly<{ message?: string | undefined; entryNumbers?: readonly number[] | undefined; limit: number }>,
): Promise<Readonly<{ keys: readonly string[]; count: number; isWithoutSource: boolean }>> {
  const rows = await sql<{ sourceKey: string | null }[]>`
    select distinct source_key from reconciliation_entry
    where reconciliation_id = ${reconciliationId} and status = 'failed'
      and ${message === undefined ? sql`true` : sql`coalesce(message, '') = ${message}`}
      and ${entryNumbers === undefined ? sql`true` : sql`entry_number = any(${entryNumbers.map(String)}::text[]::bigint[])`}
    order by source_key limit ${limit + 1}`;
  const keys = rows.flatMap(({ sourceKey }) => sourceKey ?? []);
  return { keys: keys.slice(0, limit), count: rows.length, isWithoutSource: keys.length < rows.length };
}

export type RetriedEntry = Readonly<{ attempts: number; firstFailedAt: Date; lastFailedAt: Date }>;
export type RetryPlace = Readonly<{ mappingId: number; qualifier: string; phase: EntryPhase; key: string }>;

/** Whether something is looked at again by every run. */
export async function findRetry(sql: ISql, place: RetryPlace): Promise<RetriedEntry | undefined> {
  const [row] = await sql<RetriedEntry[]>`
    select attempts, first_failed_at, last_failed_at from reconciliation_retry where ${isAt(sql, place)}`;
  return row;
}

/** Has runs not look at it again by themselves. Says whether they did. */
export async function dropRetry(sql: TransactionSql, place: RetryPlace): Promise<boolean> {
  const dropped = await sql`delete from reconciliation_retry where ${isAt(sql, place)}`;
  return dropped.count > 0;
}

function isAt(sql: ISql, { mappingId, qualifier, phase, key }: RetryPlace) {
  return sql`mapping_id = ${mappingId} and qualifier = ${qualifier} and phase = ${phase} and key = ${key}`;
}

export type MappingPosition = Readonly<{
  position: number | null;
  /** The last number of the log that was given away. */
  latest: number;
  reachedAt: Date | null;
  reachedBy: number | null;
  retries: number;
}>;

/** How far a mapping has come in the log of changes. */
export async function readMappingPosition(sql: Sql, mappingId: number): Promise<MappingPosition> {
  const [row] = await sql<MappingPosition[]>`
    select mapping.change_position::float8 as position,
      (select case when is_called then last_value else 0 end::float8 from change_change_number_seq) as latest,
      reached.ended_at as reached_at, reached.reconciliation_id as reached_by,
      (select count(*)::int from reconciliation_retry where reconciliation_retry.mapping_id = mapping.mapping_id) as retries
    from mapping left join lateral (
      select reconciliation_id, ended_at from reconciliation
      where reconciliation.mapping_id = mapping.mapping_id and not is_dry_run and reconciliation.change_position = mapping.change_position
      order by reconciliation_id desc limit 1) as reached on true
    where mapping.mapping_id = ${mappingId}`;
  if (!row) throw new Error(`The mapping ${mappingId} cannot be found.`);
  return row;
}

/** The name that a mapping has now; undefined where it is deleted. */
export async function findMappingName(sql: ISql, mappingId: number): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`select name from mapping where mapping_id = ${mappingId}`;
  return row?.name;
}
