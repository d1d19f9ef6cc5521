/** How Syncline may sign in to Microsoft Entra. */

export const credentialTypes = ['client-secret', 'certificate', 'managed-identity', 'user-password'] as const;
export type CredentialType = (typeof credentialTypes)[number];

/** What a list of profiles can be ordered by. */
export const profileOrders = ['name', 'type', 'expiresAt', 'lastUsedAt', 'lastTestedAt', 'tenants'] as const;
export type ProfileOrder = (typeof profileOrders)[number];
