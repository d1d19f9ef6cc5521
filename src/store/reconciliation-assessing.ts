/** Rows of `work` with both sides as they are assessed, and the entries that come of them, a batch at a time. */
import type { Sql, TransactionSql } from 'postgres';
import type { Attributes } from '../model/entity-type.ts';
import type {
  Action,
  EntryChanges,
  EntryPhase,
  EntryStatus,
  MatchedOn,
  Situation,
} from '../model/reconciliation.ts';
import { linkColumns, linksOf, type PairingPlan, printOf, resourceByKey } from './pairing-plan.ts';

export type WorkRow = Readonly<{
  place: number;
  phase: EntryPhase;
  qualifier: string;
  sourceKey: string | null;
  /** Of the link, or in the target phase the object itself. */
  targetKey: string | null;
  linkNumber: string | null;
  /** It was asked for by key, and the filter of the source leaves it out. */
  isOutside: boolean;
  source: Attributes | null;
  sourcePrint: string | null;
  /** What a deleted source was. */
  old: Attributes | null;
  /** That of `targetKey`, or where there is no link the one match. */
  target: Attributes | null;
  targetPrint: string | null;
  matchCount: number;
  /** The first hundred. */
  matchKeys: readonly string[];
  matchRule: number | null;
  matchCombination: number | null;
  matchValues: readonly string[] | null;
  /** Whether the one match has a link of this qualifier already. */
  isMatchLinked: boolean;
  /** Whether other rows have the same match. */
  isContested: boolean;
  seekFailure: string | null;
}>;

/** Reads the next rows after a place. `hasMatches` says whether there was anything to correlate with. */
export function readWork(
  sql: TransactionSql,
  plan: PairingPlan,
  { after, limit, hasMatches }: Readonly<{ after: number; limit: number; hasMatches: boolean }>,
): Promise<WorkRow[]> {
  const matched = hasMatches
    ? {
        columns: sql`coalesce(match.match_count, 0) as match_count, to_jsonb(coalesce(match.keys, '{}')) as match_keys, match.rule as match_rule,
          match.combination as match_combination, to_jsonb(match.vals) as match_values, coalesce(match.is_contested, false) as is_contested,
          seek_failure.message as seek_failure, taken.link_number is not null as is_match_linked`,
        key: sql`coalesce(work.target_key, case when match.match_count = 1 then match.keys[1] end)`,
        joins: sql`left join match using (place) left join seek_failure using (place)`,
        taken: sql`left join ${linksOf(sql, plan)} as taken
          on match.match_count = 1 and taken.far_key = match.keys[1] and taken.qualifier = work.qualifier`,
      }
    : {
        columns: sql`0 as match_count, '[]'::jsonb as match_keys, null::int as match_rule, null::int as match_combination,
          null::jsonb as match_values, false as is_contested, null::text as seek_failure, false as is_match_linked`,
        key: sql`work.target_key`,
        joins: sql``,
        taken: sql``,
      };
  return sql<WorkRow[]>`
    select work.place::float8 as place, phase, work.qualifier, work.source_key, work.target_key, work.link_number::text as link_number, is_outside,
      source.attributes as source, ${printOf(sql, plan, sql`source.attributes`)}::text as source_print, gone.before as old,
      target.attributes as target, ${printOf(sql, plan, sql`target.attributes`)}::text as target_print,
      ${matched.columns}
    from (select * from work where place > ${after} order by place limit ${limit}) as work
      ${matched.joins}
      left join ${resourceByKey(sql, plan.sourceTypeId, sql`work.source_key`)} as source on true
      left join ${resourceByKey(sql, plan.targetTypeId, matched.key)} as target on true
      left join change as gone on gone.change_number = work.old_change
      ${matched.taken}
    order by work.place`.then((rows) => rows);
}

/** An entry as it is stored. Numbers of 64 bits are text. */
export type EntryRow = Readonly<{
  number: number;
  phase: EntryPhase;
  qualifier: string;
  situation: Situation | null;
  action: Action | null;
  status: EntryStatus;
  message: string | null;
  sourceKey: string | null;
  targetKey: string | null;
  sourceName: string | null;
  targetName: string | null;
  matchedOn: MatchedOn | null;
  ambiguousKeys: readonly string[] | null;
  matchCount: number;
  policy: number | null;
  changes: EntryChanges | null;
  linkNumber: string | null;
  sourcePrint: string | null;
  targetPrint: string | null;
  createdKey: string | null;
}>;

