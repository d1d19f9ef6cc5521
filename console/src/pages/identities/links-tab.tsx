/** What an identity is linked to: the groups it is in, and of a group its members and owners, directly and through groups. */
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { LinkedResource } from '../../../../src/http/schemas/directory.ts';
import type { IdentityDetails } from '../../../../src/http/schemas/identities.ts';
import { type LinkQuery, linksQuery } from '../../data/directory.ts';
import { changeLinks, identitiesConnection } from '../../data/identities.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button, IconButton } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { ContinuedPager } from '../../kit/pager.tsx';
import { choice } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/identities.ts';
import { ResourceLink } from '../directory/resource-link.tsx';
import { textOf } from '../directory/type-words.ts';

const LinkDialog = lazyPart(async () => (await import('./link-dialogs.tsx')).LinkDialog, true);

const permission = '/Syncline/Identities/Update';
const fields = listFields('', { kind: choice(['direct', 'further'], 'direct') });

type Props = Readonly<{ identity: IdentityDetails; link: 'memberOf' | 'members' | 'owners' }>;

export function LinksTab({ identity, link }: Props) {
  const [isAdding, setAdding] = useState(false);
  const list = useList(fields);
  const isFurther = list.filters.kind === 'further' && link !== 'owners';
  const { type, key } = identity;
  const address = { connection: identitiesConnection, type, key };
  const query = useQuery(linksQuery(address, { ...wanted(link, isFurther), after: list.after }));
  const remove = async ({ key: other, name }: LinkedResource) => {
    try {
      await changeLinks({ type, key }, link, { remove: [other] });
      showToast({ kind: 'success', title: t('identityLinks.removed', { name: name ?? other }) });
    } catch (error) {
      showFailure(t('identityLinks.notChanged'), error);
    }
  };
  const canChange = link !== 'memberOf' && !isFurther && identity.deleted === null;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {query.data?.isComplete === false && <Banner kind="warn" title={t('identityLinks.incomplete')} />}
      <DataTable
        name={`identity-${link}`}
        label={t(link === 'memberOf' ? 'identityTab.memberships' : `identityTab.${link}`)}
        columns={[...columnsOf(isFurther), ...(canChange ? [actionsColumn((row) => void remove(row))] : [])]}
        rowKey={({ key: other }) => other}
        query={query}
        filters={
          link !== 'owners' && (
            <CompactSelect
              label={t('identityLinks.kind')}
              className="w-56"
              value={list.filters.kind}
              onChange={(kind) => list.setFilters({ kind: kind ?? 'direct' })}
              options={[
                { value: 'direct', label: t('identityLinks.direct') },
                { value: 'further', label: t('identityLinks.all') },
              ]}
            />
          )
        }
        actions={
          link !== 'memberOf' &&
          identity.deleted === null && (
            <Button icon={Plus} permission={permission} onClick={() => setAdding(true)}>
              {t(link === 'members' ? 'identityLinks.addMembers' : 'identityLinks.addOwners')}
            </Button>
          )
        }
        empty={{ title: t(`identityLinks.none.${link}`) }}
      />
      {query.data && query.data.items.length > 0 && <ContinuedPager answer={query.data} list={list} />}
      {isAdding && link !== 'memberOf' && (
        <LinkDialog identity={identity} link={link} onClose={() => setAdding(false)} />
      )}
    </div>
  );
}

function wanted(link: Props['link'], isFurther: boolean): Omit<LinkQuery, 'after'> {
  if (link === 'owners') return { association: 'alpha_group.owners', direction: 'from', kind: 'direct' };
  const association = 'alpha_group.members';
  if (link === 'members') return { association, direction: 'from', kind: isFurther ? 'all' : 'direct' };
  return { association, direction: 'to', kind: isFurther ? 'indirect' : 'direct' };
}

type LinkColumn = Column<LinkedResource>;

const nameColumn: LinkColumn = {
  key: 'name',
  title: t('identities.column.name'),
  width: 14,
  cell: ({ type, key, name }) => (
    <ResourceLink connection={identitiesConnection} type={type} id={key} name={name} />
  ),
};
const throughColumn: LinkColumn = {
  key: 'through',
  title: t('identities.column.through'),
  width: 14,
  cell: ({ path }) =>
    path.length === 0 ? (
      <span className="text-muted">{t('identityLinks.direct')}</span>
    ) : (
      path.map(({ key, name }) => name ?? key).join(' › ')
    ),
};
const typeColumn: LinkColumn = {
  key: 'type',
  title: t('identities.column.type'),
  width: 8,
  cell: ({ type }) => t(type === 'alpha_group' ? 'identity.typeGroup' : 'identity.typeUser'),
};
const emailColumn: LinkColumn = {
  key: 'email',
  title: t('identities.column.email'),
  width: 14,
  cell: ({ attributes }) => textOf(attributes.mail) ?? textOf(attributes.userName),
};

function columnsOf(isFurther: boolean): readonly LinkColumn[] {
  return [nameColumn, ...(isFurther ? [throughColumn] : []), typeColumn, emailColumn];
}

function actionsColumn(onRemove: (row: LinkedResource) => void): LinkColumn {
  return {
    key: 'actions',
    title: t('identities.column.actions'),
    isTitleHidden: true,
    width: 4,
    cell: (row) => (
      <IconButton
        label={t('identityLinks.removeOf', { name: row.name ?? row.key })}
        icon={X}
        permission={permission}
        onClick={() => onRemove(row)}
      />
    ),
  };
}
