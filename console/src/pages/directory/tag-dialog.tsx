/** The window in which a tag is made or changed. */
import * as z from 'zod/mini';
import type { Tag } from '../../../../src/http/schemas/directory.ts';
import { createTag, saveTag, tagsQuery } from '../../data/directory.ts';
import { queryClient } from '../../data/query-client.ts';
import { Field, Form, type Loaded, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { TextArea, TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/directory.ts';

type Values = { readonly name: string; readonly description: string };

const schema = z.object({
  name: z
    .string()
    .check(z.trim(), z.minLength(1, t('tags.nameMissing')), z.maxLength(60, t('tags.nameTooLong'))),
  description: z.string(),
});

function loadedOf(tag: Tag | undefined): Loaded<Values> {
  return {
    values: { name: tag?.name ?? '', description: tag?.description ?? '' },
    version: tag?.version,
  };
}

export function TagDialog({ tag, onClose }: Readonly<{ tag: Tag | undefined; onClose: () => void }>) {
  const form = useAppForm<Values>({
    schema,
    loaded: loadedOf(tag),
    labels: { name: t('tags.name'), description: t('tags.description') },
    isUnguarded: true,
    save: async (values, version) => {
      if (tag === undefined) await createTag(values);
      else await saveTag(tag.tagId, values, version);
      showToast({ kind: 'success', title: t('tags.saved', { name: values.name }) });
      onClose();
    },
    reload: async () => {
      const { tags } = await queryClient.fetchQuery({ ...tagsQuery, staleTime: 0 });
      return loadedOf(tags.find(({ tagId }) => tagId === tag?.tagId) ?? tag);
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={tag === undefined ? t('tags.add') : t('tags.editTitle', { name: tag.name })}
      action={tag === undefined ? t('action.add') : t('action.save')}
      permission="/Syncline/Directory/Tag"
    >
      <Form form={form}>
        <Field of={form} name="name">
          {(field) => <TextField {...field} />}
        </Field>
        <Field of={form} name="description">
          {(field) => <TextArea {...field} rows={3} isOptional />}
        </Field>
      </Form>
    </FormDialog>
  );
}
