import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createReminders, firstReminderMs, nextReminderMs } from './reauthorization.ts';

const minuteMs = 60_000;
const lifetimes = fc.integer({ min: 45 * minuteMs, max: 41_760 * minuteMs });

test('the first reminder comes within the life of a subscription, at most three hours before its end', () => {
  fc.assert(
    fc.property(lifetimes, (lifeMs) => {
      const first = firstReminderMs(0, lifeMs);
      expect(first).toBeGreaterThan(lifeMs / 2);
      expect(first).toBeLessThan(lifeMs);
      expect(lifeMs - first).toBeLessThanOrEqual(180 * minuteMs);
    }),
  );
});

test('reminders follow each other by a quarter of an hour and end with the subscription', () => {
  fc.assert(
    fc.property(lifetimes, (lifeMs) => {
      let reminders = 0;
      for (let at: number | undefined = firstReminderMs(0, lifeMs); at !== undefined; reminders++) {
        const next: number | undefined = nextReminderMs(at, lifeMs);
        if (next !== undefined) expect(next - at).toBe(15 * minuteMs);
        at = next;
      }
      expect(reminders).toBeGreaterThanOrEqual(1);
      expect(reminders).toBeLessThanOrEqual(12);
    }),
  );
});

test('nobody is reminded after an answer, after the end, or of a life that was renewed', () => {
  const clock = manualClock(0);
  const reminded: string[] = [];
  const reminders = createReminders(clock, (id) => reminded.push(id));
  const begin = (id: string, minutes: number) =>
    reminders.begin({ id, expiresAtMs: clock.now() + minutes * minuteMs });
  begin('answered', 400);
  begin('renewed', 400);
  begin('silent', 400);
  begin('forgotten', 60);
  clock.advance(301 * minuteMs);
  expect(reminded).toEqual(['answered', 'renewed', 'silent']);
  reminders.end('answered');
  begin('renewed', 10_000);
  clock.advance(15 * minuteMs);
  expect(reminded).toEqual(['answered', 'renewed', 'silent', 'silent']);
  clock.advance(10 * 60 * minuteMs);
  expect(reminded).toHaveLength(4);
});
