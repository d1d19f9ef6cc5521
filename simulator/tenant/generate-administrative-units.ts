// The administrative units of a generated tenant: one for each of the first offices, the second filled by a rule.
import type { Directory } from './directory.ts';
import type { DirectoryObject } from './directory-object.ts';
import { evaluateRule, parseMembershipRule } from './membership-rule.ts';
import { offices } from './names.ts';
import type { Random } from './random.ts';

const mostUsersPerUnit = 50;

/** Must run inside `directory.load`. */
export function generateAdministrativeUnits(
  directory: Directory,
  random: Random,
  count: number,
  users: readonly DirectoryObject[],
  groups: readonly DirectoryObject[],
  devices: readonly DirectoryObject[],
): readonly DirectoryObject[] {
  const units: DirectoryObject[] = [];
  for (const [place, { city, usageLocation }] of offices.slice(0, count).entries()) {
    const shared = {
      description: `Users, groups and devices in ${city}.`,
      displayName: `AU ${city}`,
      isMemberManagementRestricted: false,
    };
    if (place === 1) {
      const membershipRule = `(user.department -eq "Legal") -and (user.usageLocation -eq "${usageLocation}")`;
      const parsed = parseMembershipRule(membershipRule);
      if (!parsed.ok) throw new Error(parsed.message);
      const unit = directory.insert('administrativeUnit', random.guid(), {
        ...shared,
        membershipRule,
        membershipRuleProcessingState: 'On',
        membershipType: 'Dynamic',
      });
      for (const user of users.filter(evaluateRule(parsed.rule))) directory.link(unit, 'members', user);
      units.push(unit);
      continue;
    }
    const unit = directory.insert('administrativeUnit', random.guid(), {
      ...shared,
      membershipType: 'Assigned',
      ...(place === 2 ? { visibility: 'HiddenMembership' } : {}),
    });
    for (let draw = 0; draw < Math.min(mostUsersPerUnit, users.length); draw++) {
      const user = random.pick(users);
      if (user.values.city === city) directory.link(unit, 'members', user);
    }
    for (let draw = 0; draw < 3; draw++) {
      if (groups.length > 0) directory.link(unit, 'members', random.pick(groups));
      if (devices.length > 0) directory.link(unit, 'members', random.pick(devices));
    }
    units.push(unit);
  }
  return units;
}
