/** The server itself: what every answer has, limits, probes, metrics, traces, and the document of the API. */
import { readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { consoleRoutes } from '../src/http/console.ts';
import { renderPage } from '../src/http/documentation/page.ts';
import { openTracing, traceRun } from '../src/http/observability/tracing.ts';
import { permissions, roleNames } from '../src/http/permissions.ts';
import { problemCodes } from '../src/http/problem.ts';
import { openQueue } from '../src/jobs/queue.ts';
import { openDatabase } from '../src/store/database.ts';
import { beginRun, endRun, recordCounts } from '../src/store/runs.ts';
import { callApi, type JsonObject, jobOf, startApiServer, useApi, writeJobs } from './fixtures/api-server.ts';
import { urlOf } from './fixtures/database-url.ts';
import { makeScratch } from './fixtures/held-database.ts';

const getApi = useApi();

describe('every answer', () => {
  test.each(['/health', '/api', '/api/jobs', '/nothing', '/connect/token'])(
    '%s has an id and careful headers',
    async (path) => {
      const { headers } = await getApi().call('GET', path);
      expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
      expect(headers.get('Cache-Control')).toContain('no-store');
    },
  );

  test.each([
    ['harmless-id.1', 'harmless-id.1'],
    ['<script>', null],
    ['x'.repeat(65), null],
  ])('keeps the id "%s" of the request only where it is harmless', async (id, kept) => {
    const { headers } = await fetch(`${getApi().server.url}/health`, { headers: { 'X-Request-Id': id } });
    if (kept) expect(headers.get('X-Request-Id')).toBe(kept);
    else expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is 404 with a problem where there is nothing, and 405 where the method is another', async () => {
    const { call, token } = getApi();
    const admin = await token('/Jobs');
    const nothing = await call('GET', '/api/nothing', admin);
    expect([nothing.status, nothing.body.code]).toEqual([404, 'not-found']);
    for (const [method, path, allow] of [
      ['PUT', '/api/jobs', 'GET, HEAD'],
      ['DELETE', '/health', 'GET, HEAD'],
      ['GET', '/connect/token', 'POST'],
    ] as const) {
      const { status, body, headers } = await call(method, path, admin);
      expect([status, body.code, headers.get('Allow')]).toEqual([405, 'method-not-allowed', allow]);
    }
  });
});

describe('limits', () => {
  test('stop an address that sends too much, and let it go on in time', async () => {
    const server = await getApi().start({
      rates: { address: { burst: 3, perSecond: 0.5 }, client: { burst: 9, perSecond: 9 } },
    });
    for (let count = 0; count < 3; count += 1) expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const { status, body, headers } = await callApi(server.url, 'GET', '/health');
    expect([status, body.code, headers.get('Retry-After')]).toEqual([429, 'too-many-requests', '2']);
    server.wait(2);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test('stop a client that sends too much, and no other', async () => {
    const { start, token } = getApi();
    const rates = { address: { burst: 99, perSecond: 9 }, client: { burst: 2, perSecond: 0.1 } };
    const server = await start({ rates, publicUrl: getApi().server.url });
    const [busy, other] = [await token('/Jobs'), await token('/Jobs')];
    const statuses = async (bearer: string) => (await callApi(server.url, 'GET', '/api/jobs', bearer)).status;
    expect([await statuses(busy), await statuses(busy), await statuses(busy)]).toEqual([200, 200, 429]);
    expect(await statuses(other)).toBe(200);
  });

  test('count by the address that the proxy saw, where there is one, and by no other that is claimed', async () => {
    const rates = { address: { burst: 1, perSecond: 0.01 }, client: { burst: 9, perSecond: 9 } };
    const [direct, proxied] = [
      await getApi().start({ rates }),
      await getApi().start({ rates, isBehindProxy: true }),
    ];
    const status = async (url: string, forwarded: string) =>
      (await fetch(`${url}/health`, { headers: { 'X-Forwarded-For': forwarded } })).status;
    expect(await status(direct.url, '192.0.2.1')).toBe(200);
    expect(await status(direct.url, '192.0.2.2')).toBe(429);
    expect(await status(proxied.url, '192.0.2.1')).toBe(200);
    expect(await status(proxied.url, '192.0.2.2')).toBe(200);
    expect(await status(proxied.url, '192.0.2.9, 192.0.2.2')).toBe(429);
    expect(await status(proxied.url, '2001:db8::1')).toBe(200);
    expect(await status(proxied.url, '2001:db8:0:0:ffff::2')).toBe(429);
  });

  test('hold for bodies that do not say how long they are, too', async () => {
    const { server } = getApi();
    const body = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 20; count += 1) controller.enqueue(new Uint8Array(8192).fill(97));
        controller.close();
      },
    });
    const request = { method: 'POST', body, duplex: 'half' as const };
    expect((await fetch(`${server.url}/connect/token`, request)).status).toBe(413);
  });
});

