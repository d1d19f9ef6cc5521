/** Which Syncline this is, whether it is well, and where programs find it. */
import { useQuery } from '@tanstack/react-query';
import { readyQuery } from '../../data/about.ts';
import { useMay, useSession } from '../../data/session.ts';
import { liveWorkersQuery } from '../../data/workers.ts';
import { Card } from '../../kit/card.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Page } from '../../kit/page.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/about.ts';

const addresses = [
  ['/api', 'about.api'],
  ['/api/openapi.json', 'about.openapi'],
  ['/.well-known/openid-configuration', 'about.discovery'],
  ['/health', 'about.health'],
] as const;

export function AboutPage() {
  const { version, environmentLabel } = useSession();
  const mayWorkers = useMay('/Syncline/Workers');
  const { data: count } = useQuery({ ...liveWorkersQuery, enabled: mayWorkers });
  const { data: isReady } = useQuery(readyQuery);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Page title={t('about.title')} description={t('about.summary')}>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
        <Card title={t('about.server')}>
          <KeyValueList
            items={[
              [t('about.version'), version],
              [t('about.address'), location.origin],
              ...(environmentLabel === null ? [] : [[t('about.environment'), environmentLabel] as const]),
              [t('about.ready'), readyWords(isReady)],
              [t('about.workers'), mayWorkers ? workerWords(count) : t('about.workersHidden')],
              [t('about.licence'), t('about.licenceText')],
            ]}
          />
        </Card>
        <Card title={t('about.more')}>
          <ul className="grid gap-2">
            {addresses.map(([address, key]) => (
              <li key={address}>
                <a className="link" href={address}>
                  {t(key)}
                </a>
                <span className="block text-2xs text-muted">{address}</span>
              </li>
            ))}
          </ul>
        </Card>
        <Card title={t('about.browser')}>
          <KeyValueList
            items={[
              [t('about.zone'), zone],
              [t('about.language'), navigator.language],
            ]}
          />
        </Card>
      </div>
    </Page>
  );
}

function readyWords(isReady: boolean | undefined) {
  if (isReady === undefined) return t('time.none');
  return isReady ? (
    <Badge kind="succeeded">{t('about.readyYes')}</Badge>
  ) : (
    <Badge kind="failed">{t('about.readyNo')}</Badge>
  );
}

function workerWords(count: number | undefined) {
  if (count === undefined) return t('time.none');
  return <Badge kind={count === 0 ? 'warning' : 'succeeded'}>{t('about.workersAlive', { count })}</Badge>;
}
