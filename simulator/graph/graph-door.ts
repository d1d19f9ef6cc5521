// The Graph door: a request comes in, is authenticated, matched, charged and answered. Read this page first.
import { randomUUID } from 'node:crypto';
import { parseQueryOptions } from '../../src/odata/query-options.ts';
import { ODataSyntaxError } from '../../src/odata/syntax-error.ts';
import { type Effects, noEffects } from '../faults/effects.ts';
import type { FaultBoard } from '../faults/fault-board.ts';
import { graphRefusalReply } from '../faults/refusal.ts';
import type { HttpReply, HttpRequest } from '../http.ts';
import { type RefusedCaller, tokenExpired } from '../identity/access-token.ts';
import type { IdentityPlatform } from '../identity/identity-platform.ts';
import { priorityOf, type Quota } from '../limits/quota.ts';
import { costOf } from '../limits/resource-units.ts';
import { tooManyRequests } from '../limits/too-many-requests.ts';
import type { RequestLog } from '../request-log.ts';
import type { Directory } from '../tenant/directory.ts';
import { runBatch } from './batch.ts';
import { type AnyOperation, type Caller, type GraphRequest, readBody } from './exchange.ts';
import { accessDenied, badRequest, errorDocument, GraphError } from './graph-error.ts';
import { json } from './json-reply.ts';
import { metadataReply, serviceDocumentReply } from './metadata.ts';
import type { Route, RouteTable } from './route.ts';

export interface GraphDoorParts {
  readonly directory: Directory;
  readonly identity: Pick<IdentityPlatform, 'authenticate'>;
  readonly routes: RouteTable<AnyOperation>;
  readonly quota: Quota;
  readonly faults: FaultBoard;
  readonly requests: RequestLog;
  /** Effects that change the tenant before the answer is made. */
  readonly disturb: (effects: Effects, request: GraphRequest) => void;
}

/** An answer with what a fault does to its delivery. */
export interface GraphAnswer {
  readonly reply: HttpReply;
  readonly effects: Effects;
}

export interface GraphDoor {
  /** Undefined when the path is below no version root; a promise for batches and for what has to ask somebody else first. */
  answer(http: HttpRequest): GraphAnswer | Promise<GraphAnswer> | undefined;
}

interface Envelope {
  readonly requestId: string;
  readonly clientRequestId: string;
  readonly nowMs: number;
}

const versionRoot = /^\/(v1\.0|beta)(?=\/|$)/i;

export function createGraphDoor(parts: GraphDoorParts): GraphDoor {
  const { directory, identity, routes, quota, faults, requests } = parts;

  const answerOne = (
    http: HttpRequest,
    envelope: Envelope,
    isPart = false,
  ): GraphAnswer | Promise<GraphAnswer> => {
    const startedMs = performance.now();
    let effects = noEffects;
    let appId = '';
    let reply: HttpReply | Promise<HttpReply>;
    let unitHeaders: Readonly<Record<string, string>> = {};
    try {
      const version = versionRoot.exec(http.path)?.[1]?.toLowerCase() === 'beta' ? 'beta' : 'v1.0';
      // Some clients write two slashes after the version; links should not carry them on.
      const path = http.path.slice(`/${version}`.length).replace(/\/{2,}/g, '/');
      const root = `${http.origin}/${version}`;
      if (/^\/\$metadata\/?$/i.test(path)) return { reply: metadataReply(), effects };
      const caller = authenticate(http, identity);
      appId = caller.appId;
      effects = faults.strike({
        method: http.method,
        path,
        query: http.query,
        appId,
        authorization: http.headers.authorization,
        body: http.body,
        isPart,
      });
      if (effects.accessToken === 'expired') throw refusalOf(tokenExpired);
      if (effects.refusal) {
        const context = { request: http, ...envelope };
        reply = graphRefusalReply(effects.refusal, context);
      } else if (/^\/?$/.test(path)) {
        reply = serviceDocumentReply(root);
      } else if (!isPart && /^\/(?:\$|%24)batch\/?$/i.test(path)) {
        reply = answerBatch(http, `/${version}`, async (part) =>
          answerOne(part, { ...envelope, requestId: randomUUID() }, true),
        );
      } else {
        const options = parseQueryOptions(http.query);
        const { route, parameters } = routes.match(http.method, path);
        requirePermission(route, caller);
        const verdict = quota.charge({
          appId,
          cost: priceOf(route, options),
          isWrite: route.method !== 'GET' && !route.isQuestion,
          priority: priorityOf(http.headers['x-ms-throttle-priority']),
        });
        unitHeaders = verdict.headers;
        if (verdict.kind === 'refused') {
          reply = json(429, tooManyRequests(envelope));
        } else {
          const request: GraphRequest = {
            http,
            method: http.method,
            version,
            root,
            path,
            options,
            caller,
            parameters,
            directory,
            effects,
          };
          if (effects !== noEffects) parts.disturb(effects, request);
          reply = route.run(request);
        }
      }
    } catch (error) {
      reply = errorReply(error, envelope);
    }
    const finish = (plain: HttpReply): GraphAnswer => {
      const struck = effects === noEffects ? plain : faults.finish(effects, plain);
      const finished = {
        ...struck,
        headers: { ...commonHeaders(envelope), ...unitHeaders, ...struck.headers },
      };
      requests.record({
        atMs: envelope.nowMs,
        method: http.method,
        path: http.path,
        query: http.query,
        status: finished.status,
        units: Number(unitHeaders['x-ms-resource-unit'] ?? 0),
        appId: appId === '' ? undefined : appId,
        durationMs: performance.now() - startedMs,
      });
      return { reply: finished, effects };
    };
    // Nearly all answers are there at once, and none of them should wait for its turn.
    return reply instanceof Promise
      ? reply.catch((error: unknown) => errorReply(error, envelope)).then(finish)
      : finish(reply);
  };

  return {
    answer(http) {
      if (!versionRoot.test(http.path)) return undefined;
      const requestId = randomUUID();
      const envelope: Envelope = {
        requestId,
        clientRequestId: http.headers['client-request-id'] ?? requestId,
        nowMs: directory.clock.now(),
      };
      return answerOne(http, envelope);
    },
  };
}

