/**
 * Correlation: values that source resources without a link are looked for by, against the target, in one join for each list of
 * attributes. However many share a value, the work is bounded by the size of both sides.
 */
import type { TransactionSql } from 'postgres';
import type { Attributes } from '../model/entity-type.ts';
import { correlatedText, findIndexedAttributes } from './correlation-indexes.ts';
import { meetsQuery, type PairingPlan, resourceByKey, typeNumber } from './pairing-plan.ts';
import { foldedList } from './query-filter-sql.ts';
import type { Fragment } from './sql-text.ts';
import { steerPlanner } from './staging.ts';

export type UnlinkedRow = Readonly<{
  place: number;
  qualifier: string;
  sourceKey: string;
  /** Of a deleted source: what it was. Null where that is not known. */
  attributes: Attributes | null;
}>;

/** The next rows of `work` that have no link yet, after a place. */
export async function readUnlinked(
  sql: TransactionSql,
  { sourceTypeId }: PairingPlan,
  after: number,
  limit: number,
): Promise<UnlinkedRow[]> {
  return await sql<UnlinkedRow[]>`
    select place::float8 as place, qualifier, source_key, coalesce(resource.attributes, change.before) as attributes
    from (select * from work where place > ${after} and phase = 'source' and link_number is null and not is_outside
          order by place limit ${limit}) as work
      left join ${resourceByKey(sql, sourceTypeId, sql`work.source_key`)} as resource on true
      left join change on change.change_number = work.old_change
    order by work.place`;
}

/** What a row is looked for by: values of a list of attributes, all of them folded. */
export type Sought = Readonly<{
  place: number;
  rule: number;
  combination: number;
  values: readonly string[];
}>;

export type SeekFailure = Readonly<{ place: number; message: string }>;

/** Makes the empty tables that `recordSought` fills. */
export async function prepareCorrelation(sql: TransactionSql): Promise<void> {
  await sql`
    create temporary table sought (place bigint, rule integer, combination integer, vals text[] collate "C") on commit drop`;
  await sql`create temporary table seek_failure (place bigint primary key, message text) on commit drop`;
  await sql`
    create temporary table match (place bigint primary key, rule integer, combination integer, vals text[], keys text[] collate "C",
      match_count integer, is_contested boolean) on commit drop`;
  await sql`
    create temporary table claim (qualifier text collate "C", target_key text collate "C", primary key (qualifier, target_key)) on commit drop`;
}

export async function recordSought(
  sql: TransactionSql,
  sought: readonly Sought[],
  failures: readonly SeekFailure[],
): Promise<void> {
  if (sought.length > 0) {
    await sql`
      insert into sought (place, rule, combination, vals)
      select place, rule, combination, array(select jsonb_array_elements_text("values"))
      from jsonb_to_recordset(${JSON.stringify(sought)}::text::jsonb)
        as given (place bigint, rule integer, combination integer, "values" jsonb)`;
  }
  if (failures.length > 0) {
    await sql`
      insert into seek_failure (place, message)
      select place, message from unnest(${failures.map(({ place }) => String(place))}::text[]::bigint[],
        ${failures.map(({ message }) => message)}::text[]) as given (place, message)`;
  }
}

/** Attributes that are looked for together, and which of them may be lists in the target. */
export type Combination = Readonly<{
  attributes: readonly Readonly<{ name: string; mayBeList: boolean }>[];
}>;

/** Of several matches, so many are kept to be looked at. */
export const mostMatches = 100;

/** Fewer values than this part of the target are looked up one by one, where there is an index. */
const smallPart = 0.05;

/**
 * Makes `match`: of each row what the first rule that finds something has found. Target objects that were found are taken out of the
 * target phase.
 */
