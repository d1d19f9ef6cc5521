/**
 * Pairing: source, account links and target against each other, in one statement. Pairs that neither side has touched since they were
 * found as they should be never leave the database; what else there is goes to the temporary table `work`, in the order of entries.
 */
import type { TransactionSql } from 'postgres';
import { linkColumns, linksOf, meetsQuery, type PairingPlan, printOf, spellLinks } from './pairing-plan.ts';
import type { Fragment } from './sql-text.ts';
import { steerPlanner } from './staging.ts';

export type PairingScope =
  /** Everything on both sides. */
  | Readonly<{ kind: 'all' }>
  /** What the log tells of between two numbers, and what is to be looked at again. */
  | Readonly<{
      kind: 'changes';
      after: number;
      upTo: number;
      afterLink: number;
      references: readonly ReferencePath[];
    }>
  /** Source resources by key. */
  | Readonly<{ kind: 'keys'; keys: readonly string[] }>;

/** Links of the source whose other ends are paired by the account links of a mapping. */
export type ReferencePath = Readonly<{
  /** The association of the source. */
  associationId: number;
  /** The mapping that keeps the account links of the other ends, the type of these ends, and what they are paired with. */
  ownerId: number;
  isSwapped: boolean;
  nearTypeId: number;
  farTypeId: number;
}>;

export type PairingCounts = Readonly<{
  /** Source resources and target objects that the run looks at; null for the target where it does not look at it by itself. */
  sources: number;
  targets: number | null;
  /** Pairs that were passed over. */
  unchanged: number;
  outsideFilter: number;
  /** Rows of `work`. */
  rows: number;
  /** Whether some of them have no link yet. */
  unlinked: number;
}>;

/** Source resources that a run would look at are there at all; asked before anything is paired. */
export async function hasSources(sql: TransactionSql, plan: PairingPlan): Promise<boolean> {
  const [found] = await sql`
    select from resource where entity_type_id = ${plan.sourceTypeId}
      and ${meetsQuery(sql, plan.filterSource, { key: sql`key`, attributes: sql`attributes` })} limit 1`;
  return found !== undefined;
}

/** Target objects are there at all that correlation could find. */
export async function hasTargets(sql: TransactionSql, plan: PairingPlan): Promise<boolean> {
  const [found] = await sql`
    select from resource where entity_type_id = ${plan.targetTypeId}
      and ${meetsQuery(sql, plan.filterTarget, { key: sql`key`, attributes: sql`attributes` })} limit 1`;
  return found !== undefined;
}

/** Makes `work`, and lists the pairs that are as they should be. Belongs into a transaction with one snapshot. */
export async function pair(
  sql: TransactionSql,
  plan: PairingPlan,
  scope: PairingScope,
): Promise<PairingCounts> {
  const isAll = scope.kind === 'all';
  const isBoth = isAll && plan.runsTargetPhase;
  await steerPlanner(sql, plan.isSourceKeyCaseSensitive && plan.isTargetKeyCaseSensitive ? isAll : undefined);
  await spellLinks(sql, plan);
  if (!isAll) await collectTouched(sql, plan, scope);
  // One that starts from a few source resources is quicker without being told how to join.
  await steerPlanner(sql, isAll ? (isBoth || plan.filterSource === null ? true : undefined) : false);
  const rows = isBoth ? bothSides(sql, plan) : isAll ? fromSource(sql, plan) : fromTouched(sql, plan, scope);
  await sql`
    create temporary table paired on commit drop as
    select * from (${rows}) as paired where kind <> 'none'`;
  await steerPlanner(sql, true);
  const [counted] = await sql<Omit<PairingCounts, 'rows' | 'unlinked'>[]>`
    select count(*) filter (where is_source_in and place = 1)::float8 as sources,
      ${isBoth ? sql`count(*) filter (where is_target_in and place = 1)::float8` : sql`null::float8`} as targets,
      count(*) filter (where kind = 'unchanged')::float8 as unchanged,
      count(*) filter (where kind = 'outside')::float8 as outside_filter
    from paired`;
  if (!counted) throw new Error('An aggregate gave no row.');
  if (counted.unchanged > 0) {
    await sql`
      insert into reconciliation_unchanged (reconciliation_id, chunk_number, link_numbers)
      select ${plan.reconciliationId}::int, chunk, array_agg(link_number)
      from (select link_number, ((row_number() over () - 1) / ${chunkLinks}::int)::int as chunk from paired where kind = 'unchanged') as cut
      group by chunk`;
  }
  const made = await makeWork(sql, plan);
  return { ...counted, ...made };
}

/** Links a row of `reconciliation_unchanged`. */
export const chunkLinks = 1000;

