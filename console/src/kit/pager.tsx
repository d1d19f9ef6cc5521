/** Where one is in a list, and the way to its other parts: numbered pages, or one after the other. */
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { t } from '../texts/texts.ts';
import { IconButton } from './button.tsx';
import { formatCount } from './formats.ts';
import { type ListState, pageSizes } from './list-state.ts';
import { CompactSelect } from './select.tsx';

export type Numbered = Readonly<{ page: number; pageSize: number; total: number; isTotalExact: boolean }>;

const sizeOptions = pageSizes.map((size) => ({ value: String(size), label: formatCount(size) }));

/** Rows per page, the range, and the buttons; below the right corner of a table. */
export function Pager({ answer, list }: Readonly<{ answer: Numbered | undefined; list: ListState }>) {
  const total = answer?.total ?? 0;
  const from = total === 0 ? 0 : (list.page - 1) * list.pageSize + 1;
  const to = Math.min(list.page * list.pageSize, total);
  const last = Math.max(1, Math.ceil(total / list.pageSize));
  const isExact = answer?.isTotalExact ?? true;
  const shownTotal = isExact ? formatCount(total) : t('table.atLeast', { total: formatCount(total) });
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-3 gap-y-2 text-[.8667rem] text-muted">
      <span aria-hidden>{t('table.rowsPerPage')}</span>
      <CompactSelect
        label={t('table.rowsPerPage')}
        className="w-22"
        options={sizeOptions}
        value={String(list.pageSize)}
        onChange={(size) => list.setPageSize(Number(size))}
      />
      <span className="tabular-nums" aria-live="polite">
        {t('table.range', { from: formatCount(from), to: formatCount(to), total: shownTotal })}
      </span>
      <div className="flex gap-1">
        <IconButton
          label={t('table.first')}
          icon={ChevronFirst}
          look="plain"
          isDisabled={list.page <= 1}
          onClick={() => list.setPage(1)}
        />
        <IconButton
          label={t('table.previous')}
          icon={ChevronLeft}
          look="plain"
          isDisabled={list.page <= 1}
          onClick={() => list.setPage(list.page - 1)}
        />
        <IconButton
          label={t('table.next')}
          icon={ChevronRight}
          look="plain"
          isDisabled={isExact && list.page >= last}
          onClick={() => list.setPage(list.page + 1)}
        />
        <IconButton
          label={t('table.last')}
          icon={ChevronLast}
          look="plain"
          isDisabled={!isExact || list.page >= last}
          onClick={() => list.setPage(last)}
        />
      </div>
    </div>
  );
}

export type Continued = Readonly<{ next: string | null; total?: number | null; isTotalExact?: boolean }>;

/** For lists that only go on: to the next part, or back to the first; the browser's way back leads to the one before. */
export function ContinuedPager({
  answer,
  list,
}: Readonly<{ answer: Continued | undefined; list: ListState }>) {
  const next = answer?.next ?? null;
  const total = answer?.total ?? null;
  return (
    <div className="flex flex-wrap items-center justify-end gap-3 text-[.8667rem] text-muted">
      {total !== null && (
        <span className="tabular-nums">
          {(answer?.isTotalExact ?? true)
            ? t('table.rows', { count: total })
            : t('table.atLeast', { total: formatCount(total) })}
        </span>
      )}
      <div className="flex gap-1">
        <IconButton
          label={t('table.first')}
          icon={ChevronFirst}
          look="plain"
          isDisabled={list.after === ''}
          onClick={() => list.setAfter('')}
        />
        <IconButton
          label={t('table.next')}
          icon={ChevronRight}
          look="plain"
          isDisabled={next === null}
          onClick={() => next !== null && list.setAfter(next)}
        />
      </div>
    </div>
  );
}
