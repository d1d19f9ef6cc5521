// The wire: one listener for Graph, the identity platform and the control endpoint, over TLS or plain HTTP on loopback.
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Control } from './control.ts';
import { deliver, isDisturbed } from './faults/delivery.ts';
import { noEffects } from './faults/effects.ts';
import type { FaultBoard } from './faults/fault-board.ts';
import { tokenRefusalReply } from './faults/refusal.ts';
import type { GraphAnswer, GraphDoor } from './graph/graph-door.ts';
import { type HttpReply, type HttpRequest, jsonReply } from './http.ts';
import type { IdentityPlatform } from './identity/identity-platform.ts';
import { presentedClient } from './identity/token-endpoint.ts';
import { unusablePort } from './unusable-input.ts';

/** Largest body that is read; Graph refuses somewhat smaller ones. */
const maximumBodyBytes = 8 * 1024 * 1024;

export interface ServerParts {
  readonly graph: GraphDoor;
  readonly identity: IdentityPlatform;
  readonly control: Control;
  readonly faults: FaultBoard;
  readonly nowMs: () => number;
  /** Added to every answer, in milliseconds. */
  readonly latencyMs: number;
}

export interface Listener {
  readonly port: number;
  /** From here on requests are answered; before, they are told that the tenant is not ready. */
  serve(parts: ServerParts): void;
  /** Ends connections and frees the port. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Undefined for plain HTTP. */
  readonly tls: { readonly certPem: string; readonly keyPem: string } | undefined;
}

/** Starts listening on 127.0.0.1. Throws an `UnusableInput` when the port cannot be had. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const scheme = options.tls ? 'https' : 'http';
  let parts: ServerParts | undefined;
  const onRequest = (incoming: IncomingMessage, response: ServerResponse) => {
    if (!parts) {
      response.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '1' });
      response.end('The tenant is not ready yet.\n');
      return;
    }
    answerOver(parts, scheme, incoming, response).catch((error: unknown) => {
      // A fault of the simulator itself must not look like one of Graph's.
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end(`The simulator failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    });
  };
  const server = options.tls
    ? createHttpsServer({ cert: options.tls.certPem, key: options.tls.keyPem }, onRequest)
    : createHttpServer(onRequest);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(unusablePort('--port', options.port, error)),
    );
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    serve: (ready) => {
      parts = ready;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerOver(
  parts: ServerParts,
  scheme: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming, scheme);
  if ('status' in request) {
    send(response, request);
    return;
  }
  const { reply, effects } = await answer(parts, request);
  if (parts.latencyMs > 0) await sleep(parts.latencyMs, undefined, { ref: false });
  if (isDisturbed(effects)) await deliver(response, reply, effects);
  else send(response, reply);
}

async function answer(parts: ServerParts, request: HttpRequest): Promise<GraphAnswer> {
  const byGraph = parts.graph.answer(request);
  if (byGraph) return byGraph;
  const byControl = parts.control(request);
  if (byControl) return { reply: byControl, effects: noEffects };
  return answerIdentity(parts, request);
}

/** The token endpoint meets faults as well; the rest of the identity platform never does. */
async function answerIdentity(parts: ServerParts, request: HttpRequest): Promise<GraphAnswer> {
  let effects = noEffects;
  let asked = request;
  if (request.method === 'POST' && /\/oauth2\/(?:v2\.0\/)?token\/?$/i.test(request.path)) {
    const form = new URLSearchParams(request.body.toString('utf8'));
    effects = parts.faults.strike({
      method: request.method,
      path: 'token',
      query: request.query,
      appId: presentedClient(request, form).clientId ?? '',
      authorization: undefined,
    });
    if (effects.refusal) {
      const requestId = crypto.randomUUID();
      const context = { request, nowMs: parts.nowMs(), requestId, clientRequestId: requestId };
      return { reply: tokenRefusalReply(effects.refusal, context), effects };
    }
    if (effects.secret === 'revoked') asked = withWrongSecret(request, form);
  }
  const reply = (await parts.identity.handle(asked)) ?? notFound(asked);
  return { reply: parts.faults.finish(effects, reply), effects };
}

/** The request as it is judged once its secret is known no more; one that proves itself by certificate stays good. */
function withWrongSecret(request: HttpRequest, form: URLSearchParams): HttpRequest {
  const { clientId, secret } = presentedClient(request, form);
  if (!secret || form.has('client_assertion')) return request;
  form.set('client_id', clientId ?? '');
  form.set('client_secret', 'revoked');
  const { authorization: _, ...headers } = request.headers;
  return { ...request, headers, body: Buffer.from(form.toString(), 'utf8') };
}

function notFound(request: HttpRequest): HttpReply {
  return jsonReply(404, { error: { code: 'NotFound', message: `Nothing is served at ${request.path}.` } });
}

async function readRequest(incoming: IncomingMessage, scheme: string): Promise<HttpRequest | HttpReply> {
  const body = incoming.method === 'GET' ? empty : await readBody(incoming);
  if ('status' in body) return body;
  const headers = incoming.headers as Record<string, string | undefined>;
  const target = splitTarget(incoming.url ?? '/');
  const host = target.host ?? headers.host ?? 'localhost';
  return {
    method: incoming.method ?? 'GET',
    origin: `${scheme}://${host}`,
    host: host.replace(/:\d+$/, '').toLowerCase(),
    path: target.path,
    query: target.query,
    headers,
    body,
  };
}

/** Path and query of a request target; a target in absolute form, as proxies get it, also names the host. */
function splitTarget(target: string): { host: string | undefined; path: string; query: string } {
  const [, host, rest = target] = /^https?:\/\/([^/?]+)(.*)$/is.exec(target) ?? [];
  const mark = rest.indexOf('?');
  const path = mark === -1 ? rest : rest.slice(0, mark);
  return { host, path: path === '' ? '/' : path, query: mark === -1 ? '' : rest.slice(mark + 1) };
}

/** The body as it was before it was compressed, or why it cannot be taken. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | HttpReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too long is read to its end all the same: a client that still writes would not hear the answer.
    if (bytes <= maximumBodyBytes) chunks.push(chunk);
  }
  if (bytes > maximumBodyBytes) return refuseBody(413, 'RequestEntityTooLarge', 'The body is too large.');
  if (bytes === 0) return empty;
  const body = Buffer.concat(chunks);
  const encoding = incoming.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    return refuseBody(415, 'UnsupportedMediaType', `Content-Encoding ${encoding} is not supported.`);
  }
  try {
    return gunzipSync(body, { maxOutputLength: maximumBodyBytes });
  } catch (error) {
    return error instanceof RangeError
      ? refuseBody(413, 'RequestEntityTooLarge', 'The body is too large.')
      : refuseBody(400, 'BadRequest', 'The body is not compressed as its Content-Encoding says.');
  }
}

function refuseBody(status: number, code: string, message: string): HttpReply {
  return jsonReply(status, { error: { code, message } });
}

const empty = Buffer.alloc(0);

/** Parts go out as they are, so that a kept page is not joined to anything on its way to the socket. */
function send(response: ServerResponse, reply: HttpReply): void {
  const { body } = reply;
  if (body.length === 0) {
    response.writeHead(reply.status, reply.headers);
    response.end();
    return;
  }
  let length = 0;
  for (const part of body) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': length });
  response.socket?.cork();
  for (const part of body) {
    if (typeof part === 'string') response.write(part, 'utf8');
    else for (const piece of part.pieces) response.write(piece, 'latin1');
  }
  response.end();
  response.socket?.uncork();
}
