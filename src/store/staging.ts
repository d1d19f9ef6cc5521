/**
 * A complete set, taken apart inside a transaction: temporary tables that say what the set as a whole tells of each object,
 * with everything that was told several times, out of order or taken back already settled.
 */
import type { ISql, PendingQuery, Row, TransactionSql } from 'postgres';
import { parseFilter } from '../odata/filter.ts';
import { filterCondition } from './filter-sql.ts';

type Fragment = PendingQuery<Row[]>;

/** What is known of a set before it is taken apart. */
export type StagedSet = Readonly<{
  setId: number;
  entityTypeId: number;
  isFull: boolean;
  hasRemovals: boolean;
  hasUnlinks: boolean;
  hasItems: boolean;
  /** The types of the connection that are exported: what links may lead to. */
  exportedTypes: readonly ExportedType[];
}>;

export type ExportedType = Readonly<{ entityTypeId: number; name: string }>;

/** Locks a set that is complete and belongs to this run. Gives undefined when it does not, or not any more. */
export async function stageSet(
  sql: TransactionSql,
  setId: number,
  runId: number,
  exportedTypes: readonly ExportedType[],
): Promise<StagedSet | undefined> {
  const [set] = await sql<{ entityTypeId: number; isFull: boolean; hasItems: boolean }[]>`
    select entity_type_id, is_full, item_count > 0 as has_items from export_set
    where set_id = ${setId} and run_id = ${runId} and state = 'complete' for update`;
  if (!set) return undefined;
  const [flags] = await sql<{ hasRemovals: boolean; hasUnlinks: boolean }[]>`
    select coalesce(bool_or(has_removals), false) as has_removals, coalesce(bool_or(has_unlinks), false) as has_unlinks
    from set_page where set_id = ${setId}`;
  if (!flags) throw new Error('An aggregate gave no row.');
  return { setId, ...set, ...flags, exportedTypes };
}

/**
 * Says how to join what is staged with what is stored: a full set meets all of it, an incremental one a few rows. PostgreSQL
 * cannot know that, and a wrong guess reads a million rows for each of a thousand. `undefined` leaves it the choice again.
 */
export async function steerPlanner(sql: TransactionSql, isFull: boolean | undefined): Promise<void> {
  const onlyHash = isFull !== false ? 'on' : 'off';
  const onlyLoops = isFull !== true ? 'on' : 'off';
  await sql`select set_config('jit', 'off', true), set_config('enable_memoize', 'off', true), set_config('work_mem', '64MB', true),
    set_config('enable_hashjoin', ${onlyHash}, true), set_config('enable_mergejoin', ${onlyHash}, true),
    set_config('enable_nestloop', ${onlyLoops}, true), set_config('enable_seqscan', ${onlyHash}, true)`;
}

/**
 * Makes `removal (key, place)`: objects that the set removes, with the last place where it does, and `staged (key,
 * attributes)`: the objects it has attributes of, all places put together. In a full set `attributes` is what there is
 * to store; in an incremental one it still has its nulls, which clear what is stored. Gives the number of staged objects.
 */
export async function stageObjects(sql: TransactionSql, set: StagedSet): Promise<number> {
  await sql`
    create temporary table removal on commit drop as
    select item->>'k' collate "C" as key, max(${placeOf(sql)}) as place
    from ${itemsOf(sql, set, sql`p.has_removals`)} where item ? 'x' group by 1`;
  const attributes = set.isFull ? sql`jsonb_strip_nulls(item->'a')` : sql`item->'a'`;
  const repeated = await sql`
    create temporary table repeated on commit drop as
    select item->>'k' collate "C" as key from ${tellingOf(sql, set, sql`item ? 'a'`)}
    group by 1 having count(*) > 1`;
  const isAnyRepeated = repeated.count > 0;
  const merged = sql`
    select item->>'k' collate "C" as key, jsonb_object_agg(name, value order by ${placeOf(sql)}) as attributes
    from ${tellingOf(sql, set, sql`item ? 'a' and item->>'k' in (select key from repeated)`)}
      cross join lateral jsonb_each(item->'a') as attribute (name, value)
    group by 1`;
  const staged = await sql`
    create temporary table staged on commit drop as
    select item->>'k' collate "C" as key, ${attributes} as attributes
    from ${tellingOf(sql, set, isAnyRepeated ? sql`item ? 'a' and item->>'k' not in (select key from repeated)` : sql`item ? 'a'`)}
    ${isAnyRepeated ? sql`union all select key, ${set.isFull ? sql`jsonb_strip_nulls(attributes)` : sql`attributes`} from (${merged}) as several` : sql``}`;
  return staged.count;
}

