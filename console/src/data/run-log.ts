/** The log of a task: read to its end, and from there on whatever comes, so that nothing is asked for twice. */
import { queryOptions } from '@tanstack/react-query';
import type { LogLine, LogPage } from '../../../src/http/schemas/runs.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

const pageLines = 1000;
/** More are for the download. */
const mostLines = 20_000;

export type LogRead = Readonly<{
  lines: readonly LogLine[];
  nextAfter: number;
  /** Whether there are more lines than are shown. */
  isCut: boolean;
}>;

const pathOf = (jobRunId: number, taskRunId: number) => `/api/runs/${jobRunId}/tasks/${taskRunId}`;

/** Where the whole log is a file. */
export function logFile(jobRunId: number, taskRunId: number): string {
  return `${pathOf(jobRunId, taskRunId)}/log.txt`;
}

/** The lines of a level and those graver, with a text; each time it is asked again, what has come since. */
export function logQuery(jobRunId: number, taskRunId: number, selection: Query) {
  const queryKey = ['runs', 'log', jobRunId, taskRunId, selection];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<LogRead> => {
      let read: LogRead = queryClient.getQueryData<LogRead>(queryKey) ?? {
        lines: [],
        nextAfter: 0,
        isCut: false,
      };
      for (;;) {
        if (read.isCut) return read;
        const query = { ...selection, after: read.nextAfter, limit: pageLines };
        const { lines, nextAfter } = await api.get<LogPage>(`${pathOf(jobRunId, taskRunId)}/log`, {
          query,
          signal,
        });
        const all = lines.length === 0 ? read.lines : [...read.lines, ...lines];
        read = { lines: all, nextAfter, isCut: all.length >= mostLines };
        if (lines.length < pageLines) return read;
      }
    },
  });
}
