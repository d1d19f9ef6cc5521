/** The audit: who did what, on what, and how it ended. Entries are added and read, never changed. */
import type { ISql, Sql } from 'postgres';
import type { AuditOutcome } from '../model/audit-outcome.ts';

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

export type AuditFilter = Readonly<{
  /** A text anywhere in an entry, in any case. */
  q?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
  outcome?: AuditOutcome | undefined;
  from?: Date | undefined;
  /** Entries before this time. */
  to?: Date | undefined;
}>;

/** Entries from the newest on; with `before`, only those older than that one. */
export async function readAudit(
  sql: Sql,
  { before, limit, ...filter }: AuditFilter & Readonly<{ before?: number | undefined; limit: number }>,
): Promise<AuditEntry[]> {
  return await sql<AuditEntry[]>`
    select ${columns(sql)} from audit_entry
    where (${before ?? null}::bigint is null or audit_id < ${before ?? null}) and ${matching(sql, filter)}
    order by audit_entry.audit_id desc limit ${limit}`;
}

/** More than that many are not counted: nobody turns to their pages. */
const mostCounted = 100_000;

/** A page of entries from the newest on, and how many match. Entries are looked through once for both. */
export async function readAuditPage(
  sql: Sql,
  { offset, limit, ...filter }: AuditFilter & Readonly<{ offset: number; limit: number }>,
): Promise<Readonly<{ items: AuditEntry[]; total: number; isTotalExact: boolean }>> {
  const [found] = await sql<{ count: number; ids: number[] | null }[]>`
    with matched as materialized (
      select audit_id from audit_entry where ${matching(sql, filter)}
      order by audit_id desc limit ${mostCounted + 1}
    )
    select (select count(*)::integer from matched) as count,
      (select json_agg(audit_id) from (select audit_id from matched offset ${offset} limit ${limit}) as page) as ids`;
  const { count = 0, ids } = found ?? {};
  const items = await sql<AuditEntry[]>`
    select ${columns(sql)} from audit_entry where audit_id = any (${(ids ?? []).map(String)}::text[]::bigint[])
    order by audit_entry.audit_id desc`;
  return { items, total: Math.min(count, mostCounted), isTotalExact: count <= mostCounted };
}

/** Conditions only where something is asked for, so that each has its own plan. */
function matching(sql: Sql, { q, actor, action, subject, outcome, from, to }: AuditFilter) {
  return sql`true
    ${actor === undefined ? sql`` : sql`and actor = ${actor}`}
    ${action === undefined ? sql`` : sql`and action = ${action}`}
    ${subject === undefined ? sql`` : sql`and subject = ${subject}`}
    ${outcome === undefined ? sql`` : sql`and outcome = ${outcome}::audit_outcome`}
    ${from === undefined ? sql`` : sql`and recorded_at >= ${from}`}
    ${to === undefined ? sql`` : sql`and recorded_at < ${to}`}
    ${q === undefined ? sql`` : sql`and strpos(search_text, lower(${q})) > 0`}`;
}

function columns(sql: Sql) {
  return sql`audit_id::float8 as audit_id, recorded_at, actor, action, subject, outcome, detail, request_id, address`;
}
