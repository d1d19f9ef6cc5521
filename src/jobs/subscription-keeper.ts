/**
 * Looks after the subscriptions of followed connections: makes them, renews them, mends what is gone and ends what is not wanted any
 * more. Any number of keepers work side by side on one database; at a time, one of them has a connection in hand. Whatever becomes
 * of it, the connection is asked for changes all the same.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import type { ChangeNotifications } from '../connectors/connector.ts';
import { Fault } from '../errors.ts';
import { lockSubscriptions } from '../store/connection-lock.ts';
import {
  forgetSubscription,
  type KeptSubscription,
  readSubscriptions,
  recordRenewal,
  recordSubscription,
  recordSubscriptionProblem,
} from '../store/graph-subscriptions.ts';
import { readFollowedConnections, wakeFollowers } from '../store/jobs.ts';
import { isConnectionLoss } from '../store/queue-access.ts';
import { wakeAt } from './follow-pace.ts';
import {
  endOf,
  planSteps,
  renewalAt,
  retryAt,
  type SubscriptionStep,
  type WantedSubscription,
} from './subscription-plan.ts';
import { type OpenTarget, sentenceOf } from './task-registry.ts';

/** A connection as the settings have it. */
export type WatchableConnection = Readonly<{
  name: string;
  /** Where its source reaches this installation, without a slash at the end; undefined where it does not. */
  notificationUrl: string | undefined;
  /** What can be watched of it. */
  resources: readonly string[];
}>;

export type SubscriptionKeeperOptions = Readonly<{
  sql: Sql;
  /** The connections of the settings as they are now. Throws a `Fault` for settings that cannot be read. */
  readConnections: () => Promise<readonly WatchableConnection[]>;
  openTarget: (connection: string) => Promise<OpenTarget>;
  now: () => Date;
  /** Hears in a sentence what a person may want to know, once. */
  onNotice: (sentence: string) => void;
  /** Not told that the database is gone: the worker says so. */
  onError: (error: unknown) => void;
  /** How often it looks whether something is to be done, in milliseconds. */
  lookEveryMs?: number;
}>;

export type SubscriptionKeeper = Readonly<{ stop: () => Promise<void> }>;

/** Lifecycle events are answered, and changed settings noticed, after so long. */
const usualLookEveryMs = 5000;

/** Starts a keeper. Subscriptions stay when it is stopped: another one goes on, or they end by themselves. */
export function startSubscriptionKeeper(options: SubscriptionKeeperOptions): SubscriptionKeeper {
  const { lookEveryMs = usualLookEveryMs } = options;
  const onError = (error: unknown): void => {
    if (!isConnectionLoss(error)) options.onError(error);
  };
  const stopping = new AbortController();
  const inHand = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let lastError = '';

  const look = async (): Promise<void> => {
    try {
      const watched = await readWatched(options);
      const kept = await readSubscriptions(options.sql);
      const names = new Map(
        [...kept.map(({ connection }) => connection), ...watched.values().map(({ name }) => name)].map(
          (name) => [name.toLowerCase(), name],
        ),
      );
      for (const [key, name] of names) {
        const wanted = watched.get(key)?.wanted;
        if (inHand.has(key) || stepsOf(name, wanted, kept, options.now()).length === 0) continue;
        const tending = tend(name, wanted, options, stopping.signal)
          .catch(onError)
          .finally(() => inHand.delete(key));
        inHand.set(key, tending);
      }
      lastError = '';
    } catch (error) {
      // Settings that cannot be read are told of once, and not again with every look.
      if (sentenceOf(error) !== lastError) onError(error);
      lastError = sentenceOf(error);
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const begin = (): void => {
    looking = look().then(() => {
      if (!stopping.signal.aborted) timer = setTimeout(begin, lookEveryMs);
    });
  };
  begin();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await looking;
      await Promise.all(inHand.values());
    },
  };
}

type Watched = Readonly<{ name: string; wanted: readonly WantedSubscription[] }>;

/** The connections of the settings by their names in small letters; only what is followed can be woken. */
async function readWatched({
  sql,
  readConnections,
}: SubscriptionKeeperOptions): Promise<ReadonlyMap<string, Watched>> {
  const followed = new Set(await readFollowedConnections(sql));
  const connections = await readConnections();
  return new Map(
    connections.map(({ name, notificationUrl, resources }) => {
      const isWatched = notificationUrl !== undefined && followed.has(name.toLowerCase());
      const wanted = isWatched ? resources.map((resource) => ({ resource, notificationUrl })) : [];
      return [name.toLowerCase(), { name, wanted }];
    }),
  );
}

function stepsOf(
  name: string,
  wanted: readonly WantedSubscription[] | undefined,
  kept: readonly KeptSubscription[],
  now: Date,
): readonly SubscriptionStep[] {
  const own = kept.filter(({ connection }) => connection.toLowerCase() === name.toLowerCase());
  return planSteps(wanted, own, now);
}

