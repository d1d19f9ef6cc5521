/** Settings of an application: its name, its owners, whether it is active, and deleting it. */
import { Trash2 } from 'lucide-react';
import * as z from 'zod/mini';
import type { Application } from '../../../../src/http/schemas/applications.ts';
import { applicationQuery, saveApplication } from '../../data/applications.ts';
import { queryClient } from '../../data/query-client.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { type AppForm, Field, Form, FormActions, type Loaded, useAppForm } from '../../kit/form.tsx';
import { formatTime } from '../../kit/formats.ts';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { flag, useSearchState } from '../../kit/search-state.ts';
import { Switch } from '../../kit/switch.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/applications.ts';
import { useApplication } from './application-context.ts';
import { ApplicationFields } from './application-fields.tsx';
import {
  type ApplicationValues,
  applicationLabels,
  applicationShape,
  type Owner,
} from './application-values.ts';
import { ownerNames } from './owner-names.ts';

const DeleteApplication = lazyPart(
  () => import('./delete-application.tsx').then(({ DeleteApplication: part }) => part),
  true,
);

const update = '/Syncline/Applications/Update';
const fields = { deleting: flag() };

type Values = ApplicationValues & { readonly isEnabled: boolean };

const schema = z.object({ ...applicationShape, isEnabled: z.boolean() });
const labels = { ...applicationLabels, isEnabled: t('applications.active') };

function loadedOf({
  name,
  description,
  owners,
  isAuthoritative,
  isEnabled,
  version,
}: Application): Loaded<Values> {
  return { values: { name, description, owners, isAuthoritative, isEnabled }, version };
}

export function SettingsTab() {
  const application = useApplication();
  const { id, changedBy, changedAt } = application;
  const [{ deleting }, change] = useSearchState(fields);
  const form = useAppForm<Values>({
    schema,
    loaded: loadedOf(application),
    labels,
    save: async ({ owners, ...values }, version) => {
      const keys = owners.map(({ key }) => key);
      await saveApplication(id, { ...values, owners: keys }, version);
      showToast({ title: t('settings.savedToast') });
    },
    reload: async () => loadedOf(await queryClient.fetchQuery({ ...applicationQuery(id), staleTime: 0 })),
    show: (field, value) => (field === 'owners' ? ownerNames(value as readonly Owner[]) : undefined),
  });
  return (
    <div className="grid max-w-3xl gap-4">
      <Card>
        <Form form={form}>
          {/* The fields of an application are some of these. */}
          <ApplicationFields form={form as unknown as AppForm<ApplicationValues>} />
          <Field of={form} name="isEnabled">
            {(field) => <Switch {...field} hint={t('settings.activeHint')} />}
          </Field>
          <FormActions form={form} permission={update} />
        </Form>
      </Card>
      <p className="text-[.8667rem] text-muted">
        {t('settings.changed', { by: changedBy, at: formatTime(new Date(changedAt), false) })}
      </p>
      <Card title={t('settings.deleteTitle')}>
        <div className="grid justify-items-start gap-3">
          <p>{t('settings.deleteText')}</p>
          <Button look="danger" icon={Trash2} permission={update} onClick={() => change({ deleting: true })}>
            {t('settings.deleteDots')}
          </Button>
        </div>
      </Card>
      {deleting && (
        <DeleteApplication application={application} onClose={() => change({ deleting: false })} />
      )}
    </div>
  );
}
