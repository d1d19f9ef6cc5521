/** A run for some source resources only: those that meet a filter, which is kept nowhere. */
import { useState } from 'react';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import type { ReconciliationStart } from '../../../../../src/http/schemas/reconciliations.ts';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { SideFilter } from './side-filter.tsx';

type Props = Readonly<{
  mapping: Mapping;
  onClose: () => void;
  onStart: (start: ReconciliationStart) => Promise<void>;
}>;

export function FilteredDialog({ mapping, onClose, onStart }: Props) {
  const [query, setQuery] = useState('');
  const reason = query.trim() === '' ? t('filtered.missing') : undefined;
  const start = (isDryRun: boolean) => onStart({ mode: 'query', query: query.trim(), isDryRun });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="wide"
      title={t('filtered.title')}
      description={t('filtered.hint')}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button disabledReason={reason} onClick={() => start(true)}>
            {t('start.simulate')}
          </Button>
          <Button look="primary" disabledReason={reason} onClick={() => start(false)}>
            {t('filtered.start')}
          </Button>
        </>
      }
    >
      <SideFilter
        label={t('filtered.filter')}
        value={query}
        onChange={setQuery}
        set={mapping.source}
        counted={mapping.source}
      />
    </Dialog>
  );
}
