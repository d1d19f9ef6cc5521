// Delivers notifications to endpoints, one POST at a time for each, and tries again what was not accepted: later and
// later, for four hours.
// Source: Microsoft Graph "Receive change notifications through webhooks": processing the change notification.
import type { Clock } from '../clock.ts';
import type { EndpointClient } from './endpoint-client.ts';

const minuteMs = 60_000;
/** Graph names no intervals: ten seconds, twice as long each time, and half an hour at the most. */
const firstRetryMs = 10_000;
const longestRetryMs = 30 * minuteMs;
const patienceMs = 240 * minuteMs;
/** Several notifications, also of several subscriptions, travel in one POST. */
const notificationsPerPost = 50;
/** More than this may not wait for dead endpoints: a busy tenant would fill the memory with them in its four hours. */
const mostWaiting = 100_000;

/** The next attempt after so many failed ones, in milliseconds. */
export function retryDelayMs(failedAttempts: number): number {
  return Math.min(firstRetryMs * 2 ** (failedAttempts - 1), longestRetryMs);
}

export interface CourierCounts {
  /** Notifications that were sent and not accepted yet, or are still to be sent. */
  readonly waiting: number;
  readonly delivered: number;
  readonly failedAttempts: number;
  /** Notifications that nobody gets any more. */
  readonly dropped: number;
}

export interface Courier {
  readonly counts: CourierCounts;
  /** Sends after `delayMs` of the tenant's time, each POST so many times. */
  send(
    url: string,
    notifications: readonly object[],
    how?: { readonly delayMs?: number; readonly copies?: number },
  ): void;
  /** From here on nothing is sent; what is on its way is the client's to end. */
  stop(): void;
}

export interface CourierParts {
  readonly clock: Clock;
  readonly client: Pick<EndpointClient, 'post'>;
  /** An endpoint that has not answered by then has failed; milliseconds of the machine's time. */
  readonly answerTimeoutMs: number;
  /** While it says yes, whatever is due is lost. */
  readonly isOff: () => boolean;
}

interface Parcel {
  readonly url: string;
  readonly size: number;
  readonly body: string;
  /** Its four hours begin there. */
  firstTriedMs: number | undefined;
  failedAttempts: number;
}

export function createCourier({ clock, client, answerTimeoutMs, isOff }: CourierParts): Courier {
  const counts = { waiting: 0, delivered: 0, failedAttempts: 0, dropped: 0 };
  /** What is to be sent to an address, and whether something is on its way there. */
  const lanes = new Map<string, Parcel[]>();
  const alarms = new Set<() => void>();
  let isStopped = false;

  const settle = (parcel: Parcel, outcome: 'delivered' | 'dropped') => {
    counts.waiting -= parcel.size;
    counts[outcome] += parcel.size;
  };

  const later = (atMs: number, run: () => void) => {
    const callOff = clock.alarm(atMs, () => {
      alarms.delete(callOff);
      run();
    });
    alarms.add(callOff);
  };

  const enqueue = (parcel: Parcel) => {
    const lane = lanes.get(parcel.url);
    if (lane) {
      lane.push(parcel);
      return;
    }
    const parcels = [parcel];
    lanes.set(parcel.url, parcels);
    void drain(parcel.url, parcels);
  };

  const drain = async (url: string, parcels: Parcel[]) => {
    for (let parcel = parcels.shift(); parcel && !isStopped; parcel = parcels.shift()) await attempt(parcel);
    lanes.delete(url);
  };

  const attempt = async (parcel: Parcel) => {
    parcel.firstTriedMs ??= clock.now();
    const lastMs = parcel.firstTriedMs + patienceMs;
    if (isOff() || clock.now() > lastMs) {
      settle(parcel, 'dropped');
      return;
    }
    const contentType = 'application/json; charset=utf-8';
    const answer = await client.post(parcel.url, {
      contentType,
      body: parcel.body,
      withinMs: answerTimeoutMs,
    });
    if (isStopped) return;
    if (answer.kind === 'answered' && answer.status >= 200 && answer.status < 300) {
      settle(parcel, 'delivered');
      return;
    }
    counts.failedAttempts++;
    parcel.failedAttempts++;
    const nextMs = clock.now() + retryDelayMs(parcel.failedAttempts);
    if (nextMs > lastMs) settle(parcel, 'dropped');
    else later(nextMs, () => enqueue(parcel));
  };

  return {
    counts,
    send(url, notifications, { delayMs = 0, copies = 1 } = {}) {
      if (isStopped) return;
      for (let at = 0; at < notifications.length; at += notificationsPerPost) {
        const value = notifications.slice(at, at + notificationsPerPost);
        const size = value.length;
        const body = JSON.stringify({ value });
        for (let copy = 0; copy < copies; copy++) {
          if (isOff() || counts.waiting + size > mostWaiting) {
            counts.dropped += size;
            continue;
          }
          counts.waiting += size;
          const parcel: Parcel = { url, size, body, firstTriedMs: undefined, failedAttempts: 0 };
          if (delayMs > 0) later(clock.now() + delayMs, () => enqueue(parcel));
          else enqueue(parcel);
        }
      }
    },
    stop() {
      isStopped = true;
      for (const callOff of alarms) callOff();
      alarms.clear();
    },
  };
}
