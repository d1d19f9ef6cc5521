/** The navigation at the side; on a narrow screen it is behind a button. */
import { Link } from '@tanstack/react-router';
import { useSession } from '../data/session.ts';
import { t } from '../texts/texts.ts';
import { groupsFor } from './navigation.ts';

export function SideNavigation({ onChoose }: Readonly<{ onChoose?: () => void }>) {
  const { permissions } = useSession();
  return (
    <nav aria-label={t('app.navigation')} className="grid gap-4 p-2.5">
      {groupsFor(permissions).map(({ label, pages }) => (
        <div key={label ?? ''}>
          {label !== undefined && <div className="px-2.5 pb-1 text-2xs text-muted">{label}</div>}
          <ul className="grid gap-0.5">
            {pages.map(({ label: words, to, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: to === '/' }}
                  {...(onChoose && { onClick: onChoose })}
                  className="flex min-h-8 items-center gap-2.5 rounded-lg px-2.5 text-[.8667rem] hover:bg-sunken focus-visible:-outline-offset-2"
                  activeProps={{
                    className: 'bg-accent-soft text-accent font-medium',
                    'aria-current': 'page',
                  }}
                >
                  {Icon && <Icon aria-hidden size={16} />}
                  {words}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
