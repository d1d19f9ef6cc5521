/** What happened to a resource and to its links, out of the log of changes, newest first and page by page. */
import type { Sql } from 'postgres';
import {
  type ChangeMoment,
  type KnownResource,
  momentColumns,
  momentOf,
  readMoments,
} from './directory-resources.ts';

export type HistoryEntry = ChangeMoment &
  (
    | Readonly<{
        what: 'resource';
        /** `seen`: it was there when the directory was read for the first time. */
        kind: 'seen' | 'insert' | 'update' | 'delete';
        attributes: readonly AttributeChange[];
      }>
    | Readonly<{
        what: 'link';
        kind: 'insert' | 'delete';
        /** Such as `group.members`. */
        association: string;
        /** `from`: the link leads from the resource, as from a group to a member; `to`: it leads to the resource. */
        direction: 'from' | 'to';
        other: Readonly<{ type: string | null; key: string; name: string | null }>;
      }>
  );

/** A value that is missing was none. */
export type AttributeChange = Readonly<{ name: string; before?: unknown; after?: unknown }>;

export type HistorySelection = Readonly<{
  /** Only changes of its attributes, or only those of its links. */
  what?: 'resource' | 'link' | undefined;
  /** Only what is older than this change. */
  before?: number | undefined;
  limit: number;
}>;

export type HistoryPage = Readonly<{ entries: readonly HistoryEntry[]; next: number | null }>;

type Row = ChangeMoment &
  Readonly<{
    kind: 'insert' | 'update' | 'delete';
    association: string | null;
    key: string;
    before: Readonly<Record<string, unknown>> | null;
    after: Readonly<Record<string, unknown>> | null;
    otherKey: string | null;
    otherType: string | null;
    otherName: string | null;
  }>;

export async function readHistory(
  sql: Sql,
  resource: KnownResource,
  { what, before, limit }: HistorySelection,
): Promise<HistoryPage> {
  const { connectionId, entityTypeId, key } = resource;
  const older = before === undefined ? sql`` : sql`and change_number < ${before}`;
  const events = (isLink: boolean) => sql`(
    select change_number from directory_event
    where connection_id = ${connectionId} and key = ${key} and is_link = ${isLink} ${older}
    order by change_number desc limit ${limit + 1})`;
  const wanted =
    what === undefined ? sql`${events(false)} union all ${events(true)}` : events(what === 'link');
  const rows = await sql<Row[]>`
    select ${momentColumns(sql)}, change.kind, entity_type.name || '.' || association.name as association, change.key, before, after,
      other.key as other_key, coalesce(other_type.name, case when other.is_source then entity_type.name end) as other_type, entry.name as other_name
    from (select change_number from (${wanted}) as event order by change_number desc limit ${limit + 1}) as event
      join change using (change_number) ${momentOf(sql)}
      left join association on association.association_id = change.association_id
      left join lateral (
        select case when change.key = ${key} then change.target_key else change.key end as key, change.key <> ${key} as is_source
        where change.association_id is not null) as other on true
      left join lateral (
        select directory_entry.name, directory_entry.entity_type_id from directory_entry
        where directory_entry.key = other.key and directory_entry.entity_type_id in (
            select entity_type_id from entity_type as sibling where sibling.connection_id = ${connectionId})
          and (not other.is_source or directory_entry.entity_type_id = change.entity_type_id)
        order by directory_entry.deleted_change is not null limit 1) as entry on true
      left join entity_type as other_type on other_type.entity_type_id = entry.entity_type_id
    where change.association_id is not null or change.entity_type_id = ${entityTypeId}
    order by change.change_number desc`;
  const entries = rows.slice(0, limit).map((row) => entryOf(row, key));
  if (rows.length > limit) return { entries, next: entries.at(-1)?.changeNumber ?? null };
  const seen = what === 'link' ? undefined : await readFirstSight(sql, resource, before);
  const isListed = entries.some(({ changeNumber }) => changeNumber === seen?.changeNumber);
  if (seen === undefined || isListed) return { entries, next: null };
  if (entries.length < limit) return { entries: [...entries, seen], next: null };
  return { entries, next: entries.at(-1)?.changeNumber ?? null };
}

/** The insert of a first synchronization, which is no event; undefined where it is one, or is not as old as asked for. */
async function readFirstSight(
  sql: Sql,
  { firstChange, connectionId, key }: KnownResource,
  before: number | undefined,
): Promise<HistoryEntry | undefined> {
  if (firstChange === null || (before !== undefined && firstChange >= before)) return undefined;
  const [event] = await sql`
    select from directory_event
    where connection_id = ${connectionId} and key = ${key} and not is_link and change_number = ${firstChange}`;
  const moment = event ? undefined : (await readMoments(sql, [firstChange])).get(firstChange);
  return moment && { ...moment, what: 'resource', kind: 'seen', attributes: [] };
}

function entryOf(row: Row, key: string): HistoryEntry {
  const {
    changeNumber,
    at,
    runId,
    jobRunId,
    runKind,
    label,
    kind,
    association,
    before,
    after,
    otherKey,
    otherType,
    otherName,
  } = row;
  const moment = { changeNumber, at, runId, jobRunId, runKind, label };
  if (association !== null && otherKey !== null && kind !== 'update') {
    const direction = row.key === key ? 'from' : 'to';
    return {
      ...moment,
      what: 'link',
      kind,
      association,
      direction,
      other: { type: otherType, key: otherKey, name: otherName },
    };
  }
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  const attributes = names.map((name) => ({
    name,
    ...((before?.[name] ?? null) === null ? {} : { before: before?.[name] }),
    ...((after?.[name] ?? null) === null ? {} : { after: after?.[name] }),
  }));
  return { ...moment, what: 'resource', kind, attributes };
}
