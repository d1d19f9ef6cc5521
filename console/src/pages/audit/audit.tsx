/** Who did what, and when. */
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useMemo } from 'react';
import type { AuditEntry } from '../../../../src/http/schemas/audit.ts';
import type { Query } from '../../data/api.ts';
import { auditQuery } from '../../data/audit.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { ExportButton } from '../../kit/export-button.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { choice, text, useSearchState, whole } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/audit.ts';
import { EntryPanel } from './entry-panel.tsx';
import { outcomeLooks } from './outcome-looks.ts';

const outcomes = ['done', 'refused', 'failed'] as const;
const periods = ['any', 'day', 'week', 'month'] as const;
const daysOf = { any: 0, day: 1, week: 7, month: 30 } as const;

const list = listFields('', {
  outcome: choice(['', ...outcomes], ''),
  period: choice(periods, 'any'),
  actor: text(),
  action: text(),
});
const openFields = { entry: whole(0) };

const columns: readonly Column<AuditEntry>[] = [
  { key: 'time', title: t('audit.time'), width: 12, cell: ({ recordedAt }) => <Time value={recordedAt} /> },
  { key: 'actor', title: t('audit.actor'), width: 15, cell: ({ actor }) => actor },
  {
    key: 'action',
    title: t('audit.action'),
    width: 14,
    cell: ({ action }) => <code className="text-[.8rem]">{action}</code>,
  },
  { key: 'subject', title: t('audit.subject'), cell: ({ subject }) => subject },
  {
    key: 'outcome',
    title: t('audit.outcome'),
    width: 8,
    cell: ({ outcome }) => <Badge kind={outcomeLooks[outcome]}>{t(`audit.outcome.${outcome}`)}</Badge>,
  },
  {
    key: 'address',
    title: t('audit.address'),
    width: 10,
    cell: ({ address }) => address ?? <span className="text-muted">{t('audit.commandLine')}</span>,
  },
  {
    key: 'request',
    title: t('audit.request'),
    width: 20,
    isHiddenAtFirst: true,
    cell: ({ requestId }) => requestId ?? '',
  },
];

const outcomeOptions = [
  { value: '', label: t('audit.allOutcomes') },
  ...outcomes.map((outcome) => ({ value: outcome, label: t(`audit.outcome.${outcome}`) })),
] as const;
const periodOptions = periods.map((period) => ({ value: period, label: t(`audit.period.${period}`) }));

export function AuditPage() {
  const state = useList(list);
  const [{ entry }, change] = useSearchState(openFields);
  const { outcome, period, actor, action } = state.filters;
  const matching = useMemo(() => withPeriod(state.matching, period), [state.matching, period]);
  const { page, pageSize } = state;
  const query = useQuery(auditQuery({ ...matching, page, pageSize }));
  const shown = query.data?.items.find(({ auditId }) => auditId === entry);
  return (
    <Page title={t('audit.title')} description={t('audit.summary')}>
      <DataTable
        name="audit"
        label={t('audit.title')}
        searchLabel={t('audit.search')}
        columns={columns}
        rowKey={({ auditId }) => auditId}
        query={query}
        list={state}
        filters={
          <>
            <CompactSelect
              label={t('audit.outcome')}
              value={outcome}
              onChange={(next) => state.setFilters({ outcome: next ?? '' })}
              options={outcomeOptions}
            />
            <CompactSelect
              label={t('audit.period')}
              value={period}
              onChange={(next) => state.setFilters({ period: next ?? 'any' })}
              options={periodOptions}
            />
            {actor !== '' && (
              <Chip label={t('audit.ofActor', { actor })} onRemove={() => state.setFilters({ actor: '' })} />
            )}
            {action !== '' && (
              <Chip
                label={t('audit.ofAction', { action })}
                onRemove={() => state.setFilters({ action: '' })}
              />
            )}
          </>
        }
        actions={<ExportButton path="/api/audit.csv" query={matching} count={query.data?.total} />}
        onOpen={({ auditId }) => change({ entry: auditId })}
        openKey={entry}
        empty={{ title: t('audit.empty') }}
      />
      {shown && (
        <EntryPanel
          entry={shown}
          onClose={() => change({ entry: 0 })}
          onFilter={(filter) => {
            change({ entry: 0 }, { isReplacing: true });
            state.setFilters(filter);
          }}
        />
      )}
    </Page>
  );
}

/** A filter that came by a click elsewhere; a click takes it away. */
function Chip({ label, onRemove }: Readonly<{ label: string; onRemove: () => void }>) {
  return (
    <Button icon={X} aria-label={t('audit.remove', { filter: label })} onClick={onRemove}>
      {label}
    </Button>
  );
}

/** The filters as the server takes them: a period is a time from which on, to the minute, so that a page is asked for once. */
function withPeriod({ period: _, ...rest }: Query, period: (typeof periods)[number]): Query {
  const days = daysOf[period];
  if (days === 0) return rest;
  const minuteMs = 60_000;
  const nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;
  return { ...rest, from: new Date(nowMs - days * 86_400_000).toISOString() };
}
