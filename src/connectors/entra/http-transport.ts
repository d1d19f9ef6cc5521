/**
 * The wire: one request, one whole answer, over connections that are kept open. Knows proxies, certificates and limits
 * of size and time; nothing of Graph. Redirects are answers like any other.
 */
import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createSecureContext, getCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { Fault } from '../../errors.ts';
import { lookUpAllowed, lookUpWithin, refuseLiteral } from './addresses.ts';
import type { Reach } from './entra-connection.ts';

export type HttpRequest = Readonly<{
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** An absolute address. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}>;

export type HttpAnswer = Readonly<{
  status: number;
  /** One header of the answer; the name in lower case. */
  header: (name: string) => string | undefined;
  /** The whole body, unpacked. */
  body: Buffer;
}>;

export interface HttpTransport {
  /** Rejects with the network's error, with an `AnswerTooLarge`, or with the signal's reason. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Cuts all connections. */
  close(): Promise<void>;
}

export type TransportOptions = Readonly<{
  /** PEM certificates to trust besides those that Node.js trusts. */
  trustedCertificates?: string | undefined;
  proxy?: string | undefined;
  reach?: Reach | undefined;
}>;

/** No page of Graph comes near this; what does is not meant for us. */
const largestBodyBytes = 64 * 1024 * 1024;
/** As many connections as requests may be in flight, see `pacing.ts`. */
const mostConnections = 128;
/** Graph's gateway gives up on its own back end after about a minute and a half. */
const headersTimeoutMs = 120_000;
const bodyTimeoutMs = 60_000;
const connectTimeoutMs = 10_000;
const keepAliveMs = 30_000;

export class AnswerTooLarge extends Error {
  constructor() {
    super(`an answer of more than ${largestBodyBytes / 1024 / 1024} MB`);
  }
}

const unpack = promisify(gunzip);

/** Throws a `Fault` with code `invalid-setting` for certificates or a proxy that cannot be used. */
export function openTransport({ trustedCertificates, proxy, reach }: TransportOptions): HttpTransport {
  // Made once: loading all authorities for every connection would cost more than the handshake.
  const trust =
    trustedCertificates === undefined
      ? {}
      : {
          secureContext: createSecureContext({
            ca: [...getCACertificates('default'), ...certificatesOf(trustedCertificates)],
          }),
        };
  const connect = { allowH2: false, timeout: connectTimeoutMs, lookup: lookUpAllowed, ...trust };
  /** Of an origin that requests go to without a proxy. */
  const connectWithin = (origin: string) => ({ ...connect, lookup: lookUpWithin(reach, origin) });
  const options = {
    connections: mostConnections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: bodyTimeoutMs,
    keepAliveTimeout: keepAliveMs,
  };
  const dispatcher =
    proxy === undefined
      ? new Agent({
          ...options,
          factory: (origin, poolOptions) =>
            new Pool(origin, { ...poolOptions, connect: connectWithin(String(origin)) }),
        })
      : new ProxyAgent({ ...options, uri: proxyOf(proxy), requestTls: connect, proxyTls: connect });
  return {
    exchange: async (request, signal) => {
      const refused = proxy === undefined ? refuseLiteral(reach, new URL(request.url).origin) : undefined;
      if (refused) throw refused;
      const answer = await dispatch(dispatcher, request, signal);
      const isPacked = answer.header('content-encoding') === 'gzip' && answer.body.length > 0;
      return isPacked ? unpackAnswer(answer) : answer;
    },
    close: () => dispatcher.destroy(),
  };
}

async function unpackAnswer(answer: HttpAnswer): Promise<HttpAnswer> {
  try {
    return { ...answer, body: await unpack(answer.body, { maxOutputLength: largestBodyBytes }) };
  } catch (error) {
    throw error instanceof RangeError ? new AnswerTooLarge() : error;
  }
}

/** Collects the answer straight from the parser: a stream for each would cost more than all else here. */
function dispatch(
  dispatcher: Dispatcher,
  { method, url, headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { origin, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let received: IncomingHttpHeaders = {};
    let controller: Dispatcher.DispatchController | undefined;
    const abort = () => {
      controller?.abort(new Error('Aborted'));
      reject(signal.reason);
    };
    const finish = () => {
      signal.removeEventListener('abort', abort);
      resolve({ status, header: (name) => firstOf(received[name]), body: Buffer.concat(chunks) });
    };
    // From the beginning: a request can wait for its connection.
    signal.addEventListener('abort', abort, { once: true });
    dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method,
        headers: { 'user-agent': 'Syncline', 'accept-encoding': 'gzip', ...headers },
        ...(body === undefined ? {} : { body }),
      },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) abort();
        },
        onResponseStart(_, statusCode, responseHeaders) {
          status = statusCode;
          received = responseHeaders;
        },
        onResponseData(response, chunk) {
          size += chunk.length;
          if (size > largestBodyBytes) response.abort(new AnswerTooLarge());
          else chunks.push(chunk);
        },
        onResponseEnd: finish,
        onResponseError(_, error) {
          // How long to wait is known by then, and the rest of such an answer is of no use.
          if (status >= 400 && received['retry-after'] !== undefined && !signal.aborted) {
            chunks.length = 0;
            finish();
          } else {
            signal.removeEventListener('abort', abort);
            reject(error);
          }
        },
      },
    );
  });
}

/** Node.js passes over what it cannot read, so that the certificate would be missed much later. */
function certificatesOf(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block).toString());
  } catch {
    // Said below.
  }
  throw new Fault(
    'invalid-setting',
    'The trusted certificates cannot be read: give X.509 certificates in PEM.',
  );
}

function proxyOf(address: string): string {
  const url = URL.parse(address);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return address;
  throw new Fault(
    'invalid-setting',
    `The proxy ${url ? url.host || url.protocol : 'address'} cannot be used: write it as http://host:port.`,
  );
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
