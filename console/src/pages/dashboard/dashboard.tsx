/** What needs a person, how fresh the data is, and what has changed. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import type { Dashboard } from '../../../../src/http/schemas/dashboard.ts';
import { dashboardQuery } from '../../data/dashboard.ts';
import { useMay } from '../../data/session.ts';
import { formatTime } from '../../kit/formats.ts';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { Page } from '../../kit/page.tsx';
import { Loaded } from '../../kit/states.tsx';
import { t } from '../../texts/dashboard.ts';
import { Administration } from './administration.tsx';
import { AttentionList } from './attention-list.tsx';
import { ChangesChart } from './changes-chart.tsx';
import { FirstSteps } from './first-steps.tsx';
import { TenantLines } from './tenant-lines.tsx';
import { Tiles } from './tiles.tsx';

const LatestReconciliations = lazyPart(
  () => import('./latest-reconciliations.tsx').then(({ LatestReconciliations: part }) => part),
  true,
);

export function DashboardPage() {
  const query = useQuery(dashboardQuery);
  const mayLaunch = useMay('/Jobs/RunJob/Launch');
  const { data } = query;
  return (
    <Page
      title={t('dashboard.title')}
      {...(data && { description: t('dashboard.at', { time: formatTime(new Date(data.at)) }) })}
      actions={
        mayLaunch && (
          <Link className="btn" to="/jobs">
            <Play aria-hidden size={15} />
            {t('dashboard.launch')}
          </Link>
        )
      }
    >
      <Loaded query={query} lines={12}>
        {(dashboard) => <Overview dashboard={dashboard} />}
      </Loaded>
    </Page>
  );
}

function Overview({ dashboard }: Readonly<{ dashboard: Dashboard }>) {
  const isNew = dashboard.tenants.every(({ lastSuccessAt }) => lastSuccessAt === null);
  return (
    <>
      {isNew && <FirstSteps dashboard={dashboard} />}
      <AttentionList attention={dashboard.attention} />
      {dashboard.tenants.length > 0 && (
        <>
          <Tiles tiles={dashboard.tiles} />
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
            <ChangesChart tenants={dashboard.tenants.map(({ name }) => name)} />
            <Administration administration={dashboard.administration} />
          </div>
          <TenantLines tenants={dashboard.tenants} />
        </>
      )}
      <LatestReconciliations />
      {dashboard.tenants.length === 0 && <Administration administration={dashboard.administration} />}
    </>
  );
}
