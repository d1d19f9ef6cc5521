/** The embedded database, from outside: whatever is killed, taken or full, it runs or says one sentence, and nothing stays. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  copyForOrdinaryAccount,
  crash,
  type HeldDatabase,
  holdDatabase,
  type Installation,
  isRoot,
  makeHome,
  makeScratch,
  processesOf,
  type Start,
  serverPid,
  untilNothingRuns,
  watchdogPid,
} from './fixtures/held-database.ts';

const scratch = makeScratch();
const held = new Set<HeldDatabase>();
let directories = 0;
let data = '';

/** A path where there is no database yet; nobody may depend on its being free of blanks and quotes. */
function newDataDirectory(): string {
  directories += 1;
  return join(scratch, `it's data ${directories}`);
}

/** A data directory in which a database was made and stopped. */
function usedDataDirectory(): string {
  const path = newDataDirectory();
  mkdirSync(path, { mode: 0o711 });
  execFileSync('cp', ['-pR', join(template, 'database'), join(template, 'connection.conf'), path]);
  return path;
}

const template = join(scratch, 'template');

beforeAll(async () => {
  const database = holdDatabase({ data: template });
  await database.opened;
  await database.stop();
});

function hold(start: Start = {}): HeldDatabase {
  const database = holdDatabase({ data, ...start });
  held.add(database);
  return database;
}

/** A database that is open; fails the test with its complaint when it is not. */
async function open(start: Start = {}) {
  const database = hold(start);
  const description = await database.opened;
  if (!description) throw new Error((await database.ended).complaint);
  return { ...database, description };
}

/** How a start ends that cannot succeed. */
async function refusal(start: Start = {}) {
  const { code, complaint } = await hold(start).ended;
  return { code, complaint };
}

