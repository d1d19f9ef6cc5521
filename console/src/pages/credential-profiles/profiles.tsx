/** Credentials by name, who uses them, and when they expire. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { ProfileSummary } from '../../../../src/http/schemas/credential-profiles.ts';
import { profilesQuery } from '../../data/credential-profiles.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { Page } from '../../kit/page.tsx';
import { choice, flag, useSearchState } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/credential-profiles.ts';
import { credentialTypes } from './credential-values.ts';
import { Expiry } from './expiry.tsx';
import { ProfileForm, useProfileForm } from './profile-form.tsx';

const update = '/Syncline/CredentialProfiles/Update';
const fields = listFields('expiresAt', { type: choice(['', ...credentialTypes], '') });
const windowFields = { isNew: flag() };

const columns: readonly Column<ProfileSummary>[] = [
  {
    key: 'name',
    title: t('credentialProfiles.name'),
    sort: 'name',
    cell: ({ profileId, name }) => (
      <Link to="/credential-profiles/$profileId" params={{ profileId: String(profileId) }} className="link">
        {name}
      </Link>
    ),
  },
  {
    key: 'type',
    title: t('credentialProfiles.type'),
    sort: 'type',
    width: 10,
    cell: ({ type }) => t(`credentialProfiles.type.${type}`),
  },
  {
    key: 'clientId',
    title: t('credentialProfiles.clientId'),
    width: 20,
    cell: ({ clientId }) => clientId ?? t('credentialProfiles.identity.system'),
  },
  {
    key: 'expires',
    title: t('credentialProfiles.expires'),
    sort: 'expiresAt',
    width: 12,
    cell: ({ type, expiresAt }) =>
      type === 'managed-identity' ? (
        <span className="text-muted">{t('credentialProfiles.noSecret')}</span>
      ) : (
        <Expiry value={expiresAt} />
      ),
  },
  {
    key: 'usedBy',
    title: t('credentialProfiles.usedBy'),
    sort: 'tenants',
    width: 8,
    cell: ({ tenants }) => (
      <span title={tenants.join(', ')}>{t('credentialProfiles.usedByCount', { count: tenants.length })}</span>
    ),
  },
  {
    key: 'lastUsed',
    title: t('credentialProfiles.lastUsed'),
    sort: 'lastUsedAt',
    width: 11,
    cell: ({ lastUsedAt }) => <Time value={lastUsedAt} none={t('credentialProfiles.neverUsed')} />,
  },
  {
    key: 'lastTest',
    title: t('credentialProfiles.lastTest'),
    sort: 'lastTestedAt',
    width: 9,
    cell: ({ lastTestOutcome }) =>
      lastTestOutcome === null ? (
        <span className="text-muted">{t('credentialProfiles.neverTested')}</span>
      ) : (
        <StatusBadge status={lastTestOutcome} />
      ),
  },
  {
    key: 'description',
    title: t('credentialProfiles.description'),
    isHiddenAtFirst: true,
    cell: ({ description }) => description,
  },
];

const types = [
  { value: '', label: t('credentialProfiles.allTypes') },
  ...credentialTypes.map((type) => ({ value: type, label: t(`credentialProfiles.type.${type}`) })),
] as const;

export function ProfilesPage() {
  const list = useList(fields);
  const query = useQuery(profilesQuery(list.query));
  const [{ isNew }, change] = useSearchState(windowFields);
  const add = (
    <Button look="primary" icon={Plus} permission={update} onClick={() => change({ isNew: true })}>
      {t('credentialProfiles.add')}
    </Button>
  );
  return (
    <Page
      title={t('credentialProfiles.profiles.title')}
      description={t('credentialProfiles.profiles.summary')}
      actions={add}
    >
      <DataTable
        name="credential-profiles"
        label={t('credentialProfiles.profiles.title')}
        searchLabel={t('credentialProfiles.search')}
        columns={columns}
        rowKey={({ profileId }) => profileId}
        query={query}
        list={list}
        filters={
          <CompactSelect
            label={t('credentialProfiles.type')}
            value={list.filters.type}
            onChange={(type) => list.setFilters({ type: type ?? '' })}
            options={types}
          />
        }
        empty={{
          title: t('credentialProfiles.empty'),
          description: t('credentialProfiles.emptyHint'),
          action: add,
        }}
      />
      {isNew && <NewProfile onClose={() => change({ isNew: false })} />}
    </Page>
  );
}

/** The window for a new profile. It leads on to the page of the profile, where it can be tested. */
function NewProfile({ onClose }: Readonly<{ onClose: () => void }>) {
  const navigate = useNavigate();
  const form = useProfileForm(({ profileId, name }) => {
    showToast({ kind: 'success', title: t('credentialProfiles.addedToast', { name }) });
    void navigate({ to: '/credential-profiles/$profileId', params: { profileId: String(profileId) } });
  });
  return (
    <FormDialog
      form={form}
      onClose={onClose}
      title={t('credentialProfiles.addTitle')}
      action={t('action.add')}
      permission={update}
    >
      <ProfileForm form={form} />
    </FormDialog>
  );
}
