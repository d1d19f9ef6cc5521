// The identity endpoint of a machine, in the manner of Azure App Service: who is on the machine and knows the header gets a token of
// the machine's identity, or of one that is assigned to it (App Service: how to use managed identities, REST endpoint reference).
import { randomUUID } from 'node:crypto';
import { type HttpReply, type HttpRequest, jsonReply } from '../http.ts';
import { findResource } from './resource.ts';
import type { TokenEndpointParts } from './token-endpoint.ts';

export interface MachineParts extends Pick<TokenEndpointParts, 'registry' | 'tokens'> {
  readonly header: string;
}

/** Managed identities keep their tokens for a day (Azure: managed identities, frequently asked questions). */
const tokenSeconds = 86_400;
const apiVersion = '2019-08-01';

/** Answers one request for a token. */
export function answerManagedIdentity(parts: MachineParts, request: HttpRequest): HttpReply {
  const query = new URLSearchParams(request.query);
  const resource = query.get('resource') ?? '';
  if (request.headers['x-identity-header'] !== parts.header) {
    return refusal(401, 'The header X-IDENTITY-HEADER is missing or is not that of this machine.');
  }
  if (request.method !== 'GET' || query.get('api-version') !== apiVersion) {
    return refusal(400, `Send a GET with api-version=${apiVersion}.`);
  }
  const kind = findResource(resource, request.host);
  if (kind === undefined) return refusal(400, `The resource ${resource} is not known.`);
  const identity = parts.registry.findMachineIdentity(query.get('client_id') ?? undefined);
  if (identity === undefined) {
    return refusal(
      400,
      'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    );
  }
  const { token, issuedAtSeconds } = parts.tokens.issue({
    app: identity,
    audience: resource,
    resource: kind,
    provenBy: 'assertion',
    lifetimeSeconds: tokenSeconds,
    capabilities: [],
  });
  return jsonReply(200, {
    access_token: token,
    client_id: identity.appId,
    expires_on: String(issuedAtSeconds + tokenSeconds),
    not_before: String(issuedAtSeconds),
    resource,
    token_type: 'Bearer',
  });
}

function refusal(statusCode: number, message: string): HttpReply {
  return jsonReply(statusCode, { statusCode, message, correlationId: randomUUID() });
}