async function makeWork(
  sql: TransactionSql,
  { qualifiers }: PairingPlan,
): Promise<Pick<PairingCounts, 'rows' | 'unlinked'>> {
  const names = [...qualifiers];
  const work = await sql`
    create temporary table work on commit drop as
    select row_number() over (order by kind = 'target', source_key, target_key, paired.place) as place,
      case kind when 'target' then 'target' else 'source' end::entry_phase as phase, name as qualifier,
      source_key, target_key, link_number, old_change, kind = 'refused' as is_outside
    from paired join unnest(${names}::text[]) with ordinality as qualifier (name, place) on qualifier.place = paired.place
    where kind in ('source', 'target', 'refused')`;
  await sql`create unique index on work (place)`;
  await sql`analyze work`;
  const [counted] = await sql<{ unlinked: number }[]>`
    select count(*)::float8 as unlinked from work where phase = 'source' and link_number is null`;
  if (qualifiers.length > 1) {
    // A target object that a source resource has led to under one qualifier is not visited under the others.
    await sql`
      delete from work using paired
      where work.phase = 'target' and paired.kind in ('source', 'unchanged', 'outside') and paired.target_key = work.target_key`;
  }
  return { rows: work.count, unlinked: counted?.unlinked ?? 0 };
}

/** Source, links and target in full: whatever has one of them. */
function bothSides(sql: TransactionSql, plan: PairingPlan): Fragment {
  return ofEachQualifier(
    sql,
    plan,
    (place, qualifier) => sql`
      select ${place}::bigint as place,
        case
          when source.is_in then ${unchangedOrSource(sql, plan)}
          when source.key is not null and link_number is null then 'none'
          when source.key is not null and (target.key is null or not ${plan.updatesOutsideFilter}) then 'outside'
          when target.key is null then 'source'
          when target.is_in then 'target'
          else 'none' end as kind,
        ${pairedColumns(sql)}, null::bigint as old_change
      from ${sourceSide(sql, plan)} as source
        full join (select * from ${linksOf(sql, plan)} as link where qualifier = ${qualifier}) as link on link.near_key = source.key
        full join ${targetSide(sql, plan)} as target on target.key = link.far_key`,
  );
}

/** Only what the source leads to. */
function fromSource(sql: TransactionSql, plan: PairingPlan): Fragment {
  return ofEachQualifier(
    sql,
    plan,
    (place, qualifier) => sql`
      select ${place}::bigint as place, ${unchangedOrSource(sql, plan)} as kind,
        ${pairedColumns(sql)}, null::bigint as old_change
      from ${sourceSide(sql, plan)} as source
        left join (select * from ${linksOf(sql, plan)} as link where qualifier = ${qualifier}) as link on link.near_key = source.key
        left join ${targetSide(sql, plan)} as target on target.key = link.far_key
      where source.is_in`,
  );
}

/** Only what `touched` names. Keys that were asked for are answered, whether there is anything or not. */
function fromTouched(sql: TransactionSql, plan: PairingPlan, scope: PairingScope): Fragment {
  const isAsked = scope.kind === 'keys';
  const old = meetsQuery(sql, plan.filterSource, { key: sql`touched.key`, attributes: sql`gone.before` });
  return ofEachQualifier(
    sql,
    plan,
    (place, qualifier) => sql`
      select ${place}::bigint as place,
        case
          when source.is_in then ${unchangedOrSource(sql, plan)}
          when source.key is not null and ${isAsked} then 'refused'
          when source.key is not null and link_number is not null then 'outside'
          when source.key is not null then 'none'
          when link_number is not null then 'source'
          when ${isAsked} then 'source'
          when gone.change_number is not null and ${old} then 'source'
          else 'none' end as kind,
        touched.key as source_key, link.far_key as target_key, link_number,
        source.is_in is true as is_source_in, target.is_in is true as is_target_in,
        case when source.key is null and link_number is null then gone.change_number end as old_change
      from touched
        left join lateral ${sourceSide(sql, plan, sql`touched.key`)} as source on true
        left join ${linksOf(sql, plan)} as link on link.near_key = touched.key and link.qualifier = ${qualifier}
        left join lateral ${targetSide(sql, plan, sql`link.far_key`)} as target on true
        left join change as gone on gone.change_number = touched.deleting_change`,
  );
}

function ofEachQualifier(
  sql: TransactionSql,
  { qualifiers }: PairingPlan,
  select: (place: number, qualifier: string) => Fragment,
): Fragment {
  return qualifiers
    .map((qualifier, index) => select(index + 1, qualifier))
    .reduce((all, one) => sql`${all} union all ${one}`);
}

