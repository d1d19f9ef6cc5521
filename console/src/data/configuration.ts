/** The deployed configuration: what is in it, what files would change, and deploying them. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  ConfigurationAnswer,
  ConfigurationFileUpload,
  ConfigurationPlan,
  DeployedAnswer,
  WrittenFiles,
} from '../../../src/http/schemas/configuration.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

/** A page of the deployed elements, with the history of deployments. */
export const configurationQuery = (query: Query) =>
  queryOptions({
    queryKey: ['configuration', 'elements', query],
    queryFn: ({ signal }) => api.get<ConfigurationAnswer>('/api/configuration', { query, signal }),
    placeholderData: keepPreviousData,
  });

/** What deploying these files would do. */
export function planFiles(files: readonly ConfigurationFileUpload[]): Promise<ConfigurationPlan> {
  return api.post<ConfigurationPlan>('/api/configuration/plan', { files });
}

/** Deploys files in the place of the revision that they were compared with; `isForced`: although account links go. */
export async function deployFiles(
  files: readonly ConfigurationFileUpload[],
  revision: number,
  { message, isForced }: Readonly<{ message: string; isForced: boolean }>,
): Promise<DeployedAnswer> {
  const body = { files, revision, isForced, ...(message.trim() !== '' && { message: message.trim() }) };
  const deployed = await api.post<DeployedAnswer>('/api/configuration/deploy', body);
  await queryClient.invalidateQueries({ queryKey: ['configuration'] });
  return deployed;
}

/** What is deployed as one file, and a file for each mapping. */
export function readDeployedFile(): Promise<WrittenFiles> {
  return api.get<WrittenFiles>('/api/configuration/files', { query: { isSingle: true } });
}
