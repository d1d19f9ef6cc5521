import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonReply } from '../http.ts';
import { noEffects } from './effects.ts';
import { faultSchema } from './fault.ts';
import { asked, boardWith, someone, strikes } from './test-board.ts';

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
    clock.advance(1);
    expect(board.strike(asked(`GET /users/${someone}`))).toBe(noEffects);
  });

  test('lets no other object refer to it meanwhile', () => {
    const { board, clock } = boardWith({ kind: 'replicationLag', seconds: 10 });
    board.finish(board.strike(asked('POST /users')), created);
    const link = `https://localhost/v1.0/directoryObjects/${someone}`;
    const add = (line: string, document: object) =>
      board.strike(asked(line, { body: Buffer.from(JSON.stringify(document)) })).refusal;
    const notFound = { kind: 'graph', error: { status: 404, code: 'Request_ResourceNotFound' } };
    expect(add('POST /groups/g/members/$ref', { '@odata.id': link })).toMatchObject(notFound);
    expect(add('PATCH /groups/g', { 'members@odata.bind': [link] })).toMatchObject(notFound);
    expect(add('POST /directoryObjects/getByIds', { ids: [someone] })).toBeUndefined();
    expect(add('PATCH /users/u', { displayName: someone })).toBeUndefined();
    clock.advance(10_000);
    expect(add('POST /groups/g/members/$ref', { '@odata.id': link })).toBeUndefined();
  });

  test('hides nothing when nothing was created', () => {
    const { board } = boardWith({ kind: 'replicationLag' });
    board.finish(board.strike(asked('POST /users')), jsonReply(400, { error: {} }));
    expect(board.strike(asked(`GET /users/${someone}`))).toBe(noEffects);
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
});
