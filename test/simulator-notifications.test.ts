// Change notifications from end to end: a subscriber with a real webhook, the tenant's time in the test's hand, and
// Microsoft's own Graph client at the end.
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { Subscription } from '@microsoft/microsoft-graph-types';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createCertificateAuthority } from '../simulator/certificate-authority.ts';
import { manualClock } from '../simulator/clock.ts';
import type { NotificationOptions } from '../simulator/notifications/notifications.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { registerApplication } from './fixtures/graph-application.ts';
import { failureOf, openClient as openGraphClient } from './fixtures/graph-client.ts';
import { type NotificationListener, openListener } from './fixtures/notification-listener.ts';
import {
  type Answer,
  errorOf,
  groupNamed,
  openClient,
  type SimulatorClient,
} from './fixtures/simulator-client.ts';

const minuteMs = 60_000;
const latencyMs = 50;
/** How long a condition may take to become true on a busy machine. */
const patience = { timeout: 10_000 };

let clock = manualClock(0);
let simulator: Simulator;
let listener: NotificationListener;
let client: SimulatorClient;

beforeEach(async () => {
  clock = manualClock(Date.now());
  simulator = await startSimulator({ users: 60, clock, notifications: { latencyMs } });
  listener = await openListener();
  client = await openClient(simulator);
});

afterEach(async () => {
  await client.close();
  await simulator.stop();
  await listener.close();
});

/** Moves time on, as far as tokens live: the client signs in again. */
async function advance(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  if (milliseconds > minuteMs) client.use(await client.signIn());
}

const inMinutes = (minutes: number) => new Date(clock.now() + minutes * minuteMs).toISOString();

function bodyFor(path: string, properties: object = {}): object {
  return {
    changeType: 'updated,deleted',
    notificationUrl: listener.origin + path,
    resource: 'users',
    expirationDateTime: inMinutes(1_440),
    clientState: `state of ${path}`,
    ...properties,
  };
}

/** Subscribes an address of the listener and tells the subscription's id. */
async function subscribe(path: string, properties: object = {}): Promise<string> {
  return created(await client.send('POST /subscriptions', bodyFor(path, properties)));
}

function created(answer: Answer): string {
  expect(answer.status, answer.text).toBe(201);
  return (JSON.parse(answer.text) as { id: string }).id;
}

const someUser = () => {
  const user = simulator.directory.list('user').places.find((place) => place?.deletedAt === 0);
  if (!user) expect.fail('The tenant has no users.');
  return user.id;
};

async function renameUser(id: string, displayName: string): Promise<void> {
  expect((await client.send(`PATCH /users/${id}`, { displayName })).status).toBe(204);
}

interface DeliveryState {
  readonly waiting: number;
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly dropped: number;
}

async function deliveries(of = client): Promise<DeliveryState> {
  return JSON.parse((await of.control('GET /notifications')).text) as DeliveryState;
}

/** A second tenant on the same clock, of three users, until the test ends. */
async function openAnother(notifications: NotificationOptions) {
  const another = await startSimulator({ users: 3, clock, notifications });
  onTestFinished(() => another.stop());
  const other = await openClient(another);
  onTestFinished(() => other.close());
  return { another, other };
}

const idsAt = (path: string) => listener.notificationsAt(path).map(({ resourceData }) => resourceData.id);

