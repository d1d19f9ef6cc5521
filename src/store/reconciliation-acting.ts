/** Proposed entries as they are acted on, a batch a transaction: what has changed meanwhile, and what becomes of links and entries. */
import type { ISql, TransactionSql } from 'postgres';
import type { Action, EntryChanges, MatchedOn } from '../model/reconciliation.ts';
import { linkColumns, type PairingPlan, printOf, resourceByKey } from './pairing-plan.ts';
import type { Fragment } from './sql-text.ts';

export type ProposedEntry = Readonly<{
  number: number;
  phase: 'source' | 'target';
  qualifier: string;
  situation: string;
  action: Action;
  sourceKey: string | null;
  targetKey: string | null;
  matchedOn: MatchedOn | null;
  changes: EntryChanges | null;
  linkNumber: string | null;
  sourcePrint: string | null;
  targetPrint: string | null;
  createdKey: string | null;
}>;

/** The next proposed entries after a number. */
export async function readProposed(
  sql: ISql,
  reconciliationId: number,
  after: number,
  limit: number,
): Promise<ProposedEntry[]> {
  return await sql<ProposedEntry[]>`
    select entry_number::float8 as number, phase, qualifier, situation, action, source_key, target_key, matched_on, changes,
      link_number::text as link_number, source_print::text as source_print, target_print::text as target_print, created_key
    from reconciliation_entry
    where reconciliation_id = ${reconciliationId} and entry_number > ${after} and status = 'proposed'
    order by entry_number limit ${limit}`;
}

export type ProposedCounts = Readonly<{ action: Action; count: number }>;

/** How many entries each action is proposed for. */
export async function countProposed(sql: ISql, reconciliationId: number): Promise<ProposedCounts[]> {
  return await sql<ProposedCounts[]>`
    select action, count(*)::float8 as count from reconciliation_entry
    where reconciliation_id = ${reconciliationId} and status = 'proposed' group by action`;
}

/** What has become of an entry since it was assessed. */
export type Staleness = 'source' | 'target' | 'link';

/**
 * Of proposed entries between two numbers, those whose link is not what was assessed any more. Only who has locked the links can rely on
 * it. That a link is in the way of one that is to be made, its constraints say.
 */
export async function findLostLinks(
  sql: TransactionSql,
  plan: PairingPlan,
  { first, last }: Readonly<{ first: number; last: number }>,
): Promise<readonly number[]> {
  const { near, far } = linkColumns(sql, plan);
  const isSame = (one: Fragment, other: Fragment, isSensitive: boolean) =>
    isSensitive ? sql`${one} = ${other}` : sql`lower(${one}) = lower(${other})`;
  const isKept = sql`(${isSame(sql`own.${near}`, sql`entry.source_key`, plan.isSourceKeyCaseSensitive)}
    and ${isSame(sql`own.${far}`, sql`entry.target_key`, plan.isTargetKeyCaseSensitive)})`;
  const rows = await sql<{ number: number }[]>`
    select entry_number::float8 as number
    from reconciliation_entry as entry left join account_link as own on own.link_number = entry.link_number
    where entry.reconciliation_id = ${plan.reconciliationId} and entry_number between ${first} and ${last} and status = 'proposed'
      and entry.link_number is not null and ${isKept} is not true`;
  return rows.map(({ number }) => number);
}

/**
 * The same of entries whose source or target is not what was assessed any more, or which are to make a link where there is one by now.
 * Joins and no subqueries, of which the planner would look through all links of the mapping.
 */
export async function findStale(
  sql: TransactionSql,
  plan: PairingPlan,
  { first, last }: Readonly<{ first: number; last: number }>,
): Promise<ReadonlyMap<number, Staleness>> {
  const { near, far } = linkColumns(sql, plan);
  const linkOf = (column: Fragment, key: Fragment) => sql`lateral (
    select link_number from account_link
    where entry.link_number is null and ${plan.isLinking} and entry.action in ('CREATE', 'UPDATE', 'LINK')
      and mapping_id = ${plan.ownerId} and account_link.qualifier = entry.qualifier and account_link.${column} = ${key} limit 1)`;
  const rows = await sql<{ number: number; staleness: Staleness }[]>`
    select number, staleness from (
      select entry_number::float8 as number, case
        when ${printOf(sql, plan, sql`source.attributes`)} is distinct from source_print then 'source'
        when ${printOf(sql, plan, sql`target.attributes`)} is distinct from target_print then 'target'
        when from_source.link_number is not null or to_target.link_number is not null then 'link' end as staleness
      from (select * from reconciliation_entry
            where reconciliation_id = ${plan.reconciliationId} and entry_number between ${first} and ${last} and status = 'proposed') as entry
        left join ${resourceByKey(sql, plan.sourceTypeId, sql`entry.source_key`)} as source on true
        left join ${resourceByKey(sql, plan.targetTypeId, sql`entry.target_key`)} as target on true
        left join ${linkOf(near, sql`entry.source_key`)} as from_source on true
        left join ${linkOf(far, sql`entry.target_key`)} as to_target on true
    ) as judged where staleness is not null`;
  return new Map(rows.map(({ number, staleness }) => [number, staleness]));
}

/**
 * Whether others than this run have changed source or target resources between two places in the log. `workId` is the piece of work
 * that the run itself writes in.
 */
