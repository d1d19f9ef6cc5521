/** Deciding about an entry: which object it belongs to, that it gets one of its own, that its link goes, or that it is left alone. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  Reconciliation,
  ReconciliationEntryDetails,
  ReconciliationResolution,
} from '../../../../../src/http/schemas/reconciliations.ts';
import { resourceChoicesQuery } from '../../../data/mappings.ts';
import { type Problem, problemOf } from '../../../data/problem.ts';
import { resolveEntry } from '../../../data/reconciliation.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { Checkbox } from '../../../kit/checkbox.tsx';
import { Combobox } from '../../../kit/combobox.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { RadioGroup } from '../../../kit/radio-group.tsx';
import { showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/reconciliation.ts';
import type { Sides } from './words.ts';

type Choice = 'create' | 'unlink' | 'ignore' | 'other' | `link ${string}`;

type Props = Readonly<{
  run: Reconciliation;
  sides: Sides;
  entry: ReconciliationEntryDetails;
  onClose: () => void;
}>;

export function ResolveDialog({ run, sides, entry, onClose }: Props) {
  const options = optionsOf(entry);
  const [choice, setChoice] = useState<Choice>(options[0]?.value ?? 'other');
  const [otherKey, setOtherKey] = useState<string | null>(null);
  const [isMoving, setMoving] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const key = choice === 'other' ? otherKey : choice.startsWith('link ') ? choice.slice(5) : null;
  const isTaken = key !== null && entry.matches.some((one) => one.key === key && one.linkedTo !== null);
  const mayMove = isTaken || problem?.code === 'link-taken';
  const resolution = resolutionOf(choice, key, isMoving);
  const reason =
    resolution === undefined
      ? t('resolve.chooseOther')
      : mayMove && !isMoving
        ? t('resolve.confirmMove')
        : undefined;
  const act = async () => {
    if (resolution === undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { jobRunId } = await resolveEntry(run.reconciliationId, entry.entryId, resolution);
      showToast({
        kind: 'success',
        title: jobRunId === null ? t('resolve.done') : t('resolve.doneRun', { number: jobRunId }),
      });
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('resolve.title', { name: entry.source?.name ?? entry.source?.key ?? '' })}
      description={entry.situation === null ? undefined : t(`situation.meaning.${entry.situation}`)}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            look="primary"
            permission="/Syncline/Reconciliation/Launch"
            isDisabled={isBusy}
            disabledReason={reason}
            onClick={act}
          >
            {t('resolve.resolve')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {problem && <Banner kind="bad" title={problem.message} />}
        <RadioGroup<Choice>
          label={t('resolve.choice')}
          value={choice}
          options={options}
          onChange={(next) => {
            setChoice(next);
            setMoving(false);
            setProblem(undefined);
          }}
        />
        {choice === 'other' && (
          <OtherObject entry={entry} value={otherKey} onChange={setOtherKey} sides={sides} />
        )}
        {mayMove && (
          <Checkbox
            label={t('resolve.move')}
            hint={t('resolve.moveHint')}
            value={isMoving}
            onChange={setMoving}
          />
        )}
      </div>
    </Dialog>
  );
}

function resolutionOf(
  choice: Choice,
  targetKey: string | null,
  isMoving: boolean,
): ReconciliationResolution | undefined {
  if (choice === 'create' || choice === 'unlink' || choice === 'ignore') return { action: choice };
  return targetKey === null ? undefined : { action: 'link', targetKey, isMoving };
}

function optionsOf({ matches, situation, link, retry }: ReconciliationEntryDetails) {
  const options: { value: Choice; label: string; hint?: string }[] = matches.map(
    ({ key, name, linkedTo }) => ({
      value: `link ${key}` as const,
      label: t('resolve.link', { name: name ?? key }),
      hint: linkedTo === null ? key : t('resolve.linkTaken', { name: linkedTo.name ?? linkedTo.key }),
    }),
  );
  options.push({ value: 'other', label: t('resolve.other'), hint: t('resolve.otherHint') });
  if (situation === 'ABSENT' || situation === 'AMBIGUOUS' || situation === 'MISSING') {
    options.push({ value: 'create', label: t('resolve.create'), hint: t('resolve.createHint') });
  }
  if (link !== null) {
    options.push({ value: 'unlink', label: t('resolve.unlink'), hint: t('resolve.unlinkHint') });
  }
  if (retry !== null) {
    options.push({ value: 'ignore', label: t('resolve.ignore'), hint: t('resolve.ignoreHint') });
  }
  return options;
}

/** Any object of the target, found by its name. */
function OtherObject({
  entry,
  sides,
  value,
  onChange,
}: Readonly<{
  entry: ReconciliationEntryDetails;
  sides: Sides;
  value: string | null;
  onChange: (key: string | null) => void;
}>) {
  const [typed, setTyped] = useState('');
  const { data } = useQuery(resourceChoicesQuery(entry.targetSet, typed));
  const options = (data?.items ?? []).map(({ key, name }) => ({ value: key, label: name, hint: key }));
  return (
    <Combobox
      label={t('resolve.object', sides)}
      value={value}
      options={options}
      onChange={onChange}
      onSearch={setTyped}
      placeholder={t('resolve.search')}
    />
  );
}