describe('an endpoint', () => {
  test('is asked for a token, as text and not encoded, and the one for lifecycle events too', async () => {
    await subscribe('/hook', { lifecycleNotificationUrl: `${listener.origin}/life?code=7` });
    expect(listener.calls.map(({ path }) => path)).toEqual(['/hook', '/life']);
    for (const call of listener.calls) {
      expect(call).toMatchObject({ method: 'POST', contentType: 'text/plain; charset=utf-8', text: '' });
      // A token that has to be decoded, and by the rules of forms: its spaces are pluses.
      expect(call.query.get('validationToken')).toMatch(
        /^Validation: Testing client .* Request-Id: [0-9a-f-]{36}$/,
      );
      expect(call.rawQuery).toContain('validationToken=Validation%3A+Testing+client');
    }
    expect(listener.calls[1]?.query.get('code')).toBe('7');
  });

  test('that never answers is refused when its time is over', async () => {
    listener.answer('/silent', 'silent');
    const { other } = await openAnother({ validationTimeoutMs: 200 });
    const answer = await other.send('POST /subscriptions', bodyFor('/silent'));
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({
      code: 'ValidationError',
      message: 'Subscription validation request timed out.',
    });
  });

  test('over HTTPS needs a certificate that is trusted', async () => {
    const authority = await createCertificateAuthority();
    const secure = await openListener(await authority.issue(['localhost']));
    onTestFinished(() => secure.close());
    const body = bodyFor('', { notificationUrl: `${secure.origin}/hook` });
    const untrusted = await client.send('POST /subscriptions', body);
    expect(untrusted.status).toBe(400);
    expect(errorOf(untrusted)).toMatchObject({ code: 'ValidationError' });
    expect(secure.calls).toEqual([]);

    const trusted = tls.getCACertificates();
    tls.setDefaultCACertificates([...trusted, authority.caPem]);
    onTestFinished(() => tls.setDefaultCACertificates(trusted));
    const { other } = await openAnother({});
    created(await other.send('POST /subscriptions', body));
    expect((await other.send('POST /groups', groupNamed('unwatched'))).status).toBe(201);
    const [user] = (await other.page('/users?$top=1')).value;
    expect((await other.send(`PATCH /users/${user?.id}`, { jobTitle: 'Smith' })).status).toBe(204);
    clock.advance(latencyMs);
    expect(await secure.received('/hook', 1)).toMatchObject([{ resource: `Users/${user?.id}` }]);
  });
});

