/** Reads what Graph has sent: a document, a refusal in its envelope, or something that is neither. Pure. */
import type { HttpAnswer } from './http-transport.ts';
import type { Outcome } from './retry.ts';

/** What came of one attempt. */
export type Received =
  | Readonly<{ kind: 'document'; document: unknown }>
  | Extract<Outcome, { kind: 'no-answer' | 'damaged' }>
  | RefusedStatus;

type RefusedStatus = Extract<Outcome, { kind: 'status' }> &
  Readonly<{ document: unknown; message: string; location?: string }>;

/** A header by its name in lower case. */
export type Header = (name: string) => string | undefined;

/** A whole HTTP answer, of Graph or of the identity platform. */
export function readAnswer({ status, header, body }: HttpAnswer): Received {
  const text = body.toString('utf8');
  const document = parse(text);
  return status >= 300 ? readStatus(status, document, header) : readDocument(status, document);
}

/** Nothing to say is an answer; half a document is none. */
function readDocument(status: number, document: unknown): Received {
  if (status === 204) return { kind: 'document', document: null };
  return document === undefined
    ? { kind: 'damaged', what: `an answer of ${status} that is no JSON` }
    : { kind: 'document', document };
}

/**
 * The answers within that of a batch, by id (Microsoft Graph: JSON batching). A batch that was refused as a whole is the
 * answer to all its parts.
 */
export function readParts(batch: Received): (id: string) => Readonly<{ received: Received; header: Header }> {
  if (batch.kind !== 'document') return () => ({ received: batch, header: noHeader });
  const { responses } = (batch.document ?? {}) as { responses?: unknown };
  const byId = new Map<string, Record<string, unknown>>(
    (Array.isArray(responses) ? responses : []).map((response) => [String(response?.id), response]),
  );
  return (id) => {
    const response = byId.get(id);
    const status = response?.status;
    if (response === undefined || typeof status !== 'number')
      return { received: { kind: 'damaged', what: 'a batch that lacks answers' }, header: noHeader };
    const fields = new Map(
      Object.entries(response.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const header: Header = (name) => fields.get(name);
    const received: Received =
      status >= 300
        ? readStatus(status, response.body, header)
        : readDocument(status, typeof response.body === 'string' ? unwrap(response.body) : response.body);
    return { received, header };
  };
}

const noHeader: Header = () => undefined;

function readStatus(status: number, document: unknown, header: Header): RefusedStatus {
  const { error } = (document ?? {}) as { error?: unknown };
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  const location = header('location');
  return {
    kind: 'status',
    status,
    code: typeof code === 'string' ? code : '',
    message: textOf(message),
    retryAfter: header('retry-after'),
    document,
    ...(location === undefined ? {} : { location }),
  };
}

/** Some workloads write a message as `{lang, value}`. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  const { value } = (message ?? {}) as { value?: unknown };
  return typeof value === 'string' ? value : '';
}

/** What is no JSON stands in a batch as base64, counts among it. */
function unwrap(body: string): unknown {
  return parse(body) ?? parse(Buffer.from(body, 'base64').toString('utf8'));
}

/** Undefined where there is no JSON. Counts come as text, some with a byte order mark. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
