// A realistic tenant from a number of users and a seed: the same every time, on every machine, on every day.
import { createHash } from 'node:crypto';
import type { Directory } from './directory.ts';
import { objectTypes } from './directory-object.ts';
import { generateAdministrativeUnits } from './generate-administrative-units.ts';
import { generateApplications, generateAssignments, generateExtensions } from './generate-applications.ts';
import { generateContacts } from './generate-contacts.ts';
import { generateDevices } from './generate-devices.ts';
import { type GroupPlan, generateGroups } from './generate-groups.ts';
import { generateUsers } from './generate-users.ts';
import { createRandom } from './random.ts';

export interface GenerateOptions {
  /** Live users, guests included. Some soft-deleted ones come on top. */
  readonly users: number;
  readonly seed: number;
  /** What soft-deletions are dated from; every other date is fixed. */
  readonly now: Date;
  /** Live groups; a tenth of the users, at least 8, when absent. */
  readonly groups?: number;
  /** Links from live groups to live members; 5 for each user when absent. */
  readonly memberships?: number;
  /** One group, the first, has exactly this many members, all of them users. */
  readonly largestGroup?: number;
}

/** Live objects of each type and memberships of groups. */
interface GenerationSummary {
  readonly users: number;
  readonly deletedUsers: number;
  readonly groups: number;
  readonly memberships: number;
  readonly devices: number;
  readonly contacts: number;
  readonly administrativeUnits: number;
  readonly applications: number;
}

const leastGroups = 8;
const membershipsPerUser = 5;
const mostAdministrativeUnits = 16;

/**
 * Adds a generated tenant to a directory that has its first objects. Nothing of it is logged: it was always there.
 * Zero users add nothing. Throws a RangeError for sizes that contradict each other.
 */
export function generateTenant(directory: Directory, options: GenerateOptions): GenerationSummary {
  const plan = planOf(options);
  const random = createRandom(options.seed);
  const nowMs = options.now.getTime();
  const userCount = options.users;
  let summary = { ...nothing };
  if (userCount === 0) return summary;

  directory.load(() => {
    const extensionNames = generateExtensions(directory, random.stream('extensions'));
    const users = generateUsers(directory, random.stream('users'), userCount, extensionNames, nowMs);
    const { members } = users;
    const devices = generateDevices(directory, random.stream('devices'), Math.round(userCount / 3), members);
    const contacts = generateContacts(
      directory,
      random.stream('contacts'),
      Math.round(userCount / 50),
      members,
    );
    const applications = generateApplications(
      directory,
      random.stream('applications'),
      Math.round(userCount / 100) + 5,
      members,
    );
    const servicePrincipals = applications.map(({ servicePrincipal }) => servicePrincipal);
    const groups = generateGroups(
      directory,
      random.stream('groups'),
      plan,
      { users, devices, contacts, servicePrincipals },
      nowMs,
    );
    const units = generateAdministrativeUnits(
      directory,
      random.stream('administrative-units'),
      Math.min(mostAdministrativeUnits, 2 + Math.floor(userCount / 50)),
      users.live,
      groups,
      devices,
    );
    generateAssignments(directory, random.stream('assignments'), applications, members, groups);
    generateRoleMembers(directory, members);
    countLicences(directory);
    summary = {
      users: users.live.length,
      deletedUsers: users.deleted.length,
      groups: groups.length,
      memberships: plan.memberships,
      devices: devices.length,
      contacts: contacts.length,
      administrativeUnits: units.length,
      applications: applications.length + 1,
    };
  });
  return summary;
}

const nothing: GenerationSummary = {
  users: 0,
  deletedUsers: 0,
  groups: 0,
  memberships: 0,
  devices: 0,
  contacts: 0,
  administrativeUnits: 0,
  applications: 0,
};

/** A fingerprint of everything in the directory that does not depend on the clock. */
export function digestOf(directory: Directory): string {
  const hash = createHash('sha256');
  for (const type of objectTypes) {
    for (const object of directory.list(type).places) {
      if (!object) continue;
      const { id, values, outgoing } = object;
      const isDeleted = object.deletedAt !== 0;
      const links = Object.entries(outgoing ?? {}).map(([kind, targets]) => [
        kind,
        [...targets].map((target) => target.id),
      ]);
      hash.update(JSON.stringify([type, id, isDeleted, values, links]));
    }
  }
  return hash.digest('hex');
}

function planOf(options: GenerateOptions): GroupPlan {
  const { users, largestGroup } = options;
  for (const [name, value] of Object.entries({ ...options, now: 0, seed: 0 })) {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${name} must be a whole number from 0.`);
  }
  const groups = options.groups ?? (users === 0 ? 0 : Math.max(leastGroups, Math.round(users / 10)));
  const memberships =
    options.memberships ?? Math.min(users * membershipsPerUser, groups * Math.floor(users * 0.9 + 0.5));
  if (users === 0 && groups + memberships > 0)
    throw new RangeError('A tenant without users has no groups and no memberships.');
  if (largestGroup !== undefined) {
    if (largestGroup > users)
      throw new RangeError(`A group of ${largestGroup} members needs as many users, not ${users}.`);
    if (groups === 0 || largestGroup > memberships)
      throw new RangeError(`A group of ${largestGroup} members needs a group and as many memberships.`);
  }
  return { groups, memberships, largestGroup };
}

/** A few of the most senior people hold the active roles. */
function generateRoleMembers(directory: Directory, members: readonly { readonly id: string }[]): void {
  for (const [place, role] of [...directory.list('directoryRole').places].entries()) {
    for (const { id } of members.slice(place + 1, place + 4)) {
      const member = directory.find(id);
      if (role && member) directory.link(role, 'members', member);
    }
  }
}

/** Counts what users hold, and buys a tenth more. */
function countLicences(directory: Directory): void {
  const held = new Map<string, number>();
  for (const user of directory.list('user').places) {
    const licences = (user?.values.assignedLicenses ?? []) as readonly { skuId: string }[];
    for (const { skuId } of licences) held.set(skuId, (held.get(skuId) ?? 0) + 1);
  }
  for (const sku of directory.list('subscribedSku').places) {
    if (!sku) continue;
    const consumedUnits = held.get(String(sku.values.skuId)) ?? 0;
    const enabled = Math.ceil((consumedUnits * 1.1) / 25) * 25;
    directory.update(sku, {
      consumedUnits,
      prepaidUnits: { enabled, lockedOut: 0, suspended: 0, warning: 0 },
    });
  }
}
