// `syncline start` as a user runs it: what it says, how it ends, and that it leaves nothing running.
import { afterEach, describe, expect, test } from 'vitest';
import {
  connectionFile,
  expectOneSentence,
  newDataDirectory,
  query,
  usedDataDirectory,
} from './fixtures/data-directories.ts';
import { crash, processesOf, serverPid } from './fixtures/held-database.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';

const running: RunningCommand[] = [];

function start(data: string, ...options: string[]): RunningCommand {
  const command = runSyncline(['start', '--data', data, '--users', '20', ...options]);
  running.push(command);
  return command;
}

const isReady = /^Press Ctrl-C/;

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop()));
});

/** What the command complained of, behind its name. */
function sentenceOf({ complaint }: Ended): string {
  return /^syncline: (.*)\n$/s.exec(complaint)?.[1] ?? complaint;
}

/** The value of a fact such as `  Graph           https://…`. */
function fact(command: RunningCommand, name: string): string {
  return new RegExp(`^ {2}${name} +(.+)$`, 'm').exec(command.printed())?.[1] ?? '';
}

test('brings up the database and a tenant, says where they are, and ends both on Ctrl-C', async () => {
  const data = newDataDirectory();
  const command = start(data);
  await command.line(isReady);
  expect(command.printed()).toContain("The database: Syncline's own PostgreSQL 18.4");
  expect(fact(command, 'Address')).toBe(`127.0.0.1:${connectionFile(data).port}, database syncline`);
  expect(fact(command, 'Files')).toBe(data);
  expect(fact(command, 'Migrated')).toBe('0001-installation');
  expect(command.printed()).toContain('A simulated tenant with 20 users');
  expect(fact(command, 'Graph')).toMatch(/^https:\/\/localhost:\d+\/v1\.0$/);
  expect(await query(data, 'select count(*)::int as installations from installation')).toEqual([
    { installations: 1 },
  ]);

  const ended = await command.stop('SIGINT');
  expect(ended).toMatchObject({ code: 0, signal: null, complaint: '' });
  expect(ended.lines.at(-1)).toBe('Stopped. Nothing is left running.');
  expect(processesOf(data)).toEqual([]);
});

test('a second one on the same data directory ends with one sentence, and the first works on', async () => {
  const data = usedDataDirectory();
  const first = start(data);
  await first.line(isReady);
  const second = await start(data).ended;
  expect(second.code).toBe(1);
  expectOneSentence(sentenceOf(second));
  expect(second.complaint).toContain(`Syncline is already running on ${data} as process ${first.pid}`);
  expect(await query(data, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('says that PostgreSQL was killed, starts it again and works on', async () => {
  const data = usedDataDirectory();
  const command = start(data);
  await command.line(isReady);
  crash(serverPid(data));
  await command.line(/^PostgreSQL is running again; what was committed is intact\.$/);
  expect(await command.stop()).toMatchObject({ code: 0, complaint: '' });
  expect(processesOf(data)).toEqual([]);
});

describe('bad input ends with one sentence and exit code 2:', () => {
  test('a database address that is none, shown without its password', async () => {
    const ended = await runSyncline(['start'], { DATABASE_URL: 'mysql://syncline:geheim@db/x' }).ended;
    expect(ended).toMatchObject({ code: 2, lines: [] });
    expectOneSentence(sentenceOf(ended));
    expect(ended.complaint).toContain('DATABASE_URL is "mysql://syncline:***@db/x"');
  });

  test('a number of users that is none', async () => {
    const ended = await start(newDataDirectory(), '--users', 'many').ended;
    expect(ended).toMatchObject({ code: 2, lines: [] });
    expect(ended.complaint).toContain("option '--users <number>' argument 'many' is invalid");
  });
});
