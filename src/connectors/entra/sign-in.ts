/**
 * Access tokens: from whichever credential of the connection the identity platform accepts first, kept until they near
 * their end or are refused. The exchange with the identity platform is MSAL's; network and waiting are ours.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from '@azure/msal-node';
import { Fault } from '../../errors.ts';
import type { Clock } from './clock.ts';
import type { EntraConnection, EntraCredential } from './entra-connection.ts';
import type { HttpRequest } from './http-transport.ts';
import { isAboutCredential, readSignInRefusal, refusalSentence } from './sign-in-refusal.ts';

export interface SignIn {
  /** A token that works as far as is known, at once where there is one. Rejects with a `Fault` `credential-refused`. */
  token(): string | Promise<string>;
  /** Says that Graph does not accept this token any more: nobody gets it again. */
  discard(token: string): void;
}

/** An answer of the identity platform to which asking again would change nothing. */
export type IdentityAnswer = Readonly<{ status: number; document: unknown }>;

export type SignInOptions = Readonly<{
  clock: Clock;
  /** Asks the identity platform. Waits out throttling and outages, and throws a `Fault` when they take too long. */
  send: (request: HttpRequest) => Promise<IdentityAnswer>;
}>;

type Token = Readonly<{ text: string; renewAtMs: number }>;

/** A token is renewed when so much of its life is over, well before Graph would refuse it. */
const usedShareOfLife = 0.9;

/** Throws a `Fault` with code `invalid-setting` for a certificate or private key that cannot be used. */
export function createSignIn(connection: EntraConnection, { clock, send }: SignInOptions): SignIn {
  const askers = connection.credentials.map((credential) => createAsker(connection, credential, send));
  let current: Token | undefined;
  let pending: Promise<string> | undefined;

  async function acquire(): Promise<Token> {
    let first: Fault | undefined;
    for (const ask of askers) {
      const reply = await ask();
      if (reply.kind === 'token')
        return { text: reply.text, renewAtMs: clock.now() + reply.lifeMs * usedShareOfLife };
      first ??= reply.fault;
      if (!reply.mayAnotherDo) throw reply.fault;
    }
    throw first ?? new Fault('invalid-setting', 'The connection has no credential: give it one.');
  }

  async function renew(): Promise<string> {
    current = await acquire();
    return current.text;
  }

  return {
    token() {
      if (current && clock.now() < current.renewAtMs) return current.text;
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    discard(token) {
      if (current?.text === token) current = undefined;
    },
  };
}

type Reply =
  | Readonly<{ kind: 'token'; text: string; lifeMs: number }>
  | Readonly<{ kind: 'refused'; fault: Fault; mayAnotherDo: boolean }>;

/** How to ask for a token with one credential. */
function createAsker(
  connection: EntraConnection,
  credential: EntraCredential,
  send: SignInOptions['send'],
): () => Promise<Reply> {
  // MSAL replaces what happens on the network by errors of its own, so it is kept here.
  let network: { answer?: IdentityAnswer; failure?: unknown } = {};
  const application = createApplication(connection, credential, async (request) => {
    try {
      network.answer = await send(request);
      return network.answer;
    } catch (error) {
      network.failure = error;
      throw error;
    }
  });
  return async () => {
    network = {};
    try {
      // What is kept, and for how long, is decided above.
      const result = await application.acquireTokenByClientCredential({
        scopes: [connection.addresses.scope],
        skipCache: true,
      });
      if (!result?.expiresOn) throw new Error('No token');
      return { kind: 'token', text: result.accessToken, lifeMs: result.expiresOn.getTime() - Date.now() };
    } catch (error) {
      const { answer, failure } = network;
      if (failure !== undefined) throw failure;
      if (answer === undefined) throw error;
      const refusal = readSignInRefusal(answer.document);
      if (!refusal)
        throw new Fault(
          'source-failed',
          `${new URL(connection.addresses.authority).host} answers a sign-in with neither a token nor an error of the identity platform (HTTP ${answer.status}): check the address of the authority and the proxy.`,
        );
      return {
        kind: 'refused',
        fault: new Fault('credential-refused', refusalSentence(connection, credential, refusal)),
        mayAnotherDo: isAboutCredential(refusal),
      };
    }
  };
}

function createApplication(
  { addresses, clientId }: EntraConnection,
  credential: EntraCredential,
  send: SignInOptions['send'],
): ConfidentialClientApplication {
  const { protocol, host, pathname } = new URL(addresses.authority);
  // MSAL insists on https. A simulator on loopback may go without, and then the request leaves as it should.
  const authority = `https://${host}${pathname}`;
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      authority,
      // The authority is taken at its word: it need not be known to Microsoft, nor describe itself first.
      knownAuthorities: [host],
      authorityMetadata: JSON.stringify({
        issuer: `${authority}/v2.0`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      }),
      ...(credential.kind === 'secret'
        ? { clientSecret: credential.secret }
        : { clientCertificate: readCertificate(credential.certificatePem, credential.privateKeyPem) }),
    },
    system: { networkClient: createNetwork((url) => url.replace(/^https:/, protocol), send) },
  });
}

function createNetwork(toWire: (url: string) => string, send: SignInOptions['send']): INetworkModule {
  async function exchange<T>(
    method: HttpRequest['method'],
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ): Promise<NetworkResponse<T>> {
    const { status, document } = await send({
      method,
      url: toWire(url),
      headers: options?.headers ?? {},
      ...(options?.body === undefined ? {} : { body: options.body }),
    });
    return { status, headers: {}, body: document as T };
  }
  return {
    sendGetRequestAsync: (url, options) => exchange('GET', url, options),
    sendPostRequestAsync: (url, options) => exchange('POST', url, options),
  };
}

function readCertificate(
  certificatePem: string,
  privateKeyPem: string,
): { thumbprintSha256: string; privateKey: string } {
  const certificate = readOr('certificate', () => new X509Certificate(certificatePem));
  const key = readOr('private key', () => createPrivateKey(privateKeyPem));
  if (key.asymmetricKeyType !== 'rsa')
    throw new Fault(
      'invalid-setting',
      `The private key of the certificate is of type ${key.asymmetricKeyType}, and Microsoft Entra takes RSA only: make a certificate with an RSA key.`,
    );
  if (!certificate.checkPrivateKey(key))
    throw new Fault(
      'invalid-setting',
      'The private key is not that of the certificate: give the two that belong together.',
    );
  return { thumbprintSha256: certificate.fingerprint256.replaceAll(':', ''), privateKey: privateKeyPem };
}

function readOr<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Fault('invalid-setting', `The ${what} cannot be read: give it in PEM, without a password.`, {
      cause: error,
    });
  }
}
