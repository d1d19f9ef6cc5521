/** Credential profiles: listing, making, changing and deleting them. Their credentials have a file of their own. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ISql, Sql } from 'postgres';
import type { CredentialType } from '../../model/credential-profile.ts';
import { credentialPurpose, type Sealing } from '../../model/sealing.ts';
import {
  createProfile,
  deleteProfile,
  lockProfile,
  type ProfileSummary,
  readProfileSummary,
  readProfiles,
  type CredentialProfile as StoredProfile,
  updateProfile,
} from '../../store/credential-profiles.ts';
import { addCredential, readCredentials } from '../../store/credentials.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import {
  type CredentialProfile,
  newProfileSchema,
  profileChangeSchema,
  profileListSchema,
  profileQuerySchema,
  profileSchema,
} from '../schemas/credential-profiles.ts';
import { orderOf } from '../schemas/list.ts';
import { type Certificates, readCredential, refuseField } from './credential-parts.ts';
import { audit, numberInPath, ok, problems, text, textOrNull } from './route-parts.ts';

export type ProfileRoutes = Readonly<{
  sql: Sql;
  sealing: Sealing;
  certificates: Certificates;
  now: () => Date;
}>;

export const profileTags = ['Credential profiles'];
export const profileParams = z.object({ profileId: numberInPath('profileId') });

export function addCredentialProfileRoutes(app: OpenAPIHono<ApiEnv>, routes: ProfileRoutes): void {
  const { sql } = routes;
  const list = createRoute({
    ...needs(sql, '/Syncline/CredentialProfiles/Query'),
    method: 'get',
    path: '/api/credential-profiles',
    tags: profileTags,
    summary: 'List credential profiles',
    request: { query: profileQuerySchema },
    responses: { 200: ok('A page of profiles.', profileListSchema), ...problems() },
  });
  app.openapi(list, async (c) => {
    const { page, pageSize, q, type, sort } = c.req.valid('query');
    const { orderBy, isDescending } = orderOf(sort);
    const window = { limit: pageSize, offset: (page - 1) * pageSize };
    const { items, total } = await readProfiles(sql, { q, type, sort: orderBy, isDescending, ...window });
    return c.json({ items: items.map(renderSummary), page, pageSize, total, isTotalExact: true }, 200);
  });

  const one = createRoute({
    ...needs(sql, '/Syncline/CredentialProfiles/Query'),
    method: 'get',
    path: '/api/credential-profiles/{profileId}',
    tags: profileTags,
    summary: 'Get a credential profile',
    request: { params: profileParams },
    responses: { 200: ok('The profile.', profileSchema), ...problems(404) },
  });
  app.openapi(one, async (c) => {
    const profile = await readProfile(sql, c.req.valid('param').profileId);
    return c.json(profile, 200, { ETag: etagOf(profile.version) });
  });

  addCreation(app, routes);
  addChange(app, sql);
}

function addCreation(app: OpenAPIHono<ApiEnv>, { sql, sealing, certificates, now }: ProfileRoutes): void {
  const create = createRoute({
    ...needs(sql, '/Syncline/CredentialProfiles/Update'),
    method: 'post',
    path: '/api/credential-profiles',
    tags: profileTags,
    summary: 'Create a credential profile, with credentials',
    request: { body: { required: true, content: { 'application/json': { schema: newProfileSchema } } } },
    responses: { 201: ok('The profile.', profileSchema), ...problems(409) },
  });
  app.openapi(create, async (c) => {
    const { name, description, type, clientId, credentials } = c.req.valid('json');
    requireClientId(type, clientId);
    const isManaged = type === 'managed-identity';
    if (isManaged && credentials.length > 0) {
      throw refuseField(
        'body.credentials',
        'is not for a managed identity, which has no secret: leave it out',
      );
    }
    const given = isManaged ? [{ isGenerated: false }] : credentials;
    const ready = await Promise.all(
      given.map((credential, index) =>
        readCredential(type, credential, {
          profileName: name,
          certificates,
          now: now(),
          place: `body.credentials.${index}`,
        }),
      ),
    );
    const by = actorOf(c.get('caller'));
    const profileId = await transact(sql, async (transaction) => {
      const profile = await createProfile(transaction, { name, description, type, clientId }, by);
      if (profile) {
        for (const { parts, secret } of ready) {
          const seal = (id: number) => secret && sealing.seal(secret, credentialPurpose(id));
          await addCredential(transaction, profile.profileId, parts, { seal, by });
        }
      }
      await audit(c, transaction, {
        action: 'credential-profile.create',
        subject: name,
        outcome: profile ? 'done' : 'refused',
        detail: { type, clientId, credentials: ready.map(({ parts }) => parts.label) },
      });
      return profile?.profileId;
    });
    if (profileId === undefined) throw refuseTakenName(name);
    const created = await readProfile(sql, profileId);
    const headers = { ETag: etagOf(created.version), Location: `/api/credential-profiles/${profileId}` };
    return c.json(created, 201, headers);
  });
}

function addChange(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const change = createRoute({
    ...needs(sql, '/Syncline/CredentialProfiles/Update'),
    method: 'put',
    path: '/api/credential-profiles/{profileId}',
    tags: profileTags,
    summary: 'Change the name, description or client id of a credential profile',
    request: {
      params: profileParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: profileChangeSchema } } },
    },
    responses: { 200: ok('The profile as it is now.', profileSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const { profileId } = c.req.valid('param');
    const { name, description, clientId } = c.req.valid('json');
    const version = requireVersion(c);
    const isDone = await transact(sql, async (transaction) => {
      const { type } = await lockSeenProfile(transaction, profileId, version);
      requireClientId(type, clientId);
      const by = actorOf(c.get('caller'));
      const isChanged = await updateProfile(transaction, profileId, { name, description, clientId }, by);
      await audit(c, transaction, {
        action: 'credential-profile.update',
        subject: name,
        outcome: isChanged ? 'done' : 'refused',
        detail: { profileId, clientId },
      });
      return isChanged;
    });
    if (!isDone) throw refuseTakenName(name);
    const profile = await readProfile(sql, profileId);
    return c.json(profile, 200, { ETag: etagOf(profile.version) });
  });

  const remove = createRoute({
    ...needs(sql, '/Syncline/CredentialProfiles/Update'),
    method: 'delete',
    path: '/api/credential-profiles/{profileId}',
    tags: profileTags,
    summary: 'Delete a credential profile that no tenant uses',
    request: { params: profileParams, headers: ifMatchHeader },
    responses: { 204: { description: 'It is deleted.' }, ...problems(404, 409, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const { profileId } = c.req.valid('param');
    const version = requireVersion(c);
    const tenants = await transact(sql, async (transaction) => {
      const { name } = await lockSeenProfile(transaction, profileId, version);
      const users = (await readProfileSummary(transaction, profileId))?.tenants ?? [];
      if (users.length === 0) await deleteProfile(transaction, profileId);
      await audit(c, transaction, {
        action: 'credential-profile.delete',
        subject: name,
        outcome: users.length === 0 ? 'done' : 'refused',
        detail: { profileId, tenants: users },
      });
      return users;
    });
    if (tenants.length > 0) throw refuseUsed('This credential profile', tenants);
    return c.body(null, 204);
  });
}

/** The profile for a change by somebody who has seen this version. Throws a `Refusal` where it is gone, or another one by now. */
export async function lockSeenProfile(
  sql: Parameters<typeof lockProfile>[0],
  profileId: number,
  version: number,
): Promise<StoredProfile> {
  const profile = await lockProfile(sql, profileId);
  if (!profile) throw refuseUnknownProfile(profileId);
  if (profile.version !== version) {
    throw refuseChanged(`The credential profile ${profile.name}`, profile);
  }
  return profile;
}

