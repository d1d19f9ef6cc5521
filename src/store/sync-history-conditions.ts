/** Which rows of the history are meant: filters and what a person searches for, as conditions that a hundred thousand rows are quickly held against. */
import type { ISql, PendingQuery, Row, Sql } from 'postgres';
import type { HistoryTerms } from '../model/history-search.ts';
import {
  describeObjectClass,
  type HistoryState,
  historyStates,
  historyStateWords,
} from '../model/history-words.ts';

type Fragment = PendingQuery<Row[]>;

export type HistoryFilter = Readonly<{
  connectionId: number;
  /** What is to be found, and in which zone dates and times are meant. */
  terms?: HistoryTerms | undefined;
  timeZone: string;
  types?: readonly string[] | undefined;
  states?: readonly HistoryState[] | undefined;
  isFull?: boolean | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** The links of each type beside it. */
  withLinks: boolean;
  /** Only runs up to this one, so that pages stand still while others come. */
  upToRunId?: number | undefined;
}>;

/** The condition that rows of the history have to meet. */
export function conditionOf(sql: ISql, filter: HistoryFilter, surroundings: HistorySurroundings): Fragment {
  const { classes, days } = surroundings;
  const { connectionId, terms, timeZone, types, states, isFull, from, to, withLinks } = filter;
  const time = terms?.time;
  const conditions = [
    sql`connection_id = ${connectionId}`,
    ...(withLinks ? [] : [sql`not is_link`]),
    ...(types === undefined ? [] : [typeCondition(sql, types, classes)]),
    ...(states === undefined ? [] : [stateCondition(sql, states)]),
    ...(isFull === undefined ? [] : [sql`is_full = ${isFull}`]),
    // Whatever was under way in that time.
    ...(from === undefined ? [] : [sql`coalesce(ended_at, 'infinity') > ${from}`]),
    ...(to === undefined ? [] : [sql`started_at < ${to}`]),
    ...(terms?.words ?? []).map((word) => wordCondition(sql, word, classes)),
    ...(days === undefined ? [] : [dayCondition(sql, days, timeZone)]),
    ...(time === undefined ? [] : [clockCondition(sql, time, filter, surroundings)]),
  ];
  return conditions.reduce((all, one) => sql`${all} and ${one}`);
}

/** Of the type itself, and its links. */
function typeCondition(sql: ISql, types: readonly string[], classes: readonly string[]): Fragment {
  const wanted = classes.filter((name) => types.includes(name.split('.')[0] ?? ''));
  return sql`object_class = any(${wanted}::text[])`;
}

/** As a parameter of its own type: a cast would be done for every row. */
function stateCondition(sql: ISql, states: readonly HistoryState[]): Fragment {
  return sql`state = any(${`{${states.join(',')}}`}::run_state[])`;
}

/** Types and states are few: which of them a word is part of is known beforehand. */
function wordCondition(sql: ISql, word: string, classes: readonly string[]): Fragment {
  const types = classes.filter((name) => `${name} ${describeObjectClass(name)}`.toLowerCase().includes(word));
  const states = historyStates.filter((state) => historyStateWords[state].toLowerCase().includes(word));
  return sql`(${stateCondition(sql, states)} or object_class = any(${types}::text[])
    or message ilike ${`%${word.replace(/[\\%_]/g, '\\$&')}%`})`;
}

/** Begun or ended on one of these days. */
function dayCondition(sql: ISql, days: readonly Day[], timeZone: string): Fragment {
  const at = (wall: Date) =>
    sql`(${wall.toISOString().slice(0, 19)}::text::timestamp at time zone ${timeZone})`;
  const within = days.flatMap(({ from, to }) => [
    sql`(started_at >= ${at(from)} and started_at < ${at(to)})`,
    sql`(ended_at >= ${at(from)} and ended_at < ${at(to)})`,
  ]);
  return sql`(${within.reduce((any, one) => sql`${any} or ${one}`, sql`false`)})`;
}

/**
 * Begun or ended at this time of a day. The index is asked for that time on every day of the history, at each of the zone's distances
 * from UTC; what its clocks really show is asked of what that finds. Links have no such index.
 */
