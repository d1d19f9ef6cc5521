import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HttpReply, jsonReply } from '../http.ts';
import { type Effects, noEffects } from './effects.ts';
import { faultKinds } from './fault.ts';
import { graphRefusalReply, tokenRefusalReply } from './refusal.ts';
import { boardWith, someone, strikes } from './test-board.ts';

describe('what a struck request meets', () => {
  test.each<[object, string, Effects]>([
    [{ kind: 'invalidJson' }, 'GET /users', { hasSpoiltJson: true }],
    [{ kind: 'resetConnection' }, 'GET /users', { reset: {} }],
    [{ kind: 'resetConnection', afterBytes: 9 }, 'GET /users', { reset: { afterBytes: 9 } }],
    [{ kind: 'truncateBody' }, 'GET /users', { truncate: { share: 0.5 } }],
    [{ kind: 'truncateBody', share: 0.9 }, 'GET /users', { truncate: { share: 0.9 } }],
    [{ kind: 'truncateBody', afterBytes: 9 }, 'GET /users', { truncate: { afterBytes: 9 } }],
    [{ kind: 'slowPage', delayMs: 9 }, 'GET /users', { delayMs: 9 }],
    [{ kind: 'slowPage', bytesPerSecond: 9 }, 'GET /users', { bytesPerSecond: 9 }],
    [{ kind: 'expireAccessToken' }, 'GET /users', { accessToken: 'expired' }],
    [{ kind: 'revokeSecret' }, 'token', { secret: 'revoked' }],
    [{ kind: 'expireDeltaLink' }, 'GET /users/delta?$deltatoken=t', { deltaToken: 'gone' }],
    [
      { kind: 'expireDeltaLink', as: 'resyncRequired' },
      'GET /users/delta?$deltatoken=t',
      { deltaToken: 'resyncRequired' },
    ],
    [{ kind: 'expirePageToken' }, 'GET /users?$skiptoken=t', { pageToken: 'expired' }],
    [{ kind: 'repeatPage' }, 'GET /users', { page: 'repeat' }],
    [{ kind: 'nextLinkLoop' }, 'GET /users', { page: 'loop' }],
    [{ kind: 'nextLinkLoop', to: 'firstPage' }, 'GET /users', { page: 'loopToFirst' }],
    [{ kind: 'emptyPage' }, 'GET /users', { page: 'emptyBefore' }],
    [{ kind: 'emptyAnswer' }, 'GET /users', { page: 'emptyEnd' }],
    [{ kind: 'reorderFragments' }, 'GET /groups/delta', { fragmentOrder: 'secondHalfFirst' }],
    [{ kind: 'changeWhilePaging', changes: 4 }, 'GET /users?$skiptoken=t', { changes: 4 }],
    [
      { kind: 'unknownProperty' },
      'GET /users',
      { addedProperty: { name: 'propertyOfTomorrow', value: 'unheard of' } },
    ],
    [
      { kind: 'unknownProperty', name: 'x', value: [1] },
      'GET /users',
      { addedProperty: { name: 'x', value: [1] } },
    ],
    [{ kind: 'hugeGroup' }, 'GET /users', { hugeGroup: { members: 500_000 } }],
    [
      { kind: 'hugeGroup', members: 7, group: someone },
      'GET /users',
      { hugeGroup: { members: 7, group: someone } },
    ],
    [{ kind: 'replicationLag', seconds: 3 }, 'POST /users', { hiddenSeconds: 3 }],
  ])('%o', (fault, line, effects) => {
    expect(strikes(fault, [line])).toEqual([effects]);
  });

  test('knows what every kind does', () => {
    const needed: Record<string, object> = { slowPage: { delayMs: 1 } };
    for (const kind of Object.keys(faultKinds)) {
      const lines = ['GET /groups/delta?$deltatoken=t', 'GET /users?$skiptoken=t', 'POST /users', 'token'];
      const effects = strikes({ kind, ...needed[kind] }, lines);
      expect(
        effects.some((met) => Object.keys(met).length > 0),
        kind,
      ).toBe(true);
    }
  });

  const context = {
    request: {
      method: 'GET',
      origin: 'https://localhost',
      host: 'localhost',
      path: '/v1.0/users',
      query: '',
      headers: {},
      body: Buffer.alloc(0),
    },
    nowMs: Date.UTC(2026, 10, 20),
    requestId: 'r',
    clientRequestId: 'c',
  };
  const documentOf = (reply: HttpReply) => JSON.parse(reply.body.join('')) as unknown;
  const refusalBy = (fault: object, line = 'GET /users') => {
    const refusal = strikes(fault, [line])[0]?.refusal;
    expect(refusal).toBeDefined();
    return line === 'token' ? tokenRefusalReply(refusal!, context) : graphRefusalReply(refusal!, context);
  };

  test.each([
    [{ kind: 'throttle', retryAfterSeconds: 7 }, 'GET /users', 429, 'TooManyRequests', '7'],
    [{ kind: 'throttle' }, 'GET /users', 429, 'TooManyRequests', undefined],
    [{ kind: 'unavailable', retryAfterSeconds: 7 }, 'GET /users', 503, 'ServiceUnavailable', '7'],
    [{ kind: 'unavailable' }, 'GET /users', 503, 'ServiceUnavailable', undefined],
    [{ kind: 'gatewayTimeout' }, 'GET /users', 504, 'UnknownError', undefined],
    [{ kind: 'internalError' }, 'GET /users', 500, 'Service_InternalServerError', undefined],
    [{ kind: 'concurrencyViolation' }, 'PATCH /users/u', 409, 'Directory_ConcurrencyViolation', undefined],
    [
      { kind: 'unknownProperty', as: 'refused', name: 'mail' },
      'GET /users?$select=mail',
      400,
      'Request_UnsupportedQuery',
      undefined,
    ],
  ])('%o refuses with the error of the service', (fault, line, status, code, retryAfter) => {
    const reply = refusalBy(fault, line);
    expect(reply.status).toBe(status);
    expect(reply.headers['Retry-After']).toBe(retryAfter);
    expect(documentOf(reply)).toMatchObject({ error: { code, innerError: { 'request-id': 'r' } } });
  });

  test('a gateway answers in HTML', () => {
    const reply = refusalBy({ kind: 'htmlError', status: 503 });
    expect(reply).toMatchObject({ status: 503, headers: { 'Content-Type': 'text/html' } });
    expect(reply.body.join('')).toContain('<h1>503 Service Unavailable</h1>');
  });

  test('the token endpoint is throttled in its own words', () => {
    const reply = refusalBy({ kind: 'throttle', retryAfterSeconds: 7, match: { path: 'token' } }, 'token');
    expect(reply).toMatchObject({ status: 429, headers: { 'Retry-After': '7' } });
    expect(documentOf(reply)).toMatchObject({ error: 'temporarily_unavailable', error_codes: [90055] });
  });

  test('the token endpoint fails as its gateway does', () => {
    const reply = refusalBy({ kind: 'unavailable', retryAfterSeconds: 7, match: { path: 'token' } }, 'token');
    expect(reply).toMatchObject({
      status: 503,
      headers: { 'Content-Type': 'text/html', 'Retry-After': '7' },
    });
  });
});

