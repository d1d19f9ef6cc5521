/** What is known of an object: its attributes, what it is linked to, and what has changed. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ResourceDetails } from '../../../../src/http/schemas/directory.ts';
import { type ResourceAddress, resourceQuery } from '../../data/directory.ts';
import { Banner } from '../../kit/banner.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { formatCount } from '../../kit/formats.ts';
import { Page } from '../../kit/page.tsx';
import { Rich } from '../../kit/rich.tsx';
import { text, useSearchState } from '../../kit/search-state.ts';
import { Loaded } from '../../kit/states.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/directory.ts';
import { AttributesTab } from './attributes-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { MemberOfTab, MembersTab, OwnedTab, OwnersTab, RolesTab, UnitsTab } from './link-tabs.tsx';
import { ResourceCard } from './resource-card.tsx';
import { typeWords } from './type-words.ts';

const fields = { tab: text('attributes'), sub: text(), what: text(), after: text() };
const crumbs = [{ label: t('directory.title'), to: '/directory' }] as const;

export function ResourcePage() {
  const address = useParams({ from: '/signed-in/directory/$connection/$type/$key' });
  const query = useQuery(resourceQuery(address));
  // Another object begins anew.
  if (query.data) {
    return <Resource key={Object.values(address).join('/')} address={address} resource={query.data} />;
  }
  return (
    <Page title={typeWords(address.type)} crumbs={crumbs}>
      <Loaded query={query} lines={8}>
        {() => null}
      </Loaded>
    </Page>
  );
}

type Props = Readonly<{ address: ResourceAddress; resource: ResourceDetails }>;

function Resource({ address, resource }: Props) {
  const [{ tab }, change] = useSearchState(fields);
  const { name, type, deleted } = resource;
  const open = (key: string) => change({ tab: key, sub: '', what: '', after: '' });
  const tabs = tabsOf({ address, resource }, () => open('history'));
  const shown = tabs.find(({ key }) => key === tab) ?? tabs[0];
  return (
    <Page
      title={name}
      part={shown === undefined || shown.key === 'attributes' ? undefined : shown.name}
      crumbs={[...crumbs, { label: typeWords(type), to: '/directory', search: { type } }]}
      status={<Status resource={resource} />}
      actions={<CopyButton text={location.href} label={t('resource.copyLink')} isIcon={false} />}
    >
      {deleted && <DeletedNotice deleted={deleted} />}
      <ResourceCard address={address} resource={resource} />
      <Tabs label={t('resource.tabs')} tabs={tabs} value={shown?.key ?? ''} onChange={open} />
    </Page>
  );
}

function Status({ resource: { attributes, deleted } }: Readonly<{ resource: ResourceDetails }>) {
  if (deleted) return <Badge kind="failed">{t('resource.isDeleted')}</Badge>;
  const enabled = attributes.find(({ name }) => name === 'accountEnabled');
  return enabled?.value === false ? <Badge kind="off">{t('resource.isDisabled')}</Badge> : null;
}

function DeletedNotice({ deleted }: Readonly<{ deleted: NonNullable<ResourceDetails['deleted']> }>) {
  const { at, runId, jobRunId } = deleted;
  return (
    <Banner kind="warn" title={t('resource.deletedTitle')}>
      <Rich
        text={t('resource.deletedText', { run: jobRunId ?? runId, when: '' })}
        parts={{
          when: () => <Time value={at} />,
          run: (inner) =>
            jobRunId === null ? (
              inner
            ) : (
              <Link to="/jobs/runs/$jobRunId" params={{ jobRunId: String(jobRunId) }} className="link">
                {inner}
              </Link>
            ),
        }}
      />
    </Banner>
  );
}

type ResourceTab = Readonly<{ key: string; name: string; label: ReactNode; content: ReactNode }>;

/** Which types can be members, have roles, and own others; of what else there is one, it is shown anyway. */
const memberTypes = ['user', 'group', 'servicePrincipal', 'device', 'orgContact'];
const roleTypes = ['user', 'group', 'servicePrincipal'];
const unitTypes = ['user', 'group', 'device'];
const ownerTypes = ['user', 'servicePrincipal'];

function tabsOf({ address, resource }: Props, onHistory: () => void): readonly ResourceTab[] {
  const { type, relations } = resource;
  const find = (association: string, direction: 'from' | 'to') =>
    relations.find((one) => one.association === association && one.direction === direction);
  const isShown = (relation: Relation | undefined, types: readonly string[]) =>
    relation !== undefined && (relation.count > 0 || types.includes(type));
  const memberOf = find('group.members', 'to');
  const members = find(`${type}.members`, 'from');
  const owners = find(`${type}.owners`, 'from');
  const units = find('administrativeUnit.members', 'to');
  const roles = find('directoryRole.members', 'to');
  const owned = sumOf(
    relations.filter(({ association, direction }) => direction === 'to' && association.endsWith('.owners')),
  );
  const tabs: readonly (ResourceTab | false)[] = [
    tabOf('attributes', undefined, <AttributesTab {...{ address, resource, onHistory }} />),
    isShown(members, [type]) && tabOf('members', members, <MembersTab address={address} />),
    isShown(memberOf, memberTypes) && tabOf('memberOf', memberOf, <MemberOfTab address={address} />),
    isShown(owners, [type]) && tabOf('owners', owners, <OwnersTab address={address} />),
    isShown(owned, ownerTypes) && tabOf('owned', owned, <OwnedTab address={address} relations={relations} />),
    roleTypes.includes(type) &&
      tabOf('roles', roles, <RolesTab address={address} isRead={roles !== undefined} />),
    isShown(units, unitTypes) && tabOf('units', units, <UnitsTab address={address} />),
    tabOf('history', undefined, <HistoryTab address={address} />),
  ];
  return tabs.filter((tab) => tab !== false);
}

type Relation = Readonly<{ count: number; isExact: boolean }>;

function sumOf(relations: readonly Relation[]): Relation | undefined {
  if (relations.length === 0) return undefined;
  return {
    count: relations.reduce((sum, { count }) => sum + count, 0),
    isExact: relations.every(({ isExact }) => isExact),
  };
}

type TabKey = 'attributes' | 'members' | 'memberOf' | 'owners' | 'owned' | 'roles' | 'units' | 'history';

function tabOf(key: TabKey, relation: Relation | undefined, content: ReactNode): ResourceTab {
  const name = t(`tab.${key}`);
  if (relation === undefined) return { key, name, label: name, content };
  const total = formatCount(relation.count);
  const count = relation.isExact ? total : t('table.atLeast', { total });
  return { key, name, label: t('tab.counted', { label: name, count }), content };
}
