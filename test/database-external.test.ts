/** A PostgreSQL server named by DATABASE_URL: used as it is, and what is wrong with it said in one sentence. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../src/errors.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { refuseOldServer } from '../src/store/external-postgres.ts';
import { migrate, readMigrations } from '../src/store/migrations.ts';
import { makeScratch } from './fixtures/held-database.ts';

const scratch = makeScratch();
/** An embedded database, whose server stands for that of somebody else. */
let host: Database;
let connection: Record<string, string>;
let databases = 0;

beforeAll(async () => {
  host = await openDatabase({ dataDirectory: join(scratch, 'host'), databaseUrl: undefined }, () => {});
  const lines = readFileSync(join(scratch, 'host/connection.conf'), 'utf8').matchAll(/^(\w+)=(.*)$/gm);
  connection = Object.fromEntries(lines.map(([, key = '', value = '']) => [key, value]));
});

afterAll(async () => {
  await host.close();
  rmSync(scratch, { recursive: true, force: true });
});

function url(change: Record<string, string> = {}, query = ''): string {
  const { user, password, host, port, dbname } = { ...connection, ...change };
  return `postgres://${user}:${password}@${host}:${port}/${dbname}${query}`;
}

async function newDatabase(): Promise<string> {
  databases += 1;
  await host.sql.unsafe(`create database db_${databases}`);
  return `db_${databases}`;
}

async function use<Result>(
  databaseUrl: string,
  action: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase({ dataDirectory: join(scratch, 'unused'), databaseUrl }, () => {});
  try {
    return await action(database);
  } finally {
    await database.close();
  }
}

