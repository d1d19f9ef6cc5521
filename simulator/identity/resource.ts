// The resources that tokens are issued for: Microsoft Graph under all its names, and the two other Microsoft
// services that clients ask tokens for before or beside it.
import { bareHost, clouds, loopbackHosts } from '../hosts.ts';

export type Resource = 'graph' | 'directoryGraph' | 'management';

const resources: readonly { kind: Resource; appId: string; hosts: readonly string[] }[] = [
  {
    kind: 'graph',
    appId: '00000003-0000-0000-c000-000000000000',
    hosts: clouds.flatMap((cloud) => cloud.graphHosts),
  },
  {
    kind: 'directoryGraph',
    appId: '00000002-0000-0000-c000-000000000000',
    hosts: clouds.map((cloud) => cloud.directoryGraphHost),
  },
  {
    kind: 'management',
    appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
    hosts: clouds.flatMap((cloud) => [cloud.managementHost, cloud.managementAudienceHost]),
  },
];

/**
 * The resource that an identifier names: an application id, or an https address without a path, with or without a
 * trailing slash. The simulator's own address, as `ownHost` or by a loopback name, names Microsoft Graph.
 */
export function findResource(identifier: string, ownHost: string): Resource | undefined {
  const byId = resources.find(({ appId }) => appId === identifier.toLowerCase());
  if (byId !== undefined) return byId.kind;
  const host = hostOf(identifier);
  if (host === undefined) return undefined;
  const byHost = resources.find(({ hosts }) => hosts.includes(host));
  if (byHost !== undefined) return byHost.kind;
  return host === bareHost(ownHost) || loopbackHosts.includes(host) ? 'graph' : undefined;
}

function hostOf(identifier: string): string | undefined {
  if (!/^https:\/\/[^/?#]+\/?$/i.test(identifier) || !URL.canParse(identifier)) return undefined;
  return bareHost(new URL(identifier).hostname);
}
