/** The applications: systems whose accounts are in step with identities, and below them mappings that belong to none. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LayoutGrid } from 'lucide-react';
import type { ApplicationSummary } from '../../../../src/http/schemas/applications.ts';
import { applicationsQuery } from '../../data/applications.ts';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/applications.ts';
import { ActiveBadge, ConnectionBadge } from './application-badges.tsx';
import { MatchShare } from './match-share.tsx';
import { OtherMappings } from './other-mappings.tsx';
import { ownerNames } from './owner-names.ts';

const fields = listFields('name', {});

const columns: readonly Column<ApplicationSummary>[] = [
  {
    key: 'name',
    title: t('applications.name'),
    sort: 'name',
    cell: ({ id, name }) => (
      <Link to="/applications/$applicationId" params={{ applicationId: String(id) }} className="link">
        {name}
      </Link>
    ),
  },
  {
    key: 'template',
    title: t('applications.template'),
    sort: 'template',
    width: 14,
    cell: ({ template }) => template.name,
  },
  {
    key: 'status',
    title: t('applications.status'),
    sort: 'status',
    width: 7,
    cell: (application) => <ActiveBadge isEnabled={application.isEnabled} />,
  },
  {
    key: 'connection',
    title: t('applications.connection'),
    width: 9,
    cell: ({ connection }) => <ConnectionBadge connection={connection} />,
  },
  {
    key: 'authoritative',
    title: t('applications.authoritative'),
    sort: 'authoritative',
    width: 8,
    cell: ({ isAuthoritative }) => t(isAuthoritative ? 'form.yes' : 'form.no'),
  },
  {
    key: 'owners',
    title: t('applications.owners'),
    width: 10,
    cell: ({ owners }) => ownerNames(owners),
  },
  {
    key: 'oneToOne',
    title: t('applications.oneToOne'),
    width: 8,
    isNumeric: true,
    cell: ({ mappings }) => <MatchShare percent={mappings[0]?.oneToOnePercent ?? null} />,
  },
  {
    key: 'lastReconciliation',
    title: t('applications.lastReconciliation'),
    sort: 'lastReconciliation',
    width: 12,
    cell: ({ mappings }) => <Time value={lastOf(mappings)} none={t('time.never')} />,
  },
];

function lastOf(mappings: ApplicationSummary['mappings']): string | null {
  const times = mappings.flatMap(({ lastReconciliation }) => lastReconciliation?.startedAt ?? []);
  return times.sort().at(-1) ?? null;
}

export function ApplicationsPage() {
  const list = useList(fields);
  const query = useQuery(applicationsQuery(list.query));
  const browse = (
    <Link to="/applications/catalog" className="btn btn-primary">
      <LayoutGrid aria-hidden size={15} />
      {t('applications.browse')}
    </Link>
  );
  return (
    <Page title={t('applications.title')} description={t('applications.summary')} actions={browse}>
      <DataTable
        name="applications"
        label={t('applications.title')}
        searchLabel={t('applications.search')}
        columns={columns}
        rowKey={({ id }) => id}
        query={query}
        list={list}
        empty={{
          title: t('applications.empty'),
          description: t('applications.emptyText'),
          action: browse,
        }}
      />
      <OtherMappings />
    </Page>
  );
}
