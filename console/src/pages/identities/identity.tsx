/** What is known of an identity: its values with where they come from, its accounts, groups and history. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { IdentityDetails } from '../../../../src/http/schemas/identities.ts';
import { identitiesConnection, identityQuery, identityTypesQuery } from '../../data/identities.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { formatCount } from '../../kit/formats.ts';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { Page } from '../../kit/page.tsx';
import { Rich } from '../../kit/rich.tsx';
import { text, useSearchState } from '../../kit/search-state.ts';
import { Loaded } from '../../kit/states.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Tabs } from '../../kit/tabs.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/identities.ts';
import { AttributesTab } from './attributes-tab.tsx';
import { IdentityCard } from './identity-card.tsx';
import { StatusOf } from './status.tsx';

// What a person opens of their own accord comes when it is opened.
const IdentityForm = lazyPart(async () => (await import('./identity-form.tsx')).IdentityForm, true);
const DeleteIdentity = lazyPart(async () => (await import('./delete-identity.tsx')).DeleteIdentity, true);
const AccountsTab = lazyPart(async () => (await import('./accounts-tab.tsx')).AccountsTab);
const LinksTab = lazyPart(async () => (await import('./links-tab.tsx')).LinksTab);
const RawTab = lazyPart(async () => (await import('./raw-tab.tsx')).RawTab);
const HistoryTab = lazyPart(async () => (await import('../directory/history-tab.tsx')).HistoryTab);

const permission = '/Syncline/Identities/Update';
const fields = { tab: text('attributes'), kind: text(), what: text(), after: text() };
const crumbs = [{ label: t('identities.title'), to: '/identities' }] as const;

export function IdentityPage() {
  const address = useParams({ from: '/signed-in/identities/$type/$key' });
  const type = address.type === 'alpha_group' ? 'alpha_group' : 'alpha_user';
  const query = useQuery(identityQuery({ type, key: address.key }));
  if (query.data) return <Identity key={address.key} identity={query.data} />;
  return (
    <Page title={t('identities.title')} crumbs={crumbs}>
      <Loaded query={query} lines={8}>
        {() => null}
      </Loaded>
    </Page>
  );
}

type Props = Readonly<{ identity: IdentityDetails }>;

function Identity({ identity }: Props) {
  const [opened, setOpened] = useState<'edit' | 'delete'>();
  const [{ tab }, change] = useSearchState(fields);
  const types = useQuery(identityTypesQuery);
  const { name, type, status, deleted } = identity;
  const tabs = tabsOf(identity);
  const shown = tabs.find(({ key }) => key === tab) ?? tabs[0];
  const details = types.data?.types.find((one) => one.name === type);
  const close = () => setOpened(undefined);
  return (
    <Page
      title={name}
      part={shown === undefined || shown.key === 'attributes' ? undefined : shown.name}
      crumbs={[
        ...crumbs,
        {
          label: t(type === 'alpha_user' ? 'identities.users' : 'identities.groups'),
          to: '/identities',
          search: type === 'alpha_user' ? {} : { type },
        },
      ]}
      status={deleted ? <Badge kind="failed">{t('identity.isDeleted')}</Badge> : <StatusOf status={status} />}
      actions={
        <>
          <CopyButton text={location.href} label={t('identity.copyLink')} isIcon={false} />
          {!deleted && (
            <>
              <Button icon={Trash2} permission={permission} onClick={() => setOpened('delete')}>
                {t('identity.delete')}
              </Button>
              <Button icon={Pencil} look="primary" permission={permission} onClick={() => setOpened('edit')}>
                {t('identity.edit')}
              </Button>
            </>
          )}
        </>
      }
    >
      {deleted && (
        <Banner kind="warn" title={t('identity.deletedTitle')}>
          <Rich
            text={t('identity.deletedText', { when: '' })}
            parts={{ when: () => <Time value={deleted.at} /> }}
          />
        </Banner>
      )}
      <IdentityCard identity={identity} />
      <Tabs
        label={t('identity.tabs')}
        tabs={tabs}
        value={shown?.key ?? ''}
        onChange={(key) => change({ tab: key, kind: '', what: '', after: '' })}
      />
      {opened === 'edit' && details && <IdentityForm type={details} identity={identity} onClose={close} />}
      {opened === 'delete' && <DeleteIdentity identity={identity} onClose={close} />}
    </Page>
  );
}

type IdentityTab = Readonly<{ key: string; name: string; label: ReactNode; content: ReactNode }>;

function tabsOf(identity: IdentityDetails): readonly IdentityTab[] {
  const { type, key, relations, accounts } = identity;
  const isGroup = type === 'alpha_group';
  const count = (association: string, direction: 'from' | 'to') =>
    relations.find((one) => one.association === association && one.direction === direction);
  const tab = (
    name: 'attributes' | 'accounts' | 'memberships' | 'members' | 'owners' | 'history' | 'raw',
    content: ReactNode,
    counted?: Readonly<{ count: number; isExact: boolean }>,
  ): IdentityTab => {
    const label = t(`identityTab.${name}`);
    if (counted === undefined) return { key: name, name: label, label, content };
    const total = formatCount(counted.count);
    const shown = counted.isExact ? total : t('table.atLeast', { total });
    return { key: name, name: label, label: t('identityTab.counted', { label, count: shown }), content };
  };
  const members = count('alpha_group.members', 'from');
  const owners = count('alpha_group.owners', 'from');
  const memberOf = count('alpha_group.members', 'to');
  return [
    tab('attributes', <AttributesTab identity={identity} />),
    tab('accounts', <AccountsTab identity={identity} />, { count: accounts.length, isExact: true }),
    ...(isGroup
      ? [
          tab('members', <LinksTab identity={identity} link="members" />, members),
          tab('owners', <LinksTab identity={identity} link="owners" />, owners),
        ]
      : []),
    tab('memberships', <LinksTab identity={identity} link="memberOf" />, memberOf),
    tab('history', <HistoryTab address={{ connection: identitiesConnection, type, key }} />),
    tab('raw', <RawTab identity={identity} />),
  ];
}
