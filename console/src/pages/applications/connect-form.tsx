/** The form that connects an application: tried out before anything is kept, with what came of each step below it. */
import { useQuery } from '@tanstack/react-query';
import { PlugZap } from 'lucide-react';
import { useState } from 'react';
import type { Application, ApplicationConnected } from '../../../../src/http/schemas/applications.ts';
import { connectApplication } from '../../data/applications.ts';
import { useMay } from '../../data/session.ts';
import { tenantsQuery } from '../../data/tenants.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { CheckList } from '../../kit/check-list.tsx';
import { type AppForm, Field, Form, useAppForm } from '../../kit/form.tsx';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { Select } from '../../kit/select.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/applications.ts';
import { ConnectPlace } from './connect-place.tsx';
import {
  type ConnectValues,
  connectLabels,
  connectOf,
  connectSchema,
  connectValuesOf,
} from './connect-values.ts';

const update = '/Syncline/Applications/Update';

type Props = Readonly<{
  application: Application;
  /** Whether what is typed takes the place of the credentials that the tenant has. */
  isReplacing?: boolean;
  onCancel?: () => void;
  onConnected: (answer: ApplicationConnected) => void;
}>;

export function ConnectForm({ application, isReplacing = false, onCancel, onConnected }: Props) {
  const [refused, setRefused] = useState<ApplicationConnected>();
  const form = useAppForm<ConnectValues>({
    schema: connectSchema,
    loaded: { values: connectValuesOf(application) },
    labels: connectLabels,
    isUnguarded: true,
    save: async (values) => {
      setRefused(undefined);
      const answer = await connectApplication(application.id, connectOf(values, isReplacing));
      if (answer.outcome === 'refused') {
        setRefused(answer);
        return;
      }
      showToast({ kind: 'success', title: t('connect.connectedToast', { name: application.name }) });
      onConnected(answer);
    },
  });
  return (
    <div className="grid max-w-3xl gap-4">
      <Card title={t(isReplacing ? 'connect.replaceTitle' : 'applications.setUp')}>
        <Form form={form}>
          {refused ? (
            <Banner kind="bad" title={t('connect.refusedTitle')}>
              {reasonOf(refused)}
            </Banner>
          ) : (
            <p className="text-muted">{t(isReplacing ? 'connect.replaceText' : 'connect.text')}</p>
          )}
          {!isReplacing && <KindFields form={form} />}
          {form.methods.watch('kind') === 'typed' && <ConnectPlace form={form} isFixed={isReplacing} />}
          <div className="flex flex-wrap items-center gap-2">
            <Button
              type="submit"
              look="primary"
              icon={PlugZap}
              permission={update}
              isDisabled={form.isSaving}
            >
              {t(form.isSaving ? 'connect.connecting' : 'connect.connect')}
            </Button>
            {onCancel && <Button onClick={onCancel}>{t('action.cancel')}</Button>}
          </div>
        </Form>
      </Card>
      {refused && (
        <Card title={t('connection.steps')}>
          <CheckList label={t('connection.steps')} checks={refused.report.checks} />
        </Card>
      )}
    </div>
  );
}

/** What the first step that failed says, with what to do about it. */
function reasonOf({ report }: ApplicationConnected): string {
  const failed = report.checks.find(({ outcome }) => outcome === 'failed');
  return [failed?.message, failed?.remedy].filter(Boolean).join(' ');
}

const kinds = [
  { value: 'typed', label: t('connect.kind.typed') },
  { value: 'named', label: t('connect.kind.named') },
] as const;

/** Only where there is a tenant already that could be chosen. */
function KindFields({ form }: Readonly<{ form: AppForm<ConnectValues> }>) {
  const maySee = useMay('/Syncline/Integrations/Query');
  const { data } = useQuery({ ...tenantsQuery({ pageSize: 1000, sort: 'name' }), enabled: maySee });
  const tenants = data?.items ?? [];
  if (tenants.length === 0) return null;
  return (
    <>
      <Field of={form} name="kind">
        {(field) => <RadioGroup {...field} options={kinds} />}
      </Field>
      {form.methods.watch('kind') === 'named' && (
        <Field of={form} name="connection">
          {(field) => (
            <Select
              {...field}
              value={field.value === '' ? null : field.value}
              options={tenants.map(({ name, profile }) => ({
                value: name,
                label: name,
                ...(profile && { hint: t('connect.profile', { name: profile.name }) }),
              }))}
              onChange={(name) => field.onChange(name ?? '')}
            />
          )}
        </Field>
      )}
    </>
  );
}
