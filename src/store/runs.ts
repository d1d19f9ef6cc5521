/** Runs: what was done on a connection, when, and how it ended. */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { transact } from './transaction.ts';

/** The last two are those of the identities directory: a run of a mapping, and an edit by a person or a program. */
export type RunKind = 'synchronize' | 'verify' | 'export' | 'reconcile' | 'edit';
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
 * Begins a run, of a task where `taskRunId` names one, with a row for each of the entity types that it is to bring up to date. Runs
 * of the connection that nobody ended are now known to be interrupted: only who holds the connection may call this.
 */
export async function beginRun(
  sql: Sql,
  connectionId: number,
  kind: RunKind,
  { taskRunId, entityTypes = [] }: Readonly<{ taskRunId?: number; entityTypes?: readonly string[] }> = {},
): Promise<number> {
  return await transact(sql, async (transaction) => {
    const interrupted = await transaction<{ runId: number }[]>`
      update run set state = 'interrupted', ended_at = now(), message = ${interruption}
      where connection_id = ${connectionId} and state = 'running' returning run_id`;
    for (const { runId } of interrupted) await endClasses(transaction, runId, 'interrupted', interruption);
    const [run] = await transaction<{ runId: number }[]>`
      insert into run (connection_id, kind, task_run_id) values (${connectionId}, ${kind}, ${taskRunId ?? null}) returning run_id`;
    if (!run) throw new Error('A run was begun and cannot be found.');
    await transaction`
      insert into run_object_class (run_id, connection_id, object_class, state, total, inserted, updated, deleted, filtered, started_at)
      select ${run.runId}::int, connection_id, name, 'running'::run_state, resource_count, 0, 0, 0, 0, now()
      from entity_type where connection_id = ${connectionId} and name = any(${[...entityTypes]}::text[])`;
    return run.runId;
  });
}

const interruption = 'Ended without a word: the process or its database was stopped.';

/** Ends a run, and what it has not finished, with what a person should know of it. */
export async function endRun(sql: Sql, runId: number, state: RunEnd, message: string | null): Promise<void> {
  await transact(sql, async (transaction) => {
    const ended = await transaction`
      update run set state = ${state}, message = ${message}, ended_at = now() where run_id = ${runId} and state = 'running'`;
    if (ended.count === 1) await endClasses(transaction, runId, state, message);
  });
}

/** Notes that a run has failed for one of its entity types, and why, whatever becomes of the others. */
export async function failClass(
  sql: Sql,
  runId: number,
  objectClass: string,
  message: string,
): Promise<void> {
  await sql`
    update run_object_class set state = 'failed', message = ${message}, ended_at = clock_timestamp()
    where run_id = ${runId} and object_class = ${objectClass}`;
}

/** Notes that a run goes on with an entity type of which it has applied something: it is not done with it. */
export async function reopenClass(sql: Sql, runId: number, objectClass: string): Promise<void> {
  await sql`
    update run_object_class set state = 'running', ended_at = null
    where run_id = ${runId} and object_class = ${objectClass} and state = 'succeeded'`;
}

/**
 * Ends the classes that a run has left open. Where it succeeded, those were read and wait for a task that applies them, or there was
 * nothing to do. Where it was blocked, those that it had nothing of were turned away before it came to them.
 */
async function endClasses(
  sql: TransactionSql,
  runId: number,
  state: RunEnd | 'interrupted',
  message: string | null,
): Promise<void> {
  await sql`
    update run_object_class set is_full = latest.is_full, reason = latest.reason
    from (
      select distinct on (entity_type_id) name, is_full, reason
      from export_set join entity_type using (entity_type_id)
      where run_id = ${runId} order by entity_type_id, set_id desc
    ) as latest
    where run_id = ${runId} and object_class = latest.name and run_object_class.is_full is null`;
  if (state === 'succeeded' || state === 'blocked') {
    const kept = state === 'succeeded' ? 'complete' : 'blocked';
    await sql`
      delete from run_object_class
      where run_id = ${runId} and state = 'running' and not exists (
        select from export_set join entity_type using (entity_type_id)
        where export_set.run_id = ${runId} and name = object_class and export_set.state = ${kept})`;
  }
  const sentence = state === 'succeeded' ? 'Read: another task applies it.' : message;
  await sql`
    update run_object_class set state = ${state}, message = coalesce(${sentence}, message), ended_at = clock_timestamp()
    where run_id = ${runId} and state = 'running'`;
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
      insert into run_object_class (run_id, connection_id, object_class, is_full, reason, total, inserted, updated, deleted, filtered,
        started_at, ended_at)
      select run_id, connection_id, ${objectClass}::text, ${isFull}::boolean, ${reason}::text, ${total}::bigint, ${inserted}::bigint,
        ${updated}::bigint, ${deleted}::bigint, ${filtered}::bigint, ${startedAt}::timestamptz, clock_timestamp()
      from run where run_id = ${runId}
      on conflict (run_id, object_class) do update
      set total = excluded.total, inserted = run_object_class.inserted + excluded.inserted,
          updated = run_object_class.updated + excluded.updated, deleted = run_object_class.deleted + excluded.deleted,
          filtered = run_object_class.filtered + excluded.filtered, state = excluded.state, message = null,
          is_full = coalesce(run_object_class.is_full, false) or excluded.is_full,
          reason = coalesce(run_object_class.reason, excluded.reason),
          -- An entity type was begun with the run, whoever has opened its set.
          started_at = case when run_object_class.is_link then least(run_object_class.started_at, excluded.started_at)
            else run_object_class.started_at end,
          ended_at = excluded.ended_at`;
  }
}

/** What a run did so far, by class. */
export async function readCounts(sql: Sql, runId: number): Promise<ObjectClassCounts[]> {
  return await sql<ObjectClassCounts[]>`
    select object_class, is_full, reason, total::float8 as total, inserted::float8 as inserted, updated::float8 as updated,
      deleted::float8 as deleted, filtered::float8 as filtered, started_at
    from run_object_class where run_id = ${runId} and ${isApplied(sql)} order by object_class`;
}

/** Of a class of a run: something of it was applied, as far as there was something. */
export function isApplied(sql: ISql) {
  return sql`(run_object_class.is_full is not null and
    (run_object_class.state = 'succeeded' and run_object_class.message is null
     or run_object_class.inserted + run_object_class.updated + run_object_class.deleted + run_object_class.filtered > 0))`;
}
