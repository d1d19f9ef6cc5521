/** The form of a token request (RFC 6749, sections 2.3.1 and 4.4): who asks, with which secret, for which scope. */
import { z } from '@hono/zod-openapi';
import { scopes } from './access-tokens.ts';

export const tokenRequestSchema = z
  .object({
    grant_type: z.literal('client_credentials'),
    client_id: z.string().optional().openapi({
      description:
        'The client id, bare or with "@" and the domain of this server. In the body or as HTTP Basic.',
      example: 'Job@syncline.contoso.com',
    }),
    client_secret: z.string().optional(),
    scope: z.string().optional().openapi({ example: 'syncline_api' }),
  })
  .openapi('TokenRequest');

export type TokenError = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope';

export type TokenRequest =
  | Readonly<{ kind: 'request'; clientId: string; secret: string; scope: string; isBasic: boolean }>
  | Readonly<{ kind: 'refused'; error: TokenError; description: string }>;

/** Reads the body and the `Authorization` header of a request. */
export function readTokenRequest(body: string, authorization: string | undefined): TokenRequest {
  const form = new URLSearchParams(body);
  const names = [...form.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return refused('invalid_request', `The parameter ${quoted(twice)} stands twice.`);
  const parsed = tokenRequestSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) {
    return form.has('grant_type')
      ? refused('unsupported_grant_type', 'The only grant_type here is client_credentials.')
      : refused('invalid_request', 'The parameter grant_type is missing: send client_credentials.');
  }
  const { client_id, client_secret, scope = scopes[1] } = parsed.data;
  const wanted = scope.split(' ').filter((name) => name !== '');
  if (!wanted.every((name) => (scopes as readonly string[]).includes(name))) {
    return refused('invalid_scope', `The only scopes here are ${scopes.join(' and ')}.`);
  }
  const basic = authorization === undefined ? undefined : readBasic(authorization);
  if (basic === null) return refused('invalid_request', 'The Authorization header is no HTTP Basic.');
  if (basic !== undefined && client_secret !== undefined) {
    return refused('invalid_request', 'The client authenticates twice: use the body or HTTP Basic.');
  }
  if (basic !== undefined && client_id !== undefined && client_id !== basic.clientId) {
    return refused('invalid_request', 'The body and HTTP Basic name different clients.');
  }
  const clientId = basic?.clientId ?? client_id;
  const secret = basic?.secret ?? client_secret;
  if (clientId === undefined || secret === undefined) {
    return refused(
      'invalid_request',
      'client_id and client_secret are needed, in the body or as HTTP Basic.',
    );
  }
  const granted = wanted.length === 0 ? scopes[1] : wanted.join(' ');
  return { kind: 'request', clientId, secret, scope: granted, isBasic: basic !== undefined };
}

/**
 * The identifier in a client id; undefined when it names the domain of another server. `Job` and `Job@<domain>` are the same
 * client (Identity Manager: OpenIdClient).
 */
export function identifierOf(clientId: string, domain: string): string | undefined {
  const at = clientId.lastIndexOf('@');
  if (at < 0) return clientId;
  return clientId.slice(at + 1).toLowerCase() === domain.toLowerCase() ? clientId.slice(0, at) : undefined;
}

/** Null for a header that is something else. Both parts are form-encoded. */
function readBasic(authorization: string): Readonly<{ clientId: string; secret: string }> | null {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const clientId = decodeForm(text.slice(0, colon));
  const secret = decodeForm(text.slice(colon + 1));
  return clientId === undefined || secret === undefined ? null : { clientId, secret };
}

function decodeForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function refused(error: TokenError, description: string): TokenRequest {
  return { kind: 'refused', error, description };
}

/** RFC 6749 allows few characters in descriptions. */
function quoted(name: string): string {
  return `'${name.replace(/[^A-Za-z0-9_.-]/g, '?').slice(0, 40)}'`;
}
