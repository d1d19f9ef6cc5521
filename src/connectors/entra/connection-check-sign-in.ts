// The middle steps of a connection check: the tenant and each credential.
import { X509Certificate } from 'node:crypto';
import { Fault } from '../../errors.ts';
import { cloudOfGraph } from './addresses.ts';
import type { Clock } from './clock.ts';
import type { CheckResult } from './connection-check.ts';
import { type Ask, type Asked, explainSilence } from './connection-check-network.ts';
import type { EntraConnection, EntraCredential } from './entra-connection.ts';
import type { HttpRequest } from './http-transport.ts';
import { createSignIn } from './sign-in.ts';
import { readSignInRefusal } from './sign-in-refusal.ts';

/** Whether the authority knows the tenant (OpenID Connect discovery, which asks for no credential). */
export async function checkAuthority(
  { addresses, tenantId }: EntraConnection,
  ask: Ask,
): Promise<CheckResult> {
  const { authority } = addresses;
  const { host } = new URL(authority);
  const named = { step: 'authority', name: `Tenant ${tenantId}` } as const;
  const url = `${authority}/v2.0/.well-known/openid-configuration`;
  const asked = await ask({ method: 'GET', url, headers: {} });
  const { received, remark } = asked;
  const silence = explainSilence(asked);
  if (silence) return { ...named, outcome: 'failed', ...silence };
  if (received.kind === 'document') {
    const { issuer, token_endpoint, msgraph_host } = (received.document ?? {}) as Record<string, unknown>;
    if (typeof token_endpoint === 'string') {
      const own = cloudOfGraph(new URL(addresses.graph).host);
      const home = typeof msgraph_host === 'string' ? cloudOfGraph(msgraph_host) : undefined;
      if (own !== undefined && home !== undefined && own !== home) {
        return {
          ...named,
          outcome: 'failed',
          detail: `it is in the cloud ${home}, and the connection asks ${own}; no credential was sent`,
          remedy: `set Cloud to ${home}`,
        };
      }
      const id = /\/([0-9a-f-]{36})(?:\/|$)/i.exec(String(issuer))?.[1];
      const known = id === undefined || id.toLowerCase() === tenantId ? '' : ` as ${id}`;
      return { ...named, outcome: 'ok', detail: `${host} knows it${known}${remark}` };
    }
  }
  const code = readSignInRefusal(received.kind === 'status' ? received.document : undefined)?.code;
  if (code !== undefined) {
    return {
      ...named,
      outcome: 'failed',
      detail: `${host} knows no such tenant (AADSTS${code})${remark}`,
      remedy:
        "correct TenantId (Directory (tenant) ID on the app registration's overview), and check that Cloud is the cloud that the tenant is in",
    };
  }
  return {
    ...named,
    outcome: 'failed',
    detail: `${host} does not answer as a sign-in does (${received.kind === 'status' ? received.status : 'other JSON'})`,
    remedy: 'correct MicrosoftAuthorityPath, or leave it out',
  };
}

/** Asks for a token with one credential. */
export async function checkCredential(
  connection: EntraConnection,
  index: number,
  { clock, ask, signal }: Readonly<{ clock: Clock; ask: Ask; signal: AbortSignal }>,
): Promise<{ result: CheckResult; token?: string }> {
  const credential = connection.credentials[index];
  if (credential === undefined) throw new Error(`There is no credential ${index}.`);
  const number =
    connection.credentials.length === 1 ? '' : ` ${index + 1} of ${connection.credentials.length}`;
  const named = { step: 'secret', name: `Credential${number}, ${describeCredential(credential)}` } as const;
  let last: Asked | undefined;
  const send = async (request: HttpRequest) => {
    last = await ask(request);
    const { received } = last;
    const silence = explainSilence(last);
    if (silence) throw new Fault('source-failed', `${silence.detail}: ${silence.remedy}.`);
    const status = received.kind === 'status' ? received.status : 200;
    return { status, document: documentOf(received) };
  };
  try {
    const token = await createSignIn(
      { ...connection, credentials: [credential] },
      { clock, send, signal },
    ).token();
    return { token, result: { ...named, outcome: 'ok', detail: `accepted${last?.remark ?? ''}` } };
  } catch (error) {
    // The reason of a signal may be a fault as well, and says nothing of the credential.
    signal.throwIfAborted();
    if (!(error instanceof Fault)) throw error;
    const code = readSignInRefusal(last && documentOf(last.received))?.code;
    return { result: { ...named, outcome: 'failed', ...explainRefusal(error, code, credential) } };
  }
}

function documentOf(received: Asked['received']): unknown {
  return 'document' in received ? received.document : undefined;
}

/** The fault's sentence in two parts; it ends with the remedy, behind a colon. */
function explainRefusal(fault: Fault, code: number | undefined, credential: EntraCredential) {
  const [, detail = fault.message, remedy] = /^(.*?): (.*)\.$/s.exec(fault.message) ?? [];
  // Entra shows the id of a secret for ever and its value only once: so the id is what gets pasted.
  if (code === 7000215 && credential.kind === 'secret' && isGuid(credential.secret)) {
    return {
      detail: `${detail}, and it looks like the id of a secret`,
      remedy:
        'give the value of the secret instead; it is shown only once, so make a new client secret under Certificates & secrets of the app registration',
    };
  }
  return remedy === undefined ? { detail } : { detail, remedy };
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** The kind, and of a certificate what tells it from others. */
function describeCredential(credential: EntraCredential): string {
  if (credential.kind === 'secret') return 'a client secret';
  if (credential.kind === 'user-password') return `the user ${credential.userName}`;
  if (credential.kind === 'managed-identity') {
    const { clientId } = credential;
    return clientId === undefined ? "this machine's managed identity" : `the managed identity ${clientId}`;
  }
  const { fingerprint, validToDate } = new X509Certificate(credential.certificatePem);
  return `the certificate ${fingerprint.replaceAll(':', '')}, valid until ${validToDate.toISOString().slice(0, 10)}`;
}
