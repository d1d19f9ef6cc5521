import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeptSubscription } from '../store/graph-subscriptions.ts';
import { endOf, planSteps, renewalAt, retryAt } from './subscription-plan.ts';

const now = new Date('2026-11-29T12:00:00Z');
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

const wanted = { resource: 'users', notificationUrl: 'https://sync.contoso.com' };

function kept(changes: Partial<KeptSubscription> = {}): KeptSubscription {
  return {
    connection: 'Contoso',
    ...wanted,
    subscriptionId: 'one',
    expiresAt: inHours(24),
    actAt: inHours(12),
    failures: 0,
    problem: null,
    ...changes,
  };
}

const none = { subscriptionId: null, expiresAt: null };
const subscribe = { kind: 'subscribe', wanted, replaces: null, failures: 0 };

describe('a resource that is wanted', () => {
  test.each<[string, readonly KeptSubscription[], object[]]>([
    ['is subscribed to where nothing is kept', [], [subscribe]],
    ['is left alone while all is well', [kept()], []],
    [
      'is renewed when it is time',
      [kept({ actAt: now })],
      [{ kind: 'renew', wanted, subscriptionId: 'one', failures: 0 }],
    ],
    [
      'is subscribed to again when its subscription has ended',
      [kept({ expiresAt: now, actAt: now })],
      [subscribe],
    ],
    [
      'is tried again when it is time, and not before',
      [kept({ ...none, failures: 3, actAt: now })],
      [{ ...subscribe, failures: 3 }],
    ],
    ['waits for its next attempt', [kept({ ...none, failures: 3 })], []],
    [
      'moves with the address, whenever it was tried last',
      [kept({ notificationUrl: 'https://old.contoso.com', failures: 3 })],
      [{ ...subscribe, replaces: 'one' }],
    ],
  ])('%s', (_, subscriptions, steps) => {
    expect(planSteps([wanted], subscriptions, now)).toEqual(steps);
  });
});

describe('a resource that is not wanted', () => {
  test.each<[string, KeptSubscription, object[]]>([
    ['is unsubscribed from', kept(), [{ kind: 'unsubscribe', kept: kept(), subscriptionId: 'one' }]],
    ['is forgotten where there is no subscription', kept(none), [{ kind: 'forget', resource: 'users' }]],
    ['waits when that has failed', kept({ failures: 1 }), []],
  ])('%s', (_, subscription, steps) => {
    expect(planSteps([], [subscription], now)).toEqual(steps);
  });
});

test('a connection that the settings do not know is left alone until its subscriptions have ended', () => {
  expect(planSteps(undefined, [kept()], now)).toEqual([]);
  expect(planSteps(undefined, [kept({ expiresAt: now })], now)).toEqual([
    { kind: 'forget', resource: 'users' },
  ]);
});

test('a subscription lasts a day and is renewed after half of the life that it was given', () => {
  expect(endOf(now)).toEqual(inHours(24));
  expect(renewalAt(now, inHours(24))).toEqual(inHours(12));
  expect(renewalAt(now, inHours(1))).toEqual(inHours(0.5));
});

test('pauses between attempts grow from a minute to an hour', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map(
    (failures) => (retryAt(now, failures).getTime() - now.getTime()) / 60_000,
  );
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('every resource has one step at the most, and none when its steps were taken', () => {
  const instant = fc.integer({ min: -48, max: 48 }).map(inHours);
  const url = fc.constantFrom(wanted.notificationUrl, 'https://old.contoso.com');
  const resources = fc.uniqueArray(fc.constantFrom('users', 'groups'));
  const anyKept = fc
    .record({
      expiresAt: instant,
      actAt: instant,
      failures: fc.nat(20),
      notificationUrl: url,
      isThere: fc.boolean(),
    })
    .map(({ isThere, ...changes }) => kept({ ...changes, ...(isThere ? {} : none) }));
  fc.assert(
    fc.property(
      fc.option(resources, { nil: undefined }),
      resources,
      anyKept,
      (named, keptOf, subscription) => {
        const asked = named?.map((resource) => ({ ...wanted, resource }));
        const before = keptOf.map((resource) => ({ ...subscription, resource }));
        const steps = planSteps(asked, before, now);
        const resourceOf = (step: (typeof steps)[number]) =>
          step.kind === 'forget'
            ? step.resource
            : step.kind === 'unsubscribe'
              ? step.kept.resource
              : step.wanted.resource;
        expect(new Set(steps.map(resourceOf)).size).toBe(steps.length);
        const touched = new Set(steps.map(resourceOf));
        const after = [
          ...before.filter(({ resource }) => !touched.has(resource)),
          ...steps.flatMap((step) =>
            step.kind === 'subscribe' || step.kind === 'renew'
              ? [kept({ resource: step.wanted.resource, subscriptionId: 'two' })]
              : [],
          ),
        ];
        expect(planSteps(asked, after, now)).toEqual([]);
      },
    ),
  );
});
