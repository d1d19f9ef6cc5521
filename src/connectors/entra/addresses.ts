/**
 * Which addresses Syncline talks to: Microsoft's clouds as data, and what an address of one's own must be like so that
 * a token never goes to a machine's metadata service or over the network in clear.
 */
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { EntraAddresses, Reach } from './entra-connection.ts';

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

/** The cloud whose Microsoft Graph has this host. */
export function cloudOfGraph(host: string): CloudName | undefined {
  return cloudNames.find((name) => new URL(clouds[name].graph).host === host.toLowerCase());
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

/** What Syncline is not led to by somebody who only has its console, as words that follow "leads to …". */
const linkLocal = "link-local or a cloud's metadata service";
const notPublic = 'no public address; SYNCLINE_ALLOW_PRIVATE_ENDPOINTS=1 allows it';

/** A name that leads, by whatever DNS says now, to an address that is refused. */
export class ForbiddenAddress extends Error {
  constructor(host: string, ip: string, reason = linkLocal) {
    super(`${host} leads to ${ip}, which is ${reason}`);
  }
}

/** Why an address is refused; undefined where it is not. */
type Judge = (ip: string) => string | undefined;

const judgeAny: Judge = (ip) => (isForbiddenIp(ip) ? linkLocal : undefined);
const judgePublic: Judge = (ip) => judgeAny(ip) ?? (isPrivateIp(ip) ? notPublic : undefined);

/** Looks hosts up with `look`, and fails with a `ForbiddenAddress` where one of a host's addresses is refused. */
export function guardLookup(look: LookupFunction, judge: Judge = judgeAny): LookupFunction {
  return (host, options, callback) => {
    look(host, options, (error, address, family) => {
      const ips = typeof address === 'string' ? [address] : (address ?? []).map((found) => found.address);
      const refused = error ? undefined : ips.find((ip) => judge(ip) !== undefined);
      callback(
        refused === undefined ? error : new ForbiddenAddress(host, refused, judge(refused)),
        address,
        family,
      );
    });
  };
}

/** As Node.js looks hosts up, guarded. */
export const lookUpAllowed = guardLookup(lookup);

/** The same, and only addresses that are reached over the internet. */
export const lookUpPublic = guardLookup(lookup, judgePublic);

/** How to look up the host of an origin for a connection of this reach. */
export function lookUpWithin(reach: Reach | undefined, origin: string): LookupFunction {
  return isPublicOnly(reach, origin) ? lookUpPublic : lookUpAllowed;
}

/** What is wrong with an origin that has an address for a host, which nobody looks up; undefined where nothing is. */
export function refuseLiteral(reach: Reach | undefined, origin: string): ForbiddenAddress | undefined {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0 || !isPublicOnly(reach, origin)) return undefined;
  const reason = judgePublic(host);
  return reason === undefined ? undefined : new ForbiddenAddress(host, host, reason);
}

function isPublicOnly(reach: Reach | undefined, origin: string): boolean {
  return reach !== undefined && !reach.exceptOrigins.includes(origin);
}

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

/** What is not reached over the internet: this machine, private networks, many hosts at once, and none at all. */
const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4');
  // The same behind a translator between IPv6 and IPv4.
  privateNetworks.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6');
}

function isForbiddenIp(host: string): boolean {
  return isIn(forbidden, host);
}

function isPrivateIp(host: string): boolean {
  return isIn(privateNetworks, host);
}

function isIn(list: BlockList, host: string): boolean {
  const ip = host.replace(/%.*$/, '');
  const version = isIP(ip);
  return version !== 0 && list.check(ip, version === 4 ? 'ipv4' : 'ipv6');
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
