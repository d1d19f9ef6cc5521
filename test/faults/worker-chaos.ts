// Several workers, many connections, and kill -9 at random: what has to hold afterwards, and all the time.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { mapAttributes } from '../../src/connectors/entra/entity-types.ts';
import { openEntraConnector } from '../../src/connectors/entra/entra-connector.ts';
import { openQueue, type Queue } from '../../src/jobs/queue.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { listJobRuns } from '../../src/store/job-runs.ts';
import { verify } from '../../src/sync/verify.ts';
import { urlOf } from '../fixtures/database-url.ts';
import { connectionTo } from '../fixtures/entra-on-simulator.ts';
import { heldTask, jobOf, recordJobs } from '../fixtures/job-processing.ts';
import { createClient } from '../fixtures/simulator-client.ts';
import { type RunningCommand, runSyncline } from '../fixtures/syncline-command.ts';

export type ChaosOptions = Readonly<{
  scratch: string;
  workers: number;
  connections: number;
  seconds: number;
  tell: (sentence: string) => void;
}>;

export type ChaosResult = Readonly<{
  /** Everything that is wrong; nothing when it is as it should be. */
  problems: readonly string[];
  kills: number;
  stops: number;
  runs: number;
}>;

const attributes = [
  'displayName',
  'department',
  'jobTitle',
  'userPrincipalName',
  'description',
  'groupTypes',
];
const types = ['user', 'group'];
const settingsOfTypes = { C0: types.join(' '), Attributes: ['id', ...attributes] };

/** Lives through it. The database is this process's own, so that only workers die. */
export async function liveThroughChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { scratch, workers: workerCount, connections: connectionCount, seconds, tell } = options;
  const problems: string[] = [];
  const names = Array.from({ length: connectionCount }, (_, index) => `Tenant${index + 1}`);
  const simulator = await startSimulator({ users: 60 });
  const controls = createClient(simulator);
  const database = await openDatabase(
    { dataDirectory: join(scratch, 'chaos'), databaseUrl: undefined },
    () => {},
  );
  const queue = await openQueue(database.sql, { isWorker: false, onError: () => {} });
  const settings = writeChaosSettings(scratch, simulator, names);
  const workers = new Set<RunningCommand>();
  const startWorker = () =>
    workers.add(
      runSyncline(['worker', '--settings', settings, '--slots', '4'], { DATABASE_URL: urlOf(database) }),
    );
  const tally = { kills: 0, stops: 0 };
  try {
    await recordJobs(
      database.sql,
      names.map((name) => synchronizing(name, '*/4 * * * * ?')),
    );
    for (let index = 0; index < workerCount; index++) startWorker();
    const endAtMs = performance.now() + seconds * 1000;
    while (performance.now() < endAtMs) {
      await delay(300 + Math.random() * 900);
      await controls.control('POST /churn', { changes: 5 });
      problems.push(...(await findOverlaps(database)));
      const ready = [...workers].filter((worker) => worker.printed().includes(' is ready '));
      const victim = ready[Math.floor(Math.random() * ready.length)];
      if (!victim || Math.random() < 0.5) continue;
      workers.delete(victim);
      if (Math.random() < 0.7) {
        tally.kills += 1;
        await victim.stop('SIGKILL');
      } else {
        tally.stops += 1;
        const { code, complaint } = await victim.stop('SIGTERM');
        if (code !== 0) problems.push(`A worker that was asked to stop ended with ${code}: ${complaint}`);
      }
      startWorker();
    }
    tell(`${tally.kills} workers were killed and ${tally.stops} stopped; now everything comes to its end.`);
    problems.push(...(await settle(database, queue, names)));
    for (const worker of workers) await worker.stop();
    problems.push(...(await compare(database, simulator, names)));
    problems.push(...(await findOverlaps(database)), ...(await findOverlappingTimes(database)));
    const runs = await listJobRuns(database.sql, { limit: 1_000_000 });
    return { problems: [...new Set(problems)], ...tally, runs: runs.length };
  } finally {
    await Promise.all([...workers].map((worker) => worker.stop('SIGKILL')));
    await queue.close();
    await database.close();
    await controls.close();
    await simulator.stop();
  }
}

