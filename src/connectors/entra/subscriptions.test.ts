/** Subscriptions on a simulated tenant: made, renewed, ended, taken over, and refused for every reason that a person can mend. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../../simulator/clock.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { connectionTo, passingClock } from '../../../test/fixtures/entra-on-simulator.ts';
import { registerApplication } from '../../../test/fixtures/graph-application.ts';
import { type NotificationListener, openListener } from '../../../test/fixtures/notification-listener.ts';
import { openClient, type SimulatorClient } from '../../../test/fixtures/simulator-client.ts';
import type { ChangeNotifications, SubscribeOutcome, SubscriptionRequest } from '../connector.ts';
import { type GraphClient, openGraphClient } from './graph-client.ts';
import { createNotifications, watchedResources } from './subscriptions.ts';

const tenantClock = manualClock(Date.now());
let simulator: Simulator;
let listener: NotificationListener;
let controls: SimulatorClient;
let client: GraphClient;
let notifications: ChangeNotifications;

beforeAll(async () => {
  simulator = await startSimulator({ users: 5, clock: tenantClock });
  listener = await openListener();
  controls = await openClient(simulator);
});
beforeEach(async () => {
  await controls.control('DELETE /faults');
  controls.use(await controls.signIn());
  client = openGraphClient(connectionTo(simulator), { clock: passingClock(tenantClock) });
  notifications = createNotifications(client);
});
afterEach(async () => {
  await client.close();
  await controls.control('POST /subscriptions/removal', {});
});
afterAll(async () => {
  await controls.close();
  await listener.close();
  await simulator.stop();
});

const never = new AbortController().signal;
const inHours = (hours: number) => new Date(Math.floor(tenantClock.now() / 1000) * 1000 + hours * 3_600_000);

function request(changes: Partial<SubscriptionRequest> = {}): SubscriptionRequest {
  const address = `${listener.origin}/notifications/Contoso`;
  return {
    resource: 'users',
    address,
    lifecycleAddress: `${address}/lifecycle`,
    clientState: 'only we know this',
    until: inHours(24),
    signal: never,
    ...changes,
  };
}

async function subscribed(of = notifications, changes = {}): Promise<string> {
  const outcome = await of.subscribe(request(changes));
  if (outcome.kind !== 'subscribed') throw new Error(JSON.stringify(outcome));
  return outcome.subscriptionId;
}

async function listed(): Promise<readonly Readonly<{ id: string; expirationDateTime: string }>[]> {
  return JSON.parse((await controls.control('GET /subscriptions')).text).subscriptions;
}

function reasonOf(outcome: SubscribeOutcome): string {
  return outcome.kind === 'subscribed' ? 'subscribed' : `${outcome.kind}: ${outcome.reason}`;
}

test('users and groups can be watched, whatever else is mapped', () => {
  const named = (...names: string[]) => watchedResources(names.map((name) => ({ name })));
  expect(named('user', 'group', 'directoryRole', 'device')).toEqual(['users', 'groups']);
  expect(named('group')).toEqual(['groups']);
  expect(named('servicePrincipal')).toEqual([]);
});

test('a subscription is made with both addresses, renewed and ended', async () => {
  const outcome = await notifications.subscribe(request());
  expect(outcome).toMatchObject({ kind: 'subscribed', expiresAt: inHours(24) });
  const id = outcome.kind === 'subscribed' ? outcome.subscriptionId : '';
  expect(await listed()).toMatchObject([
    {
      id,
      resource: 'users',
      changeType: 'updated,deleted',
      notificationUrl: request().address,
      lifecycleNotificationUrl: request().lifecycleAddress,
    },
  ]);
  expect(await notifications.renew(id, inHours(48), never)).toEqual({
    kind: 'renewed',
    expiresAt: inHours(48),
  });
  await notifications.unsubscribe(id, never);
  expect(await listed()).toEqual([]);
});

test('outages and expired tokens are waited for, as in reading', async () => {
  await controls.stage({ kind: 'unavailable', times: 2 });
  const id = await subscribed();
  expect(await controls.hits('unavailable')).toBe(2);
  tenantClock.advance(2 * 3_600_000);
  expect(await notifications.renew(id, inHours(24), never)).toMatchObject({ kind: 'renewed' });
});

test('one of ours that nobody knows any more gives way, and others stay', async () => {
  const lost = await subscribed();
  const other = await subscribed(notifications, { resource: 'groups' });
  const elsewhere = await subscribed(notifications, { address: `${listener.origin}/notifications/Fabrikam` });
  const found = await subscribed();
  const ids = (await listed()).map(({ id }) => id);
  expect(ids.toSorted()).toEqual([other, elsewhere, found].toSorted());
  expect(ids).not.toContain(lost);
});

test('what is gone is said to be, or needs no end', async () => {
  const id = await subscribed();
  await controls.control('POST /subscriptions/removal', {});
  expect(await notifications.renew(id, inHours(24), never)).toEqual({ kind: 'gone' });
  await notifications.unsubscribe(id, never);
});

describe('a refusal is one sentence that says what to do', () => {
  test('when nobody answers at the address', async () => {
    const reason = reasonOf(
      await notifications.subscribe(request({ address: 'http://127.0.0.1:9/notifications/Contoso' })),
    );
    expect(reason).toBe(
      'unreachable: Microsoft Graph gets no valid answer from http://127.0.0.1:9/notifications/Contoso: lead Follow > NotificationUrl to a running "syncline serve", with a certificate that is publicly trusted, or leave it out; until then Syncline goes on asking for changes.',
    );
  });

  test('when somebody else answers there', async () => {
    const outcome = await notifications.subscribe(request({ address: `${listener.origin}/wrong/text` }));
    expect(outcome.kind).toBe('unreachable');
  });

  test('when the permission is missing', async () => {
    const { clientId, secret } = await registerApplication(controls, ['Group.Read.All']);
    const credentials = [{ kind: 'secret', secret }] as const;
    const poor = openGraphClient(connectionTo(simulator, { clientId, credentials }));
    try {
      const reason = reasonOf(await createNotifications(poor).subscribe(request()));
      expect(reason).toMatch(
        /^refused: Microsoft Graph does not tell of changes of users \(403 .*grant the application User\.Read\.All; until then/,
      );
    } finally {
      await poor.close();
    }
  });

  test('when there are too many', async () => {
    for (let count = 0; count < 100; count++) {
      await subscribed(notifications, { address: `${listener.origin}/notifications/${count}` });
    }
    expect(reasonOf(await notifications.subscribe(request()))).toMatch(
      /^refused: .*as many subscriptions as there may be .*: remove those that nobody needs; until then/,
    );
  });

  test('when the resource cannot be watched', async () => {
    expect(reasonOf(await notifications.subscribe(request({ resource: 'devices' })))).toMatch(
      /^refused: Microsoft Graph does not tell of changes of devices \(400 ExtensionError, .*\): check/,
    );
  });
});
