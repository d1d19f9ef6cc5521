// Entity types as a campaign draws them: which types, which attributes and links, and filters that stand here twice, as the
// product reads them and as code.
import { type DirectoryObject, isLive } from '../../simulator/tenant/directory-object.ts';
import type { Random } from '../../simulator/tenant/random.ts';
import type { EntityType } from '../../src/model/entity-type.ts';
import type { ExpectedType } from '../fixtures/tenant-contents.ts';

interface TypeChoice {
  readonly name: string;
  /** How often it is among the mapped types. */
  readonly share: number;
  readonly attributes: readonly string[];
  readonly links: readonly string[];
  readonly filters: readonly FilterChoice[];
}

interface FilterChoice {
  readonly filter: string;
  readonly uses: readonly string[];
  readonly isMet: (values: DirectoryObject['values']) => boolean;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : '');
const textsOf = (value: unknown) => (Array.isArray(value) ? value.map(textOf) : []);

const choices: readonly TypeChoice[] = [
  {
    name: 'user',
    share: 1,
    attributes: [
      'accountEnabled',
      'assignedLicenses',
      'businessPhones',
      'city',
      'department',
      'displayName',
      'employeeId',
      'employeeOrgData',
      'jobTitle',
      'mail',
      'mobilePhone',
      'onPremisesExtensionAttributes',
      'proxyAddresses',
      'userPrincipalName',
      'userType',
    ],
    links: [],
    filters: [
      {
        filter: 'accountEnabled eq true',
        uses: ['accountEnabled'],
        isMet: ({ accountEnabled }) => accountEnabled === true,
      },
      {
        filter: "userType ne 'Guest'",
        uses: ['userType'],
        isMet: ({ userType }) => textOf(userType) !== 'guest',
      },
      {
        filter: 'mobilePhone ne null and accountEnabled eq true',
        uses: ['mobilePhone', 'accountEnabled'],
        isMet: ({ mobilePhone, accountEnabled }) =>
          typeof mobilePhone === 'string' && accountEnabled === true,
      },
      {
        filter: "startsWith(displayName,'A') or startsWith(displayName,'M') or endsWith(displayName,')')",
        uses: ['displayName'],
        isMet: ({ displayName }) => /^[am]|\)$/.test(textOf(displayName)),
      },
    ],
  },
  {
    name: 'group',
    share: 0.9,
    attributes: [
      'description',
      'displayName',
      'groupTypes',
      'mail',
      'mailEnabled',
      'securityEnabled',
      'visibility',
    ],
    links: ['members', 'owners'],
    filters: [
      {
        filter: 'securityEnabled eq true',
        uses: ['securityEnabled'],
        isMet: ({ securityEnabled }) => securityEnabled === true,
      },
      {
        filter: "groupTypes/any(t:t eq 'Unified')",
        uses: ['groupTypes'],
        isMet: ({ groupTypes }) => textsOf(groupTypes).includes('unified'),
      },
    ],
  },
  { name: 'directoryRole', share: 0.4, attributes: ['displayName'], links: ['members'], filters: [] },
  {
    name: 'servicePrincipal',
    share: 1,
    attributes: ['accountEnabled', 'appId', 'displayName'],
    links: ['owners'],
    filters: [],
  },
  { name: 'application', share: 0.3, attributes: ['appId', 'displayName'], links: ['owners'], filters: [] },
  { name: 'administrativeUnit', share: 0.3, attributes: ['displayName'], links: ['members'], filters: [] },
  { name: 'device', share: 1, attributes: ['accountEnabled', 'displayName'], links: [], filters: [] },
  { name: 'orgContact', share: 1, attributes: ['displayName', 'mail'], links: [], filters: [] },
];

export function drawMapping(random: Random): readonly ExpectedType[] {
  return choices.filter(({ share }) => random.chance(share)).map((choice) => drawType(random, choice));
}

function drawType(random: Random, { name, attributes, links, filters }: TypeChoice): ExpectedType {
  const chosen = filters.length > 0 && random.chance(0.4) ? random.pick(filters) : undefined;
  const mapped = attributes.filter((attribute) => chosen?.uses.includes(attribute) || random.chance(0.7));
  const entityType: EntityType = { name, attributes: mapped, links: links.filter(() => random.chance(0.9)) };
  if (chosen === undefined) return { entityType, isMet: isLive };
  return {
    entityType: { ...entityType, filter: chosen.filter },
    isMet: ({ values }) => chosen.isMet(values),
  };
}
