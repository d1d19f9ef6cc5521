/** Patterns in what a guard holds back that often have one cause, so that a person need not look through thousands of changes. */
import type { ISql } from 'postgres';
import { type BlockedClass, className, listOf } from './blocked-changes.ts';

export type BlockedHint = Readonly<{
  /**
   * `all-deleted`: nothing of a class would be left. `replaced`: about as many come as go, as when the key is another one.
   * `one-attribute`: every update that was looked at changes it.
   */
  kind: 'all-deleted' | 'replaced' | 'one-attribute';
  objectClass: string;
  /** How many changes it is about. */
  count: number;
  attribute?: string;
}>;

/** Fewer may be alike by chance. */
const fewest = 20;
/** So many updates are looked at. */
const sampled = 1000;
/** How far two numbers that count as equal are apart at most. */
const tolerance = 0.05;

/** What strikes about the list of a connection. */
export async function findBlockedHints(
  sql: ISql,
  connectionId: number,
  classes: readonly BlockedClass[],
): Promise<BlockedHint[]> {
  const stored = await sql<{ objectClass: string; count: number }[]>`
    select name as object_class, resource_count::float8 as count from entity_type where connection_id = ${connectionId}`;
  const hints: BlockedHint[] = [];
  for (const { objectClass, inserted, updated, deleted } of classes) {
    const there = stored.find((one) => one.objectClass === objectClass)?.count ?? 0;
    if (deleted > 1 && deleted === there) hints.push({ kind: 'all-deleted', objectClass, count: deleted });
    const most = Math.max(inserted, deleted);
    if (Math.min(inserted, deleted) >= fewest && Math.abs(inserted - deleted) <= most * tolerance) {
      hints.push({ kind: 'replaced', objectClass, count: most });
    }
    if (updated < fewest) continue;
    const attribute = await findCommonAttribute(sql, connectionId, objectClass);
    if (attribute !== undefined) {
      hints.push({ kind: 'one-attribute', objectClass, count: updated, attribute });
    }
  }
  return hints;
}

async function findCommonAttribute(
  sql: ISql,
  connectionId: number,
  objectClass: string,
): Promise<string | undefined> {
  const [row] = await sql<{ attribute: string }[]>`
    with sample as (
      select after from ${listOf(sql, connectionId)}
      where kind = 'update' and ${className(sql)} = ${objectClass} order by blocked_change_number limit ${sampled})
    select attribute from sample cross join lateral jsonb_object_keys(after) as attribute
    group by attribute having count(*) = (select count(*) from sample) order by attribute limit 1`;
  return row?.attribute;
}
