/** The window Delete Domain: what would be lost, what is to become of the data, and the name typed. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Tenant, TenantImpact } from '../../../../src/http/schemas/tenants.ts';
import { deleteTenant, impactQuery } from '../../data/tenants.ts';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { Loaded } from '../../kit/states.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/integrations.ts';

const choices = [
  { value: 'keep', label: t('integrations.deleteKeep'), hint: t('integrations.deleteKeepHint') },
  { value: 'purge', label: t('integrations.deletePurge'), hint: t('integrations.deletePurgeHint') },
] as const;

export function DeleteDomain({ tenant, onClose }: Readonly<{ tenant: Tenant; onClose: () => void }>) {
  const { name, version } = tenant;
  const navigate = useNavigate();
  const impact = useQuery(impactQuery(name));
  const [data, setData] = useState<'keep' | 'purge'>('keep');
  const remove = async () => {
    await deleteTenant(name, data, name, version);
    showToast({
      title: t('integrations.deletedToast', { name }),
      description: data === 'purge' ? t('integrations.deletedPurging') : undefined,
    });
    await navigate({ to: '/integrations/entra-id' });
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('integrations.deleteTitle')}
      confirm={t('integrations.deleteConfirm')}
      mustType={name}
      permission="/Syncline/Integrations/Update"
      onConfirm={remove}
    >
      <p>{t('integrations.deleteText', { name })}</p>
      <Loaded query={impact} lines={2}>
        {(lost) => <Impact {...lost} />}
      </Loaded>
      <RadioGroup label={t('integrations.deleteData')} value={data} onChange={setData} options={choices} />
      <p className="font-medium">{t('integrations.deleteNothingInEntra')}</p>
    </ConfirmDialog>
  );
}

function Impact({ jobIdentifier, runningJobRunId, ...counts }: TenantImpact) {
  return (
    <ul className="list-disc ps-5">
      <li>{t('integrations.deleteImpact', counts)}</li>
      {jobIdentifier !== null && <li>{t('integrations.deleteJob', { job: jobIdentifier })}</li>}
      {runningJobRunId !== null && (
        <li>{t('integrations.deleteRunning', { jobRunId: String(runningJobRunId) })}</li>
      )}
    </ul>
  );
}
