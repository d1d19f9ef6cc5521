/** Every connection with what is read of it, and how far it is; one of them in detail at the side. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Connector } from '../../../../src/http/schemas/connectors.ts';
import { connectorsQuery } from '../../data/connectors.ts';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { text, useSearchState } from '../../kit/search-state.ts';
import { SidePanel } from '../../kit/side-panel.tsx';
import { Badge, StatusBadge } from '../../kit/status-badge.tsx';
import { Count, Time } from '../../kit/values.tsx';
import { t } from '../../texts/connectors.ts';
import { ConnectorDetails } from './connector-details.tsx';

const fields = listFields('name', {});
const openField = { open: text() };

const columns: readonly Column<Connector>[] = [
  { key: 'name', title: t('connectors.name'), cell: ({ name }) => name, sort: 'name', width: 16 },
  {
    key: 'connector',
    title: t('connectors.connector'),
    cell: ({ connector }) => connector ?? t('time.none'),
    width: 10,
    isHiddenAtFirst: true,
  },
  {
    key: 'package',
    title: t('connectors.package'),
    cell: () => t('connectors.packageEntra'),
    width: 15,
    isHiddenAtFirst: true,
  },
  {
    key: 'origin',
    title: t('connectors.origin'),
    cell: ({ origin }) => t(`connectors.origin.${origin}`),
    width: 9,
  },
  {
    key: 'entityTypes',
    title: t('connectors.entityTypes'),
    cell: ({ entityTypes }) => entityTypes.map(({ name }) => name).join(', '),
    width: 16,
  },
  {
    key: 'objects',
    title: t('connectors.objects'),
    cell: ({ entityTypes }) => <Count value={objectsOf(entityTypes)} />,
    isNumeric: true,
    width: 7,
  },
  {
    key: 'cookie',
    title: t('connectors.cookie'),
    cell: ({ entityTypes }) => <Time value={oldestOf(entityTypes)} none={t('connectors.notRead')} />,
    width: 11,
  },
  {
    key: 'jobs',
    title: t('connectors.jobs'),
    cell: ({ jobs }) => t('connectors.jobCount', { count: jobs.length }),
    width: 7,
  },
  { key: 'status', title: t('connectors.status'), cell: (connector) => <Status {...connector} />, width: 10 },
];

export function ConnectorsPage() {
  const list = useList(fields);
  const query = useQuery(connectorsQuery(list.query));
  const [{ open }, change] = useSearchState(openField);
  const shown = query.data?.items.find(({ name }) => name === open);
  return (
    <Page title={t('connectors.title')} description={t('connectors.summary')}>
      <DataTable
        name="connectors"
        label={t('connectors.list')}
        columns={columns}
        rowKey={({ name }) => name}
        query={query}
        list={list}
        searchLabel={t('connectors.search')}
        onOpen={({ name }) => change({ open: name })}
        openKey={open}
        empty={{
          title: t('connectors.none'),
          description: t('connectors.noneHint'),
          action: (
            <Link to="/integrations" className="btn btn-primary">
              {t('connectors.toIntegrations')}
            </Link>
          ),
        }}
      />
      <SidePanel
        isOpen={shown !== undefined}
        onClose={() => change({ open: '' })}
        title={shown?.name ?? ''}
        subtitle={shown && <Status {...shown} />}
      >
        {shown && <ConnectorDetails connector={shown} />}
      </SidePanel>
    </Page>
  );
}

const runStatus = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
  interrupted: 'failed',
} as const;

function Status({ problem, block, lastRun }: Connector) {
  if (problem !== null) {
    return (
      <Badge kind="failed" title={problem}>
        {t('connectors.unusable')}
      </Badge>
    );
  }
  if (block !== null) {
    return (
      <Badge kind="blocked" title={block.reasons.join('\n')}>
        {t('connectors.blocked')}
      </Badge>
    );
  }
  if (lastRun === null) return <StatusBadge status="never" />;
  const status = Object.entries(runStatus).find(([state]) => state === lastRun.state)?.[1] ?? 'waiting';
  return <StatusBadge status={status} title={lastRun.message ?? undefined} />;
}

function objectsOf(entityTypes: Connector['entityTypes']): number | null {
  const counts = entityTypes.flatMap(({ resourceCount }) => (resourceCount === null ? [] : resourceCount));
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

/** A connection is as far as the type that is furthest behind. */
function oldestOf(entityTypes: Connector['entityTypes']): string | null {
  const times = entityTypes.flatMap(({ cookieAt }) => (cookieAt === null ? [] : cookieAt)).sort();
  return times.length < entityTypes.length ? null : (times[0] ?? null);
}
