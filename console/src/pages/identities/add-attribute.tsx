/** The window that adds an attribute to a type of identities. */
import * as z from 'zod/mini';
import type { IdentityTypeDetails } from '../../../../src/http/schemas/identities.ts';
import { saveIdentityType } from '../../data/identities.ts';
import { Checkbox } from '../../kit/checkbox.tsx';
import { Field, Form, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { Select } from '../../kit/select.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/identities.ts';
import { customOf } from './custom-attributes.ts';

const kinds = ['string', 'boolean', 'integer', 'number', 'instant', 'date'] as const;

type Values = {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: (typeof kinds)[number];
  readonly isMultiValued: boolean;
  readonly isRequired: boolean;
};

const schema = z.object({
  name: z.string().check(z.regex(/^custom_[A-Za-z][A-Za-z0-9_]{0,59}$/, t('identityTypes.nameWrong'))),
  label: z.string().check(z.trim(), z.minLength(1, t('identityTypes.labelMissing'))),
  description: z.string(),
  type: z.enum(kinds),
  isMultiValued: z.boolean(),
  isRequired: z.boolean(),
});

const empty: Values = {
  name: 'custom_',
  label: '',
  description: '',
  type: 'string',
  isMultiValued: false,
  isRequired: false,
};

export function AddAttribute({
  type,
  onClose,
}: Readonly<{ type: IdentityTypeDetails; onClose: () => void }>) {
  const form = useAppForm<Values>({
    schema,
    loaded: { values: empty },
    labels: {
      name: t('identityTypes.name'),
      label: t('identityTypes.label'),
      description: t('identityTypes.description'),
      type: t('identityTypes.kind'),
      isMultiValued: t('identityTypes.isMultiValued'),
      isRequired: t('identityTypes.isRequired'),
    },
    isUnguarded: true,
    save: async (values) => {
      const customAttributes = [...customOf(type), values];
      await saveIdentityType(type.name, { customAttributes }, type.version);
      showToast({ kind: 'success', title: t('identityTypes.added', { name: values.name }) });
      onClose();
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('identityTypes.addTitle')}
      action={t('action.add')}
      permission="/Syncline/Identities/Update"
    >
      <Form form={form}>
        <Field of={form} name="label">
          {(field) => <TextField {...field} />}
        </Field>
        <Field of={form} name="name">
          {(field) => <TextField {...field} hint={t('identityTypes.nameHint')} isVerbatim />}
        </Field>
        <Field of={form} name="type">
          {(field) => (
            <Select<Values['type']>
              {...field}
              onChange={(kind) => kind !== null && field.onChange(kind)}
              options={kinds.map((kind) => ({ value: kind, label: t(`identityTypes.kind.${kind}`) }))}
            />
          )}
        </Field>
        <Field of={form} name="description">
          {(field) => <TextField {...field} isOptional />}
        </Field>
        <Field of={form} name="isMultiValued">
          {(field) => <Checkbox {...field} />}
        </Field>
        <Field of={form} name="isRequired">
          {(field) => <Checkbox {...field} hint={t('identityTypes.requiredHint')} />}
        </Field>
      </Form>
    </FormDialog>
  );
}
