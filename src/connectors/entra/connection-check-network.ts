// The lower steps of a connection check: names, connections and certificates, and asking with patience.
import { isIP, type LookupFunction } from 'node:net';
import { ForbiddenAddress, lookUpAllowed, lookUpWithin, refuseLiteral } from './addresses.ts';
import type { Clock } from './clock.ts';
import type { CheckResult } from './connection-check.ts';
import type { EntraConnection } from './entra-connection.ts';
import { type Received, readAnswer } from './graph-answer.ts';
import type { GraphWait } from './graph-client.ts';
import type { HttpRequest, HttpTransport } from './http-transport.ts';
import { judge, type Outcome } from './retry.ts';

/** A host whose name has to be known here, and the origins that are reached through it. */
export type ConnectedPlace = Readonly<{ host: string; role: string; origins: readonly string[] }>;

/** The hosts to look up: those of the addresses, or that of the proxy, which then looks up the others. */
export function placesOf({ addresses, proxy }: EntraConnection): readonly ConnectedPlace[] {
  const authority = new URL(addresses.authority);
  const graph = new URL(addresses.graph);
  const origins = [...new Set([authority.origin, graph.origin])];
  if (proxy !== undefined) return [{ host: new URL(proxy).hostname, role: 'the proxy', origins }];
  const places = [
    { host: authority.hostname, role: 'the sign-in', origins: [authority.origin] },
    { host: graph.hostname, role: 'Microsoft Graph', origins: [graph.origin] },
  ];
  return authority.hostname === graph.hostname
    ? [{ host: graph.hostname, role: 'the sign-in and Microsoft Graph', origins }]
    : places;
}

/** Looks the name of a host up. */
export async function checkName(
  { host, role, origins }: ConnectedPlace,
  { proxy, reach }: EntraConnection,
  signal: AbortSignal,
): Promise<CheckResult> {
  const named = { step: 'dns', name: `Name of ${role}, ${host}` } as const;
  const bare = host.replace(/^\[|\]$/g, '');
  const [origin = ''] = proxy === undefined ? origins : [];
  const look = origin === '' ? lookUpAllowed : lookUpWithin(reach, origin);
  const refused = origin === '' ? undefined : refuseLiteral(reach, origin);
  const found: readonly string[] | NodeJS.ErrnoException = refused ?? (await lookUp(bare, look));
  signal.throwIfAborted();
  if (!(found instanceof Error)) {
    const detail = isIP(bare) ? 'is an address already' : `leads to ${found.join(', ')}`;
    return { ...named, outcome: 'ok', detail };
  }
  if (found instanceof ForbiddenAddress) {
    return {
      ...named,
      outcome: 'failed',
      detail: found.message,
      remedy: 'correct the address or the name service',
    };
  }
  const isUnknown = found.code === 'ENOTFOUND' || found.code === 'ENODATA';
  return {
    ...named,
    outcome: 'failed',
    detail: isUnknown
      ? 'no address is known for this name'
      : `the name service gives no answer (${found.code})`,
    remedy: isUnknown
      ? `correct ${role === 'the proxy' ? 'Proxy' : 'MicrosoftAuthorityPath, MicrosoftGraphPathApi or Cloud'}, or give the connection a Proxy where names of the internet are not known`
      : "check this machine's name service and network",
  };
}

function lookUp(host: string, look: LookupFunction): Promise<readonly string[] | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    look(host, { all: true }, (error, addresses) => {
      if (error) resolve(error);
      else resolve(Array.isArray(addresses) ? addresses.map(({ address }) => address) : [addresses]);
    });
  });
}

/** A host that is there answers anything at all within this time. */
const answerWithinMs = 15_000;

/** Connects to an origin and lets it answer once, whatever the answer. */
export async function checkWire(
  origin: string,
  transport: HttpTransport,
  { proxy }: EntraConnection,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { host, protocol } = new URL(origin);
  const named = { step: 'tls', name: `Connection to ${host}` } as const;
  const request = { method: 'GET', url: `${origin}/`, headers: {} } as const;
  try {
    await transport.exchange(request, AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]));
  } catch (error) {
    signal.throwIfAborted();
    return { ...named, outcome: 'failed', ...explainNetwork(error, proxy) };
  }
  const way = proxy === undefined ? '' : ' through the proxy';
  const detail =
    protocol === 'https:' ? 'encrypted, and its certificate is trusted' : 'in clear, as http: asks for';
  return { ...named, outcome: 'ok', detail: `${detail}${way}` };
}

type Explanation = Readonly<{ detail: string; remedy: string }>;

const checkNetwork = 'check the network and its firewalls, and whether the connection needs a Proxy';
const trust =
  'put the certificate of the authority that issued it into a PEM file and name that as TrustedCertificatesFile; a proxy that looks into TLS has one';
const clock = 'set the clock of this machine, or have the certificate renewed by whoever runs the host';

