/** The client on a simulated tenant that misbehaves: what a caller gets, what it is told, and what the tenant sees of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../../simulator/clock.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { connectionTo, passingClock } from '../../../test/fixtures/entra-on-simulator.ts';
import { createClient, type SimulatorClient } from '../../../test/fixtures/simulator-client.ts';
import { userIds } from '../../../test/fixtures/tenant-truth.ts';
import { cloudAddresses } from './addresses.ts';
import type { EntraConnection } from './entra-connection.ts';
import {
  type GraphAnswer,
  type GraphClient,
  type GraphRequestOptions,
  type GraphWait,
  openGraphClient,
} from './graph-client.ts';

const tenantClock = manualClock(Date.now());
const clock = passingClock(tenantClock);
let simulator: Simulator;
let controls: SimulatorClient;

beforeAll(async () => {
  simulator = await startSimulator({ users: 700, groups: 60, clock: tenantClock, proxyPort: 0 });
  controls = createClient(simulator);
});
beforeEach(async () => {
  await controls.control('DELETE /faults');
  await controls.control('PUT /limits', { size: 'off' });
});
afterAll(async () => {
  await controls.close();
  await simulator.stop();
});

const never = new AbortController().signal;

function options(changes: Partial<GraphRequestOptions> = {}): GraphRequestOptions {
  return { signal: never, cost: 1, onWait: () => {}, ...changes };
}

/** A client for the time of a test. */
async function withClient<T>(
  use: (client: GraphClient) => Promise<T>,
  changes: Partial<EntraConnection> = {},
): Promise<T> {
  const client = openGraphClient(connectionTo(simulator, changes), { clock });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

type Page = { value: { id: string }[]; '@odata.nextLink'?: string };

function pageOf(answer: GraphAnswer): Page {
  if (answer.kind === 'refusal') throw new Error(`${answer.status} ${answer.code}: ${answer.message}`);
  return answer.body as Page;
}

/** Ids of all objects from an address on, each as often as it came, in order. */
async function readIds(client: GraphClient, from: string, asked = options()): Promise<string[]> {
  const ids: string[] = [];
  for (let target: string | undefined = from; target !== undefined; ) {
    const page: Page = pageOf(await client.get(target, asked));
    ids.push(...page.value.map(({ id }) => id));
    target = page['@odata.nextLink'];
  }
  return ids.toSorted();
}

interface Entry {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
}

/** What the tenant answered while something was done. */
async function requestsDuring(act: () => Promise<unknown>): Promise<Entry[]> {
  const before = await log(0);
  await act();
  const after = await log(10_000);
  return after.requests.slice(after.requests.length - (after.total - before.total));
}

async function log(last: number): Promise<{ total: number; requests: Entry[] }> {
  const answer = await controls.control(`GET /requests?last=${Math.max(1, last)}`);
  return JSON.parse(answer.text);
}

describe('whatever the tenant does', () => {
  test.each([
    { kind: 'throttle', retryAfterSeconds: 20 },
    { kind: 'throttle' },
    { kind: 'unavailable', retryAfterSeconds: 3 },
    { kind: 'unavailable' },
    { kind: 'gatewayTimeout' },
    { kind: 'internalError' },
    { kind: 'htmlError' },
    { kind: 'htmlError', status: 500 },
    { kind: 'invalidJson' },
    { kind: 'resetConnection' },
    { kind: 'resetConnection', afterBytes: 4096 },
    { kind: 'truncateBody', share: 0.9 },
    { kind: 'slowPage', delayMs: 30, bytesPerSecond: 1_000_000 },
    { kind: 'expireAccessToken' },
  ])('every object comes, and comes once: %j', async (fault) => {
    await controls.stage({ ...fault, every: 2, times: 'always' });
    const ids = await withClient((client) => readIds(client, '/users/delta?$select=id'));
    expect(ids).toEqual(userIds(simulator));
    expect(await controls.hits(fault.kind)).toBeGreaterThan(1);
  });

  test('a refusal is not asked again and says what Graph said', async () => {
    const answers: GraphAnswer[] = [];
    const requests = await requestsDuring(() =>
      withClient(async (client) => {
        answers.push(await client.get('/users/nobody', options()));
        answers.push(await client.get('/users?$filter=displayName%20foo', options()));
      }),
    );
    expect(answers).toMatchObject([
      { kind: 'refusal', status: 404, code: 'Request_ResourceNotFound' },
      { kind: 'refusal', status: 400 },
    ]);
    expect(requests).toHaveLength(2);
  });

  test('an expired delta link is a refusal that says where to start over', async () => {
    await controls.stage({ kind: 'expireDeltaLink', as: 'gone' });
    await withClient(async (client) => {
      const link = await client.get('/users/delta?$deltatoken=latest', options());
      const { '@odata.deltaLink': deltaLink } = pageOf(link) as { '@odata.deltaLink'?: string };
      expect(await client.get(deltaLink ?? '', options())).toMatchObject({
        kind: 'refusal',
        status: 410,
        location: expect.stringContaining('/users/delta?'),
      });
    });
  });

  test('an advanced query is asked as one', async () => {
    await withClient(async (client) => {
      const answer = await client.get('/users/$count', options({ isAdvanced: true }));
      expect(answer).toEqual({ kind: 'answer', body: 700 });
      const targets = ['/users?$count=true&$top=1', '/users/$count'];
      expect(await client.getAll(targets, options({ isAdvanced: true }))).toMatchObject([
        { kind: 'answer', body: { '@odata.count': 700 } },
        { kind: 'answer', body: 700 },
      ]);
    });
  });
});

describe('waits', () => {
  test('Retry-After is obeyed by all requests, exactly, and told once', async () => {
    await controls.stage({ kind: 'throttle', retryAfterSeconds: 40, match: { path: '/users' } });
    const waits: GraphWait[] = [];
    const others: Promise<GraphAnswer>[] = [];
    const requests = await requestsDuring(() =>
      withClient(async (client) => {
        const asked = options({
          onWait: (wait) => {
            waits.push(wait);
            others.push(client.get('/groups?$top=1', asked), client.get('/devices?$top=1', asked));
          },
        });
        await client.get('/users?$top=1', asked);
        await Promise.all(others);
      }),
    );
    const [throttled, ...later] = requests;
    expect(throttled?.status).toBe(429);
    expect(later.map(({ atMs }) => atMs - (throttled?.atMs ?? 0))).toEqual([40_000, 40_000, 40_000]);
    expect(waits).toEqual([{ reason: expect.stringContaining('429 TooManyRequests'), seconds: 40 }]);
  });

  test.each([
    ['a request', (client: GraphClient) => client.get('/users?$top=1', options())],
    ['a part of a batch', (client: GraphClient) => client.getAll(['/users?$top=1'], options())],
  ])('nobody slips through between an answer to %s and the pause that it asks for', async (_, ask) => {
    await controls.stage(
      { kind: 'throttle', retryAfterSeconds: 9, match: { path: '/users' } },
      { kind: 'slowPage', delayMs: 300, match: { path: '/groups' }, times: 'always' },
    );
    const pauseEnd = Promise.withResolvers<void>();
    const client = openGraphClient(connectionTo(simulator), {
      clock: { now: () => tenantClock.now(), wait: () => pauseEnd.promise },
    });
    let answers: Promise<unknown> = Promise.resolve();
    const requests = await requestsDuring(async () => {
      const first = ask(client);
      const groups = Array.from({ length: 30 }, () => client.get('/groups?$top=1', options()));
      answers = Promise.all([first, ...groups]);
      await Promise.all(groups.slice(0, 7));
      await untilHit('throttle');
    });
    // Eight may be in flight at first. The throttled answer came long before the seven others.
    expect(requests.filter(({ path }) => !path.endsWith('$batch'))).toHaveLength(8);
    tenantClock.advance(9_000);
    pauseEnd.resolve();
    await answers;
    await client.close();
  });

  test('an outage without end becomes a fault that names host and last answer', async () => {
    await controls.stage({ kind: 'htmlError', status: 503, times: 'always' });
    const startedAtMs = tenantClock.now();
    await expect(withClient((client) => client.get('/users', options()))).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringMatching(/^localhost:\d+ has failed for 300 seconds, .* 503: /),
    });
    expect(tenantClock.now() - startedAtMs).toBeGreaterThan(250_000);
  });

  test('throttling that goes on is no failure', async () => {
    await controls.stage({ kind: 'throttle', retryAfterSeconds: 120, times: 10 });
    const startedAtMs = tenantClock.now();
    expect(await withClient((client) => client.get('/users?$top=1', options()))).toMatchObject({
      kind: 'answer',
    });
    expect(tenantClock.now() - startedAtMs).toBe(1_200_000);
  });

  test('who is told to stop stops: in a request, in a pause, and when the client is closed', async () => {
    await controls.stage(
      { kind: 'throttle', retryAfterSeconds: 60, match: { path: '/groups' } },
      { kind: 'slowPage', delayMs: 60_000, match: { path: '/users' } },
    );
    const standing = { now: () => tenantClock.now(), wait: untilAborted };
    const client = openGraphClient(connectionTo(simulator), { clock: standing });
    const stop = new AbortController();
    const reason = new Error('stopped by the test');
    const slow = client.get('/users', options({ signal: stop.signal }));
    await untilHit('slowPage');
    const told = Promise.withResolvers<GraphWait>();
    const paused = client.get('/groups', options({ signal: stop.signal, onWait: told.resolve }));
    await told.promise;
    const closed = client.get('/devices', options());
    const outcomes = Promise.allSettled([slow, paused, closed]);
    stop.abort(reason);
    await Promise.allSettled([slow, paused]);
    await client.close();
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
      { status: 'rejected', reason: { name: 'AbortError' } },
    ]);
  });
});

