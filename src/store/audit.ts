/** The audit: who did what, on what, and how it ended. Entries are added and read, never changed. */
import type { ISql, Sql } from 'postgres';

export const auditOutcomes = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

export type NewAuditEntry = Readonly<{
  /** An API client, or a person at the command line, in words. */
  actor: string;
  /** What was done, such as `job-run.launch`. */
  action: string;
  /** What it was done to, such as the identifier of a job. */
  subject: string;
  outcome: AuditOutcome;
  /** What else a reader may want to know. Never a secret. */
  detail?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
  /** The request that it came with; null at the command line. */
  requestId?: string | null;
  /** Where the request came from; null at the command line. */
  address?: string | null;
}>;

export type AuditEntry = Readonly<{
  auditId: number;
  recordedAt: Date;
  actor: string;
  action: string;
  subject: string;
  outcome: AuditOutcome;
  detail: Readonly<Record<string, unknown>>;
  requestId: string | null;
  address: string | null;
}>;

/** Adds an entry. Belongs into the transaction that does what it tells, where there is one. */
export async function recordAudit(sql: ISql, entry: NewAuditEntry): Promise<void> {
  const { actor, action, subject, outcome, detail = {}, requestId = null, address = null } = entry;
  await sql`
    insert into audit_entry (actor, action, subject, outcome, detail, request_id, address)
    values (${actor}, ${action}, ${subject}, ${outcome}, ${JSON.stringify(detail)}::text::jsonb, ${requestId}, ${address})`;
}

export type AuditPage = Readonly<{
  /** Only entries older than this one. */
  before?: number | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
  outcome?: AuditOutcome | undefined;
  limit: number;
}>;

/** Entries from the newest on. */
export async function readAudit(sql: Sql, page: AuditPage): Promise<AuditEntry[]> {
  const { before = null, actor = null, action = null, subject = null, outcome = null, limit } = page;
  return await sql<AuditEntry[]>`
    select audit_id::float8 as audit_id, recorded_at, actor, action, subject, outcome, detail, request_id, address
    from audit_entry
    where (${before}::bigint is null or audit_id < ${before})
      and (${actor}::text is null or actor = ${actor})
      and (${action}::text is null or action = ${action})
      and (${subject}::text is null or subject = ${subject})
      and (${outcome}::audit_outcome is null or outcome = ${outcome})
    order by audit_entry.audit_id desc
    limit ${limit}`;
}
