/**
 * Pieces of work on the identities directory, as histories show them: a run with its classes, and a set for each type that was
 * written, so that every change in the log leads to who made it.
 */
import type { ISql, TransactionSql } from 'postgres';
import { identitiesSource } from '../model/identity-schema.ts';
import type { Work, WorkEnd } from '../model/order.ts';

/** Begins a piece of work, and gives the number of its run. */
export async function beginWork(
  sql: TransactionSql,
  { kind, entityTypes, label, taskRunId }: Work,
): Promise<number> {
  const [run] = await sql<{ runId: number }[]>`
    insert into run (connection_id, kind, label, task_run_id)
    select connection_id, ${kind}::text::run_kind, ${label}, ${taskRunId ?? null}::integer from connection where source = ${identitiesSource}
    returning run_id`;
  if (!run)
    throw new Error('The connection of the identities directory, which a migration makes, is not there.');
  await sql`
    insert into run_object_class (run_id, connection_id, object_class, state, is_full, total, inserted, updated, deleted, filtered, started_at)
    select ${run.runId}::int, connection_id, entity_type.name, 'running'::run_state, false, resource_count, 0, 0, 0, 0, now()
    from entity_type join connection using (connection_id)
    where source = ${identitiesSource} and entity_type.name = any(${[...entityTypes]}::text[])`;
  return run.runId;
}

/** Ends a piece of work; of one that has ended, nothing changes. */
export async function endWork(
  sql: TransactionSql,
  runId: number,
  { state, message }: WorkEnd,
): Promise<void> {
  const ended = await sql`
    update run set state = ${state}::text::run_state, message = ${message}, ended_at = clock_timestamp()
    where run_id = ${runId} and state = 'running'`;
  if (ended.count === 0) return;
  await sql`
    update run_object_class set state = ${state}::text::run_state, message = ${state === 'succeeded' ? null : message},
      ended_at = clock_timestamp()
    where run_id = ${runId} and state = 'running'`;
}

/** The set under which a piece of work logs what it does to resources of a type. */
export async function setOfWork(sql: TransactionSql, runId: number, entityTypeId: number): Promise<number> {
  const [found] = await sql<{ setId: number }[]>`
    select set_id from export_set where run_id = ${runId} and entity_type_id = ${entityTypeId}`;
  if (found) return found.setId;
  const [made] = await sql<{ setId: number }[]>`
    insert into export_set (run_id, entity_type_id, kind, is_full, state, mapping)
    select ${runId}::int, ${entityTypeId}::int, kind, false, 'applied', '' from run where run_id = ${runId}
    returning set_id`;
  if (!made) throw new Error(`There is no run ${runId} to work in.`);
  return made.setId;
}

export type WorkCounts = Readonly<{ inserted: number; updated: number; deleted: number }>;

/** Adds what was done to resources of a type, to the type and to the run. */
export async function countResources(
  sql: TransactionSql,
  runId: number,
  entityTypeId: number,
  { inserted, updated, deleted }: WorkCounts,
): Promise<void> {
  const [type] = await sql<{ name: string; total: number }[]>`
    update entity_type set resource_count = resource_count + ${inserted - deleted}
    where entity_type_id = ${entityTypeId} returning name, resource_count::float8 as total`;
  if (!type) throw new Error(`The entity type ${entityTypeId} cannot be found.`);
  await addToClass(sql, runId, { objectClass: type.name, total: type.total, inserted, updated, deleted });
}

/** The same of links of an association. */
export async function countLinks(
  sql: TransactionSql,
  runId: number,
  associationId: number,
  { inserted, deleted }: Pick<WorkCounts, 'inserted' | 'deleted'>,
): Promise<void> {
  const [association] = await sql<{ objectClass: string; total: number }[]>`
    update association set link_count = link_count + ${inserted - deleted}
    from entity_type
    where association_id = ${associationId} and entity_type.entity_type_id = association.entity_type_id
    returning entity_type.name || '.' || association.name as object_class, link_count::float8 as total`;
  if (!association) throw new Error(`The association ${associationId} cannot be found.`);
  await addToClass(sql, runId, { ...association, inserted, updated: 0, deleted });
}

type ClassCounts = WorkCounts & Readonly<{ objectClass: string; total: number }>;

async function addToClass(
  sql: ISql,
  runId: number,
  { objectClass, total, inserted, updated, deleted }: ClassCounts,
): Promise<void> {
  await sql`
    insert into run_object_class (run_id, connection_id, object_class, state, is_full, total, inserted, updated, deleted, filtered, started_at)
    select run_id, connection_id, ${objectClass}::text, run.state, false, ${total}::bigint, ${inserted}::bigint, ${updated}::bigint,
      ${deleted}::bigint, 0, started_at
    from run where run_id = ${runId}
    on conflict (run_id, object_class) do update
    set total = excluded.total, inserted = run_object_class.inserted + excluded.inserted,
        updated = run_object_class.updated + excluded.updated, deleted = run_object_class.deleted + excluded.deleted`;
}
