/** Which tenant it is and who signs in; where the tenant is stands under advanced settings. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { cloudsQuery } from '../../data/tenants.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { type AppForm, Field } from '../../kit/form.tsx';
import { Select } from '../../kit/select.tsx';
import { SecretField, TextArea, TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/applications.ts';
import { cloudName } from '../integrations/cloud-name.ts';
import type { Cloud } from '../integrations/tenant-values.ts';
import type { ConnectValues } from './connect-values.ts';

const usualClouds: readonly Cloud[] = ['Global', 'USGovL4', 'USGovL5', 'China', 'Custom'];

type Props = Readonly<{
  form: AppForm<ConnectValues>;
  /** Whether only who signs in may be another. */
  isFixed: boolean;
}>;

export function ConnectPlace({ form, isFixed }: Props) {
  return (
    <>
      <SimulatedOffer form={form} />
      <Field of={form} name="tenant">
        {(field) => <TextField {...field} isVerbatim isReadOnly={isFixed} hint={t('connect.tenantHint')} />}
      </Field>
      <Field of={form} name="clientId">
        {(field) => <TextField {...field} isVerbatim hint={t('connect.clientIdHint')} />}
      </Field>
      <Field of={form} name="clientSecret">
        {(field) => <SecretField {...field} isOptional hint={t('connect.clientSecretHint')} />}
      </Field>
      {!isFixed && <Advanced form={form} />}
    </>
  );
}

/** Where the tenant that is for trying things out runs, it is one click away. */
function SimulatedOffer({ form }: Readonly<{ form: AppForm<ConnectValues> }>) {
  const { data } = useQuery(cloudsQuery);
  const suggestion = data?.clouds.find(({ cloud }) => cloud === 'Simulated')?.suggestion;
  if (!suggestion || form.methods.watch('cloud') === 'Simulated') return null;
  const use = () => {
    form.methods.setValue('cloud', 'Simulated', { shouldDirty: true });
    form.methods.setValue('tenant', suggestion.tenant, { shouldDirty: true });
    form.methods.setValue('clientId', suggestion.clientId, { shouldDirty: true });
    form.methods.clearErrors();
  };
  return (
    <Banner
      kind="info"
      title={t('connect.simulatedTitle')}
      actions={<Button onClick={use}>{t('connect.simulatedUse')}</Button>}
    >
      {t('connect.simulatedText')}
    </Banner>
  );
}

function Advanced({ form }: Readonly<{ form: AppForm<ConnectValues> }>) {
  const { data } = useQuery(cloudsQuery);
  const cloud = form.methods.watch('cloud');
  const available = data?.clouds.map((entry) => entry.cloud) ?? usualClouds;
  const isWrong = form.errors.cloud !== undefined || form.errors.endpoints !== undefined;
  const [isOpen, setOpen] = useState(cloud !== 'Global');
  // What is wrong has to be seen.
  useEffect(() => {
    if (isWrong || cloud !== 'Global') setOpen(true);
  }, [isWrong, cloud]);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="link w-fit cursor-pointer">{t('connect.advanced')}</summary>
      <div className="mt-3 grid gap-4">
        <Field of={form} name="cloud">
          {(field) => (
            <Select
              {...field}
              options={available.map((value) => ({ value, label: cloudName(value) }))}
              onChange={(chosen) => field.onChange(chosen ?? 'Global')}
            />
          )}
        </Field>
        {cloud === 'Custom' && (
          <>
            <Field of={form} name="endpoints.authority">
              {(field) => <TextField {...field} type="url" isVerbatim />}
            </Field>
            <Field of={form} name="endpoints.graph">
              {(field) => <TextField {...field} type="url" isVerbatim />}
            </Field>
            <Field of={form} name="endpoints.trustedCertificates">
              {(field) => <TextArea {...field} rows={3} isCode isOptional hint={t('connect.trustedHint')} />}
            </Field>
          </>
        )}
      </div>
    </details>
  );
}
