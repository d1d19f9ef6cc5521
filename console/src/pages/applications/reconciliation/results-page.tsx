/** What the reconciliations of a mapping found and did: the last one, or one of those before it, category by category and entry by entry. */
import { useQuery } from '@tanstack/react-query';
import type { Application } from '../../../../../src/http/schemas/applications.ts';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import { mappingQuery } from '../../../data/mappings.ts';
import { reconciliationQuery, reconciliationsQuery } from '../../../data/reconciliation.ts';
import { choice, text, useSearchState, whole } from '../../../kit/search-state.ts';
import { EmptyState, Loaded } from '../../../kit/states.tsx';
import { Tabs } from '../../../kit/tabs.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { Categories } from './categories.tsx';
import { EntriesTable } from './entries-table.tsx';
import { LinksTable } from './links-table.tsx';
import { ReconcileButtons } from './reconcile-buttons.tsx';
import { RunBanners } from './run-banners.tsx';
import { RunHistory } from './run-history.tsx';
import { RunSummary } from './run-summary.tsx';
import { sidesOf } from './words.ts';

const fields = {
  run: whole(0),
  view: choice(['results', 'history', 'links'], 'results'),
  page: whole(1),
  q: text(),
};

type Props = Readonly<{ application?: Application; mappingName: string }>;

export function ReconciliationResultsPage({ application, mappingName }: Props) {
  const mapping = useQuery(mappingQuery(mappingName));
  return (
    <Loaded query={mapping} lines={8}>
      {(loaded) => <Results application={application} mapping={loaded} />}
    </Loaded>
  );
}

function Results({
  application,
  mapping,
}: Readonly<{ application: Application | undefined; mapping: Mapping }>) {
  const [{ run, view }, change] = useSearchState(fields);
  const latest = useQuery(reconciliationsQuery(mapping.name, { pageSize: 1 }));
  // Runs that had nothing to look at come every few minutes: what is looked at is the last one that found anything.
  const telling = useQuery(
    reconciliationsQuery(mapping.name, { pageSize: 1, mode: 'full,incremental,query', isTelling: true }),
  );
  const chosen = useQuery({ ...reconciliationQuery(run), enabled: run > 0 });
  const shown = run > 0 ? chosen.data : (telling.data?.items[0] ?? latest.data?.items[0]);
  const sides = sidesOf(application, mapping.source, mapping.target);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <ReconcileButtons mapping={mapping} onStarted={() => change({ run: 0, view: 'results' })} />
      <RunSummary mapping={mapping} latest={latest.data?.items[0]} isLoaded={latest.data !== undefined} />
      <Tabs
        label={t('results.views')}
        value={view}
        onChange={(next) => change({ view: next, page: 1, q: '' })}
        tabs={[
          {
            key: 'results',
            label: t('results.title'),
            content: (
              <Loaded<unknown> query={run > 0 ? chosen : telling} lines={8}>
                {() =>
                  shown ? (
                    <OneRun
                      run={shown}
                      sides={sides}
                      isLatest={run === 0}
                      onLatest={() => change({ run: 0 })}
                    />
                  ) : (
                    <EmptyState title={t('results.never')} description={t('results.neverHint', sides)} />
                  )
                }
              </Loaded>
            ),
          },
          {
            key: 'history',
            label: t('past.title'),
            content: (
              <RunHistory
                mapping={mapping.name}
                onOpen={(reconciliationId) =>
                  change({ run: reconciliationId, view: 'results', page: 1, q: '' })
                }
              />
            ),
          },
          { key: 'links', label: t('accountLinks.title'), content: <LinksTable mapping={mapping} /> },
        ]}
      />
    </div>
  );
}

function OneRun({
  run,
  sides,
  isLatest,
  onLatest,
}: Readonly<{
  run: Reconciliation;
  sides: ReturnType<typeof sidesOf>;
  isLatest: boolean;
  onLatest: () => void;
}>) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <RunBanners run={run} sides={sides} isLatest={isLatest} onLatest={onLatest} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <Categories run={run} sides={sides} />
        {run.hasEntries ? (
          <EntriesTable key={run.reconciliationId} run={run} sides={sides} />
        ) : (
          <EmptyState title={t('entries.removed')} description={t('entries.removedHint')} />
        )}
      </div>
    </div>
  );
}
