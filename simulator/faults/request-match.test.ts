import { describe, expect, test } from 'vitest';
import { noEffects } from './effects.ts';
import { asked, boardWith, someone, strikes } from './test-board.ts';

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
    ['throttle', { match: { method: 'POST' } }, ['POST /users'], ['GET /users', 'POST /$batch']],
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

  test.each([
    ['throttle', [false, true]],
    ['unknownProperty', [false, true]],
    ['invalidJson', [true, false]],
    ['resetConnection', [true, false]],
    ['expireAccessToken', [true, false]],
    ['gatewayTimeout', [true, true]],
    ['concurrencyViolation', [false, true]],
  ])('%s: a batch, a part of one', (kind, concerned) => {
    const asMessage = boardWith({ kind }).board.strike(asked('POST /$batch'));
    const asPart = boardWith({ kind }).board.strike(asked('POST /users', { isPart: true }));
    expect([asMessage, asPart].map((effects) => effects !== noEffects)).toEqual(concerned);
  });

  test('the others are not counted', () => {
    const { board } = boardWith({ kind: 'repeatPage', after: 1 });
    for (const line of noPages) board.strike(asked(line));
    expect(board.strike(asked('GET /users'))).toBe(noEffects);
    expect(board.strike(asked('GET /users?$skiptoken=a'))).toEqual({ page: 'repeat' });
    expect(board.list()).toMatchObject([{ kind: 'repeatPage', requests: 2, hits: 1 }]);
  });
});
