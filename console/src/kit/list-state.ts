/** Which part of a list a page shows: its page, page size, search, order and filters, all of them in the address. */
import { useMemo } from 'react';
import type { Query } from '../data/api.ts';
import { type SearchFields, type SearchValues, text, useSearchState, whole } from './search-state.ts';

export const pageSizes = [50, 100, 1000] as const;

export type ListState<Filters extends SearchFields = SearchFields> = Readonly<{
  page: number;
  pageSize: number;
  q: string;
  /** The column's sort word, with a minus before it where the largest comes first. */
  sort: string;
  /** Where a list of the kind that only goes on begins. */
  after: string;
  filters: SearchValues<Filters>;
  /** Whether search or filters leave anything out. */
  isNarrowed: boolean;
  /** What the server is asked: page, pageSize, q, sort and the filters. */
  query: Query;
  /** The search and the filters alone, for exports. */
  matching: Query;
  setPage: (page: number) => void;
  setPageSize: (pageSize: number) => void;
  setSearch: (q: string) => void;
  setSort: (sort: string) => void;
  setAfter: (after: string) => void;
  setFilters: (change: Partial<SearchValues<Filters>>) => void;
  clear: () => void;
}>;

/** The fields of a list for `useList`; define them outside the component. */
export function listFields<const Filters extends SearchFields>(usualSort: string, filters: Filters) {
  const own = { page: whole(1), pageSize: whole(50), q: text(), sort: text(usualSort), after: text() };
  return { filters, all: { ...own, ...filters } };
}

/** The state of a list from the address. A change of search, order, filters or page size goes back to the first page. */
export function useList<const Filters extends SearchFields>({
  filters: filterFields,
  all,
}: ReturnType<typeof listFields<Filters>>): ListState<Filters> {
  const [found, change] = useSearchState(all as SearchFields);
  return useMemo(() => {
    const {
      page,
      pageSize: wanted,
      q,
      sort,
      after,
    } = found as {
      page: number;
      pageSize: number;
      q: string;
      sort: string;
      after: string;
    };
    const pageSize = pageSizes.find((size) => size === wanted) ?? 50;
    const names = Object.keys(filterFields);
    const filters = Object.fromEntries(names.map((name) => [name, found[name]])) as SearchValues<Filters>;
    const given = Object.fromEntries(
      names.flatMap((name) => {
        const field = filterFields[name];
        return field === undefined || found[name] === '' ? [] : [[name, field.write(found[name])]];
      }),
    );
    const matching: Query = { q: q === '' ? undefined : q, ...given };
    const first = { page: 1, after: '' };
    return {
      page: Math.max(1, page),
      pageSize,
      q,
      sort,
      after,
      filters,
      isNarrowed: q !== '' || names.some((name) => found[name] !== filterFields[name]?.usual),
      query: { ...matching, page: Math.max(1, page), pageSize, sort: sort === '' ? undefined : sort },
      matching,
      setPage: (next: number) => change({ page: next }),
      setPageSize: (next: number) => change({ ...first, pageSize: next }),
      setSearch: (next: string) => change({ ...first, q: next }, { isReplacing: true }),
      setSort: (next: string) => change({ ...first, sort: next }),
      setAfter: (next: string) => change({ after: next }),
      setFilters: (next: Partial<SearchValues<Filters>>) => change({ ...first, ...next }),
      clear: () =>
        change({
          ...first,
          q: '',
          ...Object.fromEntries(names.map((name) => [name, filterFields[name]?.usual])),
        }),
    };
  }, [found, change, filterFields]);
}
