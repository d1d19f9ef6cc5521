/** Says whether what is shown is live. */
import { formatTime } from '../kit/formats.ts';
import { t } from '../texts/texts.ts';
import { useLive } from './live.ts';

const dots = { live: 'bg-ok', reconnecting: 'bg-warn', offline: 'bg-bad' };

export function LiveIndicator() {
  const { kind, since } = useLive();
  const words =
    kind === 'live'
      ? t('live.live')
      : kind === 'reconnecting'
        ? t('live.reconnecting')
        : t('live.offline', { time: timeOfDay(since) });
  return (
    <span
      role="status"
      className="flex items-center gap-1.5 whitespace-nowrap text-[.8rem] text-muted"
      title={formatTime(new Date(since))}
    >
      <span aria-hidden className={`size-2 rounded-full ${dots[kind]}`} />
      {words}
    </span>
  );
}

export function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
