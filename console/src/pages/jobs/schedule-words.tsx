/** When a job runs, in words. */
import { Pencil } from 'lucide-react';
import type { Job } from '../../../../src/http/schemas/jobs.ts';
import { formatDuration } from '../../kit/formats.ts';
import { Badge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/jobs.ts';

/** A pause in words. */
export function pauseWords({
  floorSeconds,
  ceilingSeconds,
}: Readonly<{ floorSeconds: number; ceilingSeconds: number }>) {
  return t('schedule.follows', {
    floor: formatDuration(floorSeconds * 1000),
    ceiling: formatDuration(ceilingSeconds * 1000),
  });
}

/** What a job goes by, whether it is switched on or not. */
export function timingWords({ pace, scheduleInWords }: Pick<Job, 'pace' | 'scheduleInWords'>): string {
  if (pace !== null) return t('schedule.followsNow', { pause: formatDuration(pace.pauseSeconds * 1000) });
  return scheduleInWords ?? t('schedule.byHand');
}

/** The same for a list, with what is out of the ordinary. */
export function ScheduleWords({ job }: Readonly<{ job: Job }>) {
  return (
    <span
      className="inline-flex max-w-full items-center gap-2"
      title={[timingWords(job), job.schedule].filter((text) => text !== null).join('\n')}
    >
      <span className="truncate">{timingWords(job)}</span>
      {!job.isEnabled && <Badge kind="off">{t('schedule.off')}</Badge>}
      {job.isTimingOverridden && (
        <span className="text-muted" title={t('jobs.isOverridden')}>
          <Pencil aria-hidden size={13} />
          <span className="sr-only">{t('jobs.isOverridden')}</span>
        </span>
      )}
    </span>
  );
}