describe('probes', () => {
  test('say that the server is alive and ready, and how many workers there are', async () => {
    const { call } = getApi();
    expect((await call('GET', '/health')).body).toEqual({ status: 'alive' });
    const { status, body } = await call('GET', '/ready');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ready',
      database: 'reachable',
      migrations: 'current',
      isEnding: false,
    });
  });

  test('say that it is not ready while it ends', async () => {
    const server = await getApi().start({});
    server.close();
    const { status, body } = await callApi(server.url, 'GET', '/ready');
    expect([status, body.isEnding]).toEqual([503, true]);
    expect((await callApi(server.url, 'GET', '/health')).status).toBe(200);
  });

  test('say that the migrations are others', async () => {
    const { database, call } = getApi();
    await database.sql`update migration set name = name || '-changed' where number = 1`;
    const { status, body } = await call('GET', '/ready');
    await database.sql`update migration set name = replace(name, '-changed', '') where number = 1`;
    expect([status, body.migrations]).toEqual([503, 'different']);
  });

  test('say that there is no database, and requests are answered by 503 without a word of where it is', async () => {
    const scratch = makeScratch();
    onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
    const owner = await openDatabase(
      { dataDirectory: join(scratch, 'data'), databaseUrl: undefined },
      () => {},
    );
    const database = await openDatabase({ dataDirectory: scratch, databaseUrl: urlOf(owner) }, () => {});
    const queue = await openQueue(database.sql, { isWorker: false, onError: () => {} });
    const server = await startApiServer(database, queue);
    onTestFinished(() => server.drain());
    expect((await callApi(server.url, 'GET', '/ready')).status).toBe(200);
    await queue.close();
    await owner.close();
    const ready = await callApi(server.url, 'GET', '/ready');
    expect([ready.status, ready.body.database]).toEqual([503, 'unreachable']);
    const { status, body, headers } = await callApi(server.url, 'GET', '/.well-known/jwks.json');
    expect([status, body.code, headers.get('Retry-After')]).toEqual([503, 'database-unavailable', '5']);
    expect(JSON.stringify(body)).not.toMatch(/postgres|127\.0\.0\.1|node_modules/);
    await database.close();
  });
});

