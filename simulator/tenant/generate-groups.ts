// The groups of a generated tenant: how many, of which kinds, how large, who is in them. The number of memberships is
// decided first and met exactly; everything else shares in it.
import type { Directory } from './directory.ts';
import type { DirectoryObject } from './directory-object.ts';
import { dynamicGroupValues, type GroupKind, groupValues, securityGroup } from './generate-group-values.ts';
import type { Users } from './generate-users.ts';
import { evaluateRule, parseMembershipRule, requiredEquality } from './membership-rule.ts';
import { departments, offices } from './names.ts';
import type { Random } from './random.ts';

const dayMs = 86_400_000;
/** Everybody is in All Employees up to this many users. */
const allEmployeesLimit = 100_000;
const mostDynamicGroups = 120;

/** The turns in which static groups come: with eight groups each common kind is there. */
const kinds: readonly GroupKind[] = [
  ...(['security', 'unified', 'security', 'distribution', 'synchronized', 'mailSecurity'] as const),
  ...([
    'roleAssignable',
    'security',
    'deviceSecurity',
    'security',
    'unified',
    'security',
    'unified',
  ] as const),
  ...(['security', 'synchronized', 'unified', 'security', 'unified', 'distribution', 'security'] as const),
];
const mostRoleAssignable = 10;

export interface GroupPlan {
  readonly groups: number;
  readonly memberships: number;
  /** Members of the first group, if it is to have a certain number of them. */
  readonly largestGroup: number | undefined;
}

interface Candidates {
  readonly users: Users;
  readonly devices: readonly DirectoryObject[];
  readonly contacts: readonly DirectoryObject[];
  readonly servicePrincipals: readonly DirectoryObject[];
}

/** Must run inside `directory.load`. Returns the live groups. */
export function generateGroups(
  directory: Directory,
  random: Random,
  plan: GroupPlan,
  candidates: Candidates,
  nowMs: number,
): readonly DirectoryObject[] {
  const { users } = candidates;
  const groups: DirectoryObject[] = [];
  let left = plan.memberships;
  const add = (source: DirectoryObject, member: DirectoryObject) => {
    if (!directory.link(source, 'members', member)) return false;
    left--;
    return true;
  };
  const addOwners = (group: DirectoryObject) => {
    for (let owners = random.pick([0, 1, 1, 1, 1, 2, 2, 2, 2, 2]); owners > 0; owners--) {
      directory.link(group, 'owners', random.pick(users.members));
    }
  };

  if (plan.largestGroup !== undefined || plan.groups >= 8) {
    const everybody = insertEverybody(directory, random, plan.largestGroup !== undefined);
    for (const member of everybodyOf(plan, users)) add(everybody, member);
    groups.push(everybody);
  }
  if (plan.groups >= 8) {
    const wanted = Math.min(mostDynamicGroups, Math.max(2, Math.round(plan.groups * 0.03)));
    for (const { group, members } of dynamicGroups(
      directory,
      random,
      wanted,
      plan.memberships / 4,
      candidates,
    )) {
      for (const member of members) add(group, member);
      addOwners(group);
      groups.push(group);
    }
  }

  const fixed: { group: DirectoryObject; kind: GroupKind }[] = [];
  while (groups.length < plan.groups) {
    const number = fixed.length;
    const turn = kinds[number % kinds.length]!;
    const kind = turn === 'roleAssignable' && number > kinds.length * mostRoleAssignable ? 'security' : turn;
    const id = random.guid();
    const group = directory.insert('group', id, groupValues(random, kind, number));
    if (kind !== 'synchronized') addOwners(group);
    fixed.push({ group, kind });
    groups.push(group);
  }
  const nestable = fixed.filter(({ kind }) => kind === 'security').map(({ group }) => group);
  for (const [outer, inner] of nestings(nestable)) if (left > nestable.length) add(outer, inner);

  const pools = fixed.map(({ kind }) => poolOf(kind, candidates));
  const sizes = shareOut(left, pools, random);
  const byDepartment = Map.groupBy(users.members, (user) => user.values.department);
  for (const [place, { group, kind }] of fixed.entries()) {
    const colleagues = byDepartment.get(departments[place % departments.length]!.name) ?? [];
    const localPool = kind === 'deviceSecurity' ? [] : colleagues;
    fill(random, sizes[place]!, pools[place]!, localPool, (member) => add(group, member));
  }

  insertDeleted(directory, random, plan, users, fixed.length, nowMs);
  return groups;
}