describe('notifications', () => {
  test('come after a write, with the words that Graph has for them', async () => {
    const subscriptionId = await subscribe('/hook');
    const id = someUser();
    await renameUser(id, 'Ada');
    expect(listener.postsAt('/hook')).toBe(0);
    clock.advance(latencyMs);
    const [notification] = await listener.received('/hook', 1);
    expect(listener.calls.at(-1)).toMatchObject({
      method: 'POST',
      contentType: 'application/json; charset=utf-8',
      rawQuery: '',
    });
    expect(notification).toEqual({
      changeType: 'updated',
      clientState: 'state of /hook',
      resource: `Users/${id}`,
      subscriptionId,
      subscriptionExpirationDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      tenantId: simulator.tenantId,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.User',
        '@odata.id': `Users/${id}`,
        id,
        organizationId: simulator.tenantId,
        sequenceNumber: expect.any(Number),
      },
    });
  });

  test('tell creation and soft deletion as updated, and the end of the retention as deleted', async () => {
    await subscribe('/updated', {
      resource: 'groups',
      changeType: 'updated',
      expirationDateTime: inMinutes(41_760),
    });
    const group = created(await client.send('POST /groups', groupNamed('brief')));
    clock.advance(latencyMs);
    expect(await listener.received('/updated', 1)).toMatchObject([
      { changeType: 'updated', resource: `Groups/${group}` },
    ]);
    await client.send(`DELETE /groups/${group}`);
    clock.advance(latencyMs);
    await listener.received('/updated', 2);

    await subscribe('/deleted', { resource: 'groups', changeType: 'deleted' });
    expect((await client.send(`DELETE /directory/deletedItems/${group}`)).status).toBe(204);
    clock.advance(latencyMs);
    expect(await listener.received('/deleted', 1)).toMatchObject([
      { changeType: 'deleted', resource: `Groups/${group}` },
    ]);
    expect(new Set(listener.notificationsAt('/updated').map(({ changeType }) => changeType))).toEqual(
      new Set(['updated']),
    );
  });

  test('tell of every user and group that changes by themselves', async () => {
    await subscribe('/users');
    await subscribe('/groups', { resource: 'groups' });
    const from = {
      users: await client.deltaLink('/users/delta?$deltatoken=latest'),
      groups: await client.deltaLink('/groups/delta?$deltatoken=latest'),
    };
    await client.control('POST /churn', { changes: 300 });
    clock.advance(latencyMs);
    for (const set of ['users', 'groups'] as const) {
      const found = (await client.pages(from[set])).flatMap(({ value }) => value.map(({ id }) => id));
      expect(found.length).toBeGreaterThan(5);
      await listener.until(() => {
        const told = new Set(idsAt(`/${set}`));
        return found.every((id) => told.has(id));
      });
    }
    await expect.poll(async () => (await deliveries()).waiting, patience).toBe(0);
    // Several notifications travel together.
    expect(listener.postsAt('/users')).toBeLessThan(idsAt('/users').length);
  });

  test('of a membership name the group and the member that came or went', async () => {
    const group = created(await client.send('POST /groups', groupNamed('club')));
    const other = created(await client.send('POST /groups', groupNamed('other')));
    const member = someUser();
    await subscribe('/groups', { resource: 'groups' });
    await subscribe('/members', { resource: `groups/${group}/members` });
    const reference = { '@odata.id': `${simulator.graph}/directoryObjects/${member}` };
    for (const id of [group, other]) {
      expect((await client.send(`POST /groups/${id}/members/$ref`, reference)).status).toBe(204);
    }
    clock.advance(latencyMs);
    expect(await listener.received('/members', 1)).toMatchObject([
      {
        changeType: 'updated',
        resource: `Groups/${group}`,
        resourceData: { '@odata.type': '#Microsoft.Graph.Group', 'members@delta': [{ id: member }] },
      },
    ]);
    await listener.received('/groups', 2);
    expect(idsAt('/groups').toSorted()).toEqual([group, other].toSorted());

    await client.send(`DELETE /groups/${group}/members/${member}/$ref`);
    clock.advance(latencyMs);
    const [, left] = await listener.received('/members', 2);
    expect(left?.resourceData['members@delta']).toEqual([{ id: member, '@removed': 'deleted' }]);
  });

  test('go to the new address and carry the new end once a subscription was renewed', async () => {
    const id = await subscribe('/before');
    const renewal = { notificationUrl: `${listener.origin}/after`, expirationDateTime: inMinutes(2_880) };
    expect((await client.send(`PATCH /subscriptions/${id}`, renewal)).status).toBe(200);
    await renameUser(someUser(), 'Bo');
    clock.advance(latencyMs);
    const [notification] = await listener.received('/after', 1);
    expect(notification?.subscriptionExpirationDateTime.slice(0, 16)).toBe(inMinutes(2_880).slice(0, 16));
    expect(listener.postsAt('/before')).toBe(0);
  });

  test('are tried again, later each time, until they are accepted', async () => {
    await subscribe('/hook');
    listener.answer('/hook', { status: 503 });
    await renameUser(someUser(), 'Ada');
    clock.advance(latencyMs);
    await expect.poll(() => deliveries(), patience).toMatchObject({ failedAttempts: 1, waiting: 1 });
    clock.advance(10_000);
    await expect.poll(() => deliveries(), patience).toMatchObject({ failedAttempts: 2, waiting: 1 });
    clock.advance(19_000);
    listener.answer('/hook', { status: 204 });
    clock.advance(1_000);
    await expect
      .poll(() => deliveries(), patience)
      .toMatchObject({ failedAttempts: 2, waiting: 0, delivered: 1 });
    expect(listener.postsAt('/hook')).toBe(3);
    const texts = listener.calls.filter(({ text }) => text !== '').map(({ text }) => text);
    expect(new Set(texts).size).toBe(1);
  });

  test('are tried again when the endpoint takes too long, while others are served', async () => {
    const { other } = await openAnother({ answerTimeoutMs: 1_000 });
    for (const path of ['/slow', '/quick']) created(await other.send('POST /subscriptions', bodyFor(path)));
    listener.answer('/slow', 'silent');
    const [user] = (await other.page('/users?$top=1')).value;
    expect((await other.send(`PATCH /users/${user?.id}`, { jobTitle: 'Smith' })).status).toBe(204);
    clock.advance(latencyMs);
    await listener.received('/quick', 1);
    await expect
      .poll(() => deliveries(other), patience)
      .toMatchObject({ failedAttempts: 1, waiting: 1, delivered: 1 });
    clock.advance(10_000);
    await listener.until(() => listener.postsAt('/slow') === 2);
  });

  test('are given up after four hours', async () => {
    await subscribe('/hook');
    listener.answer('/hook', { status: 500 });
    await renameUser(someUser(), 'Ada');
    clock.advance(latencyMs);
    await expect.poll(() => deliveries(), patience).toMatchObject({ failedAttempts: 1 });
    await advance(241 * minuteMs);
    await expect.poll(() => deliveries(), patience).toMatchObject({ waiting: 0, dropped: 1, delivered: 0 });
    expect(listener.postsAt('/hook')).toBe(1);
  });
});

