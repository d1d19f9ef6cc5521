/** Changes that are all or nothing, with the audit entry that tells of them: what is refused on the way goes into the audit, too. */
import type { Sql, TransactionSql } from 'postgres';
import type { NewAuditEntry } from '../../store/audit.ts';
import { transact } from '../../store/transaction.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext } from '../request.ts';
import { audit } from './route-parts.ts';

/**
 * Does some work in a transaction, which ends with its audit entry. A `Refusal` that the work throws rolls it back, is noted, and thrown
 * on.
 */
export async function doAudited<T>(
  c: ApiContext,
  sql: Sql,
  entry: Pick<NewAuditEntry, 'action' | 'subject' | 'detail'>,
  work: (transaction: TransactionSql) => Promise<T>,
): Promise<T> {
  try {
    return await transact(sql, async (transaction) => {
      const result = await work(transaction);
      await audit(c, transaction, { ...entry, outcome: 'done' });
      return result;
    });
  } catch (error) {
    if (error instanceof Refusal) {
      const detail = { ...entry.detail, reason: error.code };
      await audit(c, sql, { ...entry, outcome: 'refused', detail });
    }
    throw error;
  }
}
