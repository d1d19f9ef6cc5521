/** OpenID Connect providers: what people may sign in with, and which of the provider's words stand for which role here. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ISql, Sql, TransactionSql } from 'postgres';
import { clientSecretPurpose, type Sealing } from '../../model/sealing.ts';
import {
  changeProvider,
  createProvider,
  deleteProvider,
  isProviderNameTaken,
  readProvider,
  readProviders,
  type SignInProvider,
  writeClientSecret,
} from '../../store/sign-in-providers.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import { newProviderSchema, providerCheckSchema, providerSchema } from '../schemas/sign-in.ts';
import type { OpenIdClient, ProviderReach } from '../sign-in/open-id.ts';
import { keepAdministrator, requireMayGrant } from '../sign-in/role-granting.ts';
import { doAudited } from './audited-work.ts';
import { readProviderAccess, redirectUriOf } from './provider-sign-in.ts';
import { numberInPath, ok, problems, text, textOrNull } from './route-parts.ts';

export type ProviderRoutes = Readonly<{
  sql: Sql;
  sealing: Sealing;
  openId: OpenIdClient;
  reach: ProviderReach;
  publicUrl: string;
  now: () => Date;
}>;

type WantedProvider = z.output<typeof newProviderSchema>;

const tags = ['Users'];
const params = z.object({ providerId: numberInPath('providerId') });
const path = '/api/sign-in-providers/{providerId}';
const body = { required: true, content: { 'application/json': { schema: newProviderSchema } } };

export function addSignInProviderRoutes(app: OpenAPIHono<ApiEnv>, routes: ProviderRoutes): void {
  const { sql, openId, publicUrl } = routes;
  const access = needs(sql, '/Syncline/Users');
  const list = createRoute({
    ...access,
    method: 'get',
    path: '/api/sign-in-providers',
    tags,
    summary: 'List providers that people may sign in with',
    responses: {
      200: ok('The providers, by name.', z.object({ providers: z.array(providerSchema) })),
      ...problems(),
    },
  });
  app.openapi(list, async (c) => {
    const providers = await readProviders(sql);
    return c.json({ providers: providers.map((provider) => renderProvider(provider, publicUrl)) }, 200);
  });

  const one = createRoute({
    ...access,
    method: 'get',
    path,
    tags,
    summary: 'Get a provider',
    request: { params },
    responses: { 200: ok('The provider.', providerSchema), ...problems(404) },
  });
  app.openapi(one, async (c) =>
    answer(c, await requireProvider(sql, c.req.valid('param').providerId), publicUrl),
  );

  const check = createRoute({
    ...access,
    method: 'post',
    path: `${path}/check`,
    tags,
    summary: 'See whether a provider answers as one',
    description: 'Asks for its description only: whether the secret is right shows when somebody signs in.',
    request: { params },
    responses: { 200: ok('What it answered.', providerCheckSchema), ...problems(404) },
  });
  app.openapi(check, async (c) => {
    const provider = await requireProvider(sql, c.req.valid('param').providerId);
    const checked = await openId.check(await readProviderAccess(routes, provider));
    return c.json(
      checked.kind === 'refused'
        ? { isUsable: false, message: checked.sentence }
        : { isUsable: true, message: `${provider.name} answers as a provider at ${provider.issuer}.` },
      200,
    );
  });

  addCreation(app, routes);
  addChange(app, routes);
}

function addCreation(app: OpenAPIHono<ApiEnv>, routes: ProviderRoutes): void {
  const { sql, publicUrl, now } = routes;
  const create = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'post',
    path: '/api/sign-in-providers',
    tags,
    summary: 'Add a provider',
    request: { body },
    responses: { 201: ok('The provider.', providerSchema), ...problems(409) },
  });
  app.openapi(create, async (c) => {
    const wanted = c.req.valid('json');
    requireUsable(wanted, routes);
    const edit = { at: now(), by: actorOf(c.get('caller')) };
    const entry = { action: 'sign-in-provider.create', subject: wanted.name, detail: detailOf(wanted) };
    const provider = await doAudited(c, sql, entry, async (transaction) => {
      requireMayMap(c, wanted);
      const made = await createProvider(transaction, wanted, edit);
      if (!made) throw refuseName(wanted.name);
      await keepSecret(transaction, routes, made.providerId, wanted.clientSecret, edit);
      return await requireProvider(transaction, made.providerId);
    });
    return c.json(renderProvider(provider, publicUrl), 201, {
      Location: `/api/sign-in-providers/${provider.providerId}`,
      ETag: etagOf(provider.version),
    });
  });
}

function addChange(app: OpenAPIHono<ApiEnv>, routes: ProviderRoutes): void {
  const { sql, publicUrl, now } = routes;
  const change = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'put',
    path,
    tags,
    summary: 'Change a provider',
    description:
      'Switching it off ends the sessions of everybody who came by it. A new role mapping counts from their next sign-in on.',
    request: { params, headers: ifMatchHeader, body },
    responses: { 200: ok('The provider.', providerSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const { providerId } = c.req.valid('param');
    const version = requireVersion(c);
    const wanted = c.req.valid('json');
    requireUsable(wanted, routes);
    const before = await requireProvider(sql, providerId);
    const edit = { version, at: now(), by: actorOf(c.get('caller')) };
    const entry = { action: 'sign-in-provider.change', subject: before.name, detail: detailOf(wanted) };
    const provider = await doAudited(c, sql, entry, async (transaction) => {
      requireMayMap(c, wanted);
      return await keepAdministrator(transaction, async () => {
        if (await isProviderNameTaken(transaction, wanted.name, providerId)) throw refuseName(wanted.name);
        if (!(await changeProvider(transaction, providerId, wanted, edit))) {
          throw await refuseVersion(transaction, providerId);
        }
        await keepSecret(transaction, routes, providerId, wanted.clientSecret, edit);
        return await requireProvider(transaction, providerId);
      });
    });
    return answer(c, provider, publicUrl);
  });

  const remove = createRoute({
    ...needs(sql, '/Syncline/Users'),
    method: 'delete',
    path,
    tags,
    summary: 'Delete a provider with the accounts of everybody who came by it',
    request: { params, headers: ifMatchHeader },
    responses: { 204: { description: 'It is deleted.' }, ...problems(404, 409, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const { providerId } = c.req.valid('param');
    const version = requireVersion(c);
    const { name, userCount } = await requireProvider(sql, providerId);
    const entry = { action: 'sign-in-provider.delete', subject: name, detail: { userCount } };
    await doAudited(c, sql, entry, (transaction) =>
      keepAdministrator(transaction, async () => {
        if (await deleteProvider(transaction, providerId, version)) return;
        throw await refuseVersion(transaction, providerId);
      }),
    );
    return c.body(null, 204);
  });
}

/** Seals a secret that is given, forgets one that is null, and leaves the one that there is otherwise. */
async function keepSecret(
  transaction: TransactionSql,
  { sealing }: ProviderRoutes,
  providerId: number,
  clientSecret: string | null | undefined,
  edit: Readonly<{ at: Date; by: string }>,
): Promise<void> {
  if (clientSecret === undefined) return;
  const sealed = clientSecret === null ? null : sealing.seal(clientSecret, clientSecretPurpose(providerId));
  await writeClientSecret(transaction, providerId, sealed, edit);
}

