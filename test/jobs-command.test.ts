/** `jobs`, `runs`, `launch` and `cancel` as whoever has the machine uses them, without the API. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import type { ShownRun } from '../src/cli/run-watching.ts';
import { makeScratch } from './fixtures/held-database.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';
import { live } from './fixtures/tenant-truth.ts';

const scratch = makeScratch();
const data = join(scratch, 'data');
const configuration = fileURLToPath(new URL('../examples/entra-incremental/Conf', import.meta.url));
const job = 'MicrosoftEntraID_Synchronization_Delta';

let simulator: Simulator;
let slowSimulator: Simulator;
let environment: Record<string, string>;
const running: RunningCommand[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ users: 60, seed: 41 });
  slowSimulator = await startSimulator({ users: 0, latencyMs: 60_000 });
  const connectionTo = ({ clientId, clientSecret, tenantId, authority, graph, ca }: Simulator) => ({
    ApplicationId: clientId,
    ApplicationKey: clientSecret,
    TenantId: tenantId,
    MicrosoftAuthorityPath: authority,
    MicrosoftGraphPathApi: `${graph}/`,
    TrustedCertificatesFile: ca,
  });
  const settings = join(scratch, 'settings.json');
  const connections = { MicrosoftEntraIDExport: connectionTo(simulator), Slow: connectionTo(slowSimulator) };
  writeFileSync(settings, JSON.stringify({ Connections: connections }));
  mkdirSync(data, { mode: 0o711 });
  // Nothing begins by itself here, whatever the time of the day.
  environment = { SYNCLINE_SETTINGS: settings, SYNCLINE_DATA: data, Scheduler__Enabled: 'false' };
  const server = begin('serve', '--port', '0');
  await server.line(/^Press Ctrl-C/);
  expect((await run('deploy', configuration)).code).toBe(0);
}, 120_000);

afterAll(async () => {
  for (const command of running.toReversed()) await command.stop();
  await Promise.all([simulator.stop(), slowSimulator.stop()]);
  rmSync(scratch, { recursive: true, force: true });
});

function begin(...words: string[]): RunningCommand {
  const command = runSyncline(words, environment);
  running.push(command);
  return command;
}

async function run(...words: string[]): Promise<Ended> {
  return await runSyncline(words, environment).ended;
}

async function launched(...words: string[]): Promise<number> {
  const { code, lines, complaint } = await run('launch', ...words, '--json');
  if (code !== 0) throw new Error(complaint);
  return (JSON.parse(lines.at(-1) ?? '') as { jobRunId: number }).jobRunId;
}

async function shown(jobRunId: number): Promise<ShownRun> {
  return JSON.parse((await run('runs', String(jobRunId), '--json')).lines.at(-1) ?? '') as ShownRun;
}

const sentenceOf = ({ complaint }: Ended) => /^syncline: (.*)\n$/m.exec(complaint)?.[1] ?? complaint;

test('jobs are listed with their schedules in words, and one is shown with its tasks and next times', async () => {
  const all = await run('jobs');
  expect(all).toMatchObject({ code: 0, complaint: '' });
  expect(all.lines[0]).toMatch(/^ {2}job +last run +schedule +next run$/);
  expect(all.lines[1]).toMatch(new RegExp(`^ {2}${job} +never ran +every 15 minutes +(?:due|.*:00)$`));

  const { code, lines } = await run('jobs', job.toLowerCase());
  expect(code).toBe(0);
  expect(lines[0]).toBe(job);
  const exported = '    …_Export_MicrosoftEntraID_Incremental_MicrosoftEntraIDExport';
  const place = lines.indexOf(exported);
  expect(lines.slice(place - 1, place + 2)).toEqual([
    '  Level 0',
    exported,
    '      exports MicrosoftEntraIDExport, a failure is a warning',
  ]);
  expect(lines).toContain(`      after ${exported.trim()}`);
  expect(lines.filter((line) => /^ {2}[\d-]+ \d\d:(?:00|15|30|45):00$/.test(line))).toHaveLength(5);
  expect(lines.at(-1)).toBe('  It has never run.');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);

  const unknown = await run('jobs', 'MicrosoftEntraID_Synchronisation_Delta');
  expect(unknown.code).toBe(6);
  expect(sentenceOf(unknown)).toBe(
    `There is no job "MicrosoftEntraID_Synchronisation_Delta" (did you mean ${job}?): "syncline jobs" shows those that there are.`,
  );
  expect((await run('runs')).lines).toEqual(['There is no such run.']);
}, 60_000);

test('without a worker a launch waits, says so, and can be cancelled', async () => {
  const first = await run('launch', job);
  expect(first).toMatchObject({ code: 0, complaint: '' });
  const [, number = ''] = / as run (\d+)\.$/.exec(first.lines[0] ?? '') ?? [];
  expect(first.lines[1]).toBe(
    'No worker is alive: it waits until "syncline worker" or "syncline start" is running.',
  );
  const again = await run('launch', job, '--json');
  expect(again.code).toBe(5);
  expect(JSON.parse(again.lines.at(-1) ?? '')).toMatchObject({ error: { code: 'launch-refused' } });
  expect(sentenceOf(again)).toContain(`is under way as run ${number}: `);

  const queued = await run('runs', '--job', job, '--state', 'queued');
  expect(queued.lines.slice(1)).toEqual([
    expect.stringMatching(new RegExp(`^ {2}${number} +${job} +queued$`)),
  ]);
  const impatient = begin('runs', number, '--follow');
  await impatient.line(/Ctrl-C leaves it as it is/);
  const left = await impatient.stop('SIGINT');
  expect([left.code, sentenceOf(left)]).toEqual([1, expect.stringContaining('and it goes on: ')]);

  const patient = begin('runs', number, '--follow');
  await patient.line(/Ctrl-C leaves it as it is/);
  const cancelled = await run('cancel', number);
  expect(cancelled.lines).toEqual([`Run ${number} of ${job} is cancelled: it had not begun.`]);
  expect((await patient.ended).code).toBe(8);
  const twice = await run('cancel', number);
  expect([twice.code, sentenceOf(twice)]).toEqual([
    5,
    `Run ${number} of ${job} has ended already (cancelled): there is nothing to cancel.`,
  ]);
  for (const words of [['cancel'], ['runs']]) expect((await run(...words, '2000000')).code).toBe(6);
}, 60_000);

describe('with a worker', () => {
  beforeAll(async () => {
    const worker = begin('worker', '--follow');
    await worker.line(/ is ready for /);
  }, 60_000);

  test('a launch shows how it comes along; what a guard blocks is told, and repaired', async () => {
    const ended = await run('launch', job, '--wait');
    expect(ended).toMatchObject({ code: 0, complaint: '' });
    expect(ended.lines.at(-1)).toMatch(new RegExp(`^Run \\d+ of ${job}: succeeded after .* changes\\.$`));
    expect(ended.lines.join('\n')).toMatch(/^ {2}user +60 +60 +- +-$/m);
    const [, number = ''] = / as run (\d+)\.$/.exec(ended.lines[0] ?? '') ?? [];
    expect((await shown(Number(number))).startedBy).toMatch(/^command line \(.+@.+\)$/);
    const log = await run('runs', number, '--log');
    expect(log.lines.join('\n')).toMatch(/Log of .*_Export_[\s\S]* user: reading everything, because /);

    for (const user of live(simulator, 'user').slice(0, 30))
      simulator.directory.update(user, { department: 'Astronomy' });
    const blocked = await run('launch', job, '--wait');
    expect(blocked.code).toBe(3);
    expect(sentenceOf(blocked)).toContain('MicrosoftEntraIDExport is blocked, because 30 objects');
    const listed = await run('runs', '--state', 'blocked');
    expect(listed.lines.slice(1)).toEqual([expect.stringContaining(job)]);

    const repaired = await run('launch', job, '--repair', '--wait', '--json');
    expect(repaired.code).toBe(0);
    const repair = JSON.parse(repaired.lines.at(-1) ?? '') as ShownRun;
    expect(repair.resumesJobRunId).not.toBeNull();
    expect(repair.tasks.flatMap(({ counts }) => counts)).toContainEqual(
      expect.objectContaining({ objectClass: 'user', updated: 30 }),
    );
    const again = await run('launch', job, '--repair');
    expect([again.code, sentenceOf(again)]).toEqual([5, expect.stringContaining('is not blocked: ')]);
  }, 60_000);

  test('a run that is under way is shown, and ends as cancelled when it is asked to', async () => {
    expect((await run('jobs')).lines.join('\n')).toMatch(/^ {2}Slow +.* followed every 15 to 900 s /m);
    const number = await launched('slow', '--full');
    const follower = begin('runs', String(number), '--follow');
    await follower.line(/^Synchronize Slow: 0 objects, 0 links read/);
    const { lines } = await run('cancel', String(number));
    expect(lines).toEqual([`Run ${number} of Slow is asked to end; what it has done is kept.`]);
    const ended = await follower.ended;
    expect(ended.code).toBe(8);
    expect(ended.lines).toContain(`Synchronize Slow: cancelled. Cancelled: what was read is kept.`);
    expect(await shown(number)).toMatchObject({ state: 'cancelled', trigger: 'command' });
  }, 60_000);
});
