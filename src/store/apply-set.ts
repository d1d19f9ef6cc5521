/**
 * The application of a complete set: its difference to the store, the store brought up to it, every change in the log, and the
 * cookie, in one transaction. Whoever reads sees all of it or nothing, and a set is applied once.
 */
import type { Sql, TransactionSql } from 'postgres';
import { type AppliedLinks, applyLinks, type LinkCounts, settleLinks } from './apply-links.ts';
import { applyObjects, findDifference, type ObjectCounts } from './apply-objects.ts';
import { readAssociationIds, type StoredConnection, type StoredEntityType } from './connections.ts';
import { recordPresence } from './presence.ts';
import { type ObjectClassCounts, recordCounts } from './runs.ts';
import { lostSet, type UnfinishedSet } from './sets.ts';
import { stageObjects, stageSet, steerPlanner } from './staging.ts';
import { transact } from './transaction.ts';

export type Application = Readonly<{
  connection: StoredConnection;
  entityType: StoredEntityType;
  set: UnfinishedSet;
  filter: string | undefined;
  /** What is done with a full set that cannot be believed: nothing; or it is applied, and its doubt told or left out. */
  whenDoubtful: 'stop' | 'tell' | 'believe';
}>;

/** A full set with so many objects, where the source counts more by far, or none where some are stored. */
export type Doubt = Readonly<{ objectClass: string; found: number; expected: number }>;

export type ApplyOutcome =
  | Readonly<{ kind: 'applied'; counts: readonly ObjectClassCounts[]; doubt: Doubt | undefined }>
  /** Nothing was changed. */
  | Readonly<{ kind: 'doubtful'; doubt: Doubt }>;

/** Applies a set. Throws a `Fault` when another run has taken it over. */
export async function applySet(sql: Sql, application: Application): Promise<ApplyOutcome> {
  const outcome = await transact(sql, (transaction) => applyWithin(transaction, application));
  if (outcome.kind === 'applied') await refreshStatistics(sql, application, outcome.counts);
  return outcome;
}

/** The same inside a transaction that has more to do. Several sets may follow each other in it, after `clearStaged`. */
export async function applyWithin(
  transaction: TransactionSql,
  application: Application,
): Promise<ApplyOutcome> {
  const { set, connection, entityType, filter, whenDoubtful } = application;
  const staged = await stageSet(transaction, set.setId, set.runId, connection.entityTypes);
  if (!staged) throw lostSet();
  if (!staged.isFull && !staged.hasItems) {
    const none = entityType.associations.map(({ associationId }) => ({
      associationId,
      inserted: 0,
      deleted: 0,
    }));
    const counts = await finish(transaction, application, noChanges, none);
    return { kind: 'applied', counts, doubt: undefined };
  }

  await steerPlanner(transaction, undefined);
  const found = await stageObjects(transaction, staged);
  const doubt = staged.isFull ? await findDoubt(transaction, application, found) : undefined;
  if (doubt && whenDoubtful === 'stop') return { kind: 'doubtful', doubt };

  await steerPlanner(transaction, staged.isFull);
  await findDifference(transaction, staged, filter);
  const objects = await applyObjects(transaction, staged);
  const { filtered, isAnyToggled } = await recordPresence(transaction, staged, filter);
  await lockLinks(transaction, connection.connectionId, isAnyToggled);
  const links: AppliedLinks[] = [];
  for (const association of entityType.associations) {
    links.push(await applyLinks(transaction, staged, association));
  }
  const associationIds = await readAssociationIds(transaction, connection.connectionId);
  const isFirstSet = entityType.cookie === null;
  const settled = await settleLinks(transaction, staged, { associationIds, applied: links, isFirstSet });
  const counts = await finish(transaction, application, { ...objects, filtered }, [...links, ...settled]);
  return { kind: 'applied', counts, doubt: whenDoubtful === 'tell' ? doubt : undefined };
}

/** Makes room for the next set in the same transaction. */
export async function clearStaged(sql: TransactionSql): Promise<void> {
  await sql`
    drop table if exists pg_temp.removal, pg_temp.repeated, pg_temp.staged, pg_temp.difference, pg_temp.toggled,
      pg_temp.unmet, pg_temp.candidate`;
}

/** What became of the objects of a set; `filtered` are those that do not meet the filter. */
type ObjectTotals = ObjectCounts & Readonly<{ filtered: number }>;

const noChanges: ObjectTotals = { inserted: 0, updated: 0, deleted: 0, filtered: 0 };

