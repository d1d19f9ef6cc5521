/**
 * The identities directory: its place among connections, and what its users and groups are made of before people add attributes of
 * their own. Names are those of PingOne Advanced Identity Cloud (reference "User identity attributes and properties"; schema of
 * managed/alpha_user and managed/alpha_group), so that mappings written for it mean the same here.
 */
import type { ObjectAttribute, ObjectLink, ObjectSchema, ValueType } from './object-schema.ts';

/** The connection whose resources are the identities; no other connection may have the name, in any case. */
export const identitiesConnection = 'Identities';
/** Which system that connection reads: itself. */
export const identitiesSource = 'identities';

export const identityTypes = ['alpha_user', 'alpha_group'] as const;
export type IdentityType = (typeof identityTypes)[number];

/** Whether a name of a connection is that of the identities directory. */
export function isIdentities(connection: string): boolean {
  return connection.toLowerCase() === identitiesConnection.toLowerCase();
}

/** An attribute that people have added. */
export type CustomAttribute = Readonly<{
  /** Begins with `custom_`, so that it never meets an attribute of a later version. */
  name: string;
  label: string;
  description: string;
  type: ValueType;
  isMultiValued: boolean;
  isRequired: boolean;
}>;

const longestText = 4000;
const longestName = 255;
/** Of addresses (RFC 5321: 64 letters, the sign and 255). */
const longestAddress = 320;

type Details = Partial<Omit<ObjectAttribute, 'name' | 'label'>>;

function attribute(name: string, label: string, details: Details = {}): ObjectAttribute {
  return {
    name,
    label,
    description: '',
    type: 'string',
    isMultiValued: false,
    isRequired: false,
    isUnique: false,
    maximumLength: longestText,
    ...details,
  };
}

/** `frIndexedString1` and its like: attributes without a meaning, for whatever an organization needs. */
function numbered(prefix: string, label: string, count: number, details: Details = {}): ObjectAttribute[] {
  return Array.from({ length: count }, (_, index) =>
    attribute(`${prefix}${index + 1}`, `${label} ${index + 1}`, {
      description: 'For whatever you need.',
      ...details,
    }),
  );
}

const userAttributes: readonly ObjectAttribute[] = [
  attribute('userName', 'Username', {
    description: 'Signs the person in. No two people have the same one, whatever its case.',
    isRequired: true,
    isUnique: true,
    maximumLength: longestName,
  }),
  attribute('givenName', 'First Name', { isRequired: true, maximumLength: longestName }),
  attribute('sn', 'Last Name', { isRequired: true, maximumLength: longestName }),
  attribute('mail', 'Email Address', { isRequired: true, maximumLength: longestAddress }),
  attribute('displayName', 'Display Name', { maximumLength: longestName }),
  attribute('cn', 'Common Name', { maximumLength: longestName }),
  attribute('accountStatus', 'Status', {
    description: 'Active where it has no value.',
    choices: ['active', 'inactive'],
  }),
  attribute('activeDate', 'Active Date', {
    description: 'Before it, the identity is not active, whatever its status.',
    type: 'instant',
  }),
  attribute('inactiveDate', 'Inactive Date', {
    description: 'From then on the identity is not active, whatever its status.',
    type: 'instant',
  }),
  attribute('telephoneNumber', 'Telephone Number', { maximumLength: longestName }),
  attribute('postalAddress', 'Address 1'),
  attribute('city', 'City', { maximumLength: longestName }),
  attribute('stateProvince', 'State/Province', { maximumLength: longestName }),
  attribute('postalCode', 'Postal Code', { maximumLength: longestName }),
  attribute('country', 'Country', { maximumLength: longestName }),
  attribute('description', 'Description'),
  attribute('profileImage', 'Profile Image', { description: 'The address of a picture.' }),
  ...numbered('frIndexedString', 'Generic Indexed String', 20),
  ...numbered('frUnindexedString', 'Generic Unindexed String', 5),
  ...numbered('frIndexedMultivalued', 'Generic Indexed Multivalue', 5, { isMultiValued: true }),
  ...numbered('frUnindexedMultivalued', 'Generic Unindexed Multivalue', 5, { isMultiValued: true }),
  ...numbered('frIndexedDate', 'Generic Indexed Date', 5, { type: 'instant' }),
  ...numbered('frUnindexedDate', 'Generic Unindexed Date', 5, { type: 'instant' }),
  ...numbered('frIndexedInteger', 'Generic Indexed Integer', 5, { type: 'integer' }),
  ...numbered('frUnindexedInteger', 'Generic Unindexed Integer', 5, { type: 'integer' }),
];

const groupAttributes: readonly ObjectAttribute[] = [
  attribute('name', 'Name', {
    description: 'No two groups have the same one, whatever its case.',
    isRequired: true,
    isUnique: true,
    maximumLength: longestName,
  }),
  attribute('description', 'Description'),
];

function link(
  name: string,
  label: string,
  targets: readonly IdentityType[],
  isMultiValued = true,
): ObjectLink {
  return { name, label, description: '', targets, isMultiValued };
}

const builtIn: Readonly<Record<IdentityType, ObjectSchema>> = {
  alpha_user: {
    name: 'alpha_user',
    label: 'User',
    attributes: userAttributes,
    links: [link('manager', 'Manager', ['alpha_user'], false)],
  },
  alpha_group: {
    name: 'alpha_group',
    label: 'Group',
    attributes: groupAttributes,
    links: [
      link('members', 'Members', ['alpha_user', 'alpha_group']),
      link('owners', 'Owners', ['alpha_user']),
    ],
  },
};

/** What a type is made of, with the attributes that people have added to it. */
export function schemaOf(type: IdentityType, custom: readonly CustomAttribute[]): ObjectSchema {
  const schema = builtIn[type];
  const added = custom.map(({ name, label, ...details }) => attribute(name, label, details));
  return { ...schema, attributes: [...schema.attributes, ...added] };
}

/** Undefined where there is no such type. */
export function identityTypeOf(name: string): IdentityType | undefined {
  return identityTypes.find((type) => type === name);
}
