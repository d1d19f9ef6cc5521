// `syncline sync` and `syncline verify` as a user runs them against a tenant: what they say, how they end, and that they work
// in the database of a Syncline that is there already.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { expectOneSentence, query, scratch, usedDataDirectory } from './fixtures/data-directories.ts';
import { processesOf } from './fixtures/held-database.ts';
import { writeSettings } from './fixtures/settings-file.ts';
import { createClient, type SimulatorClient } from './fixtures/simulator-client.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';
import { live } from './fixtures/tenant-truth.ts';

let simulator: Simulator;
let client: SimulatorClient;
let settings: string;

beforeAll(async () => {
  simulator = await startSimulator({ users: 200 });
  client = createClient(simulator);
  mkdirSync(join(scratch, 'settings'));
  settings = writeSettings(join(scratch, 'settings'), simulator, 'Contoso', { Guards: 'Off' });
});

const running: RunningCommand[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop()));
  await client.control('DELETE /faults');
});

afterAll(async () => {
  await client.close();
  await simulator.stop();
});

function run(data: string, ...words: string[]): RunningCommand {
  const command = runSyncline([...words, '--data', data], { SYNCLINE_SETTINGS: settings });
  running.push(command);
  return command;
}

const sync = (data: string, ...options: string[]) => run(data, 'sync', 'Contoso', ...options);
const verify = (data: string, ...options: string[]) => run(data, 'verify', 'Contoso', ...options);

/** Makes every answer of Graph a request to come back in an hour. */
async function keepWaiting(): Promise<void> {
  await client.stage({ kind: 'throttle', retryAfterSeconds: 3600, times: 'always' });
}

/** The cells of a line of a table, by the name that it begins with. */
function row({ lines }: Ended, name: string): string[] {
  const line = lines.find((line) => line.startsWith(`  ${name} `)) ?? '';
  return line.trim().split(/ {2,}/).slice(1);
}

/** What the command complained of, behind its name. */
function sentenceOf({ complaint }: Ended): string {
  return /^syncline: (.*)\n$/m.exec(complaint)?.[1] ?? complaint;
}

function lastJson({ lines }: Ended): Record<string, unknown> {
  return JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
}

const grouped = (number: number) => number.toLocaleString('en-US');

test('reads a tenant in full the first time, and then what has changed; verify finds no difference', async () => {
  const data = usedDataDirectory();
  const first = await sync(data).ended;
  expect(first).toMatchObject({ code: 0, complaint: '' });
  const users = grouped(live(simulator, 'user').length);
  expect(row(first, 'user')).toEqual([users, users, '-', '-']);
  expect(row(first, 'group')[0]).toBe(grouped(live(simulator, 'group').length));
  expect(first.lines).toContain('user: reading everything, because it is the first time');
  expect(
    first.lines.some((line) =>
      /^Contoso is up to date after [\d.]+ s: .* objects and .* links\.$/.test(line),
    ),
  ).toBe(true);
  expect(processesOf(data)).toEqual([]);

  await client.control('POST /churn', { changes: 100 });
  const second = await sync(data).ended;
  expect(second.code).toBe(0);
  expect(second.lines).toContain('user: reading changes');
  expect(row(second, 'user')[0]).toBe(grouped(live(simulator, 'user').length));

  const compared = await verify(data).ended;
  expect(compared).toMatchObject({ code: 0, complaint: '' });
  expect(compared.lines.at(-1)).toBe('No difference.');
  expect(row(compared, 'user')).toEqual([grouped(live(simulator, 'user').length), '-', '-', '-']);

  const again = await sync(data, '--full').ended;
  expect(again.code).toBe(0);
  expect(again.lines.at(-1)).toMatch(/^Read in full, because it was asked for: .*user/);
  expect(row(again, 'all objects').slice(1)).toEqual(['-', '-', '-']);
});

test('--json prints one object on standard output and progress on standard error', async () => {
  const data = usedDataDirectory();
  const ended = await sync(data, '--json').ended;
  expect(ended.code).toBe(0);
  expect(ended.lines).toHaveLength(1);
  const users = live(simulator, 'user').length;
  const user = {
    objectClass: 'user',
    isFull: true,
    reason: 'it is the first time',
    total: users,
    inserted: users,
  };
  expect(lastJson(ended)).toMatchObject({
    connection: 'Contoso',
    seconds: expect.any(Number),
    objectClasses: expect.arrayContaining([expect.objectContaining(user)]),
  });
  expect(ended.complaint).toContain('user: reading everything');

  const compared = await verify(data, '--json').ended;
  expect(compared.code).toBe(0);
  expect(compared.lines).toHaveLength(1);
  expect(lastJson(compared)).toMatchObject({ connection: 'Contoso', isEqual: true, differences: [] });
});

