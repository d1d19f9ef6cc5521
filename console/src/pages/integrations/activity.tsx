/** The tab Activity of a tenant: its runs and what people changed, in one list, so that a change and what it led to stand together. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ActivityItem } from '../../../../src/http/schemas/sync-history.ts';
import { activityQuery } from '../../data/sync-history.ts';
import { Button } from '../../kit/button.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/sync-history.ts';
import { SyncStatus } from './sync-status.tsx';

const actions = [
  'tenant.create',
  'tenant.update',
  'tenant.full-scan',
  'tenant.delete',
  'entity-types.change',
  'tenant-schema.refresh',
  'connection.discard',
  'configuration.deploy',
  'credential-profile.create',
  'credential-profile.update',
  'credential-profile.delete',
  'credential.add',
  'credential.replace',
  'credential.describe',
  'credential.delete',
  'credential.order',
  'job.schedule',
  'job.schedule-return',
] as const;

export function Activity({ name }: Readonly<{ name: string }>) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    activityQuery(name),
  );
  if (data === undefined) {
    return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />;
  }
  const items = data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return <EmptyState title={t('activity.empty')} description={t('activity.emptyHint')} />;
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <ol
        className="card grid grid-cols-[minmax(0,1fr)] divide-y divide-line"
        aria-label={t('activity.title')}
      >
        {items.map((item) => (
          <li
            key={`${item.kind} ${item.id}`}
            className="grid grid-cols-[minmax(0,1fr)] gap-x-4 px-4 py-2.5 sm:grid-cols-[12rem_minmax(0,1fr)]"
          >
            <span className="text-muted">
              <Time value={item.at} />
            </span>
            {item.kind === 'run' ? <Run item={item} /> : <Change item={item} />}
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <div className="text-center">
          <Button isDisabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('activity.older')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Run({
  item: { isFull, status, message, changes, actor, jobRunId },
}: Readonly<{ item: ActivityItem }>) {
  const count = changes ?? 0;
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-[550]">{t(isFull ? 'activity.fullRun' : 'activity.run')}</span>
        {status !== null && <SyncStatus status={status} message={message} />}
        <span className="text-muted">
          {actor === null ? t('activity.runByCommand', { count }) : t('activity.runBy', { count, actor })}
        </span>
        {jobRunId !== null && (
          <Link className="link" to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }}>
            {t('activity.openRun', { jobRunId })}
          </Link>
        )}
      </div>
      {message !== null && <p className="mt-0.5 break-words text-muted">{message}</p>}
    </div>
  );
}

function Change({ item: { action, actor, detail } }: Readonly<{ item: ActivityItem }>) {
  const known = actions.find((one) => one === action);
  const what = known === undefined ? t('activity.other', { action: action ?? '' }) : t(`activity.${known}`);
  const fields = Object.keys(detail ?? {});
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3">
      <span className="font-[550]">{what}</span>
      {actor !== null && <span className="text-muted">{t('activity.by', { actor })}</span>}
      {fields.length > 0 && (
        <span className="text-2xs text-muted" title={JSON.stringify(detail)}>
          {t('activity.changed', { fields: fields.join(', ') })}
        </span>
      )}
    </div>
  );
}
