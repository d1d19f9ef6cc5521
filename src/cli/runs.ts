// `syncline runs`: what became of the runs of jobs, and one run with its tasks and their log, to its end where somebody waits for it.
import { Argument, type Command, Option } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { renderRun, renderSummary } from '../http/routes/run-rendering.ts';
import { isFinal, type RunState, runStates } from '../model/job.ts';
import { count } from '../model/number-words.ts';
import { listJobRuns, readJobRun } from '../store/job-runs.ts';
import { findJob, readJobs } from '../store/jobs.ts';
import { type LogLine, readTaskRunLog } from '../store/task-run-log.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { factLines } from './facts.ts';
import { unknownJob } from './jobs.ts';
import { timeText } from './local-time.ts';
import { wholeNumber } from './number-option.ts';
import { withDatabase } from './open-connection.ts';
import type { View } from './progress-view.ts';
import { secondsText } from './run-summary.ts';
import { runTable, shortTaskName } from './run-table.ts';
import {
  changeLines,
  exitCodesOfRuns,
  faultOfRun,
  runSentence,
  type ShownRun,
  secondsBetween,
  watchRun,
} from './run-watching.ts';
import { abortOnStop } from './stop-signal.ts';
import { tableLines } from './table.ts';

type RunsOptions = Readonly<{
  job?: string;
  state?: RunState;
  limit: number;
  log?: true;
  follow?: true;
  data?: string;
  json?: true;
}>;

const usualLimit = 20;
/** Lines of a log that are asked for at once. */
const logPage = 1000;

/** Tasks alone are passed over. */
const statesOfRuns = runStates.filter((state) => state !== 'skipped');

/** The number of a run, as an argument of a command. */
export function runNumber(name: string): Argument {
  return new Argument(name, 'number of a run').argParser(wholeNumber(1, 2 ** 31 - 1));
}

export function addRuns(program: Command): void {
  program
    .command('runs')
    .description('Show runs of jobs, the newest first; or one with its tasks, its counts and its log.')
    .addArgument(runNumber('[run]'))
    .option('--job <job>', 'only runs of this job')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(statesOfRuns))
    .option('--limit <number>', 'how many at most', wholeNumber(1, 1000), usualLimit)
    .option('--log', 'of one run: with what its tasks told')
    .option('--follow', 'of one run: show how it comes along, until its end')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end, and progress on standard error')
    .addHelpText(
      'after',
      `
${exitCodesOfRuns} (with --follow);
  0 shown, 6 no such run or job, 2 wrong usage, 1 the database cannot be used

Examples:
  syncline runs --job MicrosoftEntraID_Synchronization_Delta --state failed
  syncline runs 12 --log`,
    )
    .action(showRuns);
}

async function showRuns(jobRunId: number | undefined, options: RunsOptions): Promise<void> {
  const config = loadConfig(options);
  if (jobRunId === undefined && (options.log || options.follow)) {
    throw new Fault(
      'invalid-setting',
      `--${options.log ? 'log' : 'follow'} needs the number of a run: "syncline runs" shows them.`,
    );
  }
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async ({ sql }, signal) =>
      jobRunId === undefined
        ? await allRuns(sql, options)
        : await oneRun(sql, jobRunId, options, view, signal),
    );
  });
}

async function allRuns(sql: Sql, { job, state, limit }: RunsOptions): Promise<Conclusion> {
  const runs = await listJobRuns(sql, {
    ...(job === undefined ? {} : { jobIdentifier: job }),
    ...(state === undefined ? {} : { state }),
    limit,
  });
  // Runs outlive their jobs; only a name that stands for neither is a mistake.
  if (job !== undefined && runs.length === 0 && !(await findJob(sql, job))) {
    throw unknownJob(job, await readJobs(sql));
  }
  return {
    json: { runs: runs.map(renderSummary) },
    lines: runs.length === 0 ? ['There is no such run.'] : runTable(runs, new Date()),
  };
}

async function oneRun(
  sql: Sql,
  jobRunId: number,
  options: RunsOptions,
  view: View,
  signal: AbortSignal,
): Promise<Conclusion> {
  let run = await readShownRun(sql, jobRunId);
  if (options.follow && !isFinal(run.state)) {
    view.say(`Run ${jobRunId} of ${run.jobIdentifier} is shown until its end; Ctrl-C leaves it as it is.`);
    run = await followRun(sql, jobRunId, view, signal);
  }
  const logs = options.log ? await readLogs(sql, run) : [];
  const fault = options.follow ? faultOfRun(run) : undefined;
  const tasks = run.tasks.map((task, index) => (options.log ? { ...task, log: logs[index] ?? [] } : task));
  return {
    json: { ...run, tasks },
    lines: [...runLines(run), ...logLines(run, logs)],
    ...(fault === undefined ? {} : { fault }),
  };
}

