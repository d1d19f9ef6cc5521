/** Which columns a table shows: chosen by the person, kept among their preferences. */
import { Columns3, RotateCcw } from 'lucide-react';
import { useMemo } from 'react';
import { changePreferences, usePreferences } from '../data/preferences.ts';
import { t } from '../texts/texts.ts';
import type { Column } from './data-table.tsx';
import { Menu } from './menu.tsx';

/** The columns that are shown now, and how to change that. */
export function useColumns<Row>(table: string, columns: readonly Column<Row>[]) {
  const { columns: kept } = usePreferences();
  const chosen = kept[table];
  const shown = useMemo(() => {
    const wanted = columns.filter((column) =>
      chosen ? chosen.includes(column.key) : !column.isHiddenAtFirst,
    );
    return wanted.length > 0 ? wanted : columns;
  }, [columns, chosen]);
  const keep = (next: readonly string[] | undefined) => {
    const { [table]: _, ...others } = kept;
    void changePreferences({ columns: next ? { ...others, [table]: next } : others }).catch(() => {});
  };
  const isShown = (key: string) => shown.some((column) => column.key === key);
  return {
    shown,
    isShown,
    toggle: (key: string) => {
      const next = columns.filter((column) => (column.key === key ? !isShown(key) : isShown(column.key)));
      if (next.length > 0) keep(next.map((column) => column.key));
    },
    reset: () => keep(undefined),
  };
}

type Props<Row> = Readonly<{
  columns: readonly Column<Row>[];
  isShown: (key: string) => boolean;
  toggle: (key: string) => void;
  reset: () => void;
}>;

export function ColumnMenu<Row>({ columns, isShown, toggle, reset }: Props<Row>) {
  return (
    <Menu
      trigger={
        <button type="button" className="btn btn-icon" aria-label={t('table.columns')}>
          <Columns3 aria-hidden size={15} />
        </button>
      }
      items={[
        ...columns.map(({ key, title }) => ({
          key,
          label: title,
          isChecked: isShown(key),
          onSelect: () => toggle(key),
        })),
        { key: ' reset', label: t('table.resetColumns'), icon: RotateCcw, onSelect: reset },
      ]}
    />
  );
}
