// One request at the Graph door, as an operation sees it: who asks, for what, on which tenant.
import type { Effects } from '../faults/effects.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import type { Directory } from '../tenant/directory.ts';
import { badRequest } from './graph-error.ts';

export interface Caller {
  readonly appId: string;
  /** Object id of the calling application's service principal. */
  readonly servicePrincipalId: string;
  /** Application permissions in the token. */
  readonly roles: ReadonlySet<string>;
}

export interface GraphRequest {
  readonly http: HttpRequest;
  readonly method: string;
  readonly version: 'v1.0' | 'beta';
  /** Service root that links of the answer start with, such as `https://localhost:8443/v1.0`. */
  readonly root: string;
  /** Path below the root as the client wrote it, without the query; for messages and contexts. */
  readonly path: string;
  /** Query options by lower-case name without `$`. */
  readonly options: ReadonlyMap<string, string>;
  readonly caller: Caller;
  /** Values of the `{…}` places of the matched route, decoded; alternate keys as `property=value`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly directory: Directory;
  /** What a fault does to this request; nothing, nearly always. */
  readonly effects: Effects;
}

export type Operation = (request: GraphRequest) => HttpReply;

/** An operation that asks somebody else before it can answer. */
export type WaitingOperation = (request: GraphRequest) => Promise<HttpReply>;

export type AnyOperation = Operation | WaitingOperation;

/** True when the client chose the eventually consistent index: one half of an advanced query. */
export function wantsEventual(request: GraphRequest): boolean {
  return request.http.headers.consistencylevel?.toLowerCase() === 'eventual';
}

/** The JSON object in the body. Throws Graph's own words for an empty or malformed one. */
export function readBody({ http }: Pick<GraphRequest, 'http'>): Record<string, unknown> {
  const { body, headers } = http;
  if (body.length === 0) throw badRequest('Empty Payload. JSON content expected.');
  const refused = badRequest(
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '')) throw refused;
  let document: unknown;
  try {
    document = JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw refused;
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw refused;
  return document as Record<string, unknown>;
}