function clockCondition(
  sql: ISql,
  { fromSeconds, untilSeconds }: NonNullable<HistoryTerms['time']>,
  { connectionId, timeZone, withLinks }: HistoryFilter,
  { firstAt, offsetsSeconds }: HistorySurroundings,
): Fragment {
  const shows = (time: Fragment) => {
    const seconds = sql`extract(epoch from (${time} at time zone ${timeZone})::time)`;
    return sql`(${seconds} >= ${fromSeconds} and ${seconds} < ${untilSeconds})`;
  };
  if (withLinks) return sql`(${shows(sql`started_at`)} or ${shows(sql`ended_at`)})`;
  // The offset keeps PostgreSQL from asking the clock of every row first, of which it expects far too much.
  const within = (time: Fragment) => sql`
    select run_id, object_class from span cross join lateral (
      select run_id, object_class, ${time} as moment from run_object_class
      where connection_id = ${connectionId} and not is_link and ${time} >= begins_at and ${time} < ends_at offset 0
    ) as near where ${shows(sql`moment`)}`;
  return sql`(run_id, object_class) in (
    with span as materialized (
      select begins_at, begins_at + make_interval(secs => ${untilSeconds - fromSeconds}) as ends_at
      from generate_series(${firstAt}::timestamptz - interval '1 day', now() + interval '1 day', interval '1 day') as day
        cross join unnest(${[...offsetsSeconds]}::int[]) as distance
        cross join lateral (
          select date_trunc('day', day at time zone 'UTC') at time zone 'UTC' + make_interval(secs => ${fromSeconds} - distance) as begins_at
        ) as moment
    )
    ${within(sql`started_at`)} union ${within(sql`coalesce(ended_at, 'infinity')`)})`;
}

/** A span of wall time, written as if it were UTC. */
type Day = Readonly<{ from: Date; to: Date }>;

/** What there is to know of a connection before its history is searched. */
export type HistorySurroundings = Readonly<{
  /** Classes that it has, or had. */
  classes: readonly string[];
  /** The days that a search means; undefined where it means none. */
  days: readonly Day[] | undefined;
  /** When its first run began. */
  firstAt: Date;
  /** How far the clocks of the zone are from UTC, in summer and winter. */
  offsetsSeconds: readonly number[];
}>;

export async function readSurroundings(sql: Sql, filter: HistoryFilter): Promise<HistorySurroundings> {
  const { connectionId, terms, timeZone } = filter;
  const classes = await sql<{ objectClass: string }[]>`
    select name as object_class from entity_type where connection_id = ${connectionId}
    union all
    select entity_type.name || '.' || association.name
    from association join entity_type using (entity_type_id) where connection_id = ${connectionId}`;
  const isTimed = terms?.date !== undefined || terms?.time !== undefined;
  const firstAt = isTimed ? await readFirstStart(sql, connectionId) : new Date();
  return {
    classes: classes.map(({ objectClass }) => objectClass),
    days: terms?.date && daysOf(terms.date, firstAt.getUTCFullYear()),
    firstAt,
    offsetsSeconds: terms?.time === undefined ? [] : await readOffsets(sql, timeZone),
  };
}

/** Without a year, the day of every year that the history has. */
function daysOf({ year, month, day }: NonNullable<HistoryTerms['date']>, firstYear: number): Day[] {
  const thisYear = new Date().getUTCFullYear();
  const years = year === undefined ? range(firstYear, thisYear + 1) : [year];
  return years.map((each) => ({
    from: new Date(Date.UTC(each, month - 1, day ?? 1)),
    to: new Date(day === undefined ? Date.UTC(each, month, 1) : Date.UTC(each, month - 1, day + 1)),
  }));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

async function readFirstStart(sql: Sql, connectionId: number): Promise<Date> {
  const [first] = await sql<{ startedAt: Date | null }[]>`
    select min(started_at) as started_at from run_object_class where connection_id = ${connectionId} and not is_link`;
  return first?.startedAt ?? new Date();
}

async function readOffsets(sql: Sql, timeZone: string): Promise<number[]> {
  const rows = await sql<{ seconds: number }[]>`
    select distinct extract(epoch from (moment at time zone ${timeZone}) - (moment at time zone 'UTC'))::int as seconds
    from generate_series(now() - interval '10 years', now(), interval '1 month') as moment`;
  return rows.map(({ seconds }) => seconds);
}
