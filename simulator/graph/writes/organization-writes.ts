// The few properties of the organization that an application may change.
import { findTarget } from '../addressing.ts';
import { readBody } from '../exchange.ts';
import { noContent } from '../json-reply.ts';
import type { Route } from '../route.ts';
import { readProperties } from './property-input.ts';
import { readOnlyProperty } from './write-errors.ts';

const type = 'organization';

/** Microsoft Graph, "Update organization"; directory extensions besides. */
const writable: readonly string[] = [
  'marketingNotificationEmails',
  'privacyProfile',
  'securityComplianceNotificationMails',
  'securityComplianceNotificationPhones',
  'technicalNotificationMails',
];

export const organizationWrites: readonly Route[] = [
  {
    method: 'PATCH',
    path: '/organization/{id}',
    permissions: ['Organization.ReadWrite.All'],
    cost: 1,
    run: (request) => {
      const { directory } = request;
      const organization = findTarget(directory, type, request.parameters.id ?? '');
      const { values } = readProperties(readBody(request), { directory, type, object: organization });
      const fixed = Object.keys(values).find(
        (name) => !writable.includes(name) && !name.startsWith('extension_'),
      );
      if (fixed) throw readOnlyProperty(fixed);
      directory.update(organization, values);
      return noContent;
    },
  },
];
