// The answers of a request that a fault refuses, made complete here: Graph's error documents, the throttled one, and
// what gateways say in HTML.

import { errorDocument, GraphError, resourceNotFound, unknownOpenProperty } from '../graph/graph-error.ts';
import { json } from '../graph/json-reply.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import { refusalReply as platformRefusal, refuse } from '../identity/aadsts.ts';
import { tooManyRequests } from '../limits/too-many-requests.ts';

/** Why a request is not answered. */
export type Refusal =
  | { readonly kind: 'throttled'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'graph'; readonly error: GraphError }
  | { readonly kind: 'gateway'; readonly status: number };

/** 429 below the published limits, as from an overloaded back end. */
export function throttled(retryAfterSeconds: number | undefined): Refusal {
  return {
    kind: 'throttled',
    headers: { 'x-ms-throttle-information': 'CPULimitExceeded', ...retryAfter(retryAfterSeconds) },
  };
}

export function unavailable(retryAfterSeconds: number | undefined): Refusal {
  const headers = retryAfter(retryAfterSeconds);
  return graphRefusal(503, 'ServiceUnavailable', 'The service is temporarily unavailable.', headers);
}

export const gatewayTimeout = graphRefusal(504, 'UnknownError', '');

export const internalError = graphRefusal(
  500,
  'Service_InternalServerError',
  'Encountered an internal server error.',
);

export const concurrencyViolation = graphRefusal(
  409,
  'Directory_ConcurrencyViolation',
  'Error due to concurrent requests being made to the tenant. Please wait briefly and retry.',
);

/** The 404 of an object that has not reached the replica that is asked. */
export const notReplicated = (id: string): Refusal => ({ kind: 'graph', error: resourceNotFound(id) });

export const unknownProperty = (name: string): Refusal => ({
  kind: 'graph',
  error: unknownOpenProperty(name),
});

export interface ReplyContext {
  readonly request: HttpRequest;
  readonly nowMs: number;
  readonly requestId: string;
  readonly clientRequestId: string;
}

/** The refusal as the Graph door says it. */
export function graphRefusalReply(refusal: Refusal, context: ReplyContext): HttpReply {
  if (refusal.kind === 'gateway') return gatewayReply(refusal.status, {});
  if (refusal.kind === 'throttled') return json(429, tooManyRequests(context), refusal.headers);
  const { error } = refusal;
  return json(error.status, errorDocument(error, context), error.headers);
}

/** The refusal as the token endpoint says it: its own words for too many requests, its gateway's for all else. */
export function tokenRefusalReply(refusal: Refusal, context: ReplyContext): HttpReply {
  if (refusal.kind === 'gateway') return gatewayReply(refusal.status, {});
  if (refusal.kind === 'graph') return gatewayReply(refusal.error.status, refusal.error.headers);
  const reply = platformRefusal(refuse(90055), context.request, context.nowMs);
  const { 'Retry-After': seconds } = refusal.headers;
  return seconds === undefined ? reply : { ...reply, headers: { ...reply.headers, 'Retry-After': seconds } };
}

function graphRefusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return { kind: 'graph', error: new GraphError(status, code, message, { headers }) };
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) };
}

const gatewayReasons: Readonly<Record<number, string>> = {
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
};

function gatewayReply(status: number, headers: Readonly<Record<string, string>>): HttpReply {
  const title = `${status} ${gatewayReasons[status] ?? ''}`.trim();
  return {
    status,
    headers: { 'Content-Type': 'text/html', ...headers },
    body: [
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
    ],
  };
}
