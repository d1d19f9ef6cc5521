/** The tab Sync History of a tenant: what each run did to each class of objects. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { SyncHistoryRow } from '../../../../src/http/schemas/sync-history.ts';
import { type TimeDisplay, usePreferences } from '../../data/preferences.ts';
import { historyPath, historyQuery } from '../../data/sync-history.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { ExportButton } from '../../kit/export-button.tsx';
import { formatCount, formatRelative, formatTime, zone } from '../../kit/formats.ts';
import { listFields, useList } from '../../kit/list-state.ts';
import { choice, flag, text, useSearchState } from '../../kit/search-state.ts';
import { t } from '../../texts/sync-history.ts';
import { HistoryDetails } from './history-details.tsx';
import { HistoryFilters } from './history-filters.tsx';
import { usePinnedRun } from './history-pin.ts';
import { classWords, modeWords } from './history-words.ts';
import { SyncStatus } from './sync-status.tsx';

const listed = listFields('-startedAt', {
  type: text(),
  status: text(),
  mode: choice(['', 'full', 'incremental'], ''),
  from: text(),
  to: text(),
  links: flag(),
});
const opened = { row: text() };

const numberColumn = (
  key: 'total' | 'changed' | 'deleted' | 'filtered',
  title: string,
): Column<SyncHistoryRow> => ({
  key,
  title,
  sort: key,
  width: 5.3,
  isNumeric: true,
  cell: (row) => formatCount(row[key]),
});

/** A thousand rows are there at once when their cells are elements, and no components that each ask what the person likes. */
function columnsFor(timeDisplay: TimeDisplay): readonly Column<SyncHistoryRow>[] {
  const time = (value: string | null) =>
    value === null ? (
      <span className="text-muted">{t('time.none')}</span>
    ) : (
      <time dateTime={value} title={value}>
        {timeDisplay === 'relative'
          ? formatRelative(new Date(value))
          : formatTime(new Date(value), timeDisplay === 'utc')}
      </time>
    );
  const timeWidth = timeDisplay === 'utc' ? 13.2 : 11.3;
  return [
    {
      key: 'startedAt',
      title: t('history.startTime'),
      sort: 'startedAt',
      width: timeWidth,
      cell: ({ startedAt }) => time(startedAt),
    },
    {
      key: 'endedAt',
      title: t('history.endTime'),
      sort: 'endedAt',
      width: timeWidth,
      cell: ({ endedAt }) => time(endedAt),
    },
    {
      key: 'type',
      title: t('history.type'),
      sort: 'type',
      width: 8.8,
      cell: (row) => (
        <span title={t('history.type.raw', { name: row.type })}>
          {classWords(row.type)}
          {row.mode === 'full' && (
            <span className="ms-1.5 text-2xs text-muted" title={modeWords(row)}>
              {t('history.full')}
            </span>
          )}
        </span>
      ),
    },
    numberColumn('total', t('history.total')),
    numberColumn('changed', t('history.changed')),
    numberColumn('deleted', t('history.deleted')),
    numberColumn('filtered', t('history.filtered')),
    {
      key: 'status',
      title: t('history.status'),
      sort: 'status',
      width: 7.7,
      cell: ({ status, message }) => <SyncStatus status={status} message={message} />,
    },
  ];
}

const keyOf = ({ runId, type }: Pick<SyncHistoryRow, 'runId' | 'type'>) => `${runId}:${type}`;

export function SyncHistory({ name }: Readonly<{ name: string }>) {
  const list = useList(listed);
  const [{ row }, change] = useSearchState(opened);
  const { timeDisplay } = usePreferences();
  const columns = useMemo(() => columnsFor(timeDisplay), [timeDisplay]);
  const timeZone = timeDisplay === 'utc' ? 'UTC' : zone;
  const pin = usePinnedRun(list.page);
  const query = useQuery(historyQuery(name, { ...list.query, timeZone, upTo: pin.runId }));
  pin.take(query.data?.newestRunId);
  const open = useCallback((opening: SyncHistoryRow) => change({ row: keyOf(opening) }), [change]);
  const newer = query.data?.newer ?? 0;
  const [runId, type] = row.split(':');
  return (
    // Whoever has scrolled down reads: rows that come meanwhile wait.
    <div onScrollCapture={pin.scroll}>
      <DataTable
        name="sync-history"
        label={t('history.label', { name })}
        searchLabel={t('history.search')}
        columns={columns}
        rowKey={keyOf}
        query={query}
        list={list}
        filters={<HistoryFilters list={list} />}
        actions={
          <ExportButton
            path={`${historyPath(name)}.csv`}
            query={{ ...list.matching, sort: list.sort, timeZone, upTo: pin.runId }}
            count={query.data?.total}
          />
        }
        notice={
          newer > 0 && (
            <div className="flex items-center justify-center gap-2" role="status">
              <span>{t('history.new', { count: newer })}</span>
              <Button
                onClick={() => {
                  pin.release();
                  list.setPage(1);
                }}
              >
                {t('history.newShow')}
              </Button>
            </div>
          )
        }
        empty={{ title: t('history.empty'), description: t('history.emptyHint') }}
        onOpen={open}
        openKey={row}
      />
      {runId !== undefined && type !== undefined && (
        <HistoryDetails name={name} runId={Number(runId)} type={type} onClose={() => change({ row: '' })} />
      )}
    </div>
  );
}
