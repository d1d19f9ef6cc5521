/**
 * Blocks: what a guard holds back of a connection. Its sets stay with their pages, and the changes that they would make are
 * listed beside them, until a person has them applied or dropped, or a full run replaces them.
 */
import type { ISql, JSONValue, Sql, TransactionSql } from 'postgres';
import type { GuardMeasure } from '../model/guard-check.ts';
import { lostSet, setColumns, type UnfinishedSet } from './sets.ts';
import { transact } from './transaction.ts';

export type Block = Readonly<{
  /** The run that blocked it. */
  runId: number;
  /** What was exceeded or cannot be believed, each in words. */
  reasons: readonly string[];
  /** What would change, against the limits at that time. */
  measures: readonly GuardMeasure[];
  blockedAt: Date;
}>;

/** The block of a connection; undefined when nothing is held back. */
export async function findBlock(sql: ISql, connectionId: number): Promise<Block | undefined> {
  const [block] = await sql<Block[]>`
    select run_id, reasons, measures, blocked_at from connection_block where connection_id = ${connectionId}`;
  return block;
}

/** The entity types of a connection that have blocked sets, by name. */
export async function readBlockedEntityTypes(sql: ISql, connectionId: number): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct name from export_set join entity_type using (entity_type_id)
    where connection_id = ${connectionId} and state = 'blocked' and kind = 'synchronize'`;
  return rows.map(({ name }) => name);
}

/** The block of the connection of this name. */
export async function findBlockOf(sql: ISql, connection: string): Promise<Block | undefined> {
  const [block] = await sql<Block[]>`
    select run_id, reasons, measures, blocked_at from connection_block join connection using (connection_id)
    where connection.name = ${connection}`;
  return block;
}

/** What there is to block: sets that were applied in a transaction which is not to be. */
export type Blocking = Readonly<{
  connectionId: number;
  runId: number;
  setIds: readonly number[];
  /** The last change of the log before they were applied. */
  afterChange: number;
  reasons: readonly string[];
  measures: readonly GuardMeasure[];
}>;

/** Until where `blockSets` rolls back what was applied. */
export const untouched = 'untouched';

/** Rows that go from one transaction to the other at a time. */
const portionRows = 500;

/**
 * Blocks sets with the changes that `applying` has logged, and rolls it back to its savepoint `untouched`. What is rolled back
 * takes its log along, so that the list is written by a second transaction, row by row, and nothing is kept in memory. It
 * commits the list, the state of the sets and the reasons at once.
 */
export async function blockSets(
  sql: Sql,
  applying: TransactionSql,
  { connectionId, runId, setIds, afterChange, reasons, measures }: Blocking,
): Promise<void> {
  await transact(sql, async (blocking) => {
    await blocking`delete from blocked_change where set_id = any(${[...setIds]}::int[])`;
    const changes = applying<{ row: string }[]>`
      select to_jsonb(change)::text as row from change
      where change_number > ${afterChange} and set_id = any(${[...setIds]}::int[]) order by change_number
    `.cursor(portionRows);
    for await (const portion of changes) {
      await blocking`
        insert into blocked_change (set_id, kind, entity_type_id, association_id, key, target_key, before, after)
        select set_id, kind, entity_type_id, association_id, key, target_key, before, after
        from rows from (jsonb_to_recordset(${`[${portion.map(({ row }) => row).join(',')}]`}::text::jsonb) as (
          set_id integer, kind change_kind, entity_type_id integer, association_id integer, key text, target_key text,
          before jsonb, after jsonb)) with ordinality
        order by ordinality`;
    }
    // From here on the sets are free to be written.
    await applying`rollback to savepoint ${applying(untouched)}`;
    const blocked = await blocking`
      update export_set set state = 'blocked', run_id = ${runId}
      where set_id = any(${[...setIds]}::int[]) and (state = 'blocked' or state = 'complete' and run_id = ${runId})`;
    if (blocked.count !== setIds.length) throw lostSet();
    await blocking`
      insert into connection_block (connection_id, run_id, reasons, measures)
      values (${connectionId}, ${runId}, ${JSON.stringify(reasons)}::text::jsonb, ${sql.json(measures as unknown as JSONValue)})
      on conflict (connection_id) do update
      set run_id = excluded.run_id, reasons = excluded.reasons, measures = excluded.measures, blocked_at = excluded.blocked_at`;
  });
}

/** Makes the blocked sets of a connection complete again, and this run's, in the order in which they were applied. */
export async function reviveBlockedSets(
  sql: TransactionSql,
  connectionId: number,
  runId: number,
): Promise<UnfinishedSet[]> {
  const sets = await sql<UnfinishedSet[]>`
    update export_set set state = 'complete', run_id = ${runId}
    where state = 'blocked' and kind = 'synchronize'
      and entity_type_id in (select entity_type_id from entity_type where connection_id = ${connectionId})
    returning ${setColumns(sql)}`;
  return sets.sort((one, other) => one.entityTypeId - other.entityTypeId);
}

/** Whether what these sets have logged after a change is exactly what their block lists, each as often. */
export async function isAsListed(
  sql: TransactionSql,
  setIds: readonly number[],
  afterChange: number,
): Promise<boolean> {
  // Which of the sets makes a change is of no interest; that it is made is.
  const columns = sql`kind, entity_type_id, association_id, key, target_key, before, after`;
  const logged = sql`
    select ${columns} from change where change_number > ${afterChange} and set_id = any(${[...setIds]}::int[])`;
  const listed = sql`select ${columns} from blocked_change where set_id = any(${[...setIds]}::int[])`;
  const [answer] = await sql<{ isDifferent: boolean }[]>`
    select exists ((${logged}) except all (${listed})) or exists ((${listed}) except all (${logged})) as is_different`;
  return answer?.isDifferent === false;
}

/** Forgets the list and the block once the sets are applied; belongs into the transaction that does it. */
export async function liftBlock(
  sql: TransactionSql,
  connectionId: number,
  setIds: readonly number[],
): Promise<void> {
  await sql`delete from blocked_change where set_id = any(${[...setIds]}::int[])`;
  await sql`delete from connection_block where connection_id = ${connectionId}`;
}

/**
 * Drops the blocked sets of a connection with their list; gives how many. `fullReason` makes the next sets of these entity types
 * full ones; null leaves it to the cookies. `record` writes down, in the same transaction, that it was done. Only who holds the
 * connection may call this.
 */
export async function dropBlockedSets(
  sql: Sql,
  connectionId: number,
  fullReason: string | null,
  record: (transaction: TransactionSql, droppedSets: number) => Promise<void> = async () => {},
): Promise<number> {
  return await transact(sql, async (transaction) => {
    const dropped = await transaction<{ setId: number; entityTypeId: number }[]>`
      update export_set set state = 'dropped'
      where state = 'blocked' and kind = 'synchronize'
        and entity_type_id in (select entity_type_id from entity_type where connection_id = ${connectionId})
      returning set_id, entity_type_id`;
    const setIds = dropped.map(({ setId }) => setId);
    await transaction`delete from set_page where set_id = any(${setIds}::int[])`;
    await transaction`
      update entity_type set full_reason = coalesce(${fullReason}, full_reason)
      where entity_type_id = any(${dropped.map(({ entityTypeId }) => entityTypeId)}::int[])`;
    await liftBlock(transaction, connectionId, setIds);
    if (dropped.length > 0) await record(transaction, dropped.length);
    return dropped.length;
  });
}
