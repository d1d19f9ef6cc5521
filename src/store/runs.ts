/** Runs: what was done on a connection, when, and how it ended. */
import type { ISql, Sql } from 'postgres';
import { transact } from './transaction.ts';

export type RunKind = 'synchronize' | 'verify' | 'export';
/** `blocked`: a guard holds back what it has read, until a person decides. */
export type RunEnd = 'succeeded' | 'failed' | 'cancelled' | 'blocked';

/** What a run did to one class: an entity type such as `group`, or its links, such as `group.members`. */
export type ObjectClassCounts = Readonly<{
  objectClass: string;
  isFull: boolean;
  /** Why everything was read, where only changes were asked for. */
  reason: string | null;
  /** Resources or live links in the store afterwards. */
  total: number;
  inserted: number;
  updated: number;
  deleted: number;
  /** Objects that were read and do not meet the filter. */
  filtered: number;
  startedAt: Date;
}>;

/**
 * Begins a run, of a task where `taskRunId` names one. Runs of the connection that nobody ended are now known to be interrupted:
 * only who holds the connection may call this.
 */
export async function beginRun(
  sql: Sql,
  connectionId: number,
  kind: RunKind,
  taskRunId?: number,
): Promise<number> {
  return await transact(sql, async (transaction) => {
    await transaction`
      update run set state = 'interrupted', ended_at = now(), message = 'Ended without a word: the process or its database was stopped.'
      where connection_id = ${connectionId} and state = 'running'`;
    const [run] = await transaction<{ runId: number }[]>`
      insert into run (connection_id, kind, task_run_id) values (${connectionId}, ${kind}, ${taskRunId ?? null}) returning run_id`;
    if (!run) throw new Error('A run was begun and cannot be found.');
    return run.runId;
  });
}

/** Ends a run with what a person should know of it. */
export async function endRun(sql: Sql, runId: number, state: RunEnd, message: string | null): Promise<void> {
  await sql`
    update run set state = ${state}, message = ${message}, ended_at = now() where run_id = ${runId} and state = 'running'`;
}

/**
 * Adds what was done to classes; two sets of a run may both touch the links of one. Belongs into the transaction that did it.
 */
export async function recordCounts(
  sql: ISql,
  runId: number,
  counts: readonly ObjectClassCounts[],
): Promise<void> {
  for (const {
    objectClass,
    isFull,
    reason,
    total,
    inserted,
    updated,
    deleted,
    filtered,
    startedAt,
  } of counts) {
    await sql`
      insert into run_object_class (run_id, object_class, is_full, reason, total, inserted, updated, deleted, filtered, started_at, ended_at)
      values (${runId}, ${objectClass}, ${isFull}, ${reason}, ${total}, ${inserted}, ${updated}, ${deleted}, ${filtered}, ${startedAt}, clock_timestamp())
      on conflict (run_id, object_class) do update
      set total = excluded.total, inserted = run_object_class.inserted + excluded.inserted,
          updated = run_object_class.updated + excluded.updated, deleted = run_object_class.deleted + excluded.deleted,
          filtered = run_object_class.filtered + excluded.filtered,
          is_full = run_object_class.is_full or excluded.is_full, reason = coalesce(run_object_class.reason, excluded.reason),
          started_at = least(run_object_class.started_at, excluded.started_at), ended_at = excluded.ended_at`;
  }
}

/** What a run did so far, by class. */
export async function readCounts(sql: Sql, runId: number): Promise<ObjectClassCounts[]> {
  return await sql<ObjectClassCounts[]>`
    select object_class, is_full, reason, total::float8 as total, inserted::float8 as inserted, updated::float8 as updated,
      deleted::float8 as deleted, filtered::float8 as filtered, started_at
    from run_object_class where run_id = ${runId} order by object_class`;
}
