/** The reconciliations of a mapping, the newest first. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import { reconciliationsQuery, statusOfReconciliation } from '../../../data/reconciliation.ts';
import { type Column, DataTable } from '../../../kit/data-table.tsx';
import { formatCount } from '../../../kit/formats.ts';
import { listFields, useList } from '../../../kit/list-state.ts';
import { choice } from '../../../kit/search-state.ts';
import { CompactSelect } from '../../../kit/select.tsx';
import { StatusBadge } from '../../../kit/status-badge.tsx';
import { Switch } from '../../../kit/switch.tsx';
import { Duration, Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { modeWords } from './words.ts';

const modes = ['full', 'incremental', 'query', 'keys'] as const;
const listed = listFields('', {
  mode: choice(['', ...modes], ''),
  isTelling: choice(['true', 'false'], 'true'),
});

type Props = Readonly<{ mapping: string; onOpen: (reconciliationId: number) => void }>;

export function RunHistory({ mapping, onOpen }: Props) {
  const list = useList(listed);
  const { mode, isTelling } = list.filters;
  const { page, pageSize, q } = list;
  const query = useQuery(reconciliationsQuery(mapping, { page, pageSize, q, mode, isTelling }));
  const columns = useMemo(() => columnsOf(), []);
  return (
    <DataTable
      name="reconciliations"
      label={t('past.label', { mapping })}
      searchLabel={t('past.search')}
      columns={columns}
      rowKey={({ reconciliationId }) => reconciliationId}
      query={query}
      list={list}
      filters={
        <>
          <CompactSelect
            className="w-40"
            label={t('past.mode')}
            value={mode}
            options={[
              { value: '' as const, label: t('past.anyMode') },
              ...modes.map((value) => ({ value, label: t(`reconcileMode.${value}`) })),
            ]}
            onChange={(value) => list.setFilters({ mode: value ?? '' })}
          />
          <Switch
            label={t('past.empty')}
            value={isTelling === 'false'}
            onChange={(isAll) => list.setFilters({ isTelling: isAll ? 'false' : 'true' })}
          />
        </>
      }
      empty={{ title: t('past.none'), description: t('past.noneHint') }}
      onOpen={({ reconciliationId }) => onOpen(reconciliationId)}
    />
  );
}

function columnsOf(): readonly Column<Reconciliation>[] {
  const number = (
    key: string,
    title: string,
    value: (run: Reconciliation) => number,
  ): Column<Reconciliation> => ({
    key,
    title,
    width: 5,
    isNumeric: true,
    cell: (run) => formatCount(value(run)),
  });
  return [
    {
      key: 'startedAt',
      title: t('past.startedAt'),
      width: 11,
      cell: ({ startedAt }) => <Time value={startedAt} />,
    },
    { key: 'mode', title: t('past.mode'), width: 9.5, cell: (run) => modeWords(run) },
    {
      key: 'state',
      title: t('past.state'),
      width: 12.5,
      cell: ({ state, message }) => (
        <StatusBadge status={statusOfReconciliation(state)} title={message ?? undefined} />
      ),
    },
    {
      key: 'duration',
      title: t('past.duration'),
      width: 6.5,
      cell: ({ startedAt, endedAt }) => (
        <Duration ms={endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt)} />
      ),
    },
    number('total', t('past.total'), ({ total }) => total),
    number('created', t('past.created'), ({ counts }) => counts.target.created),
    number('updated', t('past.updated'), ({ counts }) => counts.target.updated),
    number('deleted', t('past.deleted'), ({ counts }) => counts.target.deleted),
    number('failed', t('past.failed'), ({ failed }) => failed),
    { key: 'startedBy', title: t('past.startedBy'), width: 11, cell: ({ startedBy }) => startedBy },
  ];
}
