// The shapes of an HTTP exchange inside the simulator, below any framework: what came in, what goes out.

export interface HttpRequest {
  readonly method: string;
  /** Scheme and host that the client asked, without a trailing slash: every emitted link starts with it. */
  readonly origin: string;
  /** Host name that the client asked, lower case, without the port. */
  readonly host: string;
  /** Path as sent, still percent-encoded. */
  readonly path: string;
  /** Query string as sent, without the leading `?`. */
  readonly query: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The whole body, empty when there is none. */
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parts are written one after the other, so that kept pages are not joined to anything. */
  readonly body: readonly BodyPart[];
}

export type BodyPart = string | KeptBytes;

/** Node keeps longer strings outside of V8's heap (`EXTERN_APEX` in its string_bytes.cc). */
const pieceBytes = 1_000_000;

/**
 * Bytes kept as strings with one character for each. Hundreds of megabytes of Buffers count as foreign memory, and V8
 * would mark a heap of a million objects again for every few dozen more of them; strings are part of the heap.
 */
export class KeptBytes {
  readonly length: number;
  /** To be written as latin1, one after the other. */
  readonly pieces: readonly string[];

  /** Copies the first `length` bytes. */
  constructor(bytes: Buffer, length: number) {
    const pieces: string[] = [];
    for (let at = 0; at < length; at += pieceBytes) {
      pieces.push(bytes.toString('latin1', at, Math.min(length, at + pieceBytes)));
    }
    this.length = length;
    this.pieces = pieces;
  }
}

/** The whole body. */
export function bytesOf({ body }: Pick<HttpReply, 'body'>): Buffer {
  return Buffer.concat(
    body.flatMap((part) =>
      typeof part === 'string'
        ? Buffer.from(part, 'utf8')
        : part.pieces.map((piece) => Buffer.from(piece, 'latin1')),
    ),
  );
}

/** A reply with a JSON document in one part. */
export function jsonReply(
  status: number,
  document: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: [JSON.stringify(document)],
  };
}
