import { describe, expect, test } from 'vitest';
import { manualClock } from './clock.ts';
import { createControl } from './control.ts';
import { requireKnownGroups } from './disturbance.ts';
import type { Fault } from './faults/fault.ts';
import { createFaultBoard } from './faults/fault-board.ts';
import { createQuota } from './limits/quota.ts';
import { createRequestLog } from './request-log.ts';
import { createDirectory } from './tenant/directory.ts';

const key = 'the-key-of-this-run';
const userId = 'a0000000-0000-4000-8000-000000000001';

function controlOf() {
  const clock = manualClock(Date.UTC(2026, 10, 20));
  const directory = createDirectory('7b1d7c52-0000-4000-8000-000000000001', clock);
  const faults = createFaultBoard({ clock, seed: 1 });
  const quota = createQuota({ size: 'off', clock, tenantId: directory.tenantId });
  const requests = createRequestLog();
  const churn = (changes: number) => ({ changes, updated: changes });
  const requirePossible = (named: readonly Fault[]) => requireKnownGroups(named, directory);
  const more = {};
  const parts = { key, clock, directory, faults, quota, requests, churn, requirePossible, more };
  const control = createControl(parts);

  const send = (line: string, body?: unknown, authorization: string | undefined = `Bearer ${key}`) => {
    const [method = '', address = ''] = line.split(' ');
    const [path = '', query = ''] = address.split('?');
    const reply = control({
      method,
      origin: 'https://localhost',
      host: 'localhost',
      path,
      query,
      headers: authorization === undefined ? {} : { authorization },
      body: Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
    });
    return (
      reply && { status: reply.status, headers: reply.headers, document: JSON.parse(reply.body.join('')) }
    );
  };
  return { send, clock, directory, faults, quota, requests };
}

