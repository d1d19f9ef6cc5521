/** The objects of a staged set against the stored resources: the difference, and the store brought up to it. */
import type { TransactionSql } from 'postgres';
import { meetsFilter, type StagedSet } from './staging.ts';

export type ObjectCounts = Readonly<{ inserted: number; updated: number; deleted: number }>;

/**
 * Makes `difference (key, before, after, is_filtered)` from what is staged: resources that are to be stored (before is null),
 * changed, or taken away (after is null), the last because they are gone or do not meet the filter any more. A full set also
 * takes away what it does not have.
 */
export async function findDifference(
  sql: TransactionSql,
  set: StagedSet,
  filter: string | undefined,
): Promise<void> {
  if (set.isFull) {
    await sql`
      create temporary table difference on commit drop as
      select key, stored.attributes as before, wanted.after, coalesce(wanted.is_filtered, false) as is_filtered
      from (select key, case when is_met then attributes end as after, not is_met as is_filtered
            from (select key, attributes, ${meetsFilter(sql, filter, sql`attributes`)} as is_met from staged) as judged) as wanted
        full join (select key, attributes from resource where entity_type_id = ${set.entityTypeId}) as stored using (key)
      where stored.attributes is distinct from wanted.after`;
    return;
  }
  await sql`
    create temporary table difference on commit drop as
    select key, before, case when is_met then after end as after, not is_met as is_filtered
    from (select key, before, after, ${meetsFilter(sql, filter, sql`after`)} as is_met
          from (select staged.key, stored.attributes as before,
                       jsonb_strip_nulls(case when removal.key is null then coalesce(stored.attributes, '{}') else '{}' end
                                         || staged.attributes) as after
                from staged
                  left join resource as stored on stored.entity_type_id = ${set.entityTypeId} and stored.key = staged.key
                  left join removal on removal.key = staged.key) as merged) as judged
    where before is distinct from case when is_met then after end or not is_met
    union all
    select removal.key, stored.attributes, null, false
    from removal
      join resource as stored on stored.entity_type_id = ${set.entityTypeId} and stored.key = removal.key
    where not exists (select from staged where staged.key = removal.key)`;
}

/** Brings the stored resources up to the difference, with every change in the log. */
export async function applyObjects(sql: TransactionSql, set: StagedSet): Promise<ObjectCounts> {
  const { setId, entityTypeId } = set;
  const inserted = await sql`
    insert into resource (entity_type_id, key, attributes)
    select ${entityTypeId}, key, after from difference where before is null and after is not null`;
  const updated = await sql`
    update resource set attributes = difference.after from difference
    where resource.entity_type_id = ${entityTypeId} and resource.key = difference.key
      and difference.before is not null and difference.after is not null`;
  const deleted = await sql`
    delete from resource using difference
    where resource.entity_type_id = ${entityTypeId} and resource.key = difference.key
      and difference.before is not null and difference.after is null`;
  await sql`
    insert into change (set_id, kind, entity_type_id, key, before, after)
    select ${setId}, 'insert', ${entityTypeId}, key, null, after from difference where before is null and after is not null`;
  await sql`
    insert into change (set_id, kind, entity_type_id, key, before, after)
    select ${setId}, 'update', ${entityTypeId}, key,
      (select coalesce(jsonb_object_agg(name, value), '{}') from jsonb_each(before) as attribute (name, value)
       where value is distinct from after->name),
      (select coalesce(jsonb_object_agg(name, after->name), '{}') from jsonb_object_keys(before || after) as attribute (name)
       where before->name is distinct from after->name)
    from difference where before is not null and after is not null`;
  await sql`
    insert into change (set_id, kind, entity_type_id, key, before, after)
    select ${setId}, 'delete', ${entityTypeId}, key, before, null from difference where before is not null and after is null`;
  return { inserted: inserted.count, updated: updated.count, deleted: deleted.count };
}
