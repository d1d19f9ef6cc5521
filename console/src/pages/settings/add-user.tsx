/** The window for somebody new with a local account. */
import * as z from 'zod/mini';
import { addUser } from '../../data/users.ts';
import { Field, Form, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { SecretField, TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/users.ts';
import { roleNames } from './role-matrix.tsx';

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, t('users.nameMissing'))),
  signInName: z.string().check(z.trim(), z.minLength(1, t('users.signInNameMissing'))),
  role: z.enum(roleNames),
  password: z.string().check(z.minLength(12, t('users.passwordShort'))),
});
type Values = z.infer<typeof schema>;

const roleOptions = roleNames.map((role) => ({
  value: role,
  label: t(`role.${role}`),
  hint: t(`roles.${role}`),
}));

export function AddUser({ onClose }: Readonly<{ onClose: () => void }>) {
  const form = useAppForm<Values>({
    schema,
    loaded: { values: { name: '', signInName: '', role: 'operator', password: '' } },
    labels: {
      name: t('users.name'),
      signInName: t('users.signInName'),
      role: t('users.role'),
      password: t('users.password'),
    },
    isUnguarded: true,
    save: async (values) => {
      await addUser(values);
      showToast({ title: t('users.added', { name: values.name }) });
      onClose();
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('users.addTitle')}
      description={t('users.addText')}
      action={t('action.add')}
      permission="/Syncline/Users"
    >
      <Form form={form}>
        <Field of={form} name="name">
          {(field) => <TextField {...field} />}
        </Field>
        <Field of={form} name="signInName">
          {(field) => <TextField {...field} isVerbatim />}
        </Field>
        <Field of={form} name="role">
          {(field) => <RadioGroup {...field} options={roleOptions} />}
        </Field>
        <Field of={form} name="password">
          {(field) => <SecretField {...field} autoComplete="new-password" hint={t('users.passwordHint')} />}
        </Field>
      </Form>
    </FormDialog>
  );
}
