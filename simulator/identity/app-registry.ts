// What the identity platform asks the directory about applications: the only view it has of the tenant.

export interface RegisteredApp {
  readonly appId: string;
  readonly displayName: string;
  /** Object id of the service principal; the `oid` of tokens. */
  readonly servicePrincipalId: string;
  readonly isEnabled: boolean;
  readonly secrets: readonly { readonly value: string; readonly startMs: number; readonly endMs: number }[];
  /** X.509 certificates, DER. */
  readonly certificates: readonly {
    readonly der: Buffer;
    readonly startMs: number;
    readonly endMs: number;
  }[];
  readonly federated: readonly {
    readonly issuer: string;
    readonly subject: string;
    readonly audiences: readonly string[];
  }[];
  /** Granted application permissions on Microsoft Graph, the `roles` of tokens. */
  readonly roles: readonly string[];
  /** Template ids of directory roles held, the `wids` of tokens. */
  readonly directoryRoleTemplateIds: readonly string[];
  /** Whether it may sign users in without proving itself (`isFallbackPublicClient`). */
  readonly isPublicClient: boolean;
  /** Delegated permissions on Microsoft Graph: for all users, or for the one of this object id. */
  readonly delegated: readonly { readonly userId: string | undefined; readonly scopes: readonly string[] }[];
}

export interface AppRegistry {
  readonly tenantId: string;
  readonly tenantName: string;
  /** Verified domain names; each is also a name of the tenant. */
  readonly domains: () => readonly string[];
  readonly findApp: (appId: string) => RegisteredApp | undefined;
  /** The identity of this client id on the machine, else the machine's own. */
  readonly findMachineIdentity: (clientId: string | undefined) => RegisteredApp | undefined;
  readonly findUser: (name: string) => RegisteredUser | undefined;
}

export interface RegisteredUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly isEnabled: boolean;
}
