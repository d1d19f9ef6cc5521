/** Trying a profile, or one of its credentials, out on a tenant: which one, and what came of each step. */
import { PlugZap } from 'lucide-react';
import { useState } from 'react';
import * as z from 'zod/mini';
import type { CheckReport, CheckTarget } from '../../../../src/http/schemas/checks.ts';
import type { Credential, CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { api } from '../../data/api.ts';
import { testProfile } from '../../data/credential-profiles.ts';
import { Button } from '../../kit/button.tsx';
import { CheckList } from '../../kit/check-list.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { FileText } from '../../kit/file-text.tsx';
import { type AppForm, Field, Form, useAppForm } from '../../kit/form.tsx';
import { Select } from '../../kit/select.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/credential-profiles.ts';

const clouds = ['Global', 'USGovL4', 'USGovL5', 'China', 'Custom', 'Simulated'] as const;

const schema = z
  .object({
    /** The name of a tenant that uses the profile; empty for another one. */
    known: z.string(),
    tenant: z.string(),
    cloud: z.enum(clouds),
    authority: z.string(),
    graph: z.string(),
    trusted: z.string(),
  })
  .check(({ value, issues }) => {
    if (value.known !== '' || value.tenant.trim() !== '') return;
    const message = t('credentialProfiles.missing.tenant');
    issues.push({ code: 'custom', message, path: ['tenant'], input: value });
  });

type TestValues = {
  readonly known: string;
  readonly tenant: string;
  readonly cloud: (typeof clouds)[number];
  readonly authority: string;
  readonly graph: string;
  readonly trusted: string;
};

type Props = Readonly<{ profile: CredentialProfile; credential?: Credential; onClose: () => void }>;

export function TestDialog({ profile, credential, onClose }: Props) {
  const { profileId, name, tenants } = profile;
  const [report, setReport] = useState<CheckReport>();
  const form = useAppForm<TestValues>({
    schema,
    loaded: {
      values: {
        known: tenants[0] ?? '',
        tenant: '',
        cloud: 'Global',
        authority: '',
        graph: '',
        trusted: '',
      },
    },
    labels: {
      known: t('credentialProfiles.testWhere'),
      tenant: t('credentialProfiles.tenant'),
      cloud: t('credentialProfiles.cloud'),
      authority: t('credentialProfiles.authority'),
      graph: t('credentialProfiles.graph'),
      trusted: t('credentialProfiles.trusted'),
    },
    isUnguarded: true,
    save: async (values) => {
      setReport(undefined);
      const found = await testProfile(profileId, credential?.credentialId, await targetOf(values));
      setReport(found);
      tell(found);
    },
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('credentialProfiles.testTitle', { label: credential?.label ?? name })}
      description={t('credentialProfiles.testText')}
      footer={
        <>
          <Button onClick={onClose}>{t('action.close')}</Button>
          <Button
            type="submit"
            form={form.id}
            look="primary"
            icon={PlugZap}
            permission="/Syncline/CredentialProfiles/Update"
            isDisabled={form.isSaving}
          >
            {form.isSaving ? t('credentialProfiles.testing') : t('credentialProfiles.testConnection')}
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        <Form form={form}>
          <TargetFields form={form} tenants={tenants} />
        </Form>
        {report && <CheckList label={t('credentialProfiles.testSteps')} checks={report.checks} />}
      </div>
    </Dialog>
  );
}

function TargetFields({
  form,
  tenants,
}: Readonly<{ form: AppForm<TestValues>; tenants: readonly string[] }>) {
  const known = form.methods.watch('known');
  const cloud = form.methods.watch('cloud');
  return (
    <>
      {tenants.length > 0 && (
        <Field of={form} name="known">
          {(field) => (
            <Select
              {...field}
              onChange={(chosen) => field.onChange(chosen ?? '')}
              options={[
                ...tenants.map((tenant) => ({ value: tenant, label: tenant })),
                { value: '', label: t('credentialProfiles.testOther') },
              ]}
            />
          )}
        </Field>
      )}
      {known === '' && (
        <>
          <Field of={form} name="tenant">
            {(field) => <TextField {...field} isVerbatim hint={t('credentialProfiles.tenantHint')} />}
          </Field>
          <Field of={form} name="cloud">
            {(field) => (
              <Select
                {...field}
                onChange={(chosen) => field.onChange(chosen ?? 'Global')}
                options={clouds.map((value) => ({ value, label: t(`credentialProfiles.cloud.${value}`) }))}
              />
            )}
          </Field>
          {cloud === 'Custom' && <AddressFields form={form} />}
        </>
      )}
    </>
  );
}

function AddressFields({ form }: Readonly<{ form: AppForm<TestValues> }>) {
  return (
    <>
      <Field of={form} name="authority">
        {(field) => <TextField {...field} type="url" isVerbatim />}
      </Field>
      <Field of={form} name="graph">
        {(field) => <TextField {...field} type="url" isVerbatim />}
      </Field>
      <Field of={form} name="trusted">
        {(field) => (
          <FileText
            {...field}
            isOptional
            choose={t('credentialProfiles.chooseFile')}
            chooseLabel={t('credentialProfiles.chooseFileFor', { label: t('credentialProfiles.trusted') })}
            accept=".pem,.crt,.cer"
          />
        )}
      </Field>
    </>
  );
}

/** Where to sign in: as a tenant that is there already has it, or as it was typed. */
async function targetOf(values: TestValues): Promise<CheckTarget> {
  const { known, tenant, cloud, authority, graph, trusted } = values;
  if (known !== '') {
    const found = await api.get<CheckTarget>(`/api/integrations/entra-id/${encodeURIComponent(known)}`);
    return { tenant: found.tenant, cloud: found.cloud, endpoints: found.endpoints ?? null };
  }
  const trustedCertificates = trusted.trim() === '' ? null : trusted;
  const endpoints = cloud === 'Custom' ? { authority, graph, trustedCertificates } : null;
  return { tenant, cloud, endpoints };
}

function tell({ isSuccessful, checks }: CheckReport): void {
  const failed = checks.find(({ outcome }) => outcome === 'failed');
  if (isSuccessful) {
    const count = checks.filter(({ outcome }) => outcome === 'passed').length;
    showToast({
      kind: 'success',
      title: t('credentialProfiles.testPassed'),
      description: t('credentialProfiles.testAllPassed', { count }),
    });
  } else {
    showToast({
      kind: 'failure',
      title: t('credentialProfiles.testFailed'),
      description: failed ? `${failed.title}: ${failed.message}` : '',
    });
  }
}
