/** The fields of one credential, those of its type: for a new profile, a further credential, and a replacement. */

import { FileText } from '../../kit/file-text.tsx';
import type { AppForm } from '../../kit/form.tsx';
import { Field } from '../../kit/form.tsx';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { SecretField, TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/credential-profiles.ts';
import { type CredentialType, type CredentialValues, hasTypedEnd } from './credential-values.ts';

const sources = [
  {
    value: 'generate',
    label: t('credentialProfiles.source.generate'),
    hint: t('credentialProfiles.source.generateHint'),
  },
  {
    value: 'upload',
    label: t('credentialProfiles.source.upload'),
    hint: t('credentialProfiles.source.uploadHint'),
  },
] as const;

export function CredentialFields({
  form,
  type,
  hasLabel = true,
}: Readonly<{
  form: AppForm<CredentialValues>;
  type: CredentialType;
  /** A profile's first credential needs none. */
  hasLabel?: boolean;
}>) {
  return (
    <>
      {type === 'client-secret' && (
        <Field of={form} name="secret">
          {(field) => <SecretField {...field} hint={t('credentialProfiles.secretHint')} />}
        </Field>
      )}
      {type === 'certificate' && <CertificateFields form={form} />}
      {type === 'user-password' && (
        <>
          <Field of={form} name="userName">
            {(field) => <TextField {...field} isVerbatim hint={t('credentialProfiles.userNameHint')} />}
          </Field>
          <Field of={form} name="password">
            {(field) => (
              <SecretField {...field} autoComplete="off" hint={t('credentialProfiles.passwordHint')} />
            )}
          </Field>
        </>
      )}
      {hasTypedEnd(type) && (
        <Field of={form} name="expiresOn">
          {(field) => (
            <TextField {...field} type="date" isOptional hint={t('credentialProfiles.expiresOnHint')} />
          )}
        </Field>
      )}
      {hasLabel && (
        <Field of={form} name="label">
          {(field) => <TextField {...field} isOptional hint={t('credentialProfiles.labelHint')} />}
        </Field>
      )}
    </>
  );
}

function CertificateFields({ form }: Readonly<{ form: AppForm<CredentialValues> }>) {
  const source = form.methods.watch('source');
  const fileOf = (label: string) => ({
    choose: t('credentialProfiles.chooseFile'),
    chooseLabel: t('credentialProfiles.chooseFileFor', { label }),
    accept: '.pem,.crt,.cer,.key,.txt',
  });
  return (
    <>
      <Field of={form} name="source">
        {(field) => <RadioGroup {...field} options={sources} />}
      </Field>
      {source === 'upload' && (
        <>
          <Field of={form} name="certificate">
            {(field) => (
              <FileText
                {...field}
                {...fileOf(t('credentialProfiles.certificate'))}
                placeholder="-----BEGIN CERTIFICATE-----"
              />
            )}
          </Field>
          <Field of={form} name="privateKey">
            {(field) => (
              <FileText
                {...field}
                {...fileOf(t('credentialProfiles.privateKey'))}
                placeholder="-----BEGIN PRIVATE KEY-----"
                hint={t('credentialProfiles.privateKeyHint')}
              />
            )}
          </Field>
        </>
      )}
    </>
  );
}
