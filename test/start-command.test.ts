// `syncline start` as a user runs it: what it says, how it ends, and that it leaves nothing running.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import {
  connectionFile,
  expectOneSentence,
  newDataDirectory,
  query,
  scratch,
  usedDataDirectory,
} from './fixtures/data-directories.ts';
import { crash, processesOf, serverPid } from './fixtures/held-database.ts';
import { writeSettings } from './fixtures/settings-file.ts';
import { createClient } from './fixtures/simulator-client.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';

const running: RunningCommand[] = [];

function run(...words: string[]): RunningCommand {
  const command = runSyncline(words);
  running.push(command);
  return command;
}

/** Runs with a simulated tenant in which nothing happens by itself, unless the options say otherwise. */
function start(data: string, ...options: string[]): RunningCommand {
  return run('start', '--data', data, '--users', '20', '--churn', '0', ...options);
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

test('brings up the database and a tenant, synchronizes it, says where things are, and ends all on Ctrl-C', async () => {
  const data = newDataDirectory();
  const command = start(data);
  await command.line(isReady);
  expect(command.printed()).toContain("The database: Syncline's own PostgreSQL 18.4");
  expect(fact(command, 'Address')).toBe(`127.0.0.1:${connectionFile(data).port}, database syncline`);
  expect(fact(command, 'Files')).toBe(data);
  expect(fact(command, 'Migrated')).toMatch(/^0001-installation, 0002-synchronization/);
  expect(command.printed()).toContain('A simulated tenant with 20 users');
  expect(fact(command, 'Graph')).toMatch(/^https:\/\/localhost:\d+\/v1\.0$/);
  expect(command.printed()).toMatch(/^simulated is up to date after [\d.]+ s: \d+ objects and \d+ links\.$/m);
  expect(command.printed()).toMatch(/^ {2}user {2,}20 {2,}20 /m);
  expect(fact(command, 'compare')).toBe(`npx syncline verify simulated --data ${JSON.stringify(data)}`);
  const users = `select count(*)::int as users from resource join entity_type using (entity_type_id) where name = 'user'`;
  expect(await query(data, users)).toEqual([{ users: 20 }]);

  const ended = await command.stop('SIGINT');
  expect(ended).toMatchObject({ code: 0, signal: null, complaint: '' });
  expect(ended.lines.at(-1)).toBe('Stopped. Nothing is left running.');
  expect(processesOf(data)).toEqual([]);
  expect(existsSync(join(data, 'simulated-tenant.json'))).toBe(false);
});

test('commands in another terminal find the simulated tenant and its database while it runs', async () => {
  const data = usedDataDirectory();
  const command = start(data);
  await command.line(isReady);
  expect(statSync(join(data, 'simulated-tenant.json')).mode & 0o777).toBe(0o600);
  const compared = await run('verify', 'simulated', '--data', data).ended;
  expect(compared).toMatchObject({ code: 0, complaint: '' });
  expect(compared.lines.at(-1)).toBe('No difference.');
  const synchronized = await run('sync', 'simulated', '--data', data, '--json').ended;
  expect(synchronized.code).toBe(0);
  expect(await command.stop()).toMatchObject({ code: 0, complaint: '' });
});

test('a tenant that was killed is not mistaken for one that runs', async () => {
  const data = usedDataDirectory();
  const command = start(data);
  await command.line(isReady);
  crash(command.pid);
  await command.ended;
  const { code, complaint } = await run('verify', 'simulated', '--data', data).ended;
  expect(code).toBe(2);
  expect(complaint).toMatch(/^syncline: No simulated tenant is running on .*: .*\.\n$/);
});

test('what changes in the tenant is brought and told of, a line for each run that brought something', async () => {
  const command = start(usedDataDirectory(), '--churn', '6000', '--interval', '1');
  const line = await command.line(/^\d\d:\d\d:\d\d {2}simulated: /);
  expect(line).toMatch(/(?:user|group|directoryRole|servicePrincipal)(?:\.\w+)? \d+ (?:new|changed|gone)/);
  expect(await command.stop()).toMatchObject({ code: 0, complaint: '' });
});

test('a tenant that was started again has forgotten its links, so that everything is read again, as is said', async () => {
  const data = usedDataDirectory();
  const first = start(data);
  await first.line(isReady);
  await first.stop();
  const second = start(data);
  await second.line(isReady);
  expect(second.printed()).toMatch(
    /^Read in full, because the stored delta link is of another address .*: .*user/m,
  );
  expect(second.printed()).toMatch(/^ {2}user {2,}20 {2,}- {2,}- {2,}-$/m);
});

describe('with connections in the settings file', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ users: 30 });
  });
  afterAll(() => simulator.stop());

  test('they are followed instead of a simulated tenant, and --json tells of each run', async () => {
    const settings = writeSettings(scratch, simulator, 'Contoso');
    const command = start(usedDataDirectory(), '--settings', settings, '--interval', '1', '--json');
    const run = await command.line(/"runId":2/);
    expect(JSON.parse(run)).toMatchObject({ connection: 'Contoso', runId: 2 });
    const { code, lines, complaint } = await command.stop();
    expect(code).toBe(0);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ connections: ['Contoso'] });
    expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => 'object'));
    expect(complaint).toContain('Contoso is up to date after');
  });

  test('a run that fails is told of in a sentence, and the next one tries again', async () => {
    const client = createClient(simulator);
    await client.stage({ kind: 'revokeSecret' });
    const settings = writeSettings(scratch, simulator, 'Contoso');
    const command = start(usedDataDirectory(), '--settings', settings, '--interval', '1');
    await command.line(/^\d\d:\d\d:\d\d {2}Contoso: .* refuses the secret of .*\.$/);
    await client.control('DELETE /faults');
    await client.close();
    await command.line(/^\d\d:\d\d:\d\d {2}Contoso: .*\buser 30 new/);
    expect(await command.stop()).toMatchObject({ code: 0, complaint: '' });
  });

  test('a mapping that cannot be, and no other connection, ends it with exit code 2', async () => {
    const changes = { EntityTypes: { user: { Attributes: ['displayName', 'shoeSize'] } } };
    const settings = writeSettings(scratch, simulator, 'Contoso', changes);
    const ended = await start(usedDataDirectory(), '--settings', settings).ended;
    expect(ended.code).toBe(2);
    expectOneSentence(sentenceOf(ended));
    expect(ended.complaint).toContain('shoeSize');
  });
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
