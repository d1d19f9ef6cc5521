/** Runs of mappings as they are stored: their rows from the beginning to the end, read by people and kept by the engine. */
import type { ISql, JSONValue, Sql, TransactionSql } from 'postgres';
import type { MappingDefinition } from '../model/mapping.ts';
import type {
  Action,
  ReconciliationCounts,
  ReconciliationMode,
  ReconciliationStage,
  ReconciliationState,
  Situation,
} from '../model/reconciliation.ts';
import type { StoredMapping } from './mappings.ts';
import type { Fragment } from './sql-text.ts';

/** What was asked for besides the mode, and what replaces settings of the mapping for one run. */
export type ReconciliationParameters = Readonly<{
  query?: string;
  keys?: readonly string[];
  runsTargetPhase?: boolean;
  allowsEmptySource?: boolean;
  /** What a person has decided on for these situations, whatever the policies say. */
  actions?: Readonly<Partial<Record<Situation, Action>>>;
}>;

/** A guard that held a run back. */
export type BlockReason = Readonly<{
  action: string;
  count: number;
  /** Of how many; null where that means nothing. */
  total: number | null;
  limit: Readonly<{ count: number; percent: number }> | null;
  sentence: string;
}>;

export type StoredReconciliation = Readonly<{
  reconciliationId: number;
  /** Null where the mapping is deleted. */
  mappingId: number | null;
  mappingName: string;
  /** The mapping as it was then. */
  definition: MappingDefinition;
  revision: number;
  mode: ReconciliationMode;
  isDryRun: boolean;
  isForced: boolean;
  parameters: ReconciliationParameters;
  state: ReconciliationState;
  stage: ReconciliationStage;
  message: string | null;
  counts: ReconciliationCounts;
  /** Milliseconds of each stage that was gone through. */
  durations: Readonly<Partial<Record<ReconciliationStage, number>>>;
  blockReasons: readonly BlockReason[] | null;
  /** Where the log of changes was when it began. */
  changePosition: number | null;
  /** Proposed entries up to this one are done. */
  entryPosition: number;
  /** How far the stage is. */
  progress: Readonly<{ processed: number; total: number | null }>;
  taskRunId: number | null;
  jobRunId: number | null;
  /** The run of the target's connection that wrote what it did. */
  runId: number | null;
  startedBy: string;
  startedAt: Date;
  stageAt: Date;
  endedAt: Date | null;
  /** Whether its entries are still kept. */
  hasEntries: boolean;
}>;

export async function readReconciliation(
  sql: ISql,
  reconciliationId: number,
): Promise<StoredReconciliation | undefined> {
  const [row] = await selectReconciliations(sql, sql`reconciliation_id = ${reconciliationId}`, sql``);
  return row;
}

/** Runs from the newest on, of a mapping where its number is given. */
export async function readReconciliations(
  sql: ISql,
  { mappingId, page, pageSize }: Readonly<{ mappingId?: number; page: number; pageSize: number }>,
): Promise<Readonly<{ items: readonly StoredReconciliation[]; total: number }>> {
  const condition = mappingId === undefined ? sql`true` : sql`mapping_id = ${mappingId}`;
  const items = await selectReconciliations(
    sql,
    condition,
    sql`order by reconciliation_id desc limit ${pageSize} offset ${(page - 1) * pageSize}`,
  );
  const [counted] = await sql<{ total: number }[]>`
    select count(*)::float8 as total from reconciliation where ${condition}`;
  return { items, total: counted?.total ?? 0 };
}

/** The newest run of a mapping, dry runs included or not. */
export async function findLatestReconciliation(
  sql: ISql,
  mappingId: number,
  { mayBeDry }: Readonly<{ mayBeDry: boolean }>,
): Promise<StoredReconciliation | undefined> {
  const [row] = await selectReconciliations(
    sql,
    sql`mapping_id = ${mappingId} and (${mayBeDry} or not is_dry_run)`,
    sql`order by reconciliation_id desc limit 1`,
  );
  return row;
}

/** The run that a task of a job makes or has made; the newest where there were several attempts. */
export async function findReconciliationOfTask(
  sql: ISql,
  taskRunId: number,
): Promise<StoredReconciliation | undefined> {
  const [row] = await selectReconciliations(
    sql,
    sql`task_run_id = ${taskRunId}`,
    sql`order by reconciliation_id desc limit 1`,
  );
  return row;
}

