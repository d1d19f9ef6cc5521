/** The form of a new credential profile: on the page of profiles, and within the window that adds an integration. */
import * as z from 'zod/mini';
import type { CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { createProfile } from '../../data/credential-profiles.ts';
import { type AppForm, Field, Form, useAppForm } from '../../kit/form.tsx';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { Select } from '../../kit/select.tsx';
import { TextArea, TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/credential-profiles.ts';
import { CredentialFields } from './credential-fields.tsx';
import {
  atField,
  type CredentialType,
  type CredentialValues,
  credentialLabels,
  credentialShape,
  credentialTypes,
  emptyCredential,
  idPattern,
  inputOf,
  type Mistake,
  mistakesOf,
} from './credential-values.ts';

type ProfileValues = CredentialValues & {
  readonly name: string;
  readonly description: string;
  readonly type: CredentialType;
  readonly clientId: string;
  readonly identity: 'system' | 'user';
};

const schema = z
  .object({
    ...credentialShape,
    name: z.string(),
    description: z.string(),
    type: z.enum(credentialTypes as [CredentialType, ...CredentialType[]]),
    clientId: z.string(),
    identity: z.enum(['system', 'user']),
  })
  .check((context) => {
    for (const [field, message] of allMistakesOf(context.value)) {
      context.issues.push({ code: 'custom', message, path: [field], input: context.value });
    }
  });

function allMistakesOf(values: ProfileValues): Mistake[] {
  const mistakes: Mistake[] = [];
  if (values.name.trim() === '') mistakes.push(['name', t('credentialProfiles.missing.name')]);
  if (needsClientId(values)) mistakes.push(...mistakesOfClientId(values.clientId));
  return [...mistakes, ...mistakesOf(values.type, values)];
}

/** What is wrong with an application id that has to be there. */
export function mistakesOfClientId(clientId: string): Mistake[] {
  if (clientId.trim() === '') return [['clientId', t('credentialProfiles.missing.clientId')]];
  return idPattern.test(clientId.trim()) ? [] : [['clientId', t('credentialProfiles.wrong.clientId')]];
}

function needsClientId({ type, identity }: Pick<ProfileValues, 'type' | 'identity'>): boolean {
  return type !== 'managed-identity' || identity === 'user';
}

/** The state of the form; `onCreated` is told of the profile. Its `id` is what a submit button outside names. */
export function useProfileForm(onCreated: (profile: CredentialProfile) => void): AppForm<ProfileValues> {
  return useAppForm<ProfileValues>({
    schema,
    loaded: {
      values: {
        ...emptyCredential,
        name: '',
        description: '',
        type: 'client-secret',
        clientId: '',
        identity: 'system',
      },
    },
    labels: {
      ...credentialLabels,
      name: t('credentialProfiles.name'),
      description: t('credentialProfiles.description'),
      type: t('credentialProfiles.type'),
      clientId: t('credentialProfiles.clientId'),
      identity: t('credentialProfiles.identity'),
    },
    isUnguarded: true,
    save: async (values) => {
      const { name, description, type, clientId } = values;
      try {
        const profile = await createProfile({
          name,
          description,
          type,
          clientId: needsClientId(values) ? clientId : null,
          credentials: type === 'managed-identity' ? [] : [inputOf(type, values)],
        });
        onCreated(profile);
      } catch (error) {
        throw atField(error);
      }
    },
  });
}

const types = credentialTypes.map((type) => ({
  value: type,
  label: t(`credentialProfiles.type.${type}`),
  hint: t(`credentialProfiles.typeHint.${type}`),
}));

const identities = [
  {
    value: 'system',
    label: t('credentialProfiles.identity.system'),
    hint: t('credentialProfiles.identity.systemHint'),
  },
  {
    value: 'user',
    label: t('credentialProfiles.identity.user'),
    hint: t('credentialProfiles.identity.userHint'),
  },
] as const;

export function ProfileForm({ form }: Readonly<{ form: AppForm<ProfileValues> }>) {
  const type = form.methods.watch('type');
  const identity = form.methods.watch('identity');
  const isManaged = type === 'managed-identity';
  return (
    <Form form={form}>
      <Field of={form} name="name">
        {(field) => <TextField {...field} />}
      </Field>
      <Field of={form} name="description">
        {(field) => <TextArea {...field} rows={2} isOptional />}
      </Field>
      <Field of={form} name="type">
        {(field) => (
          <Select
            {...field}
            options={types}
            onChange={(chosen) => field.onChange(chosen ?? 'client-secret')}
          />
        )}
      </Field>
      {isManaged && (
        <Field of={form} name="identity">
          {(field) => <RadioGroup {...field} options={identities} />}
        </Field>
      )}
      {needsClientId({ type, identity }) && (
        <Field of={form} name="clientId">
          {(field) => (
            <TextField
              {...field}
              label={isManaged ? t('credentialProfiles.identityClientId') : field.label}
              isVerbatim
              {...(!isManaged && { hint: t('credentialProfiles.clientIdHint') })}
            />
          )}
        </Field>
      )}
      {/* The fields of a credential are some of these. */}
      <CredentialFields form={form as unknown as AppForm<CredentialValues>} type={type} hasLabel={false} />
    </Form>
  );
}
