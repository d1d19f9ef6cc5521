/** CSV export as its reader sees it: a simulated tenant, the real connector and database, and files read strictly. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/simulator.ts';
import { openEntraConnector } from '../src/connectors/entra/entra-connector.ts';
import { Fault } from '../src/errors.ts';
import type { EntityType } from '../src/model/entity-type.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { exportFiles, type FileExport } from '../src/sync/export-files.ts';
import { synchronize } from '../src/sync/flow.ts';
import type { Progress } from '../src/sync/progress.ts';
import type { RunTarget } from '../src/sync/run.ts';
import { readCsv } from './fixtures/csv-reading.ts';
import { foldFiles, type Tables, trueTables } from './fixtures/csv-tables.ts';
import { connectionTo } from './fixtures/entra-on-simulator.ts';
import { makeScratch } from './fixtures/held-database.ts';
import { groupNamed, openClient } from './fixtures/simulator-client.ts';
import { live } from './fixtures/tenant-truth.ts';

const scratch = makeScratch();
let database: Database;
let count = 0;

beforeAll(async () => {
  database = await openDatabase({ dataDirectory: join(scratch, 'data'), databaseUrl: undefined }, () => {});
});

afterAll(async () => {
  await database?.close();
  rmSync(scratch, { recursive: true, force: true });
});

const entityTypes: readonly EntityType[] = [
  {
    name: 'user',
    attributes: ['accountEnabled', 'displayName', 'department', 'mail', 'proxyAddresses', 'businessPhones'],
    links: [],
  },
  { name: 'group', attributes: ['displayName', 'groupTypes', 'description'], links: ['members', 'owners'] },
  { name: 'servicePrincipal', attributes: ['accountEnabled', 'displayName'], links: ['owners'] },
  { name: 'directoryRole', attributes: ['displayName', 'description'], links: ['members'] },
];
const columns = [
  'accountEnabled',
  'id',
  'displayName',
  'department',
  'mail',
  'proxyAddresses',
  'businessPhones',
  'groupTypes',
  'description',
];

type Exporting = Partial<FileExport> & Readonly<{ entityTypes?: readonly EntityType[] }>;

/** A tenant, a connection to it that no other test has, and directories that are not there yet. */
async function setUp(options: SimulatorOptions = { users: 40 }) {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.stop());
  const client = await openClient(simulator);
  onTestFinished(() => client.close());
  count += 1;
  const name = `Contoso${count}`;
  const output = join(scratch, `export ${count}`, 'output');
  const cookies = join(scratch, `export ${count}`, 'cookies');
  const working = async <T>(types: readonly EntityType[], work: (target: RunTarget) => Promise<T>) => {
    const connector = openEntraConnector(connectionTo(simulator));
    try {
      return await work({ sql: database.sql, connector, name, entityTypes: types });
    } finally {
      await connector.close();
    }
  };
  const events: Progress[] = [];
  const run = (exporting: Exporting = {}) =>
    working(exporting.entityTypes ?? entityTypes, (target) =>
      exportFiles(target, {
        outputDirectory: output,
        cookieDirectory: cookies,
        ignoresCookies: false,
        isForced: false,
        neutralizesFormulas: false,
        columns,
        signal: new AbortController().signal,
        report: (event) => events.push(event),
        ...exporting,
      }),
    );
  return {
    simulator,
    client,
    name,
    output,
    cookies,
    events,
    run,
    synchronize: () =>
      working(entityTypes, (target) =>
        synchronize(target, {
          isFull: false,
          isForced: false,
          signal: new AbortController().signal,
          report: () => {},
        }),
      ),
    truth: () => trueTables(simulator, name, entityTypes, columns),
    read: (table: string) => readCsv(readFileSync(join(output, `${name}_${table}.csv`), 'utf8')),
    cookiePath: (entityType: string) => join(cookies, `${name}_cookie_${entityType}.bin`),
    churn: (changes: number) => client.control('POST /churn', { changes }),
    /** Does it, and gives the id in the answer. */
    async write(line: string, body?: object): Promise<string> {
      const { status, text } = await client.send(line, body);
      if (status >= 300) throw new Error(`${line}: ${status} ${text}`);
      return text === '' ? '' : (JSON.parse(text) as { id: string }).id;
    },
  };
}

