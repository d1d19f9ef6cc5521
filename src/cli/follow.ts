// Connections kept up to date as long as Syncline runs: each is synchronized, and then again and again. A run that fails is
// told of, and the next one tries anew.
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../errors.ts';
import type { ConnectionSettings } from '../settings/connection-settings.ts';
import type { Database } from '../store/database.ts';
import { type SynchronizationResult, synchronize } from '../sync/flow.ts';
import type { Progress, Report } from '../sync/progress.ts';
import { withTarget } from './open-connection.ts';
import { changesOf, describeEvent } from './progress-state.ts';
import type { View } from './progress-view.ts';
import { fullReasons, runLines, secondsSince, secondsText, totalsOf } from './run-summary.ts';

export type Following = Readonly<{
  database: Database;
  view: View;
  intervalSeconds: number;
  signal: AbortSignal;
  /** Told of the end of every run. */
  onRun: (run: FollowedRun) => void;
  /** Told once when the first run of every connection has ended, with those that succeeded. */
  onFollowed: (first: readonly FollowedRun[]) => void;
}>;

export type FollowedRun = Readonly<{ connection: string; seconds: number }> &
  (Readonly<{ result: SynchronizationResult }> | Readonly<{ fault: Fault }>);

/**
 * Follows connections side by side until the signal. Throws a `Fault` when the settings of none of them can be worked with;
 * one that cannot, beside others, is told of and left alone.
 */
export async function follow(
  connections: readonly ConnectionSettings[],
  following: Following,
): Promise<void> {
  const { view, onFollowed } = following;
  const isAlone = connections.length === 1;
  const label = (connection: string, objectClass: string) =>
    isAlone ? objectClass : `${connection} ${objectClass}`;
  const show = view.show(
    connections.flatMap(({ name, entityTypes }) => entityTypes.map((type) => label(name, type.name))),
  );
  const first: FollowedRun[] = [];
  const endings = await Promise.all(
    connections.map(async (connection) => {
      const report: Report = (progress) => {
        if (progress.kind === 'failed' && following.signal.aborted) return;
        show.report({ ...progress, objectClass: label(connection.name, progress.objectClass) });
      };
      const run = await runOnce(connection, following, report);
      first.push(run);
      if (first.length === connections.length) show.end();
      tellFirst(view, run);
      if (first.length === connections.length && !following.signal.aborted) onFollowed(first);
      return isHopeless(run) ? run.fault : await followOn(connection, following);
    }),
  );
  const [fault] = endings;
  if (fault !== undefined && endings.every((ending) => ending !== undefined)) throw fault;
}

/** The runs after the first one; ends with a fault that no later run can be without. */
async function followOn(connection: ConnectionSettings, following: Following): Promise<Fault | undefined> {
  const { intervalSeconds, signal, view } = following;
  const report = reportNews(connection.name, view);
  for (;;) {
    // Several installations, and several connections, do not ask at the same moment for ever.
    const pauseMs = intervalSeconds * 1000 * (0.9 + 0.2 * Math.random());
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
    const run = await runOnce(connection, following, report);
    tellNext(view, run);
    if (isHopeless(run)) return run.fault;
  }
}

async function runOnce(
  connection: ConnectionSettings,
  { database, signal, onRun }: Following,
  report: Report,
): Promise<FollowedRun> {
  const startedAtMs = performance.now();
  const end = (outcome: { result: SynchronizationResult } | { fault: Fault }): FollowedRun => {
    const run = { connection: connection.name, seconds: secondsSince(startedAtMs), ...outcome };
    if (!signal.aborted) onRun(run);
    return run;
  };
  try {
    const settings = { isFull: false, acceptsLoss: false, signal, report };
    return end({
      result: await withTarget(database, connection, (target) => synchronize(target, settings)),
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return end({ fault: error });
  }
}

/** A fault of the settings stays as long as they are what they are. */
function isHopeless(run: FollowedRun): run is FollowedRun & Readonly<{ fault: Fault }> {
  return 'fault' in run && run.fault.exitCode === 2;
}

function tellFirst(view: View, run: FollowedRun): void {
  if ('fault' in run) {
    if (run.fault.code !== 'cancelled') tellNext(view, run);
    return;
  }
  const { counts } = run.result;
  view.say(`${run.connection} is up to date after ${secondsText(run.seconds)}: ${totalsOf(counts)}.`);
  for (const line of runLines(counts)) view.say(line);
}

/** Says what a run brought; nothing where nothing changed. */
function tellNext(view: View, run: FollowedRun): void {
  const say = (text: string) => view.say(`${timeOfDay()}  ${run.connection}: ${text}`);
  if ('fault' in run) {
    if (run.fault.code !== 'cancelled') say(run.fault.message);
    return;
  }
  const { counts } = run.result;
  for (const [reason, names] of fullReasons(counts))
    say(`${names.join(', ')} read in full, because ${reason}`);
  const changed = counts
    .map((one) => ({ ...one, changes: changesOf(one) }))
    .filter(({ changes }) => changes !== '');
  if (changed.length === 0) return;
  say(changed.map(({ objectClass, changes }) => `${objectClass} ${changes}`).join(' · '));
}

/** Waits so long are told of when nothing else is. */
const longWaitSeconds = 5;

/** While nobody watches, only what is out of the ordinary. */
function reportNews(connection: string, view: View): Report {
  const isNews = (progress: Progress) =>
    progress.kind === 'restarted' || (progress.kind === 'waiting' && progress.seconds >= longWaitSeconds);
  return (progress) => {
    const text = isNews(progress) ? describeEvent(progress) : undefined;
    if (text !== undefined) view.say(`${timeOfDay()}  ${connection}: ${progress.objectClass} ${text}`);
  };
}

function timeOfDay(): string {
  return new Date().toTimeString().slice(0, 8);
}
