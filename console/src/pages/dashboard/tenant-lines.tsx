/** The last synchronization of each tenant: how it ended, how old the data is, and how busy it was. */
import { Link } from '@tanstack/react-router';
import type { TenantLine } from '../../../../src/http/schemas/dashboard.ts';
import { Card } from '../../kit/card.tsx';
import { formatDuration } from '../../kit/formats.ts';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { Sparkline } from '../../kit/sparkline.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Count, Time } from '../../kit/values.tsx';
import { t } from '../../texts/dashboard.ts';
import { SyncStatus } from '../integrations/sync-status.tsx';

/** Data older than that is marked: a tenant that is followed is looked at far more often. */
const lateSeconds = 3600;

export function TenantLines({ tenants }: Readonly<{ tenants: readonly TenantLine[] }>) {
  return (
    <Card
      title={t('tenants.title')}
      isFlush
      actions={
        <Link className="link" to="/integrations/entra-id">
          {t('tenants.all')}
        </Link>
      }
    >
      <ScrollRegion label={t('tenants.title')}>
        <table className="grid-table min-w-[60rem]" aria-label={t('tenants.title')}>
          <thead>
            <tr>
              <th scope="col">{t('tenants.tenant')}</th>
              <th scope="col">{t('tenants.lastSync')}</th>
              <th scope="col">{t('tenants.status')}</th>
              <th scope="col" className="n">
                {t('tenants.users')}
              </th>
              <th scope="col" className="n">
                {t('tenants.groups')}
              </th>
              <th scope="col" className="n">
                {t('tenants.computers')}
              </th>
              <th scope="col" title={t('tenants.lagHint')}>
                {t('tenants.lag')}
              </th>
              <th scope="col">{t('tenants.changes')}</th>
            </tr>
          </thead>
          <tbody>
            {tenants.map((tenant) => (
              <Row key={tenant.name} tenant={tenant} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Card>
  );
}

function Row({ tenant }: Readonly<{ tenant: TenantLine }>) {
  const { name, isEnabled, status, message, lastSyncStart, lagSeconds, objects, changes } = tenant;
  const total = changes.reduce((sum, count) => sum + count, 0);
  const isLate = isEnabled && lagSeconds !== null && lagSeconds > lateSeconds;
  return (
    <tr>
      <td>
        <Link
          className="link"
          to="/integrations/entra-id/$name"
          params={{ name }}
          search={{ tab: 'history' }}
        >
          {name}
        </Link>
      </td>
      <td>
        <Time value={lastSyncStart} isRelative />
      </td>
      <td>
        {isEnabled || status === 'blocked' ? (
          <SyncStatus status={status} message={message} />
        ) : (
          <StatusBadge status="disabled" />
        )}
      </td>
      <td className="n">
        <Count value={objects.user} />
      </td>
      <td className="n">
        <Count value={objects.group} />
      </td>
      <td className="n">
        <Count value={objects.device} />
      </td>
      <td className={isLate ? 'font-[550] text-hold' : undefined}>
        {lagSeconds === null ? t('time.none') : formatDuration(lagSeconds * 1000)}
      </td>
      <td>
        {changes.length > 0 && (
          <Sparkline
            values={changes}
            label={t('tenants.spark', { total, most: Math.max(...changes) })}
            tone={status === 'blocked' ? 'hold' : 'accent'}
          />
        )}
      </td>
    </tr>
  );
}