/** A condition on a column of attributes that are ready to be stored; true where there is no filter. */
export function meetsFilter(sql: ISql, filter: string | undefined, attributes: Fragment): Fragment {
  return filter === undefined ? sql`true` : sql`(${filterCondition(sql, parseFilter(filter), attributes)})`;
}

/**
 * The links of one kind that the set tells, as a query of (source_key, target_key, target_type_id), each link once: what it
 * links and does not take back later. The type is null where it is none that is exported.
 */
export function linkedIn(sql: ISql, set: StagedSet, link: string): Fragment {
  return set.hasUnlinks || set.hasRemovals
    ? sql`select source_key, target_key, target_type_id from (${operations(sql, set, link)}) as operation where is_linked`
    : sql`
      select source_key, target_key, max(target_type_id) as target_type_id
      from (${linkings(sql, set, link)}) as told group by 1, 2`;
}

/** The links of one kind that the set takes back and does not tell again later, as a query of (source_key, target_key). */
export function unlinkedIn(sql: ISql, set: StagedSet, link: string): Fragment {
  return sql`select source_key, target_key from (${operations(sql, set, link)}) as operation where not is_linked`;
}

/** What the set tells last of each link: (source_key, target_key, target_type_id, is_linked). */
function operations(sql: ISql, set: StagedSet, link: string): Fragment {
  return sql`
    select distinct on (source_key, target_key) source_key, target_key, target_type_id, is_linked
    from (select *, true as is_linked from (${linkings(sql, set, link)}) as linked
          union all
          select *, false from (${unlinkings(sql, set, link)}) as unlinked) as told
    order by source_key, target_key, place desc`;
}

function linkings(sql: ISql, set: StagedSet, link: string): Fragment {
  const names = set.exportedTypes.map(({ name }) => name);
  const ids = set.exportedTypes.map(({ entityTypeId }) => entityTypeId);
  return sql`
    select item->>'k' collate "C" as source_key, target.key collate "C" as target_key, exported.id as target_type_id,
      ${placeOf(sql)} as place
    from ${tellingOf(sql, set, sql`item ? 'l'`)}
      cross join lateral jsonb_each(item->'l'->${link}::text) as typed (name, keys)
      left join unnest(${names}::text[], ${ids}::integer[]) as exported (name, id) on exported.name = typed.name
      cross join lateral jsonb_array_elements_text(typed.keys) as target (key)`;
}

function unlinkings(sql: ISql, set: StagedSet, link: string): Fragment {
  return sql`
    select item->>'k' collate "C" as source_key, target.key collate "C" as target_key, null::integer as target_type_id,
      ${placeOf(sql)} as place
    from ${tellingOf(sql, set, sql`p.has_unlinks and item ? 'u'`)}
      cross join lateral jsonb_array_elements_text(item->'u'->${link}::text) as target (key)`;
}

/** The items of a set that still count: those that no later removal of their object has made void. */
function tellingOf(sql: ISql, set: StagedSet, condition: Fragment): Fragment {
  const told = set.hasRemovals
    ? sql`and not exists (select from removal where removal.key = item->>'k' collate "C" and removal.place > ${placeOf(sql)})`
    : sql``;
  return sql`(select item, page_number, number from ${itemsOf(sql, set, sql`true`)} where ${condition} ${told}) as telling`;
}

function itemsOf(sql: ISql, set: Pick<StagedSet, 'setId'>, condition: Fragment): Fragment {
  return sql`(select item, page_number, number, has_unlinks from set_page as p
      cross join lateral jsonb_array_elements(p.items) with ordinality as e (item, number)
    where p.set_id = ${set.setId} and ${condition}) as p`;
}

/** A number that grows with the place of an item in its set. */
function placeOf(sql: ISql): Fragment {
  return sql`(page_number::bigint << 32 | number)`;
}
