/** What a task tells while it runs, kept for whoever watches: how far it is, at a bounded pace, and its log. */
import type { Sql } from 'postgres';
import { appendTaskRunLog, type LogLevel } from '../store/task-run-log.ts';
import { type ClassProgress, recordTaskProgress } from '../store/task-runs.ts';
import type { Progress, Report } from '../sync/progress.ts';
import { describeEvent } from '../sync/progress-words.ts';

export type TaskReport = Readonly<{
  /** Hears what is done on a connection. */
  reportOf: (connection: string) => Report;
  log: (level: LogLevel, message: string) => void;
  /** Resolves when everything that was told is stored. */
  flush: () => Promise<void>;
}>;

/** Progress is stored at most so often. */
const pauseMs = 500;
/** Shorter waits are no news. */
const longWaitSeconds = 2;

/** Opens the report of a task run of a worker. What cannot be stored is let go: the run itself says whether the database is there. */
export function openTaskReport(sql: Sql, taskRunId: number, worker: string): TaskReport {
  const classes = new Map<string, ClassProgress>();
  let storing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const enqueue = (work: () => Promise<void>): void => {
    storing = storing.then(work).catch(() => undefined);
  };
  const store = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const progress = [...classes.values()];
    enqueue(() => recordTaskProgress(sql, taskRunId, progress, worker));
  };
  const log = (level: LogLevel, message: string): void =>
    enqueue(() => appendTaskRunLog(sql, taskRunId, level, message));

  return {
    reportOf: (connection) => (progress) => {
      const objectClass = `${connection} ${progress.objectClass}`;
      classes.set(objectClass, advance(classes.get(objectClass), objectClass, progress));
      timer ??= setTimeout(store, pauseMs);
      if (progress.kind === 'read' || (progress.kind === 'waiting' && progress.seconds < longWaitSeconds))
        return;
      log(levelOf(progress), `${objectClass}: ${describeEvent(progress)}`);
    },
    log,
    async flush() {
      if (timer !== undefined) store();
      await storing;
    },
  };
}

function advance(before: ClassProgress | undefined, objectClass: string, progress: Progress): ClassProgress {
  const { objects, links } = before ?? { objects: 0, links: 0 };
  const at = (stage: ClassProgress['stage'], detail?: string): ClassProgress => ({
    objectClass,
    stage,
    objects,
    links,
    ...(detail === undefined ? {} : { detail }),
  });
  switch (progress.kind) {
    case 'read':
      return { objectClass, stage: 'reading', objects: progress.objects, links: progress.links };
    case 'waiting':
      return at('waiting', progress.reason);
    case 'failed':
      return at('failed', progress.message);
    case 'reading':
    case 'restarted':
      return { objectClass, stage: 'reading', objects: 0, links: 0 };
    default:
      return at(progress.kind);
  }
}

function levelOf({ kind }: Progress): LogLevel {
  if (kind === 'failed') return 'error';
  return kind === 'restarted' || kind === 'waiting' ? 'warning' : 'information';
}
