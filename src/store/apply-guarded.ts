/**
 * The application of several complete sets in one transaction, all or none: before it is committed, what was really changed is
 * held against the guards. What exceeds them is rolled back and blocked, with the list of the changes.
 */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { type Guards, noGuards } from '../model/guard.ts';
import { type CountedClass, describeExcess, findExcesses, measureGuards } from '../model/guard-check.ts';
import {
  type Application,
  applyWithin,
  clearStaged,
  type Doubt,
  lockLinks,
  refreshStatistics,
} from './apply-set.ts';
import { blockSets, isAsListed, liftBlock, reviveBlockedSets, untouched } from './blocks.ts';
import type { StoredConnection } from './connections.ts';
import type { ObjectClassCounts } from './runs.ts';
import type { UnfinishedSet } from './sets.ts';
import { transact } from './transaction.ts';

/** A set with what it changed, or would change: its entity type first. */
export type AppliedSet = Readonly<{ objectClass: string; counts: readonly ObjectClassCounts[] }>;

export type GuardedOutcome =
  | Readonly<{ kind: 'applied'; sets: readonly AppliedSet[] }>
  /** A set was to stop where it cannot be believed. Nothing was changed. */
  | Readonly<{ kind: 'doubtful'; doubt: Doubt }>
  /** Nothing was changed, and the sets wait for a person. */
  | Readonly<{ kind: 'blocked'; sets: readonly AppliedSet[]; reasons: readonly string[] }>;

export type GuardedApplication = Readonly<{
  connection: StoredConnection;
  runId: number;
  applications: readonly Application[];
  /** Undefined where nothing is limited; what cannot be believed blocks all the same. */
  guards: Guards | undefined;
  onApplying: (objectClass: string) => void;
}>;

/** Applies sets of different entity types. Throws a `Fault` when another run has taken one of them over. */
export async function applyGuarded(
  sql: Sql,
  { connection, runId, applications, guards, onApplying }: GuardedApplication,
): Promise<GuardedOutcome> {
  const { connectionId } = connection;
  const ordered = inOrder(applications);
  const outcome = await transact(sql, async (transaction): Promise<GuardedOutcome> => {
    const stored = await countStored(transaction, connectionId);
    const afterChange = await findLastChange(transaction);
    await transaction`savepoint ${transaction(untouched)}`;
    const { sets, doubts, stop } = await applyAll(transaction, connectionId, ordered, onApplying);
    if (stop) {
      await transaction`rollback to savepoint ${transaction(untouched)}`;
      return { kind: 'doubtful', doubt: stop };
    }
    // What is read for the first time has nothing to lose, and is more than any limit.
    const guarded = sets.filter((_, index) => ordered[index]?.entityType.cookie !== null);
    const changed = countClasses(
      stored,
      guarded.flatMap(({ counts }) => counts),
    );
    const excesses = guards === undefined ? [] : findExcesses(guards, changed);
    const reasons = [...doubts.map(describeDoubt), ...excesses.map(describeExcess)];
    if (reasons.length === 0) return { kind: 'applied', sets };
    const setIds = ordered.map(({ set }) => set.setId);
    const measures = measureGuards(guards ?? noGuards, changed);
    await blockSets(sql, transaction, { connectionId, runId, setIds, afterChange, reasons, measures });
    return { kind: 'blocked', sets, reasons };
  });
  if (outcome.kind === 'applied') await refreshAll(sql, ordered, outcome.sets);
  return outcome;
}

export type ResumeOutcome =
  | Readonly<{ kind: 'applied'; sets: readonly AppliedSet[] }>
  | Readonly<{ kind: 'nothing-blocked' }>
  /** They would change something else than their list says. Nothing was changed, and the new list waits for a person. */
  | Readonly<{ kind: 'blocked'; sets: readonly AppliedSet[]; reasons: readonly string[] }>;

export type Resumption = Readonly<{
  connection: StoredConnection;
  runId: number;
  /** How a set is to be applied. */
  toApplication: (set: UnfinishedSet) => Application;
  onApplying: (objectClass: string) => void;
}>;

