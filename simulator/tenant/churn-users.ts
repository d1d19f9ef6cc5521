// Changes to people: hired, moved, promoted, renamed, disabled, deleted, invited.
import type { Changes, ChurnContext } from './churn-context.ts';
import { type DirectoryObject, targetsOf, type Values } from './directory-object.ts';
import { applyDynamicMembership } from './dynamic-membership.ts';
import { defaultDomain } from './first-objects.ts';
import {
  addressOf,
  guestValues,
  licences,
  memberValues,
  officeLocation,
  phoneNumber,
  pickName,
  pickOffice,
  pickPartner,
} from './generate-people.ts';
import { firstEmployeeNumber } from './generate-users.ts';
import { departments, type Office, offices } from './names.ts';

export type UserChangeKind =
  | 'userHired'
  | 'userRenamed'
  | 'userMoved'
  | 'userRelocated'
  | 'userPromoted'
  | 'phoneChanged'
  | 'phoneRemoved'
  | 'extensionChanged'
  | 'passwordReset'
  | 'licenceChanged'
  | 'userDisabled'
  | 'userEnabled'
  | 'managerChanged'
  | 'managerRemoved'
  | 'userDeleted'
  | 'userRestored'
  | 'userPurged'
  | 'guestInvited'
  | 'guestAccepted';

/** Deeper than any tree of managers that is not a loop. */
const deepestTree = 60;

