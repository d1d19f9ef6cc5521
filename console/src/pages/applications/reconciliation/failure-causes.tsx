/** The failed entries of a run by their causes: what is the same for many is mended once, and tried again for all of them. */
import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import { causesQuery, retryEntries } from '../../../data/reconciliation.ts';
import { Button } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { Loaded } from '../../../kit/states.tsx';
import { showFailure, showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/reconciliation.ts';

const permission = '/Syncline/Reconciliation/Launch';

export function FailureCauses({ run }: Readonly<{ run: Reconciliation }>) {
  const query = useQuery(causesQuery(run.reconciliationId));
  const retry = async (message?: string) => {
    try {
      const { jobRunId } = await retryEntries(run.reconciliationId, message === undefined ? {} : { message });
      showToast({ kind: 'success', title: t('retry.started', { number: jobRunId }) });
    } catch (error) {
      showFailure(t('retry.failed'), error);
    }
  };
  return (
    <Card
      title={t('causes.title')}
      actions={
        !run.isDryRun && (
          <Button icon={RotateCcw} permission={permission} onClick={() => retry()}>
            {t('retry.all')}
          </Button>
        )
      }
    >
      <Loaded query={query} lines={2}>
        {({ items, isComplete }) => (
          <ul className="grid gap-3">
            {items.map(({ message, count, example }) => (
              <li key={message} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
                <div className="min-w-[min(100%,16rem)] flex-1">
                  <p className="break-words">{message}</p>
                  <p className="text-2xs text-muted">{t('causes.example', { count, example })}</p>
                </div>
                {!run.isDryRun && (
                  <Button icon={RotateCcw} permission={permission} onClick={() => retry(message)}>
                    {t('retry.these', { count })}
                  </Button>
                )}
              </li>
            ))}
            {!isComplete && <li className="text-muted">{t('causes.more')}</li>}
          </ul>
        )}
      </Loaded>
      <p className="mt-3 text-2xs text-muted">{t('causes.byItself')}</p>
    </Card>
  );
}