/** Applies the blocked sets of a connection past its guards, if they change exactly what is listed. */
export async function applyBlocked(
  sql: Sql,
  { connection, runId, toApplication, onApplying }: Resumption,
): Promise<ResumeOutcome> {
  const { connectionId } = connection;
  let applications: readonly Application[] = [];
  const outcome = await transact(sql, async (transaction): Promise<ResumeOutcome> => {
    const afterChange = await findLastChange(transaction);
    await transaction`savepoint ${transaction(untouched)}`;
    applications = (await reviveBlockedSets(transaction, connectionId, runId)).map(toApplication);
    if (applications.length === 0) return { kind: 'nothing-blocked' };
    const setIds = applications.map(({ set }) => set.setId);
    const { sets } = await applyAll(transaction, connectionId, applications, onApplying);
    if (await isAsListed(transaction, setIds, afterChange)) {
      await liftBlock(transaction, connectionId, setIds);
      return { kind: 'applied', sets };
    }
    const reasons = ['what is stored has changed since the list was made, and the changes are others now'];
    await blockSets(sql, transaction, { connectionId, runId, setIds, afterChange, reasons, measures: [] });
    return { kind: 'blocked', sets, reasons };
  });
  if (outcome.kind === 'applied') await refreshAll(sql, applications, outcome.sets);
  return outcome;
}

/** Always the same order: what comes and goes in one set decides about the links of the next, and so does it in the log. */
function inOrder(applications: readonly Application[]): readonly Application[] {
  return applications.toSorted((one, other) => one.entityType.entityTypeId - other.entityType.entityTypeId);
}

async function applyAll(
  transaction: TransactionSql,
  connectionId: number,
  applications: readonly Application[],
  onApplying: (objectClass: string) => void,
): Promise<{ sets: AppliedSet[]; doubts: Doubt[]; stop?: Doubt }> {
  // A shared lock that became an exclusive one with the second set could wait for another that wants the same.
  await lockLinks(transaction, connectionId, true);
  const sets: AppliedSet[] = [];
  const doubts: Doubt[] = [];
  for (const application of applications) {
    if (sets.length > 0) await clearStaged(transaction);
    const objectClass = application.entityType.name;
    onApplying(objectClass);
    const outcome = await applyWithin(transaction, application);
    if (outcome.kind === 'doubtful') return { sets, doubts, stop: outcome.doubt };
    if (outcome.doubt) doubts.push(outcome.doubt);
    sets.push({ objectClass, counts: outcome.counts });
  }
  return { sets, doubts };
}

async function refreshAll(
  sql: Sql,
  applications: readonly Application[],
  sets: readonly AppliedSet[],
): Promise<void> {
  for (const [index, application] of applications.entries()) {
    await refreshStatistics(sql, application, sets[index]?.counts ?? []);
  }
}

/** How a doubt reads as a reason. */
export function describeDoubt({ objectClass, found, expected }: Doubt): string {
  return `only ${found} of ${expected} ${objectClass} objects came`;
}

type StoredClass = Pick<CountedClass, 'what' | 'objectClass' | 'stored'>;

/** All that is stored of a connection, by class. */
async function countStored(sql: ISql, connectionId: number): Promise<StoredClass[]> {
  return await sql<StoredClass[]>`
    select 'resources' as what, name as object_class, resource_count::float8 as stored
    from entity_type where connection_id = ${connectionId}
    union all
    select 'links', entity_type.name || '.' || association.name, link_count::float8
    from association join entity_type using (entity_type_id) where connection_id = ${connectionId}`;
}

/** Several sets may have changed the links of one class. */
function countClasses(
  stored: readonly StoredClass[],
  counts: readonly ObjectClassCounts[],
): readonly CountedClass[] {
  return stored.map((one) => {
    const own = counts.filter(({ objectClass }) => objectClass === one.objectClass);
    const sum = (kind: 'inserted' | 'updated' | 'deleted') =>
      own.reduce((total, each) => total + each[kind], 0);
    return { ...one, inserted: sum('inserted'), updated: sum('updated'), deleted: sum('deleted') };
  });
}

/** What this transaction logs from now on has greater numbers. */
async function findLastChange(sql: ISql): Promise<number> {
  const [last] = await sql<{ changeNumber: number }[]>`
    select coalesce(max(change_number), 0)::float8 as change_number from change`;
  return last?.changeNumber ?? 0;
}