/** Takes the steps that are due of one connection, unless another process does. */
async function tend(
  name: string,
  wanted: readonly WantedSubscription[] | undefined,
  options: SubscriptionKeeperOptions,
  signal: AbortSignal,
): Promise<void> {
  const { sql, now } = options;
  const lock = await lockSubscriptions(sql, name);
  if (lock === undefined) return;
  try {
    const kept = await readSubscriptions(sql);
    const steps = stepsOf(name, wanted, kept, now());
    const known = new Set(kept.map(({ connection, problem }) => `${connection}: ${problem}`));
    const told = new Set<string>();
    const tell = (problem: string): void => {
      if (known.has(`${name}: ${problem}`) || told.has(problem)) return;
      told.add(problem);
      options.onNotice(`Connection ${name}: ${problem}`);
    };
    await takeSteps({ ...options, name, signal, tell }, steps);
  } finally {
    await lock.release();
  }
}

type Tending = SubscriptionKeeperOptions &
  Readonly<{ name: string; signal: AbortSignal; tell: (problem: string) => void }>;

async function takeSteps(tending: Tending, steps: readonly SubscriptionStep[]): Promise<void> {
  const { sql, name, signal, onError } = tending;
  for (const step of steps) if (step.kind === 'forget') await forgetSubscription(sql, name, step.resource);
  const asking = steps.filter((step) => step.kind !== 'forget');
  if (asking.length === 0) return;
  /** What keeps all steps from being taken. */
  let obstacle: string | undefined;
  let opened: OpenTarget | undefined;
  try {
    for (const step of asking) {
      try {
        if (obstacle === undefined) {
          opened ??= await tending.openTarget(name);
          obstacle = await takeStep(tending, notificationsOf(opened), step);
          if (obstacle === undefined) continue;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof Fault)) onError(error);
        obstacle = sentenceOf(error);
      }
      await recordFailure(tending, step, obstacle);
    }
  } finally {
    await opened?.close();
  }
}

function notificationsOf({ target }: OpenTarget): ChangeNotifications {
  const { notifications } = target.connector;
  if (notifications !== undefined) return notifications;
  throw new Fault(
    'invalid-setting',
    'Its system does not tell of changes by itself: leave Follow > NotificationUrl out.',
  );
}

type AskingStep = Exclude<SubscriptionStep, { kind: 'forget' }>;

/** Takes a step and keeps what came of it. Gives what would keep other steps from being taken as well, in a sentence. */
async function takeStep(
  tending: Tending,
  notifications: ChangeNotifications,
  step: AskingStep,
): Promise<string | undefined> {
  const { sql, name, signal, now } = tending;
  if (step.kind === 'unsubscribe') {
    await notifications.unsubscribe(step.subscriptionId, signal);
    await forgetSubscription(sql, name, step.kept.resource);
    return undefined;
  }
  if (step.kind === 'subscribe') return await subscribe(tending, notifications, step);
  const outcome = await notifications.renew(step.subscriptionId, endOf(now()), signal);
  if (outcome.kind === 'gone') {
    const anew = { kind: 'subscribe', wanted: step.wanted, replaces: null, failures: step.failures } as const;
    return await subscribe(tending, notifications, anew);
  }
  if (outcome.kind === 'refused') await recordFailure(tending, step, outcome.reason);
  else {
    const { expiresAt } = outcome;
    await recordRenewal(sql, step.subscriptionId, { expiresAt, actAt: renewalAt(now(), expiresAt) });
  }
  return undefined;
}

async function subscribe(
  tending: Tending,
  notifications: ChangeNotifications,
  step: Extract<SubscriptionStep, { kind: 'subscribe' }>,
): Promise<string | undefined> {
  const { sql, name, signal, now } = tending;
  const { resource, notificationUrl } = step.wanted;
  if (step.replaces !== null) await notifications.unsubscribe(step.replaces, signal);
  const clientState = randomBytes(32).toString('base64url');
  const address = `${notificationUrl}/notifications/${encodeURIComponent(name)}`;
  const lifecycleAddress = `${address}/lifecycle`;
  const outcome = await notifications.subscribe({
    resource,
    address,
    lifecycleAddress,
    clientState,
    until: endOf(now()),
    signal,
  });
  if (outcome.kind === 'unreachable') return outcome.reason;
  if (outcome.kind === 'refused') {
    await recordFailure(tending, step, outcome.reason);
    return undefined;
  }
  const { subscriptionId, expiresAt } = outcome;
  const createdAt = now();
  // Of what changed while there was none, and of what was told before it was kept, nobody will tell again.
  await wakeFollowers(sql, name, wakeAt(createdAt));
  await recordSubscription(sql, {
    connection: name,
    resource,
    notificationUrl,
    subscriptionId,
    clientStateHash: createHash('sha256').update(clientState).digest(),
    expiresAt,
    createdAt,
    actAt: renewalAt(createdAt, expiresAt),
  });
  return undefined;
}

async function recordFailure(tending: Tending, step: AskingStep, problem: string): Promise<void> {
  const { sql, name, now, tell } = tending;
  tell(problem);
  const { resource, notificationUrl } = step.kind === 'unsubscribe' ? step.kept : step.wanted;
  const failures = (step.kind === 'unsubscribe' ? step.kept.failures : step.failures) + 1;
  await recordSubscriptionProblem(sql, {
    connection: name,
    resource,
    notificationUrl,
    problem,
    failures,
    actAt: retryAt(now(), failures),
    // What is to be replaced leads to where nobody may be any more.
    isKept: step.kind !== 'subscribe',
  });
}
