/** Microsoft Graph's door as Graph, and anybody else, finds it: over a real port, with a real database. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { callApi, jobOf, taskOf, useApi } from '../../../test/fixtures/api-server.ts';
import {
  type KeptSubscription,
  readSubscriptions,
  recordSubscription,
} from '../../store/graph-subscriptions.ts';
import { replaceJobs } from '../../store/jobs.ts';

const getApi = useApi();

const secret = 'only Graph knows this';
const follow = { floorSeconds: 15, ceilingSeconds: 900 };
const farAway = new Date('2099-01-01T00:00:00Z');

beforeEach(async () => {
  const { sql } = getApi().database;
  await sql`delete from graph_subscription`;
  for (const connection of ['Contoso', 'Fabrikam']) {
    await recordSubscription(sql, {
      connection,
      resource: 'users',
      notificationUrl: 'https://sync.contoso.com',
      subscriptionId: `of ${connection}`,
      clientStateHash: createHash('sha256').update(secret).digest(),
      expiresAt: farAway,
      createdAt: new Date(),
      actAt: farAway,
    });
  }
  await sql.begin(async (transaction) => {
    await replaceJobs(transaction, 'settings', []);
    const jobs = ['Contoso', 'Fabrikam'].map((name) => ({
      ...jobOf(name, { follow, tasks: [taskOf('read', { connections: [name] })] }),
      nextRunAt: farAway,
    }));
    await replaceJobs(transaction, 'settings', jobs);
  });
});

const send = (path: string, body: unknown) => getApi().call('POST', path, undefined, body);
const notification = (changes: object = {}) => ({
  changeType: 'updated',
  subscriptionId: 'of Contoso',
  clientState: secret,
  resource: 'Users/1',
  ...changes,
});

async function nextOf(identifier: string): Promise<Date | undefined> {
  const { sql } = getApi().database;
  const [row] = await sql<
    { nextRunAt: Date }[]
  >`select next_run_at from job where identifier = ${identifier}`;
  return row?.nextRunAt;
}

async function isWoken(identifier: string): Promise<boolean> {
  return (await nextOf(identifier))?.getTime() !== farAway.getTime();
}

async function keptOf(connection: string): Promise<KeptSubscription | undefined> {
  return (await readSubscriptions(getApi().database.sql)).find((kept) => kept.connection === connection);
}

async function counted(outcome: string): Promise<number> {
  const { body } = await getApi().call('GET', '/metrics');
  return Number(
    new RegExp(`syncline_notifications_total\\{outcome="${outcome}"\\} (\\d+)`).exec(
      String(body.text),
    )?.[1] ?? 0,
  );
}

describe.each(['/notifications/Contoso', '/notifications/Contoso/lifecycle'])(
  'the validation of %s',
  (path) => {
    test('gives the token back, decoded, as plain text', async () => {
      const token = 'Validation: Testing client application reachability for subscription Request-Id: 7b';
      for (const written of [encodeURIComponent(token), token.replaceAll(' ', '+').replaceAll(':', '%3A')]) {
        const { status, headers, body } = await getApi().call('POST', `${path}?validationToken=${written}`);
        expect([status, body.text]).toEqual([200, token]);
        expect(headers.get('Content-Type')).toMatch(/^text\/plain\b/);
        expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      }
    });

    test.each([
      ['', 'empty'],
      ['a%0Ab', 'a line break'],
      ['%C3%A9', 'beyond ASCII'],
      ['a'.repeat(2049), 'too long'],
    ])('refuses the token %.10s (%s)', async (token) => {
      const { status, body } = await getApi().call('POST', `${path}?validationToken=${token}`);
      expect([status, body.code]).toEqual([400, 'request-invalid']);
    });
  },
);

describe('a notification', () => {
  test('wakes whoever follows the connection a moment later, and is remembered', async () => {
    const before = Date.now();
    expect((await send('/notifications/contoso', { value: [notification()] })).status).toBe(202);
    const at = (await nextOf('Contoso'))?.getTime() ?? 0;
    expect(at).toBeGreaterThanOrEqual(before + 5000);
    expect(at).toBeLessThanOrEqual(Date.now() + 5000);
    expect(await isWoken('Fabrikam')).toBe(false);
    const [row] = await getApi().database.sql<{ count: number }[]>`
      select count(*)::int as count from graph_subscription where last_notified_at is not null`;
    expect(row?.count).toBe(1);
  });

  test('never postpones what came before it', async () => {
    await send('/notifications/Contoso', { value: [notification()] });
    const first = await nextOf('Contoso');
    for (let count = 0; count < 20; count++)
      await send('/notifications/Contoso', { value: [notification()] });
    expect(await nextOf('Contoso')).toEqual(first);
  });

  test.each<[string, string, unknown]>([
    [
      'brings another secret',
      '/notifications/Contoso',
      { value: [notification({ clientState: 'guessed' })] },
    ],
    ['brings none', '/notifications/Contoso', { value: [notification({ clientState: null })] }],
    [
      'is of no subscription',
      '/notifications/Contoso',
      { value: [notification({ subscriptionId: 'of nobody' })] },
    ],
    ['comes to the door of another connection', '/notifications/Fabrikam', { value: [notification()] }],
    ['is none', '/notifications/Contoso', { value: [7] }],
    ['is no JSON', '/notifications/Contoso', 'hello'],
    ['is something else', '/notifications/Contoso', { values: {} }],
  ])('that %s is counted and changes nothing', async (_, path, body) => {
    const before = await counted('ignored');
    expect((await send(path, body)).status).toBe(202);
    expect(await isWoken('Contoso')).toBe(false);
    expect(await isWoken('Fabrikam')).toBe(false);
    expect(await counted('ignored')).toBe(before + 1);
  });

  test('counts among others that do not', async () => {
    const [accepted, ignored] = [await counted('accepted'), await counted('ignored')];
    const value = [notification({ clientState: 'guessed' }), notification(), notification()];
    await send('/notifications/Contoso', { value });
    expect(await isWoken('Contoso')).toBe(true);
    expect([await counted('accepted'), await counted('ignored')]).toEqual([accepted + 2, ignored + 1]);
  });
});

describe('a lifecycle event', () => {
  const event = (lifecycleEvent: string, changes: object = {}) =>
    send('/notifications/Contoso/lifecycle', { value: [notification({ lifecycleEvent, ...changes })] });

  test('reauthorizationRequired has the subscription renewed at once', async () => {
    expect((await event('reauthorizationRequired')).status).toBe(202);
    const kept = await keptOf('Contoso');
    expect(kept?.actAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(kept?.subscriptionId).toBe('of Contoso');
    expect((await keptOf('Fabrikam'))?.actAt).toEqual(farAway);
  });

  test('subscriptionRemoved has it made anew', async () => {
    await event('subscriptionRemoved');
    expect(await keptOf('Contoso')).toMatchObject({ subscriptionId: null, expiresAt: null });
    expect(await isWoken('Contoso')).toBe(false);
  });

  test('missed has the connection looked at', async () => {
    await event('missed');
    expect(await isWoken('Contoso')).toBe(true);
  });

  test.each(['reauthorizationRequired', 'subscriptionRemoved', 'missed'])(
    '%s with another secret does nothing',
    async (name) => {
      const before = await keptOf('Contoso');
      expect((await event(name, { clientState: 'guessed' })).status).toBe(202);
      expect(await keptOf('Contoso')).toEqual(before);
      expect(await isWoken('Contoso')).toBe(false);
    },
  );
});

test('a body of more than a megabyte is refused, one of half of it is not', async () => {
  // In process: what becomes of a connection whose body was not read to the end is not the matter here.
  const { app } = getApi().server;
  const statusOf = async (bytes: number) => {
    const body = JSON.stringify({ value: [notification({ padding: 'x'.repeat(bytes) })] });
    return (await app.request('/notifications/Contoso', { method: 'POST', body })).status;
  };
  expect(await statusOf(500_000)).toBe(202);
  expect(await statusOf(1_100_000)).toBe(413);
});

test('bursts of Graph are not held to the measure of everybody else, and have one of their own', async () => {
  const { start } = getApi();
  const { url } = await start({
    rates: { address: { burst: 1, perSecond: 0.01 }, client: { burst: 1, perSecond: 1 } },
  });
  const body = { value: [notification({ clientState: 'guessed' })] };
  const statuses: number[] = [];
  for (let count = 0; count < 100; count++) {
    statuses.push((await callApi(url, 'POST', '/notifications/Contoso', undefined, body)).status);
  }
  expect(new Set(statuses)).toEqual(new Set([202]));
});

test('only POST is taken', async () => {
  const { status, headers } = await getApi().call('GET', '/notifications/Contoso');
  expect([status, headers.get('Allow')]).toEqual([405, 'POST']);
});

test('no secret and no token is in the log', async () => {
  const { server } = getApi();
  await send('/notifications/Contoso', { value: [notification()] });
  await getApi().call('POST', '/notifications/Contoso?validationToken=a-token-to-give-back');
  expect(server.logged()).toContain('/notifications/:connection');
  expect(server.logged()).not.toContain(secret);
  expect(server.logged()).not.toContain('a-token-to-give-back');
});

test('the door is no part of the API document', async () => {
  const { body } = await getApi().call('GET', '/api/openapi.json');
  expect(Object.keys(body.paths as object).filter((path) => path.includes('notifications'))).toEqual([]);
});
