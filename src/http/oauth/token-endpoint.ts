/** `POST /connect/token`: an access token for the id and the secret of an API client. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import type { Sql } from 'postgres';
import { findApiClient, recordApiClientUse } from '../../store/api-clients.ts';
import { recordAudit } from '../../store/audit.ts';
import { networkOf } from '../client-address.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import { signAccessToken, tokenSeconds } from './access-tokens.ts';
import { type BackOff, createBackOff } from './back-off.ts';
import { isSecretOf } from './client-credentials.ts';
import type { SigningKeys } from './signing-keys.ts';
import { identifierOf, readTokenRequest, type TokenRequest, tokenRequestSchema } from './token-request.ts';

export type TokenEndpoint = Readonly<{
  sql: Sql;
  keys: SigningKeys;
  /** The public address of the server. */
  issuer: string;
  log: Logger;
  now: () => Date;
}>;

const tokenSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().openapi({ description: 'Seconds.' }),
    scope: z.string(),
  })
  .openapi('Token');

const tokenErrorSchema = z.object({ error: z.string(), error_description: z.string() }).openapi('TokenError');

const errorContent = { 'application/json': { schema: tokenErrorSchema } };

const route = createRoute({
  method: 'post',
  path: '/connect/token',
  tags: ['Sign-in'],
  summary: 'Get an access token',
  description: 'OAuth 2.0 client credentials (RFC 6749, section 4.4). The token lasts an hour.',
  security: [],
  request: {
    body: {
      required: true,
      content: { 'application/x-www-form-urlencoded': { schema: tokenRequestSchema } },
    },
  },
  responses: {
    200: { description: 'The token.', content: { 'application/json': { schema: tokenSchema } } },
    400: { description: 'The request is wrong.', content: errorContent },
    401: { description: 'The client is not known, or its secret is wrong.', content: errorContent },
    429: { description: 'Too many failures: wait.', content: errorContent },
  },
});

/** Adds the endpoint. The body is read here and not by the schema's own check, because its errors are those of RFC 6749. */
export function addTokenEndpoint(app: OpenAPIHono<ApiEnv>, endpoint: TokenEndpoint): void {
  const backOff = createBackOff(() => endpoint.now().getTime());
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, (c) => answer(c, endpoint, backOff));
}

async function answer(c: ApiContext, endpoint: TokenEndpoint, backOff: BackOff): Promise<Response> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(c.req.header('Content-Type') ?? '')) {
    return refuse(c, 400, 'invalid_request', 'The body has to be application/x-www-form-urlencoded.');
  }
  const request = readTokenRequest(await c.req.text(), c.req.header('Authorization'));
  if (request.kind === 'refused') return refuse(c, 400, request.error, request.description);

  const network = networkOf(c.get('address'));
  const identifier = identifierOf(request.clientId, new URL(endpoint.issuer).hostname);
  // A name that leads nowhere is looked up, counted and refused all the same.
  const name = identifier ?? request.clientId;
  const seconds = backOff.secondsToWait(name, network);
  if (seconds > 0) {
    endpoint.log.warn({ requestId: c.get('requestId'), seconds }, 'token refused: too many failures');
    const description = `Too many failures: try again in ${seconds} s.`;
    return refuse(c, 429, 'temporarily_unavailable', description, { 'Retry-After': String(seconds) });
  }
  const client = await authenticate(c, name, request, endpoint);
  if (client === undefined) {
    backOff.recordFailure(name, network);
    // One sentence for every reason, so that nobody learns which clients there are.
    const description = 'The client is not known, its secret is wrong, or its time is over.';
    return refuse(
      c,
      401,
      'invalid_client',
      description,
      request.isBasic ? { 'WWW-Authenticate': 'Basic realm="syncline"' } : {},
    );
  }
  backOff.recordSuccess(name, network);
  await recordApiClientUse(endpoint.sql, client.apiClientId);
  const { keys, issuer } = endpoint;
  const subject = { ...client, scope: request.scope };
  const token = await signAccessToken(subject, { keys, issuer, now: endpoint.now() });
  return c.json(
    { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, scope: request.scope },
    200,
    uncached,
  );
}

/** The client whose secret this is; every failure takes the same way and goes into the audit. */
async function authenticate(
  c: ApiContext,
  name: string,
  { clientId, secret }: Extract<TokenRequest, { kind: 'request' }>,
  { sql, now }: TokenEndpoint,
): Promise<Readonly<{ apiClientId: number; identifier: string }> | undefined> {
  const client = await findApiClient(sql, name);
  const isOwn = isSecretOf(secret, client?.hashedSecret);
  // Compared whatever the first one says, so that the time tells nothing.
  const isPrevious = isSecretOf(secret, client?.previousHashedSecret ?? undefined);
  const isOverlapping = client?.previousUntil != null && client.previousUntil > now();
  const isRight = isOwn || (isPrevious && isOverlapping);
  const isOver = client?.expiresAt != null && client.expiresAt <= now();
  if (client && isRight && !isOver) return client;
  await recordAudit(sql, {
    actor: client ? `API client ${client.identifier}` : 'nobody known',
    action: 'token.request',
    subject: clientId.slice(0, 200),
    outcome: 'refused',
    detail: { reason: !client ? 'unknown client' : isRight ? 'expired client' : 'wrong secret' },
    requestId: c.get('requestId'),
    address: c.get('address'),
  });
  return undefined;
}

const uncached = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

function refuse(
  c: ApiContext,
  status: ContentfulStatusCode,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return c.json({ error, error_description: description }, status, { ...uncached, ...headers });
}