function newUser(simulator: Simulator, nickname: string): object {
  const upn = String(live(simulator, 'user')[0]?.values.userPrincipalName);
  return {
    accountEnabled: true,
    displayName: nickname,
    mailNickname: nickname,
    userPrincipalName: `${nickname}${upn.slice(upn.indexOf('@'))}`,
    passwordProfile: { password: 'Quiet-Harbour-77' },
  };
}

async function faultOf(run: Promise<unknown>): Promise<Fault> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Fault) return error;
  throw new Error('It was no fault.', { cause: error });
}

function commandsIn(records: readonly string[][]): string[] {
  return records.slice(1).map(([command = '']) => command);
}

describe('a complete export', () => {
  test('is the tenant, every row an insert', async () => {
    const { run, output, cookies, name, truth, cookiePath, simulator } = await setUp();
    const { completeReason, files, cookieFiles } = await run();
    expect(foldFiles(new Map(), output)).toEqual(truth());
    expect(completeReason).toBe(`there is no ${cookiePath('user')}`);
    expect(files.map(({ path }) => path)).toEqual(
      [
        'directoryobjects',
        'members_group',
        'owners_group',
        'owners_servicePrincipal',
        'members_directoryRole',
      ].map((table) => join(output, `${name}_${table}.csv`)),
    );
    expect(files.every(({ rows }) => rows.update + rows.delete === 0)).toBe(true);
    expect(readdirSync(output).toSorted()).toEqual(
      files.map(({ path }) => path.slice(output.length + 1)).toSorted(),
    );
    expect(cookieFiles).toEqual(entityTypes.map((entityType) => cookiePath(entityType.name)));
    expect(readdirSync(cookies)).toHaveLength(4);
    const cookie = new URL(readFileSync(cookiePath('user'), 'utf8'));
    expect(cookie.origin).toBe(simulator.origin);
    expect(cookie.pathname).toBe('/v1.0/users/delta');
    expect(cookie.searchParams.get('$deltatoken')).toMatch(/.+/);
  });

  test('has these bytes', async () => {
    const { run, write, output, name } = await setUp({});
    const text = { displayName: 'Größe "XL", 🙂', description: '=1+1\nsecond line' };
    const group = await write('POST /groups', { ...groupNamed('sizes'), ...text });
    const mapping = {
      entityTypes: [
        {
          name: 'group',
          attributes: ['description', 'displayName', 'securityEnabled'],
          links: ['members'],
          filter: 'securityEnabled eq true',
        },
      ],
      columns: ['displayName', 'id', 'securityEnabled', 'description'],
    };
    const bytes = (table: string) => readFileSync(join(output, `${name}_${table}.csv`), 'utf8');
    await run(mapping);
    expect(bytes('directoryobjects')).toBe(
      `Command,@odata.type,displayName,id,securityEnabled,description\r\ninsert,group,"Größe ""XL"", 🙂",${group},true,"=1+1\nsecond line"\r\n`,
    );
    expect(bytes('members_group')).toBe('Command,groupId,id\r\n');
    await run({ ...mapping, ignoresCookies: true, neutralizesFormulas: true });
    expect(bytes('directoryobjects')).toBe(
      `Command,@odata.type,displayName,id,securityEnabled,description\r\ninsert,group,"Größe ""XL"", 🙂",${group},true,"'=1+1\nsecond line"\r\n`,
    );
  });

  test('is made again on request, from everything that the tenant tells', async () => {
    const { run, output, truth, churn, events } = await setUp();
    await run();
    await churn(50);
    events.length = 0;
    const { completeReason } = await run({ ignoresCookies: true });
    expect(completeReason).toBe('it was asked for');
    const readings = events.filter((event) => event.kind === 'reading');
    expect(readings.map(({ isFull }) => isFull)).toEqual([true, true, true, true]);
    expect(foldFiles(new Map(), output)).toEqual(truth());
  });
});

