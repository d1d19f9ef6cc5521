/** Whose a mapping is: a deployment takes over those that its files name. */
import type { TransactionSql } from 'postgres';

/** Gives the deployed configuration the say about a mapping that people or programs had made. Its account links stay. */
export async function adoptMapping(sql: TransactionSql, mappingId: number): Promise<void> {
  await sql`update mapping set origin = 'configuration' where mapping_id = ${mappingId}`;
}
