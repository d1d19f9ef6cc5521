/** A further rule of a situation, which holds for those source resources only that meet a condition. */
import { useState } from 'react';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { Select } from '../../../kit/select.tsx';
import { t } from '../../../texts/reconciliation.ts';
import type { Policy } from './rule-values.ts';
import { SideFilter } from './side-filter.tsx';
import { type Action, actionNames, type Situation, situationNames } from './words.ts';

type Props = Readonly<{ mapping: Mapping; onClose: () => void; onAdd: (rule: Policy) => void }>;

export function RuleDialog({ mapping, onClose, onAdd }: Props) {
  const [situation, setSituation] = useState<Situation | null>(null);
  const [action, setAction] = useState<Action | null>(null);
  const [condition, setCondition] = useState('');
  const reason =
    situation === null || action === null
      ? t('rule.incomplete')
      : condition.trim() === ''
        ? t('rule.noCondition')
        : undefined;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="wide"
      title={t('rules.add')}
      description={t('rule.hint')}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            look="primary"
            disabledReason={reason}
            onClick={() => situation && action && onAdd({ situation, action, condition: condition.trim() })}
          >
            {t('rule.add')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Select
            label={t('rule.situation')}
            value={situation}
            onChange={setSituation}
            options={situationNames.map((value) => ({
              value,
              label: t(`situation.${value}`),
              hint: t(`situation.meaning.${value}`),
            }))}
          />
          <Select
            label={t('rule.action')}
            value={action}
            onChange={setAction}
            options={actionNames.map((value) => ({
              value,
              label: value,
              hint: t(`action.meaning.${value}`),
            }))}
          />
        </div>
        <SideFilter
          label={t('rule.restrict')}
          hint={t('rule.restrictHint')}
          value={condition}
          onChange={setCondition}
          set={mapping.source}
          prefix="/object/"
        />
      </div>
    </Dialog>
  );
}
