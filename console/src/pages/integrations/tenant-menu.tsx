/** The actions of a tenant in a list. */
import { useNavigate } from '@tanstack/react-router';
import { PlugZap, Power, RefreshCw, ScanSearch, Trash2 } from 'lucide-react';
import type { TenantSummary } from '../../../../src/http/schemas/tenants.ts';
import { Menu } from '../../kit/menu.tsx';
import { t } from '../../texts/integrations.ts';
import { askForFullScan, startSync, switchOnOff, tryOut } from './tenant-acts.ts';

const update = '/Syncline/Integrations/Update';

export function TenantMenu({ tenant }: Readonly<{ tenant: TenantSummary }>) {
  const navigate = useNavigate();
  const { name, origin, isEnabled, jobIdentifier, runningJobRunId, isFullScanNext } = tenant;
  const isOwn = origin === 'console';
  return (
    <Menu
      label={t('integrations.actions', { name })}
      items={[
        {
          key: 'sync',
          label: t('integrations.syncNow'),
          icon: RefreshCw,
          permission: '/Jobs/RunJob/Launch',
          isDisabled: !isEnabled || jobIdentifier === null || runningJobRunId !== null,
          onSelect: () =>
            void startSync(
              tenant,
              (jobRunId) =>
                void navigate({ to: '/jobs/runs/$jobRunId', params: { jobRunId: String(jobRunId) } }),
            ),
        },
        {
          key: 'full',
          label: t('integrations.fullScanNow'),
          icon: ScanSearch,
          permission: update,
          isDisabled: isFullScanNext,
          onSelect: () => void askForFullScan(tenant),
        },
        {
          key: 'switch',
          label: t(isEnabled ? 'integrations.disable' : 'integrations.enable'),
          icon: Power,
          permission: update,
          isDisabled: !isOwn,
          onSelect: () => void switchOnOff(tenant),
        },
        {
          key: 'test',
          label: t('integrations.test'),
          icon: PlugZap,
          permission: update,
          onSelect: () => void tryOut(tenant),
        },
        {
          key: 'delete',
          label: t('integrations.deleteDots'),
          icon: Trash2,
          isDanger: true,
          permission: update,
          isDisabled: !isOwn,
          onSelect: () =>
            void navigate({
              to: '/integrations/entra-id/$name',
              params: { name },
              search: { deleting: 'true' },
            }),
        },
      ]}
    />
  );
}
