// `syncline invoke-job` between real processes: a simulated tenant, `serve`, `worker`, and the command as a scheduler of somebody's own runs it.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { translationOptions } from '../src/cli/processing.ts';
import { deployDirectory } from '../src/identity-manager/deployment.ts';
import { readJobRun } from '../src/store/job-runs.ts';
import { callApi, signIn } from './fixtures/api-server.ts';
import {
  agent,
  deployTask,
  entraConnector,
  exportTask,
  hashOfSecret,
  jobClient,
  jobElement,
  synchronizeTask,
  unguarded,
  writeConfigurationFiles,
} from './fixtures/configuration-files.ts';
import { runIn } from './fixtures/job-processing.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { tenantSettings } from './fixtures/settings-file.ts';
import { createClient } from './fixtures/simulator-client.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';
import { live } from './fixtures/tenant-truth.ts';

const own = useOwnDatabase();
let simulator: Simulator;
let server: RunningCommand;
let worker: RunningCommand;
let url: string;
let conf: string;

const delta = 'MicrosoftEntraID_Synchronization_Delta';
const wrongSecret = 'a-wrong-secret-93781';

const groupColumns = { 4: 'id', 5: '@odata.type', 6: 'displayName' };

const noTask = (identifier: string) =>
  `<SetRecentlyModifiedFlagTask Identifier="${identifier}" DisplayName_L1="${identifier}" />`;
const steps = (job: string) =>
  jobElement(job, [
    noTask(`${job}_One`),
    noTask(`${job}_Two`),
    `<UpdateEntityPropertyExpressionsTask Identifier="${job}_Three" DisplayName_L1="Three" />`,
    `<UpdateEntityPropertyExpressionsTask Identifier="${job}_Four" DisplayName_L1="Four" />`,
  ]);

function elements(): readonly string[] {
  return [
    agent,
    ...jobClient,
    '<Profile Identifier="Watcher" DisplayName_L1="May look" />',
    '<AccessControlRule Identifier="Watcher_Job" DisplayName_L1="Jobs" Profile="Watcher" EntityType="Job"><Entry Permission="/Jobs/Job/Query" CanExecute="true" /></AccessControlRule>',
    `<OpenIdClient Identifier="Watcher" DisplayName_L1="May look" Profile="Watcher" HashedSecret="${hashOfSecret}" />`,
    ...entraConnector('MicrosoftEntraID', {
      connection: 'EntraExport',
      thresholds: unguarded.replace('MaximumUpdatedLines="0"', 'MaximumUpdatedLines="1"'),
    }),
    ...entraConnector('Broken', { connection: 'BrokenExport' }),
    ...entraConnector('Slow', { connection: 'SlowExport', entities: 'group', columns: groupColumns }),
    `<CreateConnectorSynchroIncremental Connector="MicrosoftEntraID" JobIdentifier="${delta}"><OpenIdIdentifier Identifier="Job" /></CreateConnectorSynchroIncremental>`,
    jobElement('Guarded', [
      exportTask('Guarded', 'MicrosoftEntraID'),
      synchronizeTask('Guarded', 'MicrosoftEntraID'),
      deployTask('Guarded', conf),
    ]),
    jobElement('Warns', [exportTask('Warns', 'Broken', 'ContinueOnError="true"'), noTask('Warns_After')]),
    jobElement('Fails', [exportTask('Fails', 'Broken'), noTask('Fails_After')]),
    jobElement('Slow', [exportTask('Slow', 'Slow')]),
    jobElement('OnlyScheduled', [noTask('OnlyScheduled_Task')], 'UserStartDenied="true"'),
    ...['StepsA', 'StepsB', 'StepsC', 'StepsD'].map(steps),
  ];
}

beforeAll(async () => {
  const { dataDirectory, database } = own();
  simulator = await startSimulator({ users: 40, seed: 23 });
  const tenant = tenantSettings(simulator);
  const settings = join(dataDirectory, '../settings.json');
  const connections = {
    EntraExport: tenant,
    SlowExport: tenant,
    BrokenExport: { ...tenant, ApplicationKey: wrongSecret },
  };
  writeFileSync(settings, JSON.stringify({ Connections: connections }));
  const places = ['--data', dataDirectory, '--settings', settings];
  server = runSyncline(['serve', '--port', '0', '--json', ...places]);
  worker = runSyncline(['worker', '--json', ...places]);
  conf = join(dataDirectory, '../Conf');
  writeConfigurationFiles(conf, { 'all.xml': elements() });
  const options = { ...translationOptions, deployedBy: 'a test', now: new Date() };
  await deployDirectory(database.sql, conf, options);
  ({ url } = JSON.parse(await server.line(/"url"/)) as { url: string });
  await worker.line(/"worker"/);
});

