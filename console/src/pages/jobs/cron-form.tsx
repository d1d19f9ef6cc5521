/** A schedule of a job: every so often, a cron expression, or by hand, with what it means beside it. */
import * as z from 'zod/mini';
import type { JobWithTasks } from '../../../../src/http/schemas/jobs.ts';
import { changeTiming, jobQuery } from '../../data/jobs.ts';
import { queryClient } from '../../data/query-client.ts';
import { Combobox } from '../../kit/combobox.tsx';
import { Field, Form, FormActions, type Loaded, useAppForm } from '../../kit/form.tsx';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { Select } from '../../kit/select.tsx';
import { Switch } from '../../kit/switch.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/jobs.ts';
import { SchedulePreview } from './schedule-preview.tsx';
import {
  expressionOf,
  mostOf,
  readEvery,
  readTime,
  type ScheduleValues,
  startModes,
  units,
  valuesOf,
} from './schedule-values.ts';

const schema = z
  .object({
    mode: z.enum(startModes),
    every: z.string(),
    unit: z.enum(units),
    at: z.string(),
    schedule: z.string(),
    timeZone: z.string(),
    isEnabled: z.boolean(),
  })
  .check((check) => {
    const { mode, every, unit, at, schedule } = check.value;
    const refuse = (field: keyof ScheduleValues, message: string) =>
      check.issues.push({ code: 'custom', path: [field], message, input: check.value[field] });
    if (mode === 'cron' && schedule.trim() === '') refuse('schedule', t('editor.scheduleMissing'));
    if (mode !== 'every') return;
    if (readEvery(every, unit) === undefined)
      refuse('every', t('editor.everyInvalid', { most: mostOf[unit] }));
    if (unit === 'days' && readTime(at) === undefined) refuse('at', t('editor.atInvalid'));
  });

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((zone) => ({
  value: zone,
  label: zone,
}));

export function CronForm({ job }: Readonly<{ job: JobWithTasks }>) {
  const form = useAppForm<ScheduleValues>({
    schema,
    loaded: loadedOf(job),
    labels: {
      mode: t('editor.mode'),
      every: t('editor.every'),
      unit: t('editor.unit'),
      at: t('editor.at'),
      schedule: t('editor.schedule'),
      timeZone: t('editor.timeZone'),
      isEnabled: t('editor.active'),
    },
    save: async (values, version) => {
      const { timeZone, isEnabled } = values;
      const timing = { schedule: expressionOf(values), timeZone, isEnabled, pace: null };
      await changeTiming(job.identifier, timing, version);
      showToast({ kind: 'success', title: t('editor.saved') });
    },
    reload: async () => loadedOf(await queryClient.fetchQuery({ ...jobQuery(job.identifier), staleTime: 0 })),
    show: (field, value) => {
      const mode = startModes.find((each) => each === value);
      const unit = units.find((each) => each === value);
      if (field === 'mode' && mode) return t(`editor.mode.${mode}`);
      return field === 'unit' && unit ? t(`editor.unit.${unit}`) : undefined;
    },
  });
  const values = form.methods.watch();
  const expression = expressionOf(values);
  const known = zones.some(({ value }) => value === values.timeZone);
  const zoneOptions = known ? zones : [{ value: values.timeZone, label: values.timeZone }, ...zones];
  const use = (schedule: string) => {
    const set = { shouldDirty: true, shouldValidate: true };
    form.methods.setValue('schedule', schedule, set);
    form.methods.setValue('mode', 'cron', set);
  };
  return (
    <Form form={form} className="grid items-start gap-6 lg:grid-cols-2">
      <div className="grid gap-4">
        <Field of={form} name="isEnabled">
          {(field) => <Switch {...field} hint={t('editor.activeHint')} />}
        </Field>
        <Field of={form} name="mode">
          {(field) => (
            <RadioGroup
              {...field}
              options={startModes.map((value) => ({ value, label: t(`editor.mode.${value}`) }))}
            />
          )}
        </Field>
        {values.mode === 'every' && (
          <div className="grid gap-4 sm:grid-cols-3">
            <Field of={form} name="every">
              {(field) => <TextField {...field} inputMode="numeric" />}
            </Field>
            <Field of={form} name="unit">
              {(field) => (
                <Select
                  {...field}
                  onChange={(unit) => field.onChange(unit ?? 'minutes')}
                  options={units.map((value) => ({ value, label: t(`editor.unit.${value}`) }))}
                />
              )}
            </Field>
            {values.unit === 'days' && (
              <Field of={form} name="at">
                {(field) => <TextField {...field} hint={t('editor.atHint')} />}
              </Field>
            )}
          </div>
        )}
        {values.mode === 'cron' && (
          <Field of={form} name="schedule">
            {(field) => <TextField {...field} hint={t('editor.scheduleHint')} isVerbatim />}
          </Field>
        )}
        {values.mode !== 'hand' && (
          <Field of={form} name="timeZone">
            {(field) => (
              <Combobox {...field} options={zoneOptions} onChange={(zone) => field.onChange(zone ?? 'UTC')} />
            )}
          </Field>
        )}
        <FormActions form={form} permission="/Jobs/Job/Update" />
      </div>
      {expression === null ? (
        <p className="rounded-lg border border-line bg-sunken p-4">{t('editor.handPreview')}</p>
      ) : (
        <SchedulePreview schedule={expression} timeZone={values.timeZone} job={job.identifier} onUse={use} />
      )}
    </Form>
  );
}

function loadedOf({ schedule, timeZone, isEnabled, version }: JobWithTasks): Loaded<ScheduleValues> {
  return { values: valuesOf(schedule, timeZone, isEnabled), version };
}
