/** The window for a further mapping, such as that of groups: its name and its two sides. It is disabled until it is made what it is to be. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import * as z from 'zod/mini';
import { createMapping, type ObjectSet, objectSetsQuery } from '../../../data/mappings.ts';
import { queryClient } from '../../../data/query-client.ts';
import { Field, Form, useAppForm } from '../../../kit/form.tsx';
import { FormDialog } from '../../../kit/form-dialog.tsx';
import { Select } from '../../../kit/select.tsx';
import { TextField } from '../../../kit/text-field.tsx';
import { showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/mappings.ts';

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, t('mappings.nameMissing'))),
  source: z.nullable(z.string()).check(z.refine((value) => value !== null, t('mappings.sideMissing'))),
  target: z.nullable(z.string()).check(z.refine((value) => value !== null, t('mappings.sideMissing'))),
});
type Values = z.infer<typeof schema>;

type Props = Readonly<{
  /** The application that it is to belong to. */
  applicationId: number | undefined;
  /** The connection whose entity types come first. */
  connection: string;
  onClose: () => void;
}>;

export function NewMappingDialog({ applicationId, connection, onClose }: Props) {
  const { data } = useQuery(objectSetsQuery);
  const navigate = useNavigate();
  const sets = (data?.connections ?? [])
    .flatMap(({ types, isWritable, connection: name }) =>
      types.map((type) => ({ set: { connection: name, type }, isWritable })),
    )
    .sort((one, other) => rank(one.set) - rank(other.set));
  function rank(set: ObjectSet): number {
    return Number(set.connection !== connection);
  }
  const optionOf = ({ set }: (typeof sets)[number]) => ({
    value: JSON.stringify(set),
    label: t('mappings.side', set),
  });
  const form = useAppForm<Values>({
    schema,
    loaded: { values: { name: '', source: null, target: null } },
    labels: {
      name: t('mappings.otherName'),
      source: t('mappings.fact.source'),
      target: t('mappings.fact.target'),
    },
    isUnguarded: true,
    save: async ({ name, source, target }) => {
      const definition = {
        name: name.trim(),
        source: JSON.parse(source ?? '{}') as ObjectSet,
        target: JSON.parse(target ?? '{}') as ObjectSet,
        isEnabled: false,
      };
      const made = await createMapping(definition, applicationId);
      await queryClient.invalidateQueries({ queryKey: ['applications'] });
      showToast({ title: t('mappings.made', { name: made.name }), description: t('mappings.madeHint') });
      onClose();
      if (applicationId === undefined) {
        void navigate({ to: '/mappings/$name/mapping', params: { name: made.name } });
      } else {
        void navigate({
          to: '/applications/$applicationId/provisioning/mapping',
          params: { applicationId: String(applicationId) },
          search: { mapping: made.name },
        });
      }
    },
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('mappings.newTitle')}
      description={t('mappings.newText')}
      action={t('action.add')}
      permission="/Syncline/Mappings/Update"
    >
      <Form form={form}>
        <Field of={form} name="name">
          {(field) => <TextField {...field} isVerbatim />}
        </Field>
        <Field of={form} name="source">
          {(field) => <Select {...field} options={sets.map(optionOf)} />}
        </Field>
        <Field of={form} name="target">
          {(field) => (
            <Select {...field} options={sets.filter(({ isWritable }) => isWritable).map(optionOf)} />
          )}
        </Field>
      </Form>
    </FormDialog>
  );
}