/** A profile with its credentials, as answers have it. Throws a `Refusal` where there is none. */
export async function readProfile(sql: ISql, profileId: number): Promise<CredentialProfile> {
  const summary = await readProfileSummary(sql, profileId);
  if (!summary) throw refuseUnknownProfile(profileId);
  const credentials = await readCredentials(sql, profileId);
  return {
    ...renderSummary(summary),
    credentials: credentials.map(({ setAt, expiresAt, lastUsedAt, lastTestedAt, ...credential }) => ({
      ...credential,
      setAt: text(setAt),
      expiresAt: textOrNull(expiresAt),
      lastUsedAt: textOrNull(lastUsedAt),
      lastTestedAt: textOrNull(lastTestedAt),
    })),
  };
}

/** The refusal for taking something away that tenants use. */
export function refuseUsed(what: string, tenants: readonly string[]): Refusal {
  const shown = tenants.slice(0, mostShown).join(', ');
  const rest = tenants.length > mostShown ? ` and ${tenants.length - mostShown} others` : '';
  return new Refusal('profile-in-use', `${what} is used by ${shown}${rest}: choose another one there first.`);
}

const mostShown = 5;

export function refuseUnknownProfile(profileId: number): Refusal {
  return new Refusal('profile-unknown', `There is no credential profile ${profileId}.`);
}

function refuseTakenName(name: string): Refusal {
  return new Refusal('profile-exists', `There is a credential profile ${name} already: take another name.`, {
    field: 'body.name',
  });
}

function requireClientId(type: CredentialType, clientId: string | null): void {
  if (clientId !== null || type === 'managed-identity') return;
  throw refuseField(
    'body.clientId',
    'is missing: copy the Application (client) ID from the overview of the app registration',
  );
}

function renderSummary(summary: ProfileSummary) {
  const { createdAt, changedAt, expiresAt, lastUsedAt, lastTestedAt, tenants, ...rest } = summary;
  return {
    ...rest,
    tenants: [...tenants],
    createdAt: text(createdAt),
    changedAt: text(changedAt),
    expiresAt: textOrNull(expiresAt),
    lastUsedAt: textOrNull(lastUsedAt),
    lastTestedAt: textOrNull(lastTestedAt),
  };
}
