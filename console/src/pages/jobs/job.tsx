/** A job: its tasks, when it runs, how it has run, and how others launch it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { JobWithTasks } from '../../../../src/http/schemas/jobs.ts';
import { jobQuery, statusOf } from '../../data/jobs.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { Page } from '../../kit/page.tsx';
import { choice, useSearchState } from '../../kit/search-state.ts';
import { Loaded } from '../../kit/states.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { Duration, Time } from '../../kit/values.tsx';
import { t } from '../../texts/jobs.ts';
import { JobTasks } from './job-tasks.tsx';
import { RunList } from './run-list.tsx';
import { RunOutside } from './run-outside.tsx';
import { timingWords } from './schedule-words.tsx';
import { Trend } from './trend.tsx';

const LaunchDialog = lazyPart(
  () => import('./launch-dialog.tsx').then(({ LaunchDialog: part }) => part),
  true,
);
const ScheduleEditor = lazyPart(() =>
  import('./schedule-editor.tsx').then(({ ScheduleEditor: part }) => part),
);

const tabNames = ['tasks', 'schedule', 'history', 'outside'] as const;
const fields = { tab: choice(tabNames, 'tasks') };

export function JobPage() {
  const { identifier } = useParams({ from: '/signed-in/jobs/$identifier' });
  const query = useQuery(jobQuery(identifier));
  const [{ tab }, change] = useSearchState(fields);
  const [isLaunching, setLaunching] = useState(false);
  const job = query.data;
  return (
    <Page
      title={job?.displayName ?? identifier}
      part={tab === 'tasks' ? undefined : t(`job.tab.${tab}`)}
      crumbs={[{ label: t('jobs.title'), to: '/jobs' }]}
      status={job && <JobStatus job={job} />}
      actions={
        job && (
          <Button
            look="primary"
            icon={Play}
            permission="/Jobs/RunJob/Launch"
            disabledReason={job.isUserStartDenied ? t('launch.denied') : undefined}
            onClick={() => setLaunching(true)}
          >
            {t('jobs.launchDots')}
          </Button>
        )
      }
    >
      <Loaded query={query} lines={8}>
        {(loaded) => (
          <>
            <UnderWay job={loaded} />
            <Tabs
              label={t('job.tabs')}
              value={tab}
              onChange={(next) => change({ tab: next })}
              tabs={[
                { key: 'tasks', label: t('job.tab.tasks'), content: <Overview job={loaded} /> },
                {
                  key: 'schedule',
                  label: t('job.tab.schedule'),
                  content: <ScheduleEditor job={loaded} />,
                },
                {
                  key: 'history',
                  label: t('job.tab.history'),
                  content: <RunList job={loaded.identifier} />,
                },
                { key: 'outside', label: t('job.tab.outside'), content: <RunOutside job={loaded} /> },
              ]}
            />
          </>
        )}
      </Loaded>
      {isLaunching && <LaunchDialog identifier={identifier} onClose={() => setLaunching(false)} />}
    </Page>
  );
}

function JobStatus({ job: { underWay, lastRun, isEnabled } }: Readonly<{ job: JobWithTasks }>) {
  const state = underWay?.state ?? lastRun?.state;
  return (
    <span className="flex gap-2">
      <StatusBadge status={state === undefined ? 'never' : statusOf(state)} />
      {!isEnabled && <StatusBadge status="disabled" title={t('editor.activeHint')} />}
    </span>
  );
}

function UnderWay({ job: { underWay } }: Readonly<{ job: JobWithTasks }>) {
  if (!underWay) return null;
  return (
    <Banner
      kind="info"
      title={t('job.underWay', { number: underWay.jobRunId })}
      actions={
        <Link to="/jobs/runs/$jobRunId" params={{ jobRunId: String(underWay.jobRunId) }} className="btn">
          {t('jobs.openRun', { number: underWay.jobRunId })}
        </Link>
      }
    />
  );
}

function Overview({ job }: Readonly<{ job: JobWithTasks }>) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <JobTasks tasks={job.tasks} />
      <Card title={t('job.facts')}>
        <KeyValueList
          items={[
            [t('job.identifier'), job.identifier],
            [t('job.origin'), t(`job.origin.${job.origin}`)],
            [t('jobs.column.schedule'), timingWords(job)],
            [t('job.next'), <Time key="next" value={job.nextRunAt} />],
            [t('job.usual'), <Duration key="usual" ms={job.medianSeconds && job.medianSeconds * 1000} />],
            [
              t('job.usualFull'),
              <Duration key="full" ms={job.medianFullSeconds && job.medianFullSeconds * 1000} />,
            ],
            [t('jobs.column.trend'), <Trend key="trend" runs={job.lastRuns} />],
          ]}
        />
      </Card>
    </div>
  );
}
