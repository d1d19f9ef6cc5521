/** A page of what an object is linked to, in columns that suit what it is. */
import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import type { LinkedResource } from '../../../../src/http/schemas/directory.ts';
import { type LinkQuery, linksQuery, type ResourceAddress } from '../../data/directory.ts';
import { Banner } from '../../kit/banner.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { ContinuedPager } from '../../kit/pager.tsx';
import { t } from '../../texts/directory.ts';
import { isPrivileged } from './privileged-roles.ts';
import { ResourceLink } from './resource-link.tsx';
import { TagChips } from './tag-chips.tsx';
import { groupTypeWords, membershipTypeWords, textOf, typeWords, yesOrNo } from './type-words.ts';

const fields = listFields('', {});

type Props = Readonly<{
  address: ResourceAddress;
  links: Omit<LinkQuery, 'after'>;
  /** The name of the table, also among the preferences. */
  name: keyof typeof columnsOf;
  label: string;
  none: string;
}>;

export function LinksTable({ address, links, name, label, none }: Props) {
  const list = useList(fields);
  const query = useQuery(linksQuery(address, { ...links, after: list.after }));
  const columns = columnsOf[name](address.connection, links.kind !== 'direct');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {query.data?.isComplete === false && <Banner kind="warn" title={t('links.incomplete')} />}
      <DataTable
        name={`directory-${name}`}
        label={label}
        columns={columns}
        rowKey={({ key }) => key}
        query={query}
        empty={{ title: none }}
      />
      {query.data && query.data.items.length > 0 && <ContinuedPager answer={query.data} list={list} />}
    </div>
  );
}

type LinkColumn = Column<LinkedResource>;

const nameColumn = (connection: string, title: string): LinkColumn => ({
  key: 'name',
  title,
  width: 13,
  cell: ({ type, key, name }) => <ResourceLink connection={connection} type={type} id={key} name={name} />,
});

const typeColumn: LinkColumn = {
  key: 'type',
  title: t('directory.column.type'),
  width: 10,
  cell: ({ type }) => typeWords(type),
};
const emailColumn: LinkColumn = {
  key: 'email',
  title: t('directory.column.email'),
  width: 14,
  cell: ({ attributes }) => textOf(attributes.mail) ?? textOf(attributes.userPrincipalName),
};
const tagsColumn: LinkColumn = {
  key: 'tags',
  title: t('directory.column.tags'),
  width: 8,
  cell: ({ tags }) => <TagChips tags={tags} />,
};
const idColumn: LinkColumn = {
  key: 'id',
  title: t('directory.column.id'),
  width: 19,
  isHiddenAtFirst: true,
  cell: ({ key }) => key,
};

function pathColumn(connection: string, title: string): LinkColumn {
  return {
    key: 'path',
    title,
    width: 12,
    cell: ({ path }) =>
      path.length === 0 ? (
        <span className="text-muted">{t('links.direct')}</span>
      ) : (
        <ol className="flex flex-wrap gap-x-1">
          {path.map(({ key, name }, index) => (
            <li key={key} className="flex gap-1">
              {index > 0 && <ChevronRight aria-hidden size={14} className="self-center text-muted" />}
              <ResourceLink connection={connection} type="group" id={key} name={name} />
            </li>
          ))}
        </ol>
      ),
  };
}

/** The columns of each table; those of what comes through groups say through which. */
const columnsOf = {
  memberOf: (connection: string, isInherited: boolean): readonly LinkColumn[] => [
    nameColumn(connection, t('directory.column.name')),
    ...(isInherited ? [pathColumn(connection, t('directory.column.through'))] : []),
    {
      key: 'groupType',
      title: t('directory.column.groupType'),
      width: 9,
      cell: ({ attributes }) => groupTypeWords(attributes),
    },
    {
      key: 'membershipType',
      title: t('directory.column.membershipType'),
      width: 10,
      cell: ({ attributes }) => membershipTypeWords(attributes),
    },
    {
      key: 'security',
      title: t('directory.column.security'),
      width: 9,
      cell: ({ attributes }) => yesOrNo(attributes.securityEnabled),
    },
    {
      key: 'roleAssignable',
      title: t('directory.column.roleAssignable'),
      width: 12,
      cell: ({ attributes }) => yesOrNo(attributes.isAssignableToRole),
    },
    tagsColumn,
    idColumn,
  ],
  members: (connection: string, isInherited: boolean): readonly LinkColumn[] => [
    nameColumn(connection, t('directory.column.name')),
    ...(isInherited ? [pathColumn(connection, t('directory.column.through'))] : []),
    typeColumn,
    {
      key: 'tenant',
      title: t('directory.column.tenant'),
      width: 12,
      isHiddenAtFirst: true,
      cell: () => connection,
    },
    emailColumn,
    {
      key: 'title',
      title: t('directory.column.title'),
      width: 9,
      cell: ({ attributes }) => textOf(attributes.jobTitle),
    },
    {
      key: 'department',
      title: t('directory.column.department'),
      width: 9,
      cell: ({ attributes }) => textOf(attributes.department),
    },
    tagsColumn,
    idColumn,
  ],
  owners: (connection: string): readonly LinkColumn[] => [
    nameColumn(connection, t('directory.column.name')),
    typeColumn,
    emailColumn,
    tagsColumn,
    idColumn,
  ],
  units: (connection: string): readonly LinkColumn[] => [
    nameColumn(connection, t('directory.column.name')),
    {
      key: 'description',
      title: t('directory.column.description'),
      cell: ({ attributes }) => textOf(attributes.description),
    },
    tagsColumn,
    idColumn,
  ],
  roles: (connection: string, isInherited: boolean): readonly LinkColumn[] => [
    nameColumn(connection, t('directory.column.role')),
    { key: 'scope', title: t('directory.column.scope'), width: 9, cell: () => t('links.directory') },
    ...(isInherited ? [pathColumn(connection, t('directory.column.inheritedFrom'))] : []),
    {
      key: 'assignmentType',
      title: t('directory.column.assignmentType'),
      width: 10,
      cell: () => t('links.assigned'),
    },
    {
      key: 'privileged',
      title: t('directory.column.privileged'),
      width: 9,
      cell: ({ attributes }) =>
        yesOrNo(isPrivileged(attributes.roleTemplateId)) ?? (
          <span className="text-muted">{t('links.privilegedUnknown')}</span>
        ),
    },
    {
      key: 'description',
      title: t('directory.column.description'),
      cell: ({ attributes }) => textOf(attributes.description),
    },
    tagsColumn,
  ],
} as const;