describe('an incremental export', () => {
  test('tells every kind of change, and nothing twice', async () => {
    const { run, output, truth, churn } = await setUp({ users: 120 });
    await run();
    const tables = foldFiles(new Map(), output);
    for (let round = 0; round < 6; round++) {
      await churn(150);
      const { completeReason } = await run();
      expect(completeReason).toBeNull();
      foldFiles(tables, output);
      expect(tables).toEqual(truth());
    }
  });

  test('of nothing leaves headers only', async () => {
    const { run, read } = await setUp();
    await run();
    const { files } = await run();
    expect(files.map(({ rows }) => rows)).toEqual(files.map(() => ({ insert: 0, update: 0, delete: 0 })));
    expect(read('directoryobjects')).toEqual([['Command', '@odata.type', ...columns]]);
    expect(read('owners_servicePrincipal')).toEqual([['Command', 'servicePrincipalId', 'id']]);
  });

  test('takes the links of a deleted user along, and brings them back with the user', async () => {
    const { run, read, write, simulator, output, truth } = await setUp();
    const user = await write('POST /users', newUser(simulator, 'zoe'));
    const group = await write('POST /groups', groupNamed('Staff'));
    await write(`POST /groups/${group}/members/$ref`, {
      '@odata.id': `${simulator.graph}/directoryObjects/${user}`,
    });
    await run();
    const tables = foldFiles(new Map(), output);

    await write(`DELETE /users/${user}`);
    await run();
    const row = read('directoryobjects')[1] ?? [];
    expect(row.filter((cell) => cell !== '')).toEqual(['delete', 'user', user]);
    expect(read('members_group')).toContainEqual(['delete', group, user]);
    expect(foldFiles(tables, output)).toEqual(truth());

    await write(`POST /directory/deletedItems/${user}/restore`);
    await run();
    expect(commandsIn(read('directoryobjects'))).toEqual(['insert']);
    expect(read('members_group')).toContainEqual(['insert', group, user]);
    expect(foldFiles(tables, output)).toEqual(truth());
  });

  test('deletes what does not meet the filter any more', async () => {
    const { run, read, write, simulator } = await setUp();
    const filtered = [
      { name: 'user', attributes: ['accountEnabled'], links: [], filter: 'accountEnabled eq true' },
    ];
    const only = { entityTypes: filtered, columns: ['id', 'accountEnabled'] };
    const user = await write('POST /users', newUser(simulator, 'zoe'));
    await run(only);
    expect(
      read('directoryobjects')
        .slice(1)
        .every(([, , , isEnabled]) => isEnabled === 'true'),
    ).toBe(true);
    await write(`PATCH /users/${user}`, { accountEnabled: false });
    await run(only);
    expect(read('directoryobjects').slice(1)).toEqual([['delete', 'user', user, '']]);
    await write(`PATCH /users/${user}`, { accountEnabled: true });
    await run(only);
    expect(read('directoryobjects').slice(1)).toEqual([['insert', 'user', user, 'true']]);
  });

  test('tells what a synchronization in between has brought into the store', async () => {
    const { run, output, truth, churn, synchronize: bringUp } = await setUp();
    await run();
    const tables = foldFiles(new Map(), output);
    await churn(40);
    await bringUp();
    await churn(40);
    expect((await run()).completeReason).toBeNull();
    expect(foldFiles(tables, output)).toEqual(truth());
  });

  test('stays one when the tenant forgets its delta tokens', async () => {
    const { run, output, truth, churn, client, events } = await setUp();
    await run();
    const tables = foldFiles(new Map(), output);
    await churn(60);
    await client.stage(
      ...['/users', '/groups'].map((path) => ({ kind: 'expireDeltaLink', match: { path: `${path}/delta` } })),
    );
    events.length = 0;
    expect((await run()).completeReason).toBeNull();
    const restarted = events.flatMap((event) => (event.kind === 'restarted' ? [event.objectClass] : []));
    expect(restarted.toSorted()).toEqual(['group', 'user']);
    expect(foldFiles(tables, output)).toEqual(truth());
  });

  test('goes to two places independently', async () => {
    const { run, output, cookies, truth, churn } = await setUp();
    const elsewhere = { outputDirectory: `${output} 2`, cookieDirectory: `${cookies} 2` };
    await run();
    await run(elsewhere);
    const tables = foldFiles(new Map(), output);
    const others = foldFiles(new Map(), elsewhere.outputDirectory);
    await churn(30);
    await run(elsewhere);
    foldFiles(others, elsewhere.outputDirectory);
    await churn(30);
    await run();
    expect(foldFiles(tables, output)).toEqual(truth());
    await run(elsewhere);
    expect(foldFiles(others, elsewhere.outputDirectory)).toEqual(truth());
  });
});

