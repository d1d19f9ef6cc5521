/** The credentials of a profile in the order in which they are tried, and what can be done with each. */
import { ArrowDown, ArrowUp, Download, KeyRound, Pencil, PlugZap, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Credential, CredentialProfile } from '../../../../src/http/schemas/credential-profiles.ts';
import { certificateAddress, deleteCredential, orderCredentials } from '../../data/credential-profiles.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Menu, type MenuItem } from '../../kit/menu.tsx';
import { Rich } from '../../kit/rich.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { showFailure } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/credential-profiles.ts';
import { AddCredential, EditCredential, ReplaceCredential } from './credential-dialogs.tsx';
import { hasTypedEnd } from './credential-values.ts';
import { Expiry } from './expiry.tsx';
import { TestDialog } from './test-dialog.tsx';

const update = '/Syncline/CredentialProfiles/Update';

type Open = Readonly<{ what: 'replace' | 'edit' | 'delete' | 'test'; credential: Credential }>;

export function CredentialsCard({ profile }: Readonly<{ profile: CredentialProfile }>) {
  const { type, credentials, tenants } = profile;
  const [open, setOpen] = useState<Open>();
  const [isAdding, setAdding] = useState(false);
  const close = () => setOpen(undefined);
  const isManaged = type === 'managed-identity';
  const isOnlyOne = credentials.length === 1 && tenants.length > 0;
  return (
    <Card
      title={t('credentialProfiles.credentials')}
      actions={
        !isManaged && (
          <Button icon={Plus} permission={update} onClick={() => setAdding(true)}>
            {t('credentialProfiles.addCredential')}
          </Button>
        )
      }
    >
      <div className="grid gap-4">
        {credentials.length === 0 && <Banner kind="warn" title={t('credentialProfiles.none')} />}
        {credentials.length > 1 && <p className="text-muted">{t('credentialProfiles.tried')}</p>}
        <ol className="grid gap-3">
          {credentials.map((credential, index) => (
            <li key={credential.credentialId} className="rounded-md border border-line p-3">
              <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
                <h3 className="flex min-w-0 items-center gap-2 font-medium">
                  <KeyRound aria-hidden size={15} />
                  <span className="min-w-0 break-words">{credential.label}</span>
                </h3>
                <Menu
                  label={t('credentialProfiles.actionsOf', { label: credential.label })}
                  items={actionsOf(profile, credential, index, setOpen)}
                />
              </div>
              <CredentialView profile={profile} credential={credential} />
            </li>
          ))}
        </ol>
      </div>
      {isAdding && <AddCredential profile={profile} onClose={() => setAdding(false)} />}
      {open?.what === 'replace' && (
        <ReplaceCredential profile={profile} credential={open.credential} onClose={close} />
      )}
      {open?.what === 'edit' && (
        <EditCredential profile={profile} credential={open.credential} onClose={close} />
      )}
      {open?.what === 'test' && <TestDialog profile={profile} credential={open.credential} onClose={close} />}
      <ConfirmDialog
        isOpen={open?.what === 'delete'}
        onClose={close}
        title={t('credentialProfiles.deleteCredentialTitle', { label: open?.credential.label ?? '' })}
        confirm={t('action.delete')}
        permission={update}
        disabledReason={isOnlyOne ? t('credentialProfiles.deleteLast') : undefined}
        onConfirm={async () => {
          if (open) await deleteCredential(profile, open.credential.credentialId);
        }}
      >
        <p>{t('credentialProfiles.deleteCredentialText')}</p>
      </ConfirmDialog>
    </Card>
  );
}