function insertEverybody(directory: Directory, random: Random, isHuge: boolean): DirectoryObject {
  const id = random.guid();
  const values = isHuge
    ? securityGroup(random, 'Everybody', 'The largest group of the tenant.')
    : securityGroup(random, 'All Employees', 'Everybody who works here.');
  return directory.insert('group', id, values);
}

/** All members of the tenant, as far as a fifth of the memberships and the limit for large tenants allow. */
function everybodyOf(plan: GroupPlan, users: Users): readonly DirectoryObject[] {
  if (plan.largestGroup !== undefined) return users.live.slice(0, plan.largestGroup);
  const most = Math.min(allEmployeesLimit, Math.floor(plan.memberships / 5));
  return users.members.slice(0, most);
}

/** Rules worth having, the plainest first. */
function* rules(): Iterable<readonly [displayName: string, rule: string]> {
  yield ['Dyn Engineering', '(user.department -eq "Engineering")'];
  yield ['Dyn Guests', '(user.userType -eq "Guest") -and (user.accountEnabled -eq true)'];
  yield ['Dyn Mac Devices', '(device.deviceOSType -eq "MacMDM")'];
  yield ['Dyn Finance', 'user.department -eq "Finance" -and -not (user.country -in ["India", "Japan"])'];
  for (const office of offices) {
    for (const [place, { name }] of departments.entries()) {
      const inDepartment = `(user.department -eq "${name}")`;
      const where =
        place % 2 === 0
          ? `(user.physicalDeliveryOfficeName -startsWith "${office.code}-")`
          : `(user.city -eq "${office.city}")`;
      const enabled = place % 4 === 3 ? ' -and (user.accountEnabled -eq true)' : '';
      yield [`Dyn ${name} ${office.code}`, `${inDepartment} -and ${where}${enabled}`];
    }
  }
}

/** Dynamic groups with the result of their rules, as long as they fit into the memberships they may use. */
function* dynamicGroups(
  directory: Directory,
  random: Random,
  wanted: number,
  mostMemberships: number,
  { users, devices }: Candidates,
): Iterable<{ group: DirectoryObject; members: readonly DirectoryObject[] }> {
  const byDepartment = Map.groupBy(users.members, (user) => String(user.values.department).toLowerCase());
  let used = 0;
  let made = 0;
  for (const [displayName, text] of rules()) {
    if (made === wanted) return;
    const parsed = parseMembershipRule(text);
    if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
    const { type, condition } = parsed.rule;
    const equality = requiredEquality(condition);
    const colleagues = equality?.property === 'department' && (byDepartment.get(equality.value) ?? []);
    const members = (colleagues || (type === 'device' ? devices : users.live)).filter(
      evaluateRule(parsed.rule),
    );
    if (used + members.length > mostMemberships) continue;
    used += members.length;
    const id = random.guid();
    const isUnified = type === 'user' && made % 3 === 2;
    const values = dynamicGroupValues(random, displayName, text, isUnified);
    yield { group: directory.insert('group', id, values), members };
    made++;
  }
}

/** Security groups in security groups: chains of five, and one loop of three. */
function* nestings(
  groups: readonly DirectoryObject[],
): Iterable<readonly [DirectoryObject, DirectoryObject]> {
  for (let place = 0; place + 1 < groups.length; place++) {
    if (place % 20 < 5) yield [groups[place]!, groups[place + 1]!];
  }
  const [first, second, third] = groups.slice(6, 9);
  if (first && second && third)
    yield* [[first, second] as const, [second, third] as const, [third, first] as const];
}

