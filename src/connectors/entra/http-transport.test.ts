/** Answers that Graph itself does not give, but what stands between may: each from a server that gives nothing else. */
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../../simulator/clock.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { connectionTo, passingClock } from '../../../test/fixtures/entra-on-simulator.ts';
import { type GraphAnswer, openGraphClient } from './graph-client.ts';
import { openTransport } from './http-transport.ts';

const clock = passingClock(manualClock(Date.now()));
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ users: 1 });
});
afterAll(() => simulator.stop());

/** What comes of a request when a server answers with these, one after the other. */
async function ask(...answers: readonly ((response: ServerResponse) => void)[]) {
  const seen: IncomingHttpHeaders[] = [];
  const listener: RequestListener = (request, response) => {
    answers[Math.min(seen.length, answers.length - 1)]?.(response);
    seen.push(request.headers);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = connectionTo(simulator);
  const addresses = { ...connection.addresses, graph: `http://127.0.0.1:${port}/v1.0` };
  const client = openGraphClient({ ...connection, addresses }, { clock });
  const startedAtMs = clock.now();
  let answer: GraphAnswer | undefined;
  let fault: unknown;
  try {
    const { signal } = new AbortController();
    answer = await client.get('/users', { signal, cost: 1, onWait: () => {} });
  } catch (error) {
    fault = error;
  }
  await client.close();
  await new Promise((resolve) => server.close(resolve));
  return { answer, fault, seen, requests: seen.length, waitedMs: clock.now() - startedAtMs };
}

const good = (response: ServerResponse) => {
  response.end('{"value":[]}');
};

test('a request says who asks, and that others go first', async () => {
  const { seen } = await ask(good);
  expect(seen[0]).toMatchObject({
    authorization: expect.stringMatching(/^Bearer eyJ/),
    'user-agent': 'Syncline',
    'x-ms-throttle-priority': 'Low',
    'client-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

describe('an answer', () => {
  test('may be packed', async () => {
    const packed = gzipSync(JSON.stringify({ value: [{ id: 'Zoë' }] }));
    const { answer } = await ask((response) => response.setHeader('Content-Encoding', 'gzip').end(packed));
    expect(answer).toEqual({ kind: 'answer', body: { value: [{ id: 'Zoë' }] } });
  });

  test('that is packed badly is asked for again', async () => {
    const { answer, requests } = await ask(
      (response) => response.setHeader('Content-Encoding', 'gzip').end('no gzip'),
      good,
    );
    expect(answer).toEqual({ kind: 'answer', body: { value: [] } });
    expect(requests).toBe(2);
  });

  test('may be empty on purpose, and only then', async () => {
    expect((await ask((response) => response.writeHead(204).end())).answer).toEqual({
      kind: 'answer',
      body: null,
    });
    expect(await ask((response) => response.end(), good)).toMatchObject({ requests: 2 });
  });

  test('of a sign-in page in the way is asked for again', async () => {
    expect(await ask((response) => response.end('<html>Please accept</html>'), good)).toMatchObject({
      requests: 2,
      answer: { kind: 'answer' },
    });
  });

  test('that sends elsewhere is not followed', async () => {
    const { answer, requests } = await ask((response) =>
      response.writeHead(302, { Location: 'https://elsewhere.example/' }).end(),
    );
    expect(answer).toMatchObject({ kind: 'refusal', status: 302, location: 'https://elsewhere.example/' });
    expect(requests).toBe(1);
  });

  test('without Graph’s envelope is a refusal without a code', async () => {
    const { answer } = await ask((response) => response.writeHead(403).end('<html>Blocked</html>'));
    expect(answer).toEqual({ kind: 'refusal', status: 403, code: '', message: '' });
  });

  test('may say until when to wait as a date', async () => {
    const { waitedMs } = await ask((response) => {
      const date = new Date(Math.ceil(clock.now() / 1000) * 1000 + 90_000);
      response.writeHead(503, { 'Retry-After': date.toUTCString() }).end();
    }, good);
    expect(waitedMs).toBeGreaterThanOrEqual(90_000);
    expect(waitedMs).toBeLessThan(91_000);
  });

  test.each([
    ['as it is', (response: ServerResponse) => response.end(Buffer.alloc(65 * 1024 * 1024, ' '))],
    [
      'unpacked',
      (response: ServerResponse) =>
        response.setHeader('Content-Encoding', 'gzip').end(gzipSync(Buffer.alloc(65 * 1024 * 1024))),
    ],
  ])('that is far too large %s is a fault at once', async (_, answer) => {
    const { fault, requests } = await ask(answer);
    expect(fault).toMatchObject({
      code: 'source-failed',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ has sent an answer of more than 64 MB/),
    });
    expect(requests).toBe(1);
  });
});

describe('what cannot be used is refused before anything is sent', () => {
  test.each(['', 'not a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
    'as trusted certificates: %j',
    (trustedCertificates) => {
      expect(() => openTransport({ trustedCertificates })).toThrow(
        /^The trusted certificates cannot be read/,
      );
    },
  );

  test.each([
    ['proxy.example:3128', /^The proxy proxy\.example: cannot be used/],
    ['socks5://user:hunter2@proxy.example', /^The proxy proxy\.example cannot be used/],
  ])('as a proxy: %s', (proxy, message) => {
    expect(() => openTransport({ proxy })).toThrow(message);
  });
});
