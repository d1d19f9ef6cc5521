// `syncline launch` and `syncline cancel`: beginning and ending runs of jobs in the database itself, for whoever has this machine.
import { type Command, Option } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { type LaunchOutcome, openQueue, type ResumeOutcome } from '../jobs/queue.ts';
import { recordAudit } from '../store/audit.ts';
import { requestCancel } from '../store/job-runs.ts';
import { findJob, readJobs } from '../store/jobs.ts';
import { readWorkers } from '../store/workers.ts';
import { commandActor } from './command-actor.ts';
import { conclude } from './conclusion.ts';
import { unknownJob } from './jobs.ts';
import { forceMeaning, withDatabase } from './open-connection.ts';
import { endLines, exitCodesOfRuns, faultOfRun, stateWords } from './run-watching.ts';
import { followRun, readShownRun, runNumber } from './runs.ts';
import { abortOnStop } from './stop-signal.ts';

type LaunchOptions = Readonly<{
  full?: true;
  force?: true;
  repair?: true;
  wait?: true;
  data?: string;
  json?: true;
}>;

type CancelOptions = Readonly<{ data?: string; json?: true }>;

export function addLaunch(program: Command): void {
  program
    .command('launch')
    .description('Launch a job in the database, without a server; --wait waits for its end.')
    .argument('<job>', 'identifier of the job')
    .option('--full', 'read everything again instead of what has changed')
    .option('--force', forceMeaning)
    .addOption(
      new Option(
        '--repair',
        'go on with the blocked last run: apply what is held back, then the other tasks',
      ).conflicts(['full', 'force']),
    )
    .option('--wait', 'show how it comes along, until its end')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end, and progress on standard error')
    .addHelpText(
      'after',
      `
${exitCodesOfRuns} (with --wait);
  0 launched, 5 refused (under way, only for its schedule, nothing to repair),
  6 no such job, 2 wrong usage, 1 the database cannot be used

Example:
  syncline launch MicrosoftEntraID_Synchronization_Delta --wait`,
    )
    .action(launch);
}

export function addCancel(program: Command): void {
  program
    .command('cancel')
    .description('Ask for the end of a run. What it has done is kept, and the next run goes on from there.')
    .addArgument(runNumber('<run>'))
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 asked for, 5 it has ended already, 6 no such run, 2 wrong usage,
  1 the database cannot be used

Example:
  syncline cancel 12`,
    )
    .action(cancel);
}

async function launch(identifier: string, options: LaunchOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async ({ sql }, signal) => {
      const jobRunId = await begin(sql, identifier, options);
      view.say(`${identifier} is launched as run ${jobRunId}.`);
      if ((await readWorkers(sql)).length === 0) {
        view.say('No worker is alive: it waits until "syncline worker" or "syncline start" is running.');
      }
      if (!options.wait) return { lines: [], json: { jobRunId } };
      const run = await followRun(sql, jobRunId, view, signal);
      const fault = faultOfRun(run);
      return { lines: endLines(run), json: run, ...(fault === undefined ? {} : { fault }) };
    });
  });
}

/** Makes the run and gives its number. Throws a `Fault` when there is none. */
async function begin(sql: Sql, identifier: string, { full, force, repair }: LaunchOptions): Promise<number> {
  const startedBy = commandActor();
  const queue = await openQueue(sql, { isWorker: false, onError: () => {} });
  try {
    const isForced = force === true;
    const isFull = full === true;
    const outcome = repair
      ? await goOn(sql, queue, identifier, startedBy)
      : await queue.launch({
          jobIdentifier: identifier,
          trigger: 'command',
          startedBy,
          options: { isForced, isFull },
        });
    await recordAudit(sql, {
      actor: startedBy,
      action: repair ? 'job-run.resume' : 'job-run.launch',
      subject: identifier,
      outcome: outcome.kind === 'launched' ? 'done' : 'refused',
      detail: {
        outcome: outcome.kind,
        ...('jobRunId' in outcome ? { jobRunId: outcome.jobRunId } : {}),
        ...(isForced ? { force: true } : {}),
        ...(isFull ? { isFull: true } : {}),
      },
    });
    if (outcome.kind === 'launched') return outcome.jobRunId;
    throw await refusal(sql, outcome, identifier);
  } finally {
    await queue.close();
  }
}

async function goOn(
  sql: Sql,
  queue: Awaited<ReturnType<typeof openQueue>>,
  identifier: string,
  startedBy: string,
): Promise<LaunchOutcome | ResumeOutcome> {
  const job = await findJob(sql, identifier);
  if (!job) return { kind: 'unknown-job', nearest: undefined };
  return job.lastRun === null ? { kind: 'not-blocked' } : await queue.resume(job.lastRun.jobRunId, startedBy);
}

async function refusal(
  sql: Sql,
  outcome: Exclude<LaunchOutcome | ResumeOutcome, { kind: 'launched' }>,
  identifier: string,
): Promise<Fault> {
  switch (outcome.kind) {
    case 'unknown-job':
      return unknownJob(identifier, await readJobs(sql));
    case 'under-way':
      return refused(
        `The job ${identifier} is under way as run ${outcome.jobRunId}: wait for its end with "syncline runs ${outcome.jobRunId} --follow", or cancel it with "syncline cancel ${outcome.jobRunId}".`,
      );
    case 'tenant-disabled':
      return refused(`The tenant ${identifier} is disabled: enable it in the console to synchronize it.`);
    case 'start-denied':
      return refused(
        `The job ${identifier} may only be launched by its schedule: change UserStartDenied in the configuration to launch it by hand.`,
      );
    case 'not-blocked':
      return refused(
        `The last run of the job ${identifier} is not blocked: launch the job without --repair.`,
      );
    case 'refused':
      return refused(outcome.reason);
  }
}

async function cancel(jobRunId: number, options: CancelOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async ({ sql }) => {
      const { jobIdentifier } = await readShownRun(sql, jobRunId);
      const isAsked = await requestCancel(sql, jobRunId);
      await recordAudit(sql, {
        actor: commandActor(),
        action: 'job-run.cancel',
        subject: `run ${jobRunId}`,
        outcome: isAsked ? 'done' : 'refused',
        detail: { job: jobIdentifier },
      });
      const run = await readShownRun(sql, jobRunId);
      if (!isAsked) {
        throw refused(
          `Run ${jobRunId} of ${jobIdentifier} has ended already (${stateWords[run.state]}): there is nothing to cancel.`,
        );
      }
      const end =
        run.state === 'cancelled'
          ? 'is cancelled: it had not begun.'
          : 'is asked to end; what it has done is kept.';
      return { lines: [`Run ${jobRunId} of ${jobIdentifier} ${end}`], json: run };
    });
  });
}

function refused(message: string): Fault {
  return new Fault('launch-refused', message);
}
