// What `syncline start` says of the runs of its jobs: how each connection comes along the first time, and then a line for each run
// that brought something or went wrong.
import type { Fault } from '../errors.ts';
import type { JobExecutionOutcome } from '../jobs/job-execution.ts';
import type { WorkerEvent } from '../jobs/worker.ts';
import type { Database } from '../store/database.ts';
import { readJobRun } from '../store/job-runs.ts';
import type { TaskCounts } from '../store/task-runs.ts';
import type { Progress } from '../sync/progress.ts';
import { changesOf, describeEvent } from '../sync/progress-words.ts';
import type { View } from './progress-view.ts';
import { fullReasons, runLines, secondsText, totalsOf } from './run-summary.ts';

/** A run of a job, seen from outside. */
export type NarratedRun = Readonly<{
  job: string;
  seconds: number;
  outcome: Extract<JobExecutionOutcome, { kind: 'ended' }>;
  counts: readonly TaskCounts[];
  /** What its mappings were reconciled to, a sentence each. */
  reconciled: readonly string[];
}>;

export type Narration = Readonly<{
  onProgress: (connection: string, progress: Progress) => void;
  onRun: (event: WorkerEvent) => void;
  /** Resolves when the first run of every connection has ended, with the fault that none of them can ever be without. */
  firstRuns: Promise<Fault | undefined>;
  /** Resolves when everything that happened is said. */
  end: () => Promise<void>;
}>;

/** Jobs that follow a connection have its name. */
export type NarratedConnection = Readonly<{
  name: string;
  entityTypes: readonly Readonly<{ name: string }>[];
}>;

export type NarrationOptions = Readonly<{
  database: Database;
  view: View;
  isStopping: () => boolean;
  /** Told of the end of every run. */
  onEnded: (run: NarratedRun) => void;
}>;

/** Waits so long are told of when nothing else is. */
const longWaitSeconds = 5;

export function narrate(
  connections: readonly NarratedConnection[],
  { database, view, isStopping, onEnded }: NarrationOptions,
): Narration {
  const isAlone = connections.length === 1;
  const label = (connection: string, objectClass: string) =>
    isAlone ? objectClass : `${connection} ${objectClass}`;
  const awaited = new Set(connections.map(({ name }) => name));
  const hopeless: Fault[] = [];
  const show = view.show(
    connections.flatMap(({ name, entityTypes }) => entityTypes.map((type) => label(name, type.name))),
  );
  const firstRuns = Promise.withResolvers<Fault | undefined>();
  let saying: Promise<void> = Promise.resolve();
  if (awaited.size === 0) firstRuns.resolve(undefined);
  /** Connections that are known to wait for a person. */
  const blocked = new Set<string>();

  const tell = async (
    jobRunId: number,
    outcome: Extract<JobExecutionOutcome, { kind: 'ended' }>,
  ): Promise<void> => {
    const run = await readJobRun(database.sql, jobRunId);
    const { startedAt, endedAt, tasks = [] } = run ?? {};
    const seconds = ((endedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)) / 1000;
    const counts = tasks.flatMap((task) => task.counts);
    const reconciled = tasks.flatMap(({ kind, state, message }) =>
      kind === 'reconcile' && state === 'succeeded' && message !== null ? message : [],
    );
    const job = outcome.run.jobIdentifier;
    const ended: NarratedRun = { job, seconds, outcome, counts, reconciled };
    if (isStopping()) return;
    onEnded(ended);
    const isTold = blocked.has(job) && outcome.fault?.code === 'connection-blocked';
    if (outcome.state === 'blocked') blocked.add(job);
    else blocked.delete(job);
    if (!awaited.delete(job)) {
      if (!isTold) tellNext(view, ended);
      return;
    }
    if (awaited.size === 0) show.end();
    if (outcome.fault?.exitCode === 2) hopeless.push(outcome.fault);
    tellFirst(view, ended);
    if (awaited.size === 0)
      firstRuns.resolve(hopeless.length === connections.length ? hopeless[0] : undefined);
  };

  return {
    onProgress: (connection, progress) => {
      if (isStopping()) return;
      if (awaited.has(connection)) {
        show.report({ ...progress, objectClass: label(connection, progress.objectClass) });
      } else if (isNews(progress)) {
        view.say(`${timeOfDay()}  ${connection}: ${progress.objectClass} ${describeEvent(progress)}`);
      }
    },
    onRun: (event) => {
      if (event.kind !== 'came-to' || event.outcome.kind !== 'ended') return;
      const { jobRunId, outcome } = event;
      saying = saying.then(() => tell(jobRunId, outcome)).catch(() => undefined);
    },
    firstRuns: firstRuns.promise,
    async end() {
      await saying;
      show.end();
    },
  };
}

/** While nobody watches, only what is out of the ordinary. */
function isNews(progress: Progress): boolean {
  return (
    progress.kind === 'restarted' || (progress.kind === 'waiting' && progress.seconds >= longWaitSeconds)
  );
}

function tellFirst(view: View, run: NarratedRun): void {
  const { job, seconds, outcome, counts } = run;
  if (outcome.state !== 'succeeded') {
    tellNext(view, run);
    return;
  }
  view.say(`${job} is up to date after ${secondsText(seconds)}: ${totalsOf(counts)}.`);
  for (const line of runLines(counts)) view.say(line);
}

/** Says what a run brought; nothing where nothing changed. */
function tellNext(view: View, { job, outcome, counts, reconciled }: NarratedRun): void {
  const say = (text: string) => view.say(`${timeOfDay()}  ${job}: ${text}`);
  if (outcome.state !== 'succeeded') {
    say(outcome.message ?? outcome.state);
    return;
  }
  for (const [reason, names] of fullReasons(counts))
    say(`${names.join(', ')} read in full, because ${reason}`);
  for (const sentence of reconciled) say(sentence);
  const changed = counts
    .map((one) => ({ ...one, changes: changesOf(one) }))
    .filter(({ changes }) => changes !== '');
  if (changed.length === 0) return;
  say(changed.map(({ objectClass, changes }) => `${objectClass} ${changes}`).join(' · '));
}

function timeOfDay(): string {
  return new Date().toTimeString().slice(0, 8);
}
