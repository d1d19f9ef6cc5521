/**
 * The sixth stage: proposed entries become orders, links and receipts, a batch a transaction, with the position after it. What is done
 * stays done; whoever goes on begins behind it.
 */
import type { TransactionSql } from 'postgres';
import { Fault } from '../errors.ts';
import { lockLinks } from '../store/account-links.ts';
import { readLastChange } from '../store/change-horizon.ts';
import {
  failEntries,
  findLostLinks,
  findStale,
  hasForeignChanges,
  makeLinks,
  moveLinks,
  type ProposedEntry,
  readProposed,
  recordCreatedKeys,
  removeLinks,
  type Staleness,
} from '../store/reconciliation-acting.ts';
import { settlePairs } from '../store/reconciliation-assessing.ts';
import { claimReconciliation, recordActed, recordTargetRun } from '../store/reconciliations.ts';
import { steerPlanner } from '../store/staging.ts';
import { transact } from '../store/transaction.ts';
import { asCounts, restoreTally } from './counting.ts';
import { type Outcome, orderOf, settleEntry, staleMessages } from './entry-outcome.ts';
import type { MappingRun, Target } from './mapping-run.ts';

const batchEntries = 1000;
/** Others who write the same objects in another order are waited for, and cost no more than another attempt. */
const mostAttempts = 5;

export type Acted = Readonly<{
  /** Whether everything was acted on; not where the run is to end. */
  isComplete: boolean;
  /** The last entry that is done. */
  position: number;
  /** The piece of work of the target that everything was written in; undefined where nothing was. */
  workId: number | undefined;
}>;

export type ActingStart = Readonly<{
  /** Entries up to this one are done. */
  position: number;
  /** How many are. */
  done: number;
  workId: number | undefined;
  /** Where the log of changes was when everything was assessed; undefined where another process did that. */
  assessedAt: number | undefined;
}>;

/** Acts on every proposed entry after a position. */
export async function act(run: MappingRun, target: Target, start: ActingStart): Promise<Acted> {
  const { sql, reconciliationId, signal, clock } = run;
  let state: ActingState = {
    ...start,
    isDisturbed: start.assessedAt === undefined,
    seenAt: start.assessedAt ?? 0,
  };
  let next = readProposed(sql, reconciliationId, state.position, batchEntries);
  for (;;) {
    const entries = await next;
    if (entries.length === 0) return { ...state, isComplete: true };
    if (signal.aborted) return { ...state, isComplete: false };
    const last = entries.at(-1)?.number ?? state.position;
    next = readProposed(sql, reconciliationId, last, batchEntries);
    next.catch(() => undefined);
    state = await actOnBatch(run, target, entries, state);
    await clock.advance(state.done);
  }
}

type ActingState = Readonly<{
  position: number;
  done: number;
  workId: number | undefined;
  /** Whether others have changed resources since everything was assessed, so that every entry has to be looked at once more. */
  isDisturbed: boolean;
  /** The log of changes was looked at up to here. */
  seenAt: number;
}>;

async function actOnBatch(
  run: MappingRun,
  target: Target,
  entries: readonly ProposedEntry[],
  before: ActingState,
): Promise<ActingState> {
  const counts = asCounts(run.tally);
  let state = await lookAround(run, before);
  for (let attempt = 1; ; attempt++) {
    try {
      return await transact(run.sql, (transaction) => actWithin(run, target, transaction, entries, state));
    } catch (error) {
      restoreTally(run.tally, counts);
      if (attempt === mostAttempts || !isCollision(error)) throw error;
      state = { ...state, isDisturbed: true };
    }
  }
}

/** Deadlocks, serialization failures, and account links that others have made meanwhile. */
function isCollision(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  if (error.code === '23505') return 'table_name' in error && error.table_name === 'account_link';
  return error.code === '40P01' || error.code === '40001';
}

