/** Sets: what an export brings, page by page. A page is stored together with the position after it, or not at all. */
import type { ISql, Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { EncodedPage } from './set-page.ts';
import { transact } from './transaction.ts';

/** What a set is made for: to be applied, or to be compared with the store. */
export type SetKind = 'synchronize' | 'verify';

/** A set that is neither applied nor dropped. */
export type UnfinishedSet = Readonly<{
  setId: number;
  runId: number;
  entityTypeId: number;
  kind: SetKind;
  isFull: boolean;
  /** Why everything is read, where only changes were asked for. */
  reason: string | null;
  state: 'open' | 'complete';
  mapping: string;
  /** Where an open set goes on; null when nothing of it was stored yet. */
  position: string | null;
  /** Where the next incremental set begins; of an open incremental set, where it began itself. */
  cookie: string | null;
  pageCount: number;
  itemCount: number;
  startedAt: Date;
}>;

export type NewSet = Pick<
  UnfinishedSet,
  'runId' | 'entityTypeId' | 'kind' | 'isFull' | 'reason' | 'mapping' | 'cookie'
>;

/** What is stored in one go, and where the set stands after it. */
export type SetProgress = Readonly<{
  page: EncodedPage;
  end:
    | { readonly kind: 'open'; readonly position: string }
    | { readonly kind: 'complete'; readonly cookie: string; readonly expected?: number };
}>;

/**
 * Makes the set that an earlier run left unfinished this run's, and gives it, if there is one. From now on the earlier run
 * can neither store into it nor apply it; when it is just applying, its end is waited for.
 */
export async function adoptUnfinishedSet(
  sql: Sql,
  entityTypeId: number,
  kind: SetKind,
  runId: number,
): Promise<UnfinishedSet | undefined> {
  const [set] = await sql<UnfinishedSet[]>`
    update export_set set run_id = ${runId}
    where entity_type_id = ${entityTypeId} and kind = ${kind} and state in ('open', 'complete')
    returning ${setColumns(sql)}`;
  return set;
}

/** Opens an empty set. There must be no unfinished one of the same kind. */
export async function openSet(sql: Sql, set: NewSet): Promise<UnfinishedSet> {
  const [opened] = await sql<UnfinishedSet[]>`
    insert into export_set (run_id, entity_type_id, kind, is_full, reason, mapping, cookie)
    values (${set.runId}, ${set.entityTypeId}, ${set.kind}, ${set.isFull}, ${set.reason}, ${set.mapping}, ${set.cookie})
    returning ${setColumns(sql)}`;
  if (!opened) throw new Error('A set was opened and cannot be found.');
  return opened;
}

/**
 * Stores pages and the position after them in one transaction; gives the set as it is then. Throws a `Fault` when another
 * run has taken the set over.
 */
export async function commitPages(
  sql: Sql,
  set: UnfinishedSet,
  { page, end }: SetProgress,
): Promise<UnfinishedSet> {
  const pageCount = set.pageCount + 1;
  const itemCount = set.itemCount + page.itemCount;
  const position = end.kind === 'open' ? end.position : null;
  const cookie = end.kind === 'complete' ? end.cookie : set.cookie;
  const state = end.kind;
  const stored = await sql`
    with owned as (
      update export_set
      set position = ${position}, cookie = ${cookie}, state = ${state}, page_count = ${pageCount},
          item_count = ${itemCount}, expected_count = ${end.kind === 'complete' ? (end.expected ?? null) : null}
      where set_id = ${set.setId} and run_id = ${set.runId} and state = 'open' and page_count = ${set.pageCount}
      returning set_id
    )
    insert into set_page (set_id, page_number, items, has_removals, has_unlinks)
    select set_id, ${pageCount}, ${page.text}::text::jsonb, ${page.hasRemovals}, ${page.hasUnlinks} from owned`;
  if (stored.count !== 1) throw lostSet();
  return { ...set, position, cookie, state, pageCount, itemCount };
}

/** Forgets what a set brought; it counts as never made. */
export async function dropSet(sql: Sql, set: Pick<UnfinishedSet, 'setId'>): Promise<void> {
  await transact(sql, async (transaction) => {
    await transaction`delete from set_page where set_id = ${set.setId}`;
    await transaction`
      update export_set set state = 'dropped' where set_id = ${set.setId} and state in ('open', 'complete')`;
  });
}

/** Forgets the unfinished set of an entity type, if there is one. */
export async function dropUnfinishedSet(sql: Sql, entityTypeId: number, kind: SetKind): Promise<void> {
  const sets = await sql<{ setId: number }[]>`
    select set_id from export_set
    where entity_type_id = ${entityTypeId} and kind = ${kind} and state in ('open', 'complete')`;
  for (const set of sets) await dropSet(sql, set);
}

export function lostSet(): Fault {
  return new Fault(
    'connection-busy',
    'Another run has taken this connection over: this one ends here, and the other goes on with what was stored.',
  );
}

export function setColumns(sql: ISql) {
  return sql`set_id, run_id, entity_type_id, kind, is_full, reason, state, mapping, position, cookie, page_count,
    item_count::float8 as item_count, started_at`;
}
