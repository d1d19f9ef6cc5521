/** Account links of a mapping: what is asked of the server, and what is sent to it. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { AccountLinkList } from '../../../src/http/schemas/account-links.ts';
import { api, type Query } from './api.ts';
import { queryClient } from './query-client.ts';

const linksPath = (mapping: string) => `/api/mappings/${encodeURIComponent(mapping)}/links`;

/** A page of the links of a mapping, the newest first. */
export const accountLinksQuery = (mapping: string, query: Query) =>
  queryOptions({
    queryKey: ['account-links', mapping, query],
    queryFn: ({ signal }) => api.get<AccountLinkList>(linksPath(mapping), { query, signal }),
    placeholderData: keepPreviousData,
  });

/** Removes a link. Both of what it links stay as they are. */
export async function removeAccountLink(mapping: string, linkNumber: number): Promise<void> {
  await api.delete(`${linksPath(mapping)}/${linkNumber}`);
  await Promise.all(
    ['account-links', 'reconciliations', 'identities'].map((topic) =>
      queryClient.invalidateQueries({ queryKey: [topic] }),
    ),
  );
}