export async function hasForeignChanges(
  sql: ISql,
  { sourceTypeId, targetTypeId }: PairingPlan,
  { after, upTo, workId }: Readonly<{ after: number; upTo: number; workId: number | null }>,
): Promise<boolean> {
  const [found] = await sql`
    select from change
    where change_number > ${after} and change_number <= ${upTo} and association_id is null
      and entity_type_id in (${sourceTypeId}, ${targetTypeId})
      and set_id not in (select set_id from export_set where run_id = ${workId}) limit 1`;
  return found !== undefined;
}

export type LinkToMake = Readonly<{
  qualifier: string;
  sourceKey: string;
  targetKey: string;
  matchedOn: MatchedOn | null;
  /** Where the pair is as it should be now. */
  settled: Readonly<{ sourcePrint: string; targetPrint: string }> | null;
}>;

/** Makes links. That nobody has made others meanwhile is the caller's to know. */
export async function makeLinks(
  sql: TransactionSql,
  plan: PairingPlan,
  links: readonly LinkToMake[],
): Promise<void> {
  if (links.length === 0) return;
  const { near, far } = linkColumns(sql, plan);
  const isAnySettled = links.some(({ settled }) => settled !== null);
  const isAnyMatched = links.some(({ matchedOn }) => matchedOn !== null);
  // Lists are taken apart in half the time that JSON takes; what is missing at the end of one counts as null.
  await sql`
    insert into account_link (mapping_id, qualifier, ${near}, ${far}, matched_on, reconciliation_id, settled_source, settled_target,
      settled_revision)
    select ${plan.ownerId}::int, qualifier, near_key, far_key, nullif(matched_on, '')::jsonb, ${plan.reconciliationId}::int,
      nullif(source_print, '')::bigint, nullif(target_print, '')::bigint, case when source_print <> '' then ${plan.revision}::int end
    from unnest(${links.map(({ qualifier }) => qualifier)}::text[], ${links.map(({ sourceKey }) => sourceKey)}::text[],
        ${links.map(({ targetKey }) => targetKey)}::text[],
        ${isAnyMatched ? links.map(({ matchedOn }) => (matchedOn === null ? '' : JSON.stringify(matchedOn))) : []}::text[],
        ${isAnySettled ? links.map(({ settled }) => settled?.sourcePrint ?? '') : []}::text[],
        ${isAnySettled ? links.map(({ settled }) => settled?.targetPrint ?? '') : []}::text[])
      as told (qualifier, near_key, far_key, matched_on, source_print, target_print)`;
}

export type LinkToMove = LinkToMake & Readonly<{ linkNumber: string }>;

/** Has links of sources lead to other target objects. */
export async function moveLinks(
  sql: TransactionSql,
  plan: PairingPlan,
  links: readonly LinkToMove[],
): Promise<void> {
  if (links.length === 0) return;
  const { near, far } = linkColumns(sql, plan);
  await sql`
    update account_link
    set ${near} = near_key, ${far} = far_key, matched_on = null, reconciliation_id = ${plan.reconciliationId}, linked_at = now(),
        linked_by = null, settled_source = given.settled_source::bigint, settled_target = given.settled_target::bigint,
        settled_revision = case when given.settled_source is not null then ${plan.revision}::int end
    from unnest(${links.map(({ linkNumber }) => linkNumber)}::text[]::bigint[], ${links.map(({ sourceKey }) => sourceKey)}::text[],
        ${links.map(({ targetKey }) => targetKey)}::text[], ${links.map(({ settled }) => settled?.sourcePrint ?? '')}::text[],
        ${links.map(({ settled }) => settled?.targetPrint ?? '')}::text[])
      as told (link_number, near_key, far_key, source_print, target_print)
      cross join lateral (select nullif(source_print, '') as settled_source, nullif(target_print, '') as settled_target) as given
    where account_link.link_number = told.link_number`;
}

export async function removeLinks(sql: TransactionSql, linkNumbers: readonly string[]): Promise<number> {
  if (linkNumbers.length === 0) return 0;
  const removed = await sql`
    delete from account_link where link_number = any(${[...linkNumbers]}::text[]::bigint[])`;
  return removed.count;
}

/** Writes what became of entries that were not done. */
export async function failEntries(
  sql: TransactionSql,
  reconciliationId: number,
  failures: readonly Readonly<{ number: number; message: string }>[],
): Promise<void> {
  if (failures.length === 0) return;
  await sql`
    update reconciliation_entry set status = 'failed', message = failure.message
    from unnest(${failures.map(({ number }) => String(number))}::text[]::bigint[], ${failures.map(({ message }) => message)}::text[])
      as failure (number, message)
    where reconciliation_id = ${reconciliationId} and entry_number = failure.number`;
}

/** Writes the keys that a target has given to what it created, where they are not those that were meant. */
export async function recordCreatedKeys(
  sql: TransactionSql,
  reconciliationId: number,
  created: readonly Readonly<{ number: number; key: string }>[],
): Promise<void> {
  if (created.length === 0) return;
  await sql`
    update reconciliation_entry set created_key = made.key
    from unnest(${created.map(({ number }) => String(number))}::text[]::bigint[], ${created.map(({ key }) => key)}::text[])
      as made (number, key)
    where reconciliation_id = ${reconciliationId} and entry_number = made.number`;
}
