/** What it takes to reach one Entra tenant: addresses, identity and credentials, already validated. */

export type EntraConnection = Readonly<{
  /** The tenant's id (GUID) or one of its verified domains. */
  tenantId: string;
  clientId: string;
  /** Tried in this order; there is at least one. */
  credentials: readonly EntraCredential[];
  addresses: EntraAddresses;
  /** Certificates (PEM) to trust besides the system's, such as a proxy's that looks into TLS, or the simulator's. */
  trustedCertificates?: string;
  /** An HTTP proxy that all requests go through. */
  proxy?: string;
}>;

export type EntraCredential =
  | Readonly<{ kind: 'secret'; secret: string }>
  | Readonly<{ kind: 'certificate'; certificatePem: string; privateKeyPem: string }>;

/** Where a cloud is. None of these ends with a slash. */
export type EntraAddresses = Readonly<{
  /** The authority of the tenant: `https://login.microsoftonline.com/<tenant>`. */
  authority: string;
  /** The service root with its version: `https://graph.microsoft.com/v1.0`. */
  graph: string;
  /** What the token is asked for: `https://graph.microsoft.com/.default`. */
  scope: string;
}>;
