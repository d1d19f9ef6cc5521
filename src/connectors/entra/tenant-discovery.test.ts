/** Finding out about a tenant, and noticing that it is in another cloud before a credential is sent. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkConnection } from './connection-check.ts';
import { discoverTenant } from './tenant-discovery.ts';

const tenantId = '2f0a1f5e-3c0c-4a55-9f0e-2c5f6d1f9a77';
const asked: string[] = [];
let answer: { status: number; document: object } = { status: 200, document: {} };
let server: Server;
let origin = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer.document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

const configuration = (msgraph_host: string) => ({
  status: 200,
  document: {
    issuer: `https://login.microsoftonline.us/${tenantId}/v2.0`,
    token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
    msgraph_host,
  },
});

const placeOf = (graph: string) => ({
  addresses: { authority: `${origin}/contoso.example`, graph, scope: 'https://graph.microsoft.com/.default' },
});

test('finds the id and the cloud', async () => {
  answer = configuration('dod-graph.microsoft.us');
  const signal = AbortSignal.timeout(5000);
  expect(await discoverTenant(placeOf(`${origin}/v1.0`), signal)).toEqual({
    kind: 'found',
    tenantId,
    cloud: 'USGovL5',
  });
  answer = configuration('graph.simulated.example');
  expect(await discoverTenant(placeOf(`${origin}/v1.0`), signal)).toMatchObject({
    kind: 'found',
    cloud: null,
  });
});

test('tells a tenant that is not there from a sign-in that does not answer as one', async () => {
  answer = {
    status: 400,
    document: {
      error: 'invalid_tenant',
      error_description: 'AADSTS90002: Tenant not found.',
      error_codes: [90002],
    },
  };
  const signal = AbortSignal.timeout(5000);
  expect(await discoverTenant(placeOf(`${origin}/v1.0`), signal)).toEqual({ kind: 'unknown' });
  answer = { status: 404, document: {} };
  expect(await discoverTenant(placeOf(`${origin}/v1.0`), signal)).toMatchObject({ kind: 'unanswered' });
});

test('a tenant of another cloud gets no credential', async () => {
  answer = configuration('graph.microsoft.us');
  asked.length = 0;
  const connection = {
    ...placeOf('https://graph.microsoft.com/v1.0'),
    tenantId: 'contoso.example',
    clientId: tenantId,
    credentials: [{ kind: 'secret', secret: 'a~secret' } as const],
  };
  const results = [];
  for await (const result of checkConnection(connection, [], AbortSignal.timeout(20_000)))
    results.push(result);
  expect(results.filter(({ step }) => step === 'authority')).toEqual([
    expect.objectContaining({
      outcome: 'failed',
      detail: 'it is in the cloud USGovL4, and the connection asks Global; no credential was sent',
      remedy: 'set Cloud to USGovL4',
    }),
  ]);
  expect(results.filter(({ step }) => step === 'secret')).toEqual([
    expect.objectContaining({ outcome: 'skipped' }),
  ]);
  expect(asked.filter((path) => path.includes('token'))).toEqual([]);
});
