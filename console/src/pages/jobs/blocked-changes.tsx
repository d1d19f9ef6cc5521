/** The changes that wait, one by one: filtered by class and kind, searched, exported, each with its values before and after. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Block, BlockedChange } from '../../../../src/http/schemas/runs.ts';
import { blockedChangesQuery, blockedFile } from '../../data/jobs.ts';
import { Card } from '../../kit/card.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { ExportButton } from '../../kit/export-button.tsx';
import { formatCount } from '../../kit/formats.ts';
import { listFields, useList } from '../../kit/list-state.ts';
import { choice, text } from '../../kit/search-state.ts';
import { t } from '../../texts/jobs.ts';
import { ChangePanel, whatChanges } from './change-panel.tsx';

const kinds = ['insert', 'update', 'delete'] as const;
const countsOf = { insert: 'inserted', update: 'updated', delete: 'deleted' } as const;
const fields = listFields('', { objectClass: text(), kind: choice(['', ...kinds], '') });

export function BlockedChanges({ connection, block }: Readonly<{ connection: string; block: Block }>) {
  const list = useList(fields);
  const { objectClass, kind } = list.filters;
  const selection = { objectClass, kind, search: list.q };
  const query = useQuery(
    blockedChangesQuery(connection, {
      ...selection,
      after: list.after,
      limit: list.pageSize > 500 ? 500 : list.pageSize,
    }),
  );
  const [open, setOpen] = useState<BlockedChange>();
  const groups = block.classes.flatMap((one) =>
    kinds.flatMap((each) => {
      const count = one[countsOf[each]];
      return count === 0 ? [] : [{ objectClass: one.objectClass, kind: each, count }];
    }),
  );
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const chosen = groups.find((group) => group.objectClass === objectClass && group.kind === kind);
  return (
    <Card title={t('blocked.changes')}>
      <DataTable
        name="blocked-changes"
        label={t('blocked.changes')}
        searchLabel={t('blocked.search')}
        columns={columns}
        rowKey={({ number }) => number}
        query={query}
        list={list}
        onOpen={setOpen}
        openKey={open?.number}
        filters={
          <fieldset className="flex flex-wrap gap-2">
            <legend className="sr-only">{t('blocked.filter')}</legend>
            <Choice
              isChosen={chosen === undefined}
              onChoose={() => list.setFilters({ objectClass: '', kind: '' })}
              label={t('blocked.all')}
              count={total}
            />
            {groups.map((group) => (
              <Choice
                key={`${group.objectClass} ${group.kind}`}
                isChosen={group === chosen}
                onChoose={() => list.setFilters({ objectClass: group.objectClass, kind: group.kind })}
                label={`${kindWord(group)} ${group.objectClass}`}
                count={group.count}
              />
            ))}
          </fieldset>
        }
        actions={
          <ExportButton
            path={blockedFile(connection)}
            query={selection}
            {...(list.q === '' && { count: chosen?.count ?? total })}
          />
        }
        empty={{ title: t('blocked.none'), description: t('blocked.decidedNow') }}
      />
      <ChangePanel change={open} onClose={() => setOpen(undefined)} />
    </Card>
  );
}

function Choice({
  isChosen,
  onChoose,
  label,
  count,
}: Readonly<{ isChosen: boolean; onChoose: () => void; label: string; count: number }>) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className="btn aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
    >
      {label} <span className="tabular-nums">{formatCount(count)}</span>
    </button>
  );
}

/** Links have a point in the name of their class. */
function kindWord({ objectClass, kind }: Pick<BlockedChange, 'objectClass' | 'kind'>): string {
  const isLink = objectClass.includes('.');
  if (kind === 'update') return t('blocked.kind.updated');
  if (kind === 'insert') return isLink ? t('blocked.kind.insertedLinks') : t('blocked.kind.inserted');
  return isLink ? t('blocked.kind.deletedLinks') : t('blocked.kind.deleted');
}

function whyWords({ kind, isFull }: BlockedChange): string {
  if (kind === 'delete') return isFull ? t('blocked.why.missing') : t('blocked.why.removed');
  return isFull ? t('blocked.why.read') : t('blocked.why.told');
}

const columns: readonly Column<BlockedChange>[] = [
  {
    key: 'object',
    title: t('blocked.column.object'),
    width: 12,
    cell: ({ name, key, targetKey, targetName }) =>
      targetKey === null ? (name ?? key) : `${name ?? key} → ${targetName ?? targetKey}`,
  },
  { key: 'class', title: t('blocked.column.class'), width: 8, cell: ({ objectClass }) => objectClass },
  { key: 'kind', title: t('blocked.column.kind'), width: 6.5, cell: kindWord },
  { key: 'why', title: t('blocked.column.why'), width: 12, cell: whyWords },
  {
    key: 'what',
    title: t('blocked.column.what'),
    width: 12,
    cell: (change) => <span title={whatChanges(change)}>{whatChanges(change)}</span>,
  },
];
