// JSON answers as the Graph door sends them.
import { type HttpReply, jsonReply } from '../http.ts';

export const jsonContentType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** A reply with a JSON document. */
export function json(
  status: number,
  document: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return jsonReply(status, document, { 'Content-Type': jsonContentType, ...headers });
}

export const noContent: HttpReply = { status: 204, headers: {}, body: [] };
