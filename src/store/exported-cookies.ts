/** Cookie files of CSV exports: which change of the log was the last in the files that each of them was written with. */
import { createHash } from 'node:crypto';
import type { Sql } from 'postgres';
import { transact } from './transaction.ts';

/** The content of a cookie file, and the entity type that it is about. */
export type CookieFile = Readonly<{ entityTypeId: number; content: string | Uint8Array }>;

/** The change after which an export from this cookie file goes on; undefined when it was not written from this database. */
export async function findExportedChange(
  sql: Sql,
  { entityTypeId, content }: CookieFile,
): Promise<number | undefined> {
  const [known] = await sql<{ changeNumber: number }[]>`
    select change_number::float8 as change_number from exported_cookie
    where entity_type_id = ${entityTypeId} and cookie_hash = ${hashOf(content)}`;
  return known?.changeNumber;
}

/**
 * Notes that the changes up to a number are in CSV files that these cookies belong to. A cookie that was noted before stands
 * for the new number from now on: the entity type has not changed in between.
 */
export async function recordExportedChange(
  sql: Sql,
  cookies: readonly CookieFile[],
  changeNumber: number,
): Promise<void> {
  await transact(sql, async (transaction) => {
    for (const { entityTypeId, content } of cookies) {
      await transaction`
        insert into exported_cookie (entity_type_id, cookie_hash, change_number)
        values (${entityTypeId}, ${hashOf(content)}, ${changeNumber})
        on conflict (entity_type_id, cookie_hash) do update
        set change_number = excluded.change_number, exported_at = excluded.exported_at`;
    }
  });
}

function hashOf(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
