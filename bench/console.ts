// How quickly the server answers what the console asks, with a million resources and a history of a hundred thousand rows: the time
// of each kind of request at the median and at the 95th percentile. Options: --resources, --history, --times, --only, --json, and --data
// for a data directory that is filled once and kept.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hashSecret, makeSecret } from '../src/http/oauth/client-credentials.ts';
import { createApiClient } from '../src/store/api-clients.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { readTopicMarks } from '../src/store/topic-marks.ts';
import { startChild } from './child.ts';
import { type ConsoleRequest, consoleRequests } from './console-requests.ts';
import { fillDirectory } from './directory-filling.ts';
import { fillHistory } from './history-filling.ts';
import { type FilledJobs, fillJobs } from './job-filling.ts';
import { jobRequests } from './job-requests.ts';

const { values: options } = parseArgs({
  options: {
    resources: { type: 'string', default: '1000000' },
    history: { type: 'string', default: '100000' },
    times: { type: 'string', default: '40' },
    only: { type: 'string', default: '' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const syncline = join(import.meta.dirname, '../bin/syncline.js');
const connection = 'contoso.onmicrosoft.com';
const limitMs = 100;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
  chmodSync(folder, 0o711);
  const data = options.data ?? join(folder, 'data');
  const database = await openDatabase({ dataDirectory: data, databaseUrl: undefined }, () => {});
  try {
    const jobs = await fill(database);
    await followIndex(database, data);
    const url = 'http://127.0.0.1';
    const server = await startChild(
      [syncline, 'serve', '--data', data, '--port', '0', '--json', '--behind-proxy', '--public-url', url],
      true,
    );
    try {
      await measureWatch(database);
      await measureAll(database, `http://127.0.0.1:${server.ready.port}`, jobs);
    } finally {
      await server.stop();
    }
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill({ sql }: Database): Promise<FilledJobs> {
  const [filled] = await sql<FilledJobs[]>`
    select job_run_id, task_run_id from task_run join job_run using (job_run_id)
    where job_run.state = 'blocked' order by job_run_id desc limit 1`;
  if (filled) return filled;
  const startedMs = performance.now();
  await fillDirectory(sql, connection, Number(options.resources));
  await fillHistory(sql, connection, Number(options.history));
  const jobs = await fillJobs(sql, connection, Number(options.history));
  say(`Filled in ${((performance.now() - startedMs) / 1000).toFixed(0)} s.`);
  return jobs;
}

/** A worker brings the index of the directory up to what was filled in. */
async function followIndex({ sql }: Database, data: string): Promise<void> {
  const startedMs = performance.now();
  const worker = await startChild([syncline, 'worker', '--data', data, '--json'], true);
  try {
    for (;;) {
      const [index] = await sql<{ isThere: boolean }[]>`
        select change_number >= (select max(change_number) from change) as is_there from directory_index`;
      if (index?.isThere) break;
      await delay(500);
    }
  } finally {
    await worker.stop();
  }
  await sql`analyze`;
  say(`Indexed in ${((performance.now() - startedMs) / 1000).toFixed(0)} s.`);
}

interface Measured {
  readonly name: string;
  readonly medianMs: number;
  readonly p95Ms: number;
}

async function measureAll(database: Database, url: string, jobs: FilledJobs): Promise<void> {
  const tokens = await signIn(database, url);
  const [run] = await database.sql<{ runId: number }[]>`
    select max(run_id) - 100 as run_id from run_object_class where object_class = 'device'`;
  const requests = [...consoleRequests(connection, run?.runId ?? 0), ...jobRequests(connection, jobs)].filter(
    ({ name }) => new RegExp(options.only).test(name),
  );
  const measured: Measured[] = [];
  for (const request of requests) {
    const each = await measure(url, request, tokens);
    measured.push(each);
    const mark = each.p95Ms > limitMs ? ' !' : '';
    say(
      `${each.name.padEnd(44)} ${each.medianMs.toFixed(1).padStart(7)} ms ${each.p95Ms.toFixed(1).padStart(7)} ms at p95${mark}`,
    );
  }
  const slowest = measured.toSorted((one, other) => other.p95Ms - one.p95Ms)[0];
  say(`The slowest is ${slowest?.name}: ${slowest?.p95Ms.toFixed(1)} ms at the 95th percentile.`);
  if (options.json) say(JSON.stringify({ resources: options.resources, history: options.history, measured }));
}

/** What a server asks once a second while somebody listens to its events. */
async function measureWatch({ sql }: Database): Promise<void> {
  const times: number[] = [];
  for (let time = 0; time < 50; time++) {
    const startedMs = performance.now();
    await readTopicMarks(sql);
    times.push(performance.now() - startedMs);
  }
  times.sort((one, other) => one - other);
  say(`A look for events takes ${times[25]?.toFixed(1)} ms at the median.`);
}

/** The limit of one client is not what is measured: many take turns. */
async function signIn({ sql }: Database, url: string): Promise<string[]> {
  const tokens: string[] = [];
  for (let number = 0; number < 12; number++) {
    const secret = makeSecret();
    const identifier = `bench-${Date.now()}-${number}`;
    await createApiClient(
      sql,
      {
        identifier,
        displayName: identifier,
        hashedSecret: hashSecret(secret),
        profile: null,
        permissions: ['/Jobs', '/Connectors', '/Custom', '/Syncline'],
        expiresAt: null,
      },
      { origin: 'command', createdBy: 'the benchmark' },
    );
    const response = await fetch(`${url}/connect/token`, {
      method: 'POST',
      headers: { 'X-Forwarded-For': nextAddress() },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: identifier,
        client_secret: secret,
      }),
    });
    tokens.push(((await response.json()) as { access_token: string }).access_token);
  }
  return tokens;
}

let sent = 0;

/** Another one for every request: nor is the limit of an address what is measured. */
function nextAddress(): string {
  sent += 1;
  return `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`;
}

async function measure(
  url: string,
  { name, path }: ConsoleRequest,
  tokens: readonly string[],
): Promise<Measured> {
  const times: number[] = [];
  const warmUps = 3;
  for (let time = -warmUps; time < Number(options.times); time++) {
    const startedMs = performance.now();
    const response = await fetch(url + path, {
      headers: { 'X-Forwarded-For': nextAddress(), Authorization: `Bearer ${tokens[sent % tokens.length]}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} gave ${response.status}: ${text.slice(0, 300)}`);
    if (time >= 0) times.push(performance.now() - startedMs);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { name, medianMs: at(0.5), p95Ms: at(0.95) };
}

await main();
