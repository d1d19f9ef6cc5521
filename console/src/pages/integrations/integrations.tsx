/** What is connected, and how it is doing: a card for each type of integration. */
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Integrations } from '../../../../src/http/schemas/tenants.ts';
import { integrationsQuery } from '../../data/tenants.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Page } from '../../kit/page.tsx';
import { EmptyState, Loaded } from '../../kit/states.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/integrations.ts';
import { IntegrationsFrame, useAdding } from './frame.tsx';

export function IntegrationsPage() {
  const query = useQuery(integrationsQuery);
  const isNew = useLocation().pathname.endsWith('/new');
  const navigate = useNavigate();
  return (
    <IntegrationsFrame
      isNew={isNew}
      onNewClosed={() => void navigate({ to: '/integrations', replace: true })}
    >
      <Page title={t('integrations.integrations.title')} description={t('integrations.integrations.summary')}>
        <Loaded query={query} lines={6}>
          {(integrations) => <Overview {...integrations} />}
        </Loaded>
      </Page>
    </IntegrationsFrame>
  );
}

function Overview({ types }: Integrations) {
  const { setAdding } = useAdding();
  const isEmpty = types.every(({ count }) => count === 0);
  return (
    <>
      {isEmpty && (
        <Card>
          <EmptyState
            title={t('integrations.startTitle')}
            description={t('integrations.startText')}
            action={
              <>
                <Button
                  permission="/Syncline/CredentialProfiles/Update"
                  onClick={() => setAdding('credential-profile')}
                >
                  {t('integrations.createProfileTitle')}
                </Button>
                <Button
                  look="primary"
                  permission="/Syncline/Integrations/Update"
                  onClick={() => setAdding('entra-id')}
                >
                  {t('integrations.add')}
                </Button>
              </>
            }
          />
        </Card>
      )}
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {types.map((entry) => (
          <TypeCard key={entry.type} {...entry} />
        ))}
      </div>
    </>
  );
}

function TypeCard({ type, count, unhealthy, lastEventAt }: Integrations['types'][number]) {
  const isTenants = type === 'entra-id';
  return (
    <Card
      title={t(`integrations.type.${type}`)}
      actions={
        <Link to={isTenants ? '/integrations/entra-id' : '/credential-profiles'} className="link">
          {t('integrations.card.open')}
        </Link>
      }
    >
      <div className="grid gap-3">
        <p className="text-[.8667rem] text-muted">
          {t(isTenants ? 'integrations.card.entraIdText' : 'integrations.card.profilesText')}
        </p>
        <p className="text-xl font-semibold">
          {t(isTenants ? 'integrations.card.count' : 'integrations.card.profiles', { count })}
        </p>
        {isTenants && count > 0 && (
          <Line>
            {unhealthy > 0 ? (
              <Badge kind="failed">{t('integrations.card.unhealthy', { count: unhealthy })}</Badge>
            ) : (
              <Badge kind="succeeded">{t('integrations.card.healthy')}</Badge>
            )}
            <span className="text-muted">
              {t('integrations.card.lastEvent')}{' '}
              <Time value={lastEventAt} none={t('time.never')} isRelative />
            </span>
          </Line>
        )}
      </div>
    </Card>
  );
}

function Line({ children }: Readonly<{ children: ReactNode }>) {
  return <div className="flex flex-wrap items-center justify-between gap-2 text-[.8667rem]">{children}</div>;
}