function synchronizing(name: string, schedule: string | null) {
  const task = heldTask('Synchronize', { kind: 'synchronize', connections: [name] });
  return jobOf(`Job${name}`, [task], { schedule, nextRunAt: schedule === null ? null : new Date() });
}

function writeChaosSettings(scratch: string, simulator: Simulator, names: readonly string[]): string {
  const certificates = join(scratch, 'chaos.pem');
  writeFileSync(certificates, simulator.caPem);
  const connection = {
    ApplicationId: simulator.clientId,
    ApplicationKey: simulator.clientSecret,
    TenantId: simulator.tenantId,
    MicrosoftAuthorityPath: simulator.authority,
    MicrosoftGraphPathApi: `${simulator.graph}/`,
    TrustedCertificatesFile: certificates,
    Guards: 'Off',
    ...settingsOfTypes,
  };
  const path = join(scratch, 'chaos.json');
  writeFileSync(
    path,
    JSON.stringify({ Connections: Object.fromEntries(names.map((name) => [name, connection])) }),
  );
  return path;
}

/** Connections with two runs at work at this moment. */
async function findOverlaps({ sql }: Database): Promise<string[]> {
  const rows = await sql<{ name: string; runs: number }[]>`
    select connection.name, count(*)::int as runs from run join connection using (connection_id)
    where state = 'running' group by connection.name having count(*) > 1`;
  return rows.map(({ name, runs }) => `${runs} runs are working on ${name} at once.`);
}

/** Runs of a connection that began before the one before had ended. */
async function findOverlappingTimes({ sql }: Database): Promise<string[]> {
  const rows = await sql<{ name: string; runId: number }[]>`
    select name, run_id from (
      select connection.name, run_id, started_at, lag(ended_at) over (partition by connection_id order by run_id) as before
      from run join connection using (connection_id)) as each
    where started_at < before`;
  return rows.map(({ name, runId }) => `Run ${runId} on ${name} began before the one before had ended.`);
}

/** Every run comes to its end, and then each connection is synchronized once more. */
async function settle({ sql }: Database, queue: Queue, names: readonly string[]): Promise<string[]> {
  await recordJobs(
    sql,
    names.map((name) => synchronizing(name, null)),
  );
  const problems = await untilAllEnded(sql, 'after the chaos');
  for (const name of names) {
    const outcome = await queue.launch({
      jobIdentifier: `Job${name}`,
      trigger: 'command',
      startedBy: 'the campaign',
    });
    if (outcome.kind !== 'launched')
      problems.push(`The last run on ${name} was not launched: ${outcome.kind}.`);
  }
  problems.push(...(await untilAllEnded(sql, 'in the end')));
  const runs = await listJobRuns(sql, { limit: names.length });
  for (const { jobIdentifier, state, message } of runs) {
    if (state !== 'succeeded') problems.push(`The last run of ${jobIdentifier} ${state}: ${message}`);
  }
  return problems;
}

/** What a worker that died has left is noticed within 30 seconds; then there is the work itself. */
const patienceMs = 120_000;

async function untilAllEnded(sql: Database['sql'], when: string): Promise<string[]> {
  const endAtMs = performance.now() + patienceMs;
  for (;;) {
    // At one moment: a run that goes from hand to hand would be missed by two questions.
    const open = await sql<{ jobRunId: number; state: string; message: string | null }[]>`
      select job_run_id, state, message from job_run where ended_at is null limit 100`;
    if (open.length === 0) return [];
    if (performance.now() > endAtMs) {
      return open.map(
        ({ jobRunId, state, message }) =>
          `Run ${jobRunId} is still ${state} ${when}: ${message ?? 'it says nothing'}`,
      );
    }
    await delay(200);
  }
}

async function compare({ sql }: Database, simulator: Simulator, names: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const name of names) {
    const connector = openEntraConnector(connectionTo(simulator));
    const target = { sql, connector, name, entityTypes: mapAttributes(types, attributes) };
    const { signal } = new AbortController();
    try {
      const { isEqual, differences } = await verify(target, { signal, report: () => {} });
      if (!isEqual) problems.push(`${name} differs: ${JSON.stringify(differences.slice(0, 3))}`);
    } catch (error) {
      problems.push(`${name} cannot be compared: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await connector.close();
    }
  }
  return problems;
}
