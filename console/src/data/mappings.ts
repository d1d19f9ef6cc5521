/** Mappings as the console asks for them: reading, checking and saving them, and trying them out on what is stored. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  Evaluation,
  ExpressionLanguage,
  FilterCount,
  WholeEvaluation,
} from '../../../src/http/schemas/mapping-evaluation.ts';
import type { MappingImport } from '../../../src/http/schemas/mapping-imports.ts';
import type {
  Definition,
  Mapping,
  MappingCheck,
  MappingList,
  MappingSide,
  ObjectSetList,
} from '../../../src/http/schemas/mappings.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

const root = '/api/mappings';
const pathOf = (name: string) => `${root}/${encodeURIComponent(name)}`;

export type ObjectSet = Definition['source'];
/** The tests of a scope; one that is left out is not asked. */
export type Filter = Readonly<{ query?: string; scoping?: unknown; expression?: string }>;

export const exportPathOf = (name: string) => `${pathOf(name)}/export`;

/** The mappings of an application by its number, those of none, or all. */
export const mappingsQuery = (application?: number | 'none') =>
  queryOptions({
    queryKey: ['mappings', 'list', application ?? 'all'],
    queryFn: ({ signal }) => api.get<MappingList>(root, { query: { application, pageSize: 1000 }, signal }),
  });

export const mappingQuery = (name: string) =>
  queryOptions({
    queryKey: ['mappings', 'one', name],
    queryFn: ({ signal }) => api.get<Mapping>(pathOf(name), { signal }),
  });

/** What is wrong with a mapping that is not saved. */
export const mappingCheckQuery = (definition: unknown, isNew = false) =>
  queryOptions({
    queryKey: ['mapping-check', definition, isNew],
    queryFn: ({ signal }) => api.post<MappingCheck>(`${root}/check`, { definition, isNew }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** What mappings of another product are here; `objectSets` says what its names stand for. Nothing is saved. */
export async function translateMappings(
  document: unknown,
  objectSets: Readonly<Record<string, ObjectSet>>,
): Promise<MappingImport> {
  return await api.post<MappingImport>(`${root}/import`, { document, objectSets });
}

/** Makes a mapping. */
export async function createMapping(definition: unknown, applicationId?: number): Promise<Mapping> {
  const made = await api.post<Mapping>(root, {
    definition,
    ...(applicationId !== undefined && { applicationId }),
  });
  await queryClient.invalidateQueries({ queryKey: ['mappings'] });
  return made;
}

/** Saves a mapping on the version that it was changed from. */
export async function saveMapping(
  name: string,
  definition: Definition,
  version: number | undefined,
): Promise<Mapping> {
  const saved = await api.put<Mapping>(pathOf(name), { definition }, { version });
  queryClient.setQueryData(mappingQuery(name).queryKey, saved);
  await queryClient.invalidateQueries({ queryKey: ['mappings'] });
  return saved;
}

export async function deleteMapping(name: string, version: number): Promise<void> {
  await api.delete(pathOf(name), undefined, { version });
  await queryClient.invalidateQueries({ queryKey: ['mappings'] });
}

/** The functions and operators that there are; they change with the version of Syncline only. */
export const expressionLanguageQuery = queryOptions({
  queryKey: ['expression-language'],
  queryFn: ({ signal }) => api.get<ExpressionLanguage>('/api/expression-functions', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const objectSetsQuery = queryOptions({
  queryKey: ['integrations', 'object-sets'],
  queryFn: ({ signal }) => api.get<ObjectSetList>('/api/object-sets', { signal }),
});

/** The attributes and links of an entity type. */
export const sideQuery = ({ connection, type }: ObjectSet) =>
  queryOptions({
    queryKey: ['integrations', 'side', connection, type],
    queryFn: ({ signal }) =>
      api.get<MappingSide>(`/api/object-sets/${[connection, type].map(encodeURIComponent).join('/')}`, {
        signal,
      }),
  });

/** What to try a mapping on: resources of the source, attributes that somebody typed, or any few. */
export type Tried = Readonly<
  { keys: readonly string[] } | { objects: readonly unknown[] } | { sample: number }
>;

/** What a mapping gives for some resources of its source. */
export const evaluationQuery = (
  definition: Definition,
  tried: Tried,
  more: Readonly<{ rows?: readonly number[]; trace?: boolean }> = {},
) =>
  queryOptions({
    queryKey: ['directory', 'evaluation', definition, tried, more],
    queryFn: ({ signal }) =>
      api.post<Evaluation>(`${root}/evaluate`, { definition, ...tried, ...more }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

/** What one attribute of a mapping gives for all resources of its source. */
export function evaluateAll(
  definition: Definition,
  row: number,
  signal: AbortSignal,
): Promise<WholeEvaluation> {
  return api.post<WholeEvaluation>(`${root}/evaluate-all`, { definition, row }, { signal });
}

/** How many stored resources meet a filter. */
export const filterCountQuery = ({ connection, type }: ObjectSet, filter: Filter) =>
  queryOptions({
    queryKey: ['directory', 'filter-count', connection, type, filter],
    queryFn: ({ signal }) =>
      api.post<FilterCount>('/api/filters/count', { connection, type, filter }, { signal }),
    placeholderData: keepPreviousData,
  });

/** Resources of an entity type whose names begin with what is typed. */
export const resourceChoicesQuery = ({ connection, type }: ObjectSet, q: string) =>
  queryOptions({
    queryKey: ['directory', 'choices', connection, type, q],
    queryFn: ({ signal }) =>
      api.get<Readonly<{ items: readonly Readonly<{ key: string; name: string }>[] }>>(
        '/api/directory/resources',
        { query: { connection, type, q, limit: 20 } satisfies Query, signal },
      ),
    placeholderData: keepPreviousData,
  });
