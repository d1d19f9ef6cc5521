/** The person's menu: their account, the shortcuts, the end of the session. */
import { useNavigate } from '@tanstack/react-router';
import { CircleHelp, Keyboard, LogOut, UserRound } from 'lucide-react';
import { signOut, useSession } from '../data/session.ts';
import { Menu } from '../kit/menu.tsx';
import { showFailure } from '../kit/toasts.tsx';
import { t } from '../texts/texts.ts';

export function AccountMenu({ openShortcuts }: Readonly<{ openShortcuts: () => void }>) {
  const { user } = useSession();
  const navigate = useNavigate();
  const leave = async () => {
    try {
      await signOut();
      await navigate({ to: '/sign-in' });
    } catch (error) {
      showFailure(t('app.signOut'), error);
    }
  };
  const initials = user.name
    .split(/\s+/)
    .map((word) => word.slice(0, 1).toUpperCase())
    .slice(0, 2)
    .join('');
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="grid size-8 cursor-pointer place-items-center rounded-full bg-accent-soft text-[.8rem] font-semibold text-accent"
          aria-label={t('app.account', { name: user.name })}
        >
          {/* Drawn and not written: they are no part of what the button is called. */}
          <span data-initials={initials} className="before:content-[attr(data-initials)]" />
        </button>
      }
      items={[
        {
          key: 'account',
          label: user.name,
          icon: UserRound,
          onSelect: () => void navigate({ to: '/settings/account' }),
        },
        { key: 'shortcuts', label: t('app.shortcuts'), icon: Keyboard, onSelect: openShortcuts },
        {
          key: 'help',
          label: t('app.help'),
          icon: CircleHelp,
          onSelect: () => window.open('/api', '_blank', 'noopener'),
        },
        { key: 'leave', label: t('app.signOut'), icon: LogOut, onSelect: () => void leave() },
      ]}
    />
  );
}