/** Throws a `Refusal` for an issuer that no request may go to. */
function requireUsable({ issuer }: WantedProvider, { reach }: ProviderRoutes): void {
  const objection = reach.check(issuer) ?? (/[?#]/.test(issuer) ? 'has a ? in it, leave it out' : undefined);
  if (objection === undefined) return;
  throw new Refusal('request-invalid', `The issuer ${issuer} ${objection}.`, { field: 'body.issuer' });
}

/** Nobody has a provider give roles that may do what they may not. */
function requireMayMap(c: ApiContext, { roleMapping, defaultRole }: WantedProvider): void {
  for (const role of [...Object.values(roleMapping), defaultRole]) requireMayGrant(c.get('caller'), role);
}

/** What of it the audit tells: everything but the secret. */
function detailOf({ issuer, clientId, clientSecret, roleClaim, roleMapping, ...rest }: WantedProvider) {
  return {
    issuer,
    clientId,
    clientSecret: clientSecret === undefined ? 'as before' : clientSecret === null ? 'none' : 'set',
    roleClaim,
    roleMapping: Object.entries(roleMapping).map(([word, role]) => `${word}: ${role}`),
    defaultRole: rest.defaultRole,
    isEnabled: rest.isEnabled,
  };
}

async function requireProvider(sql: ISql, providerId: number): Promise<SignInProvider> {
  const provider = await readProvider(sql, providerId);
  if (provider) return provider;
  throw new Refusal('provider-unknown', `There is no sign-in provider with the number ${providerId}.`);
}

async function refuseVersion(sql: ISql, providerId: number): Promise<Refusal> {
  const provider = await requireProvider(sql, providerId);
  return refuseChanged(`The provider ${provider.name}`, provider);
}

function refuseName(name: string): Refusal {
  return new Refusal('provider-exists', `There is a provider ${name} already: take another name.`, {
    field: 'body.name',
  });
}

function answer(c: ApiContext, provider: SignInProvider, publicUrl: string) {
  return c.json(renderProvider(provider, publicUrl), 200, { ETag: etagOf(provider.version) });
}

function renderProvider(provider: SignInProvider, publicUrl: string): z.input<typeof providerSchema> {
  const { scopes, secretSetAt, createdAt, changedAt, ...rest } = provider;
  return {
    ...rest,
    scopes: [...scopes],
    secretSetAt: textOrNull(secretSetAt),
    redirectUri: redirectUriOf(publicUrl, provider.providerId),
    createdAt: text(createdAt),
    changedAt: text(changedAt),
  };
}
