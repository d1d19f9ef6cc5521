/** Secrets of API clients: exchanging one, and the window that shows one this once. */
import { useState } from 'react';
import type { ApiClient, ApiClientWithSecret } from '../../../../src/http/schemas/api-clients.ts';
import { exchangeSecret } from '../../data/api-clients.ts';
import { Button } from '../../kit/button.tsx';
import { CodeBlock } from '../../kit/code-block.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Select } from '../../kit/select.tsx';
import { t } from '../../texts/api-clients.ts';

const overlaps = ['0', '1', '24', '72', '168'] as const;

export function ExchangeDialog({
  client: { identifier },
  onClose,
  onSecret,
}: Readonly<{ client: ApiClient; onClose: () => void; onSecret: (client: ApiClientWithSecret) => void }>) {
  const [hours, setHours] = useState<(typeof overlaps)[number]>('24');
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('apiClients.exchangeTitle', { name: identifier })}
      confirm={t('apiClients.exchangeDo')}
      look="primary"
      permission="/Syncline/ApiClients"
      onConfirm={async () => onSecret(await exchangeSecret(identifier, Number(hours)))}
    >
      <p>{t('apiClients.exchangeText')}</p>
      <Select
        label={t('apiClients.overlap')}
        value={hours}
        onChange={(value) => value !== null && setHours(value)}
        options={overlaps.map((value) => ({
          value,
          label: t('apiClients.overlapHours', { hours: Number(value) }),
        }))}
      />
    </ConfirmDialog>
  );
}

/** Whoever closes it without copying has to exchange the secret once more. */
export function SecretDialog({
  client: { identifier, secret },
  address,
  onClose,
}: Readonly<{ client: ApiClientWithSecret; address: string; onClose: () => void }>) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('apiClients.secretTitle', { name: identifier })}
      description={t('apiClients.secretText')}
      footer={
        <Button look="primary" onClick={onClose}>
          {t('apiClients.stored')}
        </Button>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <CodeBlock code={secret} label={t('apiClients.secret')} isWrapped />
        <KeyValueList
          items={[
            [t('apiClients.identifier'), <code key="id">{identifier}</code>],
            [t('apiClients.tokenAddress'), <code key="address">{address}</code>],
          ]}
        />
      </div>
    </Dialog>
  );
}