describe('the quota', () => {
  test('is used to the full and never exceeded, by single requests and by batches', async () => {
    const groups = await withClient((client) => readIds(client, '/groups?$select=id'));
    const targets = Array.from(
      { length: 6_000 },
      (_, index) => `/groups/${groups[index % groups.length]}/members?$select=id&$top=999`,
    );
    await controls.control('PUT /limits', { size: 'large' });
    const startedAtMs = tenantClock.now();
    const requests = await requestsDuring(() =>
      withClient(async (client) => {
        client.learnTenantSize(700);
        const asked = options({ cost: 2 });
        const batches = Array.from({ length: 250 }, (_, index) => targets.slice(index * 20, index * 20 + 20));
        await Promise.all([
          ...batches.map((batch) => client.getAll(batch, asked)),
          ...targets.slice(5_000).map((target) => client.get(target, asked)),
        ]);
      }),
    );
    expect(requests.filter(({ status }) => status === 429)).toEqual([]);
    // 12,000 units: 6,400 at once, the others at 800 a second.
    const seconds = (tenantClock.now() - startedAtMs) / 1000;
    expect(seconds).toBeGreaterThan(6.9);
    expect(seconds).toBeLessThan(8);
  });

  test('is left to others of the same application when they have used most of it', async () => {
    await controls.control('PUT /limits', { size: 'large' });
    controls.use(await controls.signIn());
    const dear = Array.from({ length: 20 }, (_, id) => ({
      id: `${id}`,
      method: 'GET',
      url: '/subscribedSkus',
    }));
    for (let used = 0; used < 6_600; used += 60) await controls.batch(dear);
    const startedAtMs = tenantClock.now();
    const requests = await requestsDuring(() =>
      withClient(async (client) => {
        client.learnTenantSize(700);
        const targets = Array<string>(20).fill('/domains?$select=id');
        await Promise.all(Array.from({ length: 100 }, () => client.getAll(targets, options())));
      }),
    );
    expect(requests.filter(({ status }) => status !== 200)).toEqual([]);
    // 200 units beyond what may be used, and 2,000 of its own.
    const seconds = (tenantClock.now() - startedAtMs) / 1000;
    expect(seconds).toBeGreaterThan(2.4);
    expect(seconds).toBeLessThan(4);
  });

  test('is waited for, and the wait is told', async () => {
    const waits: GraphWait[] = [];
    const asked = options({ cost: 2_800, onWait: (wait) => waits.push(wait) });
    await withClient((client) =>
      Promise.all([client.get('/users?$top=1', asked), client.get('/groups?$top=1', asked)]),
    );
    expect(waits).toEqual([{ reason: expect.stringContaining('quota'), seconds: 8 }]);
  });
});