async function refusal(databaseUrl: string): Promise<Fault> {
  try {
    await use(databaseUrl, async () => {});
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('not refused');
}

test('it is used and migrated, and the data directory stays untouched', async () => {
  const dbname = await newDatabase();
  const first = await use(url({ dbname }), async (database) => database.describe());
  expect(first).toMatchObject({ kind: 'external', version: '18.4', host: '127.0.0.1', database: dbname });
  expect(first.migrated.length).toBeGreaterThan(0);
  const second = await use(url({ dbname }), async (database) => database.describe());
  expect(second).toMatchObject({ installationId: first.installationId, migrated: [] });
  expect(existsSync(join(scratch, 'unused'))).toBe(false);
});

test('columns are camelCase in rows, and what is inside a JSON value keeps its spelling', async () => {
  const inside = { extension_0123_cost_center: [{ snake_case: 1 }], '@odata.type': 'x' };
  const [row] = await host.sql`select ${host.sql.json(inside)}::jsonb as extra_attributes`;
  expect(row).toEqual({ extraAttributes: inside });
});

describe('migrations', () => {
  test('of many programs that start at once are applied once', async () => {
    const dbname = await newDatabase();
    const descriptions = await Promise.all(
      Array.from({ length: 6 }, () => use(url({ dbname }), async (database) => database.describe())),
    );
    expect(descriptions.flatMap(({ migrated }) => migrated).sort()).toEqual(
      readMigrations().map(({ number, name }) => `${String(number).padStart(4, '0')}-${name}`),
    );
    expect(new Set(descriptions.map(({ installationId }) => installationId)).size).toBe(1);
  });

  test('that fail leave the database as it was before them, and the earlier ones applied', async () => {
    const dbname = await newDatabase();
    const sql = postgres(url({ dbname }), { onnotice: () => {} });
    const [first, second] = [1, 2].map((number) => ({
      number,
      name: `m${number}`,
      checksum: String(number),
    }));
    const half = { ...second, statements: 'create table half (x int); select 1/0' };
    const plan = [{ ...first, statements: 'create table whole (x int)' }, half] as Parameters<
      typeof migrate
    >[1];
    await expect(migrate(sql, plan)).rejects.toThrow('division by zero');
    expect(await sql`select relname from pg_class where relname in ('half', 'whole')`).toEqual([
      { relname: 'whole' },
    ]);
    expect(await sql`select name from migration`).toEqual([{ name: 'm1' }]);
    await sql.end();
  });

  test.each([
    [
      "update migration set checksum = 'edited' where number = 1",
      /migration 1 .*restore the file as released/,
    ],
    ['update migration set number = 0 where number = 1', /migration 0 .*restore it from a backup/],
    ["insert into migration values (9999, 'future', 'x')", /migration 9999 \(future\)/],
  ])('after "%s" are refused', async (damage, sentence) => {
    const dbname = await newDatabase();
    await use(url({ dbname }), async ({ sql }) => sql.unsafe(damage));
    const fault = await refusal(url({ dbname }));
    expect(fault.code).toBe('migration-refused');
    expect(fault.message).toMatch(sentence);
  });
});

describe('one sentence, without the password, for', () => {
  function expectSentence(fault: Fault, what: string): void {
    expect(fault.message).toMatch(/^DATABASE_URL is "postgres:\/\/[^"]+", but .+: .+\.$/);
    expect(fault.message).toContain(what);
    expect(fault.message).not.toContain(connection.password);
    expect(fault.exitCode).toBe(1);
  }

  test('no server at the port', async () => {
    const port = await freePort();
    expectSentence(await refusal(url({ port })), 'no server listens there');
    expectSentence(await refusal(url({ port, host: 'localhost' })), 'no server listens there');
  });

  test('an unknown host', async () => {
    expectSentence(await refusal(url({ host: 'db.invalid' })), 'its host name is not known');
  });

  test('a wrong password', async () => {
    expectSentence(await refusal(url({ password: 'guessed' })), 'refuses this user and password');
  });

  test('an unknown database', async () => {
    expectSentence(await refusal(url({ dbname: 'nowhere' })), 'there is no such database');
  });

  test('a user who may not create tables', async () => {
    const dbname = await newDatabase();
    await host.sql`create role guest login password 'guest'`;
    expectSentence(await refusal(url({ dbname, user: 'guest', password: 'guest' })), 'may not create tables');
  });

  test('a read-only server', async () => {
    const dbname = await newDatabase();
    await host.sql.unsafe(`alter database ${dbname} set default_transaction_read_only = on`);
    expectSentence(await refusal(url({ dbname })), 'the server is read-only');
  });

  test('something that is no PostgreSQL server', async () => {
    const stranger = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    const address = await new Promise<string>((resolve) => {
      stranger.on('listening', () => resolve(portOf(stranger)));
    });
    expectSentence(await refusal(url({ port: address })), 'the connection broke off');
    stranger.close();
  });

  test('encryption that the server does not have', async () => {
    expectSentence(await refusal(url({}, '?sslmode=require')), 'an encrypted connection is not possible');
  });

  test('an old server', () => {
    expect(() => refuseOldServer('postgres://ada:x@db/syncline', '14.13', 140_013)).toThrow(
      'DATABASE_URL is "postgres://ada:***@db/syncline", but the server there is PostgreSQL 14.13: use PostgreSQL 15 or newer',
    );
    expect(() => refuseOldServer('postgres://db/syncline', '15.0', 150_000)).not.toThrow();
  });

  test('a server that insists on encryption', async () => {
    const rules = join(scratch, 'host/database/pg_hba.conf');
    writeFileSync(rules, `hostnossl all careful all reject\n${readFileSync(rules, 'utf8')}`);
    await host.sql`create role careful login password 'careful'`;
    await host.sql`select pg_reload_conf()`;
    // The server takes its new rules a moment after it was told.
    const careful = url({ user: 'careful', password: 'careful' });
    let fault = await refusal(careful);
    while (fault.message.includes('may not create tables')) fault = await refusal(careful);
    expectSentence(fault, 'only takes encrypted connections: add "?sslmode=require"');
  });
});

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.on('listening', resolve));
  const port = portOf(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function portOf(server: ReturnType<typeof createServer>): string {
  const address = server.address();
  return address !== null && typeof address === 'object' ? String(address.port) : '';
}
