/** Every route with the permission that it needs: nothing less opens it, and nothing more is asked. */
import { describe, expect, test } from 'vitest';
import { isGranted, type Role, roleNames, roles } from '../src/http/permissions.ts';
import { callApi, type JsonObject, useApi } from './fixtures/api-server.ts';
import { goodPassword, makeUser, openBrowser } from './fixtures/visitor.ts';

const getApi = useApi();

/** Method, path with values, and the permission. */
const routes: readonly (readonly [string, string, string])[] = [
  ['GET', '/api/jobs', '/Jobs/Job/Query'],
  ['GET', '/api/jobs/nightly', '/Jobs/Job/Query'],
  ['POST', '/api/jobs/nightly/runs', '/Jobs/RunJob/Launch'],
  ['PUT', '/api/jobs/nightly/schedule', '/Jobs/Job/Update'],
  ['DELETE', '/api/jobs/nightly/schedule', '/Jobs/Job/Update'],
  ['POST', '/api/schedules/preview', '/Jobs/Job/Query'],
  ['GET', '/api/runs', '/Jobs/JobInstance/Query'],
  ['GET', '/api/runs/7', '/Jobs/JobInstance/Query'],
  ['GET', '/api/runs/7/events', '/Jobs/JobInstance/Query'],
  ['GET', '/api/runs/7/tasks/8/log', '/Jobs/RunJob/GetLog'],
  ['GET', '/api/runs/7/tasks/8/log.txt', '/Jobs/RunJob/GetLog'],
  ['POST', '/api/runs/7/cancel', '/Jobs/JobInstance/Update'],
  ['POST', '/api/runs/7/resume', '/Jobs/RunJob/Repair'],
  ['POST', '/api/runs/7/discard', '/Jobs/RunJob/Repair'],
  ['GET', '/api/connections', '/Connectors/Connector/Query'],
  ['GET', '/api/connections/contoso', '/Connectors/Connector/Query'],
  ['GET', '/api/connections/contoso/blocked', '/Custom/ResourceChanges/contoso'],
  ['GET', '/api/connections/contoso/blocked/changes', '/Custom/ResourceChanges/contoso'],
  ['GET', '/api/connections/contoso/blocked/changes.csv', '/Custom/ResourceChanges/contoso'],
  ['DELETE', '/api/connections/contoso/blocked', '/Jobs/RunJob/Repair'],
  ['GET', '/api/clients', '/Syncline/ApiClients'],
  ['POST', '/api/clients', '/Syncline/ApiClients'],
  ['DELETE', '/api/clients/nobody', '/Syncline/ApiClients'],
  ['POST', '/api/clients/nobody/secret', '/Syncline/ApiClients'],
  ['GET', '/api/integrations', '/Syncline/Integrations/Query'],
  ['GET', '/api/integrations/entra-id', '/Syncline/Integrations/Query'],
  ['POST', '/api/integrations/entra-id', '/Syncline/Integrations/Update'],
  ['GET', '/api/integrations/entra-id/clouds', '/Syncline/Integrations/Query'],
  ['GET', '/api/integrations/entra-id/discovery', '/Syncline/Integrations/Update'],
  ['GET', '/api/integrations/entra-id/removals', '/Syncline/Integrations/Query'],
  ['POST', '/api/integrations/entra-id/test', '/Syncline/Integrations/Update'],
  ['GET', '/api/integrations/entra-id/contoso', '/Syncline/Integrations/Query'],
  ['PUT', '/api/integrations/entra-id/contoso', '/Syncline/Integrations/Update'],
  ['DELETE', '/api/integrations/entra-id/contoso', '/Syncline/Integrations/Update'],
  ['POST', '/api/integrations/entra-id/contoso/test', '/Syncline/Integrations/Update'],
  ['GET', '/api/integrations/entra-id/contoso/impact', '/Syncline/Integrations/Update'],
  ['PUT', '/api/integrations/entra-id/contoso/full-scan', '/Syncline/Integrations/Update'],
  ['GET', '/api/integrations/entra-id/contoso/entity-types', '/Connectors/Connector/Query'],
  ['PUT', '/api/integrations/entra-id/contoso/entity-types', '/Connectors/Connector/Update'],
  ['POST', '/api/integrations/entra-id/contoso/entity-types/plan', '/Connectors/Connector/Update'],
  ['POST', '/api/integrations/entra-id/contoso/entity-types/user/preview', '/Connectors/Connector/Update'],
  ['GET', '/api/integrations/entra-id/contoso/schema', '/Connectors/Connector/Query'],
  ['POST', '/api/integrations/entra-id/contoso/schema/refresh', '/Connectors/Connector/Update'],
  ['GET', '/api/integrations/entra-id/contoso/sync-history', '/Syncline/Integrations/Query'],
  ['GET', '/api/integrations/entra-id/contoso/sync-history.csv', '/Syncline/Integrations/Query'],
  ['GET', '/api/integrations/entra-id/contoso/sync-history/11/user', '/Syncline/Integrations/Query'],
  ['GET', '/api/integrations/entra-id/contoso/activity', '/Syncline/Integrations/Query'],
  ['GET', '/api/application-templates', '/Syncline/Applications/Query'],
  ['GET', '/api/applications', '/Syncline/Applications/Query'],
  ['POST', '/api/applications', '/Syncline/Applications/Update'],
  ['GET', '/api/applications/7', '/Syncline/Applications/Query'],
  ['PUT', '/api/applications/7', '/Syncline/Applications/Update'],
  ['DELETE', '/api/applications/7', '/Syncline/Applications/Update'],
  ['GET', '/api/applications/7/removal', '/Syncline/Applications/Update'],
  ['POST', '/api/applications/7/connect', '/Syncline/Applications/Update'],
  ['POST', '/api/applications/7/test', '/Syncline/Applications/Update'],
  ['POST', '/api/applications/7/missing-attributes', '/Syncline/Applications/Update'],
  ['GET', '/api/applications/7/object-types', '/Syncline/Applications/Query'],
  ['GET', '/api/applications/7/data', '/Syncline/Applications/Query'],
  ['POST', '/api/mappings/contoso/reconciliations', '/Syncline/Reconciliation/Launch'],
  ['GET', '/api/mappings/contoso/reconciliations', '/Syncline/Reconciliation/Query'],
  ['GET', '/api/mappings/contoso/schedules/full', '/Syncline/Reconciliation/Query'],
  ['PUT', '/api/mappings/contoso/schedules/full', '/Jobs/Job/Update'],
  ['GET', '/api/mappings/contoso/position', '/Syncline/Reconciliation/Query'],
  ['POST', '/api/mappings/contoso/position/reset', '/Syncline/Mappings/Update'],
  ['GET', '/api/situation-rules', '/Syncline/Mappings/Query'],
  ['GET', '/api/reconciliations', '/Syncline/Reconciliation/Query'],
  ['GET', '/api/reconciliations/7', '/Syncline/Reconciliation/Query'],
  ['POST', '/api/reconciliations/7/cancel', '/Syncline/Reconciliation/Launch'],
  ['POST', '/api/reconciliations/7/resume', '/Jobs/RunJob/Repair'],
  ['POST', '/api/reconciliations/7/discard', '/Jobs/RunJob/Repair'],
  ['GET', '/api/reconciliations/7/causes', '/Syncline/Reconciliation/Query'],
  ['GET', '/api/reconciliations/7/entries', '/Syncline/Reconciliation/Query'],
  ['GET', '/api/reconciliations/7/entries.csv', '/Syncline/Reconciliation/Query'],
  ['GET', '/api/reconciliations/7/entries/8', '/Syncline/Reconciliation/Query'],
  ['POST', '/api/reconciliations/7/entries/8/resolve', '/Syncline/Reconciliation/Launch'],
  ['POST', '/api/reconciliations/7/entries/retry', '/Syncline/Reconciliation/Launch'],
  ['GET', '/api/identities/types', '/Syncline/Identities/Query'],
  ['PUT', '/api/identities/types/user', '/Syncline/Identities/Update'],
  ['GET', '/api/identities/types/user/identities.csv', '/Syncline/Identities/Query'],
  ['GET', '/api/identities/user', '/Syncline/Identities/Query'],
  ['POST', '/api/identities/user', '/Syncline/Identities/Update'],
  ['GET', '/api/identities/user/9', '/Syncline/Identities/Query'],
  ['PATCH', '/api/identities/user/9', '/Syncline/Identities/Update'],
  ['DELETE', '/api/identities/user/9', '/Syncline/Identities/Update'],
  ['GET', '/api/identities/user/9/links', '/Syncline/Identities/Query'],
  ['GET', '/api/identities/user/9/history', '/Syncline/Identities/Query'],
  ['GET', '/api/identities/user/9/removal', '/Syncline/Identities/Query'],
  ['POST', '/api/identities/user/9/links/manager', '/Syncline/Identities/Update'],
  ['GET', '/api/dashboard', '/Syncline/Integrations/Query'],
  ['GET', '/api/dashboard/changes', '/Syncline/Integrations/Query'],
  ['GET', '/api/connectors', '/Connectors/Connector/Query'],
  ['GET', '/api/configuration', '/Syncline/Configuration/Query'],
  ['GET', '/api/configuration/files', '/Syncline/Configuration/Query'],
  ['POST', '/api/configuration/plan', '/Syncline/Configuration/Query'],
  ['POST', '/api/configuration/deploy', '/Syncline/Configuration/Deploy'],
  ['GET', '/api/audit', '/Syncline/Audit'],
  ['GET', '/api/audit.csv', '/Syncline/Audit'],
  ['GET', '/api/users', '/Syncline/Users'],
  ['POST', '/api/users', '/Syncline/Users'],
  ['GET', '/api/users/7', '/Syncline/Users'],
  ['PUT', '/api/users/7', '/Syncline/Users'],
  ['DELETE', '/api/users/7', '/Syncline/Users'],
  ['POST', '/api/users/7/password', '/Syncline/Users'],
  ['DELETE', '/api/users/7/sessions', '/Syncline/Users'],
  ['GET', '/api/roles', '/Syncline/Users'],
  ['GET', '/api/sign-in-providers', '/Syncline/Users'],
  ['POST', '/api/sign-in-providers', '/Syncline/Users'],
  ['GET', '/api/sign-in-providers/7', '/Syncline/Users'],
  ['PUT', '/api/sign-in-providers/7', '/Syncline/Users'],
  ['DELETE', '/api/sign-in-providers/7', '/Syncline/Users'],
  ['POST', '/api/sign-in-providers/7/check', '/Syncline/Users'],
  ['GET', '/api/credential-profiles', '/Syncline/CredentialProfiles/Query'],
  ['POST', '/api/credential-profiles', '/Syncline/CredentialProfiles/Update'],
  ['GET', '/api/credential-profiles/7', '/Syncline/CredentialProfiles/Query'],
  ['PUT', '/api/credential-profiles/7', '/Syncline/CredentialProfiles/Update'],
  ['DELETE', '/api/credential-profiles/7', '/Syncline/CredentialProfiles/Update'],
  ['POST', '/api/credential-profiles/7/test', '/Syncline/CredentialProfiles/Update'],
  ['POST', '/api/credential-profiles/7/credentials', '/Syncline/CredentialProfiles/Update'],
  ['PUT', '/api/credential-profiles/7/credentials/order', '/Syncline/CredentialProfiles/Update'],
  ['PUT', '/api/credential-profiles/7/credentials/8', '/Syncline/CredentialProfiles/Update'],
  ['DELETE', '/api/credential-profiles/7/credentials/8', '/Syncline/CredentialProfiles/Update'],
  ['GET', '/api/credential-profiles/7/credentials/8/certificate', '/Syncline/CredentialProfiles/Query'],
  ['POST', '/api/credential-profiles/7/credentials/8/test', '/Syncline/CredentialProfiles/Update'],
  ['GET', '/api/mappings', '/Syncline/Mappings/Query'],
  ['POST', '/api/mappings', '/Syncline/Mappings/Update'],
  ['POST', '/api/mappings/check', '/Syncline/Mappings/Query'],
  ['POST', '/api/mappings/import', '/Syncline/Mappings/Query'],
  ['POST', '/api/mappings/evaluate', '/Syncline/Mappings/Query'],
  ['POST', '/api/mappings/evaluate-all', '/Syncline/Mappings/Query'],
  ['GET', '/api/mappings/contoso', '/Syncline/Mappings/Query'],
  ['PUT', '/api/mappings/contoso', '/Syncline/Mappings/Update'],
  ['DELETE', '/api/mappings/contoso', '/Syncline/Mappings/Update'],
  ['GET', '/api/mappings/contoso/export', '/Syncline/Mappings/Query'],
  ['GET', '/api/mappings/contoso/links', '/Syncline/Mappings/Query'],
  ['POST', '/api/mappings/contoso/links', '/Syncline/Mappings/Update'],
  ['DELETE', '/api/mappings/contoso/links/5', '/Syncline/Mappings/Update'],
  ['GET', '/api/object-sets', '/Syncline/Mappings/Query'],
  ['GET', '/api/object-sets/contoso/user', '/Syncline/Mappings/Query'],
  ['GET', '/api/expression-functions', '/Syncline/Mappings/Query'],
  ['POST', '/api/expressions/evaluate', '/Syncline/Mappings/Query'],
  ['POST', '/api/filters/count', '/Syncline/Mappings/Query'],
  ['GET', '/api/workers', '/Syncline/Workers'],
  ['GET', '/api/directory/types', '/Syncline/Directory/Query'],
  ['GET', '/api/directory/resources', '/Syncline/Directory/Query'],
  ['GET', '/api/directory/resources.csv', '/Syncline/Directory/Query'],
  ['GET', '/api/directory/resources/contoso/user/9', '/Syncline/Directory/Query'],
  ['GET', '/api/directory/resources/contoso/user/9/links', '/Syncline/Directory/Query'],
  ['GET', '/api/directory/resources/contoso/user/9/history', '/Syncline/Directory/Query'],
  ['PUT', '/api/directory/resources/contoso/user/9/tags/7', '/Syncline/Directory/Tag'],
  ['DELETE', '/api/directory/resources/contoso/user/9/tags/7', '/Syncline/Directory/Tag'],
  ['GET', '/api/directory/tags', '/Syncline/Directory/Query'],
  ['POST', '/api/directory/tags', '/Syncline/Directory/Tag'],
  ['PUT', '/api/directory/tags/7', '/Syncline/Directory/Tag'],
  ['DELETE', '/api/directory/tags/7', '/Syncline/Directory/Tag'],
];

