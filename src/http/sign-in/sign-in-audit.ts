/** Audit entries of people who are signing in, and so are no callers yet. */
import type { ISql } from 'postgres';
import { type NewAuditEntry, recordAudit } from '../../store/audit.ts';
import type { User } from '../../store/users.ts';
import { type ApiContext, actorOf } from '../request.ts';

/** Who it is where nobody is known. */
export const nobodyKnown = 'nobody known';

export async function auditSignIn(
  c: ApiContext,
  sql: ISql,
  entry: Pick<NewAuditEntry, 'actor' | 'action' | 'subject' | 'outcome' | 'detail'>,
): Promise<void> {
  await recordAudit(sql, { ...entry, requestId: c.get('requestId'), address: c.get('address') });
}

/** A person in words, as they stand in the audit once they are signed in. */
export function actorOfUser({ signInName, name }: Pick<User, 'signInName' | 'name'>): string {
  return actorOf({ kind: 'person', identifier: signInName, name });
}
