/** Up to where the log of changes can be read without missing one that is still to be committed. */
import type { ISql, Sql } from 'postgres';

/** Writers of the log at some moment, and the last number that was given away before. */
export type Horizon = Readonly<{ changeNumber: number; writers: readonly string[] }>;

/**
 * Numbers are given away before they are committed, and not in that order: whoever reads the log up to a number has to be sure that
 * everybody who may have a smaller one has ended. A transaction that takes numbers locks the table first, so that those who hold
 * such a lock after `changeNumber` was read are all who may.
 */
export async function readChangeHorizon(sql: Sql): Promise<Horizon> {
  const changeNumber = await readLastChange(sql);
  return { changeNumber, writers: await readWriters(sql) };
}

/** The last number of the log that was given away. */
export async function readLastChange(sql: ISql): Promise<number> {
  const [last] = await sql<{ changeNumber: number }[]>`
    select case when is_called then last_value else 0 end::float8 as change_number from change_change_number_seq`;
  return last?.changeNumber ?? 0;
}

/** The last number up to which the log has been followed into the index of resources: everything up to there is committed for certain. */
export async function readFollowedChange(sql: ISql): Promise<number> {
  const [index] = await sql<{ changeNumber: number }[]>`
    select change_number::float8 as change_number from directory_index`;
  return index?.changeNumber ?? 0;
}

/** Whether every change up to the horizon is committed or given up. */
export async function isSettled(sql: Sql, { writers }: Horizon): Promise<boolean> {
  if (writers.length === 0) return true;
  const current = new Set(await readWriters(sql));
  return !writers.some((writer) => current.has(writer));
}

async function readWriters(sql: Sql): Promise<string[]> {
  const rows = await sql<{ writer: string }[]>`
    select distinct virtualtransaction as writer from pg_locks
    where locktype = 'relation' and relation = 'change'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())`;
  return rows.map(({ writer }) => writer);
}
