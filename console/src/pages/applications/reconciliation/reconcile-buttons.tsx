/** Starting a reconciliation: everything, what has changed, what meets a filter; in earnest or as a simulation. */
import { ChevronDown, FlaskConical, Play } from 'lucide-react';
import { useState } from 'react';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import type { ReconciliationStart } from '../../../../../src/http/schemas/reconciliations.ts';
import { startReconciliation } from '../../../data/reconciliation.ts';
import { Button } from '../../../kit/button.tsx';
import { lazyPart } from '../../../kit/lazy-part.tsx';
import { Menu } from '../../../kit/menu.tsx';
import { showFailure, showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/reconciliation.ts';

const FilteredDialog = lazyPart(
  () => import('./filtered-dialog.tsx').then(({ FilteredDialog: part }) => part),
  true,
);

const permission = '/Syncline/Reconciliation/Launch';

type Props = Readonly<{ mapping: Mapping; onStarted: () => void }>;

export function ReconcileButtons({ mapping, onStarted }: Props) {
  const [isFiltering, setFiltering] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const start = async (wanted: ReconciliationStart) => {
    setStarting(true);
    try {
      const { jobRunId } = await startReconciliation(mapping.name, wanted);
      showToast({
        kind: 'success',
        title: t(wanted.isDryRun ? 'start.simulating' : 'start.started', { number: jobRunId }),
      });
      onStarted();
    } catch (error) {
      showFailure(t('start.failed'), error);
    } finally {
      setStarting(false);
    }
  };
  const reason = mapping.isEnabled ? undefined : t('start.disabled');
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <Button
        icon={FlaskConical}
        permission={permission}
        disabledReason={reason}
        isDisabled={isStarting}
        onClick={() => start({ mode: 'full', isDryRun: true })}
      >
        {t('start.simulate')}
      </Button>
      <div className="flex">
        <Button
          look="primary"
          icon={Play}
          permission={permission}
          disabledReason={reason}
          isDisabled={isStarting}
          onClick={() => start({ mode: 'full' })}
        >
          {t('start.now')}
        </Button>
        <Menu
          trigger={
            <button type="button" className="btn btn-primary btn-icon ms-0.5" aria-label={t('start.more')}>
              <ChevronDown aria-hidden size={15} />
            </button>
          }
          items={[
            {
              key: 'full',
              label: t('start.full'),
              permission,
              isDisabled: reason !== undefined,
              onSelect: () => void start({ mode: 'full' }),
            },
            {
              key: 'incremental',
              label: t('start.incremental'),
              permission,
              isDisabled: reason !== undefined,
              onSelect: () => void start({ mode: 'incremental' }),
            },
            {
              key: 'filtered',
              label: t('start.filtered'),
              permission,
              isDisabled: reason !== undefined,
              onSelect: () => setFiltering(true),
            },
            {
              key: 'simulate-incremental',
              label: t('start.simulateIncremental'),
              permission,
              isDisabled: reason !== undefined,
              onSelect: () => void start({ mode: 'incremental', isDryRun: true }),
            },
          ]}
        />
      </div>
      {isFiltering && (
        <FilteredDialog
          mapping={mapping}
          onClose={() => setFiltering(false)}
          onStart={async (wanted) => {
            setFiltering(false);
            await start(wanted);
          }}
        />
      )}
    </div>
  );
}
