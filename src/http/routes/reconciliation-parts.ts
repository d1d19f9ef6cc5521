/** What the routes of reconciliations have in common: finding a mapping or a run of one, and launching the job that reconciles it. */
import type { Sql } from 'postgres';
import type { Queue } from '../../jobs/queue.ts';
import { findJob } from '../../store/jobs.ts';
import { ensureMappingJobs, type MappingJobMode, mappingJobIdentifier } from '../../store/mapping-jobs.ts';
import { readMapping, type StoredMapping } from '../../store/mappings.ts';
import { findMappingName, readReconciliationPage } from '../../store/reconciliation-views.ts';
import { readReconciliation, type StoredReconciliation } from '../../store/reconciliations.ts';
import { transact } from '../../store/transaction.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, actorOf } from '../request.ts';
import type { ReconciliationStarted } from '../schemas/reconciliations.ts';
import { recorder, refuseLaunch } from './launching.ts';

export type ReconciliationRoutes = Readonly<{ sql: Sql; queue: Pick<Queue, 'launch' | 'resume'> }>;

/** Throws a `Refusal` where there is no such run of a mapping. */
export async function requireReconciliation(
  sql: Sql,
  reconciliationId: number,
): Promise<StoredReconciliation> {
  const run = await readReconciliation(sql, reconciliationId);
  if (run) return run;
  throw new Refusal('reconciliation-unknown', `There is no reconciliation ${reconciliationId}.`);
}

/** The mapping of a run. Throws a `Refusal` where it is deleted. */
export async function requireMappingOf(sql: Sql, run: StoredReconciliation): Promise<StoredMapping> {
  const mapping = await findMappingOf(sql, run);
  if (mapping) return mapping;
  throw new Refusal(
    'reconciliation-state',
    `The mapping ${run.mappingName} of the reconciliation ${run.reconciliationId} is deleted: nothing more can be done with its entries.`,
  );
}

/** The mapping of a run, also where it has another name by now; undefined where it is deleted. */
export async function findMappingOf(
  sql: Sql,
  { mappingId }: StoredReconciliation,
): Promise<StoredMapping | undefined> {
  if (mappingId === null) return undefined;
  const name = await findMappingName(sql, mappingId);
  return name === undefined ? undefined : await readMapping(sql, name);
}

export type ReconciliationLaunch = Readonly<{
  job: MappingJobMode;
  /** Options of the task, for this run. */
  options: Readonly<Record<string, string>>;
  reason?: string | undefined;
  idempotencyKey?: string | undefined;
  /** Of the audit. */
  action: string;
  detail: Readonly<Record<string, string | boolean | readonly string[]>>;
}>;

/** Queues a run of a mapping's job, with its audit entry. Throws a `Refusal` where that cannot be. */
export async function launchReconciliation(
  c: ApiContext,
  { sql, queue }: ReconciliationRoutes,
  mapping: StoredMapping,
  { job, options, reason, idempotencyKey, action, detail }: ReconciliationLaunch,
): Promise<ReconciliationStarted> {
  const jobIdentifier = mappingJobIdentifier(mapping.name, job);
  if (!(await findJob(sql, jobIdentifier))) {
    // Made by a version or a door that gives mappings no jobs.
    await transact(sql, (transaction) => ensureMappingJobs(transaction, mapping.definition));
  }
  const caller = c.get('caller');
  const outcome = await queue.launch({
    jobIdentifier,
    trigger: caller.kind === 'person' ? 'console' : 'api',
    startedBy: actorOf(caller),
    options: { taskOptions: { reconcile: options } },
    reason: reason || undefined,
    idempotencyKey,
    record: recorder(c, {
      action,
      subject: mapping.name,
      detail: { ...detail, ...(reason ? { reason } : {}) },
    }),
  });
  if (outcome.kind !== 'launched') throw refuseLaunch(outcome, jobIdentifier);
  return { jobRunId: outcome.jobRunId, reconciliationId: await findOfJobRun(sql, outcome.jobRunId) };
}

/** The reconciliation that a run of a job has come to. */
async function findOfJobRun(sql: Sql, jobRunId: number): Promise<number | null> {
  const { items } = await readReconciliationPage(sql, { jobRunId }, { page: 1, pageSize: 1 });
  return items[0]?.reconciliationId ?? null;
}

/** Throws a `Refusal` where a mapping, or its application, is switched off. */
export function requireEnabled({ name, isEnabled, application }: StoredMapping): void {
  if (!isEnabled) {
    throw new Refusal(
      'mapping-state',
      `The mapping ${name} is switched off: switch it on to reconcile it, or simulate a reconciliation.`,
    );
  }
  if (application && !application.isEnabled) {
    throw new Refusal(
      'mapping-state',
      `The application ${application.name} of the mapping ${name} is inactive: activate it to reconcile it, or simulate a reconciliation.`,
    );
  }
}