describe('on demand', () => {
  test('everything arrives twice', async () => {
    await subscribe('/hook');
    expect((await client.control('PUT /notifications', { mode: 'duplicated' })).status).toBe(200);
    await renameUser(someUser(), 'Ada');
    clock.advance(latencyMs);
    await listener.until(() => listener.postsAt('/hook') === 2);
    const [first, second] = listener.notificationsAt('/hook');
    expect(second).toEqual(first);
  });

  test('everything arrives late', async () => {
    await subscribe('/hook');
    await client.control('PUT /notifications', { mode: 'delayed', delaySeconds: 120 });
    await renameUser(someUser(), 'Ada');
    clock.advance(latencyMs);
    clock.advance(119_000);
    expect(await deliveries()).toMatchObject({
      mode: 'delayed',
      delaySeconds: 120,
      waiting: 1,
      delivered: 0,
    });
    expect(listener.postsAt('/hook')).toBe(0);
    clock.advance(1_000);
    await listener.received('/hook', 1);
  });

  test('nothing arrives, and what was lost stays lost', async () => {
    await subscribe('/hook');
    await client.control('PUT /notifications', { mode: 'off' });
    await renameUser(someUser(), 'Lost');
    clock.advance(latencyMs);
    expect(await deliveries()).toMatchObject({ mode: 'off', dropped: 1, waiting: 0 });
    await client.control('PUT /notifications', { mode: 'normal' });
    await renameUser(someUser(), 'Found');
    clock.advance(latencyMs);
    await expect.poll(() => deliveries(), patience).toMatchObject({ delivered: 1, waiting: 0 });
    expect(listener.notificationsAt('/hook')).toHaveLength(1);
  });

  test('lifecycle events arrive, at those who asked for them', async () => {
    const lifecycleNotificationUrl = `${listener.origin}/life`;
    const subscriptionId = await subscribe('/hook', { lifecycleNotificationUrl });
    const plain = await subscribe('/plain');
    const sent = await client.control('POST /subscriptions/lifecycle', {});
    expect(JSON.parse(sent.text)).toEqual({ event: 'reauthorizationRequired', sent: 1 });
    const [event] = await listener.received('/life', 1);
    expect(event).toEqual({
      lifecycleEvent: 'reauthorizationRequired',
      subscriptionId,
      subscriptionExpirationDateTime: expect.stringContaining('+00:00'),
      tenantId: simulator.tenantId,
      clientState: 'state of /hook',
    });
    await client.control('POST /subscriptions/lifecycle', { event: 'subscriptionRemoved', subscriptionId });
    expect((await listener.received('/life', 2))[1]?.lifecycleEvent).toBe('subscriptionRemoved');

    const silent = await client.control('POST /subscriptions/lifecycle', { subscriptionId: plain });
    expect(silent.status).toBe(400);
    expect(silent.text).toContain('has no lifecycleNotificationUrl');
    const unknown = await client.control('POST /subscriptions/lifecycle', { subscriptionId: 'nobody' });
    expect(unknown.status).toBe(400);
    expect(unknown.text).toContain('There is no subscription \\"nobody\\"');
  });

  test('a subscription disappears without a word', async () => {
    const [gone, kept] = [await subscribe('/gone'), await subscribe('/kept')];
    const listed = JSON.parse((await client.control('GET /subscriptions')).text);
    expect(listed.subscriptions).toMatchObject([
      { id: gone, applicationId: simulator.clientId, resource: 'users' },
      { id: kept },
    ]);
    expect(JSON.stringify(listed)).not.toContain('state of');
    const removed = await client.control('POST /subscriptions/removal', { subscriptionId: gone });
    expect(JSON.parse(removed.text)).toEqual({ removed: 1 });
    expect((await client.send(`GET /subscriptions/${gone}`)).status).toBe(404);
    await renameUser(someUser(), 'Ada');
    clock.advance(latencyMs);
    await listener.received('/kept', 1);
    expect(listener.postsAt('/gone')).toBe(0);
  });

  test.each([
    ['PUT /notifications', { mode: 'sometimes' }, 'mode is "sometimes"'],
    ['PUT /notifications', { mode: 'delayed', delaySeconds: 0 }, 'delaySeconds is 0'],
    ['POST /subscriptions/lifecycle', { event: 'moved' }, 'event is "moved"'],
    ['POST /subscriptions/removal', { id: 'x' }, 'a field "id"'],
  ])('%s with %j says what is wrong', async (line, body, sentence) => {
    const answer = await client.control(line, body);
    expect(answer.status).toBe(400);
    expect((JSON.parse(answer.text) as { error: string }).error).toContain(sentence);
  });
});

