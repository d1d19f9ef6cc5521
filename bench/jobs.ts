// How quickly a job begins, and what schedules cost: the time from launch to start with idle workers, and the processor time of a
// server and a worker with a thousand scheduled jobs and nothing to do. Options: --launches, --jobs, --seconds, --json.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openQueue } from '../src/jobs/queue.ts';
import { nextRun, readSchedule } from '../src/schedule/schedule.ts';
import { openDatabase } from '../src/store/database.ts';
import { readJobRun } from '../src/store/job-runs.ts';
import { type PlannedJob, replaceJobs } from '../src/store/jobs.ts';
import { transact } from '../src/store/transaction.ts';
import { startChild } from './child.ts';

const { values: options } = parseArgs({
  options: {
    launches: { type: 'string', default: '200' },
    jobs: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
});

const syncline = join(import.meta.dirname, '../bin/syncline.js');
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
  chmodSync(folder, 0o711);
  const data = join(folder, 'data');
  const database = await openDatabase({ dataDirectory: data, databaseUrl: undefined }, () => {});
  const { sql } = database;
  const queue = await openQueue(sql, { isWorker: false, onError: () => {} });
  const server = await startChild([syncline, 'serve', '--data', data, '--port', '0', '--json'], true);
  const worker = await startChild([syncline, 'worker', '--data', data, '--json'], true);
  try {
    await record([idleJob('Launched', null)]);
    const latenciesMs: number[] = [];
    for (let launch = 0; launch < Number(options.launches); launch++) latenciesMs.push(await launchOnce());
    latenciesMs.sort((one, other) => one - other);
    const medianMs = latenciesMs[Math.floor(latenciesMs.length / 2)] ?? Number.NaN;
    const worstMs = latenciesMs.at(-1) ?? Number.NaN;

    // At all times of the day, of which none comes while this measures.
    const hour = (new Date().getUTCHours() + 12) % 24;
    await record(
      Array.from({ length: Number(options.jobs) }, (_, index) =>
        idleJob(`Scheduled${index}`, `${index % 60} ${hour} * * *`),
      ),
    );
    await delay(3000);
    const seconds = Number(options.seconds);
    const before = [cpuSeconds(server.pid), cpuSeconds(worker.pid)];
    await delay(seconds * 1000);
    const [serverPercent = Number.NaN, workerPercent = Number.NaN] = [server, worker].map(
      ({ pid }, index) => (100 * (cpuSeconds(pid) - (before[index] ?? 0))) / seconds,
    );
    const say = (line: string) => void process.stdout.write(`${line}\n`);
    say(
      `From launch to start, idle worker: ${medianMs.toFixed(1)} ms at the median of ${latenciesMs.length}, ${worstMs.toFixed(1)} ms at the most.`,
    );
    say(
      `${options.jobs} scheduled jobs and nothing to do: the server takes ${serverPercent.toFixed(2)} % of a core, the worker with the scheduler ${workerPercent.toFixed(2)} %.`,
    );
    if (options.json) say(JSON.stringify({ medianMs, worstMs, serverPercent, workerPercent }));
  } finally {
    await worker.stop();
    await server.stop();
    await queue.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function record(jobs: readonly PlannedJob[]): Promise<void> {
    await transact(sql, async (transaction) => {
      await replaceJobs(transaction, 'configuration', jobs);
    });
  }

  async function launchOnce(): Promise<number> {
    const outcome = await queue.launch({
      jobIdentifier: 'Launched',
      trigger: 'command',
      startedBy: 'the benchmark',
    });
    if (outcome.kind !== 'launched') throw new Error(`The job was not launched: ${outcome.kind}`);
    for (;;) {
      const run = await readJobRun(sql, outcome.jobRunId);
      if (run?.endedAt && run.startedAt) return run.startedAt.getTime() - run.queuedAt.getTime();
      await delay(2);
    }
  }
}

function idleJob(identifier: string, schedule: string | null): PlannedJob {
  const reading = schedule === null ? undefined : readSchedule(schedule, 'UTC');
  const nextRunAt = reading?.kind === 'schedule' ? (nextRun(reading.schedule, new Date()) ?? null) : null;
  return {
    identifier,
    displayName: identifier,
    schedule,
    timeZone: 'UTC',
    nextRunAt,
    isIncremental: false,
    isUserStartDenied: false,
    tasks: [
      {
        identifier: 'Nothing',
        displayName: 'Nothing',
        kind: 'none',
        level: 0,
        connections: [],
        isFull: false,
        isForced: false,
        continuesOnError: false,
        dependsOn: [],
        options: {},
      },
    ],
  };
}

/** Processor time of a process so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

await main();
