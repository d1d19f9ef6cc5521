/** Somebody in the panel at the side: what is known of the account, its sessions, and what can be done with it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { UserWithSessions } from '../../../../src/http/schemas/users.ts';
import { deleteUser, endSessions, userQuery } from '../../data/users.ts';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Rich } from '../../kit/rich.tsx';
import { SidePanel } from '../../kit/side-panel.tsx';
import { Loaded } from '../../kit/states.tsx';
import { Badge, StatusBadge } from '../../kit/status-badge.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/users.ts';
import { EditUser, ResetPassword } from './user-dialogs.tsx';

const permission = '/Syncline/Users';

export function UserPanel({ userId, onClose }: Readonly<{ userId: number; onClose: () => void }>) {
  const query = useQuery(userQuery(userId));
  const [open, setOpen] = useState<'edit' | 'reset' | 'delete'>();
  const close = () => setOpen(undefined);
  const user = query.data;
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={user?.name ?? t('users.title')}
      subtitle={user?.signInName}
      footer={user && <Actions user={user} open={setOpen} />}
    >
      <Loaded query={query} lines={8}>
        {(loaded) => <Facts user={loaded} />}
      </Loaded>
      {user && open === 'edit' && <EditUser user={user} onClose={close} />}
      {user && open === 'reset' && <ResetPassword user={user} onClose={close} />}
      {user && (
        <ConfirmDialog
          isOpen={open === 'delete'}
          onClose={close}
          title={t('users.deleteTitle', { name: user.name })}
          confirm={t('users.delete')}
          permission={permission}
          onConfirm={async () => {
            await deleteUser(user);
            showToast({ title: t('users.deleted', { name: user.name }) });
            onClose();
          }}
        >
          <p>{t('users.deleteText')}</p>
          {user.provider && <p>{t('users.deleteProvided', { provider: user.provider.name })}</p>}
        </ConfirmDialog>
      )}
    </SidePanel>
  );
}

function Actions({
  user,
  open,
}: Readonly<{ user: UserWithSessions; open: (what: 'edit' | 'reset' | 'delete') => void }>) {
  return (
    <>
      <Button look="danger" permission={permission} onClick={() => open('delete')}>
        {t('users.delete')}
      </Button>
      {user.provider === null && (
        <Button permission={permission} onClick={() => open('reset')}>
          {t('users.reset')}
        </Button>
      )}
      <Button look="primary" permission={permission} onClick={() => open('edit')}>
        {t('users.edit')}
      </Button>
    </>
  );
}

function Facts({ user }: Readonly<{ user: UserWithSessions }>) {
  const { effectiveRole, provider, isDisabled, lastSignInAt, passwordChangedAt, permissions } = user;
  return (
    <div className="grid gap-6">
      <KeyValueList
        items={[
          [t('users.status'), <StatusBadge key="status" status={isDisabled ? 'disabled' : 'enabled'} />],
          [t('users.role'), effectiveRole === null ? t('users.noRole') : t(`role.${effectiveRole}`)],
          [t('users.account'), provider?.name ?? t('users.local')],
          [t('users.lastSignIn'), <Time key="last" value={lastSignInAt} none={t('time.never')} />],
          ...(provider === null
            ? [[t('users.passwordChanged'), <Time key="password" value={passwordChangedAt} />] as const]
            : []),
          [t('users.created'), <ByAt key="created" at={user.createdAt} who={user.createdBy} />],
          [t('users.changed'), <ByAt key="changed" at={user.changedAt} who={user.changedBy} />],
          [
            t('users.may'),
            <ul key="may">
              {permissions.map((path) => (
                <li key={path}>
                  <code className="text-[.8rem]">{path}</code>
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
      <Sessions user={user} />
    </div>
  );
}

/** When, and by whom. */
function ByAt({ at, who }: Readonly<{ at: string; who: string }>) {
  return <Rich text={t('users.byAt', { who })} parts={{ time: () => <Time value={at} /> }} />;
}

function Sessions({ user: { userId, name, sessions } }: Readonly<{ user: UserWithSessions }>) {
  const end = async () => {
    try {
      const count = await endSessions(userId);
      showToast({ title: name, description: t('users.sessionsEnded', { count }) });
    } catch (error) {
      showFailure(t('users.endSessions'), error);
    }
  };
  return (
    <section className="grid gap-2" aria-label={t('users.sessions')}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{t('users.sessions')}</h3>
        {sessions.length > 0 && (
          <Button permission={permission} onClick={() => void end()}>
            {t('users.endSessions')}
          </Button>
        )}
      </div>
      {sessions.length === 0 && <p className="text-muted">{t('users.noSessions')}</p>}
      <ul className="grid gap-2 text-[.8667rem]">
        {sessions.map(({ createdAt, lastUsedAt, address, userAgent, isCurrent }) => (
          <li key={createdAt} className="grid gap-0.5">
            <span className="flex flex-wrap items-center gap-2">
              <span>
                <Rich
                  text={t('users.session', { address })}
                  parts={{ time: () => <Time value={lastUsedAt} isRelative /> }}
                />
              </span>
              {isCurrent && <Badge kind="succeeded">{t('users.thisSession')}</Badge>}
            </span>
            <span className="break-words text-2xs text-muted">{userAgent}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
