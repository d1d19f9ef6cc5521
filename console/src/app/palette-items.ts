/** What the command palette finds: pages at once, the rest from the server a moment after the last letter. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../data/api.ts';
import { identitiesConnection } from '../data/identities.ts';
import { isGranted, useSession } from '../data/session.ts';
import { t } from '../texts/texts.ts';
import { groupsFor, settingsFor } from './navigation.ts';

export type PaletteItem = Readonly<{ label: string; href: string; hint?: string }>;
export type PaletteGroup = Readonly<{ value: string; items: readonly PaletteItem[] }>;

type Tenants = Readonly<{ items: readonly Readonly<{ name: string }>[] }>;
type Jobs = Readonly<{ items: readonly Readonly<{ identifier: string; displayName: string }>[] }>;
type Applications = Readonly<{ items: readonly Readonly<{ id: number; name: string }>[] }>;
type Resources = Readonly<{
  items: readonly Readonly<{ connection: string; type: string; key: string; name: string }>[];
}>;

const most = 6;
const pauseMs = 200;

/** The groups of what matches. */
export function usePaletteGroups(query: string): readonly PaletteGroup[] {
  const { permissions } = useSession();
  const q = useSettled(query.trim());
  const find = (path: string, permission: string) => ({
    queryKey: ['palette', path, q],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<never>(path, { query: pageOf(path, q), signal }),
    enabled: q !== '' && isGranted(permissions, permission),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const tenants = useQuery<Tenants>(find('/api/integrations/entra-id', '/Syncline/Integrations/Query'));
  const jobs = useQuery<Jobs>(find('/api/jobs', '/Jobs/Job/Query'));
  const applications = useQuery<Applications>(find('/api/applications', '/Syncline/Applications/Query'));
  const resources = useQuery<Resources>(find('/api/directory/resources', '/Syncline/Directory/Query'));

  const words = query.trim().toLowerCase();
  const pages = [...groupsFor(permissions).flatMap((group) => group.pages), ...settingsFor(permissions)]
    .filter(({ label }) => label.toLowerCase().includes(words))
    .map(({ label, to }) => ({ label, href: to }));
  const found = [
    { value: t('palette.pages'), items: words === '' ? pages : pages.slice(0, most) },
    {
      value: t('palette.tenants'),
      items: itemsOf(words, tenants, ({ name }) => ({
        label: name,
        href: `/integrations/entra-id/${encodeURIComponent(name)}`,
      })),
    },
    {
      value: t('palette.jobs'),
      items: itemsOf(words, jobs, ({ identifier, displayName }) => ({
        label: displayName,
        href: `/jobs/${encodeURIComponent(identifier)}`,
        hint: identifier,
      })),
    },
    {
      value: t('palette.applications'),
      items: itemsOf(words, applications, ({ id, name }) => ({ label: name, href: `/applications/${id}` })),
    },
    {
      value: t('palette.resources'),
      items: itemsOf(words, resources, ({ connection, type, key, name }) => ({
        label: name,
        href:
          connection === identitiesConnection
            ? `/identities/${[type, key].map(encodeURIComponent).join('/')}`
            : `/directory/${[connection, type, key].map(encodeURIComponent).join('/')}`,
        hint: `${type} · ${connection}`,
      })),
    },
  ];
  return found.filter(({ items }) => items.length > 0);
}

type Answer<Row> = Readonly<{
  data: Readonly<{ items: readonly Row[] }> | undefined;
  isPlaceholderData: boolean;
}>;

/** What was found; of an answer to fewer letters only what goes with the further ones as well. */
function itemsOf<Row>(
  words: string,
  { data, isPlaceholderData }: Answer<Row>,
  itemOf: (row: Row) => PaletteItem,
): readonly PaletteItem[] {
  if (words === '') return [];
  const items = (data?.items ?? []).map(itemOf);
  const fitting = isPlaceholderData
    ? items.filter(({ label }) => label.toLowerCase().includes(words))
    : items;
  return fitting.slice(0, most);
}

function pageOf(path: string, q: string) {
  return path.startsWith('/api/directory') ? { q, limit: most } : { q, page: 1, pageSize: 50 };
}

/** A value that changes only after it has stayed the same for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
