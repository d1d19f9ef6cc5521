/**
 * What source resources without a link are looked for by, on the side of the target: the text of an attribute whatever its case, and the
 * indexes that find it.
 */
import type { ISql, Sql } from 'postgres';
import { typeNumber } from './pairing-plan.ts';
import { foldedAttribute } from './query-filter-sql.ts';
import type { Fragment } from './sql-text.ts';

/**
 * The text of an attribute as it is compared: without regard to case; numbers and truth values as they are written; the same for every
 * list (`foldedList`), whose elements have to be looked at. SQL without parameters, so that an index can be made of it.
 */
export function correlatedText(sql: ISql, attributes: Fragment, name: string): Fragment {
  const quoted = quotedName(sql, name);
  return sql`(case when jsonb_typeof(${attributes} -> ${quoted}) in ('number', 'boolean') then ${attributes} ->> ${quoted}
    else ${foldedAttribute(sql, attributes, name)} end)`;
}

/** A name as a constant of the statement. The form with E has one meaning on every server. */
function quotedName(sql: ISql, name: string): Fragment {
  const text = `E'${name.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return sql`${sql.unsafe(text)}` as unknown as Fragment;
}

/** Whether there is an index on an attribute of a type. */
export async function findIndexedAttributes(sql: ISql, targetTypeId: number): Promise<ReadonlySet<string>> {
  const rows = await sql<{ attribute: string }[]>`
    select attribute from correlation_index join pg_class on relname = index_name join pg_index on indexrelid = pg_class.oid
    where entity_type_id = ${targetTypeId} and indisvalid`;
  return new Set(rows.map(({ attribute }) => attribute));
}

/**
 * Makes the indexes on attributes of a type that are not there yet, beside all work that goes on. Gives those that were made: none where
 * somebody else is making some at this moment, or where old transactions would have to be waited for. Nothing depends on them but
 * speed, and whoever comes next tries again. Runs outside of transactions.
 */
export async function ensureCorrelationIndexes(
  sql: Sql,
  targetTypeId: number,
  attributes: readonly string[],
): Promise<readonly string[]> {
  await sql`
    update correlation_index set used_at = now()
    where entity_type_id = ${targetTypeId} and attribute = any(${[...attributes]}::text[]) and used_at < now() - interval '1 day'`;
  const indexed = await findIndexedAttributes(sql, targetTypeId);
  const missing = attributes.filter((attribute) => !indexed.has(attribute));
  if (missing.length === 0) return [];
  const made: string[] = [];
  await changeIndexes(sql, async (line) => {
    for (const attribute of missing) {
      if (await ensureIndex(line, targetTypeId, attribute)) made.push(attribute);
    }
    if (made.length > 0) await line`analyze resource`;
  });
  return made;
}

/** Drops one of the indexes that no run has asked for in a month. Gives whether there was any. Runs outside of transactions. */
export async function dropUnusedIndex(sql: Sql): Promise<'removed' | 'nothing'> {
  const [unused] = await sql<{ indexName: string }[]>`
    select index_name from correlation_index where used_at < now() - make_interval(days => ${unusedDays}) limit 1`;
  if (!unused) return 'nothing';
  const isDone = await changeIndexes(sql, async (line) => {
    await line`drop index concurrently if exists ${line(unused.indexName)}`;
    await line`delete from correlation_index where index_name = ${unused.indexName}`;
  });
  return isDone ? 'removed' : 'nothing';
}

const unusedDays = 30;

/** Works on the indexes, unless somebody else does. Gives whether it was done; not where old transactions would have to be waited for. */
async function changeIndexes(sql: Sql, work: (line: ISql) => Promise<void>): Promise<boolean> {
  const line = await sql.reserve();
  try {
    // Two that make indexes on one table beside each other would wait for each other.
    const [lock] = await line<{ isOurs: boolean }[]>`
      select pg_try_advisory_lock(hashtext('syncline correlation indexes')) as is_ours`;
    if (!lock?.isOurs) return false;
    await line`set lock_timeout = ${line.unsafe(`'${patienceSeconds}s'`)}`;
    await work(line);
    return true;
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    return false;
  } finally {
    await line`select set_config('lock_timeout', '0', false), pg_advisory_unlock_all()`.catch(() => {});
    line.release();
  }
}

/** How long transactions that began before are waited for. */
const patienceSeconds = 5;

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}

async function ensureIndex(sql: ISql, targetTypeId: number, attribute: string): Promise<boolean> {
  const [named] = await sql<{ indexName: string; isValid: boolean | null }[]>`
    insert into correlation_index (entity_type_id, attribute, index_name)
    values (${targetTypeId}, ${attribute}, 'correlation_' || ${targetTypeId}::text || '_' || substr(md5(${attribute}), 1, 16))
    on conflict (entity_type_id, attribute) do update set attribute = excluded.attribute
    returning index_name,
      (select indisvalid from pg_index where indexrelid = to_regclass(index_name)) as is_valid`;
  if (!named || named.isValid === true) return false;
  const { indexName } = named;
  // One that somebody else is making at this moment is not valid yet, and cannot be dropped meanwhile: the server waits.
  if (named.isValid === false) await sql`drop index concurrently if exists ${sql(indexName)}`;
  await sql`
    create index concurrently if not exists ${sql(indexName)} on resource (${correlatedText(sql, sql`attributes`, attribute)})
    where entity_type_id = ${typeNumber(sql, targetTypeId)}`;
  return true;
}
