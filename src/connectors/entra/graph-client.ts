/** Requests to Microsoft Graph, with everything that stands between a question and its answer: tokens, pacing, waits, retries. */
import { Fault } from '../../errors.ts';
import type { EntraConnection } from './entra-connection.ts';
import { type Received, readParts } from './graph-answer.ts';
import { consistency, type GraphRequestSettings, openGraphRequests, readPriority } from './graph-requests.ts';

/** One tenant's Graph, as one application. All requests of a run share one client, and with it one budget of the quota. */
export interface GraphClient {
  /** The service root, without a slash at the end. */
  readonly root: string;
  /**
   * Asks once and answers when there is an answer worth having. `target` is a path below the root (`/users?$top=999`) or an
   * absolute link that Graph has given; a link that leads to another origin than the root's is refused before anything is
   * sent. Throttling, outages, broken answers and expired tokens are waited for and asked again inside.
   */
  get(target: string, options: GraphRequestOptions): Promise<GraphAnswer>;
  /** Up to 20 GETs in one request; answers in the order of the targets, each as `get` would give it. */
  getAll(targets: readonly string[], options: GraphRequestOptions): Promise<readonly GraphAnswer[]>;
  /**
   * Sends a change, with a body of JSON where there is one, and answers as `get` does. It is sent again when its answer is lost, so
   * that an answer may tell of what an earlier attempt has done.
   */
  send(change: GraphChange, options: GraphRequestOptions): Promise<GraphAnswer>;
  /** Says how many users the tenant has, which is what its quota depends on; before, the smallest one is assumed. */
  learnTenantSize(userCount: number): void;
  close(): Promise<void>;
}

export type GraphRequestOptions = Readonly<{
  signal: AbortSignal;
  /** Resource units of one GET as published, until Graph says otherwise. */
  cost: number;
  /** `ConsistencyLevel: eventual`. */
  isAdvanced?: boolean;
  onWait: (wait: GraphWait) => void;
}>;

export type GraphChange = Readonly<{
  method: 'POST' | 'PATCH' | 'DELETE';
  /** As for `get`. */
  target: string;
  body?: object;
}>;

export type GraphWait = Readonly<{ reason: string; seconds: number }>;

export type GraphAnswer =
  | Readonly<{ kind: 'answer'; body: unknown }>
  /** A 4xx that asking again would not change: what it means depends on the question. */
  | Readonly<{ kind: 'refusal'; status: number; code: string; message: string; location?: string }>;

const largestBatch = 20;

/**
 * Opens a client; nothing is sent before the first request. Throws a `Fault` with code `invalid-setting` when an address
 * or a credential cannot be used at all. Requests throw a `Fault` with code `credential-refused` when no credential is
 * accepted, with `source-unreachable` or `source-failed` when patience is at its end, and the signal's reason when aborted.
 */
export function openGraphClient(
  connection: EntraConnection,
  settings: GraphRequestSettings = {},
): GraphClient {
  const requests = openGraphRequests(connection, settings);
  const root = connection.addresses.graph;

  function addressOf(target: string): string {
    if (target.startsWith('/')) return root + target;
    // The token is for Graph alone, wherever a link leads.
    const { origin, host } = new URL(root);
    const leadsTo = URL.parse(target)?.origin ?? 'nowhere';
    if (leadsTo === origin) return target;
    throw new Fault(
      'source-failed',
      `${host} has given a link that leads to ${leadsTo}, where nothing of this tenant may be sent: check the address of Microsoft Graph and what stands between.`,
    );
  }

  /** Addresses in a batch are paths below the root. */
  function pathOf(target: string): string {
    const address = addressOf(target);
    if (address.startsWith(`${root}/`)) return address.slice(root.length);
    throw new Fault('source-failed', `A link that was given leads outside of ${root}: check this address.`);
  }

  return {
    root,
    async get(target, options) {
      const request = { method: 'GET', url: addressOf(target) } as const;
      return await requests.ask(request, options.cost, options, ({ received }) => answerOf(received));
    },
    async getAll(targets, options) {
      if (targets.length > largestBatch) throw new RangeError(`A batch has at most ${largestBatch} requests`);
      const headers = { ...readPriority, ...consistency(options) };
      const answers: GraphAnswer[] = [];
      let open = targets.map((target, index) => ({
        index,
        request: { id: String(index), method: 'GET', url: pathOf(target), headers },
        patience: requests.patience(),
      }));
      while (open.length > 0) {
        const asked = open;
        const batch = {
          method: 'POST',
          url: `${root}/$batch`,
          body: JSON.stringify({ requests: asked.map(({ request }) => request) }),
        } as const;
        const failures = await requests.ask(batch, asked.length * options.cost, options, (attempt) => {
          const partFor = readParts(attempt.received);
          const parts = asked.map((part) => ({ ...part, ...partFor(part.request.id) }));
          const failed = parts.flatMap(({ index, patience, received }) => {
            const sequel = patience(received, attempt.sentAtMs);
            if (sequel.kind !== 'over')
              return { index, restMs: requests.react(attempt, sequel), cause: sequel.cause };
            answers[index] = answerOf(received);
            return [];
          });
          for (const { header } of parts) requests.count(header, options.cost);
          return failed;
        });
        const longest = failures.toSorted((a, b) => b.restMs - a.restMs)[0];
        if (longest) await requests.rest(longest.restMs, longest.cause, options);
        open = asked.filter(({ index }) => failures.some((failure) => failure.index === index));
      }
      return answers;
    },
    async send({ method, target, body }, options) {
      const request = {
        method,
        url: addressOf(target),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      };
      return await requests.ask(request, options.cost, options, ({ received }) => answerOf(received));
    },
    learnTenantSize: requests.learnTenantSize,
    close: requests.close,
  };
}

/** What came of a request that is over. */
function answerOf(received: Received): GraphAnswer {
  if (received.kind === 'document') return { kind: 'answer', body: received.document };
  if (received.kind !== 'status') throw new Error(`A request cannot end with ${received.kind}`);
  const { status, code, message, location } = received;
  return { kind: 'refusal', status, code, message, ...(location === undefined ? {} : { location }) };
}
