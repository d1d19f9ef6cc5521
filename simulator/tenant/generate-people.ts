// People: names with their addresses, and the values of members, synchronized members and guests.
import type { Values } from './directory-object.ts';
import { defaultDomain, initialDomain } from './first-objects.ts';
import { daysAgo, historyDays, workingHour } from './generate-dates.ts';
import { type Department, type Office, offices, partners, toAddressPart } from './names.ts';
import type { Random } from './random.ts';
import { skus } from './skus.ts';

export interface Person {
  readonly givenName: string;
  readonly surname: string;
  /** `given.surname`, with a number where the name was taken. */
  readonly address: string;
}

/** Full names of the directory extensions that some users have values of. */
export interface ExtensionNames {
  readonly hrStatus: string;
  readonly isContractor: string;
  readonly badgeIssuedAt: string;
}

export interface Position {
  readonly department: Department;
  readonly jobTitle: string;
  readonly office: Office;
}

/**
 * Joins parts into one flat string. The engine keeps what a template builds as a tree of its parts, which costs several
 * times the memory: too much for a million users.
 */
export function flat(...parts: readonly string[]): string {
  return parts.join('');
}

const none: readonly never[] = Object.freeze([]);
const employeeTypes = ['Employee', 'Employee', 'Employee', 'Employee', 'Contractor', 'Intern'] as const;

/** What users share: one frozen array for each kind of licensing. */
export const licences: readonly (readonly { disabledPlans: readonly string[]; skuId: string }[])[] = [
  ...skus.map(({ skuId }) => Object.freeze([Object.freeze({ disabledPlans: none, skuId })])),
  none,
];

/** Most have the first licence, few the last. */
function pickLicence(random: Random) {
  const share = random.below(100);
  return licences[share < 60 ? 0 : share < 75 ? 1 : share < 90 ? 2 : 3]!;
}

/** Most people work in the first offices. */
export function pickOffice(random: Random): Office {
  return offices[Math.min(random.below(offices.length), random.below(offices.length + 6))]!;
}

/** A name that is usual at the office; one in eight people comes from elsewhere. */
export function pickName(random: Random, office: Office): Omit<Person, 'address'> {
  const { culture } = random.below(8) === 0 ? random.pick(offices) : office;
  return { givenName: random.pick(culture.givenNames), surname: random.pick(culture.surnames) };
}

const addressParts = new Map<string, string>();

/** `given.surname` in ASCII. */
export function addressOf(givenName: string, surname: string): string {
  return `${addressPartOf(givenName)}.${addressPartOf(surname)}`;
}

function addressPartOf(name: string): string {
  let part = addressParts.get(name);
  if (part === undefined) {
    part = toAddressPart(name);
    addressParts.set(name, part);
  }
  return part;
}

/** Values of a member whose account lives in the cloud. */
export function memberValues(
  random: Random,
  person: Person,
  position: Position,
  employeeNumber: number,
): Values {
  const { office, department } = position;
  const userPrincipalName = flat(person.address, '@', defaultDomain);
  const hiredDaysAgo = 1 + random.below(historyDays);
  const passwordChangedAt = workingHour(random, random.below(Math.min(hiredDaysAgo, 360)));
  const values: Values = {
    accountEnabled: true,
    assignedLicenses: pickLicence(random),
    city: office.city,
    companyName: office.companyName,
    country: office.country,
    createdDateTime: workingHour(random, hiredDaysAgo),
    department: department.name,
    displayName: flat(person.givenName, ' ', person.surname),
    employeeHireDate: daysAgo(hiredDaysAgo),
    employeeId: String(employeeNumber),
    employeeOrgData: department.employeeOrgData,
    employeeType: random.pick(employeeTypes),
    givenName: person.givenName,
    identities: [
      { signInType: 'userPrincipalName', issuer: initialDomain, issuerAssignedId: userPrincipalName },
    ],
    jobTitle: position.jobTitle,
    lastPasswordChangeDateTime: passwordChangedAt,
    mail: userPrincipalName,
    mailNickname: person.address,
    officeLocation: officeLocation(office, random.below(400)),
    postalCode: office.postalCode,
    preferredLanguage: office.preferredLanguage,
    proxyAddresses: [flat('SMTP:', userPrincipalName)],
    signInSessionsValidFromDateTime: passwordChangedAt,
    state: office.state,
    streetAddress: office.streetAddress,
    surname: person.surname,
    usageLocation: office.usageLocation,
    userPrincipalName,
    userType: 'Member',
  };
  // Two people in three work at a desk; half of those have been here since before the domain was bought.
  if (random.below(3) > 0) {
    if (random.below(2) > 0) {
      values.proxyAddresses = [
        flat('SMTP:', userPrincipalName),
        flat('smtp:', person.address, '@', initialDomain),
      ];
    }
    values.businessPhones = [phoneNumber(random, office.phonePrefix, 4)];
    values.mobilePhone = phoneNumber(random, office.mobilePrefix, 7);
  }
  return values;
}

