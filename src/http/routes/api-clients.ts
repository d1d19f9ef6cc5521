/** API clients: listing, creating and revoking them. Nobody gives away more than they have. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import {
  type ApiClient,
  createApiClient,
  exchangeSecret,
  findApiClient,
  readApiClients,
  revokeApiClient,
} from '../../store/api-clients.ts';
import { transact } from '../../store/transaction.ts';
import { needs } from '../authentication.ts';
import { hashSecret, makeSecret } from '../oauth/client-credentials.ts';
import { isGranted, roles } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf, type Caller } from '../request.ts';
import {
  type ApiClient as ClientAnswer,
  clientsSchema,
  createdSchema,
  exchangedSchema,
  exchangeSchema,
  newClientSchema,
} from '../schemas/api-clients.ts';
import { audit, nameInPath, ok, problems, text, textOrNull } from './route-parts.ts';

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
      200: ok('The clients that are not revoked.', clientsSchema),
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
        `${caller.kind === 'client' ? 'The API client ' : ''}${caller.identifier} cannot grant ${beyond}, which it lacks itself.`,
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
    if (!isRevoked) throw unknownClient(identifier);
    return c.body(null, 204);
  });
  addExchange(app, sql, now);
}

function addExchange(app: OpenAPIHono<ApiEnv>, sql: Sql, now: () => Date): void {
  const exchange = createRoute({
    ...needs(sql, '/Syncline/ApiClients'),
    method: 'post',
    path: '/api/clients/{identifier}/secret',
    tags,
    summary: 'Exchange the secret of an API client',
    description:
      'The secret before is taken as well for the hours that are said. The caller has to have every permission of the client.',
    request: {
      params: z.object({ identifier: nameInPath('identifier', 'nightly-report') }),
      body: { required: true, content: { 'application/json': { schema: exchangeSchema } } },
    },
    responses: { 200: ok('The client with its new secret.', exchangedSchema), ...problems(404, 409) },
  });
  app.openapi(exchange, async (c) => {
    const { identifier } = c.req.valid('param');
    const { overlapHours } = c.req.valid('json');
    const caller = c.get('caller');
    const secret = makeSecret();
    const previousUntil = new Date(now().getTime() + overlapHours * hourMs);
    const { client, refusal } = await transact(sql, async (transaction) => {
      const found = await findApiClient(transaction, identifier);
      const refusal = refuseExchange(found, identifier, caller);
      const client = refusal
        ? undefined
        : await exchangeSecret(transaction, identifier, { hashedSecret: hashSecret(secret), previousUntil });
      await audit(c, transaction, {
        action: 'api-client.exchange-secret',
        subject: identifier,
        outcome: client ? 'done' : 'refused',
        detail: { overlapHours },
      });
      return { client, refusal };
    });
    if (!client) throw refusal ?? unknownClient(identifier);
    return c.json({ ...renderClient(client), secret }, 200);
  });
}

const hourMs = 3_600_000;

/** Whoever has the new secret has the client's permissions. */
function refuseExchange(
  client: ApiClient | undefined,
  identifier: string,
  caller: Caller,
): Refusal | undefined {
  if (!client) return unknownClient(identifier);
  if (client.origin === 'configuration') {
    return new Refusal(
      'client-state',
      `The secret of ${client.identifier} stands in the configuration: write the hash of another one there, and deploy it.`,
    );
  }
  const beyond = client.permissions.find((path) => !isGranted(caller.permissions, path));
  if (beyond === undefined) return undefined;
  return new Refusal(
    'permission-missing',
    `${caller.identifier} cannot exchange the secret of ${client.identifier}, which has ${beyond}: that permission is missing.`,
  );
}

function unknownClient(identifier: string): Refusal {
  return new Refusal(
    'client-unknown',
    `There is no API client ${JSON.stringify(identifier)} that is not revoked.`,
  );
}

function renderClient(client: ApiClient): ClientAnswer {
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
    previousUntil,
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
    previousUntil: textOrNull(previousUntil),
  };
}