describe('the life of a subscription', () => {
  test('ends: it is gone, and nothing that happens afterwards is told', async () => {
    const brief = await subscribe('/brief', { expirationDateTime: inMinutes(45) });
    await subscribe('/long');
    await advance(45 * minuteMs - 1_000);
    await renameUser(someUser(), 'In time');
    await advance(2_000);
    expect((await client.send(`GET /subscriptions/${brief}`)).status).toBe(404);
    // What happened before its end is still owed.
    await listener.received('/brief', 1);
    await renameUser(someUser(), 'Too late');
    clock.advance(latencyMs);
    await listener.received('/long', 2);
    await expect.poll(() => deliveries(), patience).toMatchObject({ waiting: 0, delivered: 3 });
    expect(listener.postsAt('/brief')).toBe(1);
  });

  test('is reminded of its end until it is answered', async () => {
    const lifecycleNotificationUrl = `${listener.origin}/life`;
    const id = await subscribe('/hook', { lifecycleNotificationUrl, expirationDateTime: inMinutes(400) });
    await advance(299 * minuteMs);
    expect((await deliveries()).delivered).toBe(0);
    await advance(minuteMs);
    const [event] = await listener.received('/life', 1);
    expect(event).toMatchObject({ lifecycleEvent: 'reauthorizationRequired', subscriptionId: id });
    await advance(15 * minuteMs);
    await listener.received('/life', 2);

    expect((await client.send(`POST /subscriptions/${id}/reauthorize`)).status).toBe(204);
    await advance(30 * minuteMs);
    expect(await deliveries()).toMatchObject({ delivered: 2, waiting: 0 });

    const renewal = { expirationDateTime: inMinutes(400) };
    expect((await client.send(`PATCH /subscriptions/${id}`, renewal)).status).toBe(200);
    await advance(300 * minuteMs);
    await listener.received('/life', 3);
  });

  test('is nobody else’s business', async () => {
    const id = await subscribe('/hook');
    const { clientId, secret } = await registerApplication(client, ['User.Read.All', 'Group.Read.All']);
    const stranger = await openClient({ ...simulator, clientId, clientSecret: secret });
    onTestFinished(() => stranger.close());
    for (const [line, body] of [
      [`GET /subscriptions/${id}`],
      [`PATCH /subscriptions/${id}`, { expirationDateTime: inMinutes(60) }],
      [`POST /subscriptions/${id}/reauthorize`],
      [`DELETE /subscriptions/${id}`],
    ] as const) {
      const answer = await stranger.send(line, body);
      expect(answer.status, line).toBe(404);
      expect(errorOf(answer)).toMatchObject({ code: 'ResourceNotFound' });
    }
    expect(await stranger.page('/subscriptions')).toMatchObject({ value: [] });
    // The same combination is free to another application.
    created(await stranger.send('POST /subscriptions', bodyFor('/hook')));
    expect((await client.send(`GET /subscriptions/${id}`)).status).toBe(200);
  });
});