/**
 * Adds entries whose numbers follow each other. They are sent as lists, which the server takes apart in half the time that JSON takes; what
 * many have in common is sent once, and a list of nothing is empty.
 */
export async function insertEntries(
  sql: TransactionSql,
  reconciliationId: number,
  entries: readonly EntryRow[],
): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  const kinds = new Map<string, number>();
  const kindOf = ({ phase, qualifier, situation, action, status, policy }: EntryRow): number => {
    const kind = JSON.stringify({ phase, qualifier, situation, action, status, policy });
    const place = kinds.get(kind) ?? kinds.size;
    kinds.set(kind, place);
    return place;
  };
  const places = entries.map(kindOf);
  const rests = entries.map(({ matchedOn, ambiguousKeys, matchCount }) =>
    matchedOn === null && ambiguousKeys === null && matchCount === 0
      ? null
      : JSON.stringify({ matchedOn, ambiguousKeys, matchCount }),
  );
  const changes = entries.map((entry) => (entry.changes === null ? null : JSON.stringify(entry.changes)));
  await sql`
    with kind as materialized (
      select place - 1 as place, phase, qualifier, situation, action, status, policy
      from rows from (json_to_recordset(${`[${[...kinds.keys()].join(',')}]`}::text::json)
        as (phase entry_phase, qualifier text, situation situation, action entry_action, status entry_status, policy integer))
        with ordinality as kind (phase, qualifier, situation, action, status, policy, place)
    )
    insert into reconciliation_entry (reconciliation_id, entry_number, phase, qualifier, situation, action, status, message, source_key,
      target_key, source_name, target_name, matched_on, ambiguous_keys, match_count, policy, changes, link_number, source_print,
      target_print, created_key)
    select ${reconciliationId}::int, ${first.number}::bigint + told.place - 1, phase, qualifier, situation, action, status,
      nullif(message, ''), nullif(source_key, ''), nullif(target_key, ''), nullif(source_name, ''), nullif(target_name, ''),
      nullif(rest::jsonb->'matchedOn', 'null'),
      case when jsonb_typeof(rest::jsonb->'ambiguousKeys') = 'array' then array(select jsonb_array_elements_text(rest::jsonb->'ambiguousKeys')) end,
      coalesce((rest::jsonb->>'matchCount')::int, 0), policy, nullif(changes, '')::jsonb, nullif(link_number, '')::bigint,
      nullif(source_print, '')::bigint, nullif(target_print, '')::bigint, nullif(created_key, '')
    from (
      select kind_place, message, source_key, target_key, source_name, target_name, nullif(rest, '') as rest, changes, link_number, source_print,
        target_print, created_key, place
      from unnest(${places}::int[], ${listOf(entries, 'message')}::text[], ${listOf(entries, 'sourceKey')}::text[],
          ${listOf(entries, 'targetKey')}::text[], ${listOf(entries, 'sourceName')}::text[], ${listOf(entries, 'targetName')}::text[],
          ${shortened(rests)}::text[], ${shortened(changes)}::text[], ${listOf(entries, 'linkNumber')}::text[],
          ${listOf(entries, 'sourcePrint')}::text[], ${listOf(entries, 'targetPrint')}::text[], ${listOf(entries, 'createdKey')}::text[])
        with ordinality as told (kind_place, message, source_key, target_key, source_name, target_name, rest, changes, link_number,
          source_print, target_print, created_key, place)
    ) as told join kind on kind.place = told.kind_place`;
}

function listOf(
  entries: readonly EntryRow[],
  name:
    | 'message'
    | 'sourceKey'
    | 'targetKey'
    | 'sourceName'
    | 'targetName'
    | 'linkNumber'
    | 'sourcePrint'
    | 'targetPrint'
    | 'createdKey',
): string[] {
  return shortened(entries.map((entry) => entry[name]));
}

/** Nothing is written as an empty text, and a list of nothing is empty: what is missing at the end of a list counts as null. */
function shortened(values: readonly (string | null)[]): string[] {
  return values.some((value) => value !== null) ? values.map((value) => value ?? '') : [];
}

/** Lists more pairs that are as they should be, a thousand links a chunk. */
export async function insertUnchanged(
  sql: TransactionSql,
  reconciliationId: number,
  chunkNumber: number,
  linkNumbers: readonly string[],
): Promise<void> {
  await sql`
    insert into reconciliation_unchanged (reconciliation_id, chunk_number, link_numbers)
    values (${reconciliationId}, ${chunkNumber}, ${[...linkNumbers]}::text[]::bigint[])`;
}