function unchangedOrSource(sql: TransactionSql, { isSettling, revision }: PairingPlan): Fragment {
  if (!isSettling) return sql`'source'`;
  return sql`case when target.key is not null and settled_source = source.print and settled_target = target.print
    and settled_revision = ${revision} then 'unchanged' else 'source' end`;
}

function pairedColumns(sql: TransactionSql): Fragment {
  return sql`coalesce(source.key, link.near_key) as source_key, coalesce(target.key, link.far_key) as target_key, link_number,
    source.is_in is true as is_source_in, target.is_in is true as is_target_in`;
}

function sourceSide(sql: TransactionSql, plan: PairingPlan, key?: Fragment): Fragment {
  return side(sql, plan, plan.sourceTypeId, plan.filterSource, key);
}

function targetSide(sql: TransactionSql, plan: PairingPlan, key?: Fragment): Fragment {
  return side(sql, plan, plan.targetTypeId, plan.filterTarget, key);
}

function side(
  sql: TransactionSql,
  plan: PairingPlan,
  entityTypeId: number,
  filter: PairingPlan['filterSource'],
  key: Fragment | undefined,
): Fragment {
  const print = plan.isSettling ? printOf(sql, plan, sql`attributes`) : sql`null::bigint`;
  return sql`(
    select key, ${print} as print, ${meetsQuery(sql, filter, { key: sql`key`, attributes: sql`attributes` })} as is_in
    from resource where entity_type_id = ${entityTypeId} ${key === undefined ? sql`` : sql`and key = ${key} limit 1`})`;
}

/** `touched (key, deleting_change)`: source resources that have to be looked at, and the change that deleted each, if one did. */
async function collectTouched(
  sql: TransactionSql,
  plan: PairingPlan,
  scope: Exclude<PairingScope, { kind: 'all' }>,
): Promise<void> {
  if (scope.kind === 'keys') {
    await sql`
      create temporary table touched on commit drop as
      select distinct key collate "C" as key, null::bigint as deleting_change from unnest(${[...scope.keys]}::text[]) as asked (key)`;
    await sql`analyze touched`;
    return;
  }
  const { after, upTo, references } = scope;
  await steerPlanner(sql, false);
  await sql`
    create temporary table recent on commit drop as
    select change_number, set_id, kind, entity_type_id, association_id, key, target_key from change
    where change_number > ${after} and change_number <= ${upTo}`;
  // What runs of this mapping wrote is as this mapping wants it.
  await sql`
    delete from recent where entity_type_id = ${plan.targetTypeId} and association_id is null and set_id in (
      select set_id from (select distinct set_id from recent) as told
        join export_set using (set_id) join reconciliation using (run_id)
      where reconciliation.mapping_id = ${plan.mappingId})`;
  await sql`analyze recent`;
  const led = references.map((reference) => sql`union all ${referencedBy(sql, reference, scope.afterLink)}`);
  await sql`
    create temporary table touched on commit drop as
    select key, max(deleting_change) as deleting_change from (
      select key, case when kind = 'delete' then change_number end as deleting_change
      from recent where entity_type_id = ${plan.sourceTypeId} and association_id is null
      union all
      select near_key, null from (select distinct key from recent where entity_type_id = ${plan.targetTypeId} and association_id is null) as moved
        join ${linksOf(sql, plan)} as link on link.far_key = moved.key and link.qualifier = any(${[...plan.qualifiers]}::text[])
      union all
      select key, null from reconciliation_retry where mapping_id = ${plan.mappingId} and phase = 'source'
      ${led.reduce<Fragment>((all, one) => sql`${all} ${one}`, sql``)}
    ) as told group by key`;
  await sql`analyze touched`;
}

/** Sources of links that came or went, or whose other ends are paired otherwise than before. */
function referencedBy(
  sql: TransactionSql,
  { associationId, ownerId, isSwapped, nearTypeId, farTypeId }: ReferencePath,
  afterLink: number,
): Fragment {
  const { near, far } = linkColumns(sql, { isSwapped });
  return sql`
    select key, null from recent where association_id = ${associationId}
    union all
    select resource_link.source_key, null
    from (
      select ${near} as key from account_link where mapping_id = ${ownerId} and link_number > ${afterLink}
      union
      select ${near} from (select distinct key from recent where entity_type_id = ${farTypeId} and association_id is null and kind <> 'update') as come
        join account_link on mapping_id = ${ownerId} and ${far} = come.key
    ) as paired_end
      join resource_link on association_id = ${associationId} and resource_link.target_key = paired_end.key
        and target_type_id = ${nearTypeId}`;
}
