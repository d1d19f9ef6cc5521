/** Identities: people and groups that are kept here, found as one types. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ListTree, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Identity, IdentityTypes } from '../../../../src/http/schemas/identities.ts';
import { identitiesCsv, identitiesQuery, identityTypesQuery } from '../../data/identities.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { ExportButton } from '../../kit/export-button.tsx';
import { type ListState, listFields, pageSizes, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { choice } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { Count } from '../../kit/values.tsx';
import { t } from '../../texts/identities.ts';
import { TagChips } from '../directory/tag-chips.tsx';
import { textOf } from '../directory/type-words.ts';
import { IdentityForm } from './identity-form.tsx';
import { StatusOf } from './status.tsx';

const permission = '/Syncline/Identities/Update';

const filterFields = {
  type: choice(['alpha_user', 'alpha_group'], 'alpha_user'),
  status: choice(['', 'active', 'inactive'], ''),
};
const fields = listFields('', filterFields);
type List = ListState<typeof filterFields>;

export function IdentitiesPage() {
  const [isCreating, setCreating] = useState(false);
  const navigate = useNavigate();
  const list = useList(fields);
  const types = useQuery(identityTypesQuery);
  const { type } = list.filters;
  const { type: _, ...matching } = list.matching;
  const query = useQuery(identitiesQuery(type, { ...matching, pageSize: list.pageSize, after: list.after }));
  const { data } = query;
  const count = data?.isTotalExact ? (data.total ?? undefined) : undefined;
  const details = types.data?.types.find(({ name }) => name === type);
  const create = (
    <Button look="primary" icon={Plus} permission={permission} onClick={() => setCreating(true)}>
      {t(`identities.new.${type}`)}
    </Button>
  );
  return (
    <Page
      title={t('identities.manage')}
      description={t('identities.summary')}
      actions={
        <>
          <Link to="/identities/attributes" search={{ type }} className="btn">
            <ListTree aria-hidden size={15} />
            {t('identities.attributes')}
          </Link>
          {create}
        </>
      }
    >
      <div className="grid items-start gap-4 lg:grid-cols-[13rem_minmax(0,1fr)]">
        <TypeList types={types.data?.types ?? []} list={list} />
        <DataTable
          name={`identities-${type}`}
          label={t('identities.table')}
          searchLabel={t('identities.search')}
          columns={type === 'alpha_user' ? userColumns : groupColumns}
          rowKey={({ key }) => key}
          query={query}
          list={list}
          filters={
            type === 'alpha_user' && (
              <CompactSelect
                label={t('identities.statusFilter')}
                value={list.filters.status}
                onChange={(status) => list.setFilters({ status: status ?? '' })}
                options={[
                  { value: '', label: t('identities.anyStatus') },
                  { value: 'active', label: t('identities.active') },
                  { value: 'inactive', label: t('identities.inactive') },
                ]}
              />
            )
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
              <ExportButton path={identitiesCsv(type)} query={matching} count={count} />
            </>
          }
          empty={{
            title: t(`identities.empty.${type}`),
            description: t(`identities.emptyHint.${type}`),
            action: (
              <>
                {type === 'alpha_user' && (
                  <Link to="/applications" className="btn">
                    {t('identities.browse')}
                  </Link>
                )}
                {create}
              </>
            ),
          }}
        />
      </div>
      {isCreating && details && (
        <IdentityForm
          type={details}
          onClose={() => setCreating(false)}
          onSaved={({ type: made, key }) =>
            void navigate({ to: '/identities/$type/$key', params: { type: made, key } })
          }
        />
      )}
    </Page>
  );
}

function TypeList({ types, list }: Readonly<{ types: IdentityTypes['types']; list: List }>) {
  return (
    <nav aria-label={t('identities.types')} className="card p-1.5">
      <ul className="flex flex-wrap gap-0.5 lg:grid">
        {types.map(({ name, count }) => (
          <li key={name}>
            <button
              type="button"
              aria-current={name === list.filters.type ? 'true' : undefined}
              className="flex min-h-8 w-full cursor-pointer items-center justify-between gap-3 rounded-md px-2.5 py-1 text-start hover:bg-sunken aria-[current]:bg-accent-soft aria-[current]:font-medium aria-[current]:text-accent"
              onClick={() => list.setFilters({ type: name, status: '' })}
            >
              {t(name === 'alpha_user' ? 'identities.users' : 'identities.groups')}
              <span className="text-2xs text-muted">
                <Count value={count} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const nameColumn: Column<Identity> = {
  key: 'name',
  title: t('identities.column.name'),
  width: 13,
  cell: ({ type, key, name }) => (
    <Link to="/identities/$type/$key" params={{ type, key }} className="link" title={name}>
      {name}
    </Link>
  ),
};
const tagsColumn: Column<Identity> = {
  key: 'tags',
  title: t('identities.column.tags'),
  width: 8,
  cell: ({ tags }) => <TagChips tags={tags} />,
};
const idColumn: Column<Identity> = {
  key: 'id',
  title: t('identities.column.id'),
  width: 19,
  isHiddenAtFirst: true,
  cell: ({ key }) => key,
};

function attributeColumn(
  name: 'userName' | 'mail' | 'givenName' | 'sn' | 'description',
  width: number,
  isHiddenAtFirst = false,
): Column<Identity> {
  return {
    key: name,
    title: t(`identities.column.${name}`),
    width,
    isHiddenAtFirst,
    cell: ({ attributes }) => textOf(attributes[name]),
  };
}

const userColumns: readonly Column<Identity>[] = [
  nameColumn,
  attributeColumn('userName', 14),
  attributeColumn('mail', 14),
  {
    key: 'status',
    title: t('identities.column.status'),
    width: 9,
    cell: ({ status }) => <StatusOf status={status} />,
  },
  attributeColumn('givenName', 9, true),
  attributeColumn('sn', 9, true),
  tagsColumn,
  idColumn,
];

const groupColumns: readonly Column<Identity>[] = [
  nameColumn,
  attributeColumn('description', 22),
  tagsColumn,
  idColumn,
];