describe('cookie files', () => {
  test('one that is missing makes the whole export complete', async () => {
    const { run, output, truth, churn, cookiePath } = await setUp();
    await run();
    await churn(30);
    rmSync(cookiePath('group'));
    expect((await run()).completeReason).toBe(`there is no ${cookiePath('group')}`);
    expect(foldFiles(new Map(), output)).toEqual(truth());
    expect((await run()).completeReason).toBeNull();
  });

  test.each([
    ['empty', () => ''],
    ['cut off', (cookie: string) => cookie.slice(0, -1)],
    ['of another entity type', (_: string, other: string) => other],
    ['no text at all', () => '\0\u{fffd}\0'],
  ])('one that is %s makes the whole export complete', async (_, spoil) => {
    const { run, output, truth, cookiePath } = await setUp({ users: 5 });
    await run();
    const cookie = readFileSync(cookiePath('user'), 'utf8');
    writeFileSync(cookiePath('user'), spoil(cookie, readFileSync(cookiePath('group'), 'utf8')));
    const { completeReason } = await run();
    expect(completeReason).toBe(`${cookiePath('user')} is not as an export from this database wrote it`);
    expect(foldFiles(new Map(), output)).toEqual(truth());
  });

  test('old ones that are put back bring the changes since then', async () => {
    const { run, output, cookies, truth, churn } = await setUp();
    await run();
    const tables = foldFiles(new Map(), output);
    const kept = readdirSync(cookies).map(
      (file) => [join(cookies, file), readFileSync(join(cookies, file))] as const,
    );
    for (let lost = 0; lost < 2; lost++) {
      await churn(40);
      await run();
    }
    for (const [path, content] of kept) writeFileSync(path, content);
    expect((await run()).completeReason).toBeNull();
    expect(foldFiles(tables, output)).toEqual(truth());
  });

  test('may be beside the CSV files', async () => {
    const { run, output, name } = await setUp({ users: 3 });
    await run({ cookieDirectory: output });
    expect(existsSync(join(output, `${name}_cookie_user.bin`))).toBe(true);
    expect((await run({ cookieDirectory: output })).completeReason).toBeNull();
  });
});

