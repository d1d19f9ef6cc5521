/** The credentials of a profile: adding, replacing, ordering and deleting them, and taking a certificate away. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { TransactionSql } from 'postgres';
import { credentialPurpose } from '../../model/sealing.ts';
import {
  markProfileChanged,
  readProfileSummary,
  type CredentialProfile as StoredProfile,
} from '../../store/credential-profiles.ts';
import {
  addCredential,
  type Credential,
  deleteCredential,
  describeCredential,
  orderCredentials,
  readCertificate,
  readCredentials,
  replaceCredential,
} from '../../store/credentials.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import {
  credentialChangeSchema,
  credentialOrderSchema,
  newCredentialSchema,
  profileSchema,
} from '../schemas/credential-profiles.ts';
import { hasSecret, readCredential, readEnd, refuseField } from './credential-parts.ts';
import {
  lockSeenProfile,
  type ProfileRoutes,
  profileParams,
  profileTags,
  readProfile,
  refuseUsed,
} from './credential-profiles.ts';
import { audit, numberInPath, ok, problems } from './route-parts.ts';

export const credentialParams = profileParams.extend({ credentialId: numberInPath('credentialId') });
const update = '/Syncline/CredentialProfiles/Update';
const place = '/api/credential-profiles/{profileId}/credentials';

export function addCredentialRoutes(app: OpenAPIHono<ApiEnv>, routes: ProfileRoutes): void {
  addAddition(app, routes);
  // Before the others below the same path: it is no number of a credential.
  addOrder(app, routes);
  addReplacement(app, routes);
  addDeletion(app, routes);
  addCertificateDownload(app, routes);
}

function addAddition(app: OpenAPIHono<ApiEnv>, { sql, sealing, certificates, now }: ProfileRoutes): void {
  const route = createRoute({
    ...needs(sql, update),
    method: 'post',
    path: place,
    tags: profileTags,
    summary: 'Add a credential to a profile, behind the others',
    request: {
      params: profileParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: newCredentialSchema } } },
    },
    responses: { 201: ok('The profile as it is now.', profileSchema), ...problems(404, 412, 428) },
  });
  app.openapi(route, async (c) => {
    const { profileId } = c.req.valid('param');
    const version = requireVersion(c);
    const { type, name } = await readProfile(sql, profileId);
    if (type === 'managed-identity') {
      throw refuseField('body', 'is not for a managed identity, which has no secret to add');
    }
    const { parts, secret } = await readCredential(type, c.req.valid('json'), {
      profileName: name,
      certificates,
      now: now(),
    });
    await change(c, { sql, profileId, version }, async (transaction) => {
      const seal = (id: number) => secret && sealing.seal(secret, credentialPurpose(id));
      const by = actorOf(c.get('caller'));
      const credentialId = await addCredential(transaction, profileId, parts, { seal, by });
      return { action: 'credential.add', detail: { credentialId, label: parts.label } };
    });
    const changed = await readProfile(sql, profileId);
    return c.json(changed, 201, { ETag: etagOf(changed.version) });
  });
}

function addReplacement(app: OpenAPIHono<ApiEnv>, { sql, sealing, certificates, now }: ProfileRoutes): void {
  const route = createRoute({
    ...needs(sql, update),
    method: 'put',
    path: `${place}/{credentialId}`,
    tags: profileTags,
    summary: 'Replace the secret of a credential, or change its label or end',
    request: {
      params: credentialParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: credentialChangeSchema } } },
    },
    responses: { 200: ok('The profile as it is now.', profileSchema), ...problems(404, 412, 428) },
  });
  app.openapi(route, async (c) => {
    const { profileId, credentialId } = c.req.valid('param');
    const version = requireVersion(c);
    const given = c.req.valid('json');
    const { type, name } = await readProfile(sql, profileId);
    const old = await requireCredential(sql, profileId, credentialId);
    const label = given.label ?? old.label;
    const isReplaced = hasSecret(given);
    if (!isReplaced) {
      const refuse = (part: string, message: string) => refuseField(`body.${part}`, message);
      const isTyped = type === 'client-secret' || type === 'user-password';
      if (given.expiresAt !== undefined && !isTyped) {
        throw refuse('expiresAt', `is not for a profile of type ${type}: leave it out`);
      }
      const expiresAt =
        given.expiresAt === undefined ? old.expiresAt : readEnd(given.expiresAt, now(), refuse);
      await change(c, { sql, profileId, version }, async (transaction) => {
        await describeCredential(transaction, credentialId, { label, expiresAt });
        return { action: 'credential.describe', detail: { credentialId, label } };
      });
    } else {
      const whole = { ...given, label, userName: given.userName ?? old.userName ?? undefined };
      const { parts, secret } = await readCredential(type, whole, {
        profileName: name,
        certificates,
        now: now(),
      });
      await change(c, { sql, profileId, version }, async (transaction) => {
        const sealedSecret = secret && sealing.seal(secret, credentialPurpose(credentialId));
        const by = actorOf(c.get('caller'));
        await replaceCredential(transaction, credentialId, parts, { sealedSecret, by });
        return { action: 'credential.replace', detail: { credentialId, label } };
      });
    }
    const changed = await readProfile(sql, profileId);
    return c.json(changed, 200, { ETag: etagOf(changed.version) });
  });
}

function addOrder(app: OpenAPIHono<ApiEnv>, { sql }: ProfileRoutes): void {
  const route = createRoute({
    ...needs(sql, update),
    method: 'put',
    path: `${place}/order`,
    tags: profileTags,
    summary: 'Put the credentials of a profile into another order',
    request: {
      params: profileParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: credentialOrderSchema } } },
    },
    responses: { 200: ok('The profile as it is now.', profileSchema), ...problems(404, 412, 428) },
  });
  app.openapi(route, async (c) => {
    const { profileId } = c.req.valid('param');
    const { credentialIds } = c.req.valid('json');
    await change(c, { sql, profileId, version: requireVersion(c) }, async (transaction) => {
      const known = (await readCredentials(transaction, profileId)).map(({ credentialId }) => credentialId);
      const isWhole = new Set(credentialIds).size === known.length && credentialIds.length === known.length;
      if (!isWhole || !known.every((id) => credentialIds.includes(id))) {
        throw refuseField('body.credentialIds', 'does not name each credential of the profile once');
      }
      await orderCredentials(transaction, credentialIds);
      return { action: 'credential.order', detail: { credentialIds: credentialIds.map(String) } };
    });
    const changed = await readProfile(sql, profileId);
    return c.json(changed, 200, { ETag: etagOf(changed.version) });
  });
}

function addDeletion(app: OpenAPIHono<ApiEnv>, { sql }: ProfileRoutes): void {
  const route = createRoute({
    ...needs(sql, update),
    method: 'delete',
    path: `${place}/{credentialId}`,
    tags: profileTags,
    summary: 'Delete a credential',
    description: 'The last one of a profile that tenants use stays: they could not sign in any more.',
    request: { params: credentialParams, headers: ifMatchHeader },
    responses: { 200: ok('The profile as it is now.', profileSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(route, async (c) => {
    const { profileId, credentialId } = c.req.valid('param');
    await change(c, { sql, profileId, version: requireVersion(c) }, async (transaction, { type }) => {
      const { label } = await requireCredential(transaction, profileId, credentialId);
      const { tenants, credentialCount } = (await readProfileSummary(transaction, profileId)) ?? {
        tenants: [],
        credentialCount: 0,
      };
      if (type === 'managed-identity') {
        throw new Refusal(
          'profile-in-use',
          'A managed identity is all that there is to its profile: delete the profile.',
        );
      }
      if (credentialCount === 1 && tenants.length > 0) {
        throw refuseUsed('The only credential of this profile', tenants);
      }
      await deleteCredential(transaction, credentialId);
      return { action: 'credential.delete', detail: { credentialId, label } };
    });
    const changed = await readProfile(sql, profileId);
    return c.json(changed, 200, { ETag: etagOf(changed.version) });
  });
}

function addCertificateDownload(app: OpenAPIHono<ApiEnv>, { sql }: ProfileRoutes): void {
  const route = createRoute({
    ...needs(sql, '/Syncline/CredentialProfiles/Query'),
    method: 'get',
    path: `${place}/{credentialId}/certificate`,
    tags: profileTags,
    summary: 'Get the certificate of a credential, to be uploaded to the app registration',
    request: { params: credentialParams },
    responses: {
      200: {
        description: 'The certificate in PEM, without its private key.',
        content: { 'application/x-pem-file': { schema: z.string() } },
      },
      ...problems(404),
    },
  });
  app.openapi(route, async (c) => {
    const { profileId, credentialId } = c.req.valid('param');
    const found = await readCertificate(sql, profileId, credentialId);
    if (!found) throw new Refusal('not-found', `The credential ${credentialId} has no certificate.`);
    return c.body(found.certificate, 200, {
      'Content-Type': 'application/x-pem-file',
      'Content-Disposition': `attachment; filename="${found.thumbprint}.pem"`,
    });
  });
}

/** Changes what belongs to a profile, by somebody who has seen this version of it, and keeps who did what. */
async function change(
  c: ApiContext,
  { sql, profileId, version }: Readonly<{ sql: ProfileRoutes['sql']; profileId: number; version: number }>,
  work: (
    transaction: TransactionSql,
    profile: StoredProfile,
  ) => Promise<Pick<Parameters<typeof audit>[2], 'action' | 'detail'>>,
): Promise<void> {
  await transact(sql, async (transaction) => {
    const profile = await lockSeenProfile(transaction, profileId, version);
    const entry = await work(transaction, profile);
    await markProfileChanged(transaction, profileId, actorOf(c.get('caller')));
    await audit(c, transaction, { ...entry, subject: profile.name, outcome: 'done' });
  });
}

/** A credential of a profile. Throws a `Refusal` where there is none. */
export async function requireCredential(
  sql: Parameters<typeof readCredentials>[0],
  profileId: number,
  credentialId: number,
): Promise<Credential> {
  const found = (await readCredentials(sql, profileId)).find((each) => each.credentialId === credentialId);
  if (found) return found;
  throw new Refusal('not-found', `The credential profile ${profileId} has no credential ${credentialId}.`);
}
