/** The share of 1-to-1 matches in the last full reconciliation of a mapping. */
import { t } from '../../texts/applications.ts';

export function MatchShare({ percent }: Readonly<{ percent: number | null }>) {
  if (percent === null) return <span className="text-muted">{t('time.none')}</span>;
  return <span className="tabular-nums">{t('applications.percent', { percent })}</span>;
}
