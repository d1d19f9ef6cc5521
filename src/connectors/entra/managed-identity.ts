/**
 * Tokens of a managed identity: asked of the machine itself, at the address that Azure tells it (App Service, Azure Arc, virtual
 * machines and others). Which of them it is, and how each wants to be asked, is MSAL's; no proxy stands between.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ManagedIdentityApplication } from '@azure/msal-node';
import { Fault } from '../../errors.ts';
import type { EntraConnection, EntraCredential } from './entra-connection.ts';
import { readAnswer } from './graph-answer.ts';
import { type HttpRequest, openTransport } from './http-transport.ts';
import { createNetwork, type MsalAnswer } from './msal-network.ts';
import type { SignInOptions } from './sign-in.ts';
import { type TokenReply, tokenOf } from './token-reply.ts';

type Machine = Readonly<{ send: (request: HttpRequest) => Promise<MsalAnswer> }>;

/** MSAL keeps the network that it is given first for the whole process; this one finds the exchange that is under way. */
const machines = new AsyncLocalStorage<Machine>();
const network = createNetwork((request) => {
  const machine = machines.getStore();
  if (machine === undefined) throw new Error('A managed identity is asked for outside of a sign-in.');
  return machine.send(request);
});

/** Answers that ask to be asked again: throttled, still starting, and what goes wrong within the machine. */
const isPassing = (status: number) => status === 429 || status === 410 || status >= 500;
const pausesMs = [1000, 2000, 4000];
/** Whoever answers is on the same machine. */
const answerWithinMs = 10_000;

/** Asks once, with some patience. */
export async function askManagedIdentity(
  connection: EntraConnection,
  { clientId }: Extract<EntraCredential, { kind: 'managed-identity' }>,
  { clock, signal }: Pick<SignInOptions, 'clock' | 'signal'>,
): Promise<TokenReply> {
  const { trustedCertificates, addresses } = connection;
  const transport = openTransport({ trustedCertificates });
  let last: { host: string; status?: number } | undefined;
  const ask = async (request: HttpRequest): Promise<MsalAnswer> => {
    last = { host: new URL(request.url).host };
    const within = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
    const answer = await transport.exchange(request, within);
    const { status } = answer;
    last = { ...last, status };
    const received = readAnswer(answer);
    const document = 'document' in received ? received.document : {};
    const challenge = answer.header('www-authenticate');
    // The name in the case in which MSAL looks for it.
    return {
      status,
      headers: challenge === undefined ? {} : { 'www-authenticate': challenge },
      document: document ?? {},
    };
  };
  const send = async (request: HttpRequest): Promise<MsalAnswer> => {
    for (const pauseMs of pausesMs) {
      const answer = await ask(request);
      if (!isPassing(answer.status)) return answer;
      await clock.wait(pauseMs, signal);
    }
    return await ask(request);
  };
  const application = new ManagedIdentityApplication({
    ...(clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } }),
    system: { networkClient: network, disableInternalRetries: true },
  });
  try {
    const resource = addresses.scope.replace(/\/\.default$/, '');
    const token = tokenOf(
      await machines.run({ send }, () => application.acquireToken({ resource, forceRefresh: true })),
    );
    return refuseOtherTenant(connection, token) ?? token;
  } catch (error) {
    signal.throwIfAborted();
    return refused(explain(clientId, last, error));
  } finally {
    await transport.close();
  }
}

/** A managed identity signs in to the tenant of the machine's subscription, whatever tenant is asked for. */
function refuseOtherTenant(
  { tenantId }: EntraConnection,
  { text }: Extract<TokenReply, { kind: 'token' }>,
): TokenReply | undefined {
  const own = tenantOf(text);
  if (own === undefined || own === tenantId.toLowerCase() || !isGuid(tenantId)) return undefined;
  return refused(
    `The managed identity belongs to the tenant ${own}, and not to ${tenantId}: correct the tenant, or sign in to it by a client secret or a certificate.`,
  );
}

function explain(
  clientId: string | undefined,
  last: { host: string; status?: number } | undefined,
  error: unknown,
): string {
  const which = clientId === undefined ? 'a managed identity' : `the managed identity ${clientId}`;
  if (last?.status === undefined) {
    const where =
      last === undefined
        ? String(error instanceof Error ? error.message : error)
        : `${last.host} does not answer`;
    return `This machine offers no managed identity (${where.replace(/[.:]\s*$/, '')}): run Syncline on an Azure machine that has one, or sign in by a client secret or a certificate.`;
  }
  const remedy =
    clientId === undefined
      ? 'switch on its system-assigned identity under Identity of the Azure resource'
      : 'assign it under Identity of the Azure resource, or correct the client id';
  return `This machine does not give out ${which} (${last.host} answers ${last.status}): ${remedy}.`;
}

function refused(message: string): TokenReply {
  return { kind: 'refused', fault: new Fault('credential-refused', message), mayAnotherDo: true };
}

function tenantOf(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { tid } = (claims ?? {}) as { tid?: unknown };
    return typeof tid === 'string' ? tid.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
