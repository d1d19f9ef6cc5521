/** The embedded database, from outside: whatever is killed, it runs again, and nothing is left running. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import {
  connectionFile,
  expectOneSentence,
  hold,
  log,
  newDataDirectory,
  open,
  refusal,
  untilAnswered,
  untilServerSleeps,
  usedDataDirectory,
} from './fixtures/data-directories.ts';
import { crash, processesOf, serverPid, untilNothingRuns, watchdogPid } from './fixtures/held-database.ts';

describe('start and stop', () => {
  test('a first start makes a database, the next ones find it again', async () => {
    const data = newDataDirectory();
    const first = await open({ data });
    expect(first.description).toMatchObject({ kind: 'embedded', version: '18.4', dataDirectory: data });
    expect(first.description.migrated[0]).toBe('0001-installation');
    expect(await first.stop()).toEqual({ code: 0, signal: null, complaint: '' });
    await untilNothingRuns(data);

    const second = await open({ data });
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(second.description.port).toBe(first.description.port);
    expect(second.description.migrated).toEqual([]);
    expect(second.reports()).toEqual([]);
    expect(await second.stop('SIGINT')).toEqual({ code: 0, signal: null, complaint: '' });
    expect(processesOf(data)).toEqual([]);
  });

  test('a stop does not wait for a query that runs', async () => {
    const data = usedDataDirectory();
    const database = await open({ data });
    const answer = database.ask(3_600_000);
    await untilServerSleeps(data);
    expect(await database.stop()).toMatchObject({ code: 0 });
    expect(await answer).toBeUndefined();
  });

  test('Ctrl-C, which a terminal sends to every process of the command, is a clean stop', async () => {
    const data = usedDataDirectory();
    const database = await open({ data, ownProcessGroup: true });
    process.kill(-database.pid, 'SIGINT');
    expect(await database.ended).toEqual({ code: 0, signal: null, complaint: '' });
    expect(log(data).trimEnd()).toMatch(/database system is shut down$/);
  });

  test('people get in with psql through connection.conf, which only the owner can read, and not without password', async () => {
    const data = usedDataDirectory();
    const { description } = await open({ data });
    expect(statSync(join(data, 'connection.conf')).mode & 0o777).toBe(0o600);
    const { host, port, user, dbname, password } = connectionFile(data);
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
    const data = usedDataDirectory();
    const first = await open({ data });
    crash(first.pid);
    await untilNothingRuns(data);
    const second = await open({ data });
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(second.reports()).toEqual([]);
    expect(log(data)).not.toContain('was not properly shut down');
  });

  test('kill -9 of Syncline and a start at once: the new one waits for the old server and takes over', async () => {
    const data = usedDataDirectory();
    const first = await open({ data });
    crash(first.pid);
    await first.ended;
    const second = await open({ data });
    expect(second.description.installationId).toBe(first.description.installationId);
  });

  test('kill -9 of Syncline and of its watchdog: the next start stops the orphaned server and takes over', async () => {
    const data = usedDataDirectory();
    const first = await open({ data });
    const orphan = serverPid(data);
    crash(watchdogPid(data), first.pid);
    await first.ended;
    expect(processesOf(data)).toContain(orphan);
    const second = await open({ data });
    expect(second.reports()).toEqual([expect.stringContaining(`PostgreSQL (process ${orphan})`)]);
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(processesOf(data)).not.toContain(orphan);
  });

  test('kill -9 of PostgreSQL: it is said, started again, and the same connections work on', async () => {
    const data = usedDataDirectory();
    const database = await open({ data });
    crash(serverPid(data));
    await database.reported(/ended unexpectedly \(signal SIGKILL\)/);
    await database.reported(/running again/);
    expect(await untilAnswered(database)).toBe(database.description.installationId);
  });

  test('kill -9 of PostgreSQL in the middle of a query that holds on to its memory', async () => {
    const data = usedDataDirectory();
    const database = await open({ data });
    const answer = database.ask(3_600_000);
    await untilServerSleeps(data);
    crash(serverPid(data));
    expect(await answer).toBeUndefined();
    await database.reported(/running again/);
    expect(await untilAnswered(database)).toBe(database.description.installationId);
  });

  test('kill -9 of PostgreSQL and a stop of Syncline before it is back', async () => {
    const data = usedDataDirectory();
    const database = await open({ data });
    crash(serverPid(data));
    await database.reported(/ended unexpectedly/);
    expect(await database.stop()).toEqual({ code: 0, signal: null, complaint: '' });
    await untilNothingRuns(data);
  });

  test('kill -9 of one of the processes of PostgreSQL: the others end and it recovers by itself', async () => {
    const data = usedDataDirectory();
    const database = await open({ data });
    const server = serverPid(data);
    const parts = processesOf(data).filter((pid) => pid !== server && pid !== watchdogPid(data));
    crash(...parts);
    expect(await untilAnswered(database)).toBe(database.description.installationId);
    expect(serverPid(data)).toBe(server);
  });

  test('kill -9 of PostgreSQL again and again: one sentence in the end', async () => {
    const data = usedDataDirectory();
    const database = await open({ data });
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
    const data = usedDataDirectory();
    const first = await open({ data });
    crash(first.pid, ...processesOf(data));
    await first.ended;
    const second = await open({ data });
    expect(second.description.installationId).toBe(first.description.installationId);
  });

  test('the numbers of the dead processes belong to other programs by now: the next start recovers all the same', async () => {
    const data = usedDataDirectory();
    const first = await open({ data });
    crash(first.pid, ...processesOf(data));
    await first.ended;
    const postmaster = join(data, 'database/postmaster.pid');
    const bystander = hold({ data: newDataDirectory() });
    await bystander.opened;
    writeFileSync(postmaster, readFileSync(postmaster, 'utf8').replace(/^\d+/, String(process.ppid)));
    writeFileSync(join(data, 'owner.pid'), `${bystander.pid}\n`);
    const second = await open({ data });
    expect(second.description.installationId).toBe(first.description.installationId);
    expect(bystander.process.exitCode).toBeNull();
  });

  test('kill -9 in the middle of the very first start leaves nothing half-made', async () => {
    const data = newDataDirectory();
    const first = hold({ data });
    while (!existsSync(data) || !readdirSync(data).some((name) => name.startsWith('initdb-'))) await delay(1);
    crash(first.pid);
    await first.ended;
    const { description } = await open({ data });
    expect(description.migrated[0]).toBe('0001-installation');
    expect(readdirSync(data).filter((name) => name.startsWith('initdb-'))).toEqual([]);
  });
});

describe('two at once', () => {
  test('a second Syncline on the same data directory names the first, which works on', async () => {
    const data = usedDataDirectory();
    const first = await open({ data });
    const { code, complaint } = await refusal({ data });
    expect(code).toBe(1);
    expectOneSentence(complaint);
    expect(complaint).toContain(`already running on ${data} as process ${first.pid}`);
    expect(await first.ask()).toBe(first.description.installationId);
  });

  test('of several that start at the same moment exactly one gets it', async () => {
    const data = newDataDirectory();
    const starts = [hold({ data }), hold({ data }), hold({ data })];
    const descriptions = await Promise.all(starts.map(({ opened }) => opened));
    expect(descriptions.filter((description) => description !== undefined)).toHaveLength(1);
    const losers = starts.filter((_, index) => descriptions[index] === undefined);
    for (const { code, complaint } of await Promise.all(losers.map(({ ended }) => ended))) {
      expect(code).toBe(1);
      expectOneSentence(complaint);
    }
  });
});
