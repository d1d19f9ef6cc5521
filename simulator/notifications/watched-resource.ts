// What a subscription watches: the `resource` of its body, read.
// Source: Microsoft Graph "Microsoft Graph API change notifications": supported resources and their permissions.
import { permissionsFor } from '../graph/permissions.ts';
import { splitPath } from '../graph/route.ts';

export type WatchedType = 'user' | 'group';
export type WatchedLink = 'members' | 'owners';

export interface WatchedResource {
  readonly type: WatchedType;
  /** Undefined: every object of the type. From a body it may be an alternate key still. */
  readonly id: string | undefined;
  /** Undefined: the object with all that belongs to it. */
  readonly link: WatchedLink | undefined;
}

/** Reads a path such as `users`, `/groups/{id}` or `groups/{id}/members`. Undefined for what cannot be watched. */
export function parseResource(text: string): WatchedResource | undefined {
  if (/[?#]/.test(text) || text.includes('://')) return undefined;
  const [set = '', id, relationship, ...rest] = splitPath(text);
  const type = typesBySet.get(set.toLowerCase());
  if (type === undefined || rest.length > 0) return undefined;
  if (relationship === undefined) return { type, id, link: undefined };
  const link = watchedLinks.find((name) => name === relationship.toLowerCase());
  return type === 'group' && link ? { type, id, link } : undefined;
}

const typesBySet: ReadonlyMap<string, WatchedType> = new Map([
  ['users', 'user'],
  ['groups', 'group'],
]);
const watchedLinks: readonly WatchedLink[] = ['members', 'owners'];

/** Any one lets an application watch: what would let it follow the resource by delta queries. */
export function permissionsToWatch({ type }: WatchedResource): readonly string[] {
  return readPermissions[type];
}

const readPermissions: Readonly<Record<WatchedType, readonly string[]>> = {
  user: permissionsFor('GET /users/delta'),
  group: permissionsFor('GET /groups/delta'),
};

/** One text for all spellings of one resource. */
export function resourceKey({ type, id, link }: WatchedResource): string {
  return [type, id, link].filter((part) => part !== undefined).join('/');
}
