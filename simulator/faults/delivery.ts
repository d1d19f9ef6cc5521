// How a struck answer goes over the wire: late, slowly, cut off or not at all. Answers without such effects never come
// here.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { bytesOf, type HttpReply } from '../http.ts';
import type { Effects } from './effects.ts';

/** Slow bodies are sent in slices of this length. */
const sliceMs = 50;

/** Whether the answer needs `deliver` instead of the usual way. */
export function isDisturbed({ delayMs, bytesPerSecond, reset, truncate }: Effects): boolean {
  return (delayMs ?? bytesPerSecond ?? reset ?? truncate) !== undefined;
}

/** Sends the answer as the effects want it. Ends early, without an error, when the client goes away. */
export async function deliver(response: ServerResponse, reply: HttpReply, effects: Effects): Promise<void> {
  const { delayMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY, reset, truncate } = effects;
  const gone = new AbortController();
  response.once('close', () => gone.abort());

  if (delayMs > 0) await pause(delayMs, gone.signal);
  const body = bytesOf(reply);
  const hasBody = body.length > 0;
  if (reset && !(hasBody && reset.afterBytes !== undefined)) return breakConnection(response.socket);
  if (truncate && !hasBody) {
    response.socket?.destroySoon();
    return;
  }
  const end = endOf(body.length, effects);
  // The promised length is that of the whole body: the client can tell that something is missing.
  response.writeHead(reply.status, hasBody ? withLength(reply, body.length) : reply.headers);
  response.flushHeaders();
  const sliceBytes = Math.max(1, Math.min(end, Math.round((bytesPerSecond * sliceMs) / 1000)));
  for (let at = 0; at < end && !gone.signal.aborted; at += sliceBytes) {
    await write(response, body.subarray(at, Math.min(end, at + sliceBytes)));
    if (at + sliceBytes < end) await pause(sliceMs, gone.signal);
  }
  if (reset) {
    // A reset also destroys what the client has not read yet.
    await pause(sliceMs, gone.signal);
    breakConnection(response.socket);
  } else if (truncate) {
    response.socket?.destroySoon();
  } else {
    response.end();
  }
}

/**
 * How many bytes of a body of this length are sent. What is cut off is never complete: its client would go on with the
 * connection, and the end of that would strike its next request.
 */
function endOf(length: number, { reset, truncate }: Effects): number {
  if (reset) return Math.min(length - 1, reset.afterBytes ?? 0);
  if (!truncate) return length;
  return Math.min(
    length - 1,
    'share' in truncate ? Math.floor(length * truncate.share) : truncate.afterBytes,
  );
}

function withLength(reply: HttpReply, length: number): Record<string, string> {
  const headers = Object.entries(reply.headers).filter(([name]) => name.toLowerCase() !== 'content-length');
  return { ...Object.fromEntries(headers), 'Content-Length': String(length) };
}

function write(response: ServerResponse, slice: Buffer): Promise<void> {
  return new Promise((resolve) => response.write(slice, () => resolve()));
}

/** A reset where the socket allows it. Under TLS the connection just ends without TLS's own farewell. */
function breakConnection(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
