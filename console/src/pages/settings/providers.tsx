/** Where people sign in besides here. */
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import type { SignInProvider } from '../../../../src/http/schemas/sign-in.ts';
import { providersQuery } from '../../data/users.ts';
import { Button } from '../../kit/button.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { EnabledMark } from '../../kit/enabled-mark.tsx';
import { Page } from '../../kit/page.tsx';
import { flag, useSearchState, whole } from '../../kit/search-state.ts';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/users.ts';
import { AddProvider } from './provider-dialogs.tsx';
import { ProviderPanel } from './provider-panel.tsx';

const fields = { provider: whole(0), isNew: flag() };

const columns: readonly Column<SignInProvider>[] = [
  { key: 'name', title: t('providers.name'), width: 13, cell: ({ name }) => name },
  {
    key: 'enabled',
    title: t('providers.enabled'),
    width: 6,
    cell: ({ isEnabled }) => <EnabledMark isEnabled={isEnabled} />,
  },
  { key: 'issuer', title: t('providers.issuer'), cell: ({ issuer }) => issuer },
  {
    key: 'people',
    title: t('providers.people'),
    width: 6,
    isNumeric: true,
    cell: ({ userCount }) => userCount,
  },
  {
    key: 'changed',
    title: t('providers.changed'),
    width: 12,
    cell: ({ changedAt }) => <Time value={changedAt} />,
  },
];

export function ProvidersPage() {
  const query = useQuery(providersQuery);
  const [{ provider, isNew }, change] = useSearchState(fields);
  const add = (
    <Button look="primary" icon={Plus} permission="/Syncline/Users" onClick={() => change({ isNew: true })}>
      {t('providers.add')}
    </Button>
  );
  return (
    <Page title={t('providers.title')} description={t('providers.summary')} actions={add}>
      <DataTable
        name="sign-in-providers"
        label={t('providers.title')}
        columns={columns}
        rowKey={({ providerId }) => providerId}
        query={query}
        onOpen={({ providerId }) => change({ provider: providerId })}
        openKey={provider}
        empty={{ title: t('providers.empty'), description: t('providers.emptyHint'), action: add }}
      />
      {isNew && (
        <AddProvider
          onClose={() => change({ isNew: false })}
          onAdded={({ providerId }) => change({ isNew: false, provider: providerId })}
        />
      )}
      {provider !== 0 && (
        <ProviderPanel key={provider} providerId={provider} onClose={() => change({ provider: 0 })} />
      )}
    </Page>
  );
}
