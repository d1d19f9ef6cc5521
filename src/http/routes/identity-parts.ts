/** What the routes of identities have in common: permissions, addresses, and finding what an address names. */
import { z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { identitiesConnection, identityTypeOf } from '../../model/identity-schema.ts';
import type { KnownResource } from '../../store/directory-resources.ts';
import { readIdentityTypes, type StoredIdentityType } from '../../store/identity-types.ts';
import { Refusal } from '../problem.ts';
import { requireResource } from './directory.ts';
import { nameInPath } from './route-parts.ts';

export const identityTags = ['Identities'];
export const queryPermission = '/Syncline/Identities/Query';
export const updatePermission = '/Syncline/Identities/Update';

export const typeParams = z.object({ type: nameInPath('type', 'alpha_user') });

export type IdentityRoutes = Readonly<{ sql: Sql; now: () => Date }>;

/** Throws a `Refusal` where there is no such type. */
export async function requireType(sql: Sql, name: string): Promise<StoredIdentityType> {
  const types = await readIdentityTypes(sql);
  const type = types.find((one) => one.name === identityTypeOf(name));
  if (type) return type;
  const names = types.map((one) => one.name).join(' and ');
  throw new Refusal(
    'not-found',
    `${identitiesConnection} has no type ${JSON.stringify(name)}: there are ${names}.`,
  );
}

export const identityParams = typeParams.extend({
  key: nameInPath('key', '9f2c1d3e-0000-4000-8000-000000000001'),
});
export const identityPath = '/api/identities/{type}/{key}';

export type FoundIdentity = Readonly<{ type: StoredIdentityType; resource: KnownResource }>;

/** Throws a `Refusal` where there is and was no such identity. */
export async function requireIdentity(
  sql: Sql,
  { type: name, key }: Readonly<{ type: string; key: string }>,
): Promise<FoundIdentity> {
  const type = await requireType(sql, name);
  const resource = await requireResource(sql, { connection: identitiesConnection, type: type.name, key });
  return { type, resource };
}
