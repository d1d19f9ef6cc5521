// A run of a job as somebody sees it who waits for its end, whether through the API or in the database: what there is to say
// meanwhile, how it ended, and the exit code of that.
import { setTimeout as delay } from 'node:timers/promises';
import { Fault, type FaultCode } from '../errors.ts';
import type { renderRun } from '../http/routes/run-rendering.ts';
import { isFinal, type RunState } from '../model/job.ts';
import { count } from '../model/number-words.ts';
import { secondsText } from './run-summary.ts';
import { tableLines } from './table.ts';

/** A run as the API gives it. */
export type ShownRun = ReturnType<typeof renderRun>;
type ShownTask = ShownRun['tasks'][number];

/** In the help of every command that waits for the end of a run. */
export const exitCodesOfRuns = `Exit codes: 0 succeeded, 4 succeeded with warnings, 1 failed,
  3 blocked by a guard, 8 cancelled`;

export const stateWords: Readonly<Record<RunState, string>> = {
  queued: 'waits',
  running: 'runs',
  succeeded: 'succeeded',
  'succeeded-with-warnings': 'succeeded with warnings',
  failed: 'failed',
  blocked: 'blocked by a guard',
  cancelled: 'cancelled',
  skipped: 'passed over',
};

const pollMs = 300;
/** How long a task that runs may go on without a line. */
const quietMs = 5_000;

/** Says how a run comes along, until its end. Throws what `read` throws, and the reason of `signal` when that is aborted. */
export async function watchRun(
  read: () => Promise<ShownRun>,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<ShownRun> {
  const told = new Map<string, Readonly<{ news: string; atMs: number }>>();
  const tell = (subject: string, news: string | undefined, isPatient: boolean): void => {
    const before = told.get(subject);
    const isDue = !isPatient || performance.now() - (before?.atMs ?? 0) >= quietMs;
    if (news === undefined || news === before?.news || !isDue) return;
    told.set(subject, { news, atMs: performance.now() });
    say(news);
  };
  for (;;) {
    const run = await read();
    if (run.state === 'queued' && run.message !== null) {
      tell('', `Run ${run.jobRunId} waits: ${run.message}`, false);
    }
    for (const task of run.tasks) tell(task.identifier, newsOf(task), task.state === 'running');
    if (isFinal(run.state)) return run;
    await delay(pollMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** What there is to say of a task; nothing of one that has not begun or has nothing to do. */
function newsOf({ displayName, kind, state, message, progress }: ShownTask): string | undefined {
  if (state === 'queued' || kind === 'none') return undefined;
  if (state !== 'running') return `${displayName}: ${stateWords[state]}. ${message ?? ''}`.trimEnd();
  const sum = (key: 'objects' | 'links') => progress.reduce((total, one) => total + one[key], 0);
  const waits = progress.flatMap(({ stage, detail }) =>
    stage === 'waiting' && detail ? [`waits for ${detail}`] : [],
  );
  return [
    `${displayName}: ${count(sum('objects'), 'object')}, ${count(sum('links'), 'link')} read`,
    ...waits,
  ].join(', ');
}

/** What has changed, and in a sentence how the run stands or ended. */
export function endLines(run: ShownRun): string[] {
  return [...changeLines(run), runSentence(run)];
}

/** A table of what a run has changed so far; nothing where nothing did. */
export function changeLines({ tasks }: ShownRun): string[] {
  const rows = tasks.flatMap(({ counts }) =>
    counts
      .filter(({ inserted, updated, deleted }) => inserted + updated + deleted > 0)
      .map((one) => [one.objectClass, one.total, one.inserted, one.updated, one.deleted]),
  );
  return rows.length === 0 ? [] : tableLines(['', 'total', 'new', 'changed', 'gone'], rows);
}

export function runSentence({
  jobRunId,
  jobIdentifier,
  state,
  message,
  startedAt,
  endedAt,
}: ShownRun): string {
  const seconds = secondsBetween(startedAt, endedAt);
  const time = seconds === undefined ? '' : ` after ${secondsText(seconds)}`;
  return `Run ${jobRunId} of ${jobIdentifier}: ${stateWords[state]}${time}.${message === null ? '' : ` ${message}`}`;
}

/** How long something took; undefined when it has not begun or not ended. */
export function secondsBetween(startedAt: string | null, endedAt: string | null): number | undefined {
  if (startedAt === null || endedAt === null) return undefined;
  return (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
}

const faultCodes: Readonly<Partial<Record<RunState, FaultCode>>> = {
  'succeeded-with-warnings': 'job-warned',
  failed: 'job-failed',
  blocked: 'guard-exceeded',
  cancelled: 'job-cancelled',
};

/** What a command ends with that waited for this run; undefined when it succeeded. */
export function faultOfRun({ jobRunId, state, message }: ShownRun): Fault | undefined {
  const code = faultCodes[state];
  if (code === undefined) return undefined;
  return new Fault(code, message ?? `Run ${jobRunId} ${stateWords[state]}.`);
}
