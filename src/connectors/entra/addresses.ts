/**
 * Which addresses Syncline talks to: Microsoft's clouds as data, and what an address of one's own must be like so that
 * a token never goes to a machine's metadata service or over the network in clear.
 */
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { EntraAddresses } from './entra-connection.ts';

/** The clouds by the names that Microsoft Entra uses for them. */
const clouds = {
  Global: { authority: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  USGovL4: { authority: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  USGovL5: { authority: 'https://login.microsoftonline.us', graph: 'https://dod-graph.microsoft.us' },
  China: {
    authority: 'https://login.partner.microsoftonline.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
  },
} as const;

export type CloudName = keyof typeof clouds;

export const cloudNames = Object.keys(clouds) as readonly CloudName[];

/** Where a tenant of a cloud is (Microsoft Graph: national cloud deployments). */
export function cloudAddresses(cloud: CloudName, tenantId: string): EntraAddresses {
  const { authority, graph } = clouds[cloud];
  return {
    authority: `${authority}/${encodeURIComponent(tenantId)}`,
    graph: `${graph}/v1.0`,
    scope: `${graph}/.default`,
  };
}

/**
 * What is wrong with an address that Syncline shall send requests to, as words that follow "the address …"; undefined
 * when it can be used.
 */
export function checkAddress(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url) return 'is no URL, write it as https://host/path';
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `begins with ${url.protocol}, write it with https:`;
  if (url.username !== '' || url.password !== '') return 'has a user name or password in it, leave them out';
  if (url.hash !== '') return 'has a # in it, leave out everything from there on';
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isMetadataHost(host) || isForbiddenIp(host))
    return `leads to ${host}, which is link-local or a cloud's metadata service, name the host itself`;
  if (url.protocol === 'http:' && !isLoopback(host))
    return 'is not encrypted, begin it with https: (http: is for this machine only)';
  return undefined;
}

/** A name that leads, by whatever DNS says now, to an address that `checkAddress` refuses. */
export class ForbiddenAddress extends Error {
  constructor(host: string, ip: string) {
    super(`${host} leads to ${ip}, which is link-local or a cloud's metadata service`);
  }
}

/** Looks hosts up with `look`, and fails with a `ForbiddenAddress` where one of a host's addresses is refused. */
export function guardLookup(look: LookupFunction): LookupFunction {
  return (host, options, callback) => {
    look(host, options, (error, address, family) => {
      const ips = typeof address === 'string' ? [address] : (address ?? []).map((found) => found.address);
      const refused = error ? undefined : ips.find(isForbiddenIp);
      callback(refused === undefined ? error : new ForbiddenAddress(host, refused), address, family);
    });
  };
}

/** As Node.js looks hosts up, guarded. */
export const lookUpAllowed = guardLookup(lookup);

/** Link-local networks, and the fixed addresses where clouds tell a machine its own secrets. */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');
/** 169.254.0.0/16 behind a translator between IPv6 and IPv4. */
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

function isForbiddenIp(host: string): boolean {
  const ip = host.replace(/%.*$/, '');
  const version = isIP(ip);
  return version !== 0 && forbidden.check(ip, version === 4 ? 'ipv4' : 'ipv6');
}

function isMetadataHost(host: string): boolean {
  return /^(?:metadata|metadata\.google\.internal|metadata\.goog|instance-data(?:\.ec2\.internal)?)$/i.test(
    host,
  );
}

function isLoopback(host: string): boolean {
  if (isIP(host) !== 0) return host === '::1' || host.startsWith('127.');
  return host === 'localhost' || host.endsWith('.localhost');
}