const told: string[] = [];

afterAll(async () => {
  await Promise.all([server?.stop(), worker?.stop()]);
  await simulator?.stop();
});

/** The command as it was asked for. */
async function run(...words: readonly string[]): Promise<Ended> {
  const ended = await runSyncline(['invoke-job', ...words], { SYNCLINE_DATA: own().dataDirectory }).ended;
  told.push(...ended.lines, ended.complaint);
  return ended;
}

/** The command as the client `Job`. */
async function invoke(job: string, ...words: readonly string[]): Promise<Ended> {
  return await run('-j', job, '--api-client-id', 'Job', '--api-secret', 'secret', '--api-url', url, ...words);
}

type ShownRun = Readonly<{
  jobRunId: number;
  state: string;
  tasks: readonly Readonly<{ identifier: string; state: string; message: string | null }>[];
}>;

function runOf({ lines }: Ended): ShownRun {
  return JSON.parse(lines.at(-1) ?? '') as ShownRun;
}

/** The sentence that a command ends with. */
const sentenceOf = ({ complaint }: Ended) => /syncline: ([\s\S]*)\n$/.exec(complaint)?.[1] ?? complaint;

/** Moves so many users to another department. */
function moveUsers(count: number, department: string): void {
  for (const user of live(simulator, 'user').slice(0, count))
    simulator.directory.update(user, { department });
}

test('the line of the how-to launches the job, follows it and ends with 0', async () => {
  // The schedulers that run it split it as a shell does.
  const line = `-j "MicrosoftEntraID_Synchronization_Delta" --api-secret secret --api-client-id Job --api-url "${url}"`;
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const ended = await run(...words);
  expect(ended).toMatchObject({ code: 0, complaint: '' });
  expect(ended.lines[0]).toMatch(new RegExp(`^${delta} is launched as run \\d+\\.$`));
  expect(ended.lines.join('\n')).toMatch(/^ {2}user +40 +40 +- +-$/m);
  expect(ended.lines.at(-1)).toMatch(
    new RegExp(`^Run \\d+ of ${delta}: succeeded after .* s\\. 40 changes\\.$`),
  );
});

test('what a guard blocks ends with 3; --repair-job applies it and goes on with the remaining tasks; -f passes the guard', async () => {
  moveUsers(3, 'Astronomy');
  const blocked = await invoke('Guarded', '--json');
  expect(blocked.code).toBe(3);
  expect(sentenceOf(blocked)).toMatch(
    /^EntraExport is blocked, because 3 objects would be updated, and MaximumUpdatedLines/,
  );
  expect(runOf(blocked).tasks.map(({ state }) => state)).toEqual(['succeeded', 'blocked', 'skipped']);

  const repaired = await invoke('guarded', '--json', '-r');
  expect(repaired.code).toBe(0);
  expect(runOf(repaired).tasks).toMatchObject([
    { identifier: 'Guarded_Export', state: 'succeeded' },
    { identifier: 'Guarded_Synchronize', state: 'succeeded', message: '3 changes.' },
    {
      identifier: 'Guarded_Deploy',
      state: 'succeeded',
      message: expect.stringContaining('Nothing has changed'),
    },
  ]);

  moveUsers(4, 'Botany');
  const forced = await invoke('Guarded', '-f', '--json');
  expect(forced.code).toBe(0);
  expect(runOf(forced).tasks[1]).toMatchObject({ message: '4 changes.' });

  const needless = await invoke('Guarded', '-r');
  expect(needless.code).toBe(5);
  expect(sentenceOf(needless)).toContain('The last run of the job Guarded is not blocked');
});

test('a failure that the job can do without ends with 4, any other with 1', async () => {
  const [warned, failed] = await Promise.all([invoke('Warns', '--json'), invoke('Fails', '--json')]);
  expect(warned.code).toBe(4);
  expect(runOf(warned).state).toBe('succeeded-with-warnings');
  expect(runOf(warned).tasks[0]?.state).toBe('succeeded-with-warnings');
  expect(failed.code).toBe(1);
  expect(sentenceOf(failed)).toContain('refuses the secret of application');
  expect(runOf(failed).tasks.map(({ state }) => state)).toEqual(['failed', 'skipped']);
});

