/** A provider in the panel at the side: what to enter there, what is set here, and whether it answers. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SignInProvider, SignInProviderCheck } from '../../../../src/http/schemas/sign-in.ts';
import { checkProvider, deleteProvider, providerQuery } from '../../data/users.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Rich } from '../../kit/rich.tsx';
import { SidePanel } from '../../kit/side-panel.tsx';
import { Loaded } from '../../kit/states.tsx';
import { StatusBadge } from '../../kit/status-badge.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/users.ts';
import { EditProvider } from './provider-dialogs.tsx';

const permission = '/Syncline/Users';

export function ProviderPanel({
  providerId,
  onClose,
}: Readonly<{ providerId: number; onClose: () => void }>) {
  const query = useQuery(providerQuery(providerId));
  const [open, setOpen] = useState<'edit' | 'delete'>();
  const close = () => setOpen(undefined);
  const provider = query.data;
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={provider?.name ?? t('providers.title')}
      footer={
        <>
          <Button look="danger" permission={permission} onClick={() => setOpen('delete')}>
            {t('providers.delete')}
          </Button>
          <Button look="primary" permission={permission} onClick={() => setOpen('edit')}>
            {t('providers.edit')}
          </Button>
        </>
      }
    >
      <Loaded query={query} lines={8}>
        {(loaded) => <Facts provider={loaded} />}
      </Loaded>
      {provider && open === 'edit' && <EditProvider provider={provider} onClose={close} />}
      {provider && (
        <ConfirmDialog
          isOpen={open === 'delete'}
          onClose={close}
          title={t('providers.deleteTitle', { name: provider.name })}
          confirm={t('providers.delete')}
          permission={permission}
          mustType={provider.userCount > 0 ? provider.name : undefined}
          onConfirm={async () => {
            await deleteProvider(provider);
            showToast({ title: t('providers.deleted', { name: provider.name }) });
            onClose();
          }}
        >
          <p>{t('providers.deleteText', { count: provider.userCount })}</p>
        </ConfirmDialog>
      )}
    </SidePanel>
  );
}

function Facts({ provider }: Readonly<{ provider: SignInProvider }>) {
  const { issuer, clientId, scopes, roleClaim, roleMapping, defaultRole, isEnabled, redirectUri } = provider;
  return (
    <div className="grid gap-6">
      <section className="grid gap-1" aria-label={t('providers.redirect')}>
        <h3 className="font-semibold">{t('providers.redirect')}</h3>
        <p className="text-[.8667rem] text-muted">{t('providers.redirectHint')}</p>
        <div className="flex items-center gap-2">
          <code className="min-w-0 break-all text-[.8rem]">{redirectUri}</code>
          <CopyButton text={redirectUri} label={t('providers.copyRedirect')} />
        </div>
      </section>
      <Check provider={provider} />
      <KeyValueList
        items={[
          [t('users.status'), <StatusBadge key="status" status={isEnabled ? 'enabled' : 'disabled'} />],
          [t('providers.issuer'), issuer],
          [t('providers.clientId'), clientId],
          [t('providers.secret'), <Secret key="secret" provider={provider} />],
          [t('providers.scopes'), scopes.join(' ')],
          [t('providers.roleClaim'), roleClaim],
          [
            t('providers.mapping'),
            <ul key="mapping">
              {Object.entries(roleMapping).map(([word, role]) => (
                <li key={word}>
                  <code className="text-[.8rem]">{word}</code> {t(`role.${role}`)}
                </li>
              ))}
            </ul>,
          ],
          [t('providers.defaultRole'), defaultRole === null ? t('users.noRole') : t(`role.${defaultRole}`)],
          [t('providers.people'), t('providers.peopleCount', { count: provider.userCount })],
          [
            t('providers.changed'),
            <Rich
              key="changed"
              text={t('users.byAt', { who: provider.changedBy })}
              parts={{ time: () => <Time value={provider.changedAt} /> }}
            />,
          ],
        ]}
      />
    </div>
  );
}

function Secret({ provider: { secretSetAt, secretSetBy } }: Readonly<{ provider: SignInProvider }>) {
  if (secretSetAt === null) return t('providers.noSecret');
  return (
    <Rich text={t('users.byAt', { who: secretSetBy })} parts={{ time: () => <Time value={secretSetAt} /> }} />
  );
}

/** Asks the provider for its description, and says what came. */
function Check({ provider: { providerId } }: Readonly<{ provider: SignInProvider }>) {
  const [result, setResult] = useState<SignInProviderCheck>();
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    try {
      setResult(await checkProvider(providerId));
    } catch (error) {
      showFailure(t('providers.check'), error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="grid justify-items-start gap-3" aria-live="polite">
      <Button permission={permission} isDisabled={isBusy} onClick={() => void check()}>
        {isBusy ? t('providers.checking') : t('providers.check')}
      </Button>
      {result && (
        <Banner
          kind={result.isUsable ? 'ok' : 'bad'}
          title={t(result.isUsable ? 'providers.usable' : 'providers.unusable')}
        >
          {result.message}
        </Banner>
      )}
    </div>
  );
}
