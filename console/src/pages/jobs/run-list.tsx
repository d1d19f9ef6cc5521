/** Runs as a list: those under way, or all that there were, of every job or of one. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ListedRun } from '../../../../src/http/schemas/runs.ts';
import { runsQuery, statusOf } from '../../data/jobs.ts';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { useNow } from '../../kit/now.ts';
import { choice } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Duration, Time } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';
import { modeWords, starterWords } from './run-words.ts';

const states = [
  'queued',
  'running',
  'succeeded',
  'succeeded-with-warnings',
  'failed',
  'blocked',
  'cancelled',
] as const;
const spans = ['day', 'week', 'month'] as const;
const spanMs = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 };
const fields = listFields('-startedAt', {
  state: choice(['', ...states], ''),
  since: choice(['', ...spans], ''),
});

type Props = Readonly<{
  /** Only those of this job. */
  job?: string;
  /** Only those that have not ended. */
  isUnderWay?: boolean;
}>;

export function RunList({ job, isUnderWay = false }: Props) {
  const list = useList(fields);
  const { state, since } = list.filters;
  // The span begins when it is chosen, or every moment would be another question.
  const from = useMemo(
    () => (since === '' ? undefined : new Date(Date.now() - spanMs[since]).toISOString()),
    [since],
  );
  const { since: _, ...asked } = list.query;
  const query = useQuery({
    ...runsQuery({ ...asked, from, job, ...(isUnderWay && { isEnded: false }) }),
    // The event stream tells of changes; a run that is taken at this moment shows at once.
    ...(isUnderWay && { refetchInterval: 5000 }),
  });
  const columns = useMemo(() => columnsOf(job === undefined, isUnderWay), [job, isUnderWay]);
  const kind = isUnderWay ? 'noneUnderWay' : 'none';
  return (
    <DataTable
      name={isUnderWay ? 'runs-under-way' : 'runs'}
      label={isUnderWay ? t('jobs.tab.running') : t('jobs.tab.history')}
      searchLabel={t('runs.search')}
      columns={columns}
      rowKey={({ jobRunId }) => jobRunId}
      query={query}
      list={list}
      filters={
        !isUnderWay && (
          <>
            <CompactSelect
              label={t('runs.filter.state')}
              className="w-52"
              value={state}
              onChange={(next) => list.setFilters({ state: next ?? '' })}
              options={[
                { value: '', label: t('runs.allStates') },
                ...states.map((value) => ({ value, label: t(`status.${statusOf(value)}`) })),
              ]}
            />
            <CompactSelect
              label={t('runs.filter.since')}
              value={since}
              onChange={(next) => list.setFilters({ since: next ?? '' })}
              options={[
                { value: '', label: t('runs.allTimes') },
                ...spans.map((value) => ({ value, label: t(`runs.since.${value}`) })),
              ]}
            />
          </>
        )
      }
      empty={{ title: t(`runs.${kind}`), description: t(`runs.${kind}Hint`) }}
    />
  );
}

function columnsOf(hasJob: boolean, isUnderWay: boolean): readonly Column<ListedRun>[] {
  const columns: readonly (Column<ListedRun> | false)[] = [
    {
      key: 'run',
      title: t('runs.column.run'),
      width: 5.5,
      cell: ({ jobRunId }) => (
        <Link to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }} className="link">
          {t('runs.number', { number: jobRunId })}
        </Link>
      ),
    },
    hasJob && {
      key: 'job',
      title: t('runs.column.job'),
      sort: 'job',
      width: 12,
      cell: ({ jobIdentifier, displayName }) => (
        <Link
          to="/jobs/$identifier"
          params={{ identifier: jobIdentifier }}
          className="link"
          title={displayName}
        >
          {displayName}
        </Link>
      ),
    },
    {
      key: 'status',
      title: t('runs.column.status'),
      width: 11.5,
      cell: ({ state }) => <StatusBadge status={statusOf(state)} />,
    },
    {
      key: 'started',
      title: t('runs.column.started'),
      sort: 'startedAt',
      width: 11,
      cell: ({ startedAt }) => <Time value={startedAt} />,
    },
    !isUnderWay && {
      key: 'ended',
      title: t('runs.column.ended'),
      sort: 'endedAt',
      width: 12,
      isHiddenAtFirst: true,
      cell: ({ endedAt }) => <Time value={endedAt} />,
    },
    {
      key: 'duration',
      title: t('runs.column.duration'),
      sort: 'duration',
      width: 6.5,
      isNumeric: true,
      cell: (run) => <RunDuration run={run} />,
    },
    { key: 'mode', title: t('runs.column.mode'), width: 7, cell: modeWords },
    {
      key: 'startedBy',
      title: t('runs.column.startedBy'),
      width: 9.5,
      cell: (run) => <span title={starterWords(run)}>{starterWords(run)}</span>,
    },
    {
      key: 'message',
      title: t('runs.column.message'),
      width: 12,
      cell: ({ message }) => message && <span title={message}>{message}</span>,
    },
    {
      key: 'reason',
      title: t('runs.column.reason'),
      width: 14,
      isHiddenAtFirst: true,
      cell: ({ reason }) => reason && <span title={reason}>{reason}</span>,
    },
  ];
  return columns.filter((column) => column !== false);
}

/** How long it took, or has taken up to now. */
function RunDuration({ run: { startedAt, endedAt } }: Readonly<{ run: ListedRun }>) {
  const now = useNow(startedAt !== null && endedAt === null);
  if (startedAt === null) return <Duration ms={null} />;
  const end = endedAt === null ? now : Date.parse(endedAt);
  return <Duration ms={Math.max(0, end - Date.parse(startedAt))} />;
}
