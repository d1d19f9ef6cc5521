/** The entries of a run that are chosen: of a category, a situation, an action, or found by a text. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Reconciliation, ReconciliationEntry } from '../../../../../src/http/schemas/reconciliations.ts';
import { entriesFile, entriesQuery } from '../../../data/reconciliation.ts';
import { type Column, DataTable } from '../../../kit/data-table.tsx';
import { ExportButton } from '../../../kit/export-button.tsx';
import { lazyPart } from '../../../kit/lazy-part.tsx';
import { listFields, useList } from '../../../kit/list-state.ts';
import { text, useSearchState } from '../../../kit/search-state.ts';
import { CompactSelect } from '../../../kit/select.tsx';
import { Badge } from '../../../kit/status-badge.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { FailureCauses } from './failure-causes.tsx';
import { actionNames, categoryWords, isCategory, outcomeOf, type Sides, situationNames } from './words.ts';

const EntryPanel = lazyPart(() => import('./entry-panel.tsx').then(({ EntryPanel: part }) => part), true);

const listed = listFields('', { category: text(), situation: text(), action: text(), status: text() });
const opened = { entry: text() };

type Props = Readonly<{ run: Reconciliation; sides: Sides }>;

export function EntriesTable({ run, sides }: Props) {
  const list = useList(listed);
  const [{ entry }, change] = useSearchState(opened);
  const query = useQuery(entriesQuery(run.reconciliationId, list.query));
  const { category, situation, action, status } = list.filters;
  const columns = useMemo(() => columnsFor(run, sides), [run, sides]);
  const open = useCallback((one: ReconciliationEntry) => change({ entry: one.entryId }), [change]);
  const title =
    category === 'failed'
      ? t('category.failed')
      : isCategory(category)
        ? categoryWords(category, sides)
        : t('entries.all');
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3" aria-label={title}>
      <h2 className="text-lg font-semibold">{title}</h2>
      {category === 'failed' && run.failed > 0 && <FailureCauses run={run} />}
      <DataTable
        name="reconciliation-entries"
        label={t('entries.label', { category: title })}
        searchLabel={t('entries.search')}
        columns={columns}
        rowKey={({ entryId }) => entryId}
        query={query}
        list={list}
        filters={
          <>
            <CompactSelect
              className="w-34"
              label={t('entries.situation')}
              value={situation}
              options={[
                { value: '', label: t('entries.anySituation') },
                ...situationNames.map((value) => ({ value, label: t(`situation.${value}`) })),
              ]}
              onChange={(value) => list.setFilters({ situation: value ?? '', category: '' })}
            />
            <CompactSelect
              className="w-30"
              label={t('entries.action')}
              value={action}
              options={[
                { value: '', label: t('entries.anyAction') },
                ...actionNames.map((value) => ({ value, label: t(`action.name.${value}`) })),
              ]}
              onChange={(value) => list.setFilters({ action: value ?? '' })}
            />
            <CompactSelect
              className="w-30"
              label={t('entries.result')}
              value={status}
              options={[
                { value: '', label: t('entries.anyResult') },
                { value: 'succeeded', label: t('entries.status.succeeded') },
                { value: 'proposed', label: t('entries.status.proposed') },
                { value: 'failed', label: t('entries.status.failed') },
              ]}
              onChange={(value) => list.setFilters({ status: value ?? '' })}
            />
          </>
        }
        actions={
          <ExportButton
            path={entriesFile(run.reconciliationId)}
            query={list.matching}
            count={query.data?.isTotalExact ? query.data.total : undefined}
          />
        }
        empty={{ title: t('entries.none'), description: t('entries.noneHint') }}
        onOpen={open}
        openKey={entry}
      />
      {entry !== '' && (
        <EntryPanel run={run} sides={sides} entryId={entry} onClose={() => change({ entry: '' })} />
      )}
    </section>
  );
}

/** Elements and no components, so that a thousand rows are there at once. */
function columnsFor(run: Reconciliation, sides: Sides): readonly Column<ReconciliationEntry>[] {
  return [
    {
      key: 'source',
      title: t('entries.source', sides),
      width: 11,
      cell: ({ source, target }) => {
        const shown = source ?? target;
        if (shown === null) return t('entries.nobody');
        return source === null ? <span className="text-muted">{t('entries.noSource')}</span> : named(source);
      },
    },
    {
      key: 'situation',
      title: t('entries.situation'),
      width: 9,
      cell: ({ situation }) =>
        situation === null ? (
          <span className="text-muted">{t('entries.unknown')}</span>
        ) : (
          <span title={t(`situation.meaning.${situation}`)}>{t(`situation.${situation}`)}</span>
        ),
    },
    {
      key: 'target',
      title: t('entries.target'),
      width: 12,
      cell: ({ target, candidates, candidateCount }) => {
        if (candidateCount > 0) {
          const names = candidates.map(({ key, name }) => name ?? key).join(', ');
          const more = candidateCount - candidates.length;
          return <span title={names}>{more > 0 ? t('entries.candidates', { names, more }) : names}</span>;
        }
        return target === null ? <span className="text-muted">{t('entries.noTarget')}</span> : named(target);
      },
    },
    {
      key: 'action',
      title: run.isDryRun ? t('entries.wouldAction') : t('entries.action'),
      width: 6,
      cell: ({ action }) =>
        action === null ? (
          <span className="text-muted">{t('entries.unknown')}</span>
        ) : (
          t(`action.name.${action}`)
        ),
    },
    {
      key: 'result',
      title: t('entries.result'),
      width: 9.5,
      cell: (entry) => {
        const { kind, words } = outcomeOf(entry, run);
        return <Badge kind={kind}>{words}</Badge>;
      },
    },
    {
      key: 'message',
      title: t('entries.message'),
      cell: ({ message, action, changedAttributes }) => {
        const words =
          message ??
          (changedAttributes.length === 0 || action === 'CREATE'
            ? ''
            : t(run.isDryRun ? 'entries.wouldChange' : 'entries.changes', {
                attributes: changedAttributes.join(', '),
              }));
        return <span title={words}>{words}</span>;
      },
    },
    {
      key: 'keys',
      title: t('entries.keys'),
      width: 18,
      isHiddenAtFirst: true,
      cell: ({ source, target }) => (
        <span className="font-mono text-2xs">
          {[source?.key, target?.key].filter((key) => key !== undefined).join(' → ')}
        </span>
      ),
    },
  ];
}

function named({ key, name }: Readonly<{ key: string; name: string | null }>) {
  return <span title={key}>{name ?? key}</span>;
}
