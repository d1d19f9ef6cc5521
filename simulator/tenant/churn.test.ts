import { describe, expect, test } from 'vitest';
import { createChurn } from './churn.ts';
import type { Directory } from './directory.ts';
import { isLive, targetsOf } from './directory-object.ts';
import { digestOf } from './generate.ts';
import { evaluateRule, parseMembershipRule } from './membership-rule.ts';
import { createTestTenant, liveMembers, liveObjects } from './test-tenant.ts';

/** What must be true of a tenant whatever happened to it. */
function expectSound(directory: Directory): void {
  const users = liveObjects(directory, 'user');
  const names = users.map(({ values }) => String(values.userPrincipalName).toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  for (const user of users) {
    const managers = [...targetsOf(user, 'manager')];
    expect(managers.length).toBeLessThanOrEqual(1);
    expect(managers).not.toContain(user);
    for (const manager of managers) expect(directory.find(manager.id)).toBe(manager);
  }
  const groups = liveObjects(directory, 'group');
  for (const group of groups) {
    const members = liveMembers(group);
    if ((group.values.groupTypes as readonly string[]).includes('Unified'))
      expect(members.every(({ type }) => type === 'user')).toBe(true);
    if (group.values.isAssignableToRole === true)
      expect(members.every(({ type }) => type !== 'group')).toBe(true);
    if (group.values.membershipRule === undefined) continue;
    const parsed = parseMembershipRule(String(group.values.membershipRule));
    if (!parsed.ok) throw new Error(parsed.message);
    const expected = liveObjects(directory, parsed.rule.type).filter(evaluateRule(parsed.rule));
    expect(new Set(members)).toEqual(new Set(expected));
  }
}

describe.each([0, 1, 2, 10, 300])('in a tenant of %i users', (count) => {
  test('thousands of changes leave it sound, and the owner application untouched', () => {
    const { directory, clock, first } = createTestTenant(count);
    const churn = createChurn(directory, { seed: 5 });
    for (let round = 0; round < 4; round++) {
      const { changes, ...kinds } = churn.change(800);
      expect(changes).toBe(800);
      expect(Object.values(kinds).reduce((sum, one) => sum + one, 0)).toBe(800);
      clock.advance(86_400_000);
      expectSound(directory);
    }
    for (const object of [first.application, first.servicePrincipal, first.graphServicePrincipal])
      expect(isLive(object)).toBe(true);
    expect(first.servicePrincipal.values.accountEnabled).toBe(true);
    const [credential] = first.application.values.passwordCredentials as [{ secretText: string }];
    expect(credential.secretText).toBe(first.clientSecret);
    expect(targetsOf(first.servicePrincipal, 'appRoleAssignments').size).toBeGreaterThan(40);
  });
});

test('every change is in the log', () => {
  const { directory } = createTestTenant(300);
  createChurn(directory, { seed: 5 }).change(500);
  expect(directory.log.length).toBeGreaterThanOrEqual(500);
});

test('every kind of change happens', () => {
  const { directory } = createTestTenant(300);
  const summary = createChurn(directory, { seed: 5 }).change(6000);
  expect(Object.keys(summary).length - 1).toBe(51);
});

test('the same seed makes the same changes, another seed others', () => {
  const churned = (seed: number, steps: readonly number[]) => {
    const { directory } = createTestTenant(200);
    const churn = createChurn(directory, { seed });
    for (const count of steps) churn.change(count);
    return digestOf(directory);
  };
  expect(churned(5, [600])).toBe(churned(5, [200, 400]));
  expect(churned(5, [600])).not.toBe(churned(6, [600]));
});
