/** What the run of a job reconciled, with the way to its results. */
import { useQuery } from '@tanstack/react-query';
import { reconciliationOfRunQuery, statusOfReconciliation } from '../../data/reconciliation.ts';
import { useMay } from '../../data/session.ts';
import { Card } from '../../kit/card.tsx';
import { Progress } from '../../kit/progress.tsx';
import { Loaded } from '../../kit/states.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { t } from '../../texts/reconciliation.ts';
import { ReconciliationLink } from '../applications/reconciliation/reconciliation-link.tsx';
import { consequenceWords, modeWords, percentOf } from '../applications/reconciliation/words.ts';

export function RunReconciliations({ jobRunId }: Readonly<{ jobRunId: number }>) {
  const maySee = useMay('/Syncline/Reconciliation/Query');
  const query = useQuery({ ...reconciliationOfRunQuery(jobRunId), enabled: maySee });
  if (!maySee || query.data?.items.length === 0) return null;
  return (
    <Card title={t('ofRun.title')}>
      <Loaded query={query} lines={2}>
        {({ items }) => (
          <ul className="grid gap-4">
            {items.map((run) => (
              <li key={run.reconciliationId} className="grid gap-2">
                <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <ReconciliationLink run={run}>
                    {t('ofRun.name', { mapping: run.mapping, number: run.reconciliationId })}
                  </ReconciliationLink>
                  <span className="text-muted">{modeWords(run)}</span>
                  <StatusBadge status={statusOfReconciliation(run.state)} />
                </div>
                {run.state === 'running' && (
                  <Progress label={t(`reconcileStage.${run.stage}`)} value={percentOf(run) ?? null} />
                )}
                {run.state === 'blocked' && <p>{t('ofRun.blocked')}</p>}
                {run.state !== 'running' && (
                  <p className="text-[.8667rem] text-muted">{consequenceWords(run)}</p>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
