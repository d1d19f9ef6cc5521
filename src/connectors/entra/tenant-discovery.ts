/**
 * Asks the sign-in about a tenant before anybody signs in: its id, and the cloud that it is in (OpenID Connect discovery). No
 * credential is sent.
 */
import { type CloudName, cloudOfGraph } from './addresses.ts';
import { systemClock } from './clock.ts';
import { createAsk, explainSilence } from './connection-check-network.ts';
import type { EntraConnection } from './entra-connection.ts';
import { openTransport } from './http-transport.ts';
import { readSignInRefusal } from './sign-in-refusal.ts';

export type TenantDiscovery =
  | Readonly<{
      kind: 'found';
      /** The id, where the sign-in names one. */
      tenantId: string | null;
      /** Null where what answers is none of Microsoft's clouds. */
      cloud: CloudName | null;
    }>
  /** The sign-in knows no such tenant. */
  | Readonly<{ kind: 'unknown' }>
  /** Nobody answers as a sign-in does, for the reason said in words. */
  | Readonly<{ kind: 'unanswered'; reason: string }>;

/** Where to ask. */
export type DiscoveryPlace = Pick<EntraConnection, 'addresses' | 'trustedCertificates' | 'proxy' | 'reach'>;

/** Asks one sign-in. Rejects with the signal's reason, and with a `Fault` for certificates or a proxy that cannot be used. */
export async function discoverTenant(place: DiscoveryPlace, signal: AbortSignal): Promise<TenantDiscovery> {
  const transport = openTransport(place);
  try {
    const ask = createAsk(transport, systemClock, signal, () => {});
    const { authority } = place.addresses;
    const url = `${authority}/v2.0/.well-known/openid-configuration`;
    const asked = await ask({ method: 'GET', url, headers: {} });
    const silence = explainSilence(asked);
    const { host } = new URL(authority);
    if (silence) return { kind: 'unanswered', reason: `${host}: ${silence.detail}` };
    const { received } = asked;
    if (received.kind === 'document') {
      const { issuer, token_endpoint, msgraph_host } = (received.document ?? {}) as Record<string, unknown>;
      if (typeof token_endpoint === 'string') {
        const [, tenantId] =
          /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(`${issuer}`) ?? [];
        return {
          kind: 'found',
          tenantId: tenantId?.toLowerCase() ?? null,
          cloud: (typeof msgraph_host === 'string' ? cloudOfGraph(msgraph_host) : undefined) ?? null,
        };
      }
    }
    const isRefused = received.kind === 'status' && readSignInRefusal(received.document)?.code !== undefined;
    return isRefused
      ? { kind: 'unknown' }
      : { kind: 'unanswered', reason: `${host}: it does not answer as a sign-in does` };
  } finally {
    await transport.close();
  }
}

/** The clouds whose sign-ins are asked where nobody says which one; USGovL5 has that of USGovL4. */
export const discoveryOrder: readonly CloudName[] = ['Global', 'USGovL4', 'China'];
