/**
 * What the pages of integrations stand in: the pane with Add New Integration and every integration by its type, and the window that
 * adds one.
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown, Plus } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { integrationsQuery } from '../../data/tenants.ts';
import { Button } from '../../kit/button.tsx';
import { lazyPart } from '../../kit/lazy-part.tsx';
import { choice, useSearchState } from '../../kit/search-state.ts';
import { t } from '../../texts/integrations.ts';
import type { IntegrationType } from './add-integration.tsx';
import { SyncDot } from './sync-status.tsx';

const AddIntegration = lazyPart(
  () => import('./add-integration.tsx').then(({ AddIntegration: part }) => part),
  true,
);

const addFields = { add: choice(['', 'entra-id', 'credential-profile'], '') };

/** Opens the window Add New Integration, whose being open is part of the address. */
export function useAdding(): Readonly<{
  adding: IntegrationType | '';
  setAdding: (type: IntegrationType | '') => void;
}> {
  const [{ add }, change] = useSearchState(addFields);
  return { adding: add, setAdding: (type) => change({ add: type }) };
}

/** `isNew` where the address itself asks for the window. */
export function IntegrationsFrame({
  children,
  isNew = false,
  onNewClosed = () => {},
}: Readonly<{ children: ReactNode; isNew?: boolean; onNewClosed?: () => void }>) {
  const { adding, setAdding } = useAdding();
  const type = adding || (isNew ? 'entra-id' : '');
  const close = () => {
    if (adding) setAdding('');
    if (isNew) onNewClosed();
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-[14rem_minmax(0,1fr)]">
      <Pane onAdd={() => setAdding('entra-id')} />
      <div className="min-w-0">{children}</div>
      {type !== '' && <AddIntegration type={type} onClose={close} />}
    </div>
  );
}

/** So many names are shown of a type; the list has them all. */
const mostShown = 20;

function Pane({ onAdd }: Readonly<{ onAdd: () => void }>) {
  const { data } = useQuery(integrationsQuery);
  const { tenants = [], profiles = [], types = [] } = data ?? {};
  const hasProfiles = types.some(({ type }) => type === 'credential-profile');
  return (
    <nav
      aria-label={t('integrations.pane')}
      className="grid grid-cols-[minmax(0,1fr)] content-start gap-3 lg:sticky lg:top-16 lg:self-start"
    >
      <Button look="primary" icon={Plus} permission="/Syncline/Integrations/Update" onClick={onAdd}>
        {t('integrations.add')}
      </Button>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-0.5">
        <li>
          <PaneLink to="/integrations" isExact>
            {t('integrations.pane.overview')}
          </PaneLink>
        </li>
        <Group to="/integrations/entra-id" label={t('integrations.pane.entraId')} count={tenants.length}>
          {tenants.slice(0, mostShown).map(({ name, status }) => (
            <li key={name}>
              <Link
                to="/integrations/entra-id/$name"
                params={{ name }}
                className="flex items-center gap-2 rounded-md px-2 py-1 text-[.8667rem] hover:bg-sunken data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent"
              >
                <SyncDot status={status} />
                <span className="min-w-0 truncate" title={name}>
                  {name}
                </span>
              </Link>
            </li>
          ))}
        </Group>
        {hasProfiles && (
          <Group to="/credential-profiles" label={t('integrations.pane.profiles')} count={profiles.length}>
            {profiles.slice(0, mostShown).map(({ profileId, name }) => (
              <li key={profileId}>
                <Link
                  to="/credential-profiles/$profileId"
                  params={{ profileId: String(profileId) }}
                  className="block truncate rounded-md px-2 py-1 text-[.8667rem] hover:bg-sunken"
                  title={name}
                >
                  {name}
                </Link>
              </li>
            ))}
          </Group>
        )}
      </ul>
    </nav>
  );
}

function PaneLink({
  to,
  isExact = false,
  children,
}: Readonly<{
  to: '/integrations' | '/integrations/entra-id' | '/credential-profiles';
  isExact?: boolean;
  children: ReactNode;
}>) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: isExact, includeSearch: false }}
      className="block flex-auto rounded-md px-2 py-1 hover:bg-sunken data-[status=active]:font-medium data-[status=active]:text-accent"
    >
      {children}
    </Link>
  );
}

/** A type with its items, which can be folded away. */
function Group({
  to,
  label,
  count,
  children,
}: Readonly<{
  to: '/integrations/entra-id' | '/credential-profiles';
  label: string;
  count: number;
  children: ReactNode;
}>) {
  const [isOpen, setOpen] = useState(true);
  const id = useId();
  return (
    <li>
      <div className="flex items-center">
        <PaneLink to={to}>{label}</PaneLink>
        {count > 0 && (
          <button
            type="button"
            className="btn btn-ghost btn-icon"
            aria-expanded={isOpen}
            aria-controls={id}
            aria-label={t('integrations.pane.toggle', { open: String(isOpen), type: label })}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronDown aria-hidden size={15} className={isOpen ? '' : '-rotate-90 rtl:rotate-90'} />
          </button>
        )}
      </div>
      <ul
        id={id}
        hidden={!isOpen}
        className="ms-2 grid grid-cols-[minmax(0,1fr)] gap-0.5 border-s border-line ps-2"
      >
        {children}
        {count > mostShown && (
          <li>
            <Link to={to} className="link px-2 text-[.8rem]">
              {t('integrations.pane.all', { count })}
            </Link>
          </li>
        )}
      </ul>
    </li>
  );
}