describe('the control endpoint', () => {
  test.each(['', 'Bearer wrong', `Bearer ${key}x`, `Basic ${key}`, key])('does not open to %j', (sent) => {
    const { send, clock } = controlOf();
    const before = clock.now();
    expect(send('POST /simulator/clock', { advanceSeconds: 5 }, sent)).toEqual({
      status: 401,
      headers: expect.objectContaining({ 'WWW-Authenticate': 'Bearer' }),
      document: { error: 'Present the control key of this simulator as "Authorization: Bearer KEY".' },
    });
    expect(clock.now()).toBe(before);
  });

  test('leaves every other path to others', () => {
    const { send } = controlOf();
    expect(send('GET /v1.0/users')).toBeUndefined();
    expect(send('GET /simulators')).toBeUndefined();
  });

  test('names its endpoints to who asks for another one', () => {
    const { send } = controlOf();
    expect(send('GET /simulator/fault')).toMatchObject({
      status: 404,
      document: {
        error:
          'There is no /simulator/fault: the control endpoints are /simulator/clock, /simulator/faults, /simulator/churn, /simulator/limits, /simulator/requests, /simulator/state.',
      },
    });
    expect(send('GET /simulator')).toMatchObject({ status: 404 });
  });

  test('names the methods of an endpoint', () => {
    const { send } = controlOf();
    expect(send('PATCH /simulator/faults')).toMatchObject({
      status: 405,
      headers: { Allow: 'GET, PUT, POST, DELETE' },
      document: { error: '/simulator/faults takes GET, PUT, POST, DELETE, not PATCH.' },
    });
  });

  test.each([
    [
      'POST /simulator/clock',
      '',
      'The request body is empty, cut off or no JSON at all: give a complete JSON document.',
    ],
    ['POST /simulator/clock', {}, 'The request body: advanceSeconds is missing: it must be a number.'],
    [
      'POST /simulator/clock',
      { advanceSeconds: -1 },
      'The request body: advanceSeconds is -1: it must be at least 0.',
    ],
    [
      'POST /simulator/clock',
      { seconds: 1 },
      'The request body: advanceSeconds is missing: it must be a number.',
    ],
    [
      'POST /simulator/clock',
      { advanceSeconds: 1, x: 1 },
      'The request body has a field "x" that is not known there: use advanceSeconds.',
    ],
    ['POST /simulator/churn', { changes: 0 }, 'The request body: changes is 0: it must be at least 1.'],
    [
      'PUT /simulator/limits',
      { size: 'huge' },
      'The request body: size is "huge": it must be "off", "small", "medium" or "large".',
    ],
    [
      'PUT /simulator/faults',
      { faults: [{ kind: 'slowPage' }] },
      'The request body: faults[0] is {"kind":"slowPage"}: it must have delayMs or bytesPerSecond.',
    ],
    [
      'POST /simulator/faults',
      { kind: 'throttle', times: 0 },
      'The request body: times is 0: it must be at least 1.',
    ],
    [
      'GET /simulator/requests?last=all',
      undefined,
      'The option last is "all": it must be a whole number from 1 to 10000.',
    ],
    [
      'GET /simulator/requests?last=10001',
      undefined,
      'The option last is "10001": it must be a whole number from 1 to 10000.',
    ],
  ])('%s with %j says what is wrong', (line, body, error) => {
    expect(controlOf().send(line, body)).toMatchObject({ status: 400, document: { error } });
  });

  test('moves the clock, and what is over by then is over', () => {
    const { send, directory } = controlOf();
    const user = directory.insert('user', userId, { displayName: 'Ada' });
    directory.softDelete(user);
    expect(send('POST /simulator/clock', { advanceSeconds: 29 * 86_400 })).toMatchObject({
      status: 200,
      document: { now: '2026-12-19T00:00:00Z' },
    });
    expect(directory.find(userId)).toBeDefined();
    send('POST /simulator/clock', { advanceSeconds: 2 * 86_400 });
    expect(directory.find(userId)).toBeUndefined();
  });

  test('switches faults on, shows them with their hits, and off', () => {
    const { send, faults } = controlOf();
    const first = { kind: 'throttle', times: 1, requests: 0, hits: 0 };
    expect(send('PUT /simulator/faults', { faults: [{ kind: 'throttle' }] })).toMatchObject({
      status: 200,
      document: { faults: [first] },
    });
    expect(send('POST /simulator/faults', { kind: 'repeatPage' })).toMatchObject({
      status: 201,
      document: { kind: 'repeatPage', hits: 0 },
    });
    faults.strike({ method: 'GET', path: '/users', query: '', appId: 'a', authorization: undefined });
    expect(send('GET /simulator/faults')).toMatchObject({
      document: { faults: [{ ...first, requests: 1, hits: 1 }, { kind: 'repeatPage' }] },
    });
    expect(send('DELETE /simulator/faults')).toMatchObject({ status: 200, document: { faults: [] } });
  });

  test('keeps the faults that were on when the new ones cannot be used', () => {
    const { send } = controlOf();
    send('POST /simulator/faults', { kind: 'repeatPage' });
    expect(send('PUT /simulator/faults', { faults: [{ kind: 'nonsense' }] })).toMatchObject({ status: 400 });
    expect(send('GET /simulator/faults')).toMatchObject({ document: { faults: [{ kind: 'repeatPage' }] } });
  });

  test('refuses a fault about a group that the tenant does not have', () => {
    const { send } = controlOf();
    const fault = { kind: 'hugeGroup', members: 10, group: '00000000-0000-4000-8000-000000000000' };
    for (const [line, body] of [
      ['POST /simulator/faults', fault],
      ['PUT /simulator/faults', { faults: [fault] }],
    ] as const) {
      const answer = send(line, body);
      expect(answer).toMatchObject({ status: 400 });
      expect(JSON.stringify(answer)).toContain('names the group \\"00000000-0000-4000-8000-000000000000\\"');
    }
  });

  test('changes the tenant', () => {
    expect(controlOf().send('POST /simulator/churn', { changes: 12 })).toMatchObject({
      status: 200,
      document: { changes: 12, updated: 12 },
    });
  });

  test('switches limits', () => {
    const { send, quota } = controlOf();
    expect(send('PUT /simulator/limits', { size: 'small' })).toMatchObject({
      status: 200,
      document: { size: 'small' },
    });
    expect(quota.size).toBe('small');
  });

  test('tells the last requests, oldest first', () => {
    const { send, requests } = controlOf();
    for (let n = 0; n < 150; n++) {
      requests.record({
        atMs: n,
        method: 'GET',
        path: `/v1.0/users/${n}`,
        query: '',
        status: 200,
        units: 1,
        appId: 'a',
        durationMs: 0.5,
      });
    }
    expect(send('GET /simulator/requests?last=2')?.document).toMatchObject({
      total: 150,
      requests: [{ path: '/v1.0/users/148' }, { path: '/v1.0/users/149', status: 200, units: 1, appId: 'a' }],
    });
    expect(send('GET /simulator/requests')?.document.requests).toHaveLength(100);
  });

  test('tells the state of the tenant', () => {
    const { send, directory } = controlOf();
    directory.insert('group', 'a0000000-0000-4000-8000-000000000002', {});
    directory.softDelete(directory.insert('user', userId, {}));
    expect(send('GET /simulator/state')?.document).toEqual({
      tenantId: directory.tenantId,
      now: '2026-11-20T00:00:00Z',
      transaction: 3,
      limits: 'off',
      faults: 0,
      requests: 0,
      objects: { user: { live: 0, deleted: 1 }, group: { live: 1, deleted: 0 } },
    });
  });
});
