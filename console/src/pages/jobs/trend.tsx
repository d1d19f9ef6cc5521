/** How the last runs of a job ended and how long they took, as small bars; one drawing with a sentence for who does not see it. */
import type { Job } from '../../../../src/http/schemas/jobs.ts';
import { t } from '../../texts/jobs.ts';

const shown = 20;
const barWidth = 4;
const gap = 1;
const height = 22;
const shortest = 4;

/** Which colour a state has; others are grey. */
const colours = {
  succeeded: 'fill-ok',
  'succeeded-with-warnings': 'fill-warn',
  failed: 'fill-bad',
  blocked: 'fill-hold',
} as const;

/** The newest on the right; the longest is as high as there is place. */
export function Trend({ runs }: Readonly<{ runs: Job['lastRuns'] }>) {
  if (runs.length === 0) {
    return (
      <span className="text-muted" title={t('trend.none')}>
        {t('time.none')}
      </span>
    );
  }
  const longest = Math.max(...runs.map(({ seconds }) => seconds), 0.001);
  const countOf = (state: string) => runs.filter((run) => run.state === state).length;
  const known = Object.keys(colours).reduce((sum, state) => sum + countOf(state), 0);
  const sentence = t('trend.sentence', {
    count: runs.length,
    succeeded: countOf('succeeded'),
    warnings: countOf('succeeded-with-warnings'),
    failed: countOf('failed'),
    blocked: countOf('blocked'),
    other: runs.length - known,
  });
  const step = barWidth + gap;
  return (
    <svg
      role="img"
      aria-label={sentence}
      width={shown * step}
      height={height}
      viewBox={`0 0 ${shown * step} ${height}`}
      className="forced-color-adjust-none"
    >
      <title>{sentence}</title>
      {runs.map(({ jobRunId, state, seconds }, index) => {
        const barHeight = shortest + (height - shortest) * Math.sqrt(seconds / longest);
        return (
          <rect
            key={jobRunId}
            x={(shown - 1 - index) * step}
            y={height - barHeight}
            width={barWidth}
            height={barHeight}
            rx={1}
            className={colours[state as keyof typeof colours] ?? 'fill-muted'}
          />
        );
      })}
    </svg>
  );
}