function actionsOf(
  profile: CredentialProfile,
  credential: Credential,
  index: number,
  setOpen: (open: Open) => void,
): readonly MenuItem[] {
  const { type, credentials, profileId } = profile;
  const isManaged = type === 'managed-identity';
  const move = (by: number) => {
    const ids = credentials.map(({ credentialId }) => credentialId);
    const [moved] = ids.splice(index, 1);
    if (moved !== undefined) ids.splice(index + by, 0, moved);
    orderCredentials(profile, ids).catch((error: unknown) =>
      showFailure(t('credentialProfiles.credentials'), error),
    );
  };
  const test: MenuItem = {
    key: 'test',
    label: t('credentialProfiles.test'),
    icon: PlugZap,
    permission: update,
    onSelect: () => setOpen({ what: 'test', credential }),
  };
  if (isManaged) return [test];
  return [
    test,
    {
      key: 'replace',
      label: t('credentialProfiles.replace'),
      icon: KeyRound,
      permission: update,
      onSelect: () => setOpen({ what: 'replace', credential }),
    },
    {
      key: 'edit',
      label: t('credentialProfiles.edit'),
      icon: Pencil,
      permission: update,
      onSelect: () => setOpen({ what: 'edit', credential }),
    },
    ...(credential.thumbprint === null
      ? []
      : [
          {
            key: 'download',
            label: t('credentialProfiles.download'),
            icon: Download,
            onSelect: () => location.assign(certificateAddress(profileId, credential.credentialId)),
          },
        ]),
    {
      key: 'up',
      label: t('credentialProfiles.moveUp'),
      icon: ArrowUp,
      permission: update,
      isDisabled: index === 0,
      onSelect: () => move(-1),
    },
    {
      key: 'down',
      label: t('credentialProfiles.moveDown'),
      icon: ArrowDown,
      permission: update,
      isDisabled: index === credentials.length - 1,
      onSelect: () => move(1),
    },
    {
      key: 'delete',
      label: t('action.delete'),
      icon: Trash2,
      isDanger: true,
      permission: update,
      onSelect: () => setOpen({ what: 'delete', credential }),
    },
  ];
}

function CredentialView({
  profile,
  credential,
}: Readonly<{ profile: CredentialProfile; credential: Credential }>) {
  const { type, profileId } = profile;
  const { credentialId, thumbprint, subject, userName, setAt, setBy, expiresAt } = credential;
  const set = (
    <Rich text={t('credentialProfiles.by', { who: setBy })} parts={{ when: () => <Time value={setAt} /> }} />
  );
  const isUntried = credential.lastUsedAt === null && credential.lastTestOutcome !== 'passed';
  return (
    <div className="grid gap-3">
      <KeyValueList
        items={[
          ...(userName === null ? [] : [[t('credentialProfiles.userName'), userName] as const]),
          ...(thumbprint === null
            ? []
            : [
                [
                  t('credentialProfiles.thumbprint'),
                  <span key="print" className="flex flex-wrap items-center gap-1 font-mono text-[.8rem]">
                    <span className="min-w-0 break-all">{thumbprint}</span>
                    <CopyButton text={thumbprint} label={t('credentialProfiles.thumbprint')} isIcon />
                  </span>,
                ] as const,
                [t('credentialProfiles.subject'), subject] as const,
              ]),
          [t('credentialProfiles.set'), set],
          ...(type === 'managed-identity' || (hasTypedEnd(type) && expiresAt === null)
            ? []
            : [[t('credentialProfiles.expires'), <Expiry key="end" value={expiresAt} />] as const]),
          [t('credentialProfiles.lastUsed'), <LastUse key="use" credential={credential} />],
          [t('credentialProfiles.lastTest'), <LastTest key="test" credential={credential} />],
        ]}
      />
      {thumbprint !== null && isUntried && (
        <Banner kind="info" title={t('credentialProfiles.uploadNeeded')}>
          <Rich
            text={t('credentialProfiles.uploadNeededText')}
            parts={{
              link: (inner) => (
                <a className="link" href={certificateAddress(profileId, credentialId)} download>
                  {inner}
                </a>
              ),
            }}
          />
        </Banner>
      )}
    </div>
  );
}

function LastUse({ credential }: Readonly<{ credential: Credential }>) {
  const { lastUsedAt, lastUsedRefusal } = credential;
  if (lastUsedAt === null) return <span className="text-muted">{t('credentialProfiles.neverUsed')}</span>;
  return (
    <span className="grid gap-1">
      <span className="flex flex-wrap items-center gap-2">
        <Time value={lastUsedAt} />
        <StatusBadge status={lastUsedRefusal === null ? 'succeeded' : 'failed'} />
      </span>
      {lastUsedRefusal !== null && <span>{lastUsedRefusal}</span>}
    </span>
  );
}

function LastTest({ credential }: Readonly<{ credential: Credential }>) {
  const { lastTestedAt, lastTestOutcome, lastTestMessage } = credential;
  if (lastTestedAt === null || lastTestOutcome === null)
    return <span className="text-muted">{t('credentialProfiles.neverTested')}</span>;
  return (
    <span className="grid gap-1">
      <span className="flex flex-wrap items-center gap-2">
        <Time value={lastTestedAt} />
        <StatusBadge status={lastTestOutcome} />
      </span>
      {lastTestOutcome === 'failed' && <span>{lastTestMessage}</span>}
    </span>
  );
}