describe('a finished answer', () => {
  const { board } = boardWith();
  const page = jsonReply(200, { value: [{ id: 'a' }, { id: 'b', '@removed': { reason: 'deleted' } }] });
  const addedProperty = { name: 'x', value: 1 };

  test('gets the added property in each object, not in removed ones', () => {
    expect(JSON.parse(board.finish({ addedProperty }, page).body.join(''))).toEqual({
      value: [
        { id: 'a', x: 1 },
        { id: 'b', '@removed': { reason: 'deleted' } },
      ],
    });
    expect(JSON.parse(board.finish({ addedProperty }, jsonReply(200, { id: 'a' })).body.join(''))).toEqual({
      id: 'a',
      x: 1,
    });
  });

  test.each([
    ['an error', jsonReply(404, { error: { code: 'x' } })],
    ['a number', { status: 200, headers: { 'Content-Type': 'text/plain' }, body: ['42'] }],
    ['nothing', { status: 204, headers: {}, body: [] }],
    ['a list of strings', jsonReply(200, { value: ['a', 'b'] })],
  ])('keeps %s as it is', (_, reply) => {
    expect(board.finish({ addedProperty }, reply)).toEqual(reply);
  });

  test('without content has no JSON to spoil', () => {
    const nothing = { status: 204, headers: {}, body: [] };
    expect(board.finish({ hasSpoiltJson: true }, nothing)).toEqual(nothing);
  });

  test('that is spoilt is no JSON, however long it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
        const text = board.finish({ hasSpoiltJson: true }, jsonReply(200, document)).body.join('');
        expect(text.length).toBeGreaterThan(0);
        expect(() => JSON.parse(text)).toThrow();
      }),
    );
  });

  test('without effects is the very same', () => {
    expect(board.finish(noEffects, page)).toBe(page);
  });
});
