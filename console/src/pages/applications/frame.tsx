/** What the pages of an application stand in: its name, how it stands, and the way to its parts. */
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useParams } from '@tanstack/react-router';
import type { Application } from '../../../../src/http/schemas/applications.ts';
import { applicationQuery } from '../../data/applications.ts';
import { type Crumb, Page } from '../../kit/page.tsx';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { type TabLink, TabLinks } from '../../kit/tab-links.tsx';
import { t } from '../../texts/applications.ts';
import { ActiveBadge, ConnectionBadge } from './application-badges.tsx';
import { ApplicationContext } from './application-context.ts';

export function ApplicationFrame() {
  const { applicationId } = useParams({ from: '/signed-in/applications/$applicationId' });
  const { data, error, refetch } = useQuery(applicationQuery(Number(applicationId)));
  if (data === undefined) {
    return (
      <Page title={t('applications.application')} crumbs={crumbs}>
        {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />}
      </Page>
    );
  }
  return (
    // Another application is another page: nothing that was typed for one goes to the other.
    <OneApplication key={data.id} application={data} />
  );
}

const crumbs: readonly Crumb[] = [{ label: t('nav.applications'), to: '/applications' }];

/** The parts of an application, by the ends of their addresses. */
const parts = {
  overview: t('applications.tab.overview'),
  connection: t('applications.tab.connection'),
  data: t('applications.tab.data'),
  mapping: t('applications.tab.mapping'),
  results: t('applications.tab.reconcile'),
  'reconciliation/settings': t('applications.tab.reconciliationSettings'),
  settings: t('applications.tab.settings'),
} as const;

function OneApplication({ application }: Readonly<{ application: Application }>) {
  const { pathname } = useLocation();
  const params = { applicationId: String(application.id) };
  const [, section = '', rest = ''] = /^\/applications\/\d+\/([\w-]+)(?:\/([\w-]+))?/.exec(pathname) ?? [];
  return (
    <ApplicationContext value={application}>
      <Page
        title={application.name}
        part={partOf(section, rest)}
        crumbs={crumbs}
        status={
          <>
            <ActiveBadge isEnabled={application.isEnabled} />
            <ConnectionBadge connection={application.connection} />
          </>
        }
      >
        <TabLinks
          label={t('applications.tabs')}
          links={[
            { label: t('applications.tab.overview'), to: '/applications/$applicationId/overview', params },
            {
              label: t('applications.tab.provisioning'),
              to: '/applications/$applicationId/provisioning',
              params,
              isOpenBelow: true,
            },
            {
              label: t('applications.tab.reconciliation'),
              to: '/applications/$applicationId/reconciliation',
              params,
              isOpenBelow: true,
            },
            { label: t('applications.tab.settings'), to: '/applications/$applicationId/settings', params },
          ]}
        />
        <SubTabs section={section} params={params} />
        <Outlet />
      </Page>
    </ApplicationContext>
  );
}

function partOf(section: string, rest: string): string | undefined {
  const ends: readonly string[] = [`${section}/${rest}`, rest, section];
  const key = ends.find((end): end is keyof typeof parts => Object.hasOwn(parts, end));
  return key && parts[key];
}

function SubTabs({
  section,
  params,
}: Readonly<{ section: string; params: Readonly<{ applicationId: string }> }>) {
  const links = subTabs[section as keyof typeof subTabs];
  if (links === undefined) return null;
  return (
    <TabLinks look="pills" label={links.label} links={links.links.map((link) => ({ ...link, params }))} />
  );
}

const subTabs = {
  provisioning: {
    label: t('applications.tab.provisioning'),
    links: [
      { label: parts.connection, to: '/applications/$applicationId/provisioning/connection' },
      { label: parts.data, to: '/applications/$applicationId/provisioning/data' },
      { label: parts.mapping, to: '/applications/$applicationId/provisioning/mapping' },
    ],
  },
  reconciliation: {
    label: t('applications.tab.reconciliation'),
    links: [
      { label: parts.results, to: '/applications/$applicationId/reconciliation/results' },
      {
        label: t('applications.tab.settings'),
        to: '/applications/$applicationId/reconciliation/settings',
      },
    ],
  },
} satisfies Record<string, Readonly<{ label: string; links: readonly TabLink[] }>>;
