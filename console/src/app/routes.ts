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
const applications = createRoute({
  getParentRoute: () => signedIn,
  path: '/applications',
  component: lazyRouteComponent(() => import('../pages/applications/list.tsx'), 'ApplicationsPage'),
});
const catalog = createRoute({
  getParentRoute: () => signedIn,
  path: '/applications/catalog',
  component: lazyRouteComponent(() => import('../pages/applications/catalog.tsx'), 'CatalogPage'),
});
const application = createRoute({
  getParentRoute: () => signedIn,
  path: '/applications/$applicationId',
  component: lazyRouteComponent(() => import('../pages/applications/frame.tsx'), 'ApplicationFrame'),
});
const applicationParts = [
  leadOn('/', '/applications/$applicationId/overview'),
  createRoute({
    getParentRoute: () => application,
    path: '/overview',
    component: lazyRouteComponent(() => import('../pages/applications/overview.tsx'), 'OverviewTab'),
  }),
  leadOn('/provisioning', '/applications/$applicationId/provisioning/connection'),
  createRoute({
    getParentRoute: () => application,
    path: '/provisioning/connection',
    component: lazyRouteComponent(() => import('../pages/applications/connection.tsx'), 'ConnectionTab'),
  }),
  createRoute({
    getParentRoute: () => application,
    path: '/provisioning/data',
    component: lazyRouteComponent(() => import('../pages/applications/data.tsx'), 'DataTab'),
  }),
  createRoute({
    getParentRoute: () => application,
    path: '/provisioning/mapping',
    component: lazyRouteComponent(() => import('../pages/applications/mapping-tabs.tsx'), 'MappingTab'),
  }),
  // Where other consoles have the same.
  leadOn('/provisioning/reconciliation', '/applications/$applicationId/reconciliation/results'),
  leadOn('/provisioning/reconciliation/settings', '/applications/$applicationId/reconciliation/settings'),
  leadOn('/reconciliation', '/applications/$applicationId/reconciliation/results'),
  createRoute({
    getParentRoute: () => application,
    path: '/reconciliation/results',
    component: lazyRouteComponent(() => import('../pages/applications/mapping-tabs.tsx'), 'ReconcileTab'),
  }),
  createRoute({
    getParentRoute: () => application,
    path: '/reconciliation/settings',
    component: lazyRouteComponent(
      () => import('../pages/applications/mapping-tabs.tsx'),
      'ReconciliationSettingsTab',
    ),
  }),
  createRoute({
    getParentRoute: () => application,
    path: '/settings',
    component: lazyRouteComponent(() => import('../pages/applications/settings.tsx'), 'SettingsTab'),
  }),
] as const;

/** An address of an application that stands for another one. */
function leadOn<const Path extends string>(
  path: Path,
  to:
    | '/applications/$applicationId/overview'
    | `/applications/$applicationId/${'provisioning' | 'reconciliation'}/${'connection' | 'results' | 'settings'}`,
) {
  return createRoute({
    getParentRoute: () => application,
    path,
    beforeLoad: ({ params, search }) => {
      throw redirect({ to, params, search, replace: true } as never);
    },
  });
}

const mapping = createRoute({
  getParentRoute: () => signedIn,
  path: '/mappings/$name',
  component: lazyRouteComponent(() => import('../pages/mappings/mapping-frame.tsx'), 'MappingFrame'),
});
const mappingParts = [
  createRoute({
    getParentRoute: () => mapping,
    path: '/',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/mappings/$name/mapping', params, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => mapping,
    path: '/mapping',
    component: lazyRouteComponent(() => import('../pages/mappings/mapping-frame.tsx'), 'MappingTab'),
  }),
  createRoute({
    getParentRoute: () => mapping,
    path: '/reconciliation',
    component: lazyRouteComponent(() => import('../pages/mappings/mapping-frame.tsx'), 'ReconcileTab'),
  }),
  createRoute({
    getParentRoute: () => mapping,
    path: '/settings',
    component: lazyRouteComponent(() => import('../pages/mappings/mapping-frame.tsx'), 'SettingsTab'),
  }),
] as const;
const identities = createRoute({
  getParentRoute: () => signedIn,
  path: '/identities',
  component: lazyRouteComponent(() => import('../pages/identities/list.tsx'), 'IdentitiesPage'),
});
const identityAttributes = createRoute({
  getParentRoute: () => signedIn,
  path: '/identities/attributes',
  component: lazyRouteComponent(() => import('../pages/identities/attributes.tsx'), 'IdentityAttributesPage'),
});
const identity = createRoute({
  getParentRoute: () => signedIn,
  path: '/identities/$type/$key',
  component: lazyRouteComponent(() => import('../pages/identities/identity.tsx'), 'IdentityPage'),
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
    applications,
    catalog,
    application.addChildren(applicationParts),
    mapping.addChildren(mappingParts),
    identities,
    identityAttributes,
    identity,
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
