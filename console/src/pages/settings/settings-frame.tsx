/** The settings: their own navigation beside the one that is open. */
import { Link, Outlet } from '@tanstack/react-router';
import { settingsFor } from '../../app/navigation.ts';
import { useSession } from '../../data/session.ts';
import { t } from '../../texts/texts.ts';

export function SettingsFrame() {
  const { permissions } = useSession();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 content-start items-start gap-y-4 lg:grid-cols-[11rem_minmax(0,1fr)]">
      <nav aria-label={t('nav.settings')}>
        <ul className="flex flex-wrap gap-0.5 lg:grid">
          {settingsFor(permissions).map(({ label, to }) => (
            <li key={to}>
              <Link
                to={to}
                className="flex min-h-8 items-center rounded-lg px-2.5 text-[.8667rem] hover:bg-sunken"
                activeProps={{ className: 'bg-accent-soft text-accent font-medium', 'aria-current': 'page' }}
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </div>
  );
}
