/** Every address of the console and the page behind it. Each page is loaded when it is first opened. */
import { createRootRoute, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Problem } from '../data/problem.ts';
import { queryClient } from '../data/query-client.ts';
import { sessionQuery } from '../data/session.ts';
import { settingsFor } from './navigation.ts';
import { Crashed, NotFound } from './outcomes.tsx';
import { Shell } from './shell.tsx';

/** What stands after the question mark: words that each page reads for itself (`useSearchState`). */
type Search = { [name: string]: string | undefined };

const root = createRootRoute({
  validateSearch: (search: Record<string, unknown>): Search =>
    Object.fromEntries(Object.entries(search).filter(([, value]) => typeof value === 'string')) as Search,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in.tsx'), 'SignInPage'),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../pages/sign-in/setup.tsx'), 'SetupPage'),
});

/** Everything that only a signed-in person sees; others sign in first, and come back here. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      return { session: await queryClient.ensureQueryData(sessionQuery) };
    } catch (error) {
      if (!(error instanceof Problem && error.status === 401)) throw error;
      throw redirect({
        to: '/sign-in',
        search: location.href === '/' ? {} : { returnTo: location.href },
      });
    }
  },
});

const dashboard = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/dashboard/dashboard.tsx'), 'DashboardPage'),
});
const integrations = createRoute({
  getParentRoute: () => signedIn,
  path: '/integrations',
  component: lazyRouteComponent(() => import('../pages/integrations/integrations.tsx'), 'IntegrationsPage'),
});
/** The overview with the window Add New Integration open. */
const newIntegration = createRoute({
  getParentRoute: () => signedIn,
  path: '/integrations/new',
  component: lazyRouteComponent(() => import('../pages/integrations/integrations.tsx'), 'IntegrationsPage'),
});
const tenants = createRoute({
  getParentRoute: () => signedIn,
  path: '/integrations/entra-id',
  component: lazyRouteComponent(() => import('../pages/integrations/tenants.tsx'), 'TenantsPage'),
});
const tenant = createRoute({
  getParentRoute: () => signedIn,
  path: '/integrations/entra-id/$name',
  component: lazyRouteComponent(() => import('../pages/integrations/tenant.tsx'), 'TenantPage'),
});
const profiles = createRoute({
  getParentRoute: () => signedIn,
  path: '/credential-profiles',
  component: lazyRouteComponent(() => import('../pages/credential-profiles/profiles.tsx'), 'ProfilesPage'),
});
const profile = createRoute({
  getParentRoute: () => signedIn,
  path: '/credential-profiles/$profileId',
  component: lazyRouteComponent(() => import('../pages/credential-profiles/profile.tsx'), 'ProfilePage'),
});
const connectors = createRoute({
  getParentRoute: () => signedIn,
  path: '/connectors',
  component: lazyRouteComponent(() => import('../pages/connectors/connectors.tsx'), 'ConnectorsPage'),
});
const jobs = createRoute({
  getParentRoute: () => signedIn,
  path: '/jobs',
  component: lazyRouteComponent(() => import('../pages/jobs/jobs.tsx'), 'JobsPage'),
});
const job = createRoute({
  getParentRoute: () => signedIn,
  path: '/jobs/$identifier',
  component: lazyRouteComponent(() => import('../pages/jobs/job.tsx'), 'JobPage'),
});
const run = createRoute({
  getParentRoute: () => signedIn,
  path: '/jobs/runs/$jobRunId',
  component: lazyRouteComponent(() => import('../pages/jobs/run.tsx'), 'RunPage'),
});
const directory = createRoute({
  getParentRoute: () => signedIn,
  path: '/directory',
  component: lazyRouteComponent(() => import('../pages/directory/directory.tsx'), 'DirectoryPage'),
});
const tags = createRoute({
  getParentRoute: () => signedIn,
  path: '/directory/tags',
  component: lazyRouteComponent(() => import('../pages/directory/tags.tsx'), 'TagsPage'),
});
const resource = createRoute({
  getParentRoute: () => signedIn,
  path: '/directory/$connection/$type/$key',
  component: lazyRouteComponent(() => import('../pages/directory/resource.tsx'), 'ResourcePage'),
});
const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/settings-frame.tsx'), 'SettingsFrame'),
});
const settingsStart = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: ({ context }) => {
    const [first] = settingsFor(context.session.permissions);
    throw redirect({ to: first?.to ?? '/settings/account' });
  },
});
const users = createRoute({
  getParentRoute: () => settings,
  path: '/users',
  component: lazyRouteComponent(() => import('../pages/settings/users.tsx'), 'UsersPage'),
});
const providers = createRoute({
  getParentRoute: () => settings,
  path: '/providers',
  component: lazyRouteComponent(() => import('../pages/settings/providers.tsx'), 'ProvidersPage'),
});
const apiClients = createRoute({
  getParentRoute: () => settings,
  path: '/api-clients',
  component: lazyRouteComponent(() => import('../pages/settings/api-clients.tsx'), 'ApiClientsPage'),
});
const configuration = createRoute({
  getParentRoute: () => settings,
  path: '/configuration',
  component: lazyRouteComponent(() => import('../pages/settings/configuration.tsx'), 'ConfigurationPage'),
});
const account = createRoute({
  getParentRoute: () => settings,
  path: '/account',
  component: lazyRouteComponent(() => import('../pages/settings/account.tsx'), 'AccountPage'),
});
const about = createRoute({
  getParentRoute: () => settings,
  path: '/about',
  component: lazyRouteComponent(() => import('../pages/settings/about.tsx'), 'AboutPage'),
});
const audit = createRoute({
  getParentRoute: () => signedIn,
  path: '/audit',
  component: lazyRouteComponent(() => import('../pages/audit/audit.tsx'), 'AuditPage'),
});

export const routeTree = root.addChildren([
  signIn,
  setup,
  signedIn.addChildren([
    dashboard,
    integrations,
    newIntegration,
    tenants,
    tenant,
    profiles,
    profile,
    connectors,
    jobs,
    job,
    run,
    directory,
    tags,
    resource,
    settings.addChildren([settingsStart, users, providers, apiClients, configuration, account, about]),
    audit,
  ]),
]);
