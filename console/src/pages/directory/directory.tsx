/** The directory: everything that was read, of every tenant, found as one types. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Tags } from 'lucide-react';
import type { DirectoryResource, DirectoryTypes } from '../../../../src/http/schemas/directory.ts';
import { directoryTypesQuery, exportPath, resourcesQuery, tagsQuery } from '../../data/directory.ts';
import { Banner } from '../../kit/banner.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { ExportButton } from '../../kit/export-button.tsx';
import { type ListState, listFields, pageSizes, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { text } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { Count, Time } from '../../kit/values.tsx';
import { t } from '../../texts/directory.ts';
import { ResourceLink } from './resource-link.tsx';
import { TagChips } from './tag-chips.tsx';
import { textOf, typeWords, yesOrNo } from './type-words.ts';

const filterFields = { type: text(), connection: text(), tag: text(), deleted: text() };
const fields = listFields('', filterFields);
type List = ListState<typeof filterFields>;

export function DirectoryPage() {
  const list = useList(fields);
  const types = useQuery(directoryTypesQuery);
  const tags = useQuery(tagsQuery);
  const query = useQuery(resourcesQuery({ ...list.matching, limit: list.pageSize, after: list.after }));
  const connections = [...new Set(types.data?.types.map(({ connection }) => connection))];
  const isDeleted = list.filters.deleted === 'true';
  const { data } = query;
  const count = data?.isTotalExact ? (data.total ?? undefined) : undefined;
  return (
    <Page
      title={t('directory.title')}
      description={t('directory.summary')}
      actions={
        <Link to="/directory/tags" className="btn">
          <Tags aria-hidden size={15} />
          {t('directory.tags')}
        </Link>
      }
    >
      {types.data && <IndexNotice index={types.data.index} />}
      <div className="grid items-start gap-4 lg:grid-cols-[13rem_minmax(0,1fr)]">
        <TypeList types={types.data?.types ?? []} list={list} />
        <DataTable
          name={isDeleted ? 'directory-deleted' : 'directory'}
          label={t('directory.table')}
          searchLabel={t('directory.search')}
          columns={isDeleted ? deletedColumns : columns}
          rowKey={({ connection, type, key }) => `${connection}/${type}/${key}`}
          query={query}
          list={list}
          filters={
            <>
              {connections.length > 1 && (
                <CompactSelect
                  label={t('directory.tenantFilter')}
                  className="w-52"
                  value={list.filters.connection}
                  onChange={(connection) => list.setFilters({ connection: connection ?? '' })}
                  options={[
                    { value: '', label: t('directory.allTenants') },
                    ...connections.map((value) => ({ value, label: value })),
                  ]}
                />
              )}
              {tags.data && tags.data.tags.length > 0 && (
                <CompactSelect
                  label={t('directory.tagFilter')}
                  value={list.filters.tag}
                  onChange={(tag) => list.setFilters({ tag: tag ?? '' })}
                  options={[
                    { value: '', label: t('directory.allTags') },
                    ...tags.data.tags.map(({ tagId, name }) => ({ value: String(tagId), label: name })),
                  ]}
                />
              )}
              <CompactSelect
                label={t('directory.stateFilter')}
                value={list.filters.deleted}
                onChange={(deleted) => list.setFilters({ deleted: deleted ?? '' })}
                options={[
                  { value: '', label: t('directory.present') },
                  { value: 'true', label: t('directory.deleted') },
                ]}
              />
            </>
          }
          actions={
            <>
              <CompactSelect
                label={t('table.rowsPerPage')}
                className="w-22"
                value={String(list.pageSize)}
                onChange={(size) => list.setPageSize(Number(size))}
                options={pageSizes.map((size) => ({ value: String(size), label: String(size) }))}
              />
              <ExportButton path={exportPath} query={list.matching} count={count} />
            </>
          }
          empty={{
            title: t('directory.empty'),
            description: t('directory.emptyHint'),
            action: (
              <Link to="/integrations" className="btn btn-primary">
                {t('directory.emptyAction')}
              </Link>
            ),
          }}
        />
      </div>
    </Page>
  );
}

const mostCounted = 100_000;

function IndexNotice({ index: { behind } }: Readonly<{ index: DirectoryTypes['index'] }>) {
  if (behind === 0) return null;
  const title = t(behind >= mostCounted ? 'directory.behindMany' : 'directory.behind', { count: behind });
  return (
    <Banner kind="info" title={title}>
      {t('directory.behindHint')}
    </Banner>
  );
}

/** The types with how many there are, of the tenant that is chosen; deleted objects are not counted. */
function TypeList({ types, list }: Readonly<{ types: DirectoryTypes['types']; list: List }>) {
  const { type: chosen, connection, deleted } = list.filters;
  const counts = new Map<string, number>();
  for (const { type, count, connection: owner } of types) {
    if (connection === '' || connection === owner) counts.set(type, (counts.get(type) ?? 0) + count);
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const entries = [
    { type: '', label: t('directory.allTypes'), count: all },
    ...[...counts]
      .sort(([, one], [, other]) => other - one)
      .map(([type, count]) => ({ type, label: typeWords(type), count })),
  ];
  return (
    <nav aria-label={t('directory.types')} className="card p-1.5">
      <ul className="flex flex-wrap gap-0.5 lg:grid">
        {entries.map(({ type, label, count }) => (
          <li key={type}>
            <button
              type="button"
              aria-current={type === chosen ? 'true' : undefined}
              className="flex min-h-8 w-full cursor-pointer items-center justify-between gap-3 rounded-md px-2.5 py-1 text-start hover:bg-sunken aria-[current]:bg-accent-soft aria-[current]:font-medium aria-[current]:text-accent"
              onClick={() => list.setFilters({ type })}
            >
              {label}
              {deleted !== 'true' && (
                <span className="text-2xs text-muted">
                  <Count value={count} />
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const columns: readonly Column<DirectoryResource>[] = [
  {
    key: 'name',
    title: t('directory.column.name'),
    width: 13,
    cell: ({ connection, type, key, name }) => (
      <ResourceLink connection={connection} type={type} id={key} name={name} />
    ),
  },
  { key: 'type', title: t('directory.column.type'), width: 7, cell: ({ type }) => typeWords(type) },
  {
    key: 'address',
    title: t('directory.column.address'),
    width: 14,
    cell: ({ attributes }) =>
      textOf(attributes.userPrincipalName) ?? textOf(attributes.userName) ?? textOf(attributes.mail),
  },
  {
    key: 'title',
    title: t('directory.column.title'),
    width: 8,
    cell: ({ attributes }) => textOf(attributes.jobTitle),
  },
  {
    key: 'department',
    title: t('directory.column.department'),
    width: 9,
    isHiddenAtFirst: true,
    cell: ({ attributes }) => textOf(attributes.department),
  },
  { key: 'tenant', title: t('directory.column.tenant'), width: 10, cell: ({ connection }) => connection },
  { key: 'tags', title: t('directory.column.tags'), width: 9, cell: ({ tags }) => <TagChips tags={tags} /> },
  { key: 'id', title: t('directory.column.id'), width: 19, isHiddenAtFirst: true, cell: ({ key }) => key },
  {
    key: 'employeeId',
    title: t('directory.column.employeeId'),
    width: 9,
    isHiddenAtFirst: true,
    cell: ({ attributes }) => textOf(attributes.employeeId),
  },
  {
    key: 'enabled',
    title: t('directory.column.enabled'),
    width: 7,
    isHiddenAtFirst: true,
    cell: ({ attributes }) => yesOrNo(attributes.accountEnabled),
  },
];

const deletedColumns: readonly Column<DirectoryResource>[] = [
  ...columns.slice(0, 3),
  {
    key: 'deletedAt',
    title: t('directory.column.deletedAt'),
    width: 12,
    cell: ({ deletedAt }) => <Time value={deletedAt} />,
  },
  ...columns.slice(3),
];
