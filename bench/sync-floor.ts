// The floor of a synchronization: the same pages drained and thrown away, and the same rows loaded into equal tables as fast as
// PostgreSQL takes them from a client.
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { Agent, type Dispatcher, request } from 'undici';
import { entityTypes } from './sync-mapping.ts';

export type TenantAccess = Readonly<
  Record<'graph' | 'authority' | 'clientId' | 'clientSecret' | 'control' | 'controlKey' | 'tenantId', string>
>;

/** Seconds to drain the delta rounds of all entity types, side by side. */
export async function measureDrain(access: TenantAccess): Promise<number> {
  const dispatcher = new Agent({ connections: entityTypes.length });
  const headers = { authorization: `Bearer ${await signIn(access)}` };
  const startedMs = performance.now();
  await Promise.all(
    entityTypes.map(async ({ name, attributes, links }) => {
      let url: string | undefined =
        `${access.graph}/${name}s/delta?$select=${['id', ...attributes, ...links].join(',')}`;
      while (url !== undefined) {
        const reply: Dispatcher.ResponseData = await request(url, { dispatcher, headers });
        // Nothing is parsed: only the way to the next page is looked for.
        const head: string = Buffer.from(await reply.body.arrayBuffer()).toString('latin1', 0, 4096);
        url = /"@odata\.nextLink":"([^"]+)"/.exec(head)?.[1];
      }
    }),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  await dispatcher.close();
  return seconds;
}

export type Load = Readonly<{ table: string; rows: number; seconds: number }>;

/**
 * Loads copies of the rows that a synchronization left, table by table, with the server's own COPY from a file, into tables
 * with the same columns and indexes.
 */
export async function measureLoad(
  database: postgres.Options<Record<string, never>>,
  folder: string,
): Promise<Load[]> {
  const sql = postgres({ ...database, max: 1, onnotice: () => {} });
  const loads: Load[] = [];
  // The server may run as another account than the benchmark.
  const files = join(folder, 'rows');
  mkdirSync(files);
  chmodSync(files, 0o777);
  for (const table of ['resource', 'resource_link', 'change'] as const) {
    const file = join(files, table);
    await sql.unsafe(`copy (select * from ${table}) to '${file}'`);
    await sql.unsafe(`create table floor_${table} (like ${table} including all)`);
    await sql`checkpoint`;
    const startedMs = performance.now();
    await sql.unsafe(`copy floor_${table} from '${file}'`);
    const seconds = (performance.now() - startedMs) / 1000;
    const [count] = await sql.unsafe(`select count(*)::float8 as count from floor_${table}`);
    loads.push({ table, rows: Number(count?.count), seconds });
    await sql.unsafe(`drop table floor_${table}`);
    rmSync(file);
  }
  await sql.end();
  return loads;
}

async function signIn({ authority, clientId, clientSecret }: TenantAccess): Promise<string> {
  const reply = await request(`${authority}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
  });
  const { access_token: token } = (await reply.body.json()) as { access_token: string };
  return token;
}
