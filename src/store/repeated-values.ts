/** Proposed entries of one run that would give several objects a value that no two may have. */
import type { TransactionSql } from 'postgres';
import { foldedAttribute } from './query-filter-sql.ts';
import type { ProposedEntry } from './reconciliation-acting.ts';
import { steerPlanner } from './staging.ts';

export type RepeatedEntry = Pick<
  ProposedEntry,
  'number' | 'action' | 'linkNumber' | 'changes' | 'targetPrint'
> &
  Readonly<{ value: string }>;

/** Finds the entries whose value of an attribute an earlier one gets already, whatever its case. Gives how many. */
export async function findRepeated(
  sql: TransactionSql,
  reconciliationId: number,
  attribute: string,
): Promise<number> {
  await steerPlanner(sql, undefined);
  await sql`drop table if exists pg_temp.repeated_entry`;
  const repeated = await sql`
    create temporary table repeated_entry on commit drop as
    select entry_number from (
      select entry_number, row_number() over (partition by value order by entry_number) as place
      from (
        select entry_number, ${foldedAttribute(sql, sql`(changes->'after')`, attribute)} as value from reconciliation_entry
        where reconciliation_id = ${reconciliationId} and status = 'proposed' and action in ('CREATE', 'UPDATE') and changes is not null
      ) as given where value is not null
    ) as placed where place > 1`;
  return repeated.count;
}

/** Reads some of them, after a number. */
export async function readRepeated(
  sql: TransactionSql,
  reconciliationId: number,
  attribute: string,
  { after, limit }: Readonly<{ after: number; limit: number }>,
): Promise<RepeatedEntry[]> {
  return await sql<RepeatedEntry[]>`
    select entry_number::float8 as number, action, link_number::text as link_number, target_print::text as target_print,
      changes, changes->'after'->>${attribute}::text as value
    from (select entry_number from repeated_entry where entry_number > ${after} order by entry_number limit ${limit}) as repeated_entry
      join reconciliation_entry using (entry_number)
    where reconciliation_id = ${reconciliationId} order by entry_number`;
}
