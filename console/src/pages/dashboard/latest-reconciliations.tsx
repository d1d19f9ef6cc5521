/** The last reconciliations that found anything, of all mappings. */
import { useQuery } from '@tanstack/react-query';
import { latestReconciliationsQuery, statusOfReconciliation } from '../../data/reconciliation.ts';
import { useMay } from '../../data/session.ts';
import { Card } from '../../kit/card.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/reconciliation.ts';
import { ReconciliationLink } from '../applications/reconciliation/reconciliation-link.tsx';
import { consequenceWords, modeWords } from '../applications/reconciliation/words.ts';

const shown = 5;

export function LatestReconciliations() {
  const maySee = useMay('/Syncline/Reconciliation/Query');
  const { data } = useQuery({ ...latestReconciliationsQuery(shown), enabled: maySee });
  // Who reconciles nothing is not told of it.
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Card title={t('latest.title')} isFlush>
      <ul className="divide-y divide-line">
        {data.items.map((run) => (
          <li key={run.reconciliationId} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <ReconciliationLink run={run} className="link min-w-40 flex-1">
              {run.mapping}
            </ReconciliationLink>
            <span className="text-[.8667rem] text-muted">{consequenceWords(run)}</span>
            <span className="text-[.8667rem] text-muted">{modeWords(run)}</span>
            <Time value={run.startedAt} isRelative />
            <StatusBadge status={statusOfReconciliation(run.state)} title={run.message ?? undefined} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
