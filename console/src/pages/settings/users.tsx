/** Who may sign in, and as what; and what each role may do. */
import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import type { User } from '../../../../src/http/schemas/users.ts';
import { usersQuery } from '../../data/users.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { choice, flag, useSearchState, whole } from '../../kit/search-state.ts';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/users.ts';
import { AddUser } from './add-user.tsx';
import { RoleMatrix } from './role-matrix.tsx';
import { UserPanel } from './user-panel.tsx';

const permission = '/Syncline/Users';
const list = listFields('name', {});
const fields = { tab: choice(['people', 'roles'], 'people'), user: whole(0), isNew: flag() };

const columns: readonly Column<User>[] = [
  { key: 'name', title: t('users.name'), sort: 'name', cell: ({ name }) => name },
  {
    key: 'signInName',
    title: t('users.signInName'),
    sort: 'signInName',
    cell: ({ signInName }) => signInName,
  },
  {
    key: 'role',
    title: t('users.role'),
    width: 9,
    cell: ({ effectiveRole }) =>
      effectiveRole === null ? (
        <span className="text-muted">{t('users.noRole')}</span>
      ) : (
        t(`role.${effectiveRole}`)
      ),
  },
  {
    key: 'account',
    title: t('users.account'),
    width: 11,
    cell: ({ provider }) => provider?.name ?? t('users.local'),
  },
  {
    key: 'status',
    title: t('users.status'),
    width: 8,
    cell: ({ isDisabled }) => <StatusBadge status={isDisabled ? 'disabled' : 'enabled'} />,
  },
  {
    key: 'lastSignIn',
    title: t('users.lastSignIn'),
    sort: 'lastSignInAt',
    width: 12,
    cell: ({ lastSignInAt }) => <Time value={lastSignInAt} none={t('time.never')} />,
  },
  {
    key: 'created',
    title: t('users.created'),
    sort: 'createdAt',
    width: 12,
    isHiddenAtFirst: true,
    cell: ({ createdAt }) => <Time value={createdAt} />,
  },
];

export function UsersPage() {
  const [{ tab, user, isNew }, change] = useSearchState(fields);
  return (
    <Page
      title={t('users.title')}
      part={tab === 'roles' ? t('users.roles') : undefined}
      description={t('users.summary')}
      actions={<AddButton onClick={() => change({ isNew: true })} />}
    >
      <Tabs
        label={t('users.tabs')}
        value={tab}
        onChange={(next) => change({ tab: next })}
        tabs={[
          { key: 'people', label: t('users.people'), content: <People /> },
          { key: 'roles', label: t('users.roles'), content: <RoleMatrix /> },
        ]}
      />
      {isNew && <AddUser onClose={() => change({ isNew: false })} />}
      {user !== 0 && <UserPanel key={user} userId={user} onClose={() => change({ user: 0 })} />}
    </Page>
  );
}

function AddButton({ onClick }: Readonly<{ onClick: () => void }>) {
  return (
    <Button look="primary" icon={UserPlus} permission={permission} onClick={onClick}>
      {t('users.add')}
    </Button>
  );
}

function People() {
  const state = useList(list);
  const query = useQuery(usersQuery(state.query));
  const [{ user }, change] = useSearchState(fields);
  return (
    <DataTable
      name="users"
      label={t('users.people')}
      searchLabel={t('users.search')}
      columns={columns}
      rowKey={({ userId }) => userId}
      query={query}
      list={state}
      onOpen={({ userId }) => change({ user: userId })}
      openKey={user}
      empty={{
        title: t('users.empty'),
        description: t('users.emptyHint'),
        action: <AddButton onClick={() => change({ isNew: true })} />,
      }}
    />
  );
}
