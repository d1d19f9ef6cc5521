// What Graph thinks of the tokens it is shown.
import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Clock, manualClock } from '../clock.ts';
import type { Caller } from './access-token.ts';
import { appId, createTestTenant, nowMs, secretForm, type TestTenant } from './test-tenant.ts';

let clock: Clock;
let tenant: TestTenant;
let token: string;

beforeEach(async () => {
  clock = manualClock(nowMs);
  tenant = await createTestTenant({ clock });
  token = await tenant.getToken();
});

const expired = 'Lifetime validation failed, the token is expired.';

const refusal = (message: unknown, code = 'InvalidAuthenticationToken'): Caller => ({
  kind: 'refused',
  status: 401,
  code,
  message: message as string,
  challenge:
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"',
});

describe('a token of the platform', () => {
  test.each(['Bearer ', 'bearer ', 'BEARER  ', ''])('is taken after %j', (prefix) => {
    expect(tenant.platform.authenticate(`${prefix}${token}`)).toMatchObject({
      kind: 'caller',
      claims: { appid: appId, roles: ['User.Read.All', 'Group.ReadWrite.All'] },
    });
  });

  test('is taken until its last second, and not after', () => {
    clock.advance(3_598_999);
    expect(tenant.platform.authenticate(token).kind).toBe('caller');
    clock.advance(1);
    expect(tenant.platform.authenticate(token)).toEqual(refusal(expired));
  });

  test('is expired when all are, and a later one is not', async () => {
    const other = await tenant.getToken();
    expect(tenant.platform.authenticate(token).kind).toBe('caller');
    tenant.platform.expireAccessTokens();
    for (const old of [token, other]) expect(tenant.platform.authenticate(old)).toEqual(refusal(expired));
    expect(tenant.platform.authenticate(await tenant.getToken()).kind).toBe('caller');
    expect(tenant.platform.issued).toBe(3);
  });

  test('keeps the permissions that it was issued with', async () => {
    tenant.apps.set(appId, { ...tenant.apps.get(appId)!, roles: ['Device.Read.All'] });
    expect(tenant.platform.authenticate(token)).toMatchObject({
      claims: { roles: ['User.Read.All', 'Group.ReadWrite.All'] },
    });
    expect(tenant.platform.authenticate(await tenant.getToken())).toMatchObject({
      claims: { roles: ['Device.Read.All'] },
    });
  });

  test('is worth nothing once its application is gone', () => {
    expect(tenant.platform.authenticate(token).kind).toBe('caller');
    tenant.apps.delete(appId);
    expect(tenant.platform.authenticate(token)).toEqual(
      refusal(
        'The identity of the calling application could not be established.',
        'Authorization_IdentityNotFound',
      ),
    );
  });

  test('is taken after thousands of others', async () => {
    const tokens: string[] = [token];
    for (let count = 0; count < 1_100; count += 1) {
      const { document } = await tenant.requestToken(secretForm);
      tokens.push(String(document.access_token));
    }
    for (const each of [...tokens, ...tokens]) {
      expect(tenant.platform.authenticate(each).kind).toBe('caller');
    }
  });
});

describe('Graph refuses', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forged = (header: Record<string, unknown>): Promise<string> =>
    new SignJWT(decodeJwt(token))
      .setProtectedHeader({ alg: 'RS256', ...decodeProtectedHeader(token), ...header })
      .sign(privateKey);

  test.each([undefined, '', 'Bearer', 'Bearer '])('no token: %j', (authorization) => {
    expect(tenant.platform.authenticate(authorization)).toEqual(refusal('Access token is empty.'));
  });

  test.each(['Bearer nonsense', 'Basic dXNlcjpwYXNz', 'x'])('what has no dots: %j', (authorization) => {
    expect(tenant.platform.authenticate(authorization)).toEqual(
      refusal(expect.stringMatching(/^IDX14100: JWT is not well formed, there are no dots \(\.\)\./)),
    );
  });

  test.each(['a.b.c', '..', 'e30.e30', 'e30.e30.x.y', 'Bearer \u0000.\u0000.\u0000'])(
    'what cannot be read: %j',
    (authorization) => {
      expect(tenant.platform.authenticate(authorization)).toEqual(
        refusal('CompactToken parsing failed with error code: 80049217'),
      );
    },
  );

  test('a token of another key', async () => {
    const other = await createTestTenant({ clock });
    expect(tenant.platform.authenticate(await other.getToken())).toEqual(refusal('Signing key is invalid.'));
  });

  test('a token that names two keys', async () => {
    expect(tenant.platform.authenticate(await forged({ x5t: 'other' }))).toEqual(
      refusal('Invalid x5t claim.'),
    );
  });

  test('a token that someone else signed', async () => {
    expect(tenant.platform.authenticate(await forged({}))).toEqual(
      refusal('Access token validation failure.'),
    );
  });

  test('a token whose claims were changed', () => {
    const [header, , signature] = token.split('.');
    const claims = { ...decodeJwt(token), roles: ['Directory.ReadWrite.All'] };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect(tenant.platform.authenticate(`${header}.${payload}.${signature}`)).toEqual(
      refusal('Access token validation failure.'),
    );
  });

  test('a token without a signature', () => {
    const header = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(token), alg: 'none' }));
    const [, payload] = token.split('.');
    expect(tenant.platform.authenticate(`${header.toString('base64url')}.${payload}.`)).toEqual(
      refusal('Access token validation failure.'),
    );
  });

  test('a token for another resource', async () => {
    const other = await tenant.getToken('https://management.azure.com/.default');
    expect(tenant.platform.authenticate(other)).toEqual(
      refusal('Access token validation failure. Invalid audience.'),
    );
  });

  test('a token from the future', async () => {
    const ahead = manualClock(nowMs + 60_000);
    let time = ahead;
    const early = await createTestTenant({ clock: { ...clock, now: () => time.now() } });
    const future = await early.getToken();
    time = clock;
    expect(early.platform.authenticate(future)).toEqual(
      refusal('Access token has expired or is not yet valid.'),
    );
  });
});
