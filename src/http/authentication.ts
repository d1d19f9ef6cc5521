/** Who calls, and whether they may: bearer tokens become callers, and routes name the permission that they need. */
import type { MiddlewareHandler } from 'hono';
import type { Sql } from 'postgres';
import { readApiClient } from '../store/api-clients.ts';
import { recordAudit } from '../store/audit.ts';
import { verifyAccessToken } from './oauth/access-tokens.ts';
import type { SigningKeys } from './oauth/signing-keys.ts';
import { isGranted, type Permission } from './permissions.ts';
import { Refusal } from './problem.ts';
import { type ApiContext, type ApiEnv, actorOf, type Caller, type ClientCaller } from './request.ts';
import type { BrowserSessions } from './sign-in/browser-session.ts';

export type Authentication = Readonly<{
  sql: Sql;
  keys: SigningKeys;
  sessions: BrowserSessions;
  issuer: string;
  now: () => Date;
}>;

export function authenticate(authentication: Authentication): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    c.set('caller', await readCaller(c, authentication));
    await next();
  };
}

/** The client behind the token of a request, or the person behind its cookie, as they are now. Throws a `Refusal`. */
export async function readCaller(c: ApiContext, authentication: Authentication): Promise<Caller> {
  // Whoever sends a token means it: a cookie that comes with it counts for nothing.
  const isBearer = c.req.header('Authorization') !== undefined;
  const person = isBearer ? undefined : await authentication.sessions.findCaller(c);
  return person ?? (await readClient(c, authentication));
}

async function readClient(c: ApiContext, { sql, keys, issuer, now }: Authentication): Promise<ClientCaller> {
  const [, token] = /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(c.req.header('Authorization') ?? '') ?? [];
  if (token === undefined) {
    throw new Refusal(
      'token-missing',
      `This address needs somebody who is signed in, or an access token as bearer: get one from ${issuer}/connect/token.`,
      {
        headers: { 'WWW-Authenticate': 'Bearer realm="syncline"' },
      },
    );
  }
  const verified = await verifyAccessToken(token, { keys, issuer, now: now() });
  if (verified.kind !== 'valid') {
    throw refuseToken(
      verified.kind === 'expired'
        ? 'The access token is over its time: get a new one.'
        : 'The access token is none of this server.',
    );
  }
  const client = await readApiClient(sql, verified.apiClientId);
  if (!client || client.revokedAt !== null)
    throw refuseToken('The API client of the access token is revoked.');
  if (client.expiresAt !== null && client.expiresAt <= now()) {
    throw refuseToken('The time of the API client of the access token is over.');
  }
  const { apiClientId, identifier, displayName, permissions } = client;
  return {
    kind: 'client',
    id: apiClientId,
    identifier,
    name: displayName,
    permissions,
    expiresAt: verified.expiresAt,
  };
}

function refuseToken(message: string): Refusal {
  const headers = { 'WWW-Authenticate': 'Bearer realm="syncline", error="invalid_token"' };
  return new Refusal('token-invalid', message, { headers });
}

/** Throws a `Refusal` where the caller lacks a permission, or one below it that would do. */
export function requireGranted(caller: Caller, permission: Permission, below?: string): void {
  const needed = below === undefined ? permission : `${permission}/${below}`;
  if (isGranted(caller.permissions, needed)) return;
  throw new Refusal(
    'permission-missing',
    `${caller.kind === 'client' ? 'The API client ' : ''}${caller.identifier} lacks the permission ${needed}.`,
    {
      headers: { 'WWW-Authenticate': 'Bearer realm="syncline", error="insufficient_scope"' },
    },
  );
}

/**
 * What a route says of who may call it: the check, and the same for the document. With `parameter`, what that parameter of the path
 * names stands below the permission. A change that is refused goes into the audit.
 */
export function needs(sql: Sql, permission: Permission, parameter?: string) {
  const check: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const caller = c.get('caller');
    const below = parameter === undefined ? undefined : c.req.param(parameter);
    try {
      requireGranted(caller, permission, below);
    } catch (error) {
      if (!['GET', 'HEAD'].includes(c.req.method)) await auditRefusal(c, sql, permission);
      throw error;
    }
    await next();
  };
  return {
    middleware: [check],
    security: [{ oauth: ['syncline_api'] }, { session: [] }],
    'x-permission': parameter === undefined ? permission : `${permission}/{${parameter}}`,
  };
}

async function auditRefusal(c: ApiContext, sql: Sql, permission: Permission): Promise<void> {
  await recordAudit(sql, {
    actor: actorOf(c.get('caller')),
    action: `${c.req.method} ${permission}`,
    subject: c.req.path.slice(0, 200),
    outcome: 'refused',
    detail: { reason: 'permission missing' },
    requestId: c.get('requestId'),
    address: c.get('address'),
  });
}
