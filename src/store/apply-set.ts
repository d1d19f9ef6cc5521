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
import { type StagedSet, stageObjects, stageSet, steerPlanner } from './staging.ts';
import { transact } from './transaction.ts';

export type Application = Readonly<{
  connection: StoredConnection;
  entityType: StoredEntityType;
  set: UnfinishedSet;
  filter: string | undefined;
  /** Take a full set with no objects, or with far fewer than expected, for the truth. */
  acceptsLoss: boolean;
}>;

export type ApplyOutcome =
  | Readonly<{ kind: 'applied'; counts: readonly ObjectClassCounts[] }>
  /** A full set holds so much less than it should that it cannot be believed. Nothing was changed. */
  | Readonly<{ kind: 'doubtful'; found: number; expected: number }>;

/** Applies a set. Throws a `Fault` when another run has taken it over. */
export async function applySet(sql: Sql, application: Application): Promise<ApplyOutcome> {
  const outcome = await transact(sql, async (transaction): Promise<ApplyOutcome> => {
    const { set, connection, entityType, filter } = application;
    const staged = await stageSet(transaction, set.setId, set.runId, connection.entityTypes);
    if (!staged) throw lostSet();
    if (!staged.isFull && !staged.hasItems) {
      const none = entityType.associations.map(({ associationId }) => ({
        associationId,
        inserted: 0,
        deleted: 0,
      }));
      return await finish(transaction, application, noChanges, none);
    }

    await steerPlanner(transaction, undefined);
    await stageObjects(transaction, staged);
    const doubt = await findDoubt(transaction, staged, application);
    if (doubt) return doubt;

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
    return await finish(transaction, application, { ...objects, filtered }, [...links, ...settled]);
  });
  if (outcome.kind === 'applied' && application.set.isFull) await refreshStatistics(sql, outcome.counts);
  return outcome;
}

/** What became of the objects of a set; `filtered` are those that do not meet the filter. */
type ObjectTotals = ObjectCounts & Readonly<{ filtered: number }>;

const noChanges: ObjectTotals = { inserted: 0, updated: 0, deleted: 0, filtered: 0 };

/** A full set may miss a few objects that others created since they were counted; more than that is a broken answer. */
function isDoubtful(found: number, expected: number): boolean {
  return expected > 0 && (found === 0 || found < expected - Math.max(10, expected * 0.05));
}

async function findDoubt(
  sql: TransactionSql,
  staged: StagedSet,
  { entityType, acceptsLoss }: Application,
): Promise<ApplyOutcome | undefined> {
  if (!staged.isFull || acceptsLoss) return undefined;
  const [answer] = await sql<{ found: number; expected: number | null }[]>`
    select (select count(*)::float8 from staged) as found, expected_count::float8 as expected
    from export_set where set_id = ${staged.setId}`;
  if (!answer) throw new Error('A locked set cannot be found.');
  // Where the source does not count, an answer without anything is only believed of what was empty before.
  const expected = answer.expected ?? (answer.found === 0 ? entityType.resourceCount : 0);
  return isDoubtful(answer.found, expected) ? { kind: 'doubtful', found: answer.found, expected } : undefined;
}

/**
 * Whether a link counts depends on which objects are there, so no links may be written while another set of the connection
 * makes objects come or go. Held to the end of the transaction.
 */
async function lockLinks(sql: TransactionSql, connectionId: number, isExclusive: boolean): Promise<void> {
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
): Promise<ApplyOutcome> {
  const [stored] = await sql<{ total: number }[]>`
    update entity_type
    set resource_count = resource_count + ${objects.inserted - objects.deleted},
        cookie = ${set.cookie}, cookie_at = ${set.startedAt}, mapping = ${set.mapping}
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
  return { kind: 'applied', counts };
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
async function refreshStatistics(sql: Sql, counts: readonly ObjectClassCounts[]): Promise<void> {
  const isNew = ({ inserted, total }: ObjectClassCounts) => inserted > 1000 && inserted > total / 10;
  const [objects, ...links] = counts;
  if (objects && isNew(objects)) await sql`analyze resource`;
  if (links.some(isNew)) await sql`analyze resource_link`;
}
