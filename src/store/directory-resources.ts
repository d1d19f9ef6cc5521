/** One resource of the directory: its attributes with the time since which each is as it is, what it is linked to in numbers, its tags. */
import type { ISql, Sql } from 'postgres';
import { type DirectoryScope, readScopes, type TagLabel, tagsOf } from './directory-scopes.ts';
import type { RunKind } from './runs.ts';

/** Where a resource is. */
export type ResourceAddress = Readonly<{ connection: string; type: string; key: string }>;

/** A resource that is or was stored. */
export type KnownResource = DirectoryScope &
  Readonly<{
    key: string;
    /** As they are, or as they last were. */
    attributes: Readonly<Record<string, unknown>>;
    /** The change that deleted it; null while it is stored. */
    deletedChange: number | null;
    /** The change with which it was seen first; null as long as the index has not come to it. */
    firstChange: number | null;
  }>;

/** When, and in which run, a change was made. */
export type ChangeMoment = Readonly<{
  changeNumber: number;
  at: Date;
  runId: number;
  /** The run of a job that it belonged to; null where it was a command, or where that run is forgotten. */
  jobRunId: number | null;
  runKind: RunKind;
  /** Of identities: the name of the mapping whose run it was, or the person who made the change. */
  label: string | null;
}>;

/** Finds a resource; undefined where there is and was none, as far as the index knows. */
export async function findResource(sql: ISql, address: ResourceAddress): Promise<KnownResource | undefined> {
  const [scope] = await readScopes(sql, address);
  if (!scope) return undefined;
  const [row] = await sql<Pick<KnownResource, 'attributes' | 'deletedChange' | 'firstChange'>[]>`
    select coalesce(resource.attributes, change.before) as attributes, first_change::float8 as first_change,
      case when resource.key is null then deleted_change end::float8 as deleted_change
    from (select ${scope.entityTypeId}::int as entity_type_id, ${address.key}::text collate "C" as key) as wanted
      left join resource using (entity_type_id, key)
      left join directory_entry as entry using (entity_type_id, key)
      left join change on change.change_number = entry.deleted_change
    where resource.key is not null or change.before is not null`;
  return row && { ...scope, key: address.key, ...row };
}

/** What `ChangeMoment` is read from: `change` with its set, its run, and the class that the run did it to. */
export function momentOf(sql: ISql) {
  return sql`
    join export_set on export_set.set_id = change.set_id
    join run on run.run_id = export_set.run_id
    join entity_type on entity_type.entity_type_id = change.entity_type_id
    left join run_object_class on run_object_class.run_id = run.run_id and run_object_class.object_class = entity_type.name
    left join task_run on task_run.task_run_id = run.task_run_id`;
}

export function momentColumns(sql: ISql) {
  return sql`change.change_number::float8 as change_number, coalesce(run_object_class.ended_at, run.ended_at, run.started_at) as at,
    run.run_id, task_run.job_run_id, run.kind as run_kind, run.label`;
}

/** The moments of changes, by their numbers. */
export async function readMoments(
  sql: Sql,
  changeNumbers: readonly number[],
): Promise<ReadonlyMap<number, ChangeMoment>> {
  const rows = await sql<ChangeMoment[]>`
    select ${momentColumns(sql)} from change ${momentOf(sql)}
    where change.change_number = any(${changeNumbers.map(String)}::text[]::bigint[])`;
  return new Map(rows.map((row) => [row.changeNumber, row]));
}

/** How many changes of a resource are looked through for when its attributes changed. */
const mostLookedThrough = 500;

export type AttributeAges = Readonly<{
  /** By the name of each attribute that was seen to change. */
  changed: Readonly<Record<string, ChangeMoment>>;
  /** Since when the others are as they are: since it was seen first; null where that is not known. */
  others: ChangeMoment | null;
}>;

/** Since when the attributes of a resource are as they are. */
export async function readAttributeAges(sql: Sql, resource: KnownResource): Promise<AttributeAges> {
  const { connectionId, entityTypeId, key, firstChange } = resource;
  const rows = await sql<(ChangeMoment & { kind: string; names: readonly string[] })[]>`
    select ${momentColumns(sql)}, change.kind, (select coalesce(jsonb_agg(name), '[]') from jsonb_object_keys(coalesce(change.after, '{}')) as name) as names
    from (select change_number from directory_event
          where connection_id = ${connectionId} and key = ${key} and not is_link
          order by change_number desc limit ${mostLookedThrough}) as event
      join change using (change_number) ${momentOf(sql)}
    where change.entity_type_id = ${entityTypeId}
    order by change.change_number desc`;
  const changed: Record<string, ChangeMoment> = {};
  for (const { names, kind, ...moment } of rows) {
    for (const name of names) changed[name] ??= moment;
    // What was before it was there again says nothing of now.
    if (kind !== 'update') break;
  }
  const isWhole = rows.length < mostLookedThrough;
  const first =
    isWhole && firstChange !== null ? (await readMoments(sql, [firstChange])).get(firstChange) : undefined;
  return { changed, others: first ?? null };
}

/** A kind of links of a resource, such as `group.members` that lead to it. */
export type Relation = Readonly<{
  /** As classes of links are called: `group.members`. */
  association: string;
  /** `from`: the links that lead from the resource; `to`: those that lead to it. */
  direction: 'from' | 'to';
  count: number;
  /** Whether there are no more than `count`. */
  isExact: boolean;
}>;

const mostCounted = 1000;

/** The kinds of links that the type of a resource can have, with how many there are. */
export async function readRelations(sql: Sql, resource: KnownResource): Promise<Relation[]> {
  const { connectionId, entityTypeId, key } = resource;
  const rows = await sql<(Omit<Relation, 'isExact'> & { count: number })[]>`
    select entity_type.name || '.' || association.name as association, side.direction,
      case side.direction
        when 'from' then (select count(*) from (
          select from resource_link as link
          where link.association_id = association.association_id and source_key = ${key} and is_live limit ${mostCounted + 1}) as counted)
        else (select count(*) from (
          select from resource_link as link
          where link.association_id = association.association_id and target_key = ${key} and is_live
            and (target_type_id is null or target_type_id = ${entityTypeId}) limit ${mostCounted + 1}) as counted)
      end::float8 as count
    from association join entity_type using (entity_type_id) cross join (values ('from'), ('to')) as side (direction)
    where connection_id = ${connectionId} and (side.direction = 'to' or entity_type_id = ${entityTypeId})
    order by 1, 2`;
  return rows.map(({ count, ...row }) => ({
    ...row,
    count: Math.min(count, mostCounted),
    isExact: count <= mostCounted,
  }));
}

export async function readTags(sql: Sql, { entityTypeId, key }: KnownResource): Promise<readonly TagLabel[]> {
  const [row] = await sql<{ tags: readonly TagLabel[] }[]>`
    select ${tagsOf(sql, sql`${entityTypeId}::int`, sql`${key}::text`)} as tags`;
  return row?.tags ?? [];
}