/** Shows how a run comes along, until its end. Throws a `Fault` where there is no such run, and when nobody waits any more. */
export async function followRun(
  sql: Sql,
  jobRunId: number,
  view: View,
  signal: AbortSignal,
): Promise<ShownRun> {
  try {
    return await watchRun(() => readShownRun(sql, jobRunId), view.say, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Fault(
      'cancelled',
      `Nobody waits for run ${jobRunId} any more, and it goes on: "syncline runs ${jobRunId} --follow" shows it again, "syncline cancel ${jobRunId}" ends it.`,
    );
  }
}

/** A run as it is now. Throws a `Fault` where there is none of this number. */
export async function readShownRun(sql: Sql, jobRunId: number): Promise<ShownRun> {
  const run = await readJobRun(sql, jobRunId);
  if (run) return renderRun(run);
  throw new Fault(
    'job-unknown',
    `There is no run ${jobRunId}, or it is so old that it was deleted: "syncline runs" shows those that there are.`,
  );
}

function runLines(run: ShownRun): string[] {
  const { startedBy, queuedAt, startedAt, endedAt, worker, resumesJobRunId, isCancelRequested, state } = run;
  const isUnderWay = !isFinal(state);
  return [
    runSentence(run),
    ...factLines([
      ['Asked for', `${localText(queuedAt)} by ${startedBy}`],
      ['Goes on with', resumesJobRunId === null ? undefined : `run ${resumesJobRunId}`],
      ['Began', localText(startedAt)],
      ['Ended', localText(endedAt)],
      ['Worker', worker ?? undefined],
      ['Cancelled', isUnderWay && isCancelRequested ? 'asked for, and not yet done' : undefined],
    ]),
    '',
    ...tableLines(
      ['level', 'task', 'state', 'attempts', 'took'],
      run.tasks.map((task) => {
        const seconds = secondsBetween(task.startedAt, task.endedAt);
        return [
          String(task.level),
          shortTaskName(run.jobIdentifier, task.identifier),
          task.state,
          task.attempt > 1 ? String(task.attempt) : '',
          seconds === undefined ? '' : secondsText(seconds),
        ];
      }),
    ),
    ...noteworthy(run),
    ...separated(changeLines(run)),
  ];
}

/** What a person should know of tasks: those that did not simply succeed, and how far those are that run. */
function noteworthy({ jobIdentifier, tasks }: ShownRun): string[] {
  return separated(
    tasks.flatMap(({ identifier, kind, state, message, progress }) => {
      if (state === 'running') {
        return progress.map(
          ({ objectClass, stage, objects, links, detail }) =>
            `  ${objectClass}: ${stage}, ${count(objects, 'object')}, ${count(links, 'link')}${detail ? ` (${detail})` : ''}`,
        );
      }
      const isWorthIt = state !== 'succeeded' && kind !== 'none' && message !== null;
      return isWorthIt ? [`  ${shortTaskName(jobIdentifier, identifier)}: ${message}`] : [];
    }),
  );
}

function separated(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

async function readLogs(sql: Sql, { tasks }: ShownRun): Promise<readonly (readonly LogLine[])[]> {
  const logs: LogLine[][] = [];
  for (const { taskRunId } of tasks) {
    const log: LogLine[] = [];
    for (;;) {
      const after = log.at(-1)?.lineNumber ?? 0;
      const page = await readTaskRunLog(sql, taskRunId, { after, limit: logPage });
      log.push(...page);
      if (page.length < logPage) break;
    }
    logs.push(log);
  }
  return logs;
}

function logLines({ tasks }: ShownRun, logs: readonly (readonly LogLine[])[]): string[] {
  return tasks.flatMap(({ identifier }, index) => {
    const log = logs[index] ?? [];
    const lines = log.map(
      ({ loggedAt, level, message }) =>
        `  ${timeText(loggedAt)}${level === 'information' ? '' : `  ${level}`}  ${message}`,
    );
    return lines.length === 0 ? [] : ['', `Log of ${identifier}`, ...lines];
  });
}

function localText(at: string | null): string | undefined {
  return at === null ? undefined : timeText(new Date(at));
}