/** Runs the parts of a batch, each as a request of its own that inherits the caller and the host. */
function answerBatch(
  http: HttpRequest,
  versionPath: string,
  answerPart: (part: HttpRequest) => Promise<GraphAnswer>,
): Promise<HttpReply> {
  if (http.method !== 'POST') throw badRequest('A batch has to be sent with POST.');
  return runBatch(readBody({ http }), async ({ method, url, headers, body }) => {
    const [path = '', query = ''] = splitOnce(url, '?');
    const part: HttpRequest = {
      ...http,
      method,
      path: `${versionPath}${path}`,
      query,
      headers: { authorization: http.headers.authorization, ...headers },
      body,
    };
    return (await answerPart(part)).reply;
  });
}

function priceOf(route: Route<AnyOperation>, options: ReadonlyMap<string, string>): number {
  const { cost, costWithSelect } = route;
  return costWithSelect !== undefined && options.has('select') ? costWithSelect : costOf(cost, options);
}

function authenticate(http: HttpRequest, identity: GraphDoorParts['identity']): Caller {
  const caller = identity.authenticate(http.headers.authorization);
  if (caller.kind === 'refused') throw refusalOf(caller);
  const { appid, oid, roles, scp } = caller.claims;
  // What the user may do besides is not looked at: everybody may read the directory.
  const granted = scp === undefined ? rolesOf(roles ?? []) : new Set(scp.split(' '));
  return { appId: appid, servicePrincipalId: oid, roles: granted };
}

function refusalOf({ status, code, message, challenge }: RefusedCaller): GraphError {
  return new GraphError(status, code, message, { headers: { 'WWW-Authenticate': challenge } });
}

const roleSets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** One set per token: claims of a verified token are kept, and so is the set made of them. */
function rolesOf(roles: readonly string[]): ReadonlySet<string> {
  let set = roleSets.get(roles);
  if (!set) {
    set = new Set(roles);
    roleSets.set(roles, set);
  }
  return set;
}

function requirePermission(route: Route<AnyOperation>, caller: Caller): void {
  const { permissions } = route;
  if (permissions === null || permissions.some((permission) => caller.roles.has(permission))) return;
  throw accessDenied();
}

function errorReply(error: unknown, envelope: Envelope): HttpReply {
  const graphError =
    error instanceof GraphError
      ? error
      : error instanceof ODataSyntaxError
        ? badRequest(error.message)
        : undefined;
  if (!graphError) throw error;
  return json(graphError.status, errorDocument(graphError, envelope), graphError.headers);
}

const diagnostic = JSON.stringify({
  ServerInfo: {
    DataCenter: 'West Europe',
    Slice: 'E',
    Ring: '5',
    ScaleUnit: '001',
    RoleInstance: 'SIMULATOR',
  },
});

function commonHeaders(envelope: Envelope): Record<string, string> {
  return {
    'Cache-Control': 'no-cache',
    'Strict-Transport-Security': 'max-age=31536000',
    Vary: 'Accept-Encoding',
    'OData-Version': '4.0',
    'request-id': envelope.requestId,
    'client-request-id': envelope.clientRequestId,
    'x-ms-ags-diagnostic': diagnostic,
  };
}

function splitOnce(text: string, separator: string): string[] {
  const index = text.indexOf(separator);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
