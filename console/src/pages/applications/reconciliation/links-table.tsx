/** The account links of a mapping: which object of the target belongs to which resource of the source, and since when. */
import { useQuery } from '@tanstack/react-query';
import { Unlink } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { AccountLink } from '../../../../../src/http/schemas/account-links.ts';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { accountLinksQuery, removeAccountLink } from '../../../data/account-links.ts';
import { IconButton } from '../../../kit/button.tsx';
import { ConfirmDialog } from '../../../kit/confirm-dialog.tsx';
import { type Column, DataTable } from '../../../kit/data-table.tsx';
import { listFields, useList } from '../../../kit/list-state.ts';
import { showToast } from '../../../kit/toasts.tsx';
import { Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { ResourceLink } from '../../directory/resource-link.tsx';

const listed = listFields('', {});
const permission = '/Syncline/Mappings/Update';

export function LinksTable({ mapping }: Readonly<{ mapping: Mapping }>) {
  const list = useList(listed);
  const { page, pageSize, q } = list;
  const query = useQuery(accountLinksQuery(mapping.name, { page, pageSize, q: q === '' ? undefined : q }));
  const [chosen, setChosen] = useState<AccountLink>();
  const columns = useMemo(() => columnsOf(mapping, setChosen), [mapping]);
  return (
    <>
      <DataTable
        name="account-links"
        label={t('accountLinks.label', { mapping: mapping.name })}
        searchLabel={t('accountLinks.search')}
        columns={columns}
        rowKey={({ linkNumber }) => linkNumber}
        query={query}
        list={list}
        empty={{ title: t('accountLinks.none'), description: t('accountLinks.noneHint') }}
      />
      {chosen && <Unlinking mapping={mapping.name} link={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}

function Unlinking({
  mapping,
  link,
  onClose,
}: Readonly<{ mapping: string; link: AccountLink; onClose: () => void }>) {
  const names = { source: link.sourceName ?? link.sourceKey, target: link.targetName ?? link.targetKey };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('accountLinks.removeTitle', names)}
      confirm={t('accountLinks.remove')}
      permission={permission}
      onConfirm={async () => {
        await removeAccountLink(mapping, link.linkNumber);
        showToast({ kind: 'success', title: t('accountLinks.removed', names) });
      }}
    >
      {t('accountLinks.removeText')}
    </ConfirmDialog>
  );
}

function columnsOf(
  { source, target, definition: { linkQualifiers } }: Mapping,
  onUnlink: (link: AccountLink) => void,
): readonly Column<AccountLink>[] {
  const qualifier: Column<AccountLink> = {
    key: 'qualifier',
    title: t('accountLinks.qualifier'),
    width: 8,
    cell: (link) => link.qualifier,
  };
  return [
    {
      key: 'source',
      title: `${source.connection} / ${source.type}`,
      width: 16,
      cell: ({ sourceKey, sourceName }) => (
        <ResourceLink connection={source.connection} type={source.type} id={sourceKey} name={sourceName} />
      ),
    },
    {
      key: 'target',
      title: `${target.connection} / ${target.type}`,
      width: 16,
      cell: ({ targetKey, targetName }) => (
        <ResourceLink connection={target.connection} type={target.type} id={targetKey} name={targetName} />
      ),
    },
    ...(linkQualifiers.length > 1 ? [qualifier] : []),
    { key: 'how', title: t('accountLinks.how'), width: 18, cell: howLinked },
    {
      key: 'linkedAt',
      title: t('accountLinks.linkedAt'),
      width: 11,
      cell: ({ linkedAt }) => <Time value={linkedAt} />,
    },
    {
      key: 'actions',
      title: t('accountLinks.actions'),
      isTitleHidden: true,
      width: 4,
      cell: (link) => (
        <IconButton
          label={t('accountLinks.removeOf', { name: link.sourceName ?? link.sourceKey })}
          icon={Unlink}
          permission={permission}
          onClick={() => onUnlink(link)}
        />
      ),
    },
  ];
}

function howLinked({ linkedBy, matchedOn }: AccountLink): string {
  if (linkedBy !== null) return t('accountLinks.byHand', { name: linkedBy });
  if (matchedOn === null) return t('accountLinks.made');
  return Object.entries(matchedOn.attributes)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}
