/** What concerns every page: a server that does not answer, and no worker to do anything. */
import { useQuery } from '@tanstack/react-query';
import { useMay } from '../data/session.ts';
import { liveWorkersQuery } from '../data/workers.ts';
import { Banner } from '../kit/banner.tsx';
import { t } from '../texts/texts.ts';
import { useLive } from './live.ts';
import { timeOfDay } from './live-indicator.tsx';

export function ShellBanners() {
  const live = useLive();
  const maySeeWorkers = useMay('/Syncline/Workers');
  const { data: liveWorkers } = useQuery({ ...liveWorkersQuery, enabled: maySeeWorkers });
  return (
    <>
      {live.kind === 'offline' && (
        <Banner kind="warn" isAnnounced title={t('live.banner', { time: timeOfDay(live.since) })} />
      )}
      {liveWorkers === 0 && live.kind !== 'offline' && (
        <Banner kind="warn" title={t('live.noWorker')}>
          {t('live.noWorkerHint')}
        </Banner>
      )}
    </>
  );
}
