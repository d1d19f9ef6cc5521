/** What percentages of guards are taken of. */
import type { ISql } from 'postgres';
import type { PairingPlan } from './pairing-plan.ts';

/** The objects of the target, and the account links of the mapping where they are asked for. */
export async function countGuardedTotals(
  sql: ISql,
  { targetTypeId, ownerId }: PairingPlan,
  asked: Readonly<{ links: boolean }>,
): Promise<Readonly<{ targets: number; links: number }>> {
  const links = asked.links ? sql`(select count(*) from account_link where mapping_id = ${ownerId})` : sql`0`;
  const [totals] = await sql<{ targets: number; links: number }[]>`
    select resource_count::float8 as targets, ${links}::float8 as links from entity_type where entity_type_id = ${targetTypeId}`;
  return totals ?? { targets: 0, links: 0 };
}
