/** Setting up when a mapping is reconciled by itself: every so often, or by a cron expression, with what it means beside it. */
import * as z from 'zod/mini';
import type { MappingTiming, ScheduleKind } from '../../../../../src/http/schemas/mapping-schedules.ts';
import { previewQuery } from '../../../data/jobs.ts';
import { Problem } from '../../../data/problem.ts';
import { queryClient } from '../../../data/query-client.ts';
import { Button } from '../../../kit/button.tsx';
import { Combobox } from '../../../kit/combobox.tsx';
import { Field, Form, useAppForm } from '../../../kit/form.tsx';
import { FormDialog } from '../../../kit/form-dialog.tsx';
import { RadioGroup } from '../../../kit/radio-group.tsx';
import { Select } from '../../../kit/select.tsx';
import { Switch } from '../../../kit/switch.tsx';
import { TextField } from '../../../kit/text-field.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { SchedulePreview } from '../../jobs/schedule-preview.tsx';
import {
  expressionOf,
  mostOf,
  readEvery,
  readTime,
  type ScheduleValues,
  units,
  valuesOf,
} from '../../jobs/schedule-values.ts';

const modes = ['every', 'cron'] as const;
type Values = Omit<ScheduleValues, 'mode'> & { mode: (typeof modes)[number] };

const schema = z
  .object({
    mode: z.enum(modes),
    every: z.string(),
    unit: z.enum(units),
    at: z.string(),
    schedule: z.string(),
    timeZone: z.string(),
    isEnabled: z.boolean(),
  })
  .check((check) => {
    const { mode, every, unit, at, schedule } = check.value;
    const refuse = (field: keyof Values, message: string) =>
      check.issues.push({ code: 'custom', path: [field], message, input: check.value[field] });
    if (mode === 'cron' && schedule.trim() === '') refuse('schedule', t('schedule.missing'));
    if (mode !== 'every') return;
    if (readEvery(every, unit) === undefined)
      refuse('every', t('schedule.everyInvalid', { most: mostOf[unit] }));
    if (unit === 'days' && readTime(at) === undefined) refuse('at', t('schedule.atInvalid'));
  });

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((zone) => ({
  value: zone,
  label: zone,
}));

type Props = Readonly<{
  kind: ScheduleKind;
  timing: MappingTiming;
  jobIdentifier: string;
  /** Takes it over into the settings, which save it. */
  onApply: (timing: MappingTiming) => void;
  onClose: () => void;
}>;

export function ScheduleDialog({ kind, timing, jobIdentifier, onApply, onClose }: Props) {
  const apply = (wanted: MappingTiming) => {
    onApply(wanted);
    onClose();
  };
  const form = useAppForm<Values>({
    schema,
    loaded: { values: initialValues(timing) },
    labels: {
      mode: t('schedule.mode'),
      every: t('schedule.every'),
      unit: t('schedule.unit'),
      at: t('schedule.at'),
      schedule: t('schedule.frequency'),
      timeZone: t('schedule.timeZone'),
      isEnabled: t('schedule.active'),
    },
    isUnguarded: true,
    save: async (values) => {
      const { timeZone, isEnabled } = values;
      const schedule = expressionOf(values);
      const request = { schedule: schedule ?? '', timeZone, job: jobIdentifier };
      const preview = await queryClient.fetchQuery(previewQuery(request));
      if (preview.kind === 'refused') {
        throw new Problem({ status: 0, code: 'schedule-refused', detail: preview.reason, field: 'schedule' });
      }
      apply({ schedule, timeZone, isEnabled });
    },
  });
  const values = form.methods.watch();
  const known = zones.some(({ value }) => value === values.timeZone);
  const use = (expression: string) => {
    const set = { shouldDirty: true, shouldValidate: true };
    form.methods.setValue('schedule', expression, set);
    form.methods.setValue('mode', 'cron', set);
  };
  return (
    <FormDialog
      form={form}
      title={t(`schedules.${kind}`)}
      description={t(`schedules.${kind}Hint`)}
      action={t('schedule.apply')}
      permission="/Jobs/Job/Update"
      size="wide"
      onClose={onClose}
    >
      <Form form={form} className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 md:grid-cols-2">
        <div className="grid gap-4">
          <Field of={form} name="mode">
            {(field) => (
              <RadioGroup
                {...field}
                options={modes.map((value) => ({ value, label: t(`schedule.mode.${value}`) }))}
              />
            )}
          </Field>
          {values.mode === 'every' ? (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field of={form} name="every">
                {(field) => <TextField {...field} inputMode="numeric" />}
              </Field>
              <Field of={form} name="unit">
                {(field) => (
                  <Select
                    {...field}
                    onChange={(unit) => field.onChange(unit ?? 'minutes')}
                    options={units.map((value) => ({ value, label: t(`schedule.unit.${value}`) }))}
                  />
                )}
              </Field>
              {values.unit === 'days' && (
                <Field of={form} name="at">
                  {(field) => <TextField {...field} hint={t('schedule.atHint')} />}
                </Field>
              )}
            </div>
          ) : (
            <Field of={form} name="schedule">
              {(field) => <TextField {...field} hint={t('schedule.cronHint')} isVerbatim />}
            </Field>
          )}
          <Field of={form} name="timeZone">
            {(field) => (
              <Combobox
                {...field}
                options={known ? zones : [{ value: values.timeZone, label: values.timeZone }, ...zones]}
                onChange={(zone) => field.onChange(zone ?? 'UTC')}
              />
            )}
          </Field>
          <Field of={form} name="isEnabled">
            {(field) => <Switch {...field} hint={t('schedule.activeHint')} />}
          </Field>
          {timing.schedule !== null && (
            <div>
              <Button
                permission="/Jobs/Job/Update"
                onClick={() => apply({ ...timing, schedule: null, isEnabled: true })}
              >
                {t('schedules.remove')}
              </Button>
            </div>
          )}
        </div>
        <SchedulePreview
          schedule={expressionOf(values) ?? ''}
          timeZone={values.timeZone}
          job={jobIdentifier}
          onUse={use}
        />
      </Form>
    </FormDialog>
  );
}

function initialValues({ schedule, timeZone, isEnabled }: MappingTiming): Values {
  const { mode, ...values } = valuesOf(schedule, timeZone, schedule === null || isEnabled);
  return mode === 'hand' ? { ...values, mode: 'every', schedule: '' } : { ...values, mode };
}
