// Requests that no client library would write: each is answered or refused, and the simulator goes on as if nothing had
// happened.
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '../simulator/certificate-authority.ts';
import { manualClock } from '../simulator/clock.ts';
import { createFaultBoard } from '../simulator/faults/fault-board.ts';
import { listen, type ServerParts } from '../simulator/server.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

let simulator: Simulator;
let client: SimulatorClient;

beforeAll(async () => {
  simulator = await startSimulator({ users: 20, seed: 2 });
  client = await openClient(simulator);
});
afterEach(async () => {
  expect((await client.page('/users')).value.length).toBeGreaterThan(0);
});
afterAll(async () => {
  await client.close();
  await simulator.stop();
});

/** Sends bytes as they are and returns what comes back until the connection ends. */
function exchange(
  bytes: string | Buffer,
  to = { port: Number(new URL(simulator.origin).port), ca: simulator.caPem },
) {
  return new Promise<string>((resolve) => {
    const socket = connect({ ...to, host: '127.0.0.1', servername: 'localhost' });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    // A connection that breaks off is an answer too: an empty one.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}

function written(line: string, headers: Record<string, string> = {}, body: string | Buffer = ''): Buffer {
  const all: Record<string, string> = {
    Host: new URL(simulator.origin).host,
    ...client.headers(),
    Connection: 'close',
    ...(body.length > 0 ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const head = [`${line} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('a strange address', () => {
  test.each([
    ['broken percent-encoding', '/v1.0/users/%E0%A4%A', 404],
    ['a lone percent sign', '/v1.0/users/%', 404],
    ['broken percent-encoding in an option', '/v1.0/users?$filter=%E0%A4%A', 400],
    ['an encoded null byte', '/v1.0/users/%00', 404],
    ['an encoded slash', '/v1.0/users%2Fdelta', 400],
    ['the names of inherited properties', '/v1.0/__proto__/constructor', 400],
    ['an inherited property as an id', '/v1.0/users/__proto__', 404],
    ['an inherited property in an option', '/v1.0/users?$select=__proto__&__proto__=1', 400],
    ['a token that is none', '/v1.0/users?$skiptoken=%00', 400],
    ['a delta token that is none', '/v1.0/users/delta?$deltatoken=RFNwdA', 400],
    ['dots', '/v1.0/../v1.0/users', 400],
    ['no address', '/', 404],
    ['an unknown version', '/v2.0/users', 404],
    ['an unknown control', '/simulator/__proto__', 401],
    ['a very long segment', `/v1.0/users/${'x'.repeat(6_000)}`, 404],
  ])('with %s', async (_, address, status) => {
    const answer = await exchange(written(`GET ${address}`));
    expect(statusOf(answer), answer).toBe(status);
    expect(JSON.parse(bodyOf(answer))).toHaveProperty('error');
  });

  test.each(['\0', '\u00eb'])('with %j as it is is no HTTP', async (letter) => {
    expect(statusOf(await exchange(written(`GET /v1.0/users/${letter}`)))).toBe(400);
  });

  test('in absolute form is answered for the host in it', async () => {
    const answer = await exchange(written('GET https://graph.microsoft.com/v1.0/users?$top=1'));
    expect(statusOf(answer)).toBe(200);
    expect(JSON.parse(bodyOf(answer))).toMatchObject({
      '@odata.nextLink': expect.stringMatching(/^https:\/\/graph\.microsoft\.com\/v1\.0\/users\?/),
    });
  });

  test('with two slashes after the version gives links with one', async () => {
    const answer = await exchange(written('GET /v1.0//users?$top=1'));
    expect(JSON.parse(bodyOf(answer))).toMatchObject({
      '@odata.nextLink': expect.stringContaining('/v1.0/users?'),
    });
  });

  test('in absolute form without a path leads nowhere', async () => {
    expect(statusOf(await exchange(written('GET https://localhost')))).toBe(404);
    expect(statusOf(await exchange(written('GET https://localhost?a')))).toBe(404);
  });
});

describe('strange headers', () => {
  test('of eight kilobytes are read', async () => {
    const answer = await exchange(written('GET /v1.0/users?$top=1', { 'x-long': 'x'.repeat(8 * 1024) }));
    expect(statusOf(answer)).toBe(200);
  });

  test('without an end are refused', async () => {
    const answer = await exchange(written('GET /v1.0/users', { 'x-long': 'x'.repeat(64 * 1024) }));
    expect(statusOf(answer)).toBe(431);
  });

  test('with an unknown host are answered with links to it', async () => {
    const answer = await exchange(written('GET /v1.0/users?$top=1', { Host: 'graph.example.com:444' }));
    expect(JSON.parse(bodyOf(answer))).toMatchObject({
      '@odata.nextLink': expect.stringMatching(/^https:\/\/graph\.example\.com:444\/v1\.0\/users\?/),
    });
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a.b.c',
    'Basic x',
    'Bearer \u00ff\u00fe',
    `Bearer ${'.'.repeat(9)}`,
  ])('with %j for a token are refused', async (authorization) => {
    const answer = await exchange(written('GET /v1.0/users', { Authorization: authorization }));
    expect(statusOf(answer), answer).toBe(401);
  });
});

describe('a strange method', () => {
  test.each([
    ['HEAD /v1.0/users', 405],
    ['OPTIONS /v1.0/users', 405],
    ['OPTIONS *', 404],
    ['TRACE /v1.0/users', 405],
    ['PROPFIND /v1.0/users', 405],
    ['HEAD /v1.0/$batch', 400],
    ['GET /v1.0/$batch', 400],
    ['PUT /simulator/state', 401],
    ['FETCH /v1.0/users', 400],
    ['CONNECT graph.microsoft.com:443', 0],
  ])('%s', async (line, status) => {
    const answer = await exchange(written(line));
    expect(statusOf(answer), answer).toBe(status);
    if (line.startsWith('HEAD')) expect(bodyOf(answer)).toBe('');
  });
});

describe('a strange body', () => {
  const json = { 'Content-Type': 'application/json' };
  const gzip = { ...json, 'Content-Encoding': 'gzip' };
  const group = JSON.stringify({
    displayName: 'Zipped',
    mailEnabled: false,
    mailNickname: 'zipped',
    securityEnabled: true,
  });

  test.each<[string, string, Record<string, string>, string | Buffer, number]>([
    ['compressed', 'POST /v1.0/groups', gzip, gzipSync(group), 201],
    ['that says it is compressed', 'POST /v1.0/groups', gzip, group, 400],
    ['compressed and cut off', 'POST /v1.0/groups', gzip, gzipSync(group).subarray(0, 40), 400],
    ['that is nothing, compressed', 'POST /v1.0/groups', gzip, '', 400],
    ['that unpacks to far too much', 'POST /v1.0/groups', gzip, gzipSync(Buffer.alloc(9_000_000)), 413],
    ['in an unknown compression', 'POST /v1.0/groups', { ...json, 'Content-Encoding': 'br' }, group, 415],
    ['that is far too long', 'POST /v1.0/groups', json, Buffer.alloc(9_000_000, 0x20), 413],
    ['of bytes', 'POST /v1.0/groups', json, Buffer.from([0, 255, 254, 1]), 400],
    ['of brackets', 'POST /v1.0/groups', json, '['.repeat(200_000), 400],
    ['of a number', 'POST /v1.0/groups', json, '7', 400],
    ['with inherited properties', 'POST /v1.0/groups', json, '{"__proto__":{"a":1},"constructor":1}', 400],
    ['that is no form', 'POST /common/oauth2/v2.0/token', {}, Buffer.from([0, 37, 255, 61, 37]), 400],
    ['of a batch of nothing', 'POST /v1.0/$batch', json, '{"requests":[null]}', 400],
  ])('%s', async (_, line, headers, body, status) => {
    const answer = await exchange(written(line, headers, body));
    expect(statusOf(answer), answer.slice(0, 1000)).toBe(status);
    expect(() => JSON.parse(bodyOf(answer))).not.toThrow();
  });

  test('of a batch with half a character', async () => {
    const url = '/users?$top=1&$search="displayName:\\ud800"';
    const requests = [
      `{"id":"1","method":"GET","url":${JSON.stringify(url).replace('\\\\ud800', '\\ud800')}}`,
    ];
    const answer = await exchange(written('POST /v1.0/$batch', json, `{"requests":[${requests}]}`));
    expect(statusOf(answer)).toBe(200);
  });

  test('that never comes to its end', async () => {
    const broken = connect({
      port: Number(new URL(simulator.origin).port),
      host: '127.0.0.1',
      servername: 'localhost',
      ca: simulator.caPem,
    });
    await new Promise<void>((resolve) => {
      broken.write(written('POST /v1.0/groups', { ...json, 'Content-Length': '5000' }, group), () => {
        broken.destroy();
        resolve();
      });
    });
    expect((await client.send('GET /groups')).status).toBe(200);
  });
});

test('what is no HTTP at all is refused', async () => {
  expect(statusOf(await exchange('\x16\x03\x01 hello\r\n\r\n'))).toBe(400);
});

test('a defect of the simulator does not look like an answer of Graph', async () => {
  const clock = manualClock(0);
  const authority = await createCertificateAuthority();
  const parts: ServerParts = {
    graph: {
      answer: () => {
        throw new TypeError('a defect');
      },
    },
    identity: {} as ServerParts['identity'],
    control: () => undefined,
    faults: createFaultBoard({ clock, seed: 1 }),
    nowMs: clock.now,
    latencyMs: 0,
  };
  const listener = await listen({ port: 0, tls: await authority.issue(['localhost']) });
  listener.serve(parts);
  const to = { port: listener.port, ca: authority.caPem };
  for (let attempt = 0; attempt < 2; attempt++) {
    const answer = await exchange(written('GET /v1.0/users'), to);
    expect(statusOf(answer)).toBe(500);
    expect(answer).toMatch(/^content-type: text\/plain$/im);
    expect(bodyOf(answer)).toMatch(/The simulator failed: TypeError: a defect/);
  }
  await listener.close();
});
