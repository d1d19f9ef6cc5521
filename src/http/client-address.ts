/** Where a request came from, and which addresses count as one when requests are counted. */
import { isIP, isIPv6 } from 'node:net';
import type { ApiContext } from './request.ts';

/**
 * The address of whoever sent a request. Behind a proxy it is the last one of `X-Forwarded-For`, which the proxy itself wrote:
 * what stands before it, anybody may have written.
 */
export function addressOf(c: ApiContext, isBehindProxy: boolean): string {
  const peer = c.env?.incoming?.socket.remoteAddress ?? 'unknown';
  if (!isBehindProxy) return plain(peer);
  const last = c.req.header('X-Forwarded-For')?.split(',').at(-1)?.trim() ?? '';
  return plain(isIP(last) === 0 ? peer : last);
}

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** What requests of an address are counted under: of IPv6 the first 64 bits, as one customer has at least that many addresses. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const between =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...between, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** IPv4 as IPv4, also where the socket speaks both. */
function plain(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}
