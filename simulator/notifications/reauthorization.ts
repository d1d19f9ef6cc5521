// When a subscriber is reminded that its subscription ends: the arithmetic, and the alarms that follow from it.
// Source: Microsoft Graph "Reduce missing subscriptions and change notifications": reauthorizationRequired. Its times are
// "for illustrative purposes" there; these are ours.
import type { Clock } from '../clock.ts';
import type { Subscription } from './subscription.ts';

const minuteMs = 60_000;
const longestLeadMs = 180 * minuteMs;
const repetitionMs = 15 * minuteMs;

/** The first reminder of a subscription that is made or renewed now: three hours ahead, or in its last quarter. */
export function firstReminderMs(nowMs: number, expiresAtMs: number): number {
  return expiresAtMs - Math.min((expiresAtMs - nowMs) / 4, longestLeadMs);
}

/** The reminder after one: a quarter of an hour later, while the subscription lasts. */
export function nextReminderMs(remindedMs: number, expiresAtMs: number): number | undefined {
  const nextMs = remindedMs + repetitionMs;
  return nextMs < expiresAtMs ? nextMs : undefined;
}

export interface Reminders {
  /** From the first reminder on, until it is answered. What was to come before is called off. */
  begin(subscription: Pick<Subscription, 'id' | 'expiresAtMs'>): void;
  /** The subscriber has answered, or the subscription is gone. */
  end(subscriptionId: string): void;
  stop(): void;
}

/** Calls `remind` for each subscription when it is time. */
export function createReminders(clock: Clock, remind: (subscriptionId: string) => void): Reminders {
  const alarms = new Map<string, () => void>();
  const end = (id: string) => {
    alarms.get(id)?.();
    alarms.delete(id);
  };
  const wait = (id: string, atMs: number, expiresAtMs: number) => {
    const callOff = clock.alarm(atMs, () => {
      alarms.delete(id);
      // Time may have been moved far ahead: then there is nobody left to remind.
      if (clock.now() >= expiresAtMs) return;
      const nextMs = nextReminderMs(clock.now(), expiresAtMs);
      if (nextMs !== undefined) wait(id, nextMs, expiresAtMs);
      remind(id);
    });
    alarms.set(id, callOff);
  };
  return {
    begin({ id, expiresAtMs }) {
      end(id);
      wait(id, firstReminderMs(clock.now(), expiresAtMs), expiresAtMs);
    },
    end,
    stop() {
      for (const id of [...alarms.keys()]) end(id);
    },
  };
}