/** Has a job wait for the tenant as long as the test goes on, and somebody wait for the job. */
async function launchSlow(): Promise<Readonly<{ waiting: RunningCommand; jobRunId: number }>> {
  const tenant = createClient(simulator);
  await tenant.stage({ kind: 'slowPage', delayMs: 300_000, times: 'always', match: { path: '/groups**' } });
  onTestFinished(async () => {
    await tenant.stage();
    await tenant.close();
  });
  const words = ['-j', 'Slow', '--api-client-id', 'Job', '--api-secret', 'secret', '--api-url', url];
  const waiting = runSyncline(['invoke-job', ...words]);
  const [, jobRunId = ''] = /run (\d+)/.exec(await waiting.line(/is launched as run/)) ?? [];
  await runIn(own().database.sql, Number(jobRunId), 'running');
  return { waiting, jobRunId: Number(jobRunId) };
}

test('a job that is under way is refused with 5, and ends with 8 for who waits when it is cancelled', async () => {
  const { waiting, jobRunId } = await launchSlow();
  const second = await invoke('Slow');
  expect(second.code).toBe(5);
  expect(sentenceOf(second)).toBe(`The job is under way as run ${jobRunId}: wait for its end, or cancel it.`);
  const token = await signIn(url, 'Job', 'secret');
  expect((await callApi(url, 'POST', `/api/runs/${jobRunId}/cancel`, token)).status).toBeLessThan(300);
  const cancelled = await waiting.ended;
  expect(cancelled.code).toBe(8);
  expect(sentenceOf(cancelled)).toMatch(/^Cancelled: /);
});

test('options choose among the tasks', async () => {
  const chosen = async (job: string, ...words: readonly string[]) => {
    const ended = await invoke(job, '--json', ...words);
    expect(ended.code).toBe(0);
    return runOf(ended).tasks.map(({ identifier }) => identifier.replace(`${job}_`, ''));
  };
  const [between, only, kind, containing] = await Promise.all([
    chosen('StepsA', '-b', 'StepsA_Two', '-e', 'StepsA_Three'),
    chosen('StepsB', '-t', 'stepsb_four'),
    chosen('StepsC', '-c', 'UpdateEntityPropertyExpressionsTask'),
    chosen('StepsD', '-s', '_t'),
  ]);
  expect(between).toEqual(['Two', 'Three']);
  expect(only).toEqual(['Four']);
  expect(kind).toEqual(['Three']);
  expect(containing).toEqual(['Two', 'Three']);
});

test('what is not given comes from the settings, and --no-wait leaves the run to itself', async () => {
  const settings = join(own().dataDirectory, '../agent.json');
  const openId = { AgentIdentifier: 'Local', OpenIdClients: { Job: 'secret' }, DefaultOpenIdClient: 'Job' };
  writeFileSync(settings, JSON.stringify({ ApplicationUri: url, OpenId: openId }));
  const launched = await run('-j', 'StepsA', '--settings', settings, '--no-wait', '--json');
  expect(launched).toMatchObject({ code: 0 });
  await runIn(own().database.sql, runOf(launched).jobRunId, 'succeeded');
  // Identity Manager's clients add the domain of the server to their id.
  const withDomain = await run('-j', 'StepsB', '--api-client-id', 'Job@127.0.0.1', '--settings', settings);
  expect(withDomain).toMatchObject({ code: 0, complaint: '' });
});

test('a job deploys what its files say by then, and fails with their mistakes', async () => {
  const { sql } = own().database;
  writeConfigurationFiles(conf, { 'all.xml': elements(), 'more.xml': [steps('Added')] });
  expect((await invoke('Guarded', '-t', 'Guarded_Deploy')).code).toBe(0);
  expect(await sql`select from job where identifier = 'Added'`).toHaveLength(1);
  writeConfigurationFiles(conf, { 'all.xml': elements(), 'more.xml': ['<Jop Identifier="Added" />'] });
  const failed = await invoke('Guarded', '-t', 'Guarded_Deploy');
  expect(failed.code).toBe(1);
  expect(sentenceOf(failed)).toMatch(
    /nothing was changed:\nmore\.xml:3:1: there is no element Jop \(did you mean Job\?\)/,
  );
  expect(await sql`select from job where identifier = 'Added'`).toHaveLength(1);
});

