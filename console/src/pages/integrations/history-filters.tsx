/** The filters of the history: type, status, mode and time, and whether links are listed, too. */

import { formatTime } from '../../kit/formats.ts';
import type { ListState } from '../../kit/list-state.ts';
import { CompactSelect, type Option } from '../../kit/select.tsx';
import { Switch } from '../../kit/switch.tsx';
import { t } from '../../texts/sync-history.ts';
import { classWords } from './history-words.ts';
import { syncWord } from './sync-status.tsx';

const types = [
  'user',
  'group',
  'device',
  'application',
  'servicePrincipal',
  'directoryRole',
  'administrativeUnit',
];
const states = ['running', 'succeeded', 'failed', 'blocked', 'cancelled', 'interrupted'] as const;
const hourMs = 3_600_000;
const spans = { day: 24 * hourMs, week: 7 * 24 * hourMs, month: 30 * 24 * hourMs } as const;

const typeOptions: readonly Option[] = [
  { value: '', label: t('history.anyType') },
  ...types.map((type) => ({ value: type, label: classWords(type) })),
];
const statusOptions: readonly Option[] = [
  { value: '', label: t('history.anyStatus') },
  ...states.map((state) => ({ value: state, label: syncWord(state) })),
];
const modeOptions: readonly Option<'' | 'full' | 'incremental'>[] = [
  { value: '', label: t('history.anyMode') },
  { value: 'full', label: t('history.full') },
  { value: 'incremental', label: t('history.incremental') },
];

type Filters = Readonly<{
  type: string;
  status: string;
  mode: '' | 'full' | 'incremental';
  from: string;
  to: string;
  links: boolean;
}>;

export function HistoryFilters({
  list,
}: Readonly<{
  list: Pick<ListState, 'filters'> &
    Readonly<{ filters: Filters; setFilters: (change: Partial<Filters>) => void }>;
}>) {
  const { filters, setFilters } = list;
  const own = describeSpan(filters);
  const timeOptions: readonly Option[] = [
    { value: '', label: t('history.anyTime') },
    ...(own === undefined ? [] : [{ value: 'own', label: own }]),
    { value: 'day', label: t('history.lastDay') },
    { value: 'week', label: t('history.lastWeek') },
    { value: 'month', label: t('history.lastMonth') },
  ];
  return (
    <>
      <CompactSelect
        className="w-34"
        label={t('history.type')}
        options={typeOptions}
        value={filters.type}
        onChange={(type) => setFilters({ type: type ?? '' })}
      />
      <CompactSelect
        className="w-34"
        label={t('history.status')}
        options={statusOptions}
        value={filters.status}
        onChange={(status) => setFilters({ status: status ?? '' })}
      />
      <CompactSelect
        className="w-34"
        label={t('history.mode')}
        options={modeOptions}
        value={filters.mode}
        onChange={(mode) => setFilters({ mode: mode ?? '' })}
      />
      <CompactSelect
        className="w-34"
        label={t('history.time')}
        options={timeOptions}
        value={own === undefined ? '' : 'own'}
        onChange={(span) => {
          if (span !== 'own') setFilters({ from: beginOf(span), to: '' });
        }}
      />
      <Switch
        label={t('history.withLinks')}
        value={filters.links}
        onChange={(links) => setFilters({ links })}
      />
    </>
  );
}

/** Whole hours, so that the address and what was loaded for it stay the same for a while. */
function beginOf(span: string | null): string {
  const lengthMs = span === 'day' || span === 'week' || span === 'month' ? spans[span] : undefined;
  if (lengthMs === undefined) return '';
  return new Date(Math.floor((Date.now() - lengthMs) / hourMs) * hourMs).toISOString();
}

function describeSpan({ from, to }: Pick<Filters, 'from' | 'to'>): string | undefined {
  const words = (time: string) => formatTime(new Date(time));
  if (from === '' && to === '') return undefined;
  if (to === '') return t('history.since', { from: words(from) });
  if (from === '') return t('history.until', { to: words(to) });
  return t('history.between', { from: words(from), to: words(to) });
}