/** As long as nobody else writes, what was assessed is what there is. */
async function lookAround({ sql, plan }: MappingRun, state: ActingState): Promise<ActingState> {
  if (state.isDisturbed) return state;
  const upTo = await readLastChange(sql);
  const isDisturbed = await hasForeignChanges(sql, plan, {
    after: state.seenAt,
    upTo,
    workId: state.workId ?? null,
  });
  return { ...state, isDisturbed, seenAt: upTo };
}

async function actWithin(
  run: MappingRun,
  target: Target,
  sql: TransactionSql,
  entries: readonly ProposedEntry[],
  state: ActingState,
): Promise<ActingState> {
  const { reconciliationId, plan, tally } = run;
  // A batch is small beside all that it meets, whatever the planner knows of tables that have just been filled.
  const [claimed] = await Promise.all([
    claimReconciliation(sql, reconciliationId, state.position),
    lockLinks(sql, plan.ownerId),
    steerPlanner(sql, false),
  ]);
  if (!claimed) {
    throw new Fault(
      'mapping-busy',
      `Another process has gone on with this run of ${run.definition.name}: nothing is done twice.`,
    );
  }
  const workId = claimed.runId ?? (await beginWork(run, target, sql));
  const stale = await findOutdated(run, sql, entries, state.isDisturbed);
  const fresh = entries.filter(({ number }) => !stale.has(number));
  const orders = fresh.map((entry) => orderOf(run, entry));
  const given = orders.filter((order) => order !== null);
  const receipts = given.length === 0 ? [] : await target.fulfil(sql, workId, given, plan.seed);
  const answers = receipts[Symbol.iterator]();
  const outcome: Outcome = { made: [], moved: [], kept: [], removed: [], failures: [], created: [] };
  for (const [number, staleness] of stale)
    outcome.failures.push({ number, message: staleMessages[staleness] });
  for (const [index, entry] of fresh.entries()) {
    const receipt = orders[index] === null ? null : (answers.next().value ?? null);
    settleEntry(run, entry, receipt, outcome);
  }
  tally.proposed -= entries.length;
  tally.failed += outcome.failures.length;
  tally.succeeded += entries.length - outcome.failures.length;
  const position = entries.at(-1)?.number ?? state.position;
  const done = state.done + entries.length;
  // One after the other in the database, without waiting for each here.
  await Promise.all([
    removeLinks(sql, outcome.removed),
    makeLinks(sql, plan, outcome.made),
    moveLinks(sql, plan, outcome.moved),
    settlePairs(sql, plan, outcome.kept),
    failEntries(sql, reconciliationId, outcome.failures),
    recordCreatedKeys(sql, reconciliationId, outcome.created),
    recordActed(sql, reconciliationId, { entryPosition: position, counts: asCounts(tally), done }),
  ]);
  return { ...state, position, done, workId };
}

/** Entries that are not what was assessed any more. */
async function findOutdated(
  { plan }: MappingRun,
  sql: TransactionSql,
  entries: readonly ProposedEntry[],
  isDisturbed: boolean,
): Promise<ReadonlyMap<number, Staleness>> {
  const range = { first: entries[0]?.number ?? 0, last: entries.at(-1)?.number ?? 0 };
  const isAnyLinked = entries.some(({ linkNumber }) => linkNumber !== null);
  const lost = isAnyLinked ? await findLostLinks(sql, plan, range) : [];
  const outdated = new Map<number, Staleness>(lost.map((number) => [number, 'link']));
  if (!isDisturbed) return outdated;
  for (const [number, staleness] of await findStale(sql, plan, range)) outdated.set(number, staleness);
  return outdated;
}

/** Begins the piece of work of the target that a run writes in. */
export async function beginWork(run: MappingRun, target: Target, sql: TransactionSql): Promise<number> {
  const { definition, taskRunId } = run;
  const workId = await target.begin(sql, {
    kind: 'reconcile',
    entityTypes: [definition.target.type],
    label: definition.name,
    ...(taskRunId === undefined ? {} : { taskRunId }),
  });
  await recordTargetRun(sql, run.reconciliationId, workId);
  return workId;
}
