/** The parts of an object's page that show what it is linked to. */
import type { ReactNode } from 'react';
import type { ResourceDetails } from '../../../../src/http/schemas/directory.ts';
import type { ResourceAddress } from '../../data/directory.ts';
import { Banner } from '../../kit/banner.tsx';
import { text, useSearchState } from '../../kit/search-state.ts';
import { Tabs } from '../../kit/tabs.tsx';
import { t } from '../../texts/directory.ts';
import { LinksTable } from './links-table.tsx';
import { typeWords } from './type-words.ts';

type Props = Readonly<{ address: ResourceAddress }>;

const fields = { sub: text(), after: text() };

/** Parts of a part: which one is open is in the address, and each begins with its first page. */
function SubTabs({
  tabs,
}: Readonly<{ tabs: readonly Readonly<{ key: string; label: string; content: ReactNode }>[] }>) {
  const [{ sub }, change] = useSearchState(fields);
  const open = tabs.find(({ key }) => key === sub) ?? tabs[0];
  if (open === undefined) return null;
  return (
    <Tabs
      label={t('links.kind')}
      tabs={tabs}
      value={open.key}
      onChange={(key) => change({ sub: key === tabs[0]?.key ? '' : key, after: '' })}
    />
  );
}

export function MemberOfTab({ address }: Props) {
  const links = { association: 'group.members', direction: 'to' } as const;
  return (
    <SubTabs
      tabs={[
        {
          key: 'direct',
          label: t('links.directMemberOf'),
          content: (
            <LinksTable
              address={address}
              links={{ ...links, kind: 'direct' }}
              name="memberOf"
              label={t('links.directMemberOf')}
              none={t('links.none.memberOf')}
            />
          ),
        },
        {
          key: 'indirect',
          label: t('links.indirectMemberOf'),
          content: (
            <LinksTable
              address={address}
              links={{ ...links, kind: 'indirect' }}
              name="memberOf"
              label={t('links.indirectMemberOf')}
              none={t('links.none.memberOfIndirect')}
            />
          ),
        },
      ]}
    />
  );
}

/** Of a group both those that it has itself and all through groups within it; of a role those that are active. */
export function MembersTab({ address }: Props) {
  const association = `${address.type}.members`;
  const table = (kind: 'direct' | 'all', label: string) => (
    <LinksTable
      address={address}
      links={{ association, direction: 'from', kind }}
      name="members"
      label={label}
      none={t('links.none.members')}
    />
  );
  if (address.type !== 'group') {
    const isRole = address.type === 'directoryRole';
    return (
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {table('direct', t(isRole ? 'links.activeDirect' : 'tab.members'))}
        {isRole && <p className="text-muted">{t('links.eligibleNotRead')}</p>}
      </div>
    );
  }
  return (
    <SubTabs
      tabs={[
        {
          key: 'direct',
          label: t('links.directMembers'),
          content: table('direct', t('links.directMembers')),
        },
        { key: 'all', label: t('links.allMembers'), content: table('all', t('links.allMembers')) },
      ]}
    />
  );
}

export function OwnersTab({ address }: Props) {
  return (
    <LinksTable
      address={address}
      links={{ association: `${address.type}.owners`, direction: 'from', kind: 'direct' }}
      name="owners"
      label={t('tab.owners')}
      none={t('links.none.owners')}
    />
  );
}

export function UnitsTab({ address }: Props) {
  return (
    <LinksTable
      address={address}
      links={{ association: 'administrativeUnit.members', direction: 'to', kind: 'direct' }}
      name="units"
      label={t('tab.units')}
      none={t('links.none.units')}
    />
  );
}

/** What it owns, a part for each type. */
export function OwnedTab({
  address,
  relations,
}: Props & Readonly<{ relations: ResourceDetails['relations'] }>) {
  const owned = relations.filter(
    ({ association, direction }) => direction === 'to' && association.endsWith('.owners'),
  );
  const filled = owned.filter(({ count }) => count > 0);
  return (
    <SubTabs
      tabs={(filled.length === 0 ? owned.slice(0, 1) : filled).map(({ association }) => {
        const label = typeWords(association.split('.')[0] ?? '');
        return {
          key: association,
          label,
          content: (
            <LinksTable
              address={address}
              links={{ association, direction: 'to', kind: 'direct' }}
              name="owners"
              label={label}
              none={t('links.none.owned')}
            />
          ),
        };
      })}
    />
  );
}

/** The roles that are assigned to it, and those that it has through a group. */
export function RolesTab({ address, isRead }: Props & Readonly<{ isRead: boolean }>) {
  if (!isRead) return <Banner kind="info" title={t('links.rolesNotRead')} />;
  const table = (kind: 'direct' | 'indirect', label: string, none: string) => (
    <LinksTable
      address={address}
      links={{ association: 'directoryRole.members', direction: 'to', kind }}
      name="roles"
      label={label}
      none={none}
    />
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <SubTabs
        tabs={[
          {
            key: 'direct',
            label: t('links.activeDirect'),
            content: table('direct', t('links.activeDirect'), t('links.none.roles')),
          },
          {
            key: 'inherited',
            label: t('links.activeInherited'),
            content: table('indirect', t('links.activeInherited'), t('links.none.rolesInherited')),
          },
        ]}
      />
      <p className="text-muted">{t('links.eligibleNotRead')}</p>
    </div>
  );
}