/** Who may be in a group of this kind. */
function poolOf(kind: GroupKind, candidates: Candidates): readonly (readonly DirectoryObject[])[] {
  const { users, devices, contacts, servicePrincipals } = candidates;
  if (kind === 'deviceSecurity') return devices.length > 0 ? [devices] : [users.live];
  if (kind === 'distribution') return [users.live, contacts];
  if (kind === 'security') return [users.live, servicePrincipals];
  return [users.live];
}

/** Sizes that follow a power law and add up to `total`, in random order. No group is larger than its pools. */
function shareOut(
  total: number,
  pools: readonly (readonly (readonly DirectoryObject[])[])[],
  random: Random,
): readonly number[] {
  const most = pools.map((pool) => pool[0]!.length);
  const capacity = most.reduce((sum, size) => sum + size, 0);
  if (total > capacity) {
    throw new RangeError(
      `${total} memberships are more than ${capacity}, which is what the other groups can hold.`,
    );
  }
  const order = pools.map((_, place) => place);
  for (let place = order.length - 1; place > 0; place--) {
    const other = random.below(place + 1);
    [order[place], order[other]] = [order[other]!, order[place]!];
  }
  const weights = order.map((_, rank) => (rank + 1) ** -0.9);
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const sizes: number[] = most.map(() => 0);
  let left = total;
  for (const [rank, place] of order.entries()) {
    const size = Math.min(Math.floor((total * weights[rank]!) / weight), most[place]!, left);
    sizes[place] = size;
    left -= size;
  }
  // What rounding and full groups left over goes to the groups in turn.
  while (left > 0) {
    const portion = Math.max(1, Math.floor(left / order.length));
    for (const place of order) {
      const more = Math.min(portion, most[place]! - sizes[place]!, left);
      sizes[place]! += more;
      left -= more;
    }
  }
  return sizes;
}

/**
 * Adds `size` members: a walk along the colleagues when there are enough of them, else along the first pool, and now and
 * then one of the second. Neighbours share a manager, so a small group looks like a team; and walking, unlike drawing,
 * stays quick when a million users do not fit into the processor's caches.
 */
function fill(
  random: Random,
  size: number,
  [pool = [], extras = []]: readonly (readonly DirectoryObject[])[],
  colleagues: readonly DirectoryObject[],
  add: (member: DirectoryObject) => boolean,
): void {
  const walked = colleagues.length > size * 3 ? colleagues : pool;
  const stride = Math.min(4, Math.floor(walked.length / size));
  let left = size;
  for (let draws = Math.min(Math.floor(size / 40), extras.length); draws > 0; draws--) {
    if (add(random.pick(extras))) left--;
  }
  for (let place = random.below(walked.length); left > 0; place += 1 + random.below(stride)) {
    if (add(walked[place % walked.length]!)) left--;
  }
}

/** Microsoft 365 groups that were deleted lately; they keep their members and come on top of the number asked for. */
function insertDeleted(
  directory: Directory,
  random: Random,
  plan: GroupPlan,
  users: Users,
  firstNumber: number,
  nowMs: number,
): void {
  const deletions = plan.groups < 10 ? 0 : Math.max(1, Math.round(plan.groups / 200));
  for (let place = 0; place < deletions; place++) {
    const id = random.guid();
    const group = directory.insert('group', id, groupValues(random, 'unified', firstNumber + place));
    for (let members = 0; members < 4; members++) directory.link(group, 'members', random.pick(users.live));
    directory.link(group, 'owners', random.pick(users.members));
    directory.softDelete(group);
    group.deletedAt = nowMs - Math.round((1 + (28 * (deletions - place)) / deletions) * dayMs);
  }
  // Deleted users keep the memberships they had.
  const joinable = directory
    .list('group')
    .places.filter((group) => group?.values.membershipRule === undefined);
  for (const user of users.deleted) {
    const group = random.pick(joinable);
    if (group && plan.memberships > 0) directory.link(group, 'members', user);
  }
}
