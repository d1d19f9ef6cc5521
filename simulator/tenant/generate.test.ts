import { describe, expect, test } from 'vitest';
import { type DirectoryObject, isLive, sourcesOf, targetsOf } from './directory-object.ts';
import { digestOf } from './generate.ts';
import { evaluateRule, parseMembershipRule } from './membership-rule.ts';
import { createTestTenant, liveMembers, liveObjects } from './test-tenant.ts';

const { directory } = createTestTenant(1200);
const users = liveObjects(directory, 'user');
const groups = liveObjects(directory, 'group');
const typesOf = (group: DirectoryObject) => group.values.groupTypes as readonly string[];
const membershipsIn = (all: readonly DirectoryObject[]) =>
  all.reduce((sum, group) => sum + liveMembers(group).length, 0);

describe('sameness', () => {
  test('the same seed gives the same tenant, whatever the date', () => {
    const today = createTestTenant(300);
    const nextYear = createTestTenant(300, { now: new Date(Date.UTC(2027, 1, 3, 4, 5, 6)) });
    expect(digestOf(nextYear.directory)).toBe(digestOf(today.directory));
  });

  test('another seed gives another tenant', () => {
    expect(digestOf(createTestTenant(300, { seed: 8 }).directory)).not.toBe(
      digestOf(createTestTenant(300).directory),
    );
  });
});

describe('sizes', () => {
  test('there are as many live users, groups and memberships as asked for', () => {
    expect(users).toHaveLength(1200);
    expect(groups).toHaveLength(120);
    expect(membershipsIn(groups)).toBe(6000);
  });

  test('groups and memberships can be chosen', () => {
    const chosen = createTestTenant(200, { groups: 40, memberships: 700 }).directory;
    const chosenGroups = liveObjects(chosen, 'group');
    expect(chosenGroups).toHaveLength(40);
    expect(membershipsIn(chosenGroups)).toBe(700);
    expect(liveObjects(createTestTenant(200, { groups: 0 }).directory, 'group')).toEqual([]);
  });

  test('one group can be given an exact number of members', () => {
    const [largest] = liveObjects(createTestTenant(500, { largestGroup: 480 }).directory, 'group');
    expect(largest && liveMembers(largest)).toHaveLength(480);
  });

  test.each([1, 2, 3, 10, 49, 80])('%i users make a tenant', (count) => {
    const small = createTestTenant(count).directory;
    expect(liveObjects(small, 'user')).toHaveLength(count);
    expect(membershipsIn(liveObjects(small, 'group'))).toBe(count * 5);
  });

  test.each([
    [{ largestGroup: 301 }, 'A group of 301 members needs as many users, not 300.'],
    [{ groups: 0, largestGroup: 10 }, 'A group of 10 members needs a group and as many memberships.'],
    [
      { groups: 1, memberships: 1000 },
      '1000 memberships are more than 300, which is what the other groups can hold.',
    ],
    [{ groups: 1.5 }, 'groups must be a whole number from 0.'],
    [{ memberships: -1 }, 'memberships must be a whole number from 0.'],
  ])('refuses %o', (sizes, sentence) => {
    expect(() => createTestTenant(300, sizes)).toThrow(new RangeError(sentence));
  });

  test('groups without users are refused', () => {
    expect(() => createTestTenant(0, { groups: 3 })).toThrow(RangeError);
  });
});

