/** API clients: listing, creating and revoking them. Nobody gives away more than they have. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { type ApiClient, createApiClient, readApiClients, revokeApiClient } from '../../store/api-clients.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { clientIdentifierPattern, hashSecret, makeSecret } from '../oauth/client-credentials.ts';
import { isGranted, isPermissionPath, roleNames, roles } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { audit, instant, nameInPath, ok, problems, text, textOrNull } from './route-parts.ts';

const clientSchema = z
  .object({
    identifier: z.string(),
    displayName: z.string(),
    origin: z.enum(['configuration', 'command', 'api']),
    profile: z
      .string()
      .nullable()
      .openapi({ description: 'The profile or role that the permissions come from.' }),
    permissions: z.array(z.string()),
    createdAt: instant,
    createdBy: z.string(),
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
  })
  .openapi('ApiClient');

const newClientSchema = z
  .strictObject({
    identifier: z
      .string()
      .regex(clientIdentifierPattern, 'use up to 100 letters, digits, dots, hyphens and underscores'),
    displayName: z.string().min(1).max(200).optional(),
    role: z.enum(roleNames).optional(),
    permissions: z
      .array(z.string().refine(isPermissionPath, 'write paths such as /Jobs/RunJob/Launch'))
      .min(1)
      .max(200)
      .optional(),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ role, permissions }) => (role === undefined) !== (permissions === undefined), {
    path: ['role'],
    message: 'give either a role or permissions',
  })
  .openapi('NewApiClient');

const createdSchema = clientSchema
  .extend({ secret: z.string().openapi({ description: 'Shown this once, and kept nowhere.' }) })
  .openapi('CreatedApiClient');

const tags = ['API clients'];

export function addApiClientRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql, now: () => Date): void {
  const access = needs(sql, '/Syncline/ApiClients');
  const list = createRoute({
    ...access,
    method: 'get',
    path: '/api/clients',
    tags,
    summary: 'List API clients',
    responses: {
      200: ok('The clients that are not revoked.', z.object({ clients: z.array(clientSchema) })),
      ...problems(),
    },
  });
  app.openapi(list, async (c) => c.json({ clients: (await readApiClients(sql)).map(renderClient) }, 200));

  const create = createRoute({
    ...access,
    method: 'post',
    path: '/api/clients',
    tags,
    summary: 'Create an API client',
    description: 'The caller has to have every permission that it grants.',
    request: { body: { required: true, content: { 'application/json': { schema: newClientSchema } } } },
    responses: { 201: ok('The client with its secret.', createdSchema), ...problems(409) },
  });
  app.openapi(create, async (c) => {
    const { identifier, displayName = identifier, role, permissions, expiresAt } = c.req.valid('json');
    const caller = c.get('caller');
    const wanted = role === undefined ? (permissions ?? []) : roles[role];
    const beyond = wanted.find((path) => !isGranted(caller.permissions, path));
    const expiry = expiresAt === undefined ? null : new Date(expiresAt);
    if (expiry !== null && expiry <= now()) {
      throw new Refusal('request-invalid', 'The field body.expiresAt is in the past.', {
        field: 'body.expiresAt',
      });
    }
    const secret = makeSecret();
    const client = {
      identifier,
      displayName,
      hashedSecret: hashSecret(secret),
      profile: role ?? null,
      permissions: wanted,
      expiresAt: expiry,
    };
    const created = await transact(sql, async (transaction) => {
      const made =
        beyond === undefined
          ? await createApiClient(transaction, client, { origin: 'api', createdBy: actorOf(caller) })
          : undefined;
      const outcome = made ? 'done' : 'refused';
      const detail = { permissions: [...wanted], role: role ?? null, expiresAt: expiresAt ?? null };
      await audit(c, transaction, { action: 'api-client.create', subject: identifier, outcome, detail });
      return made;
    });
    if (beyond !== undefined) {
      throw new Refusal(
        'permission-missing',
        `The API client ${caller.identifier} cannot grant ${beyond}, which it lacks itself.`,
      );
    }
    if (!created) {
      throw new Refusal(
        'client-exists',
        `There is an API client ${identifier} already: revoke it first, or take another identifier.`,
      );
    }
    return c.json({ ...renderClient(created), secret }, 201, { Location: `/api/clients/${identifier}` });
  });

  const revoke = createRoute({
    ...access,
    method: 'delete',
    path: '/api/clients/{identifier}',
    tags,
    summary: 'Revoke an API client, with its tokens',
    request: { params: z.object({ identifier: nameInPath('identifier', 'nightly-report') }) },
    responses: { 204: { description: 'It is revoked.' }, ...problems(404) },
  });
  app.openapi(revoke, async (c) => {
    const { identifier } = c.req.valid('param');
    const isRevoked = await transact(sql, async (transaction) => {
      const revoked = await revokeApiClient(transaction, identifier, actorOf(c.get('caller')));
      const outcome = revoked ? 'done' : 'refused';
      await audit(c, transaction, { action: 'api-client.revoke', subject: identifier, outcome });
      return revoked !== undefined;
    });
    if (!isRevoked)
      throw new Refusal(
        'client-unknown',
        `There is no API client ${JSON.stringify(identifier)} that is not revoked.`,
      );
    return c.body(null, 204);
  });
}

function renderClient(client: ApiClient): z.input<typeof clientSchema> {
  const {
    identifier,
    displayName,
    origin,
    profile,
    permissions,
    createdAt,
    createdBy,
    expiresAt,
    lastUsedAt,
  } = client;
  return {
    identifier,
    displayName,
    origin,
    profile,
    permissions: [...permissions],
    createdAt: text(createdAt),
    createdBy,
    expiresAt: textOrNull(expiresAt),
    lastUsedAt: textOrNull(lastUsedAt),
  };
}
