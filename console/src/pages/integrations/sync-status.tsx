/** How the last synchronization of a tenant ended, as a badge and as a dot. */
import type { SyncState } from '../../../../src/http/schemas/tenants.ts';
import { Badge, type Status, StatusBadge, wordOf } from '../../kit/status-badge.tsx';
import { t } from '../../texts/integrations.ts';

const statuses: Readonly<Record<Exclude<SyncState, 'interrupted'>, Status>> = {
  queued: 'queued',
  running: 'running',
  succeeded: 'succeeded',
  'succeeded-with-warnings': 'warnings',
  failed: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

export function SyncStatus({
  status,
  message,
}: Readonly<{ status: SyncState | null; message?: string | null }>) {
  const title = message ?? undefined;
  if (status === 'interrupted') {
    return (
      <Badge kind="failed" title={title}>
        {t('integrations.interrupted')}
      </Badge>
    );
  }
  return <StatusBadge status={status === null ? 'never' : statuses[status]} title={title} />;
}

/** The word of a status. */
export function syncWord(status: SyncState | null): string {
  if (status === 'interrupted') return t('integrations.interrupted');
  return wordOf(status === null ? 'never' : statuses[status]);
}

const colours: Readonly<Record<SyncState | 'never', string>> = {
  queued: 'bg-muted',
  running: 'bg-info',
  succeeded: 'bg-ok',
  'succeeded-with-warnings': 'bg-warn',
  failed: 'bg-bad',
  interrupted: 'bg-bad',
  blocked: 'bg-hold',
  cancelled: 'bg-muted',
  skipped: 'bg-muted',
  never: 'border border-edge',
};

/** A dot before a name; screen readers hear the word. */
export function SyncDot({ status }: Readonly<{ status: SyncState | null }>) {
  return (
    <span
      className={`inline-block size-2 shrink-0 rounded-full forced-colors:border ${colours[status ?? 'never']}`}
      title={syncWord(status)}
    >
      <span className="sr-only">{syncWord(status)}</span>
    </span>
  );
}

/** The statuses by which a list can be filtered. */
export const syncFilters = [
  'succeeded',
  'running',
  'failed',
  'blocked',
  'cancelled',
  'queued',
  'never',
] as const;
