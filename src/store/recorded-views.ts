/** Views that Syncline makes in a database: under names that PostgreSQL can have, and anew only when they are to show something else. */
import { createHash } from 'node:crypto';
import type { TransactionSql } from 'postgres';

export type ViewDefinition = Readonly<{
  name: string;
  /** A query without parameters, because definitions of views take none. */
  query: string;
}>;

/** What the views of a schema are made from: those of one owner come and go without those of the others. */
export type ViewOwner = Readonly<{ schema: 'identity_manager' | 'directory'; owner: string }>;

/** Any fixed number; views are made by one transaction at a time. */
const advisoryLock = 79625464;

/**
 * Makes the views of an owner these ones and no others. A view that shows already what it is to show is left alone; otherwise it is
 * made anew, and what somebody has built upon it goes with it.
 */
export async function replaceViews(
  sql: TransactionSql,
  { schema, owner }: ViewOwner,
  views: readonly ViewDefinition[],
): Promise<void> {
  const wanted = new Map(views.map(({ name, query }) => [name, { query, mark: markOf(owner, query) }]));
  if (isAsWanted(await readMarks(sql, schema, owner), wanted)) return;
  await sql`select pg_advisory_xact_lock(${advisoryLock})`;
  await sql.unsafe(`create schema if not exists ${schema}`);
  const present = await readMarks(sql, schema, owner);
  for (const [name, mark] of present) {
    if (wanted.get(name)?.mark !== mark) await drop(sql, schema, name);
  }
  for (const [name, { query, mark }] of wanted) {
    if (present.get(name) === mark) continue;
    // Whatever has the name: these schemas are Syncline's.
    await drop(sql, schema, name);
    const view = `${schema}.${quoteName(name)}`;
    await sql.unsafe(`create view ${view} as ${query}`);
    await sql.unsafe(`comment on view ${view} is ${quoteText(mark)}`);
  }
}

async function drop(sql: TransactionSql, schema: string, name: string): Promise<void> {
  await sql.unsafe(`drop view if exists ${schema}.${quoteName(name)} cascade`);
}

/** The views of an owner, each with its mark. */
async function readMarks(
  sql: TransactionSql,
  schema: string,
  owner: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ name: string; mark: string }[]>`
    select relname as name, obj_description(pg_class.oid, 'pg_class') as mark
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = ${schema} and relkind = 'v'
      and starts_with(obj_description(pg_class.oid, 'pg_class'), ${markOf(owner, undefined)})`;
  return new Map(rows.map(({ name, mark }) => [name, mark]));
}

function isAsWanted(
  present: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, Readonly<{ mark: string }>>,
): boolean {
  return present.size === wanted.size && [...wanted].every(([name, { mark }]) => present.get(name) === mark);
}

/** The comment on a view: who owns it, and what it shows. Without a query, how the marks of the owner begin. */
function markOf(owner: string, query: string | undefined): string {
  const digest = query === undefined ? '' : createHash('sha256').update(query).digest('hex').slice(0, 32);
  return `Made by Syncline for ${owner}: ${digest}`;
}

const mostNameBytes = 63;
const digestLength = 8;

/**
 * A name as PostgreSQL can have it, with 63 bytes at most: of a longer one the beginning, and a digest that keeps it apart from
 * others that begin alike.
 */
export function shortenName(name: string): string {
  if (Buffer.byteLength(name) <= mostNameBytes) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, digestLength);
  let beginning = name.slice(0, mostNameBytes);
  while (Buffer.byteLength(beginning) > mostNameBytes - digestLength - 1)
    beginning = [...beginning].slice(0, -1).join('');
  return `${beginning}_${digest}`;
}

/** A text as a literal. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** A name as it is written, with its case. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
