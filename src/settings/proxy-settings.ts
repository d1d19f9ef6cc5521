// Which proxy the requests of a connection go through: the one in its settings, or the one that the environment names for
// all programs (HTTPS_PROXY and NO_PROXY).
import { z } from 'zod';
import type { Environment } from '../config.ts';
import type { EntraAddresses } from '../connectors/entra/entra-connection.ts';
import { text } from './section.ts';

/** Where the requests go; the message is a whole sentence without the full stop. */
export type ProxyChoice =
  | Readonly<{ kind: 'direct' }>
  | Readonly<{ kind: 'proxy'; proxy: string }>
  | Readonly<{ kind: 'refused'; message: string }>;

/** The setting `Proxy`. It may hold a password, so that a sentence never shows more than that it is wrong. */
export const proxyText = text('write http://HOST:PORT, or leave it out').transform((value, context) => {
  if (isProxy(value.trim())) return value.trim();
  context.addIssue({ code: 'custom', message: 'is no address of a proxy: write http://HOST:PORT' });
  return z.NEVER;
});

/** What the environment says of requests to these addresses. Loopback is never reached through a proxy. */
export function proxyFromEnvironment(environment: Environment, addresses: EntraAddresses): ProxyChoice {
  const [name, value] = firstOf(environment, ['HTTPS_PROXY', 'https_proxy']);
  const [noProxyName, noProxy = ''] = firstOf(environment, ['NO_PROXY', 'no_proxy']);
  if (value === undefined) return { kind: 'direct' };
  const urls = [new URL(addresses.authority), new URL(addresses.graph)];
  const direct = urls.filter((url) => isLoopback(url.hostname) || isExcepted(url, noProxy));
  if (direct.length === urls.length) return { kind: 'direct' };
  const proxy = value.includes('://') ? value : `http://${value}`;
  if (!isProxy(proxy)) {
    return {
      kind: 'refused',
      message: `the environment variable ${name} is no address of a proxy: write http://HOST:PORT`,
    };
  }
  if (direct.length > 0) {
    const [one = '', other = ''] = urls
      .toSorted((a, b) => Number(direct.includes(b)) - Number(direct.includes(a)))
      .map(({ host }) => host);
    return {
      kind: 'refused',
      message: `${noProxyName ?? 'NO_PROXY'} covers ${one} but not ${other}, and one proxy serves both: name both there or neither`,
    };
  }
  return { kind: 'proxy', proxy };
}

function isProxy(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' && /^\/?$/.test(url.pathname);
}

function firstOf(environment: Environment, names: readonly string[]): [name?: string, value?: string] {
  const name = names.find((candidate) => environment[candidate]);
  return name === undefined ? [] : [name, environment[name] ?? ''];
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/** Entries are hosts, which stand for everything below them too, with a port or without; `*` is every host. */
function isExcepted({ hostname, port }: URL, noProxy: string): boolean {
  return noProxy.split(/[\s,]+/).some((entry) => {
    const [, host = '', entryPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (entry === '*') return true;
    if (host === '' || (entryPort !== undefined && entryPort !== (port || '443'))) return false;
    return hostname === host || hostname.endsWith(`.${host}`);
  });
}
