/** The window that gives an object a tag: one that there is, or a new one. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import type { TagLabel } from '../../../../src/http/schemas/directory.ts';
import { createTag, type ResourceAddress, setTag, tagsQuery } from '../../data/directory.ts';
import { Combobox } from '../../kit/combobox.tsx';
import { Field, Form, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/directory.ts';

const schema = z.object({ tagId: z.string(), name: z.string() }).check(({ value, issues }) => {
  if (value.tagId === '' && value.name.trim() === '') {
    issues.push({ code: 'custom', message: t('tags.choose'), path: ['tagId'], input: value });
  }
});

type Props = Readonly<{
  address: ResourceAddress;
  /** Of the object. */
  name: string;
  /** The tags that it has. */
  given: readonly TagLabel[];
  onClose: () => void;
}>;

export function GiveTag({ address, name, given, onClose }: Props) {
  const tags = useQuery(tagsQuery);
  const options = (tags.data?.tags ?? [])
    .filter(({ tagId }) => !given.some((tag) => tag.tagId === tagId))
    .map((tag) => ({ value: String(tag.tagId), label: tag.name, hint: tag.description || undefined }));
  const form = useAppForm({
    schema,
    loaded: { values: { tagId: '', name: '' } },
    labels: { tagId: t('tags.existing'), name: t('tags.orNew') },
    isUnguarded: true,
    save: async ({ tagId, name: newName }) => {
      const chosen = tags.data?.tags.find((tag) => String(tag.tagId) === tagId);
      const tag = chosen ?? (await createTag({ name: newName.trim() }));
      await setTag(address, tag.tagId, true);
      showToast({ kind: 'success', title: t('tags.given', { name, tag: tag.name }) });
      onClose();
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('tags.giveTitle', { name })}
      description={t('tags.emptyHint')}
      action={t('tags.give')}
      permission="/Syncline/Directory/Tag"
    >
      <Form form={form}>
        {options.length > 0 && (
          <Field of={form} name="tagId">
            {(field) => (
              <Combobox {...field} options={options} onChange={(value) => field.onChange(value ?? '')} />
            )}
          </Field>
        )}
        <Field of={form} name="name">
          {(field) => (
            <TextField
              {...field}
              error={options.length === 0 ? (field.error ?? form.errors.tagId?.message) : field.error}
            />
          )}
        </Field>
      </Form>
    </FormDialog>
  );
}
