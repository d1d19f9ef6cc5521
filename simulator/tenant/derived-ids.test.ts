import { expect, test } from 'vitest';
import {
  createAppRoleAssignmentId,
  guidOfName,
  guidToBytes,
  permissionGrantId,
  securityIdentifierOf,
} from './derived-ids.ts';
import { createRandom } from './random.ts';

test('bytes of a GUID are in the order of .NET', () => {
  const bytes = guidToBytes('33ad69f9-da99-4bed-acd0-3f24235cb296');
  expect(bytes.toString('hex')).toBe('f969ad3399daed4bacd03f24235cb296');
});

test('the security identifier is made of the four little-endian words of the id', () => {
  expect(securityIdentifierOf('00000001-0002-0003-0405-060708090a0b')).toBe(
    'S-1-12-1-1-196610-117835012-185207048',
  );
  const id = 'f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f';
  const bytes = guidToBytes(id);
  const words = [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at));
  expect(securityIdentifierOf(id)).toBe(`S-1-12-1-${words.join('-')}`);
});

test('an app role assignment id has 43 characters and starts with the principal', () => {
  const principalId = '33ad69f9-da99-4bed-acd0-3f24235cb296';
  const id = createAppRoleAssignmentId(principalId, createRandom(1));
  expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(Buffer.from(id, 'base64url').subarray(0, 16)).toEqual(guidToBytes(principalId));
});

test('a grant id has 43 characters for all principals and 64 for one', () => {
  const [client, resource, principal] = ['a', 'b', 'c'].map(guidOfName) as [string, string, string];
  expect(permissionGrantId(client, resource, null)).toHaveLength(43);
  expect(permissionGrantId(client, resource, principal)).toHaveLength(64);
  expect(permissionGrantId(client, resource, principal).slice(0, 42)).toBe(
    permissionGrantId(client, resource, null).slice(0, 42),
  );
});