describe('batches', () => {
  test('answer in the order of the targets, each as a request of its own would', async () => {
    const ids = userIds(simulator).slice(0, 18);
    const targets = ids.map((id) => `/users/${id}?$select=id`);
    const answers = await withClient((client) =>
      client.getAll(['/users/nobody', ...targets, `${simulator.graph}/users?$top=1&$select=id`], options()),
    );
    expect(answers[0]).toMatchObject({ kind: 'refusal', status: 404, code: 'Request_ResourceNotFound' });
    expect(
      answers.slice(1, 19).map((answer) => answer.kind === 'answer' && (answer.body as { id: string }).id),
    ).toEqual(ids);
    expect(answers[19]).toMatchObject({ kind: 'answer', body: { value: [{}] } });
  });

  test('only what failed is asked again', async () => {
    await controls.stage(
      { kind: 'throttle', retryAfterSeconds: 5, match: { path: '/users/*' }, every: 4, times: 5 },
      { kind: 'internalError', match: { path: '/users/*' }, every: 7, times: 2 },
    );
    const targets = userIds(simulator)
      .slice(0, 20)
      .map((id) => `/users/${id}?$select=id`);
    const requests = await requestsDuring(async () => {
      const answers = await withClient((client) => client.getAll(targets, options()));
      expect(answers.every(({ kind }) => kind === 'answer')).toBe(true);
    });
    const good = requests.filter(({ path, status }) => !path.endsWith('$batch') && status === 200);
    expect(good.map(({ path }) => path.slice('/v1.0'.length)).toSorted()).toEqual(
      targets.map((target) => target.replace('?$select=id', '')).toSorted(),
    );
  });

  test('come through when the whole batch fails, and nothing is asked for nothing', async () => {
    await controls.stage({ kind: 'truncateBody', match: { path: '/$batch' } }, { kind: 'expireAccessToken' });
    await withClient(async (client) => {
      expect(await client.getAll(['/users?$top=1', '/groups?$top=1'], options())).toMatchObject([
        { kind: 'answer' },
        { kind: 'answer' },
      ]);
      expect(await client.getAll([], options())).toEqual([]);
    });
  });
});