test('stopping the tenant ends deliveries and handshakes at once', async () => {
  const { another, other } = await openAnother({ answerTimeoutMs: 60_000 });
  created(await other.send('POST /subscriptions', bodyFor('/stuck')));
  listener.answer('/stuck', 'silent');
  listener.answer('/silent', 'silent');
  const [user] = (await other.page('/users?$top=1')).value;
  await other.send(`PATCH /users/${user?.id}`, { jobTitle: 'Smith' });
  clock.advance(latencyMs);
  const asking = other.send('POST /subscriptions', bodyFor('/silent')).catch((error: unknown) => error);
  await listener.until(
    () => listener.postsAt('/stuck') === 1 && listener.calls.some(({ path }) => path === '/silent'),
  );
  const startedMs = performance.now();
  await another.stop();
  await asking;
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test('Microsoft’s Graph client subscribes, is notified in the tenant’s own time, and unsubscribes', async () => {
  const running = await startSimulator({ users: 3 });
  onTestFinished(() => running.stop());
  const trusted = tls.getCACertificates();
  tls.setDefaultCACertificates([...trusted, readFileSync(running.ca, 'utf8')]);
  onTestFinished(() => tls.setDefaultCACertificates(trusted));
  const { graph, authority, tenantId, clientId, clientSecret, ca, control, controlKey } = running;
  const graphClient = openGraphClient({
    graph,
    authority,
    tenantId,
    clientId,
    clientSecret,
    ca,
    control,
    controlKey,
  });
  const wanted: Subscription = {
    changeType: 'updated',
    notificationUrl: `${listener.origin}/sdk`,
    resource: '/groups',
    expirationDateTime: inMinutes(60),
    clientState: 'secret',
  };
  const subscription: Subscription = await graphClient.api('/subscriptions').post(wanted);
  expect(subscription).toMatchObject({ applicationId: clientId, latestSupportedTlsVersion: 'v1_2' });
  const group = await graphClient.api('/groups').post(groupNamed('sdk'));
  expect(await listener.received('/sdk', 1)).toMatchObject([
    { subscriptionId: subscription.id, clientState: 'secret', resource: `Groups/${group.id}` },
  ]);

  const one = graphClient.api(`/subscriptions/${subscription.id}`);
  const renewed: Subscription = await one.patch({ expirationDateTime: inMinutes(120) });
  expect(renewed.expirationDateTime?.slice(0, 16)).toBe(inMinutes(120).slice(0, 16));
  expect(await failureOf(graphClient.api('/subscriptions').post(wanted))).toMatchObject({
    statusCode: 409,
    message: expect.stringContaining(`Subscription Id ${subscription.id} already exists`),
  });
  await one.delete();
  expect(await failureOf(one.get())).toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
});
