// What the benchmark synchronizes: the shape of a usual mapping, twelve attributes a user.
import type { EntityType } from '../src/model/entity-type.ts';

export const entityTypes: readonly EntityType[] = [
  {
    name: 'user',
    attributes: [
      'accountEnabled',
      'department',
      'displayName',
      'employeeId',
      'givenName',
      'jobTitle',
      'mail',
      'officeLocation',
      'proxyAddresses',
      'surname',
      'userPrincipalName',
      'userType',
    ],
    links: [],
  },
  {
    name: 'group',
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
  },
];
