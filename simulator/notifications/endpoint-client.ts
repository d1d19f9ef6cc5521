// The HTTP client that calls notification endpoints. Redirects are not followed, and stopping ends every call at once.
import { getCACertificates } from 'node:tls';
import { Agent, request } from 'undici';

export type EndpointAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Lower case; empty when there is none. */
      readonly contentType: string;
      readonly text: string;
    }
  | { readonly kind: 'timedOut' }
  /** No connection, no trust, or the connection broke. */
  | { readonly kind: 'unreachable' };

export interface EndpointCall {
  readonly contentType: string;
  readonly body: string;
  /** The whole answer has to be there within so many milliseconds of the machine's time. */
  readonly withinMs: number;
}

export interface EndpointClient {
  post(url: string, call: EndpointCall): Promise<EndpointAnswer>;
  stop(): Promise<void>;
}

/** Answers are a word or a token; more than this is not read. */
const longestAnswerBytes = 16 * 1024;

/** `caPem` is trusted besides what Node.js trusts. */
export function createEndpointClient(caPem: string): EndpointClient {
  // Made at the first call: most tenants have no subscriptions, and the certificates are many.
  let agent: Agent | undefined;
  let isStopped = false;
  return {
    async post(url, { contentType, body, withinMs }) {
      if (isStopped) return { kind: 'unreachable' };
      // A connection for each call: one that the endpoint is about to close would cost a retry.
      agent ??= new Agent({ pipelining: 0, connect: { ca: [...getCACertificates('default'), caPem] } });
      const signal = AbortSignal.timeout(withinMs);
      try {
        const answer = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers: { 'Content-Type': contentType },
          body,
          signal,
        });
        const type = answer.headers['content-type'];
        return {
          kind: 'answered',
          status: answer.statusCode,
          contentType: String(type ?? '').toLowerCase(),
          text: await readText(answer.body),
        };
      } catch {
        return { kind: signal.aborted ? 'timedOut' : 'unreachable' };
      }
    },
    async stop() {
      isStopped = true;
      await agent?.destroy();
    },
  };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > longestAnswerBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
