/** The pages of a mapping that belongs to no application: the same parts as those of an application have, under the mapping's name. */
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useParams } from '@tanstack/react-router';
import { mappingQuery } from '../../data/mappings.ts';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { Page } from '../../kit/page.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { TabLinks } from '../../kit/tab-links.tsx';
import { t } from '../../texts/mappings.ts';

const MappingPage = lazyPart(() =>
  import('../applications/mapping/mapping-page.tsx').then(({ MappingPage: part }) => part),
);
const ResultsPage = lazyPart(() =>
  import('../applications/reconciliation/results-page.tsx').then(
    ({ ReconciliationResultsPage: part }) => part,
  ),
);
const SettingsPage = lazyPart(() =>
  import('../applications/reconciliation/settings-page.tsx').then(
    ({ ReconciliationSettingsPage: part }) => part,
  ),
);

const crumbs = [{ label: t('mappings.crumb'), to: '/applications' }] as const;
const tabs = {
  mapping: t('mappings.tab.mapping'),
  reconciliation: t('mappings.tab.reconciliation'),
  settings: t('mappings.tab.settings'),
} as const;

export function MappingFrame() {
  const { name } = useParams({ from: '/signed-in/mappings/$name' });
  const { pathname } = useLocation();
  const { data, error, refetch } = useQuery(mappingQuery(name));
  const params = { name };
  const part = pathname.split('/').at(-1) ?? '';
  return (
    <Page
      title={data?.displayName || name}
      part={Object.hasOwn(tabs, part) ? tabs[part as keyof typeof tabs] : undefined}
      crumbs={crumbs}
      status={data && !data.isEnabled && <StatusBadge status="disabled" />}
      description={data?.description || undefined}
    >
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={8} />
        )
      ) : (
        <>
          <TabLinks
            label={t('mappings.frame')}
            links={[
              { label: tabs.mapping, to: '/mappings/$name/mapping', params },
              { label: tabs.reconciliation, to: '/mappings/$name/reconciliation', params },
              { label: tabs.settings, to: '/mappings/$name/settings', params },
            ]}
          />
          {/* Another mapping is another page. */}
          <div key={name} className="min-w-0">
            <Outlet />
          </div>
        </>
      )}
    </Page>
  );
}

export function MappingTab() {
  const { name } = useParams({ from: '/signed-in/mappings/$name' });
  return <MappingPage mappingName={name} />;
}

export function ReconcileTab() {
  const { name } = useParams({ from: '/signed-in/mappings/$name' });
  return <ResultsPage mappingName={name} />;
}

export function SettingsTab() {
  const { name } = useParams({ from: '/signed-in/mappings/$name' });
  return <SettingsPage mappingName={name} />;
}
