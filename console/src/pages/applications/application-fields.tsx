/** The fields of an application: when it is made, and among its settings. */
import { type AppForm, Field } from '../../kit/form.tsx';
import { Switch } from '../../kit/switch.tsx';
import { TextArea, TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/applications.ts';
import type { ApplicationValues } from './application-values.ts';
import { OwnerPicker } from './owner-picker.tsx';

export function ApplicationFields({ form }: Readonly<{ form: AppForm<ApplicationValues> }>) {
  return (
    <>
      <Field of={form} name="name">
        {(field) => <TextField {...field} placeholder={t('applications.nameExample')} />}
      </Field>
      <Field of={form} name="description">
        {(field) => <TextArea {...field} rows={2} isOptional />}
      </Field>
      <Field of={form} name="owners">
        {(field) => <OwnerPicker {...field} isOptional hint={t('applications.ownersHint')} />}
      </Field>
      <Field of={form} name="isAuthoritative">
        {(field) => <Switch {...field} hint={t('applications.authoritativeHint')} />}
      </Field>
    </>
  );
}