export function userChanges(context: ChurnContext): Changes<UserChangeKind> {
  const { directory, random, now, pick, pickFrom, nextNumber } = context;
  const isMember = ({ values }: DirectoryObject) => values.userType === 'Member';
  const isGuest = ({ values }: DirectoryObject) => values.userType === 'Guest';
  const pickMember = () => pick('user', isMember);
  const isTaken = (userPrincipalName: string) =>
    directory.findBy('user', 'userPrincipalName', userPrincipalName) !== undefined;

  const update = (user: DirectoryObject | undefined, values: (user: DirectoryObject) => Values): boolean => {
    if (!user || directory.update(user, values(user)).length === 0) return false;
    applyDynamicMembership(directory, user);
    return true;
  };
  /** A name at the office whose address nobody has, in the mail domain that `principalNameOf` puts it in. */
  const findPerson = (office: Office, principalNameOf: (address: string) => string) => {
    const name = pickName(random, office);
    const plain = addressOf(name.givenName, name.surname);
    let address = plain;
    while (isTaken(principalNameOf(address))) address = `${plain}${2 + random.below(100_000)}`;
    return { ...name, address };
  };
  const memberName = (address: string) => `${address}@${defaultDomain}`;

  const setManager = (user: DirectoryObject, manager: DirectoryObject): boolean => {
    for (let above: DirectoryObject | undefined = manager, level = 0; above; level++) {
      if (above === user || level > deepestTree) return false;
      above = targetsOf(above, 'manager').first();
    }
    const before = targetsOf(user, 'manager').first();
    if (before === manager) return false;
    if (before) directory.unlink(user, 'manager', before);
    return directory.link(user, 'manager', manager);
  };

  return {
    userHired() {
      const office = pickOffice(random);
      const id = random.guid();
      const department = random.pick(departments);
      const position = { office, department, jobTitle: random.pick(department.jobTitles.slice(2)) };
      const person = findPerson(office, memberName);
      const instant = now();
      const user = directory.insert('user', id, {
        ...memberValues(random, person, position, firstEmployeeNumber + nextNumber('user')),
        createdDateTime: instant,
        employeeHireDate: `${instant.slice(0, 10)}T00:00:00Z`,
        lastPasswordChangeDateTime: instant,
        signInSessionsValidFromDateTime: instant,
      });
      const manager = pick('user', (other) => isMember(other) && other !== user);
      if (manager) directory.link(user, 'manager', manager);
      applyDynamicMembership(directory, user);
      return true;
    },
    userRenamed: () =>
      update(pickMember(), ({ values }) => {
        const office = officeOf(values);
        const { surname } = pickName(random, office);
        const displayName = `${values.givenName} ${surname}`;
        const address = addressOf(String(values.givenName), surname);
        const userPrincipalName = memberName(address);
        if (random.chance(0.5) || isTaken(userPrincipalName)) return { displayName, surname };
        const before = String(values.userPrincipalName);
        return {
          displayName,
          identities: (values.identities as readonly { signInType: string }[]).map((identity) =>
            identity.signInType === 'userPrincipalName'
              ? { ...identity, issuerAssignedId: userPrincipalName }
              : identity,
          ),
          mail: userPrincipalName,
          mailNickname: address,
          proxyAddresses: [`SMTP:${userPrincipalName}`, `smtp:${before}`],
          surname,
          userPrincipalName,
          ...(values.onPremisesSyncEnabled === true
            ? { onPremisesUserPrincipalName: userPrincipalName }
            : {}),
        };
      }),
    userMoved() {
      const user = pickMember();
      const department = random.pick(departments);
      const isMoved = update(user, () => ({
        department: department.name,
        employeeOrgData: department.employeeOrgData,
        jobTitle: random.pick(department.jobTitles.slice(2)),
      }));
      const manager = pick('user', ({ values }) => values.department === department.name);
      if (isMoved && user && manager) setManager(user, manager);
      return isMoved;
    },
    userRelocated: () =>
      update(pickMember(), () => {
        const office = pickOffice(random);
        return {
          city: office.city,
          companyName: office.companyName,
          country: office.country,
          officeLocation: officeLocation(office, random.below(400)),
          postalCode: office.postalCode,
          state: office.state,
          streetAddress: office.streetAddress,
          usageLocation: office.usageLocation,
        };
      }),
    userPromoted: () =>
      update(pickMember(), ({ values }) => {
        const department = departments.find(({ name }) => name === values.department);
        return { jobTitle: random.pick((department ?? random.pick(departments)).jobTitles) };
      }),
    phoneChanged: () =>
      update(pickMember(), ({ values }) => {
        const office = officeOf(values);
        return random.chance(0.5)
          ? { mobilePhone: phoneNumber(random, office.mobilePrefix, 7) }
          : { businessPhones: [phoneNumber(random, office.phonePrefix, 4)] };
      }),
    phoneRemoved: () =>
      update(
        pick('user', ({ values }) => typeof values.mobilePhone === 'string'),
        () => ({ mobilePhone: null }),
      ),
    extensionChanged: () =>
      update(pickMember(), ({ values }) => {
        const [name] = Object.keys(values).filter(
          (key) => key.startsWith('extension_') && key.endsWith('_hrStatus'),
        );
        if (name) return { [name]: random.pick(['active', 'on leave', 'notice given', null]) };
        const attributes = (values.onPremisesExtensionAttributes ?? {}) as Values;
        return {
          onPremisesExtensionAttributes: { ...attributes, extensionAttribute1: `A-${1 + random.below(90)}` },
        };
      }),
    passwordReset: () =>
      update(pickMember(), () => ({
        lastPasswordChangeDateTime: now(),
        signInSessionsValidFromDateTime: now(),
      })),
    licenceChanged: () => update(pickMember(), () => ({ assignedLicenses: random.pick(licences) })),
    userDisabled: () =>
      update(
        pick('user', ({ values }) => values.accountEnabled === true),
        () => ({ accountEnabled: false }),
      ),
    userEnabled: () =>
      update(
        pick('user', ({ values }) => values.accountEnabled === false),
        () => ({ accountEnabled: true }),
      ),
    managerChanged() {
      const user = pickMember();
      const manager = pickMember();
      return user !== undefined && manager !== undefined && setManager(user, manager);
    },
    managerRemoved() {
      const user = pick('user', (candidate) => targetsOf(candidate, 'manager').size > 0);
      const manager = user && targetsOf(user, 'manager').first();
      return user !== undefined && manager !== undefined && directory.unlink(user, 'manager', manager);
    },
    userDeleted() {
      const user = pick('user');
      if (!user) return false;
      directory.softDelete(user);
      return true;
    },
    userRestored() {
      const user = pickFrom(directory.deletedItems('user').places);
      if (!user || isTaken(String(user.values.userPrincipalName))) return false;
      directory.restore(user);
      applyDynamicMembership(directory, user);
      return true;
    },
    userPurged() {
      const user = pickFrom(directory.deletedItems('user').places);
      if (!user) return false;
      directory.purge(user);
      return true;
    },
    guestInvited() {
      const partner = pickPartner(random);
      const id = random.guid();
      const principalName = (address: string) =>
        String(guestValues(random, { givenName: '', surname: '', address }, partner).userPrincipalName);
      const person = findPerson(random.pick(offices), principalName);
      const user = directory.insert('user', id, {
        ...guestValues(random, person, partner),
        createdDateTime: now(),
        externalUserState: 'PendingAcceptance',
        externalUserStateChangeDateTime: now(),
      });
      applyDynamicMembership(directory, user);
      return true;
    },
    guestAccepted: () =>
      update(
        pick('user', (user) => isGuest(user) && user.values.externalUserState === 'PendingAcceptance'),
        () => ({ externalUserState: 'Accepted', externalUserStateChangeDateTime: now() }),
      ),
  };
}

function officeOf(values: Values): Office {
  return offices.find(({ city }) => city === values.city) ?? offices[0]!;
}
