// `syncline jobs`: which jobs there are, when each runs next and how it ended last; and one job with its tasks.
import type { Command } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { renderSummary } from '../http/routes/run-rendering.ts';
import type { TaskDefinition, TaskKind } from '../model/job.ts';
import { hint } from '../model/nearest-name.ts';
import { describeSchedule, nextRuns, readSchedule, type Schedule } from '../schedule/schedule.ts';
import { type JobRunSummary, listJobRuns } from '../store/job-runs.ts';
import { findJob, readJobs, type StoredJob } from '../store/jobs.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { factLines } from './facts.ts';
import { localTimeZone, shortTimeText, timeText } from './local-time.ts';
import { withDatabase } from './open-connection.ts';
import { runTable, shortTaskName } from './run-table.ts';
import { abortOnStop } from './stop-signal.ts';
import { tableLines } from './table.ts';

type JobsOptions = Readonly<{ data?: string; json?: true }>;

const shownNextRuns = 5;
const shownLastRuns = 5;

export function addJobs(program: Command): void {
  program
    .command('jobs')
    .description('Show the jobs, when each runs next and how it ended last; or one with its tasks.')
    .argument('[job]', 'identifier of a job, for its tasks, next times and last runs')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 shown, 6 no such job, 2 wrong usage, 1 the database cannot be used

Examples:
  syncline jobs
  syncline jobs MicrosoftEntraID_Synchronization_Delta`,
    )
    .action(showJobs);
}

async function showJobs(identifier: string | undefined, options: JobsOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    const now = new Date();
    return await withDatabase(config, stopping, async ({ sql }) =>
      identifier === undefined ? allJobs(await readJobs(sql), now) : await oneJob(sql, identifier, now),
    );
  });
}

function allJobs(jobs: readonly StoredJob[], now: Date): Conclusion {
  const rows = jobs.map((job) => [
    job.identifier,
    job.lastRun?.state ?? 'never ran',
    scheduleText(job),
    nextRunText(job, now),
  ]);
  return {
    json: { jobs: jobs.map(jobJson) },
    lines:
      rows.length === 0
        ? [
            'There is no job: deploy a configuration with "syncline deploy", or let "syncline start" follow the connections of the settings file.',
          ]
        : tableLines(['job', 'last run', 'schedule', 'next run'], rows),
  };
}

async function oneJob(sql: Sql, identifier: string, now: Date): Promise<Conclusion> {
  const job = await findJob(sql, identifier);
  if (!job) throw unknownJob(identifier, await readJobs(sql));
  const runs = await listJobRuns(sql, { jobIdentifier: job.identifier, limit: shownLastRuns });
  const next = nextTimes(job, now);
  return {
    json: { ...jobJson(job), tasks: job.tasks, nextRuns: next, lastRuns: runs.map(renderSummary) },
    lines: [
      job.identifier,
      ...factLines([
        ['Name', job.displayName],
        ['From', originWords[job.origin]],
        ['Runs', scheduleText(job)],
        ['Pause now', job.followPauseSeconds === null ? undefined : `${job.followPauseSeconds} s`],
        ['By hand', job.isUserStartDenied ? 'no, only by its schedule' : 'yes'],
      ]),
      ...section('Tasks', taskLines(job)),
      ...section(
        `Next runs (${localTimeZone()})`,
        next.map((at) => `  ${timeText(at)}`),
      ),
      ...section('Last runs', lastRunLines(runs, now)),
    ],
  };
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function lastRunLines(runs: readonly JobRunSummary[], now: Date): string[] {
  return runs.length === 0 ? ['  It has never run.'] : runTable(runs, now);
}

const originWords: Readonly<Record<StoredJob['origin'], string>> = {
  configuration: 'the deployed configuration',
  settings: 'the settings file',
  console: 'the console',
};

/** The tasks, level by level. */
function taskLines({ identifier, tasks }: StoredJob): string[] {
  const levels = [...Map.groupBy(tasks, ({ level }) => level)].sort(([one], [other]) => one - other);
  return levels.flatMap(([level, together]) => [
    `  Level ${level}`,
    ...together.flatMap((task) => [
      `    ${shortTaskName(identifier, task.identifier)}`,
      `      ${taskText(task)}`,
      ...task.dependsOn.map((parent) => `      after ${shortTaskName(identifier, parent)}`),
    ]),
  ]);
}

function taskText({
  kind,
  connections,
  options,
  isFull,
  isForced,
  continuesOnError,
}: TaskDefinition): string {
  if (kind === 'none') return kindWords.none;
  const of = subjectOf(kind, options) ?? connections.join(', ');
  return [
    `${kindWords[kind]} ${of}`.trimEnd(),
    ...(isFull ? ['in full'] : []),
    ...(isForced ? ['whatever the guards say'] : []),
    ...(continuesOnError ? ['a failure is a warning'] : []),
  ].join(', ');
}

/** What a task is about that works on no connection. */
function subjectOf(kind: TaskKind, { directory, mapping }: TaskDefinition['options']): string | undefined {
  if (kind === 'deploy-configuration') return directory ?? '';
  return kind === 'reconcile' ? (mapping ?? '') : undefined;
}

const kindWords: Readonly<Record<TaskKind, string>> = {
  synchronize: 'synchronizes',
  export: 'exports',
  apply: 'applies what was exported of',
  verify: 'verifies',
  reconcile: 'reconciles',
  'write-files': 'writes CSV files of',
  'deploy-configuration': 'deploys',
  none: 'nothing to do here',
};

/** When a job runs, in words. */
function scheduleText(job: StoredJob): string {
  if (!job.isEnabled) return 'switched off';
  if (job.follow !== undefined) {
    const { floorSeconds, ceilingSeconds } = job.follow;
    return `followed every ${floorSeconds === ceilingSeconds ? '' : `${floorSeconds} to `}${ceilingSeconds} s`;
  }
  const schedule = scheduleOf(job);
  return schedule === undefined ? 'by hand' : describeSchedule(schedule);
}

function scheduleOf({ schedule, timeZone }: StoredJob): Schedule | undefined {
  const reading = schedule === null ? undefined : readSchedule(schedule, timeZone);
  return reading?.kind === 'schedule' ? reading.schedule : undefined;
}

function nextRunText({ nextRunAt }: StoredJob, now: Date): string {
  if (nextRunAt === null) return '';
  return nextRunAt <= now ? 'due' : shortTimeText(nextRunAt, now);
}

/** The next times of its schedule; of a job that follows only the next one, because what changes decides on the others. */
function nextTimes(job: StoredJob, now: Date): readonly Date[] {
  const schedule = scheduleOf(job);
  if (schedule !== undefined) return nextRuns(schedule, now, shownNextRuns);
  return job.nextRunAt === null ? [] : [job.nextRunAt];
}

function jobJson(job: StoredJob): object {
  const { jobId: _, tasks: __, ...shown } = job;
  return { ...shown, scheduleInWords: scheduleText(job) };
}

/** Says which job may have been meant. */
export function unknownJob(identifier: string, jobs: readonly Readonly<{ identifier: string }>[]): Fault {
  const meant = hint(
    identifier,
    jobs.map((job) => job.identifier),
  );
  return new Fault(
    'job-unknown',
    `There is no job ${JSON.stringify(identifier)}${meant}: "syncline jobs" shows those that there are.`,
  );
}
