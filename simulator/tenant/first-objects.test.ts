import { expect, test } from 'vitest';
import { isLive, targetsOf } from './directory-object.ts';
import { graphAppId, graphPermissions } from './graph-permissions.ts';
import { createTestTenant, liveObjects } from './test-tenant.ts';

test('an empty tenant has its organization, domains, licences and roles', () => {
  const { directory, first } = createTestTenant(0);
  expect(directory.find(directory.tenantId)).toBe(first.organization);
  expect(liveObjects(directory, 'domain').map(({ id }) => id)).toEqual([
    'nordlicht.example',
    'nordlicht.onmicrosoft.example',
  ]);
  expect(liveObjects(directory, 'subscribedSku').length).toBeGreaterThan(1);
  const roles = liveObjects(directory, 'directoryRole');
  expect(roles.map(({ values }) => values.displayName)).toEqual([
    'Global Administrator',
    'User Administrator',
  ]);
  for (const { id, values } of roles) {
    expect(id).not.toBe(values.roleTemplateId);
    const template = directory.find(String(values.roleTemplateId));
    expect(template?.values.displayName).toBe(values.displayName);
  }
  expect(liveObjects(directory, 'user')).toEqual([]);
  expect(liveObjects(directory, 'group')).toEqual([]);
});

test('the owner application can sign in and holds every permission on Microsoft Graph', () => {
  const { directory, first } = createTestTenant(0);
  const application = directory.findBy('application', 'appId', first.clientId);
  expect(application).toBe(first.application);
  const [credential] = first.application.values.passwordCredentials as [Record<string, string>];
  expect(credential.secretText).toBe(first.clientSecret);
  expect(credential.hint).toBe(first.clientSecret.slice(0, 3));

  const graph = directory.findBy('servicePrincipal', 'appId', graphAppId);
  expect(graph).toBe(first.graphServicePrincipal);
  const offered = (first.graphServicePrincipal.values.appRoles as { id: string; value: string }[]).map(
    ({ id }) => id,
  );
  const assignments = [...targetsOf(first.servicePrincipal, 'appRoleAssignments')];
  expect(assignments.map(({ values }) => values.appRoleId)).toEqual(offered);
  expect([...targetsOf(first.graphServicePrincipal, 'appRoleAssignedTo')]).toEqual(assignments);
  expect(assignments.every((one) => isLive(one) && one.id.length === 43)).toBe(true);
  expect(new Set(offered).size).toBe(graphPermissions.size);
});

test('what was always there is not logged as a change', () => {
  const { directory } = createTestTenant(120);
  expect(directory.log.length).toBe(0);
  expect(directory.tx).toBe(0);
});
