/** The jobs: when each runs, how it ended last, and launching it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Job } from '../../../../src/http/schemas/jobs.ts';
import { jobsQuery, statusOf } from '../../data/jobs.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { formatDuration } from '../../kit/formats.ts';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { Rich } from '../../kit/rich.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Count, Duration, Time } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';
import { ScheduleWords } from './schedule-words.tsx';
import { Trend } from './trend.tsx';

const LaunchDialog = lazyPart(
  () => import('./launch-dialog.tsx').then(({ LaunchDialog: part }) => part),
  true,
);

const fields = listFields('displayName', {});

export function JobList() {
  const list = useList(fields);
  const query = useQuery(jobsQuery(list.query));
  const [launched, setLaunched] = useState<string>();
  const mayAdd = useMay('/Syncline/Integrations/Update');
  const columns = useMemo(() => columnsWith(setLaunched), []);
  return (
    <>
      <DataTable
        name="jobs"
        label={t('jobs.tab.jobs')}
        searchLabel={t('jobs.searchJobs')}
        columns={columns}
        rowKey={({ identifier }) => identifier}
        query={query}
        list={list}
        empty={{
          title: t('jobs.none'),
          description: (
            <Rich
              text={t('jobs.noneHint')}
              parts={{
                deploy: (inner) => (
                  <Link to="/settings/configuration" className="link">
                    {inner}
                  </Link>
                ),
              }}
            />
          ),
          action: mayAdd && (
            <Link to="/integrations/new" className="btn btn-primary">
              {t('jobs.addTenant')}
            </Link>
          ),
        }}
      />
      {launched !== undefined && (
        <LaunchDialog identifier={launched} onClose={() => setLaunched(undefined)} />
      )}
    </>
  );
}

function columnsWith(launch: (identifier: string) => void): readonly Column<Job>[] {
  return [
    {
      key: 'name',
      title: t('jobs.column.name'),
      sort: 'displayName',
      width: 13,
      cell: ({ identifier, displayName }) => (
        <Link to="/jobs/$identifier" params={{ identifier }} className="link" title={displayName}>
          {displayName}
        </Link>
      ),
    },
    {
      key: 'identifier',
      title: t('jobs.column.identifier'),
      sort: 'identifier',
      width: 14,
      isHiddenAtFirst: true,
      cell: ({ identifier }) => <span title={identifier}>{identifier}</span>,
    },
    {
      key: 'tasks',
      title: t('jobs.column.tasks'),
      width: 4.5,
      isNumeric: true,
      cell: ({ taskCount }) => <Count value={taskCount} />,
    },
    {
      key: 'connections',
      title: t('jobs.column.connections'),
      width: 12,
      isHiddenAtFirst: true,
      cell: ({ connections }) => connections.join(', '),
    },
    {
      key: 'schedule',
      title: t('jobs.column.schedule'),
      width: 17,
      cell: (job) => <ScheduleWords job={job} />,
    },
    {
      key: 'next',
      title: t('jobs.column.next'),
      sort: 'nextRunAt',
      width: 11,
      cell: ({ nextRunAt }) => <Time value={nextRunAt} />,
    },
    {
      key: 'last',
      title: t('jobs.column.last'),
      sort: 'lastRunAt',
      width: 8.5,
      cell: (job) => <LastRun job={job} />,
    },
    { key: 'duration', title: t('jobs.column.duration'), width: 6.5, isNumeric: true, cell: LastDuration },
    {
      key: 'trend',
      title: t('jobs.column.trend'),
      width: 8.3,
      cell: ({ lastRuns }) => <Trend runs={lastRuns} />,
    },
    {
      key: 'actions',
      title: t('jobs.column.actions'),
      isTitleHidden: true,
      width: 7,
      cell: ({ identifier, displayName }) => (
        <div className="cell-act flex justify-end">
          <Button
            look="ghost"
            icon={Play}
            permission="/Jobs/RunJob/Launch"
            aria-label={t('jobs.launchOf', { name: displayName })}
            onClick={() => launch(identifier)}
          >
            {t('jobs.launch')}
          </Button>
        </div>
      ),
    },
  ];
}

function LastRun({ job: { underWay, lastRun } }: Readonly<{ job: Job }>) {
  const run = underWay ?? lastRun;
  if (run === null) return <StatusBadge status="never" />;
  return (
    <Link
      to="/jobs/runs/$jobRunId"
      params={{ jobRunId: String(run.jobRunId) }}
      aria-label={`${t('runs.number', { number: run.jobRunId })}: ${t(`status.${statusOf(run.state)}`)}`}
    >
      <StatusBadge status={statusOf(run.state)} />
    </Link>
  );
}

/** Of the last run that ended, against what is usual. */
function LastDuration({ lastRuns, medianSeconds }: Job) {
  const [last] = lastRuns;
  if (!last) return <Duration ms={null} />;
  const duration = formatDuration(last.seconds * 1000);
  const title =
    medianSeconds === null
      ? duration
      : t('jobs.durationUsual', { duration, usual: formatDuration(medianSeconds * 1000) });
  return (
    <span title={title}>
      <Duration ms={last.seconds * 1000} />
    </span>
  );
}
