// Microsoft's own host names, cloud by cloud: which host signs in, which speaks Graph, which manages Azure.
// The proxy takes them, the certificate names them, and the identity platform answers in their terms.

export interface Cloud {
  /** Azure's name of the cloud, as Azure Resource Manager reports it. */
  readonly name: string;
  /** `cloud_instance_name` of the OpenID Connect documents. */
  readonly instanceName: string;
  /** The authority first, then its aliases: all of them keep one token cache in the client libraries. */
  readonly loginHosts: readonly [string, ...string[]];
  /** Login hosts that stand for themselves, and regional ones that libraries ask when told to: `*.` is one label. */
  readonly otherLoginHosts: readonly string[];
  /** Issuer host of version 1 tokens. */
  readonly issuerHost: string;
  /** Microsoft Graph: the host of the cloud first. */
  readonly graphHosts: readonly [string, ...string[]];
  /** Azure AD Graph, retired but still asked for. */
  readonly directoryGraphHost: string;
  /** Azure Resource Manager. */
  readonly managementHost: string;
  /** The older resource identifier of Azure Resource Manager. */
  readonly managementAudienceHost: string;
  readonly portalHost: string;
}

const globalCloud: Cloud = {
  name: 'AzureCloud',
  instanceName: 'microsoftonline.com',
  loginHosts: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
  otherLoginHosts: ['login-us.microsoftonline.com', '*.login.microsoft.com', '*.login.microsoftonline.com'],
  issuerHost: 'sts.windows.net',
  graphHosts: ['graph.microsoft.com', 'canary.graph.microsoft.com'],
  directoryGraphHost: 'graph.windows.net',
  managementHost: 'management.azure.com',
  managementAudienceHost: 'management.core.windows.net',
  portalHost: 'portal.azure.com',
};

/** The global cloud first, then the national clouds. */
export const clouds: readonly Cloud[] = [
  globalCloud,
  {
    name: 'AzureUSGovernment',
    instanceName: 'microsoftonline.us',
    loginHosts: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
    otherLoginHosts: ['*.login.microsoftonline.us'],
    issuerHost: 'sts.windows.net',
    graphHosts: ['graph.microsoft.us', 'dod-graph.microsoft.us'],
    directoryGraphHost: 'graph.microsoftazure.us',
    managementHost: 'management.usgovcloudapi.net',
    managementAudienceHost: 'management.core.usgovcloudapi.net',
    portalHost: 'portal.azure.us',
  },
  {
    name: 'AzureChinaCloud',
    instanceName: 'partner.microsoftonline.cn',
    loginHosts: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    otherLoginHosts: ['*.login.partner.microsoftonline.cn'],
    issuerHost: 'sts.chinacloudapi.cn',
    graphHosts: ['microsoftgraph.chinacloudapi.cn'],
    directoryGraphHost: 'graph.chinacloudapi.cn',
    managementHost: 'management.chinacloudapi.cn',
    managementAudienceHost: 'management.core.chinacloudapi.cn',
    portalHost: 'portal.azure.cn',
  },
  {
    name: 'AzureGermanCloud',
    instanceName: 'microsoftonline.de',
    loginHosts: ['login.microsoftonline.de'],
    otherLoginHosts: [],
    issuerHost: 'sts.microsoftonline.de',
    graphHosts: ['graph.microsoft.de'],
    directoryGraphHost: 'graph.cloudapi.de',
    managementHost: 'management.microsoftazure.de',
    managementAudienceHost: 'management.core.cloudapi.de',
    portalHost: 'portal.microsoftazure.de',
  },
];

/** Every Microsoft host that the simulator stands in for; a leading `*.` stands for one label. */
export const microsoftHosts: readonly string[] = [...new Set(clouds.flatMap(hostsOf))];

/** Names by which this machine reaches itself. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** The cloud that a host outside Microsoft's clouds is answered in the terms of. */
export const defaultCloud = globalCloud;

/** The cloud that a Microsoft host belongs to. */
export function findCloud(host: string): Cloud | undefined {
  return clouds.find((cloud) => isNamed(hostsOf(cloud), host));
}

/** Whether any cloud signs in at this host. */
export function isLoginHost(host: string): boolean {
  return clouds.some((cloud) => isNamed([...cloud.loginHosts, ...cloud.otherLoginHosts], host));
}

/** Whether the host is one of the names, each a full host name or `*.` and a domain. */
export function isNamed(names: readonly string[], host: string): boolean {
  const [label, ...parent] = host.split('.');
  return names.includes(host) || (label !== '' && names.includes(['*', ...parent].join('.')));
}

/** A host name as it stands in an address, without the brackets of IPv6. */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function hostsOf(cloud: Cloud): readonly string[] {
  const { loginHosts, otherLoginHosts, graphHosts, directoryGraphHost, managementHost } = cloud;
  return [...loginHosts, ...otherLoginHosts, ...graphHosts, directoryGraphHost, managementHost];
}
