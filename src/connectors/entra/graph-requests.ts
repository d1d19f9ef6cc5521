/**
 * Sends requests to Graph until there is an answer or a refusal: what happens between the two – tokens, pacing, waiting
 * and asking again – happens here.
 */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../errors.ts';
import { checkAddress } from './addresses.ts';
import { type Clock, systemClock } from './clock.ts';
import type { EntraConnection, SignInEvent } from './entra-connection.ts';
import { type Header, type Received, readAnswer } from './graph-answer.ts';
import type { GraphRequestOptions } from './graph-client.ts';
import { type HttpRequest, openTransport } from './http-transport.ts';
import { correct, learnTenantSize, slowDown, speedUp } from './pacing.ts';
import { type Failure, type Patience, startPatience } from './patience.ts';
import { createGate, type OnWait, shortestToldWaitMs } from './request-gate.ts';
import { createSignIn, type IdentityAnswer } from './sign-in.ts';

export interface GraphRequests {
  /**
   * Asks until the answer is a document or a refusal, and returns what `read` makes of it. `units` is what the request
   * should cost. `read` is called before any other request leaves, so that what it learns holds for all of them.
   */
  ask<T>(
    request: GraphRequest,
    units: number,
    options: GraphRequestOptions,
    read: (attempt: Attempt) => T,
  ): Promise<T>;
  /** Patience with one request. */
  patience(): Patience;
  /** Takes in what a failure means for everybody. Returns the milliseconds that the request itself has to wait. */
  react(attempt: Attempt, failure: Failure): number;
  /** Waits before a request is made again, and says so. */
  rest(milliseconds: number, cause: string, options: Waiting): Promise<void>;
  /** Corrects the quota by what an answer says it has cost. */
  count(header: Header, expected: number): void;
  learnTenantSize(userCount: number): void;
  close(): Promise<void>;
}

export type GraphRequest = Pick<HttpRequest, 'method' | 'url' | 'body'>;

/** A request that was sent once: what came of it, when it had left, and with which token. */
export type Attempt = Readonly<{ received: Received; token: string; sentAtMs: number }>;

export type GraphRequestSettings = Readonly<{
  clock?: Clock;
  /** From 0 to 1, for jitter. */
  chance?: () => number;
  /** A request that has failed for so long ends with a `Fault`; waits that were asked for do not count. */
  patienceMs?: number;
  /** Told how each sign-in ended. */
  onSignIn?: (event: SignInEvent) => void;
}>;

type Waiting = Pick<GraphRequestOptions, 'signal' | 'onWait'>;

const fiveMinutesMs = 5 * 60_000;

