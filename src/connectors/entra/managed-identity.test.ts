import { expect, test, vi } from 'vitest';
import { cloudAddresses } from './addresses.ts';
import { askManagedIdentity } from './managed-identity.ts';

test('a machine that offers none says so, and what else there is', async () => {
  // Where MSAL asks is settled for the life of a process.
  vi.stubEnv('IDENTITY_ENDPOINT', 'http://localhost:9/msi/token');
  vi.stubEnv('IDENTITY_HEADER', 'any');
  const tenantId = '11111111-2222-4333-8444-555555555555';
  const connection = {
    tenantId,
    clientId: '',
    credentials: [],
    addresses: cloudAddresses('Global', tenantId),
  };
  const clock = { now: Date.now, wait: () => Promise.reject(new Error('Nobody is to wait for it.')) };
  const { signal } = new AbortController();
  const reply = await askManagedIdentity(
    connection,
    { kind: 'managed-identity', clientId: undefined },
    { clock, signal },
  );
  vi.unstubAllEnvs();
  expect(reply).toMatchObject({
    kind: 'refused',
    mayAnotherDo: true,
    fault: {
      code: 'credential-refused',
      message:
        'This machine offers no managed identity (localhost:9 does not answer): run Syncline on an Azure machine that has one, or sign in by a client secret or a certificate.',
    },
  });
});
