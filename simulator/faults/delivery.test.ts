// Disturbed answers, seen by HTTP clients over plain and TLS connections.
import { createServer, request as plainRequest, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { jsonReply } from '../http.ts';
import { deliver, isDisturbed } from './delivery.ts';
import { type Effects, noEffects } from './effects.ts';

const document = { value: Array.from({ length: 200 }, (_, n) => ({ id: `user-${n}` })) };
const wholeText = JSON.stringify(document);

interface Received {
  readonly status: number | undefined;
  readonly text: string;
  readonly promisedLength: string | undefined;
  readonly outcome: 'complete' | 'broken';
}

describe.each(['http', 'https'] as const)('an answer over %s', (scheme) => {
  let server: Server;
  let ca: string;
  let effects: Effects;

  beforeAll(async () => {
    const answer: RequestListener = (_, response) => {
      void deliver(response, jsonReply(200, document), effects);
    };
    const authority = await createCertificateAuthority();
    const leaf = await authority.issue(['localhost']);
    ca = authority.caPem;
    server =
      scheme === 'https'
        ? createTlsServer({ cert: leaf.certPem, key: leaf.keyPem }, answer)
        : createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, resolve));
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const receive = (asked: Effects): Promise<Received> => {
    effects = asked;
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve) => {
      const received = {
        status: undefined as number | undefined,
        text: '',
        promisedLength: '' as string | undefined,
      };
      const send = scheme === 'https' ? tlsRequest : plainRequest;
      const broken = () => resolve({ ...received, outcome: 'broken' });
      send({ host: 'localhost', port, ca, agent: false }, (response) => {
        received.status = response.statusCode;
        received.promisedLength = response.headers['content-length'];
        response.setEncoding('utf8').on('data', (text: string) => {
          received.text += text;
        });
        response.on('end', () => resolve({ ...received, outcome: 'complete' })).on('error', broken);
      })
        .on('error', broken)
        .end();
    });
  };

  test('that is only late arrives whole', async () => {
    const { text, outcome } = await receive({ delayMs: 20 });
    expect({ text, outcome }).toEqual({ text: wholeText, outcome: 'complete' });
  });

  test('that is slow arrives whole', async () => {
    const { text, outcome } = await receive({ bytesPerSecond: 20_000 });
    expect({ text, outcome }).toEqual({ text: wholeText, outcome: 'complete' });
  });

  test('that is reset at once never begins', async () => {
    expect(await receive({ reset: {} })).toMatchObject({ status: undefined, text: '', outcome: 'broken' });
  });

  test('that is reset after some bytes breaks there', async () => {
    expect(await receive({ reset: { afterBytes: 500 } })).toEqual({
      status: 200,
      text: wholeText.slice(0, 500),
      promisedLength: String(wholeText.length),
      outcome: 'broken',
    });
  });

  test.each([
    [{ afterBytes: 0 }, 0],
    [{ afterBytes: 321 }, 321],
    [{ share: 0.5 }, wholeText.length >>> 1],
  ])('that is truncated to %o promises more than it brings', async (truncate, length) => {
    expect(await receive({ truncate })).toEqual({
      status: 200,
      text: wholeText.slice(0, length),
      promisedLength: String(wholeText.length),
      outcome: 'broken',
    });
  });

  test('can be slow and truncated', async () => {
    const { text, outcome } = await receive({ bytesPerSecond: 20_000, truncate: { afterBytes: 2_500 } });
    expect({ text, outcome }).toEqual({ text: wholeText.slice(0, 2_500), outcome: 'broken' });
  });

  test('whose client goes away ends quietly', async () => {
    effects = { delayMs: 600_000 };
    const { port } = server.address() as AddressInfo;
    const send = scheme === 'https' ? tlsRequest : plainRequest;
    const connection = new Promise<void>((resolve) => server.once('request', () => resolve()));
    const request = send({ host: 'localhost', port, ca, agent: false }).on('error', () => {});
    request.end();
    await connection;
    request.destroy();
    expect((await receive({ delayMs: 1 })).outcome).toBe('complete');
  });
});

test('an undisturbed answer needs no special delivery', () => {
  expect(isDisturbed(noEffects)).toBe(false);
  expect(isDisturbed({ page: 'repeat' })).toBe(false);
  expect(isDisturbed({ reset: {} })).toBe(true);
});
