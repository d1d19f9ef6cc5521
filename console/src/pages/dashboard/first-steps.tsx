/** Before anything was synchronized: what there is to do, and what is done. */
import { Link } from '@tanstack/react-router';
import { Circle, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Dashboard } from '../../../../src/http/schemas/dashboard.ts';
import { Card } from '../../kit/card.tsx';
import { t } from '../../texts/dashboard.ts';

export function FirstSteps({
  dashboard: { tenants, profiles, workers },
}: Readonly<{ dashboard: Dashboard }>) {
  const [tenant] = tenants;
  return (
    <Card title={t('start.title')}>
      <ol className="grid gap-3">
        <Step isDone={(profiles?.count ?? 0) > 0 || tenant !== undefined}>
          <Link className="link" to="/credential-profiles">
            {t('start.profile')}
          </Link>
        </Step>
        <Step isDone={tenant !== undefined}>
          <Link className="link" to="/integrations/new">
            {t('start.tenant')}
          </Link>
        </Step>
        {workers !== null && (
          <Step isDone={workers.alive > 0}>
            <Link className="link" to="/settings/about">
              {t('start.worker')}
            </Link>
          </Step>
        )}
        <Step isDone={false}>
          {tenant === undefined ? (
            t('start.sync')
          ) : (
            <Link
              className="link"
              to="/integrations/entra-id/$name"
              params={{ name: tenant.name }}
              search={{ tab: 'history' }}
            >
              {t('start.sync')}
            </Link>
          )}
        </Step>
      </ol>
    </Card>
  );
}

function Step({ isDone, children }: Readonly<{ isDone: boolean; children: ReactNode }>) {
  return (
    <li className="flex items-center gap-2.5">
      {isDone ? (
        <CircleCheck aria-hidden size={18} className="shrink-0 text-ok" />
      ) : (
        <Circle aria-hidden size={18} className="shrink-0 text-muted" />
      )}
      <span className="sr-only">{t(isDone ? 'start.done' : 'start.open')}</span>
      <span>{children}</span>
    </li>
  );
}
