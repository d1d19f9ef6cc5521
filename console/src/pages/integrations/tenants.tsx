/** The tenants that are synchronized. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { TenantSummary } from '../../../../src/http/schemas/tenants.ts';
import { tenantsQuery } from '../../data/tenants.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { EnabledMark } from '../../kit/enabled-mark.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { Rich } from '../../kit/rich.tsx';
import { choice } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { Count, Time } from '../../kit/values.tsx';
import { t } from '../../texts/integrations.ts';
import { cloudName } from './cloud-name.ts';
import { IntegrationsFrame, useAdding } from './frame.tsx';
import { Removals } from './removals.tsx';
import { SyncStatus, syncFilters, syncWord } from './sync-status.tsx';
import { TenantMenu } from './tenant-menu.tsx';

const fields = listFields('name', {
  status: choice(['', ...syncFilters], ''),
  enabled: choice(['', 'true', 'false'], ''),
});

const columns: readonly Column<TenantSummary>[] = [
  {
    key: 'name',
    title: t('integrations.name'),
    sort: 'name',
    cell: ({ name }) => (
      <Link to="/integrations/entra-id/$name" params={{ name }} className="link">
        {name}
      </Link>
    ),
  },
  {
    key: 'enabled',
    title: t('integrations.enabled'),
    sort: 'enabled',
    width: 6,
    cell: ({ isEnabled }) => <EnabledMark isEnabled={isEnabled} />,
  },
  {
    key: 'profile',
    title: t('integrations.profile'),
    sort: 'profile',
    width: 12,
    cell: (row) => <ProfileName {...row} />,
  },
  {
    key: 'lastSyncStart',
    title: t('integrations.lastSyncStart'),
    sort: 'lastSyncStart',
    width: 12,
    cell: ({ lastSyncStart }) => <Time value={lastSyncStart} none={t('time.never')} />,
  },
  {
    key: 'lastSyncStatus',
    title: t('integrations.lastSyncStatus'),
    sort: 'lastSyncStatus',
    width: 10,
    cell: ({ lastSyncStatus, lastSyncMessage }) => (
      <SyncStatus status={lastSyncStatus} message={lastSyncMessage} />
    ),
  },
  {
    key: 'cloud',
    title: t('integrations.cloud'),
    sort: 'cloud',
    width: 12,
    isHiddenAtFirst: true,
    cell: ({ cloud }) => cloudName(cloud),
  },
  {
    key: 'nextRun',
    title: t('integrations.nextRun'),
    sort: 'nextRunAt',
    width: 12,
    isHiddenAtFirst: true,
    cell: ({ nextRunAt }) => <Time value={nextRunAt} />,
  },
  {
    key: 'objects',
    title: t('integrations.objects'),
    sort: 'objects',
    width: 8,
    isNumeric: true,
    isHiddenAtFirst: true,
    cell: ({ objects }) => <Count value={objects} />,
  },
  {
    key: 'fullScan',
    title: t('integrations.fullScanPending'),
    width: 8,
    isHiddenAtFirst: true,
    cell: ({ isFullScanNext }) => t(isFullScanNext ? 'form.yes' : 'form.no'),
  },
  {
    key: 'actions',
    title: t('action.more'),
    isTitleHidden: true,
    width: 3,
    cell: (row) => <TenantMenu tenant={row} />,
  },
];

function ProfileName({ origin, profile }: TenantSummary) {
  if (profile?.profileId != null) {
    return (
      <Link
        to="/credential-profiles/$profileId"
        params={{ profileId: String(profile.profileId) }}
        className="link"
      >
        {profile.name}
      </Link>
    );
  }
  if (origin === 'settings') {
    return (
      <span className="text-muted" title={t('integrations.fromSettingsHint')}>
        {profile?.name ?? t('integrations.fromSettings')}
      </span>
    );
  }
  return profile?.name ?? null;
}

const statusOptions = [
  { value: '', label: t('integrations.allStatuses') },
  ...syncFilters.map((value) => ({ value, label: syncWord(value === 'never' ? null : value) })),
] as const;
const enabledOptions = [
  { value: '', label: t('integrations.allEnabled') },
  { value: 'true', label: t('integrations.enabled') },
  { value: 'false', label: t('integrations.disabled') },
] as const;

export function TenantsPage() {
  return (
    <IntegrationsFrame>
      <Page
        title={t('integrations.tenants.title')}
        description={t('integrations.tenants.summary')}
        crumbs={[{ label: t('nav.integrations'), to: '/integrations' }]}
      >
        <Removals />
        <TenantTable />
      </Page>
    </IntegrationsFrame>
  );
}

function TenantTable() {
  const list = useList(fields);
  const query = useQuery(tenantsQuery(list.query));
  const { setAdding } = useAdding();
  return (
    <DataTable
      name="tenants"
      label={t('integrations.tenants.title')}
      searchLabel={t('integrations.search')}
      columns={columns}
      rowKey={({ name }) => name}
      query={query}
      list={list}
      filters={
        <>
          <CompactSelect
            label={t('integrations.lastSyncStatus')}
            value={list.filters.status}
            onChange={(status) => list.setFilters({ status: status ?? '' })}
            options={statusOptions}
          />
          <CompactSelect
            label={t('integrations.enabled')}
            value={list.filters.enabled}
            onChange={(enabled) => list.setFilters({ enabled: enabled ?? '' })}
            options={enabledOptions}
          />
        </>
      }
      empty={{
        title: t('integrations.empty'),
        description: (
          <Rich
            text={t('integrations.emptyText')}
            parts={{
              profile: (inner) => (
                <Link to="/credential-profiles" className="link">
                  {inner}
                </Link>
              ),
            }}
          />
        ),
        action: (
          <Button
            look="primary"
            icon={Plus}
            permission="/Syncline/Integrations/Update"
            onClick={() => setAdding('entra-id')}
          >
            {t('integrations.add')}
          </Button>
        ),
      }}
    />
  );
}