/** Throws a `Fault` with code `invalid-setting` when an address or a credential cannot be used at all. */
export function openGraphRequests(
  connection: EntraConnection,
  {
    clock = systemClock,
    chance = Math.random,
    patienceMs = fiveMinutesMs,
    onSignIn = () => {},
  }: GraphRequestSettings,
): GraphRequests {
  const { host } = requireUsable(connection.addresses.graph);
  const identityHost = requireUsable(connection.addresses.authority).host;
  const closing = new AbortController();
  const transport = openTransport(connection);
  const gate = createGate(clock, closing.signal);
  const tokenWaiters = new Set<OnWait>();
  const signIn = createSignIn(connection, {
    clock,
    send: askIdentityPlatform,
    signal: closing.signal,
    onSignIn,
  });

  const patienceWith = (asked: string) => startPatience({ clock, patienceMs, chance, host: asked });

  async function rest(milliseconds: number, cause: string, { signal, onWait }: Waiting, from = host) {
    if (milliseconds >= shortestToldWaitMs)
      onWait({
        reason: `${from} to recover from ${cause}`,
        seconds: milliseconds / 1000,
      });
    if (milliseconds > 0) await clock.wait(milliseconds, signal);
  }

  /** Sends once. A network that fails is an outcome like others, unless it was told to stop. */
  async function receive(
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Readonly<{ received: Received; header: Header }>> {
    try {
      const answer = await transport.exchange(request, signal);
      return { received: readAnswer(answer), header: answer.header };
    } catch (error) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      return { received: { kind: 'no-answer', error }, header: () => undefined };
    }
  }

  /** Belongs to no single request: all that need a token wait for the same answer, and only closing ends it early. */
  async function askIdentityPlatform(request: HttpRequest): Promise<IdentityAnswer> {
    const patience = patienceWith(identityHost);
    const onWait: OnWait = (wait) => {
      for (const listener of tokenWaiters) listener(wait);
    };
    for (;;) {
      const sentAtMs = clock.now();
      const { received } = await receive(request, closing.signal);
      if (received.kind === 'document') return { status: 200, document: received.document };
      const sequel = patience(received, sentAtMs);
      if (sequel.kind !== 'over')
        await rest(sequel.afterMs, sequel.cause, { signal: closing.signal, onWait }, identityHost);
      else if (received.kind === 'status') return received;
    }
  }

  async function token({ signal, onWait }: Waiting): Promise<string> {
    const known = signIn.token();
    if (typeof known === 'string') return known;
    tokenWaiters.add(onWait);
    try {
      return await untilAborted(known, signal);
    } finally {
      tokenWaiters.delete(onWait);
    }
  }

  function count(header: Header, expected: number): void {
    const charged = numberOf(header('x-ms-resource-unit')) ?? expected;
    const usedShare = numberOf(header('x-ms-throttle-limit-percentage'));
    if (charged === expected && usedShare === undefined) return;
    gate.adjust((pacing, nowMs) => correct(pacing, { expected, charged, usedShare }, nowMs));
  }

  /** Sends once, and lets `settle` draw the consequences before others take the place. */
  async function attempt<T>(
    request: GraphRequest,
    units: number,
    options: GraphRequestOptions,
    settle: (attempt: Attempt) => T,
  ): Promise<T> {
    const { signal, onWait } = options;
    // Whoever has been let through leaves at once: a token that has to be waited for is waited for outside.
    await token(options);
    await gate.enter(units, signal, onWait);
    try {
      const bearer = await token(options);
      const sentAtMs = clock.now();
      const headers = headersOf(options, bearer, request);
      const { received, header } = await receive({ ...request, headers }, signal);
      const settled = settle({ received, token: bearer, sentAtMs });
      // The answer to a batch tells the cost of each part.
      if (request.method === 'GET') count(header, units);
      if (received.kind === 'document') gate.adjust(speedUp);
      return settled;
    } finally {
      gate.leave();
    }
  }

  function react({ token, sentAtMs }: Attempt, failure: Failure): number {
    if (failure.kind === 'token-refused') signIn.discard(token);
    if (failure.kind === 'token-refused' || !failure.isThrottling) return failure.afterMs;
    gate.pause(clock.now() + failure.afterMs, `${host}, which answered ${failure.cause}`);
    gate.adjust((pacing, nowMs) => slowDown(pacing, sentAtMs, nowMs));
    return 0;
  }

  return {
    async ask(request, units, options, read) {
      const patience = patienceWith(host);
      for (;;) {
        const settled = await attempt(request, units, options, (made) => {
          const sequel = patience(made.received, made.sentAtMs);
          return sequel.kind === 'over'
            ? ({ kind: 'over', result: read(made) } as const)
            : ({ kind: 'failed', restMs: react(made, sequel), cause: sequel.cause } as const);
        });
        if (settled.kind === 'over') return settled.result;
        await rest(settled.restMs, settled.cause, options);
      }
    },
    patience: () => patienceWith(host),
    react,
    rest,
    count,
    learnTenantSize(userCount) {
      gate.adjust((pacing, nowMs) => learnTenantSize(pacing, userCount, nowMs));
    },
    async close() {
      closing.abort();
      await transport.close();
    },
  };
}

/** Full exports are what low priority is for: other applications' requests go first where the quota runs short. */
export const readPriority = { 'x-ms-throttle-priority': 'Low' } as const;

export function consistency({ isAdvanced }: GraphRequestOptions): Readonly<Record<string, string>> {
  return isAdvanced ? { ConsistencyLevel: 'eventual' } : {};
}

function headersOf(
  options: GraphRequestOptions,
  token: string,
  { body }: GraphRequest,
): Readonly<Record<string, string>> {
  return {
    ...readPriority,
    ...consistency(options),
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'client-request-id': randomUUID(),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

function requireUsable(address: string): URL {
  const problem = checkAddress(address);
  if (problem === undefined) return new URL(address);
  throw new Fault('invalid-setting', `The address ${withoutCredentials(address)} ${problem}.`);
}

function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}

function numberOf(header: string | undefined): number | undefined {
  const number = Number(header ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** Waits for what others wait for as well: whoever gives up leaves it to them. */
function untilAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  shared.then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', giveUp));
}
