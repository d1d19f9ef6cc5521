/** What is done with a tenant at once, each with its message: a sync, a full scan, a test, and switching it on and off. */
import type { TenantSummary } from '../../../../src/http/schemas/tenants.ts';
import { setFullScan, switchTenant, syncNow, testNamedTenant } from '../../data/tenants.ts';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/integrations.ts';
import { tell } from './connection-test.tsx';

type Subject = Pick<TenantSummary, 'name' | 'jobIdentifier'>;

/** Begins a run; `open` leads to it. */
export async function startSync(
  { name, jobIdentifier }: Subject,
  open: (jobRunId: number) => void,
): Promise<void> {
  try {
    const jobRunId = await syncNow(jobIdentifier ?? name);
    showToast({
      kind: 'info',
      title: t('integrations.syncStarted', { name }),
      action: { label: t('integrations.openRun'), onSelect: () => open(jobRunId) },
    });
  } catch (error) {
    showFailure(t('integrations.syncFailed'), error);
  }
}

export async function askForFullScan({ name }: Subject): Promise<void> {
  try {
    await setFullScan(name, true);
    showToast({ title: t('integrations.fullScanToast', { name }) });
  } catch (error) {
    showFailure(t('integrations.switchFailed', { name }), error);
  }
}

export async function switchOnOff({
  name,
  isEnabled,
}: Pick<TenantSummary, 'name' | 'isEnabled'>): Promise<void> {
  try {
    const { cancelledJobRunId } = await switchTenant(name, !isEnabled);
    showToast({
      title: t(isEnabled ? 'integrations.disabledToast' : 'integrations.enabledToast', { name }),
      description: describeCancelled(cancelledJobRunId),
    });
  } catch (error) {
    showFailure(t('integrations.switchFailed', { name }), error);
  }
}

/** Says that a run is ended, where one is. */
export function describeCancelled(jobRunId: number | null): string | undefined {
  return jobRunId === null ? undefined : t('integrations.cancelledRun', { jobRunId: String(jobRunId) });
}

export async function tryOut({ name }: Pick<TenantSummary, 'name'>): Promise<void> {
  showToast({ kind: 'info', title: t('integrations.testing'), description: name });
  try {
    tell(await testNamedTenant(name), name);
  } catch (error) {
    showFailure(t('integrations.testRefused'), error);
  }
}
