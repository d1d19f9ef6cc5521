/** The form of a mapping: its parts, saved on the version that they were changed from. */
import * as z from 'zod/mini';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { mappingQuery, saveMapping } from '../../../data/mappings.ts';
import { queryClient } from '../../../data/query-client.ts';
import { useAppForm } from '../../../kit/form.tsx';
import { showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/mappings.ts';
import { definitionOf, type MappingFields, type MappingParts, partsOf } from './mapping-values.ts';

const anyValues = z.custom<MappingFields>(() => true);
const labels = {
  attributes: t('mappings.part.attributes'),
  correlation: t('mappings.part.correlation'),
  scope: t('mappings.part.scope'),
  general: t('mappings.part.general'),
};

/** The form, what its parts are now, and how to change one. */
export function useMappingForm(mapping: Mapping) {
  const { name, version } = mapping;
  const loadedOf = (answer: Mapping) => ({
    values: partsOf(answer) as MappingFields,
    version: answer.version,
  });
  const form = useAppForm<MappingFields>({
    // What is typed is checked by the server while it is typed.
    schema: anyValues,
    loaded: { ...loadedOf(mapping), version },
    labels,
    save: async (values, seen) => {
      await saveMapping(name, definitionOf(values as MappingParts), seen);
      showToast({ title: t('mappings.saved'), description: t('mappings.savedHint') });
    },
    reload: async () => loadedOf(await queryClient.fetchQuery({ ...mappingQuery(name), staleTime: 0 })),
  });
  for (const part of ['attributes', 'correlation', 'scope', 'general', 'rest']) form.methods.register(part);
  const values = form.methods.watch() as MappingParts;
  const set = <Part extends keyof MappingParts>(part: Part, value: MappingParts[Part]) => {
    form.methods.setValue(part, value as never, { shouldDirty: true });
  };
  return { form, values, set };
}
