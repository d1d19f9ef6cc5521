/** Somebody else changed the same thing in between: what they did and what one did oneself, field by field, to choose from. */
import { useState } from 'react';
import type { FieldValues } from 'react-hook-form';
import { t } from '../texts/texts.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import type { AppForm } from './form.tsx';
import { formatRelative } from './formats.ts';
import { KeyValueList } from './key-value-list.tsx';
import { RadioGroup } from './radio-group.tsx';

type Choice = 'mine' | 'theirs';

type Props = Readonly<{
  form: AppForm<FieldValues>;
  conflict: NonNullable<AppForm<FieldValues>['conflict']>;
}>;

export function ConflictDialog({ form, conflict }: Props) {
  const mine = form.methods.getValues();
  const base = form.methods.formState.defaultValues as FieldValues | undefined;
  const theirs = conflict.theirs.values;
  // What only one side changed needs no choice: it stays as that side made it.
  const changed = Object.keys(mine).filter((field) => !isSame(mine[field], base?.[field]));
  const disputed = changed.filter(
    (field) => !isSame(mine[field], theirs[field]) && !isSame(theirs[field], base?.[field]),
  );
  const added = Object.keys(theirs).filter(
    (field) =>
      !disputed.includes(field) && !isSame(theirs[field], base?.[field]) && field in form.settings.labels,
  );
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const { changedBy, changedAt } = conflict.problem.body;
  const apply = () => {
    const kept = changed.filter((field) => !disputed.includes(field) || choices[field] !== 'theirs');
    const values = { ...theirs, ...Object.fromEntries(kept.map((field) => [field, mine[field]])) };
    form.resolveConflict(values);
  };
  return (
    <Dialog
      isOpen
      onClose={form.dismissConflict}
      title={t('form.conflictTitle')}
      description={t('form.conflictText', {
        who: changedBy ?? t('form.conflictSomebody'),
        when: formatRelative(new Date(changedAt ?? Date.now())),
      })}
      footer={
        <>
          <Button onClick={form.dismissConflict}>{t('action.cancel')}</Button>
          <Button look="primary" onClick={apply}>
            {t('form.conflictApply')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {disputed.length === 0 && <p>{t('form.conflictNone')}</p>}
        {added.length > 0 && (
          <div className="grid gap-1.5">
            <p className="font-medium">{t('form.conflictAdded')}</p>
            <KeyValueList
              items={added.map((field) => [
                form.settings.labels[field] ?? field,
                show(form, field, theirs[field]),
              ])}
            />
          </div>
        )}
        {disputed.map((field) => (
          <RadioGroup<Choice>
            key={field}
            label={form.settings.labels[field] ?? field}
            value={choices[field] ?? 'mine'}
            onChange={(choice) => setChoices({ ...choices, [field]: choice })}
            options={[
              { value: 'mine', label: t('form.conflictMine'), hint: show(form, field, mine[field]) },
              { value: 'theirs', label: t('form.conflictTheirs'), hint: show(form, field, theirs[field]) },
            ]}
          />
        ))}
      </div>
    </Dialog>
  );
}

function show<Values extends FieldValues>(
  { settings }: AppForm<Values>,
  field: string,
  value: unknown,
): string {
  const words = settings.show?.(field, value);
  if (words !== undefined) return words;
  if (typeof value === 'boolean') return value ? t('form.yes') : t('form.no');
  if (value === null || value === undefined || value === '') return t('form.empty');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
