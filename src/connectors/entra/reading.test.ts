import { expect, test } from 'vitest';
import { findCatalogType } from './catalog.ts';
import { expiryReason, faultOf, type GraphRefusal } from './reading.ts';

const refusal: GraphRefusal = { kind: 'refusal', status: 400, code: '', message: '' };

function faultFor(name: string, said: Partial<GraphRefusal>) {
  const type = findCatalogType(name);
  if (type === undefined) throw new Error(name);
  const entityType = { name, attributes: ['mail', 'department'], links: [] };
  return faultOf({ ...refusal, ...said }, { type, entityType });
}

test.each([
  ['group', 'Group.Read.All (or Directory.Read.All, which covers all)'],
  ['oAuth2PermissionGrant', 'Directory.Read.All and give admin consent'],
])('a missing permission is named with the type: %s', (name, permission) => {
  const fault = faultFor(name, { status: 403, code: 'Authorization_RequestDenied' });
  expect(fault.code).toBe('permission-missing');
  expect(fault.message).toContain(`entity type ${name}`);
  expect(fault.message).toContain(permission);
});

test.each([
  "Property 'department' does not exist as a declared property or extension property.",
  "Could not find a property named 'department' on type 'microsoft.graph.user'.",
])('an attribute that Graph names is refused as part of the mapping: %s', (message) => {
  expect(faultFor('user', { message })).toMatchObject({
    code: 'mapping-refused',
    message: expect.stringContaining('attribute department of entity type user'),
  });
});

test('anything else is what Graph says', () => {
  const fault = faultFor('user', { code: 'Request_BadRequest', message: 'No.' });
  expect(fault).toMatchObject({
    code: 'source-failed',
    message: 'Graph does not let users be read (400 Request_BadRequest): No.',
  });
});

test.each<[Partial<GraphRefusal>, string]>([
  [{ status: 410 }, 'Graph does not know the delta link any more (410 Gone)'],
  [{ code: 'syncStateNotFound' }, 'Graph does not know the delta link any more (400 syncStateNotFound)'],
  [{ code: 'BadRequest' }, 'Graph refuses the delta link (400 BadRequest)'],
])('%j is a reason in words', (said, reason) => {
  expect(expiryReason({ ...refusal, ...said }, 'delta link')).toBe(reason);
});
