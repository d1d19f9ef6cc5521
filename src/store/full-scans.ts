/**
 * "Perform a full scan on next run": asked for by a person, kept with the entity types, and taken back by the very transaction that
 * applies a full set. What was never read is read in full by itself.
 */
import type { ISql, TransactionSql } from 'postgres';

export type FullScan = Readonly<{
  /** Whether the next run reads everything. */
  isNext: boolean;
  /** Whether it was never read, so that it reads everything by itself. */
  isNew: boolean;
  /** Who asked for it, and when; null where it comes by itself, or not at all. */
  requested: Readonly<{ by: string; at: Date }> | null;
  /** Why, where nobody asked for it. */
  reason: string | null;
}>;

/** Whether the next run of a connection reads everything, and why. */
export async function readFullScan(sql: ISql, connection: string): Promise<FullScan> {
  const [found] = await sql<
    Readonly<{ isNew: boolean; by: string | null; at: Date | null; reason: string | null }>[]
  >`
    select coalesce(bool_and(cookie is null), true) as is_new,
      (array_agg(full_requested_by order by full_requested_at) filter (where full_requested_at is not null))[1] as by,
      min(full_requested_at) as at,
      (array_agg(full_reason) filter (where full_reason is not null and full_requested_at is null))[1] as reason
    from entity_type join connection using (connection_id) where lower(connection.name) = lower(${connection})`;
  if (!found) throw new Error('A query without groups gave no row.');
  const { isNew, by, at, reason } = found;
  const requested = by === null || at === null ? null : { by, at };
  return { isNext: isNew || requested !== null || reason !== null, isNew, requested, reason };
}

/**
 * Has the next run of a connection read everything. Says whether that is anything new: a connection that was never read is read in
 * full anyway, and a scan that somebody asked for stays theirs.
 */
export async function requestFullScan(sql: TransactionSql, connection: string, by: string): Promise<boolean> {
  const marked = await sql`
    update entity_type
    set full_requested_at = now(), full_requested_by = ${by},
        full_reason = coalesce(full_reason, ${`a full scan was asked for by ${by}`})
    where ${isOf(sql, connection)} and cookie is not null and full_requested_at is null`;
  return marked.count > 0;
}

/** Takes back what somebody asked for; what has to be read in full for another reason still is. Says whether there was anything. */
export async function withdrawFullScan(sql: TransactionSql, connection: string): Promise<boolean> {
  const unmarked = await sql`
    update entity_type
    set full_reason = case when full_reason <> 'a full scan was asked for by ' || full_requested_by then full_reason end,
        full_requested_at = null, full_requested_by = null
    where ${isOf(sql, connection)} and full_requested_at is not null`;
  return unmarked.count > 0;
}

function isOf(sql: ISql, connection: string) {
  return sql`connection_id in (select connection_id from connection where lower(name) = lower(${connection}))`;
}
