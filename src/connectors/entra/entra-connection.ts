/** What it takes to reach one Entra tenant: addresses, identity and credentials, already validated. */

export type EntraConnection = Readonly<{
  /** The tenant's id (GUID) or one of its verified domains. */
  tenantId: string;
  /** The application; empty where the machine's own managed identity signs in. */
  clientId: string;
  /** Tried in this order; there is at least one. */
  credentials: readonly EntraCredential[];
  addresses: EntraAddresses;
  /** Certificates (PEM) to trust besides the system's, such as a proxy's that looks into TLS, or the simulator's. */
  trustedCertificates?: string;
  /** An HTTP proxy that all requests go through. */
  proxy?: string;
  /** Where requests may go; anywhere for those who have the settings file, and so the machine. */
  reach?: Reach;
}>;

/** Public addresses only, whatever name leads there, and these origins. What goes through a proxy is the proxy's to allow. */
export type Reach = Readonly<{ exceptOrigins: readonly string[] }>;

export type EntraCredential =
  | Readonly<{ kind: 'secret'; secret: string }>
  | Readonly<{ kind: 'certificate'; certificatePem: string; privateKeyPem: string }>
  /** An identity that Azure gives this machine: the one of this client id, else the machine's own. */
  | Readonly<{ kind: 'managed-identity'; clientId: string | undefined }>
  /** A person's account, as which the application asks (resource owner password credentials). */
  | Readonly<{ kind: 'user-password'; userName: string; password: string }>;

/** How a sign-in with one of the credentials ended. */
export type SignInEvent = Readonly<{
  /** Its place among the credentials of the connection. */
  index: number;
  /** Why it was refused, in one sentence; undefined where it was accepted. */
  refusal: string | undefined;
}>;

/** Where a cloud is. None of these ends with a slash. */
export type EntraAddresses = Readonly<{
  /** The authority of the tenant: `https://login.microsoftonline.com/<tenant>`. */
  authority: string;
  /** The service root with its version: `https://graph.microsoft.com/v1.0`. */
  graph: string;
  /** What the token is asked for: `https://graph.microsoft.com/.default`. */
  scope: string;
}>;
