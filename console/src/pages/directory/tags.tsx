/** Tags: words of one's own on objects. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Tag } from '../../../../src/http/schemas/directory.ts';
import { deleteTag, tagsQuery } from '../../data/directory.ts';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { Menu } from '../../kit/menu.tsx';
import { Page } from '../../kit/page.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { Count, Time } from '../../kit/values.tsx';
import { t } from '../../texts/directory.ts';
import { TagDialog } from './tag-dialog.tsx';

const permission = '/Syncline/Directory/Tag';

export function TagsPage() {
  const { data, ...query } = useQuery(tagsQuery);
  /** The tag that is edited; `new` while one is made. */
  const [edited, setEdited] = useState<Tag | 'new'>();
  const [deleted, setDeleted] = useState<Tag>();
  const columns = useMemo(() => columnsOf(setEdited, setDeleted), []);
  const add = (
    <Button look="primary" icon={Plus} permission={permission} onClick={() => setEdited('new')}>
      {t('tags.add')}
    </Button>
  );
  return (
    <Page
      title={t('tags.title')}
      description={t('tags.summary')}
      crumbs={[{ label: t('directory.title'), to: '/directory' }]}
      actions={add}
    >
      <DataTable
        name="directory-tags"
        label={t('tags.table')}
        columns={columns}
        rowKey={({ tagId }) => tagId}
        query={{ ...query, data: data && { items: data.tags } }}
        empty={{ title: t('tags.empty'), description: t('tags.emptyHint') }}
      />
      {edited !== undefined && (
        <TagDialog tag={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
      {deleted && (
        <ConfirmDialog
          isOpen
          onClose={() => setDeleted(undefined)}
          title={t('tags.deleteTitle', { name: deleted.name })}
          confirm={t('action.delete')}
          permission={permission}
          mustType={deleted.resources > 100 ? deleted.name : undefined}
          onConfirm={async () => {
            await deleteTag(deleted);
            showToast({ kind: 'success', title: t('tags.deleted', { name: deleted.name }) });
          }}
        >
          <p>{t('tags.deleteText', { count: deleted.resources })}</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

function columnsOf(onEdit: (tag: Tag) => void, onDelete: (tag: Tag) => void): readonly Column<Tag>[] {
  return [
    { key: 'name', title: t('tags.name'), width: 14, cell: ({ name }) => name },
    {
      key: 'description',
      title: t('directory.column.description'),
      cell: ({ description }) => <span title={description}>{description}</span>,
    },
    {
      key: 'members',
      title: t('directory.column.members'),
      width: 8,
      isNumeric: true,
      cell: ({ tagId, resources }) => (
        <Link to="/directory" search={{ tag: String(tagId) }} className="link">
          <Count value={resources} />
        </Link>
      ),
    },
    {
      key: 'created',
      title: t('directory.column.created'),
      width: 12,
      cell: ({ createdAt }) => <Time value={createdAt} />,
    },
    {
      key: 'createdBy',
      title: t('directory.column.createdBy'),
      width: 12,
      cell: ({ createdBy }) => <span title={createdBy}>{createdBy}</span>,
    },
    {
      key: 'actions',
      title: t('directory.column.actions'),
      width: 4,
      isTitleHidden: true,
      cell: (tag) => (
        <Menu
          label={t('tags.actionsOf', { name: tag.name })}
          items={[
            { key: 'edit', label: t('tags.edit'), icon: Pencil, permission, onSelect: () => onEdit(tag) },
            {
              key: 'delete',
              label: t('action.delete'),
              icon: Trash2,
              permission,
              isDanger: true,
              onSelect: () => onDelete(tag),
            },
          ]}
        />
      ),
    },
  ];
}
