import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { type HttpReply, jsonReply } from '../http.ts';
import { type Effects, noEffects } from './effects.ts';
import { faultKinds, faultSchema } from './fault.ts';
import { createFaultBoard } from './fault-board.ts';
import { graphRefusalReply, tokenRefusalReply } from './refusal.ts';
import type { FaultRequest } from './request-match.ts';

const someone = 'a0000000-0000-4000-8000-000000000001';

function boardWith(...faults: readonly object[]) {
  const clock = manualClock(Date.UTC(2026, 10, 20));
  const board = createFaultBoard({ clock, seed: 1 });
  for (const fault of faults) board.add(faultSchema.parse(fault));
  return { board, clock };
}

/** `GET /users?$top=5`, or `token` for a token request. */
function asked(line: string, more: Partial<FaultRequest> = {}): FaultRequest {
  const [method = '', address = ''] = line === 'token' ? ['POST', 'token'] : line.split(' ');
  const [path = '', query = ''] = address.split('?');
  return { method, path, query, appId: someone, authorization: 'Bearer one', ...more };
}

function strikes(fault: object, lines: readonly string[]): Effects[] {
  const { board } = boardWith(fault);
  return lines.map((line) => board.strike(asked(line)));
}

const struckPlaces = (fault: object, requests: number) =>
  strikes(
    fault,
    Array.from({ length: requests }, () => 'GET /users'),
  ).flatMap((effects, index) => (effects === noEffects ? [] : [index + 1]));

