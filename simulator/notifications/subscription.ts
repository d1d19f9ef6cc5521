// A subscription to change notifications, as it is kept and as it is answered.
import { graphInstant } from '../clock.ts';
import type { WatchedResource } from './watched-resource.ts';

/** `updated` tells of creations, changes, soft deletions and restores, `deleted` of what is gone for good. */
export const changeTypes = ['updated', 'deleted'] as const;
export type ChangeType = (typeof changeTypes)[number];

/** What a client says of its subscription and only reads again; null where it said nothing. */
export interface SubscriptionDetails {
  readonly clientState: string | null;
  readonly encryptionCertificate: string | null;
  readonly encryptionCertificateId: string | null;
  readonly latestSupportedTlsVersion: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly notificationQueryOptions: string | null;
  readonly notificationUrlAppId: string | null;
}

export interface Subscription extends SubscriptionDetails {
  readonly id: string;
  /** Application (client) id of who subscribed: nobody else sees the subscription. */
  readonly applicationId: string;
  /** Object id of that application's service principal. */
  readonly creatorId: string;
  /** As it was written. */
  readonly resource: string;
  readonly watched: WatchedResource;
  /** As it was written. */
  readonly changeType: string;
  readonly changeTypes: ReadonlySet<ChangeType>;
  readonly notificationUrl: string;
  readonly expiresAtMs: number;
  /** Number of the last transaction before it: later ones are told. */
  readonly sinceTx: number;
}

/** The entity of Graph's schema, without a context. */
export function subscriptionEntity(subscription: Subscription): object {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.applicationId,
    changeType: subscription.changeType,
    clientState: subscription.clientState,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: subscription.notificationQueryOptions,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: graphInstant(subscription.expiresAtMs),
    creatorId: subscription.creatorId,
    includeResourceData: false,
    latestSupportedTlsVersion: subscription.latestSupportedTlsVersion,
    encryptionCertificate: subscription.encryptionCertificate,
    encryptionCertificateId: subscription.encryptionCertificateId,
    notificationUrlAppId: subscription.notificationUrlAppId,
  };
}