describe('metrics', () => {
  test('count requests, runs and what was applied', async () => {
    const { call, database, token, queue } = getApi();
    const { sql } = database;
    await writeJobs(database, [jobOf('measured')]);
    await queue.launch({ jobIdentifier: 'measured', trigger: 'api', startedBy: 'a test' });
    const server = await getApi().start({});
    const [connection] = await sql<{ connectionId: number }[]>`
      insert into connection (name, source) values ('measured', 'a tenant') returning connection_id`;
    const runId = await beginRun(sql, connection?.connectionId ?? 0, 'synchronize');
    const nothing = {
      isFull: false,
      reason: null,
      total: 5,
      updated: 0,
      deleted: 0,
      filtered: 0,
      startedAt: new Date(),
    };
    await recordCounts(sql, runId, [{ ...nothing, objectClass: 'user', inserted: 5 }]);
    await endRun(sql, runId, 'succeeded', null);
    await callApi(server.url, 'GET', '/api/jobs/measured', await token('/Jobs'));
    await callApi(server.url, 'GET', '/elsewhere');
    server.wait(5);
    const look = async () => String((await callApi(server.url, 'GET', '/metrics')).body.text);
    await look();
    const metrics = await look();
    expect(metrics).toContain('syncline_http_requests_total{method="GET",route="unmatched",status="404"} 1');
    expect(metrics).toContain('route="/api/jobs/:identifier"');
    expect(metrics).toContain('syncline_job_runs{state="queued"} 1');
    expect(metrics).toContain('syncline_queue_depth 1');
    expect(metrics).toContain(
      'syncline_applied_total{connection="measured",object_class="user",change="inserted"} 5',
    );
    expect((await call('GET', '/metrics')).headers.get('Content-Type')).toContain('text/plain');
  });

  test('are open to this machine only, and behind a proxy to tokens only', async () => {
    const { start, token } = getApi();
    const server = await start({ isBehindProxy: true, publicUrl: getApi().server.url });
    const status = async (bearer?: string) => (await callApi(server.url, 'GET', '/metrics', bearer)).status;
    expect(await status()).toBe(401);
    expect(await status(await token('/Jobs'))).toBe(403);
    expect(await status(await token('/Syncline/Metrics'))).toBe(200);
  });
});

describe('the log', () => {
  test('has a line of JSON a request, with its id and its client, and no secret', async () => {
    const { server, makeClient } = getApi();
    const { identifier, secret } = await makeClient(['/Jobs']);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: identifier,
      client_secret: secret,
    });
    const answer = await fetch(`${server.url}/connect/token?client_secret=${secret}`, {
      method: 'POST',
      body,
    });
    const { access_token: token } = (await answer.json()) as JsonObject;
    await fetch(`${server.url}/api/jobs`, {
      headers: { Authorization: `Bearer ${token}`, 'X-Request-Id': 'a-logged-request' },
    });
    const lines = server
      .logged()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject);
    expect(lines.find(({ requestId }) => requestId === 'a-logged-request')).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/api/jobs',
      status: 200,
      client: identifier,
      address: '127.0.0.1',
    });
    expect(server.logged()).not.toContain(secret);
    expect(server.logged()).not.toContain(String(token));
  });
});

