/** The words of the synchronization history: what people read for classes of objects and for how a synchronization of them ended. */

/** In the order that they are sorted in. */
export const historyStates = [
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
  'blocked',
] as const;
export type HistoryState = (typeof historyStates)[number];

/** As the console says it. */
export const historyStateWords: Readonly<Record<HistoryState, string>> = {
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  blocked: 'Blocked',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** Classes whose names do not say what people call them. */
const otherWords: Readonly<Record<string, string>> = {
  device: 'Computer',
  orgContact: 'Organizational contact',
  oAuth2PermissionGrant: 'Permission grant',
};

/**
 * A class as the console says it: `device` is Computer, `servicePrincipal` Service principal, and the links `group.members` Group
 * members.
 */
export function describeObjectClass(objectClass: string): string {
  const [entityType = '', link] = objectClass.split('.');
  const words = entityType.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const name = otherWords[entityType] ?? words.charAt(0).toUpperCase() + words.slice(1);
  return link === undefined ? name : `${name} ${link}`;
}
