// Changes to groups, administrative units and directory roles: created, renamed, filled, nested, deleted.
import type { Changes, ChurnContext } from './churn-context.ts';
import { type DirectoryObject, isLive, type ObjectType, targetsOf } from './directory-object.ts';
import { applyDynamicMembership, dynamicCollections, isDynamic } from './dynamic-membership.ts';
import { groupValues } from './generate-group-values.ts';
import { departments, offices } from './names.ts';

export type GroupChangeKind =
  | 'groupCreated'
  | 'groupRenamed'
  | 'groupDeleted'
  | 'groupRestored'
  | 'groupPurged'
  | 'memberAdded'
  | 'memberRemoved'
  | 'ownerAdded'
  | 'ownerRemoved'
  | 'groupNested'
  | 'groupUnnested'
  | 'ruleChanged'
  | 'unitCreated'
  | 'unitRenamed'
  | 'unitMemberAdded'
  | 'unitMemberRemoved'
  | 'roleMemberAdded'
  | 'roleMemberRemoved';

/** Larger groups stay: taking one apart would cost as much as thousands of other changes. */
const largestDeleted = 1000;
/** In larger tenants no rule changes, because that looks at every user again. */
const mostUsersForRuleChange = 20_000;
const mostOwners = 100;
const createdKinds = [
  'security',
  'unified',
  'unified',
  'distribution',
  'synchronized',
  'roleAssignable',
] as const;

export function groupChanges(context: ChurnContext): Changes<GroupChangeKind> {
  const { directory, random, now, pick, pickFrom, nextNumber } = context;

  const pickStatic = () => pick('group', (group) => !isDynamic(group));
  const addMember = (collection: DirectoryObject | undefined, member: DirectoryObject | undefined) =>
    collection !== undefined && member !== undefined && directory.link(collection, 'members', member);
  const removeMember = (collection: DirectoryObject | undefined, type?: ObjectType) => {
    if (!collection) return false;
    const { places } = targetsOf(collection, 'members');
    const member = pickFrom(places, (target) => isLive(target) && (!type || target.type === type));
    return member !== undefined && directory.unlink(collection, 'members', member);
  };
  const rename = (object: DirectoryObject | undefined) => {
    if (!object) return false;
    const name = String(object.values.displayName).replace(/ v\d+$/, '');
    return directory.update(object, { displayName: `${name} v${2 + random.below(1000)}` }).length > 0;
  };
  const isCloudSecurity = ({ values }: DirectoryObject) =>
    values.securityEnabled === true && values.mailEnabled === false && values.onPremisesSyncEnabled !== true;
  const pickNestable = () =>
    pick(
      'group',
      (group) => isCloudSecurity(group) && !isDynamic(group) && group.values.isAssignableToRole !== true,
    );
  const isSmall = (group: DirectoryObject) => targetsOf(group, 'members').size <= largestDeleted;

  return {
    groupCreated() {
      const id = random.guid();
      const kind = random.pick(createdKinds);
      const values = groupValues(random, kind, nextNumber('group'));
      const group = directory.insert('group', id, {
        ...values,
        createdDateTime: now(),
        renewedDateTime: now(),
      });
      const owner = pick('user', ({ values }) => values.userType === 'Member');
      if (owner && kind !== 'synchronized') directory.link(group, 'owners', owner);
      for (let members = random.below(5); members > 0; members--) addMember(group, pick('user'));
      return true;
    },
    groupRenamed: () => rename(pick('group')),
    groupDeleted() {
      const group = pick('group', isSmall);
      if (!group) return false;
      if (isSoftDeletable(group)) directory.softDelete(group);
      else directory.purge(group);
      applyDynamicMembership(directory, group);
      return true;
    },
    groupRestored() {
      const group = pickFrom(directory.deletedItems('group').places);
      if (!group) return false;
      directory.restore(group);
      applyDynamicMembership(directory, group);
      return true;
    },
    groupPurged() {
      const group = pickFrom(directory.deletedItems('group').places, isSmall);
      if (!group) return false;
      directory.purge(group);
      return true;
    },
    memberAdded() {
      const group = pickStatic();
      return addMember(group, group && pick(memberTypeFor(group, random.below(100))));
    },
    memberRemoved: () => removeMember(pickStatic()),
    ownerAdded() {
      const group = pick('group', (candidate) => targetsOf(candidate, 'owners').size < mostOwners);
      const owner = pick('user', ({ values }) => values.userType === 'Member');
      return group !== undefined && owner !== undefined && directory.link(group, 'owners', owner);
    },
    ownerRemoved() {
      // The last owner stays.
      const group = pick('group', (candidate) => targetsOf(candidate, 'owners').size > 1);
      const owner = group && pickFrom(targetsOf(group, 'owners').places);
      return group !== undefined && owner !== undefined && directory.unlink(group, 'owners', owner);
    },
    groupNested() {
      const outer = pickNestable();
      const inner = pickNestable();
      return outer !== inner && addMember(outer, inner);
    },
    groupUnnested: () => removeMember(pickNestable(), 'group'),
    ruleChanged() {
      if (directory.list('user').size > mostUsersForRuleChange) return false;
      const group = pickFrom(dynamicCollections(directory));
      if (!group) return false;
      const { code } = random.pick(offices);
      const rule = `(user.department -eq "${random.pick(departments).name}") -and -not (user.physicalDeliveryOfficeName -startsWith "${code}-")`;
      const isChanged = directory.update(group, { membershipRule: rule }).length > 0;
      applyDynamicMembership(directory, group);
      return isChanged;
    },
    unitCreated() {
      const number = nextNumber('administrativeUnit');
      directory.insert('administrativeUnit', random.guid(), {
        displayName: `AU ${random.pick(departments).name} ${number}`,
        isMemberManagementRestricted: false,
        membershipType: 'Assigned',
      });
      return true;
    },
    unitRenamed: () => rename(pick('administrativeUnit')),
    unitMemberAdded: () =>
      addMember(
        pick('administrativeUnit', (unit) => !isDynamic(unit)),
        pick(random.pick(['user', 'user', 'group', 'device'] as const)),
      ),
    unitMemberRemoved: () => removeMember(pick('administrativeUnit', (unit) => !isDynamic(unit))),
    roleMemberAdded: () =>
      addMember(
        pick('directoryRole'),
        pick('user', ({ values }) => values.userType === 'Member'),
      ),
    roleMemberRemoved: () => removeMember(pick('directoryRole'), 'user'),
  };
}

/** Mail-enabled security groups and distribution lists are gone at once. */
function isSoftDeletable({ values }: DirectoryObject): boolean {
  const types = (values.groupTypes ?? []) as readonly string[];
  return types.includes('Unified') || values.mailEnabled !== true;
}

/** Mostly users; now and then what else the kind of group may contain. `draw` is from 0 to 99. */
function memberTypeFor({ values }: DirectoryObject, draw: number): ObjectType {
  const isUnified = ((values.groupTypes ?? []) as readonly string[]).includes('Unified');
  if (isUnified || draw < 90) return 'user';
  if (values.isAssignableToRole === true) return 'servicePrincipal';
  if (values.mailEnabled === true) return 'orgContact';
  return draw < 96 ? 'device' : 'servicePrincipal';
}