describe('a run that is stopped', () => {
  /** Exports while something is in the way of one file from the moment on at which everything is read. */
  async function obstructed(stage: Awaited<ReturnType<typeof setUp>>, path: string): Promise<Fault> {
    const aside = `${path} aside`;
    let applied = 0;
    const fault = await faultOf(
      stage.run({
        report: ({ kind }) => {
          if (kind !== 'applied' || ++applied < entityTypes.length) return;
          renameSync(path, aside);
          mkdirSync(join(path, 'in the way'), { recursive: true });
        },
      }),
    );
    rmSync(path, { recursive: true });
    renameSync(aside, path);
    return fault;
  }

  const places: readonly (readonly [string, (stage: Awaited<ReturnType<typeof setUp>>) => string])[] = [
    ['before the first file', ({ output, name }) => join(output, `${name}_directoryobjects.csv`)],
    ['between CSV files', ({ output, name }) => join(output, `${name}_owners_group.csv`)],
    ['before the first cookie file', ({ cookiePath }) => cookiePath('user')],
    ['between cookie files', ({ cookiePath }) => cookiePath('servicePrincipal')],
  ];

  test.each(places)('%s loses nothing', async (_, pathIn) => {
    const stage = await setUp({ users: 60 });
    const { run, output, cookies, truth, churn } = stage;
    await run();
    const tables = foldFiles(new Map(), output);
    await churn(80);
    const fault = await obstructed(stage, pathIn(stage));
    expect(fault).toMatchObject({ code: 'output-unusable', exitCode: 1 });
    expect(fault.message).toBe(
      `The export cannot use ${pathIn(stage)} because a directory of that name is in the way: put it right, or choose other directories with --output and --cookies.`,
    );
    expect(
      [...readdirSync(output), ...readdirSync(cookies)].filter((name) => name.endsWith('.part')),
    ).toEqual([]);
    await churn(40);
    expect((await run()).completeReason).toBeNull();
    expect(foldFiles(tables, output)).toEqual(truth());
  });

  test('by its signal leaves the files as they were', async () => {
    const { run, output, churn, truth } = await setUp();
    await run();
    const tables: Tables = foldFiles(new Map(), output);
    await churn(20);
    const stop = new AbortController();
    const fault = await faultOf(
      run({ signal: stop.signal, report: ({ kind }) => void (kind === 'applied' && stop.abort()) }),
    );
    expect(fault.code).toBe('cancelled');
    expect(foldFiles(new Map(), output)).toEqual(tables);
    await run();
    expect(foldFiles(tables, output)).toEqual(truth());
  });
});

describe('what cannot be done is refused', () => {
  test('an output directory that is a file', async () => {
    const { run, output } = await setUp({ users: 1 });
    mkdirSync(join(output, '..'), { recursive: true });
    writeFileSync(output, 'notes');
    const fault = await faultOf(run());
    expect(fault.message).toBe(
      `The export cannot use ${output} because a file of that name is in the way: put it right, or choose other directories with --output and --cookies.`,
    );
    expect(readFileSync(output, 'utf8')).toBe('notes');
  });

  test('an output directory below a file', async () => {
    const { run, output } = await setUp({ users: 1 });
    mkdirSync(join(output, '..'), { recursive: true });
    writeFileSync(output, 'notes');
    const fault = await faultOf(run({ outputDirectory: join(output, 'below') }));
    expect(fault.message).toContain(
      `cannot use ${join(output, 'below')} because a part of its path is a file:`,
    );
  });

  test('an output directory where nothing can be made', async () => {
    const { run, events } = await setUp({ users: 1 });
    const fault = await faultOf(run({ outputDirectory: '/proc/1/none/export' }));
    expect(fault.code).toBe('output-unusable');
    expect(events).toEqual([]);
  });

  test('a cookie file that is a directory, before anything is read', async () => {
    const { run, cookiePath, events } = await setUp({ users: 1 });
    mkdirSync(cookiePath('group'), { recursive: true });
    const fault = await faultOf(run());
    expect(fault.message).toContain(
      `cannot use ${cookiePath('group')} because a directory of that name is in the way`,
    );
    expect(events).toEqual([]);
  });

  test('a second export of the same connection at once', async () => {
    const { run, output, truth } = await setUp();
    const outcomes = await Promise.allSettled([run(), run()]);
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as Fault] : [],
    );
    expect(refused.map(({ code }) => code)).toEqual(['connection-busy']);
    expect(foldFiles(new Map(), output)).toEqual(truth());
  });
});
