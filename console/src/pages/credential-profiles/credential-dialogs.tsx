/** The windows for one credential: a further one, a new secret in the place of an old one, and another label or end. */
import type { ReactNode } from 'react';
import * as z from 'zod/mini';
import type { Credential, CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { addCredential, changeCredential } from '../../data/credential-profiles.ts';
import { type AppForm, Field, Form, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/credential-profiles.ts';
import { CredentialFields } from './credential-fields.tsx';
import {
  atField,
  type CredentialType,
  type CredentialValues,
  credentialLabels,
  credentialShape,
  credentialTypes,
  dayOf,
  emptyCredential,
  endOf,
  hasTypedEnd,
  inputOf,
  mistakesOf,
} from './credential-values.ts';

type Schema = ReturnType<typeof schemaOf>;

function schemaOf(type: CredentialType) {
  return z.object(credentialShape).check(({ value, issues }) => {
    for (const [field, message] of mistakesOf(type, value)) {
      issues.push({ code: 'custom', message, path: [field], input: value });
    }
  });
}

const schemas = Object.fromEntries(credentialTypes.map((type) => [type, schemaOf(type)])) as Readonly<
  Record<CredentialType, Schema>
>;

type Window = Readonly<{ profile: CredentialProfile; onClose: () => void }>;

/** A further credential, tried after the others. */
export function AddCredential({ profile, onClose }: Window) {
  const { type } = profile;
  const form = useCredentialForm(profile, emptyCredential, async (values) => {
    await addCredential(profile, inputOf(type, values));
    onClose();
  });
  return (
    <CredentialWindow
      form={form}
      title={t('credentialProfiles.addCredentialTitle')}
      action={t('action.add')}
      onClose={onClose}
    >
      <CredentialFields form={form} type={type} />
    </CredentialWindow>
  );
}

/** A new secret in the place of an old one. */
export function ReplaceCredential({
  profile,
  credential,
  onClose,
}: Window & Readonly<{ credential: Credential }>) {
  const { type } = profile;
  const { credentialId, label, userName } = credential;
  const values = { ...emptyCredential, label, userName: userName ?? '' };
  const form = useCredentialForm(profile, values, async (typed) => {
    await changeCredential(profile, credentialId, inputOf(type, typed));
    onClose();
  });
  return (
    <CredentialWindow
      form={form}
      title={t('credentialProfiles.replaceTitle', { label })}
      description={t('credentialProfiles.replaceText')}
      action={t('credentialProfiles.replace')}
      onClose={onClose}
    >
      <CredentialFields form={form} type={type} />
    </CredentialWindow>
  );
}

function useCredentialForm(
  { type }: CredentialProfile,
  values: CredentialValues,
  send: (values: CredentialValues) => Promise<void>,
): AppForm<CredentialValues> {
  return useAppForm<CredentialValues>({
    schema: schemas[type],
    loaded: { values },
    labels: credentialLabels,
    isUnguarded: true,
    save: (typed) =>
      send(typed).catch((error: unknown) => {
        throw atField(error);
      }),
  });
}

type Description = { readonly label: string; readonly expiresOn: string };

const descriptionSchema = z
  .object({ label: z.string(), expiresOn: z.string() })
  .check(({ value, issues }) => {
    if (value.expiresOn !== '' && endOf(value.expiresOn) <= new Date().toISOString()) {
      const message = t('credentialProfiles.wrong.past');
      issues.push({ code: 'custom', message, path: ['expiresOn'], input: value });
    }
  });

/** Another label, or another end of a secret as far as it is known. */
export function EditCredential({
  profile,
  credential,
  onClose,
}: Window & Readonly<{ credential: Credential }>) {
  const { type } = profile;
  const { credentialId, label, expiresAt } = credential;
  const form = useAppForm<Description>({
    schema: descriptionSchema,
    loaded: { values: { label, expiresOn: dayOf(expiresAt) } },
    labels: credentialLabels,
    isUnguarded: true,
    save: async ({ label: typed, expiresOn }) => {
      const end = hasTypedEnd(type) ? { expiresAt: expiresOn === '' ? null : endOf(expiresOn) } : {};
      try {
        await changeCredential(profile, credentialId, { label: typed, ...end });
        onClose();
      } catch (error) {
        throw atField(error);
      }
    },
  });
  return (
    <CredentialWindow
      form={form}
      title={t('credentialProfiles.editTitle', { label })}
      action={t('action.save')}
      onClose={onClose}
    >
      <Field of={form} name="label">
        {(field) => <TextField {...field} />}
      </Field>
      {hasTypedEnd(type) && (
        <Field of={form} name="expiresOn">
          {(field) => (
            <TextField {...field} type="date" isOptional hint={t('credentialProfiles.expiresOnHint')} />
          )}
        </Field>
      )}
    </CredentialWindow>
  );
}

function CredentialWindow<Values extends CredentialValues | Description>({
  form,
  title,
  description,
  action,
  onClose,
  children,
}: Readonly<{
  form: AppForm<Values>;
  title: string;
  description?: string;
  action: string;
  onClose: () => void;
  children: ReactNode;
}>) {
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={title}
      description={description}
      action={action}
      permission="/Syncline/CredentialProfiles/Update"
    >
      <Form form={form}>{children}</Form>
    </FormDialog>
  );
}
