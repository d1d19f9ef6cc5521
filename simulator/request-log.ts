// The last requests that the simulator answered, for whoever has to prove what a client did. Recording is cheap:
// one place in a ring; entries are made readable only when somebody asks.
import { createHash } from 'node:crypto';

export interface RequestEntry {
  /** The tenant's time when the request came in, milliseconds since 1970. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** Query string as sent, without the leading `?`. */
  readonly query: string;
  readonly status: number;
  /** Resource units charged; 0 where nothing is charged. */
  readonly units: number;
  /** Application id of the caller; undefined when it is not known. */
  readonly appId: string | undefined;
  readonly durationMs: number;
}

export interface RequestLog {
  /** Requests since the start, forgotten ones included. */
  readonly total: number;
  record(entry: RequestEntry): void;
  /**
   * The last `count` requests that are remembered, oldest first. In their queries, page and delta tokens are replaced
   * by `~` and eight digits of their hash: short, and still equal only for equal tokens.
   */
  last(count: number): readonly RequestEntry[];
}

export const rememberedRequests = 10_000;

export function createRequestLog(capacity = rememberedRequests): RequestLog {
  const ring: RequestEntry[] = [];
  let total = 0;
  return {
    get total() {
      return total;
    },
    record(entry) {
      ring[total % capacity] = entry;
      total++;
    },
    last(count) {
      const from = Math.max(0, total - Math.min(count, ring.length));
      return Array.from({ length: total - from }, (_, index) => {
        const entry = ring[(from + index) % capacity]!;
        return { ...entry, query: shortenTokens(entry.query) };
      });
    },
  };
}

function shortenTokens(query: string): string {
  return query.replace(
    /((?:^|&)(?:\$|%24)?(?:skiptoken|deltatoken)=)(?!latest(?:&|$))([^&]+)/gi,
    (_, option: string, token: string) =>
      `${option}~${createHash('sha256').update(token).digest('hex').slice(0, 8)}`,
  );
}