test('verify tells what the tenant has changed since from what the database should know, which fails it', async () => {
  const data = usedDataDirectory();
  await sync(data).ended;
  const [first, second] = live(simulator, 'user');
  simulator.directory.update(first!, { department: 'Astronomy' });
  const pending = await verify(data).ended;
  expect(pending).toMatchObject({ code: 0, complaint: '' });
  expect(pending.lines).toContain(
    `  user ${first!.id}: different in the database (department), changed in the tenant since the last sync`,
  );

  const command = sync(data);
  await command.ended;
  const holder = runSyncline(['start', '--data', data, '--users', '0'], { SYNCLINE_SETTINGS: '' });
  running.push(holder);
  await holder.line(/^Press Ctrl-C/);
  await query(data, `delete from resource where key = '${second!.id}'`);
  const ended = await verify(data).ended;
  expect(ended.code).toBe(1);
  expectOneSentence(sentenceOf(ended));
  expect(ended.complaint).toContain('Contoso: 1 difference between the database and the tenant');
  expect(ended.lines).toContain(`  user ${second!.id}: in the tenant, not in the database`);

  const json = await verify(data, '--json').ended;
  expect(json.code).toBe(1);
  expect(lastJson(json)).toMatchObject({
    isEqual: false,
    differences: [{ objectClass: 'user', kind: 'missing', key: second!.id, isPending: false }],
  });
});

test('a wait is shown, Ctrl-C ends it, and the next run goes on', async () => {
  const data = usedDataDirectory();
  await keepWaiting();
  const command = sync(data);
  expect(await command.line(/^user: waiting/)).toMatch(/^user: waiting 3,\d{3} s for /);
  const ended = await command.stop('SIGINT');
  expect(ended.code).toBe(1);
  expect(ended.lines).toContain('Stopping when what is being read is stored; Ctrl-C again stops at once.');
  expect(sentenceOf(ended)).toContain('The run on Contoso was cancelled');
  expectOneSentence(sentenceOf(ended));
  expect(processesOf(data)).toEqual([]);

  await client.control('DELETE /faults');
  expect((await sync(data).ended).code).toBe(0);
});

test('a second command joins the database of the first, and a connection that is busy is left to it', async () => {
  const data = usedDataDirectory();
  await keepWaiting();
  const first = sync(data);
  await first.line(/^user: waiting/);
  const second = await sync(data, '--json').ended;
  expect(second.code).toBe(1);
  expect(lastJson(second)).toMatchObject({ error: { code: 'connection-busy' } });
  expect(sentenceOf(second)).toContain('Another run is working on the connection Contoso');
  expect((await first.stop()).code).toBe(1);
});

test.each<[string, string[], number, RegExp]>([
  [
    'a connection that is none',
    ['sync', 'Fabrikam'],
    2,
    /^There is no connection "Fabrikam": .*Contoso\.json has Contoso; .*\.$/,
  ],
  ['no connection at all', ['sync'], 2, /missing required argument 'connection'/],
  [
    'a settings file that is not there',
    ['sync', 'Contoso', '--settings', 'none.json'],
    2,
    /^There is no settings file .*none\.json: .*\.$/,
  ],
  [
    'a simulated tenant that does not run',
    ['verify', 'simulated'],
    2,
    /^No simulated tenant is running on .*: .*\.$/,
  ],
  [
    'a comparison before the first sync',
    ['verify', 'Contoso'],
    1,
    /^Contoso: .* was not synchronized yet; .*\.$/,
  ],
])('%s ends with one sentence', async (_what, words, code, sentence) => {
  const ended = await run(usedDataDirectory(), ...words).ended;
  expect(ended.code).toBe(code);
  expect(sentenceOf(ended)).toMatch(sentence);
  expect(ended.complaint).not.toMatch(/\n +at /);
});

test('a secret that the tenant refuses is not shown', async () => {
  const directory = join(scratch, 'settings');
  const wrong = writeSettings(directory, simulator, 'Wrong', { ApplicationKey: 'value~of~secret' });
  const ended = await run(usedDataDirectory(), 'sync', 'Wrong', '--settings', wrong).ended;
  expect(ended.code).toBe(1);
  expect(sentenceOf(ended)).toMatch(/^localhost:\d+ refuses the secret of application .*: .*\.$/);
  expect(ended.complaint + ended.lines.join('\n')).not.toContain('value~of~secret');
});
