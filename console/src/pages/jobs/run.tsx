/** A run: how far its tasks are, what they told, and where a guard holds it back, what waits for a decision. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { RunDetails } from '../../../../src/http/schemas/runs.ts';
import { isOver, runQuery, statusOf } from '../../data/jobs.ts';
import { Banner } from '../../kit/banner.tsx';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { Page } from '../../kit/page.tsx';
import { choice, text, useSearchState, whole } from '../../kit/search-state.ts';
import { Loaded } from '../../kit/states.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/jobs.ts';
import { BlockedReview } from './blocked-review.tsx';
import { levels } from './log-levels.ts';
import { RunActions } from './run-actions.tsx';
import { RunCounts } from './run-counts.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunLog } from './run-log.tsx';
import { RunTasks } from './run-tasks.tsx';

/** Most runs reconcile nothing. */
const RunReconciliations = lazyPart(() =>
  import('./run-reconciliations.tsx').then(({ RunReconciliations: part }) => part),
);

const fields = { task: whole(0), line: whole(0), level: choice(levels, ''), find: text() };

export function RunPage() {
  const { jobRunId: written } = useParams({ from: '/signed-in/jobs/runs/$jobRunId' });
  const jobRunId = Number(written);
  const query = useQuery(runQuery(jobRunId));
  const run = query.data;
  const crumbs = [
    { label: t('jobs.title'), to: '/jobs' as const },
    ...(run
      ? [
          {
            label: run.displayName,
            to: '/jobs/$identifier' as const,
            params: { identifier: run.jobIdentifier },
          },
        ]
      : []),
  ];
  return (
    <Page
      title={t('run.title', { number: Number.isNaN(jobRunId) ? written : jobRunId })}
      crumbs={crumbs}
      status={run && <StatusBadge status={statusOf(run.state)} />}
      actions={run && <RunActions run={run} />}
    >
      <Loaded query={query} lines={10}>
        {(loaded) => <RunContent run={loaded} />}
      </Loaded>
    </Page>
  );
}

function RunContent({ run }: Readonly<{ run: RunDetails }>) {
  const [state, change] = useSearchState(fields);
  // The one that is looked at: as chosen, else what runs or went wrong, else the first.
  const shown =
    run.tasks.find(({ taskRunId }) => taskRunId === state.task) ??
    run.tasks.find(({ state: its }) => its === 'running') ??
    run.tasks.find(({ state: its }) => its === 'failed' || its === 'blocked') ??
    run.tasks[0];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <RunTasks
          run={run}
          shown={shown?.taskRunId}
          onShow={(task) => change({ task, line: 0, find: '', level: '' })}
        />
        <RunFacts run={run} />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <RunMessage run={run} />
        {run.tasks.some(({ kind }) => kind === 'reconcile') && <RunReconciliations jobRunId={run.jobRunId} />}
        {run.blocks.length > 0 && <BlockedReview run={run} blocks={run.blocks} />}
        {shown && (
          <RunLog
            key={shown.taskRunId}
            jobRunId={run.jobRunId}
            task={shown}
            isRunning={!isOver(run.state)}
            state={state}
            onChange={change}
          />
        )}
        <RunCounts tasks={run.tasks} />
      </div>
    </div>
  );
}

/** What a person should know of how it went. */
function RunMessage({ run: { state, message, blocks, tasks } }: Readonly<{ run: RunDetails }>) {
  if (state === 'blocked') {
    // What holds a reconciliation back is decided on its own page.
    if (blocks.length > 0 || tasks.some(({ kind, state: its }) => kind === 'reconcile' && its === 'blocked'))
      return null;
    return (
      <Banner kind="info" title={t('blocked.decided')}>
        <p>{t('blocked.decidedText')}</p>
        {message !== null && <p className="mt-1 text-muted">{message}</p>}
      </Banner>
    );
  }
  if (message === null) return null;
  const kind = state === 'failed' ? 'bad' : state === 'succeeded-with-warnings' ? 'warn' : 'info';
  return <Banner kind={kind} isAnnounced={false} title={message} />;
}
