// Runs of jobs as a table: how each ended, when it began and how long it took; and how their tasks are named there.
import type { JobRunSummary } from '../store/job-runs.ts';
import { shortTimeText } from './local-time.ts';
import { secondsText } from './run-summary.ts';
import { tableLines } from './table.ts';

export function runTable(runs: readonly JobRunSummary[], now: Date): string[] {
  return tableLines(
    ['run', 'job', 'state', 'began', 'took'],
    runs.map(({ jobRunId, jobIdentifier, state, startedAt, endedAt }) => [
      String(jobRunId),
      jobIdentifier,
      state,
      startedAt === null ? '' : shortTimeText(startedAt, now),
      startedAt === null || endedAt === null
        ? ''
        : secondsText((endedAt.getTime() - startedAt.getTime()) / 1000),
    ]),
  );
}

/** Longer names of tasks are shortened by the name of their job, which most of them begin with. */
const longestTaskName = 40;

/** The identifier of a task as people read it below the name of its job. */
export function shortTaskName(jobIdentifier: string, identifier: string): string {
  const isShortened = identifier.length > longestTaskName && identifier.startsWith(`${jobIdentifier}_`);
  return isShortened ? `…${identifier.slice(jobIdentifier.length)}` : identifier;
}