test('a refusal ends with 5, an unknown job with 6, a wrong call with 2, each in a sentence', async () => {
  const as = (client: string, secret: string) => ['--api-client-id', client, '--api-secret', secret];
  const cases: readonly (readonly [code: number, sentence: RegExp, words: readonly string[]])[] = [
    [
      5,
      /refuses the API client Job: .*Check --api-client-id and --api-secret\.$/,
      ['-j', delta, ...as('Job', wrongSecret), '--api-url', url],
    ],
    [
      5,
      /refuses the API client Job@elsewhere\.example: /,
      ['-j', delta, ...as('Job@elsewhere.example', 'secret'), '--api-url', url],
    ],
    [5, /\/Jobs\/RunJob\/Launch/, ['-j', delta, ...as('Watcher', 'secret'), '--api-url', url]],
    [
      5,
      /^The job OnlyScheduled may only be launched by its schedule\.$/,
      ['-j', 'OnlyScheduled', ...as('Job', 'secret'), '--api-url', url],
    ],
    [
      6,
      new RegExp(`^There is no job ".*": did you mean ${delta}\\?$`),
      ['-j', 'MicrosoftEntraID_Syncronization_Delta', ...as('Job', 'secret'), '--api-url', url],
    ],
    [
      2,
      /^The job has no task "Nowhere", given as the task: choose from StepsA_One, /,
      ['-j', 'StepsA', '-t', 'Nowhere', ...as('Job', 'secret'), '--api-url', url],
    ],
    [
      2,
      /^--repair-job goes on with all tasks .*--task-identifier/,
      ['-j', 'StepsA', '-r', '-t', 'StepsA_One', ...as('Job', 'secret'), '--api-url', url],
    ],
    [
      2,
      /^--api-url is "ftp:\/\/x", which is no address of a server/,
      ['-j', delta, ...as('Job', 'secret'), '--api-url', 'ftp://x'],
    ],
    [
      2,
      /^--api-url holds a name or a password/,
      ['-j', delta, ...as('Job', 'secret'), '--api-url', `http://me:${wrongSecret}@127.0.0.1`],
    ],
    [
      2,
      /^--api-client-id is missing: give it, or write OpenId into the settings file\.$/,
      ['-j', delta, '--api-url', url],
    ],
  ];
  const ended = await Promise.all(cases.map(([, , words]) => run(...words)));
  for (const [index, [code, sentence]] of cases.entries()) {
    const one = ended[index];
    if (one === undefined) continue;
    expect(sentenceOf(one)).toMatch(sentence);
    expect(one.code, sentenceOf(one)).toBe(code);
  }
  const unnamed = await run('--api-url', url);
  expect([unnamed.code, unnamed.complaint]).toEqual([2, expect.stringContaining('--job-identifier')]);
});

test('where no server of Syncline answers it ends with 7', async () => {
  const other = createServer((_, response) => response.writeHead(404).end('<h1>Not here</h1>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
  const nobodyUrl = `http://127.0.0.1:${(nobody.address() as AddressInfo).port}`;
  await new Promise((resolve) => nobody.close(resolve));

  const words = ['-j', delta, '--api-client-id', 'Job', '--api-secret', 'secret', '--json', '--api-url'];
  const [strange, silent] = await Promise.all([run(...words, otherUrl), run(...words, nobodyUrl)]);
  expect(strange.code).toBe(7);
  expect(sentenceOf(strange)).toBe(
    `What answers at ${otherUrl} is no server of Syncline (status 404): check --api-url.`,
  );
  expect(silent.code).toBe(7);
  expect(JSON.parse(silent.lines.at(-1) ?? '')).toMatchObject({ error: { code: 'server-unreachable' } });
  expect(silent.complaint).toContain(`The server ${nobodyUrl} does not answer`);
  expect(sentenceOf(silent)).toContain(`The server ${nobodyUrl} cannot be reached`);
});

test('a server that goes away ends who waits with 7, and not the run; nothing that was said has a secret in it', async () => {
  const { waiting, jobRunId } = await launchSlow();
  const serving = await server.stop();
  const left = await waiting.ended;
  expect(left.code).toBe(7);
  expect(sentenceOf(left)).toMatch(new RegExp(`^Run ${jobRunId} goes on, and is not heard of any more: `));
  expect(await readJobRun(own().database.sql, jobRunId)).toMatchObject({ state: 'running' });

  told.push(...left.lines, left.complaint);
  const working = await worker.stop();
  const all = [...told, ...serving.lines, serving.complaint, ...working.lines, working.complaint].join('\n');
  expect(all).toContain('refuses the secret of application');
  for (const secret of [wrongSecret, simulator.clientSecret, hashOfSecret, 'client_secret']) {
    expect(all).not.toContain(secret);
  }
  expect(all).not.toMatch(/"secret"|=secret|eyJ[\w-]{10}/);
});
