/** Programs that use the API: who they are, what they may do, and their secrets, which are shown once. */
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ApiClient, ApiClientWithSecret } from '../../../../src/http/schemas/api-clients.ts';
import { apiClientsQuery, revokeApiClient } from '../../data/api-clients.ts';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { Menu } from '../../kit/menu.tsx';
import { Page } from '../../kit/page.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/api-clients.ts';
import { NewClientDialog } from './api-client-dialog.tsx';
import { ExchangeDialog, SecretDialog } from './api-client-secret.tsx';

const permission = '/Syncline/ApiClients';

type Act = Readonly<{ kind: 'add' }> | Readonly<{ kind: 'exchange' | 'revoke'; client: ApiClient }>;

export function ApiClientsPage() {
  const query = useQuery(apiClientsQuery);
  const [act, setAct] = useState<Act>();
  const [secret, setSecret] = useState<ApiClientWithSecret>();
  const columns = useMemo(() => columnsOf(setAct), []);
  const close = () => setAct(undefined);
  const add = (
    <Button look="primary" icon={Plus} permission={permission} onClick={() => setAct({ kind: 'add' })}>
      {t('apiClients.add')}
    </Button>
  );
  const { data } = query;
  return (
    <Page title={t('apiClients.title')} description={t('apiClients.summary')} actions={add}>
      <DataTable
        name="api-clients"
        label={t('apiClients.list')}
        columns={columns}
        rowKey={({ identifier }) => identifier}
        query={{ ...query, data: data && { items: data.clients } }}
        empty={{
          title: t('apiClients.none'),
          description: t('apiClients.noneHint', { address: tokenAddress() }),
          action: add,
        }}
      />
      {act?.kind === 'add' && <NewClientDialog onClose={close} onSecret={setSecret} />}
      {act?.kind === 'exchange' && (
        <ExchangeDialog client={act.client} onClose={close} onSecret={setSecret} />
      )}
      {act?.kind === 'revoke' && <RevokeDialog client={act.client} onClose={close} />}
      {secret && (
        <SecretDialog client={secret} address={tokenAddress()} onClose={() => setSecret(undefined)} />
      )}
    </Page>
  );
}

function tokenAddress(): string {
  return `${location.origin}/connect/token`;
}

function columnsOf(act: (act: Act) => void): readonly Column<ApiClient>[] {
  return [
    { key: 'identifier', title: t('apiClients.identifier'), cell: ({ identifier }) => identifier, width: 12 },
    { key: 'name', title: t('apiClients.displayName'), cell: ({ displayName }) => displayName, width: 12 },
    { key: 'access', title: t('apiClients.access'), cell: accessOf, width: 9 },
    {
      key: 'lastUsed',
      title: t('apiClients.lastUsed'),
      cell: ({ lastUsedAt }) => <Time value={lastUsedAt} none={t('time.never')} />,
      width: 11,
    },
    { key: 'expires', title: t('apiClients.expires'), cell: expiryOf, width: 11 },
    {
      key: 'origin',
      title: t('apiClients.origin'),
      cell: ({ origin }) => t(`apiClients.origin.${origin}`),
      width: 10,
      isHiddenAtFirst: true,
    },
    {
      key: 'created',
      title: t('apiClients.created'),
      cell: ({ createdAt }) => <Time value={createdAt} />,
      width: 12,
      isHiddenAtFirst: true,
    },
    {
      key: 'createdBy',
      title: t('apiClients.createdBy'),
      cell: ({ createdBy }) => createdBy,
      width: 12,
      isHiddenAtFirst: true,
    },
    {
      key: 'actions',
      title: t('apiClients.actions'),
      isTitleHidden: true,
      width: 4,
      cell: (client) => (
        <span className="cell-act">
          <Menu
            label={t('apiClients.actionsOf', { name: client.identifier })}
            items={[
              {
                key: 'exchange',
                label: t('apiClients.exchange'),
                icon: KeyRound,
                permission,
                isDisabled: client.origin === 'configuration',
                onSelect: () => act({ kind: 'exchange', client }),
              },
              {
                key: 'revoke',
                label: t('apiClients.revoke'),
                icon: Trash2,
                permission,
                isDanger: true,
                onSelect: () => act({ kind: 'revoke', client }),
              },
            ]}
          />
        </span>
      ),
    },
  ];
}

function accessOf({ profile, permissions }: ApiClient) {
  const words = {
    administrator: 'role.administrator',
    operator: 'role.operator',
    auditor: 'role.auditor',
  } as const;
  const role = Object.entries(words).find(([name]) => name === profile)?.[1];
  const text = role ? t(role) : (profile ?? t('apiClients.permissionCount', { count: permissions.length }));
  return <span title={permissions.join('\n')}>{text}</span>;
}

function expiryOf({ expiresAt, previousUntil }: ApiClient) {
  const isOver = expiresAt !== null && new Date(expiresAt) <= new Date();
  const isOverlapping = previousUntil !== null && new Date(previousUntil) > new Date();
  return (
    <>
      {isOver ? (
        <Badge kind="failed">{t('apiClients.expired')}</Badge>
      ) : (
        <Time value={expiresAt} none={t('apiClients.noExpiry')} />
      )}
      {isOverlapping && (
        <span className="block text-2xs text-muted">
          {t('apiClients.previous')} <Time value={previousUntil} />
        </span>
      )}
    </>
  );
}

function RevokeDialog({ client, onClose }: Readonly<{ client: ApiClient; onClose: () => void }>) {
  const { identifier, origin } = client;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('apiClients.revokeTitle', { name: identifier })}
      confirm={t('apiClients.revokeDo')}
      permission={permission}
      onConfirm={async () => {
        await revokeApiClient(identifier);
        showToast({ title: t('apiClients.revoked', { name: identifier }) });
      }}
    >
      <p>{t('apiClients.revokeText')}</p>
      {origin === 'configuration' && <p>{t('apiClients.revokeConfigured')}</p>}
    </ConfirmDialog>
  );
}