describe('users', () => {
  test('principal names, mail addresses and employee numbers are unique and well formed', () => {
    const all = directory.list('user').places.filter((user) => user !== undefined);
    for (const property of ['userPrincipalName', 'mail']) {
      expect(new Set(all.map(({ values }) => values[property])).size).toBe(all.length);
    }
    for (const { values } of all) {
      expect(values.userPrincipalName).toMatch(/^[A-Za-z0-9'._!#^~-]+@nordlicht\.(onmicrosoft\.)?example$/);
      expect(String(values.mailNickname).length).toBeLessThanOrEqual(64);
      expect((values.businessPhones as unknown[] | undefined)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(String(values.employeeId ?? '').length).toBeLessThanOrEqual(16);
    }
    const numbers = all.map(({ values }) => values.employeeId).filter(Boolean);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('every manager exists, nobody manages themselves, and all roads lead to the top', () => {
    for (const user of users) {
      let above = user;
      let level = 0;
      for (let next = targetsOf(above, 'manager').first(); next; next = targetsOf(above, 'manager').first()) {
        expect(directory.find(next.id)).toBe(next);
        expect(next).not.toBe(above);
        above = next;
        level++;
        expect(level).toBeLessThan(10);
      }
    }
    const [chief] = users;
    expect(chief?.values.jobTitle).toBe('Chief Executive Officer');
    expect(chief && sourcesOf(chief, 'manager').length).toBeGreaterThan(3);
  });

  test('guests, disabled, synchronized and deleted users come in the usual shares', () => {
    const share = (isOne: (user: DirectoryObject) => boolean) => users.filter(isOne).length / users.length;
    expect(share(({ values }) => values.userType === 'Guest')).toBeCloseTo(0.08, 2);
    expect(share(({ values }) => values.accountEnabled === false)).toBeCloseTo(0.04, 1);
    expect(share(({ values }) => values.onPremisesSyncEnabled === true)).toBeCloseTo(0.15, 2);
    expect(
      share(({ values }) => Object.keys(values).some((name) => name.startsWith('extension_'))),
    ).toBeGreaterThan(0.1);
    const deleted = [...directory.deletedItems('user')];
    expect(deleted).toHaveLength(12);
    const times = deleted.map(({ deletedAt }) => deletedAt);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(directory.clock.now() - times[0]!).toBeLessThan(30 * 86_400_000);
  });

  test('guests look invited', () => {
    for (const { values } of users.filter((user) => user.values.userType === 'Guest')) {
      expect(values.userPrincipalName).toMatch(/#EXT#@nordlicht\.onmicrosoft\.example$/);
      expect(values.creationType).toBe('Invitation');
      expect(['Accepted', 'PendingAcceptance']).toContain(values.externalUserState);
    }
  });

  test('extension values belong to properties that are defined', () => {
    const defined = new Set(liveObjects(directory, 'extensionProperty').map(({ values }) => values.name));
    for (const { values } of users) {
      for (const name of Object.keys(values))
        if (name.startsWith('extension_')) expect(defined).toContain(name);
    }
  });
});

describe('groups', () => {
  test('flags fit the kind of group', () => {
    for (const group of groups) {
      const { mailEnabled, securityEnabled, mail, isAssignableToRole, membershipRule } = group.values;
      if (typesOf(group).includes('Unified')) expect(mailEnabled).toBe(true);
      expect(mailEnabled === true).toBe(mail !== undefined);
      if (mailEnabled !== true) expect(securityEnabled).toBe(true);
      if (isAssignableToRole === true) expect([mailEnabled, typesOf(group)]).toEqual([false, []]);
      expect(typesOf(group).includes('DynamicMembership')).toBe(membershipRule !== undefined);
    }
  });

  test('every kind is there', () => {
    const kinds = {
      dynamic: groups.filter((group) => typesOf(group).includes('DynamicMembership')),
      unified: groups.filter((group) => typesOf(group).includes('Unified')),
      distribution: groups.filter(
        ({ values }) => values.mailEnabled === true && values.securityEnabled === false,
      ),
      synchronized: groups.filter(({ values }) => values.onPremisesSyncEnabled === true),
      roleAssignable: groups.filter(({ values }) => values.isAssignableToRole === true),
      nested: groups.filter((group) => liveMembers(group).some(({ type }) => type === 'group')),
      unowned: groups.filter((group) => targetsOf(group, 'owners').size === 0),
    };
    for (const [kind, found] of Object.entries(kinds)) expect(found.length, kind).toBeGreaterThan(0);
  });

  test('Microsoft 365 groups have only users in them, role-assignable ones no groups', () => {
    for (const group of groups) {
      const types = new Set(liveMembers(group).map(({ type }) => type));
      if (typesOf(group).includes('Unified'))
        expect([...types].filter((type) => type !== 'user')).toEqual([]);
      if (group.values.isAssignableToRole === true) expect(types).not.toContain('group');
    }
  });

  test('mail nicknames are unique among groups with mail, and valid', () => {
    const names = groups.filter(({ values }) => values.mailEnabled).map(({ values }) => values.mailNickname);
    expect(new Set(names).size).toBe(names.length);
    for (const { values } of groups) expect(values.mailNickname).toMatch(/^[a-z0-9-]{1,64}$/);
  });

  test('members of a dynamic collection are what its rule says', () => {
    const collections = [...groups, ...liveObjects(directory, 'administrativeUnit')];
    const dynamic = collections.filter(({ values }) => values.membershipRule !== undefined);
    expect(dynamic.length).toBeGreaterThan(3);
    for (const collection of dynamic) {
      const parsed = parseMembershipRule(String(collection.values.membershipRule));
      if (!parsed.ok) throw new Error(parsed.message);
      const expected = liveObjects(directory, parsed.rule.type).filter(evaluateRule(parsed.rule));
      expect(new Set(liveMembers(collection))).toEqual(new Set(expected));
    }
  });

  test('nesting is five deep and has a loop', () => {
    const inner = (group: DirectoryObject) => liveMembers(group).filter(({ type }) => type === 'group');
    const reaches = (from: DirectoryObject, depth: number): boolean =>
      depth === 0 || inner(from).some((group) => reaches(group, depth - 1));
    expect(groups.some((group) => reaches(group, 5))).toBe(true);
    const isInItself = (start: DirectoryObject) => {
      const seen = new Set<DirectoryObject>();
      const ahead = inner(start);
      for (let group = ahead.pop(); group; group = ahead.pop()) {
        if (group === start) return true;
        if (!seen.has(group)) ahead.push(...inner(group));
        seen.add(group);
      }
      return false;
    };
    expect(groups.filter(isInItself)).toHaveLength(3);
  });

  test('sizes range from a handful to everybody', () => {
    const sizes = groups.map((group) => liveMembers(group).length).sort((one, other) => one - other);
    expect(sizes.at(-1)).toBeGreaterThan(1000);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(40);
  });
});

test('everything else is there: devices with owners, units, contacts, applications with roles and grants', () => {
  expect(liveObjects(directory, 'device')).toHaveLength(400);
  expect(
    liveObjects(directory, 'device').some((device) => targetsOf(device, 'registeredOwners').size > 0),
  ).toBe(true);
  expect(liveObjects(directory, 'orgContact')).toHaveLength(24);
  expect(liveObjects(directory, 'administrativeUnit').length).toBeGreaterThan(5);
  expect(liveObjects(directory, 'oAuth2PermissionGrant').length).toBeGreaterThan(5);
  expect(liveObjects(directory, 'federatedIdentityCredential')).toHaveLength(1);
  for (const role of liveObjects(directory, 'directoryRole'))
    expect(liveMembers(role).length).toBeGreaterThan(0);
  for (const { values } of liveObjects(directory, 'appRoleAssignment')) {
    const principal = directory.find(String(values.principalId));
    const resource = directory.find(String(values.resourceId));
    expect(principal && resource && isLive(principal)).toBe(true);
  }
});
