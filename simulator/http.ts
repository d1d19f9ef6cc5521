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
  /** Parts are written one after the other, so that cached pages are never copied. */
  readonly body: readonly (string | Buffer)[];
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