describe('traces', () => {
  test('of requests and runs reach a receiver, and go on with the trace of the caller', async () => {
    const received: string[] = [];
    const receiver = createHttpServer(async (request, response) => {
      received.push(`${request.url} ${await text(request)}`);
      response.setHeader('Content-Type', 'application/json').end('{}');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void receiver.close());
    while (!receiver.listening) await turn();
    const address = receiver.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const tracing = openTracing({
      endpoint: `http://127.0.0.1:${port}`,
      serviceName: 'syncline-test',
      version: '0',
    });
    const server = await getApi().start({ tracer: tracing.tracer });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await fetch(`${server.url}/health`, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
    await fetch(`${server.url}/health`, { headers: { traceparent: '00-nonsense' } });
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    const task = {
      taskRunId: 1,
      identifier: 'read',
      displayName: '',
      kind: 'export' as const,
      level: 0,
      attempt: 1,
    };
    traceRun(tracing.tracer, {
      jobRunId: 42,
      jobId: 1,
      jobIdentifier: 'traced-job',
      state: 'failed',
      trigger: 'schedule',
      startedBy: 'the schedule',
      message: 'It broke.',
      worker: null,
      isCancelRequested: false,
      resumesJobRunId: null,
      isFull: false,
      isForced: false,
      reason: null,
      queuedAt: at(0),
      startedAt: at(1),
      endedAt: at(9),
      tasks: [
        {
          ...task,
          state: 'failed',
          message: null,
          progress: null,
          startedAt: at(2),
          endedAt: at(8),
          counts: [],
        },
      ],
    });
    await tracing.close();
    const sent = received.join('\n');
    expect(sent).toMatch(/^\/v1\/traces /);
    for (const part of [
      traceId,
      'GET /health',
      'syncline-test',
      'job traced-job',
      'task read',
      'It broke.',
    ]) {
      expect(sent).toContain(part);
    }
  });

  test('that nobody receives keep nobody waiting', async () => {
    const tracing = openTracing({
      endpoint: 'http://127.0.0.1:9',
      serviceName: 'syncline-test',
      version: '0',
    });
    tracing.tracer.startSpan('lost').end();
    await tracing.close();
  });
});

describe('the document', () => {
  test('has every route of the server, and the server every route of the document', async () => {
    const { server, call } = getApi();
    const { body } = await call('GET', '/api/openapi.json');
    const described = Object.entries(body.paths as JsonObject).flatMap(([path, item]) =>
      Object.keys(item as JsonObject).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const existing = server.app.routes
      // What Microsoft Graph sends is described by Microsoft.
      .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/notifications/'))
      .filter(({ path }) => !consoleRoutes.includes(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(new Set(described)).toEqual(new Set(existing));
    expect(described.length).toBeGreaterThan(25);
  });

  test('is sound: every reference leads somewhere, every operation has a summary, answers and who may call it', async () => {
    const { body } = await getApi().call('GET', '/api/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path = '']) => path,
    );
    for (const reference of references) {
      const found = reference
        .split('/')
        .reduce<unknown>((value, name) => (value as JsonObject | undefined)?.[name], body);
      expect(found, reference).toBeTypeOf('object');
    }
    for (const [path, item] of Object.entries(body.paths as JsonObject)) {
      for (const operation of Object.values(item as JsonObject) as JsonObject[]) {
        expect(operation.summary, path).toMatch(/^[A-Z]/);
        expect(operation.security, path).toBeInstanceOf(Array);
        expect(Object.keys(operation.responses as JsonObject).length, path).toBeGreaterThan(0);
        const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const parameters = (operation.parameters ?? []) as readonly JsonObject[];
        expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
          names,
        );
      }
    }
  });

  test('is a page that needs nothing but itself', async () => {
    const { call } = getApi();
    const { status, headers, body } = await call('GET', '/api');
    const page = String(body.text);
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toContain('text/html');
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(page).toContain('POST /api/jobs/{identifier}/runs');
    expect(page).toContain('/Jobs/RunJob/Launch');
    expect(page).not.toMatch(/<script|https?:\/\/|<img|<link/);
    expect(page.match(/<h3>/g)?.length).toBeGreaterThan(25);
  });

  test('is text on the page, whatever stands in it', () => {
    const page = renderPage({
      openapi: '3.1.0',
      info: { title: '<b>title</b>', version: '1', description: '"><script>alert(1)</script>' },
      paths: {
        '/<i>path': {
          get: {
            tags: ['<u>tag'],
            summary: '<img src=x>',
            responses: { 200: { description: '<svg onload=x>' } },
          },
        },
      },
    });
    expect(page).not.toMatch(/<(?:b|script|i|u|img|svg)[ >]/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('&lt;svg onload=x&gt;');
  });
});

describe('the pages of the documentation', () => {
  const page = (name: string) => readFileSync(new URL(`../docs/${name}.md`, import.meta.url), 'utf8');

  test('name every permission, role and code', () => {
    const names = [...Object.keys(permissions), ...roleNames, ...problemCodes].map((name) => `\`${name}\``);
    expect(names.filter((name) => !page('api').includes(name))).toEqual([]);
  });

  test('name every metric, and no other', async () => {
    const metrics = String((await getApi().call('GET', '/metrics')).body.text);
    const existing = [...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    const named = [...page('observability').matchAll(/^\| `(syncline_\w+)`/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(existing.toSorted());
  });
});
