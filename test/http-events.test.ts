/** The stream that tells the console what has changed: what is told, to whom, and how it ends. */
import { describe, expect, test } from 'vitest';
import { recordAudit } from '../src/store/audit.ts';
import { recordConnection } from '../src/store/connections.ts';
import { beginRun, endRun } from '../src/store/runs.ts';
import { openSet } from '../src/store/sets.ts';
import { forgetWorker, recordWorker } from '../src/store/workers.ts';
import { callApi, jobOf, signIn, startApiServer, useApi, writeJobs } from './fixtures/api-server.ts';
import { listenToEvents } from './fixtures/event-listener.ts';
import { goodPassword, makeUser, openBrowser } from './fixtures/visitor.ts';

const getApi = useApi();
const everything = ['/Jobs', '/Connectors', '/Syncline'];

async function listen(...permissions: readonly string[]) {
  const { server, token } = getApi();
  return await listenToEvents(server.url, {
    Authorization: `Bearer ${await token(...(permissions.length === 0 ? everything : permissions))}`,
  });
}

describe('what has changed is told', () => {
  test('of jobs and their runs', async () => {
    const { database, call, token } = getApi();
    const events = await listen();
    await writeJobs(database, [jobOf('told')]);
    await events.hear('jobs');
    const launcher = await token('/Jobs');
    const { body } = await call('POST', '/api/jobs/told/runs', launcher, {});
    const heard = await events.hear('runs', 'audit');
    expect(heard).not.toContain('users');
    await call('POST', `/api/runs/${body.jobRunId}/cancel`, launcher);
    await events.hear('runs');
    events.close();
  });

  test('of a synchronization, page by page', async () => {
    const { sql } = getApi().database;
    const events = await listen('/Syncline/Integrations/Query');
    const { connectionId, entityTypes } = await recordConnection(sql, 'told-tenant', 'somewhere', [
      { name: 'user', attributes: ['displayName'], links: [] },
    ]);
    await events.hear('integrations');
    const runId = await beginRun(sql, connectionId, 'synchronize');
    await events.hear('integrations');
    const set = await openSet(sql, {
      runId,
      entityTypeId: entityTypes[0]?.entityTypeId ?? 0,
      kind: 'synchronize',
      isFull: true,
      reason: null,
      mapping: '[]',
      cookie: null,
    });
    await events.hear('integrations');
    await sql`update export_set set page_count = 1 where set_id = ${set.setId}`;
    await events.hear('integrations');
    await endRun(sql, runId, 'failed', 'It was a test.');
    const heard = await events.hear('integrations');
    // What the caller may not see is not told of.
    expect([...heard]).toEqual(['integrations']);
    events.close();
  });

  test('of workers that come and go', async () => {
    const { sql } = getApi().database;
    const events = await listen('/Syncline/Workers');
    await recordWorker(sql, { worker: 'told-worker', host: 'here', version: '0', slots: 1 });
    await events.hear('workers');
    await forgetWorker(sql, 'told-worker');
    await events.hear('workers');
    events.close();
  });

  test.each([
    ['user.create', 'users'],
    ['credential-profile.update', 'profiles'],
    ['tenant.create', 'integrations'],
    ['tag.assign', 'directory'],
    ['configuration.deploy', 'configuration'],
  ])('of what people do: %s', async (action, topic) => {
    const { sql } = getApi().database;
    const events = await listen();
    await recordAudit(sql, { actor: 'somebody', action, subject: 'something', outcome: 'done' });
    await events.hear(topic, 'audit');
    events.close();
  });
});

describe('who hears', () => {
  test('nobody without a token', async () => {
    const { status, body } = await callApi(getApi().server.url, 'GET', '/api/events');
    expect([status, body.code]).toEqual([401, 'token-missing']);
  });

  test('a caller listens at most twenty times at once, and again after leaving', async () => {
    const { server, token } = getApi();
    const headers = { Authorization: `Bearer ${await token('/Syncline')}` };
    const open = await Promise.all(Array.from({ length: 20 }, () => listenToEvents(server.url, headers)));
    const { status, body } = await callApi(
      server.url,
      'GET',
      '/api/events',
      headers.Authorization.slice('Bearer '.length),
    );
    expect([status, body.code]).toEqual([429, 'too-many-streams']);
    for (const events of open) events.close();
    for (;;) {
      const again = await listenToEvents(server.url, headers);
      again.close();
      if (again.status === 200) break;
    }
  });
});

test('while there is no news there is a sign of life', async () => {
  const events = await listen();
  await events.beat();
  await events.beat();
  events.close();
});

describe('how it ends', () => {
  const listenToOwn = async () => {
    const { database, queue, makeClient } = getApi();
    const server = await startApiServer(database, queue);
    const { identifier, secret } = await makeClient(['/Jobs']);
    const token = await signIn(server.url, identifier, secret);
    const events = await listenToEvents(server.url, { Authorization: `Bearer ${token}` });
    return { server, events, identifier };
  };

  test('with the token', async () => {
    const { server, events } = await listenToOwn();
    server.wait(86_400);
    await events.ended;
    server.close();
    await server.drain();
  });

  test('when the client is revoked', async () => {
    const { server, events, identifier } = await listenToOwn();
    await getApi().call('DELETE', `/api/clients/${identifier}`, await getApi().token('/Syncline/ApiClients'));
    await events.ended;
    server.close();
    await server.drain();
  });

  test('when the person signs out', async () => {
    const { database, server } = getApi();
    await makeUser(database, 'listener', 'auditor');
    const browser = openBrowser(server.url);
    await browser.signIn('listener', goodPassword);
    const Cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const events = await listenToEvents(server.url, { Cookie, Accept: 'text/event-stream' });
    expect(events.status).toBe(200);
    await browser.call('POST', '/auth/sign-out');
    await events.ended;
  });

  test('with the server', async () => {
    const { server, events } = await listenToOwn();
    server.close();
    await events.ended;
    await server.drain();
  });
});
