/** Every route with the permission that it needs: nothing less opens it, and nothing more is asked. */
import { describe, expect, test } from 'vitest';
import { isGranted, type Role, roleNames, roles } from '../src/http/permissions.ts';
import { callApi, type JsonObject, useApi } from './fixtures/api-server.ts';

const getApi = useApi();

/** Method, path with values, and the permission. */
const routes: readonly (readonly [string, string, string])[] = [
  ['GET', '/api/jobs', '/Jobs/Job/Query'],
  ['GET', '/api/jobs/nightly', '/Jobs/Job/Query'],
  ['POST', '/api/jobs/nightly/runs', '/Jobs/RunJob/Launch'],
  ['GET', '/api/runs', '/Jobs/JobInstance/Query'],
  ['GET', '/api/runs/7', '/Jobs/JobInstance/Query'],
  ['GET', '/api/runs/7/events', '/Jobs/JobInstance/Query'],
  ['GET', '/api/runs/7/tasks/8/log', '/Jobs/RunJob/GetLog'],
  ['POST', '/api/runs/7/cancel', '/Jobs/JobInstance/Update'],
  ['POST', '/api/runs/7/resume', '/Jobs/RunJob/Repair'],
  ['POST', '/api/runs/7/discard', '/Jobs/RunJob/Repair'],
  ['GET', '/api/connections', '/Connectors/Connector/Query'],
  ['GET', '/api/connections/contoso', '/Connectors/Connector/Query'],
  ['GET', '/api/connections/contoso/blocked', '/Custom/ResourceChanges/contoso'],
  ['GET', '/api/connections/contoso/blocked/changes', '/Custom/ResourceChanges/contoso'],
  ['DELETE', '/api/connections/contoso/blocked', '/Jobs/RunJob/Repair'],
  ['GET', '/api/clients', '/Syncline/ApiClients'],
  ['POST', '/api/clients', '/Syncline/ApiClients'],
  ['DELETE', '/api/clients/nobody', '/Syncline/ApiClients'],
  ['GET', '/api/audit', '/Syncline/Audit'],
  ['GET', '/api/workers', '/Syncline/Workers'],
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
    '{taskRunId}': '8',
    '{name}': 'contoso',
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
      expect([200, 400, 404]).toContain(status);
    }
  });
});

describe('roles', () => {
  const may = (role: Role) => routes.filter(([, , permission]) => isGranted(roles[role], permission)).length;

  test('an administrator may do everything', () => {
    expect(may('administrator')).toBe(routes.length);
  });

  test('an operator may do everything but see to clients and read the audit', () => {
    const closed = routes.filter(([, , permission]) => !isGranted(roles.operator, permission));
    expect(new Set(closed.map(([, , permission]) => permission))).toEqual(
      new Set(['/Syncline/ApiClients', '/Syncline/Audit']),
    );
  });

  test('an auditor may read, and change nothing', () => {
    const changes = routes.filter(([method]) => method !== 'GET');
    expect(changes.filter(([, , permission]) => isGranted(roles.auditor, permission))).toEqual([]);
    expect(may('auditor')).toBeGreaterThan(10);
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
