/** The windows for a provider: a new one, and another configuration of one that is there. */
import type { SignInProvider } from '../../../../src/http/schemas/sign-in.ts';
import { queryClient } from '../../data/query-client.ts';
import { providerQuery, saveProvider } from '../../data/users.ts';
import { type AppForm, Field, Form, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { formatTime } from '../../kit/formats.ts';
import { Select } from '../../kit/select.tsx';
import { Switch } from '../../kit/switch.tsx';
import { SecretField, TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/users.ts';
import {
  inputOf,
  newProvider,
  noRole,
  type ProviderValues,
  providerFormSchema,
  providerLabels,
  type RoleMapping,
  valuesOf,
} from './provider-values.ts';
import { RoleMappingField } from './role-mapping.tsx';
import { roleNames } from './role-matrix.tsx';

type Common = Readonly<{ onClose: () => void }>;

/** A new provider; leads on to its panel, where the redirect URI is. */
export function AddProvider({
  onClose,
  onAdded,
}: Common & Readonly<{ onAdded: (provider: SignInProvider) => void }>) {
  const form = useAppForm<ProviderValues>({
    schema: providerFormSchema,
    loaded: { values: newProvider },
    labels: providerLabels,
    isUnguarded: true,
    save: async (values) => {
      const provider = await saveProvider(undefined, inputOf(values), undefined);
      showToast({ title: t('providers.saved', { name: provider.name }) });
      onAdded(provider);
    },
  });
  return (
    <ProviderWindow
      form={form}
      title={t('providers.addTitle')}
      action={t('action.add')}
      secretHint={t('providers.secretNew')}
      onClose={onClose}
    />
  );
}

/** Another configuration of a provider. */
export function EditProvider({ provider, onClose }: Common & Readonly<{ provider: SignInProvider }>) {
  const { providerId, name, secretSetAt, secretSetBy } = provider;
  const form = useAppForm<ProviderValues>({
    schema: providerFormSchema,
    loaded: valuesOf(provider),
    labels: providerLabels,
    isUnguarded: true,
    save: async (values, version) => {
      const saved = await saveProvider(providerId, inputOf(values), version);
      showToast({ title: t('providers.saved', { name: saved.name }) });
      onClose();
    },
    reload: async () =>
      valuesOf(await queryClient.fetchQuery({ ...providerQuery(providerId), staleTime: 0 })),
    show: (field, value) =>
      field === 'roleMapping'
        ? (value as RoleMapping).map(({ word, role }) => `${word}: ${t(`role.${role}`)}`).join(', ')
        : undefined,
  });
  const secretHint =
    secretSetAt === null
      ? t('providers.secretNew')
      : t('providers.secretKept', { when: formatTime(new Date(secretSetAt), false), who: secretSetBy });
  return (
    <ProviderWindow
      form={form}
      title={t('providers.editTitle', { name })}
      action={t('action.save')}
      secretHint={secretHint}
      onClose={onClose}
      isChange
    />
  );
}

const roleOptions = [
  { value: noRole, label: t('users.noRole') },
  ...roleNames.map((role) => ({ value: role, label: t(`role.${role}`) })),
] as const;

function ProviderWindow({
  form,
  title,
  action,
  secretHint,
  onClose,
  isChange = false,
}: Common &
  Readonly<{
    form: AppForm<ProviderValues>;
    title: string;
    action: string;
    secretHint: string;
    isChange?: boolean;
  }>) {
  return (
    <FormDialog
      form={form}
      size="wide"
      onClose={onClose}
      title={title}
      action={action}
      permission="/Syncline/Users"
      needsChange={isChange}
    >
      <Form form={form}>
        <Field of={form} name="name">
          {(field) => <TextField {...field} hint={t('providers.nameHint')} />}
        </Field>
        <Field of={form} name="issuer">
          {(field) => <TextField {...field} type="url" isVerbatim hint={t('providers.issuerHint')} />}
        </Field>
        <Field of={form} name="clientId">
          {(field) => <TextField {...field} isVerbatim hint={t('providers.clientIdHint')} />}
        </Field>
        <Field of={form} name="clientSecret">
          {(field) => <SecretField {...field} isOptional hint={secretHint} />}
        </Field>
        <Field of={form} name="scopes">
          {(field) => <TextField {...field} isVerbatim hint={t('providers.scopesHint')} />}
        </Field>
        <Field of={form} name="roleClaim">
          {(field) => <TextField {...field} isVerbatim hint={t('providers.roleClaimHint')} />}
        </Field>
        <Field of={form} name="roleMapping">
          {(field) => <RoleMappingField {...field} hint={t('providers.mappingHint')} />}
        </Field>
        <Field of={form} name="defaultRole">
          {(field) => (
            <Select
              {...field}
              options={roleOptions}
              onChange={(role) => field.onChange(role ?? noRole)}
              hint={t('providers.defaultRoleHint')}
            />
          )}
        </Field>
        <Field of={form} name="isEnabled">
          {(field) => <Switch {...field} hint={t('providers.enabledHint')} />}
        </Field>
      </Form>
    </FormDialog>
  );
}
