/** The windows for somebody's account: another name or role, and another password. */
import type { ReactNode } from 'react';
import * as z from 'zod/mini';
import type { UserWithSessions } from '../../../../src/http/schemas/users.ts';
import { queryClient } from '../../data/query-client.ts';
import { changeUser, resetPassword, userQuery } from '../../data/users.ts';
import { type AppForm, Field, Form, type Loaded, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { type Option, Select } from '../../kit/select.tsx';
import { Switch } from '../../kit/switch.tsx';
import { SecretField, TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/users.ts';
import { roleNames } from './role-matrix.tsx';

const permission = '/Syncline/Users';

/** What stands for no role of one's own: that of the provider, or none. */
const unset = 'unset';

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, t('users.nameMissing'))),
  role: z.enum([unset, ...roleNames]),
  isEnabled: z.boolean(),
});
type Values = z.infer<typeof schema>;

function loadedOf({ name, role, isDisabled, version }: UserWithSessions): Loaded<Values> {
  return { values: { name, role: role ?? unset, isEnabled: !isDisabled }, version };
}

type Window = Readonly<{ user: UserWithSessions; onClose: () => void }>;

/** Another name or role, and whether the account is enabled. */
export function EditUser({ user, onClose }: Window) {
  const { userId, provider } = user;
  const options = roleOptions(user);
  const form = useAppForm<Values>({
    schema,
    loaded: loadedOf(user),
    labels: { name: t('users.name'), role: t('users.role'), isEnabled: t('users.enabled') },
    isUnguarded: true,
    save: async ({ name, role, isEnabled }, version) => {
      await changeUser(userId, { name, role: role === unset ? null : role, isDisabled: !isEnabled }, version);
      showToast({ title: t('users.saved', { name }) });
      onClose();
    },
    reload: async () => loadedOf(await queryClient.fetchQuery({ ...userQuery(userId), staleTime: 0 })),
    show: (field, value) =>
      field === 'role' ? options.find((option) => option.value === value)?.label : undefined,
  });
  return (
    <UserWindow form={form} title={t('users.editTitle', { name: user.name })} onClose={onClose}>
      <Field of={form} name="name">
        {(field) => (
          <TextField
            {...field}
            isReadOnly={provider !== null}
            {...(provider && { hint: t('users.nameOfProvider', { provider: provider.name }) })}
          />
        )}
      </Field>
      <Field of={form} name="role">
        {(field) => (
          <Select {...field} options={options} onChange={(role) => field.onChange(role ?? unset)} />
        )}
      </Field>
      <Field of={form} name="isEnabled">
        {(field) => <Switch {...field} hint={t('users.enabledHint')} />}
      </Field>
    </UserWindow>
  );
}

function roleOptions({ provider, claimedRole }: UserWithSessions): readonly Option<Values['role']>[] {
  const own = roleNames.map((role) => ({ value: role, label: t(`role.${role}`), hint: t(`roles.${role}`) }));
  const claimed = claimedRole === null ? 'none' : t(`role.${claimedRole}`);
  const otherwise: Option<Values['role']> =
    provider === null
      ? { value: unset, label: t('users.noRole') }
      : {
          value: unset,
          label: t('users.asProvider', { provider: provider.name }),
          hint: t('users.asProviderHint', { role: claimed }),
        };
  return [...own, otherwise];
}

const passwordSchema = z.object({
  password: z.string().check(z.minLength(12, t('users.passwordShort'))),
});
type PasswordValues = z.infer<typeof passwordSchema>;

/** Another password, after which their sessions end. */
export function ResetPassword({ user: { userId, name }, onClose }: Window) {
  const form = useAppForm<PasswordValues>({
    schema: passwordSchema,
    loaded: { values: { password: '' } },
    labels: { password: t('users.password') },
    isUnguarded: true,
    save: async ({ password }) => {
      await resetPassword(userId, password);
      showToast({ title: t('users.resetDone', { name }) });
      onClose();
    },
  });
  return (
    <UserWindow
      form={form}
      title={t('users.resetTitle', { name })}
      description={t('users.resetText')}
      onClose={onClose}
    >
      <Field of={form} name="password">
        {(field) => <SecretField {...field} autoComplete="new-password" hint={t('users.passwordHint')} />}
      </Field>
    </UserWindow>
  );
}

function UserWindow<FormValues extends Values | PasswordValues>({
  form,
  title,
  description,
  onClose,
  children,
}: Readonly<{
  form: AppForm<FormValues>;
  title: string;
  description?: string;
  onClose: () => void;
  children: ReactNode;
}>) {
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={title}
      description={description}
      action={t('action.save')}
      permission={permission}
      needsChange
    >
      <Form form={form}>{children}</Form>
    </FormDialog>
  );
}
