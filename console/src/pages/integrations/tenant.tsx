/** How a tenant is synchronized: what it does now, its configuration, its history, and deleting it. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { RefreshCw, Trash2 } from 'lucide-react';
import type { Tenant } from '../../../../src/http/schemas/tenants.ts';
import { tenantQuery } from '../../data/tenants.ts';
import { Button } from '../../kit/button.tsx';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { Page } from '../../kit/page.tsx';
import { choice, flag, useSearchState } from '../../kit/search-state.ts';
import { ErrorState, Skeleton } from '../../kit/states.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { t } from '../../texts/integrations.ts';
import { IntegrationsFrame } from './frame.tsx';
import { SyncStatus } from './sync-status.tsx';
import { startSync } from './tenant-acts.ts';
import { TenantConfiguration } from './tenant-configuration.tsx';
import { TenantState } from './tenant-state.tsx';

const Activity = lazyPart(() => import('./activity.tsx').then(({ Activity: part }) => part));
const DeleteDomain = lazyPart(
  () => import('./delete-domain.tsx').then(({ DeleteDomain: part }) => part),
  true,
);
const EntityTypes = lazyPart(() => import('./entity-types.tsx').then(({ EntityTypes: part }) => part));
const SyncHistory = lazyPart(() => import('./sync-history.tsx').then(({ SyncHistory: part }) => part));

const tabs = ['configuration', 'history', 'activity', 'entity-types'] as const;
const fields = { tab: choice(tabs, 'configuration'), deleting: flag() };

const tabTitles = {
  configuration: t('integrations.tab.configuration'),
  history: t('integrations.tab.history'),
  activity: t('integrations.tab.activity'),
  'entity-types': t('integrations.tab.entityTypes'),
};

export function TenantPage() {
  const { name } = useParams({ from: '/signed-in/integrations/entra-id/$name' });
  const query = useQuery(tenantQuery(name));
  const { data, error, refetch } = query;
  return (
    <IntegrationsFrame>
      {data === undefined ? (
        <Page title={name} crumbs={crumbs}>
          {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />}
        </Page>
      ) : (
        // Another tenant is another page: nothing that was typed for one goes to the other.
        <OneTenant key={data.name} tenant={data} />
      )}
    </IntegrationsFrame>
  );
}

const crumbs = [
  { label: t('nav.integrations'), to: '/integrations' },
  { label: t('nav.entraId'), to: '/integrations/entra-id' },
] as const;

function OneTenant({ tenant }: Readonly<{ tenant: Tenant }>) {
  const { name } = tenant;
  const [{ tab, deleting }, change] = useSearchState(fields);
  return (
    <Page
      title={name}
      part={tabTitles[tab]}
      crumbs={crumbs}
      status={
        <>
          <SyncStatus status={tenant.lastSyncStatus} message={tenant.lastSyncMessage} />
          {!tenant.isEnabled && <StatusBadge status="disabled" />}
        </>
      }
      actions={<Actions tenant={tenant} onDelete={() => change({ deleting: true })} />}
    >
      <TenantState tenant={tenant} />
      <Tabs
        label={t('integrations.tabs')}
        value={tab}
        onChange={(next) => change({ tab: next })}
        tabs={[
          {
            key: 'configuration',
            label: tabTitles.configuration,
            content: <TenantConfiguration tenant={tenant} />,
            isKept: true,
          },
          { key: 'history', label: tabTitles.history, content: <SyncHistory name={name} /> },
          { key: 'activity', label: tabTitles.activity, content: <Activity name={name} /> },
          { key: 'entity-types', label: tabTitles['entity-types'], content: <EntityTypes name={name} /> },
        ]}
      />
      {deleting && tenant.origin === 'console' && (
        <DeleteDomain tenant={tenant} onClose={() => change({ deleting: false })} />
      )}
    </Page>
  );
}

function Actions({ tenant, onDelete }: Readonly<{ tenant: Tenant; onDelete: () => void }>) {
  const navigate = useNavigate();
  const open = (jobRunId: number) =>
    void navigate({ to: '/jobs/runs/$jobRunId', params: { jobRunId: String(jobRunId) } });
  return (
    <>
      <Button
        icon={RefreshCw}
        permission="/Jobs/RunJob/Launch"
        disabledReason={reasonAgainstSync(tenant)}
        onClick={() => void startSync(tenant, open)}
      >
        {t('integrations.syncNow')}
      </Button>
      <Button
        look="danger"
        icon={Trash2}
        permission="/Syncline/Integrations/Update"
        disabledReason={tenant.origin === 'settings' ? t('integrations.fromSettingsHint') : undefined}
        onClick={onDelete}
      >
        {t('integrations.delete')}
      </Button>
    </>
  );
}

function reasonAgainstSync({ isEnabled, jobIdentifier, runningJobRunId }: Tenant): string | undefined {
  if (!isEnabled) return t('integrations.isDisabled');
  if (runningJobRunId !== null) return t('integrations.isRunning');
  return jobIdentifier === null ? t('integrations.noJob') : undefined;
}
