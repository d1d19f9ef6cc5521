/** The window in which an identity is made or changed: what it has, what it needs, and whatever else it may have. */
import { useState } from 'react';
import * as z from 'zod/mini';
import type { IdentityDetails, IdentityTypeDetails } from '../../../../src/http/schemas/identities.ts';
import {
  changeIdentity,
  createIdentity,
  type IdentityAddress,
  identityQuery,
} from '../../data/identities.ts';
import { queryClient } from '../../data/query-client.ts';
import { Banner } from '../../kit/banner.tsx';
import { Combobox } from '../../kit/combobox.tsx';
import { Field, Form, type Loaded, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import type { InputProps } from '../../kit/input-props.ts';
import { Select } from '../../kit/select.tsx';
import { TextArea, TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/identities.ts';
import {
  type Attribute,
  changedAttributes,
  type FormValues,
  mistakeOf,
  shownAtFirst,
  toForm,
} from './form-values.ts';

type Props = Readonly<{
  type: IdentityTypeDetails;
  /** Undefined for a new one. */
  identity?: IdentityDetails;
  onClose: () => void;
  onSaved?: (address: IdentityAddress) => void;
}>;

function attributesOf(identity: IdentityDetails | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries((identity?.attributes ?? []).map(({ name, value }) => [name, value]));
}

export function IdentityForm({ type, identity, onClose, onSaved }: Props) {
  const [shown, setShown] = useState(() => shownAtFirst(type, attributesOf(identity)));
  const loadedOf = (one: IdentityDetails | undefined): Loaded<FormValues> => ({
    values: toForm(type, attributesOf(one)),
    version: one?.version ?? undefined,
  });
  const loaded = loadedOf(identity);
  const form = useAppForm<FormValues>({
    schema: schemaOf(type) as never,
    loaded,
    labels: Object.fromEntries(type.attributes.map(({ name, label }) => [name, label])),
    isUnguarded: true,
    save: async (values, version) => {
      const changes = changedAttributes(type, loaded.values, values);
      const { identity: saved, warnings } = identity
        ? await changeIdentity(identity, changes, version)
        : await createIdentity(type.name, changes);
      showToast({
        kind: 'success',
        title: t(identity ? 'identityForm.saved' : 'identityForm.created', { name: saved.name }),
        ...(warnings.length > 0 && { description: warnings.join(' ') }),
      });
      onClose();
      onSaved?.(saved);
    },
    reload: async () => {
      if (!identity) return loaded;
      return loadedOf(await queryClient.fetchQuery({ ...identityQuery(identity), staleTime: 0 }));
    },
  });
  const setAgain = new Map(identity?.setAgain.map(({ attribute, mapping }) => [attribute, mapping]));
  const hidden = type.attributes.filter(({ name }) => !shown.includes(name));
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={
        identity
          ? t('identityForm.editTitle', { name: identity.name })
          : t(type.name === 'alpha_user' ? 'identityForm.newUser' : 'identityForm.newGroup')
      }
      action={identity ? t('action.save') : t('identityForm.create')}
      permission="/Syncline/Identities/Update"
      needsChange
      size="wide"
    >
      <Form form={form}>
        {setAgain.size > 0 && (
          <Banner kind="info" title={t('identityForm.setAgainTitle')}>
            {t('identityForm.setAgainText')}
          </Banner>
        )}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          {type.attributes
            .filter(({ name }) => shown.includes(name))
            .map((attribute) => (
              <Field key={attribute.name} of={form} name={attribute.name}>
                {(field) => (
                  <AttributeField {...field} attribute={attribute} mapping={setAgain.get(attribute.name)} />
                )}
              </Field>
            ))}
        </div>
        <Combobox
          key={shown.length}
          label={t('identityForm.more')}
          value={null}
          options={hidden.map(({ name, label }) => ({ value: name, label, hint: name }))}
          onChange={(name) => name !== null && setShown([...shown, name])}
          isOptional
        />
      </Form>
    </FormDialog>
  );
}

function schemaOf({ attributes }: IdentityTypeDetails) {
  return z.record(z.string(), z.string()).check(({ value, issues }) => {
    for (const attribute of attributes) {
      const message = mistakeOf(attribute, value[attribute.name] ?? '');
      if (message !== undefined)
        issues.push({ code: 'custom', message, path: [attribute.name], input: value });
    }
  });
}

function hintOf(
  { type, isMultiValued, description }: Attribute,
  mapping: string | undefined,
): string | undefined {
  const hints = [
    mapping === undefined ? undefined : t('identityForm.setAgain', { mapping }),
    description === '' ? undefined : description,
    type === 'instant'
      ? t('identityForm.instantHint')
      : type === 'date'
        ? t('identityForm.dateHint')
        : undefined,
    isMultiValued ? t('identityForm.valuesHint') : undefined,
  ].filter((hint) => hint !== undefined);
  return hints.length === 0 ? undefined : hints.join(' ');
}

/** The input that suits an attribute. */
function AttributeField({
  attribute,
  mapping,
  ...field
}: InputProps<string> & Readonly<{ attribute: Attribute; mapping: string | undefined }>) {
  const { name, type, isMultiValued, isRequired, choices } = attribute;
  const hint = hintOf(attribute, mapping);
  const common = { ...field, ...(hint !== undefined && { hint }), isOptional: !isRequired };
  const options =
    choices?.map((value) => ({ value, label: choiceLabel(name, value) })) ??
    (type === 'boolean' && !isMultiValued
      ? (['true', 'false'] as const).map((value) => ({ value, label: t(`identityForm.${value}`) }))
      : undefined);
  if (options !== undefined) {
    const none = {
      value: '',
      label: t(name === 'accountStatus' ? 'identityForm.noStatus' : 'identityForm.noValue'),
    };
    return (
      <Select<string>
        {...common}
        onChange={(value) => field.onChange(value ?? '')}
        options={isRequired ? options : [none, ...options]}
      />
    );
  }
  return isMultiValued ? <TextArea {...common} rows={3} /> : <TextField {...common} isVerbatim />;
}

function choiceLabel(name: string, value: string): string {
  if (name !== 'accountStatus') return value;
  return t(value === 'active' ? 'identityState.active' : 'identityState.inactive');
}
