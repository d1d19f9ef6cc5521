/** The pace of a job that follows its connection: its shortest and its longest pause. */
import * as z from 'zod/mini';
import type { JobWithTasks } from '../../../../src/http/schemas/jobs.ts';
import { changeTiming, jobQuery } from '../../data/jobs.ts';
import { queryClient } from '../../data/query-client.ts';
import { Field, Form, FormActions, type Loaded, useAppForm } from '../../kit/form.tsx';
import { formatDuration } from '../../kit/formats.ts';
import { Switch } from '../../kit/switch.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/jobs.ts';

type PaceValues = { floorSeconds: string; ceilingSeconds: string; isEnabled: boolean };

const most = 86_400;
const isPause = (text: string) => /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;
const pause = z.string().check(z.refine(isPause, t('editor.paceInvalid')));
const schema = z.object({ floorSeconds: pause, ceilingSeconds: pause, isEnabled: z.boolean() }).check(
  z.refine(({ floorSeconds, ceilingSeconds }) => Number(floorSeconds) <= Number(ceilingSeconds), {
    error: t('editor.paceOrder'),
    path: ['floorSeconds'],
  }),
);

export function PaceForm({ job }: Readonly<{ job: JobWithTasks }>) {
  const form = useAppForm<PaceValues>({
    schema,
    loaded: loadedOf(job),
    labels: {
      floorSeconds: t('editor.floor'),
      ceilingSeconds: t('editor.ceiling'),
      isEnabled: t('editor.active'),
    },
    save: async ({ floorSeconds, ceilingSeconds, isEnabled }, version) => {
      const pace = { floorSeconds: Number(floorSeconds), ceilingSeconds: Number(ceilingSeconds) };
      const timing = { schedule: null, timeZone: job.timeZone, isEnabled, pace };
      await changeTiming(job.identifier, timing, version);
      showToast({ kind: 'success', title: t('editor.saved') });
    },
    reload: async () => loadedOf(await queryClient.fetchQuery({ ...jobQuery(job.identifier), staleTime: 0 })),
  });
  return (
    <Form form={form} className="grid max-w-xl gap-4">
      <Field of={form} name="isEnabled">
        {(field) => <Switch {...field} hint={t('editor.activeHint')} />}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field of={form} name="floorSeconds">
          {(field) => <TextField {...field} hint={t('editor.floorHint')} inputMode="numeric" />}
        </Field>
        <Field of={form} name="ceilingSeconds">
          {(field) => <TextField {...field} hint={t('editor.ceilingHint')} inputMode="numeric" />}
        </Field>
      </div>
      {job.pace && (
        <p className="text-muted">
          {t('editor.pause', { duration: formatDuration(job.pace.pauseSeconds * 1000) })}
        </p>
      )}
      <FormActions form={form} permission="/Jobs/Job/Update" />
    </Form>
  );
}

function loadedOf({ pace, isEnabled, version }: JobWithTasks): Loaded<PaceValues> {
  return {
    values: {
      floorSeconds: String(pace?.floorSeconds ?? ''),
      ceilingSeconds: String(pace?.ceilingSeconds ?? ''),
      isEnabled,
    },
    version,
  };
}
