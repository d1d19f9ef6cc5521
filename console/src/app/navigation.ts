/** The pages that the navigation shows, in its groups, with what one must be allowed to see them. */
import {
  Cable,
  Contact,
  FolderSearch,
  KeyRound,
  LayoutDashboard,
  LayoutGrid,
  type LucideIcon,
  Play,
  Plug,
  ScrollText,
  Settings,
} from 'lucide-react';
import { isGranted } from '../data/session.ts';
import { t } from '../texts/texts.ts';

export type PageEntry = Readonly<{
  label: string;
  to:
    | '/'
    | '/integrations'
    | '/credential-profiles'
    | '/connectors'
    | '/applications'
    | '/identities'
    | '/jobs'
    | '/directory'
    | '/directory/tags'
    | '/settings'
    | '/settings/users'
    | '/settings/providers'
    | '/settings/api-clients'
    | '/settings/configuration'
    | '/settings/account'
    | '/settings/about'
    | '/integrations/entra-id'
    | '/audit';
  icon?: LucideIcon;
  permission?: string;
}>;

export type PageGroup = Readonly<{ label: string | undefined; pages: readonly PageEntry[] }>;

const groups = (): readonly PageGroup[] => [
  { label: undefined, pages: [{ label: t('nav.dashboard'), to: '/', icon: LayoutDashboard }] },
  {
    label: t('nav.connect'),
    pages: [
      {
        label: t('nav.integrations'),
        to: '/integrations',
        icon: Plug,
        permission: '/Syncline/Integrations/Query',
      },
      {
        label: t('nav.profiles'),
        to: '/credential-profiles',
        icon: KeyRound,
        permission: '/Syncline/CredentialProfiles/Query',
      },
      {
        label: t('nav.connectors'),
        to: '/connectors',
        icon: Cable,
        permission: '/Connectors/Connector/Query',
      },
    ],
  },
  {
    label: t('nav.operate'),
    pages: [{ label: t('nav.jobs'), to: '/jobs', icon: Play, permission: '/Jobs/Job/Query' }],
  },
  {
    label: t('nav.provision'),
    pages: [
      {
        label: t('nav.applications'),
        to: '/applications',
        icon: LayoutGrid,
        permission: '/Syncline/Applications/Query',
      },
      {
        label: t('nav.identities'),
        to: '/identities',
        icon: Contact,
        permission: '/Syncline/Identities/Query',
      },
    ],
  },
  {
    label: t('nav.directoryGroup'),
    pages: [
      {
        label: t('nav.directory'),
        to: '/directory',
        icon: FolderSearch,
        permission: '/Syncline/Directory/Query',
      },
    ],
  },
  {
    label: t('nav.administer'),
    pages: [
      { label: t('nav.settings'), to: '/settings', icon: Settings },
      { label: t('nav.audit'), to: '/audit', icon: ScrollText, permission: '/Syncline/Audit' },
    ],
  },
];

const settings = (): readonly PageEntry[] => [
  { label: t('nav.users'), to: '/settings/users', permission: '/Syncline/Users' },
  { label: t('nav.providers'), to: '/settings/providers', permission: '/Syncline/Users' },
  { label: t('nav.apiClients'), to: '/settings/api-clients', permission: '/Syncline/ApiClients' },
  {
    label: t('nav.configuration'),
    to: '/settings/configuration',
    permission: '/Syncline/Configuration/Query',
  },
  { label: t('nav.account'), to: '/settings/account' },
  { label: t('nav.about'), to: '/settings/about' },
];

/** The groups with the pages that somebody with these permissions may see. */
export function groupsFor(permissions: readonly string[]): readonly PageGroup[] {
  return groups()
    .map(({ label, pages }) => ({ label, pages: pages.filter((page) => maySee(permissions, page)) }))
    .filter(({ pages }) => pages.length > 0);
}

/** The pages of the settings that somebody with these permissions may see. */
export function settingsFor(permissions: readonly string[]): readonly PageEntry[] {
  return settings().filter((page) => maySee(permissions, page));
}

function maySee(permissions: readonly string[], { permission }: PageEntry): boolean {
  return permission === undefined || isGranted(permissions, permission);
}
