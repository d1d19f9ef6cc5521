/** What a tenant exports, what it offers to export, and changing that. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  EntityTypesAnswer,
  EntityTypesChange,
  EntityTypesPlan,
  Preview,
  TenantSchemaAnswer,
} from '../../../src/http/schemas/entity-types.ts';
import { api } from './api.ts';
import { queryClient } from './query-client.ts';

export type EntityTypeList = EntityTypesChange['entityTypes'];

const pathOf = (name: string) => `/api/integrations/entra-id/${encodeURIComponent(name)}`;

/** The entity types of a tenant. */
export const entityTypesQuery = (name: string) =>
  queryOptions({
    queryKey: ['integrations', 'entity-types', name],
    queryFn: ({ signal }) => api.get<EntityTypesAnswer>(`${pathOf(name)}/entity-types`, { signal }),
  });

/** Everything that a tenant offers, with samples. */
export const tenantSchemaQuery = (name: string) =>
  queryOptions({
    queryKey: ['integrations', 'schema', name],
    queryFn: ({ signal }) => api.get<TenantSchemaAnswer>(`${pathOf(name)}/schema`, { signal }),
  });

/** What is wrong with a change that is not saved, and what it leads to. */
export const entityTypesPlanQuery = (name: string, entityTypes: EntityTypeList) =>
  queryOptions({
    queryKey: ['integrations', 'entity-types-plan', name, entityTypes],
    queryFn: ({ signal }) =>
      api.post<EntityTypesPlan>(`${pathOf(name)}/entity-types/plan`, { entityTypes }, { signal }),
    placeholderData: keepPreviousData,
  });

/** Asks the tenant for its schema. */
export async function refreshSchema(name: string): Promise<void> {
  const schema = await api.post<TenantSchemaAnswer>(`${pathOf(name)}/schema/refresh`);
  queryClient.setQueryData(tenantSchemaQuery(name).queryKey, schema);
}

/** Saves what is exported; null for what is usual. */
export async function saveEntityTypes(
  name: string,
  entityTypes: EntityTypeList,
  version: number | undefined,
): Promise<void> {
  const saved = await api.put<EntityTypesAnswer>(
    `${pathOf(name)}/entity-types`,
    { entityTypes },
    { version },
  );
  queryClient.setQueryData(entityTypesQuery(name).queryKey, saved);
  await queryClient.invalidateQueries({ queryKey: ['integrations'] });
}

/** A few objects of the tenant as they would be exported. */
export function previewObjects(
  name: string,
  type: string,
  attributes: readonly string[],
  filter: string,
  signal: AbortSignal,
): Promise<Preview> {
  const path = `${pathOf(name)}/entity-types/${encodeURIComponent(type)}/preview`;
  return api.post<Preview>(path, { attributes, filter: filter.trim() === '' ? null : filter }, { signal });
}