/** Every permission but this one and those above it. */
const others = (permission: string) =>
  [...new Set(routes.map(([, , path]) => path))].filter((path) => !isGranted([path], permission));

test('the table has every route that a token is needed for', async () => {
  const { server } = getApi();
  const { body } = await callApi(server.url, 'GET', '/api/openapi.json');
  const described = Object.entries(body.paths as JsonObject).flatMap(([path, item]) =>
    Object.entries(item as JsonObject).flatMap(([method, operation]) => {
      const permission = (operation as JsonObject)['x-permission'];
      return permission === undefined || path === '/metrics'
        ? []
        : [`${method.toUpperCase()} ${path} ${permission}`];
    }),
  );
  const values: Readonly<Record<string, string>> = {
    '{identifier}': '(nightly|nobody)',
    '{jobRunId}': '7',
    '{runId}': '11',
    '{taskRunId}': '8',
    '{applicationId}': '7',
    '{reconciliationId}': '7',
    '{entryId}': '8',
    '{kind}': 'full',
    '{link}': 'manager',
    '{profileId}': '7',
    '{credentialId}': '8',
    '{name}': 'contoso',
    '{type}': 'user',
    '{connection}': 'contoso',
    '{key}': '9',
    '{tagId}': '7',
    '{linkNumber}': '5',
    '{userId}': '7',
    '{providerId}': '7',
  };
  const patterns = described.map((line) => line.replace(/\{\w+\}/g, (name) => values[name] ?? name));
  const lines = routes.map((route) => route.join(' '));
  expect(patterns.filter((pattern) => !lines.some((line) => new RegExp(`^${pattern}$`).test(line)))).toEqual(
    [],
  );
  expect(patterns).toHaveLength(lines.length);
});