export type NewReconciliation = Readonly<{
  mapping: StoredMapping;
  mode: ReconciliationMode;
  isDryRun: boolean;
  isForced: boolean;
  parameters: ReconciliationParameters;
  counts: ReconciliationCounts;
  startedBy: string;
  taskRunId: number | undefined;
}>;

/**
 * Begins a run. Only who holds the mapping may call this: runs of it that nobody ended are known to be interrupted now, and blocked
 * ones are out of date where this one is not a dry one.
 */
export async function beginReconciliation(
  sql: TransactionSql,
  { mapping, mode, isDryRun, isForced, parameters, counts, startedBy, taskRunId }: NewReconciliation,
): Promise<number> {
  await sql`
    update reconciliation set state = 'interrupted', ended_at = now(), message = ${interruption}
    where mapping_id = ${mapping.mappingId} and state = 'running'`;
  if (!isDryRun) {
    await sql`
      update reconciliation set state = 'cancelled', message = ${supersession}
      where mapping_id = ${mapping.mappingId} and state = 'blocked'`;
  }
  const [row] = await sql<{ reconciliationId: number }[]>`
    insert into reconciliation (mapping_id, mapping_name, definition, revision, mode, is_dry_run, is_forced, parameters, counts,
      started_by, task_run_id)
    values (${mapping.mappingId}, ${mapping.name}, ${JSON.stringify(mapping.definition)}::text::jsonb, ${mapping.revision}, ${mode},
      ${isDryRun}, ${isForced}, ${sql.json(parameters as JSONValue)}, ${sql.json(counts as JSONValue)}, ${startedBy},
      ${taskRunId ?? null})
    returning reconciliation_id`;
  if (!row) throw new Error('A reconciliation was begun and cannot be found.');
  return row.reconciliationId;
}

const interruption = 'Ended without a word: the process or its database was stopped.';
const supersession = 'It was blocked, and a later run took its place: nothing of it was done.';

/** Notes who works on a run that somebody else has left, and that it is under way (again). */
export async function reopenReconciliation(
  sql: Sql | TransactionSql,
  reconciliationId: number,
  { taskRunId, isForced }: Readonly<{ taskRunId: number | undefined; isForced: boolean }>,
): Promise<void> {
  await sql`
    update reconciliation set state = 'running', ended_at = null, message = null, task_run_id = coalesce(${taskRunId ?? null}, task_run_id),
      is_forced = is_forced or ${isForced}
    where reconciliation_id = ${reconciliationId}`;
}

export type ReconciliationChange = Readonly<{
  stage: ReconciliationStage;
  counts: ReconciliationCounts;
  durations: Readonly<Partial<Record<ReconciliationStage, number>>>;
  progress: Readonly<{ processed: number; total: number | null }>;
}>;

/** Notes how far a run is. */
export async function recordReconciliation(
  sql: Sql | TransactionSql,
  reconciliationId: number,
  { stage, counts, durations, progress }: ReconciliationChange,
): Promise<void> {
  await sql`
    update reconciliation
    set stage_at = case when stage = ${stage} then stage_at else now() end, stage = ${stage},
        counts = ${sql.json(counts as JSONValue)}, durations = ${sql.json(durations as JSONValue)},
        stage_done = ${progress.processed}, stage_total = ${progress.total}
    where reconciliation_id = ${reconciliationId} and state = 'running'`;
}

/** Notes where the log of changes was when a run began to look. */
export async function recordChangePosition(
  sql: Sql | TransactionSql,
  reconciliationId: number,
  changePosition: number,
): Promise<void> {
  await sql`
    update reconciliation set change_position = ${changePosition} where reconciliation_id = ${reconciliationId}`;
}

/** Notes that a run is blocked, with the reasons. */
export async function recordBlock(
  sql: Sql | TransactionSql,
  reconciliationId: number,
  reasons: readonly BlockReason[],
): Promise<void> {
  await sql`
    update reconciliation set block_reasons = ${sql.json(reasons as unknown as JSONValue)}
    where reconciliation_id = ${reconciliationId}`;
}

/**
 * Takes the row of a run for the rest of the transaction. Undefined where it is not being acted on any more, or its entries are done
 * up to another one than this process knows: somebody else has gone on with it.
 */
export async function claimReconciliation(
  sql: TransactionSql,
  reconciliationId: number,
  entryPosition: number,
): Promise<Readonly<{ runId: number | null }> | undefined> {
  const [row] = await sql<{ runId: number | null }[]>`
    select run_id from reconciliation
    where reconciliation_id = ${reconciliationId} and state = 'running' and stage = 'acting' and entry_position = ${entryPosition}
    for update`;
  return row;
}

