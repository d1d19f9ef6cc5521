/**
 * Tags: what people mark resources with. A tag is a word of the entries that have it, so that a search by tag is as fast as any; who
 * changes tags locks the index against whoever follows the log, who would write the words of the same entries.
 */
import type { ISql, TransactionSql } from 'postgres';
import type { KnownResource } from './directory-resources.ts';

export type Tag = Readonly<{
  tagId: number;
  name: string;
  description: string;
  /** How many resources have it. */
  resources: number;
  version: number;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
  changedBy: string;
}>;

export type TagText = Readonly<{ name: string; description: string }>;

function tagColumns(sql: ISql) {
  return sql`tag_id, name, description, version, created_at, created_by, changed_at, changed_by,
    (select count(*) from resource_tag where resource_tag.tag_id = tag.tag_id)::float8 as resources`;
}

/** All tags, by name. */
export async function readAllTags(sql: ISql): Promise<Tag[]> {
  return await sql<Tag[]>`select ${tagColumns(sql)} from tag order by lower(name)`;
}

export async function readTag(sql: ISql, tagId: number): Promise<Tag | undefined> {
  const [tag] = await sql<Tag[]>`select ${tagColumns(sql)} from tag where tag_id = ${tagId}`;
  return tag;
}

export type TagOutcome = Readonly<{ kind: 'done'; tag: Tag }> | Readonly<{ kind: 'name-taken' }>;

/** Makes a tag; the name may not be that of another one in any case. */
export async function createTag(sql: ISql, { name, description }: TagText, by: string): Promise<TagOutcome> {
  const [made] = await sql<{ tagId: number }[]>`
    insert into tag (name, description, created_by, changed_by) values (${name}, ${description}, ${by}, ${by})
    on conflict do nothing returning tag_id`;
  const tag = made && (await readTag(sql, made.tagId));
  return tag ? { kind: 'done', tag } : { kind: 'name-taken' };
}

export type TagChange = TagOutcome | Readonly<{ kind: 'unknown' }> | Readonly<{ kind: 'stale'; tag: Tag }>;

/** Changes what a tag is called, if it is as `version` says. */
export async function updateTag(
  transaction: TransactionSql,
  tagId: number,
  version: number,
  { name, description }: TagText,
  by: string,
): Promise<TagChange> {
  await transaction`select from tag where tag_id = ${tagId} for update`;
  const current = await readTag(transaction, tagId);
  if (!current) return { kind: 'unknown' };
  if (current.version !== version) return { kind: 'stale', tag: current };
  const [taken] =
    await transaction`select from tag where lower(name) = lower(${name}) and tag_id <> ${tagId}`;
  if (taken) return { kind: 'name-taken' };
  await transaction`
    update tag set name = ${name}, description = ${description}, version = version + 1, changed_at = now(), changed_by = ${by}
    where tag_id = ${tagId}`;
  const tag = await readTag(transaction, tagId);
  return tag ? { kind: 'done', tag } : { kind: 'unknown' };
}

/** Deletes a tag, from all that have it, if it is as `version` says. */
export async function deleteTag(
  transaction: TransactionSql,
  tagId: number,
  version: number,
): Promise<Exclude<TagChange, { kind: 'name-taken' }>> {
  await lockIndex(transaction);
  await transaction`select from tag where tag_id = ${tagId} for update`;
  const tag = await readTag(transaction, tagId);
  if (!tag) return { kind: 'unknown' };
  if (tag.version !== version) return { kind: 'stale', tag };
  const word = wordOf(tagId);
  const entries = transaction`
    select entry_number from directory_entry join resource_tag using (entity_type_id, key) where tag_id = ${tagId}`;
  await transaction`
    delete from directory_word using directory_entry as entry
    where entry.entry_number in (${entries}) and directory_word.word = ${word} and directory_word.scope_id in (entry.entity_type_id, -entry.entity_type_id)
      and directory_word.sort_name = entry.sort_name and directory_word.entry_number = entry.entry_number`;
  await transaction`
    update directory_entry set words = array_remove(words, ${word}) where entry_number in (${entries})`;
  await transaction`delete from tag where tag_id = ${tagId}`;
  return { kind: 'done', tag };
}

/** Gives a resource a tag, or takes it away. Says whether that changed anything. */
export async function setTag(
  transaction: TransactionSql,
  { entityTypeId, key }: KnownResource,
  tagId: number,
  isTagged: boolean,
  by: string,
): Promise<boolean> {
  await lockIndex(transaction);
  const changed = isTagged
    ? await transaction`
        insert into resource_tag (tag_id, entity_type_id, key, tagged_by) values (${tagId}, ${entityTypeId}, ${key}, ${by})
        on conflict do nothing`
    : await transaction`
        delete from resource_tag where tag_id = ${tagId} and entity_type_id = ${entityTypeId} and key = ${key}`;
  if (changed.count === 0) return false;
  const word = wordOf(tagId);
  await (isTagged
    ? transaction`
        with entry as (
          update directory_entry set words = array_append(words, ${word})
          where entity_type_id = ${entityTypeId} and key = ${key}
          returning case when deleted_change is null then entity_type_id else -entity_type_id end as scope_id, sort_name, entry_number
        )
        insert into directory_word (scope_id, word, sort_name, entry_number, shared_length)
        select scope_id, ${word}, sort_name, entry_number, 0 from entry`
    : transaction`
        with entry as (
          update directory_entry set words = array_remove(words, ${word})
          where entity_type_id = ${entityTypeId} and key = ${key} returning entity_type_id, sort_name, entry_number
        )
        delete from directory_word using entry
        where directory_word.scope_id in (entry.entity_type_id, -entry.entity_type_id) and word = ${word}
          and directory_word.sort_name = entry.sort_name and directory_word.entry_number = entry.entry_number`);
  return true;
}

async function lockIndex(transaction: TransactionSql): Promise<void> {
  await transaction`select from directory_index for update`;
}

function wordOf(tagId: number): string {
  return `#${tagId}`;
}