/** What the errors of Node.js, OpenSSL and undici mean to a person. */
const explanations: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    detail: 'nobody listens at this address',
    remedy: `correct the address, or ${checkNetwork}`,
  },
  ECONNRESET: { detail: 'the connection was cut', remedy: checkNetwork },
  EHOSTUNREACH: { detail: 'no way leads to it', remedy: checkNetwork },
  ENETUNREACH: { detail: 'no way leads to it', remedy: checkNetwork },
  ETIMEDOUT: { detail: 'it does not answer', remedy: checkNetwork },
  ENOTFOUND: { detail: 'no address is known for this name', remedy: 'correct the address' },
  UND_ERR_CONNECT_TIMEOUT: { detail: 'it does not answer', remedy: checkNetwork },
  UND_ERR_SOCKET: { detail: 'the connection was cut', remedy: checkNetwork },
  TimeoutError: {
    detail: `it does not answer within ${answerWithinMs / 1000} seconds`,
    remedy: checkNetwork,
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    detail: 'its certificate comes from an authority that is not trusted here',
    remedy: trust,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { detail: 'its certificate is signed by itself', remedy: trust },
  UNABLE_TO_GET_ISSUER_CERT: { detail: 'the issuer of its certificate is not known here', remedy: trust },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    detail: 'the issuer of its certificate is not known here',
    remedy: trust,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    detail: 'the issuer of its certificate is not known here',
    remedy: trust,
  },
  CERT_UNTRUSTED: { detail: 'its certificate is not trusted here', remedy: trust },
  CERT_HAS_EXPIRED: { detail: 'its certificate has expired', remedy: clock },
  CERT_NOT_YET_VALID: { detail: 'its certificate is not valid yet', remedy: clock },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    detail: 'its certificate is for another host',
    remedy:
      'write the address with the name that the certificate has, or check where the name and the Proxy lead',
  },
  EPROTO: {
    detail: 'it does not speak TLS',
    remedy: 'correct the port of the address, or check what stands between here and there',
  },
};

/** What a failed exchange means. */
function explainNetwork(error: unknown, proxy: string | undefined): Explanation {
  if (error instanceof ForbiddenAddress) {
    return { detail: error.message, remedy: 'correct the address or the name service' };
  }
  const names = [...namesOf(error)];
  // OpenSSL's own errors say in their names what went wrong, each in its own way.
  const name =
    names.find((candidate) => candidate in explanations) ?? (names.some(isTls) ? 'EPROTO' : undefined);
  const known = name === undefined ? undefined : explanations[name];
  const code = names[0] ?? String(error);
  // Behind a proxy, what does not come about may be the fault of the proxy; what TLS says is said of the host.
  if (proxy !== undefined && (known === undefined || known.remedy.includes(checkNetwork))) {
    return explainProxy(error, code, proxy);
  }
  return known === undefined
    ? { detail: `it cannot be reached (${code})`, remedy: checkNetwork }
    : { ...known, detail: `${known.detail} (${code})` };
}

function explainProxy(error: unknown, code: string, proxy: string): Explanation {
  const named = `the proxy ${new URL(proxy).host}`;
  // undici tells the proxy's own answer in its message only.
  const status = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (status === undefined) {
    return { detail: `${named} does not lead there (${code})`, remedy: 'correct Proxy or HTTPS_PROXY' };
  }
  return {
    detail: `${named} refuses with ${status}`,
    remedy:
      status === '407'
        ? 'write user name and password into Proxy or HTTPS_PROXY, as http://USER:PASSWORD@HOST:PORT'
        : 'have the proxy let this host pass, or correct Proxy or HTTPS_PROXY',
  };
}

function isTls(name: string): boolean {
  return /^ERR_SSL_/.test(name);
}

/** Codes and names of an error and of what it was caused by. */
function* namesOf(error: unknown): Generator<string> {
  if (!(error instanceof Error)) return;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') yield code;
  yield error.name;
  if (error instanceof AggregateError) for (const inner of error.errors) yield* namesOf(inner);
  yield* namesOf(error.cause);
}

/** One question, asked again where waiting helps. */
export type Ask = (request: HttpRequest) => Promise<Asked>;

export type Asked = Readonly<{
  received: Received | Extract<Outcome, { kind: 'no-answer' }>;
  /** What was waited for it, as the end of a sentence; empty when nothing was. */
  remark: string;
}>;

const mostAttempts = 4;
/** Nobody looks at a check for longer; who is throttled that hard is told so. */
const longestWaitMs = 60_000;

export function createAsk(
  transport: HttpTransport,
  clock: Clock,
  signal: AbortSignal,
  onWait: (wait: GraphWait) => void,
): Ask {
  const attempt = async (request: HttpRequest): Promise<Asked['received']> => {
    try {
      return readAnswer(await transport.exchange(request, signal));
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'no-answer', error };
    }
  };
  return async (request) => {
    let waitedMs = 0;
    for (let count = 0; ; count += 1) {
      const received = await attempt(request);
      const remark = waitedMs === 0 ? '' : `, after ${Math.ceil(waitedMs / 1000)} s of waiting`;
      if (received.kind === 'document') return { received, remark };
      const verdict = judge(received, count, clock.now(), 0.5);
      if (verdict.kind !== 'failed' || count + 1 >= mostAttempts || verdict.afterMs > longestWaitMs) {
        return { received, remark };
      }
      onWait({ reason: new URL(request.url).host, seconds: verdict.afterMs / 1000 });
      await clock.wait(verdict.afterMs, signal);
      waitedMs += verdict.afterMs;
    }
  };
}

/** What it means that nobody gave a usable answer; undefined when the answer itself has to be looked at. */
export function explainSilence({ received, remark }: Asked): Explanation | undefined {
  if (received.kind === 'no-answer') return explainNetwork(received.error, undefined);
  if (received.kind === 'damaged') {
    return {
      detail: `it gave ${received.what}${remark}`,
      remedy: 'check where the address and the Proxy lead',
    };
  }
  if (received.kind !== 'status') return undefined;
  const { status, retryAfter } = received;
  if (status === 429 || (status === 503 && retryAfter !== undefined)) {
    const pause = retryAfter === undefined ? 'some minutes' : `${retryAfter} seconds`;
    return {
      detail: `it is asked too often and answers ${status}${remark}`,
      remedy: `try again in ${pause}`,
    };
  }
  if (status >= 500) {
    return {
      detail: `it answers ${status}${remark}`,
      remedy: 'try again later; the fault is on the other side',
    };
  }
  return undefined;
}
