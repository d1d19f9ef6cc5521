// The kinds of a group and what tells them apart. Source: Microsoft Graph, "group resource type: group types".
import type { Values } from '../../tenant/directory-object.ts';

export const groupTypes = ['Unified', 'DynamicMembership'] as const;

const hasType = (values: Values, type: (typeof groupTypes)[number]): boolean =>
  Array.isArray(values.groupTypes) && values.groupTypes.includes(type);

/** A Microsoft 365 group. */
export const isUnified = (values: Values): boolean => hasType(values, 'Unified');

/** Its members follow from a rule; administrative units say it in a property of their own. */
export const isDynamic = (values: Values): boolean =>
  hasType(values, 'DynamicMembership') || values.membershipType === 'Dynamic';

/** A distribution or mail-enabled security group: Exchange's, read-only in Graph. */
export const isMailGroup = (values: Values): boolean => values.mailEnabled === true && !isUnified(values);