afterEach(async () => {
  for (const database of held) database.process.kill('SIGTERM');
  await Promise.all([...held].map(({ ended }) => ended));
  held.clear();
  // Whatever a test did: nothing is ever left running.
  await untilNothingRuns(scratch);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('start and stop', () => {
  test('a first start makes a database, the next ones find it again', async () => {
    data = newDataDirectory();
    const first = await open();
    expect(first.description).toMatchObject({ kind: 'embedded', version: '18.4', dataDirectory: data });
    expect(first.description.migrated[0]).toBe('0001-installation');
    expect(await first.stop()).toEqual({ code: 0, signal: null, complaint: '' });
    await untilNothingRuns(data);

    const second = await open();
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(second.description.port).toBe(first.description.port);
    expect(second.description.migrated).toEqual([]);
    expect(second.reports()).toEqual([]);
    expect(await second.stop('SIGINT')).toEqual({ code: 0, signal: null, complaint: '' });
    expect(processesOf(data)).toEqual([]);
  });

  test('a stop does not wait for a query that runs', async () => {
    data = usedDataDirectory();
    const database = await open();
    const answer = database.ask(3_600_000);
    await untilServerSleeps();
    expect(await database.stop()).toMatchObject({ code: 0 });
    expect(await answer).toBeUndefined();
  });

  test('Ctrl-C, which a terminal sends to every process of the command, is a clean stop', async () => {
    data = usedDataDirectory();
    const database = await open({ ownProcessGroup: true });
    process.kill(-database.pid, 'SIGINT');
    expect(await database.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(log().trimEnd()).toMatch(/database system is shut down$/);
  });

  test('people get in with psql through connection.conf, which only the owner can read, and not without password', async () => {
    data = usedDataDirectory();
    const { description } = await open();
    expect(statSync(join(data, 'connection.conf')).mode & 0o777).toBe(0o600);
    const { host, port, user, dbname, password } = connectionFile();
    expect([host, Number(port), user, dbname]).toEqual([
      '127.0.0.1',
      description.port,
      'syncline',
      'syncline',
    ]);
    const ask = async (given: string) => {
      const sql = postgres(`postgres://${user}:${given}@${host}:${port}/${dbname}`);
      try {
        return (await sql`show listen_addresses`)[0];
      } finally {
        await sql.end();
      }
    };
    expect(await ask(password ?? '')).toEqual({ listen_addresses: '127.0.0.1' });
    await expect(ask('guessed')).rejects.toMatchObject({ code: '28P01' });
    await expect(ask('')).rejects.toThrow(/password/);
  });
});

describe('crashes', () => {
  test('kill -9 of Syncline: its PostgreSQL stops by itself, in order, and the next start finds everything', async () => {
    data = usedDataDirectory();
    const first = await open();
    crash(first.pid);
    await untilNothingRuns(data);
    const second = await open();
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(second.reports()).toEqual([]);
    expect(log()).not.toContain('was not properly shut down');
  });

  test('kill -9 of Syncline and a start at once: the new one waits for the old server and takes over', async () => {
    data = usedDataDirectory();
    const first = await open();
    crash(first.pid);
    await first.ended;
    const second = await open();
    expect(second.description.installationId).toBe(first.description.installationId);
  });

  test('kill -9 of Syncline and of its watchdog: the next start stops the orphaned server and takes over', async () => {
    data = usedDataDirectory();
    const first = await open();
    const orphan = serverPid(data);
    crash(watchdogPid(data), first.pid);
    await first.ended;
    expect(processesOf(data)).toContain(orphan);
    const second = await open();
    expect(second.reports()).toEqual([expect.stringContaining(`PostgreSQL (process ${orphan})`)]);
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(processesOf(data)).not.toContain(orphan);
  });

  test('kill -9 of PostgreSQL: it is said, started again, and the same connections work on', async () => {
    data = usedDataDirectory();
    const database = await open();
    crash(serverPid(data));
    await database.reported(/ended unexpectedly \(signal SIGKILL\)/);
    await database.reported(/running again/);
    expect(await untilAnswered(database)).toBe(database.description.installationId);
  });

  test('kill -9 of PostgreSQL in the middle of a query that holds on to its memory', async () => {
    data = usedDataDirectory();
    const database = await open();
    const answer = database.ask(3_600_000);
    await untilServerSleeps();
    crash(serverPid(data));
    expect(await answer).toBeUndefined();
    await database.reported(/running again/);
    expect(await untilAnswered(database)).toBe(database.description.installationId);
  });

  test('kill -9 of PostgreSQL again and again: one sentence in the end', async () => {
    data = usedDataDirectory();
    const database = await open();
    let server = 0;
    for (let kills = 0; kills < 6; kills += 1) {
      while (!existsSync(join(data, 'database/postmaster.pid')) || serverPid(data) === server)
        await delay(10);
      while (database.reports().filter((report) => report.includes('running again')).length < kills)
        await delay(10);
      server = serverPid(data);
      crash(server);
    }
    const { code, complaint } = await database.ended;
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('ended unexpectedly 6 times');
  });

  test('kill -9 of both at once: the next start recovers', async () => {
    data = usedDataDirectory();
    const first = await open();
    crash(first.pid, ...processesOf(data));
    await first.ended;
    const second = await open();
    expect(second.description.installationId).toBe(first.description.installationId);
  });

  test('the numbers of the dead processes belong to other programs by now: the next start recovers all the same', async () => {
    data = usedDataDirectory();
    const first = await open();
    crash(first.pid, ...processesOf(data));
    await first.ended;
    const postmaster = join(data, 'database/postmaster.pid');
    const bystander = hold({ data: newDataDirectory() });
    await bystander.opened;
    writeFileSync(postmaster, readFileSync(postmaster, 'utf8').replace(/^\d+/, String(process.ppid)));
    writeFileSync(join(data, 'owner.pid'), `${bystander.pid}\n`);
    const second = await open();
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(bystander.process.exitCode).toBeNull();
  });

  test('kill -9 in the middle of the very first start leaves nothing half-made', async () => {
    data = newDataDirectory();
    const first = hold();
    while (!existsSync(data) || !readdirSync(data).some((name) => name.startsWith('initdb-'))) await delay(1);
    crash(first.pid);
    await first.ended;
    const { description } = await open();
    expect(description.migrated[0]).toBe('0001-installation');
    expect(readdirSync(data).filter((name) => name.startsWith('initdb-'))).toEqual([]);
  });
});

describe('two at once', () => {
  test('a second Syncline on the same data directory names the first, which works on', async () => {
    data = usedDataDirectory();
    const first = await open();
    const { code, complaint } = await refusal();
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(`already running on ${data} as process ${first.pid}`);
    expect(await first.ask()).toBe(first.description.installationId);
  });

  test('of several that start at the same moment exactly one gets it', async () => {
    data = newDataDirectory();
    const starts = [hold(), hold(), hold()];
    const descriptions = await Promise.all(starts.map(({ opened }) => opened));
    expect(descriptions.filter((description) => description !== undefined)).toHaveLength(1);
    const losers = starts.filter((_, index) => descriptions[index] === undefined);
    for (const { code, complaint } of await Promise.all(losers.map(({ ended }) => ended))) {
      expect(code).toBe(1);
      expectOneSentence(complaint);
    }
  });
});

describe('what can be in the way', () => {
  test('a taken port: another is chosen and kept', async () => {
    data = usedDataDirectory();
    const first = await open();
    await first.stop();
    const squatter = createServer().listen(first.description.port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await open();
    expect(second.description.port).not.toBe(first.description.port);
    expect(Number(connectionFile().port)).toBe(second.description.port);
    squatter.close();
  });

  test('a disk too full for a new database', async () => {
    data = newDataDirectory();
    const { code, complaint } = await refusal({ fileSizeLimitKb: 4096 });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(`no room left for the database in ${data}`);
    expect(existsSync(join(data, 'database'))).toBe(false);
    await open();
  });

  test('a disk that has become full since', async () => {
    data = usedDataDirectory();
    const first = await open();
    await first.stop();
    const { code, complaint } = await refusal({ fileSizeLimitKb: 0 });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(`no room left for the database in ${data}`);
    const second = await open();
    expect(second.description.installationId).toBe(first.description.installationId);
  });

  test('a data directory that is a file', async () => {
    data = newDataDirectory();
    writeFileSync(data, '');
    const { code, complaint } = await refusal();
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(data);
  });

  test('a lost password file', async () => {
    data = usedDataDirectory();
    await (await open()).stop();
    rmSync(join(data, 'connection.conf'));
    const { code, complaint } = await refusal();
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(join(data, 'connection.conf'));
  });

  test('a database of another PostgreSQL', async () => {
    data = usedDataDirectory();
    await (await open()).stop();
    writeFileSync(join(data, 'database/PG_VERSION'), '17\n');
    const { code, complaint } = await refusal();
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('made by PostgreSQL 17');
  });

  test('a database whose schema is not that of this program', async () => {
    data = usedDataDirectory();
    const first = await open();
    await query("update migration set name = 'other'");
    await first.stop();
    const { code, complaint } = await refusal();
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('migration 1 (other)');
  });

  test('programs of another version: this one brings its own and removes them', async () => {
    data = usedDataDirectory();
    await (await open()).stop();
    const [version = ''] = readdirSync(join(data, 'postgresql'));
    renameSync(join(data, 'postgresql', version), join(data, 'postgresql/17.0.0'));
    await open();
    expect(readdirSync(join(data, 'postgresql'))).toEqual([version]);
  });

  test('a configuration file that a person has spoilt', async () => {
    data = usedDataDirectory();
    appendFileSync(join(data, 'database/postgresql.conf'), 'shared_buffers = plenty\n');
    const { code, complaint } = await refusal();
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('postgresql.conf');
  });

  test('a setting that makes no sense: exit code 2', async () => {
    const { code, complaint } = await refusal({ environment: { DATABASE_URL: 'mysql://a:secret@b/c' } });
    expect(code).toBe(2);
    expectOneSentence(complaint);
    expect(complaint).not.toContain('secret');
  });
});

describe('accounts', () => {
  let ordinary: Installation;
  beforeAll(() => {
    ordinary = copyForOrdinaryAccount(scratch);
  });

  test('an ordinary account runs everything as itself', async () => {
    data = join(makeHome(scratch, ordinary), 'data');
    const database = await open({ installation: ordinary });
    expect(database.description.account).toBeUndefined();
    expect(statSync(join(data, 'database')).uid).toBe(ordinary.uid ?? process.getuid?.());
    expect(await database.ask()).toBe(database.description.installationId);
    expect(await database.stop()).toMatchObject({ code: 0 });
  });

  test('who starts it in a directory that is closed to others gets a database all the same', async () => {
    // As root this is a checkout below /root, which PostgreSQL's own account cannot enter.
    const workingDirectory = join(scratch, 'closed');
    mkdirSync(workingDirectory, { mode: 0o700 });
    const database = hold({ data: undefined, workingDirectory });
    const description = await database.opened;
    data = description?.dataDirectory ?? '';
    try {
      const expected = isRoot ? /^\/var\/lib\/syncline\/[0-9a-f]{12}$/ : /\/closed\/data$/;
      expect(data).toMatch(expected);
      expect(statSync(join(data, 'database')).uid).not.toBe(0);
      await database.stop();
      await untilNothingRuns(data);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });

  test('whoever made the data directory, its owner and root can both run on it, one after the other', async () => {
    data = join(makeHome(scratch, ordinary), 'data');
    const first = await open({ installation: ordinary });
    await first.stop();
    const second = await open();
    expect(second.description.installationId).toBe(first.description.installationId);
    await second.stop();
    const third = await open({ installation: ordinary });
    expect(third.description.installationId).toBe(first.description.installationId);
  });

  test('the data directory of another account is refused in one sentence', async () => {
    data = '/usr';
    const { code, complaint } = await refusal({ installation: ordinary });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('/usr belongs to account "root"');
  });

  test('a directory that the account may not make is refused in one sentence', async () => {
    data = '/usr/syncline-data';
    const { code, complaint } = await refusal({ installation: ordinary });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain('/usr/syncline-data');
  });
});

function expectOneSentence(complaint: string): void {
  expect(complaint.trim().split('\n')).toHaveLength(1);
  expect(complaint.trim()).toMatch(/^[A-Z].*: .*\.$/);
}

function connectionFile(): Record<string, string> {
  const lines = readFileSync(join(data, 'connection.conf'), 'utf8').matchAll(/^(\w+)=(.*)$/gm);
  return Object.fromEntries(lines.map(([, key = '', value = '']) => [key, value]));
}

function log(): string {
  return readFileSync(join(data, 'postgresql.log'), 'utf8');
}

async function untilAnswered({ ask }: HeldDatabase): Promise<string> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
}

async function untilServerSleeps(): Promise<void> {
  for (;;) {
    const sleeping = await query("select from pg_stat_activity where wait_event = 'PgSleep'");
    if (sleeping.length > 0) return;
  }
}

async function query(text: string) {
  const { host, port, user, dbname, password } = connectionFile();
  const sql = postgres(`postgres://${user}:${password}@${host}:${port}/${dbname}`);
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}
