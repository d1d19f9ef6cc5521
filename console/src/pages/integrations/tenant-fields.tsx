/** The fields of a new tenant. What Microsoft Entra says of the tenant is shown as soon as it is typed, and chooses the cloud. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TenantDiscovery } from '../../../../src/http/schemas/tenants.ts';
import { queryClient } from '../../data/query-client.ts';
import { cloudsQuery, discoveryQuery } from '../../data/tenants.ts';
import { Banner } from '../../kit/banner.tsx';
import { type AppForm, Field } from '../../kit/form.tsx';
import { Select } from '../../kit/select.tsx';
import { Switch } from '../../kit/switch.tsx';
import { TextArea, TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/integrations.ts';
import { ProfileChoice } from './profile-choice.tsx';
import { type Cloud, isTenant, type TenantValues } from './tenant-values.ts';

const usualClouds: readonly Cloud[] = ['Global', 'USGovL4', 'USGovL5', 'China', 'Custom'];

export function TenantFields({ form }: Readonly<{ form: AppForm<TenantValues> }>) {
  const { data } = useQuery(cloudsQuery);
  const [isChosen, setChosen] = useState(false);
  const { look, hint } = useDiscovery(form, isChosen);
  const cloud = form.methods.watch('cloud');
  const simulated = data?.clouds.find((entry) => entry.cloud === 'Simulated');
  const available = data?.clouds.map((entry) => entry.cloud) ?? usualClouds;
  const choose = (chosen: Cloud) => {
    setChosen(true);
    form.methods.setValue('cloud', chosen, { shouldDirty: true });
    form.methods.clearErrors();
    const suggested = chosen === 'Simulated' ? simulated?.suggestion?.tenant : undefined;
    if (suggested !== undefined && form.methods.getValues('tenant') === '') {
      form.methods.setValue('tenant', suggested, { shouldDirty: true });
    }
  };
  return (
    <>
      <Field of={form} name="tenant">
        {(field) => (
          <TextField
            {...field}
            isVerbatim
            hint={hint ?? t('integrations.tenantHint')}
            onBlur={() => {
              field.onBlur?.();
              void look();
            }}
          />
        )}
      </Field>
      <Field of={form} name="cloud">
        {(field) => (
          <Select
            {...field}
            options={available.map((value) => ({
              value,
              label: t(`integrations.cloud.${value}`),
              ...((value === 'Custom' || value === 'Simulated') && {
                hint: t(`integrations.cloudHint.${value}`),
              }),
            }))}
            onChange={(chosen) => choose(chosen ?? 'Global')}
          />
        )}
      </Field>
      {cloud === 'Custom' && <EndpointFields form={form} />}
      {cloud === 'Simulated' && simulated?.suggestion && (
        <Banner kind="info" title={t('integrations.simulatedTitle')}>
          {t('integrations.simulatedText', { clientId: simulated.suggestion.clientId })}
        </Banner>
      )}
      <Field of={form} name="profileId">
        {(field) => <ProfileChoice {...field} />}
      </Field>
      <Field of={form} name="isEnabled">
        {(field) => <Switch {...field} hint={t('integrations.enabledHint')} />}
      </Field>
    </>
  );
}

function EndpointFields({ form }: Readonly<{ form: AppForm<TenantValues> }>) {
  return (
    <>
      <Field of={form} name="endpoints.authority">
        {(field) => <TextField {...field} type="url" isVerbatim />}
      </Field>
      <Field of={form} name="endpoints.graph">
        {(field) => <TextField {...field} type="url" isVerbatim />}
      </Field>
      <Field of={form} name="endpoints.trustedCertificates">
        {(field) => <TextArea {...field} rows={3} isCode isOptional hint={t('integrations.trustedHint')} />}
      </Field>
    </>
  );
}

/** Asks about the tenant when its field is left. A cloud that nobody has chosen becomes that of the tenant; another one is a mistake. */
function useDiscovery(form: AppForm<TenantValues>, isChosen: boolean) {
  const [hint, setHint] = useState<string>();
  const look = async (): Promise<void> => {
    const tenant = form.methods.getValues('tenant').trim().toLowerCase();
    const cloud = form.methods.getValues('cloud');
    setHint(undefined);
    if (!isTenant(tenant) || cloud === 'Custom' || cloud === 'Simulated') return;
    setHint(t('integrations.discovering', { tenant }));
    const found = await queryClient.fetchQuery(discoveryQuery(tenant)).catch(() => undefined);
    // Somebody has typed on meanwhile.
    if (form.methods.getValues('tenant').trim().toLowerCase() !== tenant) return;
    setHint(found === undefined ? undefined : sentenceOf(found));
    if (found?.outcome === 'unknown') {
      form.methods.setError('tenant', { message: found.message });
    } else if (found?.cloud && found.cloud !== form.methods.getValues('cloud')) {
      if (!isChosen) form.methods.setValue('cloud', found.cloud, { shouldDirty: true });
      else {
        const values = { tenant, cloud: t(`integrations.cloud.${found.cloud}`) };
        form.methods.setError('cloud', { message: t('integrations.discoveredElsewhere', values) });
      }
    }
  };
  return { look, hint };
}

function sentenceOf({ outcome, tenantId, cloud, message }: TenantDiscovery): string | undefined {
  if (outcome === 'unknown') return undefined;
  if (outcome === 'unanswered' || tenantId === null || cloud === null) return message;
  return t('integrations.discovered', { tenantId, cloud: t(`integrations.cloud.${cloud}`) });
}