export async function findMatches(
  sql: TransactionSql,
  plan: PairingPlan,
  combinations: readonly Combination[],
): Promise<void> {
  await sql`analyze sought`;
  await sql`
    create temporary table found (combination integer, vals text[] collate "C", key text collate "C") on commit drop`;
  const indexed = await findIndexedAttributes(sql, plan.targetTypeId);
  for (const [number, combination] of combinations.entries()) {
    await findCombination(sql, plan, { number, combination, indexed });
  }
  await sql`analyze found`;
  await steerPlanner(sql, true);
  await sql`
    create temporary table hit on commit drop as
    with decided as (
      select place, min(rule) as rule
      from sought join (select distinct combination, vals from found) as one using (combination, vals) group by place
    )
    select place, sought.rule, combination, vals from sought join decided using (place, rule)`;
  await sql`
    insert into match (place, rule, combination, vals, keys, match_count, is_contested)
    with shown as (
      select combination, vals, (array_agg(key order by key))[1:${mostMatches + 1}] as keys, count(*)::int as match_count
      from found group by combination, vals
    ),
    gathered as (
      select place, hit.rule, (array_agg(combination order by combination))[1] as combination,
        array_agg(distinct key) as keys, greatest(count(distinct key)::int, max(match_count)) as match_count
      from hit join shown using (combination, vals) cross join lateral unnest(keys) as one (key)
      group by place, hit.rule
    )
    select place, gathered.rule, gathered.combination,
      (select vals from hit where hit.place = gathered.place and hit.combination = gathered.combination limit 1),
      keys[1:${mostMatches}], match_count,
      match_count = 1 and count(*) over (partition by qualifier, match_count, keys[1]) > 1
    from gathered join work using (place)`;
  await sql`
    delete from work using (
      select distinct key from (select distinct combination, vals from hit) as deciding join found using (combination, vals)) as led_to
    where phase = 'target' and target_key = led_to.key`;
  await sql`analyze match`;
  await sql`analyze work`;
}

async function findCombination(
  sql: TransactionSql,
  plan: PairingPlan,
  {
    number,
    combination: { attributes },
    indexed,
  }: Readonly<{ number: number; combination: Combination; indexed: ReadonlySet<string> }>,
): Promise<void> {
  // What leads the join is what an index is on, if there is any.
  const places = attributes.map((attribute, index) => ({ ...attribute, place: index + 1 }));
  const leader = places.find(({ name }) => indexed.has(name)) ?? places[0];
  if (leader === undefined) return;
  const [counted] = await sql<{ wanted: number; targets: number }[]>`
    select (select count(*) from sought where combination = ${number})::float8 as wanted,
      (select resource_count from entity_type where entity_type_id = ${plan.targetTypeId})::float8 as targets`;
  const { wanted = 0, targets = 0 } = counted ?? {};
  if (wanted === 0) return;
  await steerPlanner(sql, !(indexed.has(leader.name) && wanted < targets * smallPart));
  const others = places.filter((one) => one !== leader);
  const filter = meetsQuery(sql, plan.filterTarget, {
    key: sql`target.key`,
    attributes: sql`target.attributes`,
  });
  const rest = others
    .map((other) => equals(sql, other))
    .reduce<Fragment>((all, one) => sql`${all} and ${one}`, sql`${filter}`);
  const wantedValues = sql`(select distinct vals from sought where combination = ${number}) as wanted`;
  const ofType = sql`target.entity_type_id = ${typeNumber(sql, plan.targetTypeId)}`;
  await sql`
    insert into found (combination, vals, key)
    select ${number}::int, wanted.vals, target.key
    from ${wantedValues} join resource as target
      on ${ofType} and ${correlatedText(sql, sql`target.attributes`, leader.name)} = wanted.vals[${placeWord(sql, leader.place)}]
    where ${rest}`;
  if (!leader.mayBeList) return;
  await sql`
    insert into found (combination, vals, key)
    select distinct ${number}::int, wanted.vals, target.key
    from (select key, attributes, ${correlatedText(sql, sql`jsonb_build_object('v', element.value)`, 'v')} as element
          from resource as listing cross join lateral jsonb_array_elements(
            case jsonb_typeof(attributes -> ${leader.name}::text) when 'array' then attributes -> ${leader.name}::text end) as element
          where listing.entity_type_id = ${typeNumber(sql, plan.targetTypeId)}
            and ${correlatedText(sql, sql`attributes`, leader.name)} = ${foldedList}) as target
      join ${wantedValues} on target.element = wanted.vals[${placeWord(sql, leader.place)}]
    where ${rest}`;
}

/** The value at a place is the attribute's, or one of its list. */
function equals(
  sql: TransactionSql,
  { name, mayBeList, place: number }: Readonly<{ name: string; mayBeList: boolean; place: number }>,
): Fragment {
  const value = sql`wanted.vals[${placeWord(sql, number)}]`;
  const single = sql`${correlatedText(sql, sql`target.attributes`, name)} = ${value}`;
  if (!mayBeList) return single;
  const list = sql`target.attributes -> ${name}::text`;
  return sql`(${single} or exists (
    select from jsonb_array_elements(case jsonb_typeof(${list}) when 'array' then ${list} end) as element
    where ${correlatedText(sql, sql`jsonb_build_object('v', element.value)`, 'v')} = ${value}))`;
}

/** A place in a list as a word of the statement. */
function placeWord(sql: TransactionSql, number: number): Fragment {
  return typeNumber(sql, number);
}