describe('when a fault strikes', () => {
  test.each([
    ['once', {}, [1]],
    ['as often as said', { times: 3 }, [1, 2, 3]],
    ['always', { times: 'always' }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['after the first ones', { after: 4 }, [5]],
    ['each third', { every: 3, times: 'always' }, [3, 6, 9]],
    ['each third after the first two, twice', { after: 2, every: 3, times: 2 }, [5, 8]],
  ])('%s', (_, fields, places) => {
    expect(struckPlaces({ kind: 'gatewayTimeout', ...fields }, 10)).toEqual(places);
  });

  test('by chance, and the same way again with the same seed', () => {
    const fault = { kind: 'gatewayTimeout', probability: 0.25, times: 'always', seed: 7 };
    const places = struckPlaces(fault, 2_000);
    expect(places.length).toBeGreaterThan(400);
    expect(places.length).toBeLessThan(600);
    expect(struckPlaces(fault, 2_000)).toEqual(places);
    expect(struckPlaces({ ...fault, seed: 8 }, 2_000)).not.toEqual(places);
  });

  test('never more often than said, whatever the other fields are', () => {
    const fields = fc.record({
      after: fc.nat(20),
      every: fc.integer({ min: 1, max: 5 }),
      times: fc.integer({ min: 1, max: 5 }),
      probability: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fields, (given) => {
        const places = struckPlaces({ kind: 'gatewayTimeout', ...given }, 60);
        expect(places.length).toBeLessThanOrEqual(given.times);
        expect(
          places.every((place) => place > given.after && (place - given.after) % given.every === 0),
        ).toBe(true);
      }),
    );
  });
});

describe('which requests a fault concerns', () => {
  const pageLinks = [
    'GET /users?$skiptoken=a',
    'GET /users/delta?$skiptoken=a',
    'GET /groups/g/members?%24skiptoken=a',
  ];
  const firstPages = [
    'GET /users?$top=5',
    'GET /users/delta',
    'GET /users/delta()?$select=id',
    'GET /groups/microsoft.graph.delta()',
    'GET /groups/g/members/microsoft.graph.user',
    "GET /groups('g')/members/$ref",
  ];
  const deltaLinks = ['GET /users/delta?$deltatoken=t', 'GET /groups/microsoft.graph.delta()?$deltaToken=t'];
  const noPages = ['GET /users/u', 'GET /users/$count', 'GET /users/u/manager', 'POST /users'];
  const everything = [
    ...pageLinks,
    ...firstPages,
    ...deltaLinks,
    ...noPages,
    'GET /users/delta?$deltatoken=latest',
  ];

  test.each([
    ['repeatPage', {}, [...pageLinks, ...firstPages, ...deltaLinks], noPages],
    ['changeWhilePaging', {}, pageLinks, [...firstPages, ...deltaLinks, ...noPages]],
    ['expirePageToken', {}, pageLinks, [...firstPages, ...deltaLinks, ...noPages]],
    [
      'expireDeltaLink',
      {},
      deltaLinks,
      [...pageLinks, ...firstPages, ...noPages, 'GET /users/delta?$deltatoken=latest'],
    ],
    [
      'expireDeltaLink',
      { on: 'anyPage' },
      [...deltaLinks, 'GET /users/delta?$skiptoken=a'],
      [...firstPages, ...noPages],
    ],
    [
      'reorderFragments',
      {},
      ['GET /groups/delta', 'GET /groups/delta?$deltatoken=t'],
      ['GET /users/delta', 'GET /groups/delta?$skiptoken=a', 'GET /groups/delta?$deltatoken=latest'],
    ],
    [
      'concurrencyViolation',
      {},
      ['POST /users', 'PATCH /users/u', 'DELETE /users/u'],
      ['GET /users', 'POST /$batch', 'token'],
    ],
    [
      'replicationLag',
      {},
      ['POST /users', 'POST /groups'],
      ['POST /groups/g/members/$ref', 'POST /users/u/revokeSignInSessions', 'POST /$batch', 'PATCH /users/u'],
    ],
    [
      'unknownProperty',
      { as: 'refused', name: 'department' },
      ['GET /users?$select=id,Department', 'GET /users?$select=id%2Cdepartment'],
      ['GET /users', 'GET /users?$select=departments', 'GET /users?$filter=department'],
    ],
    ['revokeSecret', {}, ['token'], everything],
    ['throttle', {}, everything, ['token']],
    ['throttle', { match: { path: 'token' } }, ['token'], everything],
    ['throttle', { match: { method: 'POST' } }, ['POST /users', 'POST /$batch'], ['GET /users']],
    ['throttle', { match: { app: someone.toUpperCase() } }, ['GET /users'], []],
    ['throttle', { match: { app: 'another' } }, [], everything],
    [
      'throttle',
      { match: { path: '/users/delta*' } },
      ['GET /users/delta', 'GET /Users/delta()'],
      ['GET /users', 'GET /groups/delta'],
    ],
    [
      'throttle',
      { match: { path: '/groups/*/members' } },
      ['GET /groups/g/members', "GET /groups('g')/members"],
      ['GET /groups/g/owners', 'GET /groups/a/b/members'],
    ],
    [
      'throttle',
      { match: { path: '/groups/**' } },
      ['GET /groups/g/members', 'GET /groups/g'],
      ['GET /groups', 'GET /users/u'],
    ],
  ] as const)('%s %o', (kind, fields, concerned, others) => {
    for (const line of concerned) expect(strikes({ kind, ...fields }, [line]), line).not.toEqual([noEffects]);
    for (const line of others) expect(strikes({ kind, ...fields }, [line]), line).toEqual([noEffects]);
  });

  test('the others are not counted', () => {
    const { board } = boardWith({ kind: 'repeatPage', after: 1 });
    for (const line of noPages) board.strike(asked(line));
    expect(board.strike(asked('GET /users'))).toBe(noEffects);
    expect(board.strike(asked('GET /users?$skiptoken=a'))).toEqual({ page: 'repeat' });
    expect(board.list()).toMatchObject([{ kind: 'repeatPage', requests: 2, hits: 1 }]);
  });
});

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
    [
      { kind: 'reorderFragments', seed: 1 },
      'GET /groups/delta',
      { fragmentOrder: { seed: expect.any(Number) } },
    ],
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

describe('several faults', () => {
  test('of one group take turns, in the order of the list', () => {
    const { board } = boardWith({ kind: 'gatewayTimeout' }, { kind: 'repeatPage' });
    expect(board.strike(asked('GET /users')).refusal).toBeDefined();
    expect(board.strike(asked('GET /users'))).toEqual({ page: 'repeat' });
    expect(board.strike(asked('GET /users'))).toBe(noEffects);
  });

  test('of different groups strike together', () => {
    const { board } = boardWith(
      { kind: 'slowPage', delayMs: 5 },
      { kind: 'truncateBody' },
      { kind: 'repeatPage' },
      { kind: 'changeWhilePaging' },
    );
    expect(board.strike(asked('GET /users?$skiptoken=a'))).toEqual({
      page: 'repeat',
      changes: 1,
      delayMs: 5,
      truncate: { share: 0.5 },
    });
  });

  test('wait while the request is refused, except those of its delivery', () => {
    const { board } = boardWith(
      { kind: 'changeWhilePaging' },
      { kind: 'slowPage', delayMs: 5 },
      { kind: 'throttle' },
    );
    const refused = board.strike(asked('GET /users?$skiptoken=a'));
    expect(Object.keys(refused).toSorted()).toEqual(['delayMs', 'refusal']);
    expect(board.strike(asked('GET /users?$skiptoken=a'))).toEqual({ changes: 1 });
  });
});

describe('what was refused once', () => {
  test('an access token stays refused, a new one is good', () => {
    const { board } = boardWith({ kind: 'expireAccessToken' });
    const strike = (authorization: string) => board.strike(asked('GET /users', { authorization }));
    expect(strike('Bearer one')).toEqual({ accessToken: 'expired' });
    expect(strike('Bearer one')).toEqual({ accessToken: 'expired' });
    expect(strike('Bearer two')).toBe(noEffects);
  });

  test('a deltaLink stays refused until its path is read from the start', () => {
    const { board } = boardWith({ kind: 'expireDeltaLink', as: 'syncStateNotFound' });
    const follow = (line: string) => board.strike(asked(line));
    const refused = { deltaToken: 'syncStateNotFound' };
    expect(follow('GET /users/delta?$deltatoken=old')).toEqual(refused);
    expect(follow('GET /users/delta?$deltatoken=other')).toBe(noEffects);
    expect(follow('GET /groups/delta')).toBe(noEffects);
    expect(follow('GET /users/delta?$deltatoken=old&$select=id')).toEqual(refused);
    expect(follow('GET /users/delta?$deltatoken=')).toBe(noEffects);
    expect(follow('GET /users/delta?$deltatoken=old')).toBe(noEffects);
  });

  test('a nextLink stays refused until its path is read from the start', () => {
    const { board } = boardWith({ kind: 'expirePageToken' });
    const follow = (line: string) => board.strike(asked(line));
    expect(follow('GET /users?$skiptoken=a')).toEqual({ pageToken: 'expired' });
    expect(follow('GET /users?$skiptoken=a')).toEqual({ pageToken: 'expired' });
    expect(follow('GET /users?$top=5')).toBe(noEffects);
    expect(follow('GET /users?$skiptoken=a')).toBe(noEffects);
  });
});

describe('replication lag', () => {
  const created = jsonReply(201, { id: someone, userPrincipalName: 'Ada@nordlicht.example' });

  test('hides a created object for its time, by every address', () => {
    const { board, clock } = boardWith({ kind: 'replicationLag', seconds: 10 });
    expect(board.finish(board.strike(asked('POST /users')), created)).toEqual(created);
    clock.advance(9_999);
    for (const line of [
      `GET /users/${someone}`,
      `PATCH /users('${someone}')`,
      'GET /users/ada@nordlicht.example',
    ]) {
      expect(board.strike(asked(line)).refusal, line).toMatchObject({
        kind: 'graph',
        error: { status: 404 },
      });
    }
    expect(board.isHidden(someone.toUpperCase())).toBe(true);
    clock.advance(1);
    expect(board.strike(asked(`GET /users/${someone}`))).toBe(noEffects);
    expect(board.isHidden(someone)).toBe(false);
  });

  test('hides nothing when nothing was created', () => {
    const { board } = boardWith({ kind: 'replicationLag' });
    board.finish(board.strike(asked('POST /users')), jsonReply(400, { error: {} }));
    expect(board.strike(asked(`GET /users/${someone}`))).toBe(noEffects);
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

describe('the board', () => {
  test('strikes nobody while nothing is switched on', () => {
    const { board } = boardWith();
    expect(board.strike(asked('GET /users'))).toBe(noEffects);
    expect(board.list()).toEqual([]);
  });

  test('replaces faults by a scenario, and forgets all when cleared', () => {
    const { board, clock } = boardWith({ kind: 'expireAccessToken' });
    board.strike(asked('GET /users'));
    board.load({ faults: [faultSchema.parse({ kind: 'replicationLag' })] });
    board.finish(board.strike(asked('POST /users')), jsonReply(201, { id: someone }));
    expect(board.list()).toMatchObject([
      { kind: 'replicationLag', seconds: 10, times: 1, requests: 1, hits: 1 },
    ]);
    board.clear();
    expect(board.list()).toEqual([]);
    expect(board.strike(asked(`GET /users/${someone}`))).toBe(noEffects);
    clock.advance(1);
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
});
