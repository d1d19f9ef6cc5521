import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entityTypeNames, findCatalogType } from './catalog.ts';
import {
  checkConsent,
  checkPermission,
  type Grants,
  readGrants,
  remarkExcess,
} from './connection-check-permissions.ts';
import { mapAttributes } from './entity-types.ts';

const all = mapAttributes(entityTypeNames, []);

function tokenWith(payload: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`;
}

const application = (...permissions: string[]): Grants => ({ permissions, isDelegated: false });

describe('the permissions in an access token', () => {
  test('are its roles', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (roles) => {
        const token = tokenWith({ aud: 'https://graph.microsoft.com', roles });
        expect(readGrants(token)).toEqual(application(...roles));
      }),
    );
  });

  test('are none where the token names none', () => {
    expect(readGrants(tokenWith({}))).toEqual(application());
    expect(readGrants(tokenWith({ roles: 'User.Read.All' }))).toEqual(application());
    expect(checkConsent(application()).outcome).toBe('failed');
  });

  test('are those that a user has delegated, without what everybody has', () => {
    const grants = readGrants(tokenWith({ scp: 'openid profile User.Read Group.Read.All' }));
    expect(grants).toEqual({ permissions: ['Group.Read.All'], isDelegated: true });
    const [user] = mapAttributes(['user'], []);
    expect(grants && user && checkPermission(user, grants).remedy).toContain('delegated permissions');
  });

  test('are not known where the token cannot be looked into', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readGrants(`${text}.*.*`)).toBeUndefined();
      }),
    );
  });
});

describe('each entity type', () => {
  test.each(entityTypeNames)('%s can be read with its own permission, or with Directory.Read.All', (name) => {
    const [entityType] = mapAttributes([name], []);
    if (!entityType) throw new Error('nothing mapped');
    const own = findCatalogType(name)?.permission ?? '';
    expect(checkPermission(entityType, application(own))).toMatchObject({ outcome: 'ok', detail: own });
    expect(checkPermission(entityType, application('Directory.Read.All')).outcome).toBe('ok');
    expect(checkPermission(entityType, application('Mail.Read'))).toMatchObject({
      outcome: 'failed',
      remedy: expect.stringContaining(`add ${own}`),
    });
  });

  test('is satisfied with the least of several permissions', () => {
    const [user] = mapAttributes(['user'], []);
    const roles = ['Directory.ReadWrite.All', 'User.ReadWrite.All', 'User.Read.All'];
    expect(user && checkPermission(user, application(...roles)).detail).toBe('User.Read.All');
  });
});

test('what is beyond reading is named, the first few of it', () => {
  const remarks = (roles: string[]) =>
    [...remarkExcess(all, application(...roles))].map(({ detail }) => detail);
  expect(remarks(['Directory.Read.All', 'User.Read.All', 'Organization.Read.All'])).toEqual([]);
  expect(remarks(['Mail.Read', 'Directory.Read.All'])).toEqual([
    'also granted, which this connection does not need: Mail.Read',
  ]);
  expect(remarks(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toEqual([
    'also granted, which this connection does not need: a, b, c, d, e and 2 others',
  ]);
});