describe.each(routes)('%s %s', (method, path, permission) => {
  test('is closed without a token', async () => {
    const { status, body, headers } = await getApi().call(method, path);
    expect([status, body.code]).toEqual([401, 'token-missing']);
    expect(headers.get('WWW-Authenticate')).toContain('Bearer');
  });

  test(`is closed without ${permission}, whatever else a client may do`, async () => {
    const { call, token } = getApi();
    const { status, body } = await call(method, path, await token(...others(permission)));
    expect([status, body.code]).toEqual([403, 'permission-missing']);
    expect(body.detail).toContain(permission);
  });

  test(`is open with ${permission}, and with what is above it`, async () => {
    const { call, token } = getApi();
    const above = permission.slice(0, permission.indexOf('/', 1));
    for (const granted of [permission, permission.toLowerCase(), above]) {
      const { status } = await call(method, path, await token(granted));
      expect([200, 400, 404, 428]).toContain(status);
    }
  });
});

describe('roles', () => {
  const may = (role: Role) => routes.filter(([, , permission]) => isGranted(roles[role], permission)).length;

  test('an administrator may do everything', () => {
    expect(may('administrator')).toBe(routes.length);
  });

  test('an operator may do everything but change settings, see to clients and users, and read the audit', () => {
    const closed = routes.filter(([, , permission]) => !isGranted(roles.operator, permission));
    const kept: readonly string[] = [
      '/Connectors/Connector/Update',
      '/Syncline/ApiClients',
      '/Syncline/Applications/Update',
      '/Syncline/Audit',
      '/Syncline/Configuration/Deploy',
      '/Syncline/CredentialProfiles/Update',
      '/Syncline/Identities/Update',
      '/Syncline/Integrations/Update',
      '/Syncline/Mappings/Update',
      '/Syncline/Users',
    ];
    expect(closed.filter(([, , permission]) => !kept.includes(permission))).toEqual([]);
  });

  test('an auditor may read, and change nothing', () => {
    const questions = [
      '/api/configuration/plan',
      '/api/schedules/preview',
      '/api/mappings/check',
      '/api/mappings/import',
      '/api/mappings/evaluate',
      '/api/mappings/evaluate-all',
      '/api/expressions/evaluate',
      '/api/filters/count',
    ];
    const changes = routes.filter(([method, path]) => method !== 'GET' && !questions.includes(path));
    expect(changes.filter(([, , permission]) => isGranted(roles.auditor, permission))).toEqual([]);
    expect(may('auditor')).toBeGreaterThan(10);
  });

  test.each(roleNames)('the session of an %s opens what the role grants, and nothing else', async (role) => {
    const { server, database } = getApi();
    await makeUser(database, `the-${role}`, role);
    const browser = openBrowser(server.url);
    await browser.signIn(`the-${role}`, goodPassword);
    for (const [method, path, permission] of routes) {
      const { status, body } = await browser.call(method, path);
      const isOpen = isGranted(roles[role], permission);
      expect([`${method} ${path}`, body.code === 'permission-missing', status === 403]).toEqual([
        ...[`${method} ${path}`, !isOpen, !isOpen],
      ]);
    }
  });

  test('none reaches beyond its paths', () => {
    for (const role of roleNames) expect(isGranted(roles[role], '/SomethingElse')).toBe(false);
  });
});

test('a refused change is in the audit, a refused look is not', async () => {
  const { call, token } = getApi();
  const weak = await token('/Jobs/Job/Query');
  await call('POST', '/api/jobs/audited-refusal/runs', weak);
  await call('GET', '/api/workers', weak);
  const auditor = await token('/Syncline/Audit');
  const { body } = await call('GET', '/api/audit?subject=/api/jobs/audited-refusal/runs', auditor);
  expect(body.entries).toMatchObject([{ action: 'POST /Jobs/RunJob/Launch', outcome: 'refused' }]);
  const looks = await call('GET', '/api/audit?subject=/api/workers', auditor);
  expect(looks.body.entries).toEqual([]);
});
