/** Head and body of a table: titles that sort, and plain rows. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { t } from '../texts/texts.ts';
import type { Column } from './data-table.tsx';
import type { ListState } from './list-state.ts';

export function TableHead<Row>({
  columns,
  list,
}: Readonly<{ columns: readonly Column<Row>[]; list: ListState | undefined }>) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const isSortable = column.sort !== undefined && list !== undefined;
          const direction =
            !isSortable || list.sort.replace(/^-/, '') !== column.sort
              ? undefined
              : list.sort.startsWith('-')
                ? 'descending'
                : 'ascending';
          const title = column.isTitleHidden ? <span className="sr-only">{column.title}</span> : column.title;
          return (
            <th
              key={column.key}
              scope="col"
              className={column.isNumeric ? 'n' : undefined}
              aria-sort={direction ?? (isSortable ? 'none' : undefined)}
            >
              {isSortable ? (
                <button
                  type="button"
                  className="inline-flex cursor-pointer items-center gap-1 rounded font-[550] hover:text-text"
                  onClick={() => list.setSort(nextSort(column, direction))}
                >
                  {title}
                  {direction === 'ascending' && <ArrowUp aria-hidden size={13} />}
                  {direction === 'descending' && <ArrowDown aria-hidden size={13} />}
                </button>
              ) : (
                title
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** The other direction; numbers and times begin with the largest. */
function nextSort(
  { sort = '' }: Pick<Column<never>, 'sort'>,
  direction: 'ascending' | 'descending' | undefined,
): string {
  return direction === 'ascending' ? `-${sort}` : sort;
}

type BodyProps<Row> = Readonly<{
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string | number;
  onOpen: ((row: Row) => void) | undefined;
  openKey: string | number | null | undefined;
  skeletonRows: number;
}>;

function Body<Row>({ columns, rows, rowKey, onOpen, openKey, skeletonRows }: BodyProps<Row>): ReactNode {
  if (!rows) {
    return (
      <tbody aria-label={t('table.loading')}>
        {Array.from({ length: skeletonRows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same.
          <tr key={row}>
            {columns.map(({ key }) => (
              <td key={key}>
                <div className="skeleton h-3.5" />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    );
  }
  return (
    <tbody>
      {rows.map((row) => {
        const key = rowKey(row);
        return (
          <tr
            key={key}
            data-selected={key === openKey || undefined}
            className={onOpen && 'cursor-pointer'}
            onClick={onOpen && ((event) => !isControl(event.target) && onOpen(row))}
          >
            {columns.map((column, index) => {
              const cell = column.cell(row);
              return (
                <td key={column.key} className={column.isNumeric ? 'n' : undefined}>
                  {onOpen && index === 0 ? (
                    <button type="button" className="link" onClick={() => onOpen(row)}>
                      {cell}
                    </button>
                  ) : (
                    cell
                  )}
                </td>
              );
            })}
          </tr>
        );
      })}
    </tbody>
  );
}

/** Drawn again only when its rows, columns or open row change. */
export const TableBody = memo(Body) as typeof Body;

/** Whether what was clicked does something itself; a text that is being marked counts, too. */
function isControl(target: EventTarget): boolean {
  const isPart =
    target instanceof Element && target.closest('a, button, input, label, [role=menuitem]') !== null;
  return isPart || getSelection()?.isCollapsed === false;
}
