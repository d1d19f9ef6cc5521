/** Job Execution: the jobs, what is under way, what has run, and the workers that do it. */
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../data/session.ts';
import { Page } from '../../kit/page.tsx';
import { choice, useSearchState } from '../../kit/search-state.ts';
import { Tabs } from '../../kit/tabs.tsx';
import { t } from '../../texts/jobs.ts';
import { JobList } from './job-list.tsx';
import { RunList } from './run-list.tsx';
import { WorkerList } from './worker-list.tsx';

const tabNames = ['jobs', 'running', 'history', 'workers'] as const;
const fields = { tab: choice(tabNames, 'jobs') };

export function JobsPage() {
  const [{ tab }] = useSearchState(fields);
  const navigate = useNavigate();
  const maySeeWorkers = useMay('/Syncline/Workers');
  const contents = {
    jobs: <JobList />,
    running: <RunList isUnderWay />,
    history: <RunList />,
    workers: <WorkerList />,
  };
  const tabs = tabNames
    .filter((key) => key !== 'workers' || maySeeWorkers)
    .map((key) => ({ key, label: t(`jobs.tab.${key}`), content: contents[key] }));
  return (
    <Page title={t('jobs.title')} part={tab === 'jobs' ? undefined : t(`jobs.tab.${tab}`)}>
      {/* The lists of the tabs have nothing in common: another one begins without the search of the last. */}
      <Tabs
        label={t('jobs.tabs')}
        tabs={tabs}
        value={tab}
        onChange={(next) => void navigate({ to: '/jobs', search: next === 'jobs' ? {} : { tab: next } })}
      />
    </Page>
  );
}
