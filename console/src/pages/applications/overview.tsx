/** The overview of an application: what it is connected to, whose it is, and how its mappings stand. */
import { Link } from '@tanstack/react-router';
import type { Application } from '../../../../src/http/schemas/applications.ts';
import { Card } from '../../kit/card.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/applications.ts';
import { ConnectionBadge } from './application-badges.tsx';
import { useApplication } from './application-context.ts';
import { MatchShare } from './match-share.tsx';
import { MissingAttributes } from './missing-attributes.tsx';
import { ownerNames } from './owner-names.ts';

export function OverviewTab() {
  const application = useApplication();
  const { template, description, owners, isAuthoritative, connection, createdBy, createdAt } = application;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <MissingAttributes application={application} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title={t('overview.details')}>
          <KeyValueList
            items={[
              [t('applications.template'), template.name],
              [t('applications.description'), description || t('time.none')],
              [t('applications.owners'), ownerNames(owners)],
              [
                t('applications.authoritative'),
                t(isAuthoritative ? 'overview.authoritativeYes' : 'overview.authoritativeNo'),
              ],
              [
                t('overview.created'),
                <span key="created">
                  <Time value={createdAt} /> {t('overview.createdBy', { by: createdBy })}
                </span>,
              ],
            ]}
          />
        </Card>
        <Card title={t('applications.connection')}>
          {connection.state === 'not-set-up' ? (
            <NotSetUp id={application.id} />
          ) : (
            <KeyValueList
              items={[
                [
                  t('applications.status'),
                  <ConnectionBadge key="state" connection={application.connection} />,
                ],
                [t('connect.tenant'), connection.tenant ?? connection.name],
                ...(connection.message === null
                  ? []
                  : [[t('overview.message'), connection.message] as const]),
                [
                  t('connection.readAt'),
                  <Time key="read" value={connection.readAt} none={t('connection.notRead')} />,
                ],
              ]}
            />
          )}
        </Card>
      </div>
      <Mappings application={application} />
    </div>
  );
}

function NotSetUp({ id }: Pick<Application, 'id'>) {
  return (
    <EmptyState
      title={t('connection.notSetUp')}
      description={t('connection.notSetUpText')}
      action={
        <Link
          to="/applications/$applicationId/provisioning/connection"
          params={{ applicationId: String(id) }}
          className="btn btn-primary"
        >
          {t('applications.setUp')}
        </Link>
      }
    />
  );
}

function Mappings({ application: { id, mappings } }: Readonly<{ application: Application }>) {
  if (mappings.length === 0) return null;
  const params = { applicationId: String(id) };
  return (
    <Card title={t('overview.mappings')} isFlush>
      <ScrollRegion label={t('overview.mappings')}>
        <table className="grid-table" aria-label={t('overview.mappings')} style={{ minWidth: '44rem' }}>
          <thead>
            <tr>
              <th scope="col">{t('applications.mappingChoice')}</th>
              <th scope="col">{t('overview.direction')}</th>
              <th scope="col" className="n">
                {t('applications.oneToOne')}
              </th>
              <th scope="col">{t('applications.lastReconciliation')}</th>
            </tr>
          </thead>
          <tbody>
            {mappings.map(({ name, source, target, oneToOnePercent, lastReconciliation, isEnabled }) => (
              <tr key={name}>
                <td title={name}>
                  <Link
                    to="/applications/$applicationId/provisioning/mapping"
                    params={params}
                    search={{ mapping: name }}
                    className="link"
                  >
                    {name}
                  </Link>
                  {!isEnabled && <span className="text-muted"> {t('overview.mappingOff')}</span>}
                </td>
                <td>{t('overview.between', { source: source.type, target: target.type })}</td>
                <td className="n">
                  <MatchShare percent={oneToOnePercent} />
                </td>
                <td>
                  <Link
                    to="/applications/$applicationId/reconciliation/results"
                    params={params}
                    search={{ mapping: name }}
                    className="link"
                  >
                    <Time value={lastReconciliation?.startedAt} none={t('time.never')} />
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Card>
  );
}