describe('addresses', () => {
  test('a link that leads elsewhere is not followed, alone or in a batch', async () => {
    const link = 'https://graph.microsoft.com.example/v1.0/users?$skiptoken=x';
    const requests = await requestsDuring(() =>
      withClient(async (client) => {
        const fault = {
          code: 'source-failed',
          message: expect.stringContaining('graph.microsoft.com.example'),
        };
        await expect(client.get(link, options())).rejects.toMatchObject(fault);
        await expect(client.getAll(['/users', link], options())).rejects.toMatchObject(fault);
        await expect(client.get('users', options())).rejects.toMatchObject({ code: 'source-failed' });
      }),
    );
    expect(requests).toEqual([]);
  });

  test.each(['authority', 'graph'] as const)('%s is refused where a token must not go', (name) => {
    const connection = connectionTo(simulator);
    const addresses = { ...connection.addresses, [name]: 'http://user:hunter2@169.254.169.254/v1.0' };
    expect(() => openGraphClient({ ...connection, addresses })).toThrow(
      expect.objectContaining({
        code: 'invalid-setting',
        message: expect.not.stringContaining('hunter2'),
      }),
    );
  });

  test('nobody there: the fault says so once patience ends', async () => {
    const addresses = { ...connectionTo(simulator).addresses, graph: 'https://localhost:9/v1.0' };
    await expect(
      withClient((client) => client.get('/users', options()), { addresses }),
    ).rejects.toMatchObject({
      code: 'source-unreachable',
      message: expect.stringMatching(/^localhost:9 cannot be reached \(ECONNREFUSED\): /),
    });
  });

  test('a certificate that is not trusted is a fault at once', async () => {
    const startedAtMs = tenantClock.now();
    const { trustedCertificates: _, ...connection } = connectionTo(simulator);
    const client = openGraphClient(connection, { clock });
    await expect(client.get('/users', options())).rejects.toMatchObject({
      code: 'source-unreachable',
      message: expect.stringContaining('trusted certificates'),
    });
    expect(tenantClock.now()).toBe(startedAtMs);
    await client.close();
  });

  test('Microsoft’s own addresses work through a proxy', async () => {
    const { tenantId, proxy = '' } = simulator;
    const count = await withClient((client) => client.get('/users/$count', options({ isAdvanced: true })), {
      addresses: cloudAddresses('Global', tenantId),
      proxy,
    });
    expect(count).toEqual({ kind: 'answer', body: 700 });
  });
});

test('works without encryption on the own machine', async () => {
  const plain = await startSimulator({ users: 3, scheme: 'http' });
  const client = openGraphClient(connectionTo(plain));
  try {
    expect(await readIds(client, '/users?$select=id')).toEqual(userIds(plain));
  } finally {
    await client.close();
    await plain.stop();
  }
});

async function untilHit(kind: string): Promise<void> {
  while ((await controls.hits(kind)) === 0);
}

function untilAborted(_: number, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