/** PostgreSQL learns of many new entries before they are read again. */
export async function analyzeEntries(sql: Sql): Promise<void> {
  await sql`analyze reconciliation_entry`;
}

/** Forgets what an assessment that came to no end has found. */
export async function dropEntries(sql: Sql, reconciliationId: number): Promise<void> {
  await sql`delete from reconciliation_entry where reconciliation_id = ${reconciliationId}`;
  await sql`delete from reconciliation_unchanged where reconciliation_id = ${reconciliationId}`;
}

/** A pair that is as it should be, with the fingerprints of both sides. */
export type SettledPair = Readonly<{
  linkNumber: string;
  sourceKey: string;
  targetKey: string;
  sourcePrint: string;
  targetPrint: string;
}>;

/** Notes that pairs are as they should be, with the spelling that their keys have now. */
export async function settlePairs(
  sql: Sql | TransactionSql,
  plan: PairingPlan,
  pairs: readonly SettledPair[],
): Promise<void> {
  if (pairs.length === 0) return;
  const { near, far } = linkColumns(sql, plan);
  await sql`
    update account_link
    set settled_source = source_print, settled_target = target_print, settled_revision = ${plan.revision},
        ${near} = near_key, ${far} = far_key
    from unnest(${pairs.map(({ linkNumber }) => linkNumber)}::text[]::bigint[], ${pairs.map(({ sourceKey }) => sourceKey)}::text[],
        ${pairs.map(({ targetKey }) => targetKey)}::text[], ${pairs.map(({ sourcePrint }) => sourcePrint)}::text[]::bigint[],
        ${pairs.map(({ targetPrint }) => targetPrint)}::text[]::bigint[])
      as settled (link_number, near_key, far_key, source_print, target_print)
    where account_link.link_number = settled.link_number
      and lower(account_link.${near}) = lower(near_key) and lower(account_link.${far}) = lower(far_key)`;
}

/** Of these target objects, those that an earlier row of this run has been given, by qualifier; notes none. */
export async function readClaimed(
  sql: TransactionSql,
  wanted: readonly Readonly<{ qualifier: string; targetKey: string }>[],
): Promise<readonly Readonly<{ qualifier: string; targetKey: string }>[]> {
  if (wanted.length === 0) return [];
  return await sql<{ qualifier: string; targetKey: string }[]>`
    select claim.qualifier, claim.target_key
    from unnest(${wanted.map(({ qualifier }) => qualifier)}::text[], ${wanted.map(({ targetKey }) => targetKey)}::text[])
      as wanted (qualifier, target_key) join claim using (qualifier, target_key)`;
}

export async function recordClaims(
  sql: TransactionSql,
  claims: readonly Readonly<{ qualifier: string; targetKey: string }>[],
): Promise<void> {
  if (claims.length === 0) return;
  await sql`
    insert into claim (qualifier, target_key)
    select * from unnest(${claims.map(({ qualifier }) => qualifier)}::text[], ${claims.map(({ targetKey }) => targetKey)}::text[])
    on conflict do nothing`;
}

/** Whether there is any resource of a type. */
export async function hasAny(sql: TransactionSql, entityTypeId: number): Promise<boolean> {
  const [found] = await sql`select from resource where entity_type_id = ${entityTypeId} limit 1`;
  return found !== undefined;
}

/** Makes the empty table of values that rows of this run have been given and no other may have. */
export async function prepareClaimedValues(sql: TransactionSql): Promise<void> {
  await sql`
    create temporary table claimed_value (attribute text collate "C", value text collate "C", primary key (attribute, value)) on commit drop`;
}

export type ClaimedValue = Readonly<{ attribute: string; value: string }>;

/** Of these folded values, those that an earlier row of this run has been given. */
export async function readClaimedValues(
  sql: TransactionSql,
  wanted: readonly ClaimedValue[],
): Promise<readonly ClaimedValue[]> {
  if (wanted.length === 0) return [];
  return await sql<ClaimedValue[]>`
    select attribute, value
    from unnest(${wanted.map(({ attribute }) => attribute)}::text[], ${wanted.map(({ value }) => value)}::text[])
      as wanted (attribute, value) join claimed_value using (attribute, value)`;
}

/** Notes folded values that rows of this run have been given. */
export async function claimValues(sql: TransactionSql, wanted: readonly ClaimedValue[]): Promise<void> {
  if (wanted.length === 0) return;
  await sql`
    insert into claimed_value (attribute, value)
    select * from unnest(${wanted.map(({ attribute }) => attribute)}::text[], ${wanted.map(({ value }) => value)}::text[])
    on conflict do nothing`;
}