const peopleContainer = ',OU=People,DC=corp,DC=nordlicht,DC=example';

/** Turns a member into one that a synchronization from Active Directory maintains. */
export function addOnPremisesValues(random: Random, values: Values, employeeNumber: number): void {
  const { displayName, officeLocation: location, userPrincipalName } = values;
  const unit = String(location).slice(0, 3);
  values.onPremisesDistinguishedName = flat('CN=', String(displayName), ',OU=', unit, peopleContainer);
  values.onPremisesDomainName = 'corp.nordlicht.example';
  values.onPremisesExtensionAttributes = costCentreAttributes(random);
  values.onPremisesImmutableId = random.bytes(16).toString('base64');
  values.onPremisesLastSyncDateTime = daysAgo(0, 1);
  values.onPremisesSamAccountName = `u${employeeNumber}`;
  values.onPremisesSecurityIdentifier = onPremisesSid(employeeNumber);
  values.onPremisesSyncEnabled = true;
  values.onPremisesUserPrincipalName = userPrincipalName;
}

/** Gives a cloud member values of the directory extensions and extension attributes. */
export function addExtensionValues(random: Random, values: Values, names: ExtensionNames): void {
  values.onPremisesExtensionAttributes = costCentreAttributes(random);
  values[names.hrStatus] = random.below(20) === 0 ? 'on leave' : 'active';
  values[names.isContractor] = values.employeeType === 'Contractor';
  values[names.badgeIssuedAt] = daysAgo(random.below(300), 2);
}

/** Values of somebody from a partner who was invited. */
export function guestValues(random: Random, person: Person, partner: (typeof partners)[number]) {
  const mail = flat(person.address, '@', partner.domain);
  const mailNickname = flat(person.address, '_', partner.domain, '#EXT#');
  const userPrincipalName = flat(mailNickname, '@', initialDomain);
  const invitedDaysAgo = 1 + random.below(900);
  const hasAccepted = random.below(5) > 0;
  return {
    accountEnabled: true,
    companyName: partner.name,
    createdDateTime: workingHour(random, invitedDaysAgo),
    creationType: 'Invitation',
    displayName: flat(person.givenName, ' ', person.surname),
    externalUserState: hasAccepted ? 'Accepted' : 'PendingAcceptance',
    externalUserStateChangeDateTime: workingHour(
      random,
      hasAccepted ? random.below(invitedDaysAgo) : invitedDaysAgo,
    ),
    givenName: person.givenName,
    identities: [
      { signInType: 'federated', issuer: 'ExternalAzureAD', issuerAssignedId: null },
      { signInType: 'userPrincipalName', issuer: initialDomain, issuerAssignedId: userPrincipalName },
    ],
    mail,
    mailNickname,
    otherMails: [mail],
    proxyAddresses: [flat('SMTP:', mail)],
    surname: person.surname,
    userPrincipalName,
    userType: 'Guest',
  };
}

export function pickPartner(random: Random) {
  return random.pick(partners);
}

/** The identifier that an object has in the Active Directory it is synchronized from. */
export function onPremisesSid(relativeId: number): string {
  return flat('S-1-5-21-3623811015-3361044348-30300820-', String(relativeId));
}

const locations = new Map<number, string>();

/** Building and room. */
export function officeLocation(office: Office, room: number): string {
  const key = offices.indexOf(office) * 400 + room;
  let location = locations.get(key);
  if (location === undefined) {
    location = `${office.code}-${1 + Math.floor(room / 100)}/${String(100 + (room % 100))}`;
    locations.set(key, location);
  }
  return location;
}

const extensionAttributes = Array.from({ length: 40 }, (_, place) =>
  Object.freeze({ extensionAttribute1: `A-${place + 1}`, extensionAttribute2: `Shift ${1 + (place % 4)}` }),
);

function costCentreAttributes(random: Random) {
  return random.pick(extensionAttributes);
}

export function phoneNumber(random: Random, prefix: string, digits: number): string {
  return flat(prefix, String(random.below(10 ** digits)).padStart(digits, '0'));
}
