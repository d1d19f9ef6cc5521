/** Edits of identities by people and programs: each all or nothing, under one run of their own, with its audit entry. */
import type { Sql, TransactionSql } from 'postgres';
import { identitiesConnection } from '../../model/identity-schema.ts';
import type { NewAuditEntry } from '../../store/audit.ts';
import { beginWork, endWork } from '../../store/identity-work.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, actorOf } from '../request.ts';
import { doAudited } from './audited-work.ts';
import { type FoundIdentity, requireIdentity } from './identity-parts.ts';

export type Edit = Readonly<{
  action: string;
  type: string;
  key: string;
  detail: NonNullable<NewAuditEntry['detail']>;
}>;

/** Does some work as one edit by who asks, all or nothing, with its audit entry. */
export async function edit<T>(
  c: ApiContext,
  sql: Sql,
  { action, type, key, detail }: Edit,
  work: (transaction: TransactionSql, runId: number) => Promise<T>,
): Promise<T> {
  const entry = { action, subject: `${identitiesConnection}/${type}/${key}`, detail };
  return await doAudited(c, sql, entry, async (transaction) => {
    const label = actorOf(c.get('caller'));
    const runId = await beginWork(transaction, { kind: 'edit', entityTypes: [type], label });
    const result = await work(transaction, runId);
    await endWork(transaction, runId, { state: 'succeeded', message: null });
    return result;
  });
}

/** An identity that is there now. Throws a `Refusal` where it is not. */
export async function requirePresent(
  sql: Sql,
  address: Readonly<{ type: string; key: string }>,
): Promise<FoundIdentity> {
  const found = await requireIdentity(sql, address);
  if (found.resource.deletedChange !== null) throw refuseGone(found.type.name, found.resource.key);
  return found;
}

export function refuseGone(type: string, key: string): Refusal {
  return new Refusal(
    'resource-unknown',
    `${identitiesConnection} has no ${type} with the id ${JSON.stringify(key)} any more.`,
  );
}

/** A part of the body is not what can be done; the sentence says why. */
export function refuseField(field: string, message: string): Refusal {
  return new Refusal('request-invalid', message, { field });
}
