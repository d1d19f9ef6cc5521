/**
 * The table of a list that the server searches, sorts and divides into pages. A thousand rows are native rows: a fixed layout, no
 * component but the cells' own, no drawing a row, so that they are there at once and the browser's own search finds them.
 */
import type { ReactNode } from 'react';
import { t } from '../texts/texts.ts';
import { Button } from './button.tsx';
import { ColumnMenu, useColumns } from './column-menu.tsx';
import type { ListState } from './list-state.ts';
import { type Continued, ContinuedPager, type Numbered, Pager } from './pager.tsx';
import { ScrollRegion } from './scroll-region.tsx';
import { SearchField } from './search-field.tsx';
import { EmptyState, ErrorState } from './states.tsx';
import { TableBody, TableHead } from './table-parts.tsx';

export type Column<Row> = Readonly<{
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** The server's word for sorting by it. */
  sort?: string;
  /** In rem; those without share what is left. */
  width?: number;
  isNumeric?: boolean;
  /** Not shown until somebody switches it on. */
  isHiddenAtFirst?: boolean;
  /** Only for screen readers, such as a column of menus. */
  isTitleHidden?: boolean;
}>;

type Rows<Row> = Readonly<{ items: readonly Row[] }> &
  (Numbered | Continued | Readonly<{ items: readonly Row[] }>);

type Props<Row> = Readonly<{
  /** The table's name among the person's preferences. */
  name: string;
  /** What the table shows, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string | number;
  query: Readonly<{
    data: Rows<Row> | undefined;
    error: unknown;
    isFetching: boolean;
    refetch: () => unknown;
  }>;
  /** From `useList`; without it the table has neither search nor pages. */
  list?: ListState;
  searchLabel?: string;
  /** Beside the search. */
  filters?: ReactNode;
  /** Above the right corner: exports and the like. */
  actions?: ReactNode;
  /** Where nothing is there at all, not only nothing that matches. */
  empty: Readonly<{ title: string; description?: ReactNode; action?: ReactNode }>;
  /** Opens a row: the words of its first column become a button, and the row can be clicked. */
  onOpen?: (row: Row) => void;
  openKey?: string | number | null | undefined;
  /** Above the rows, such as "3 new". */
  notice?: ReactNode;
}>;

export function DataTable<Row>({
  name,
  label,
  columns,
  rowKey,
  query,
  list,
  searchLabel,
  filters,
  actions,
  empty,
  onOpen,
  openKey,
  notice,
}: Props<Row>) {
  const { shown, isShown, toggle, reset } = useColumns(name, columns);
  const { data, error, isFetching, refetch } = query;
  const minWidth = shown.reduce((sum, { width }) => sum + (width ?? 10), 0);
  const hasToolbar = list !== undefined || filters !== undefined || actions !== undefined;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {hasToolbar && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <div className="flex flex-wrap items-center gap-2">
            {list && (
              <SearchField
                value={list.q}
                onChange={list.setSearch}
                {...(searchLabel !== undefined && { label: searchLabel })}
              />
            )}
            {filters}
          </div>
          <div className="ms-auto flex flex-wrap items-center gap-2">
            {actions}
            <ColumnMenu columns={columns} isShown={isShown} toggle={toggle} reset={reset} />
          </div>
        </div>
      )}
      {notice}
      <div className="card relative overflow-hidden" aria-busy={isFetching}>
        {isFetching && data !== undefined && <div className="refresh-bar" aria-hidden />}
        {error !== null && data === undefined ? (
          <div className="p-4">
            <ErrorState error={error} onRetry={() => void refetch()} />
          </div>
        ) : data?.items.length === 0 ? (
          <Nothing list={list} empty={empty} />
        ) : (
          <ScrollRegion label={label} className="max-h-[max(20rem,calc(100dvh-15rem))]">
            <table className="grid-table" aria-label={label} style={{ minWidth: `${minWidth}rem` }}>
              <colgroup>
                {shown.map(({ key, width }) => (
                  <col key={key} style={width === undefined ? undefined : { width: `${width}rem` }} />
                ))}
              </colgroup>
              <TableHead columns={shown} list={list} />
              <TableBody
                columns={shown}
                rows={data?.items}
                rowKey={rowKey}
                onOpen={onOpen}
                openKey={openKey}
                skeletonRows={8}
              />
            </table>
          </ScrollRegion>
        )}
      </div>
      {list && data && 'next' in data && <ContinuedPager answer={data} list={list} />}
      {list && !(data && 'next' in data) && (
        <Pager answer={data && 'page' in data ? data : undefined} list={list} />
      )}
    </div>
  );
}

function Nothing({ list, empty }: Readonly<{ list: ListState | undefined; empty: Props<unknown>['empty'] }>) {
  if (!list?.isNarrowed && (list?.page ?? 1) === 1 && !list?.after) return <EmptyState {...empty} />;
  const title = list?.q ? t('table.noMatchQuery', { query: list.q }) : t('table.noMatch');
  return (
    <EmptyState
      title={title}
      description={t('table.noMatchHint')}
      action={<Button onClick={list?.clear}>{t('action.clearFilters')}</Button>}
    />
  );
}