/** A full set may miss a few objects that others created since they were counted; more than that is a broken answer. */
function isFarFewer(found: number, expected: number): boolean {
  return expected > 0 && (found === 0 || found < expected - Math.max(10, expected * 0.05));
}

async function findDoubt(
  sql: TransactionSql,
  { set, entityType: { name: objectClass, resourceCount } }: Application,
  found: number,
): Promise<Doubt | undefined> {
  const [answer] = await sql<{ expected: number | null }[]>`
    select expected_count::float8 as expected from export_set where set_id = ${set.setId}`;
  if (!answer) throw new Error('A locked set cannot be found.');
  // An answer without anything is only believed of what was empty before, whatever the source counts.
  const expected = found === 0 ? answer.expected || resourceCount : (answer.expected ?? 0);
  return isFarFewer(found, expected) ? { objectClass, found, expected } : undefined;
}

/**
 * Whether a link counts depends on which objects are there, so no links may be written while another set of the connection
 * makes objects come or go. Held to the end of the transaction.
 */
export async function lockLinks(
  sql: TransactionSql,
  connectionId: number,
  isExclusive: boolean,
): Promise<void> {
  if (isExclusive) await sql`select pg_advisory_xact_lock(${linkLockSpace}, ${connectionId})`;
  else await sql`select pg_advisory_xact_lock_shared(${linkLockSpace}, ${connectionId})`;
}

/** Any fixed number that no other advisory lock of ours uses. */
const linkLockSpace = 7963;

/** Totals, counts of the run, and the cookie; the pages have done their duty. */
async function finish(
  sql: TransactionSql,
  { entityType, set }: Application,
  objects: ObjectTotals,
  links: readonly LinkCounts[],
): Promise<readonly ObjectClassCounts[]> {
  // A full set that somebody asked for after it had begun is still to come, and so is one asked for during an incremental set.
  const isMet = sql`(${set.isFull} and (full_requested_at is null or full_requested_at <= ${set.startedAt}))`;
  const [stored] = await sql<{ total: number }[]>`
    update entity_type
    set resource_count = resource_count + ${objects.inserted - objects.deleted},
        cookie = ${set.cookie}, cookie_at = ${set.startedAt}, mapping = ${set.mapping},
        full_reason = case when not ${isMet} then full_reason end,
        full_requested_at = case when not ${isMet} then full_requested_at end,
        full_requested_by = case when not ${isMet} then full_requested_by end
    where entity_type_id = ${entityType.entityTypeId}
    returning resource_count::float8 as total`;
  const { isFull, reason, startedAt } = set;
  const counts: ObjectClassCounts[] = [
    { objectClass: entityType.name, isFull, reason, total: stored?.total ?? 0, ...objects, startedAt },
  ];
  for (const [associationId, { inserted, deleted }] of sumLinks(links)) {
    const [association] = await sql<{ objectClass: string; total: number }[]>`
      update association set link_count = link_count + ${inserted - deleted}
      from entity_type
      where association_id = ${associationId} and entity_type.entity_type_id = association.entity_type_id
      returning entity_type.name || '.' || association.name as object_class, link_count::float8 as total`;
    if (!association) throw new Error('An association that has links cannot be found.');
    const { objectClass, total } = association;
    counts.push({
      objectClass,
      isFull,
      reason,
      total,
      inserted,
      updated: 0,
      deleted,
      filtered: 0,
      startedAt,
    });
  }
  await recordCounts(sql, set.runId, counts);
  await sql`delete from set_page where set_id = ${set.setId}`;
  await sql`update export_set set state = 'applied' where set_id = ${set.setId}`;
  return counts;
}

function sumLinks(links: readonly LinkCounts[]): Map<number, { inserted: number; deleted: number }> {
  const sums = new Map<number, { inserted: number; deleted: number }>();
  for (const { associationId, inserted, deleted } of links) {
    const sum = sums.get(associationId) ?? { inserted: 0, deleted: 0 };
    sums.set(associationId, { inserted: sum.inserted + inserted, deleted: sum.deleted + deleted });
  }
  return sums;
}

/** After a first load PostgreSQL knows nothing of the tables, and would soon choose badly. */
export async function refreshStatistics(
  sql: Sql,
  { set }: Application,
  counts: readonly ObjectClassCounts[],
): Promise<void> {
  if (!set.isFull) return;
  const isNew = ({ inserted, total }: ObjectClassCounts) => inserted > 1000 && inserted > total / 10;
  const [objects, ...links] = counts;
  if (objects && isNew(objects)) await sql`analyze resource`;
  if (links.some(isNew)) await sql`analyze resource_link`;
}