/** Notes that proposed entries are done up to one, in the transaction that did them. */
export async function recordActed(
  sql: TransactionSql,
  reconciliationId: number,
  {
    entryPosition,
    counts,
    done,
  }: Readonly<{ entryPosition: number; counts: ReconciliationCounts; done: number }>,
): Promise<void> {
  await sql`
    update reconciliation set entry_position = ${entryPosition}, counts = ${sql.json(counts as JSONValue)}, stage_done = ${done}
    where reconciliation_id = ${reconciliationId}`;
}

/** Notes the run of the target's connection that everything is written in. */
export async function recordTargetRun(
  sql: TransactionSql,
  reconciliationId: number,
  runId: number,
): Promise<void> {
  await sql`update reconciliation set run_id = ${runId} where reconciliation_id = ${reconciliationId}`;
}

export type ReconciliationEnd = Readonly<{
  state: Exclude<ReconciliationState, 'running'>;
  message: string | null;
  change: ReconciliationChange | undefined;
}>;

/** Ends a run that is under way. Says whether it was. */
export async function endReconciliation(
  sql: Sql | TransactionSql,
  reconciliationId: number,
  { state, message, change }: ReconciliationEnd,
): Promise<boolean> {
  if (change) await recordReconciliation(sql, reconciliationId, change);
  // What is blocked waits between checking and acting.
  const stage = state === 'blocked' ? sql`stage` : sql`'ended'::reconciliation_stage`;
  const counts = state === 'blocked' ? sql`counts` : countsOfDone(sql);
  const ended = await sql`
    update reconciliation set state = ${state}, message = ${message}, ended_at = now(), stage = ${stage}, stage_at = now(),
      counts = ${counts}
    where reconciliation_id = ${reconciliationId} and state = 'running'`;
  return ended.count === 1;
}

/** The counts of a run that has ended: what it would have done before it came to acting is not counted as done. */
function countsOfDone(sql: ISql): Fragment {
  return sql`
    case when is_dry_run or stage in ('acting', 'ended') then counts
    else counts || jsonb_build_object(
      'target', coalesce(counts -> 'target', '{}') || '{"created": 0, "updated": 0, "deleted": 0}',
      'links', '{"created": 0, "removed": 0, "moved": 0}'::jsonb)
    end`;
}

/** Drops what a blocked run would do. Says whether it was blocked. */
export async function discardReconciliation(
  sql: Sql | TransactionSql,
  reconciliationId: number,
  message: string,
): Promise<boolean> {
  const dropped = await sql`
    update reconciliation set state = 'cancelled', message = ${message}, stage = 'ended', stage_at = now(),
      counts = ${countsOfDone(sql)}
    where reconciliation_id = ${reconciliationId} and state = 'blocked'`;
  return dropped.count === 1;
}

/**
 * Notes that everything in the log up to a number has been reconciled, with the account links of other mappings up to one. It never goes back, unless somebody has reset it
 * meanwhile.
 */
export async function advanceChangePosition(
  sql: TransactionSql,
  mappingId: number,
  { from, to, linkPosition }: Readonly<{ from: number | null; to: number; linkPosition: number }>,
): Promise<void> {
  await sql`
    update mapping set change_position = ${to}, link_position = greatest(link_position, ${linkPosition}::bigint)
    where mapping_id = ${mappingId} and change_position is not distinct from ${from}::bigint
      and (change_position is null or change_position < ${to})`;
}

/** Runs that meet a condition on `reconciliation`, in the order and as many as `rest` says. */
export async function selectReconciliations(
  sql: ISql,
  condition: Fragment | ReturnType<ISql>,
  rest: Fragment | ReturnType<ISql>,
): Promise<StoredReconciliation[]> {
  return await sql<StoredReconciliation[]>`
    select reconciliation_id, mapping_id, mapping_name, reconciliation.definition, revision, mode, is_dry_run, is_forced, parameters,
      reconciliation.state, stage, reconciliation.message, counts, durations, block_reasons,
      change_position::float8 as change_position, entry_position::float8 as entry_position,
      jsonb_build_object('processed', stage_done, 'total', stage_total) as progress, task_run_id, task_run.job_run_id, run_id,
      started_by, reconciliation.started_at, stage_at, reconciliation.ended_at, entries_removed_at is null as has_entries
    from reconciliation left join task_run using (task_run_id)
    where ${condition} ${rest}`;
}
