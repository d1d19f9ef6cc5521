/**
 * How to ask for a token with one credential. The exchange with the identity platform is MSAL's; network and waiting are ours.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  type AuthenticationResult,
  ConfidentialClientApplication,
  type Configuration,
  PublicClientApplication,
} from '@azure/msal-node';
import { Fault } from '../../errors.ts';
import type { EntraConnection, EntraCredential } from './entra-connection.ts';
import { askManagedIdentity } from './managed-identity.ts';
import { createNetwork } from './msal-network.ts';
import type { IdentityAnswer, SignInOptions } from './sign-in.ts';
import { mayAnotherDo, readSignInRefusal, refusalSentence } from './sign-in-refusal.ts';
import { type TokenReply, tokenOf } from './token-reply.ts';

export type Asker = () => Promise<TokenReply>;

/** Throws a `Fault` with code `invalid-setting` for a certificate or private key that cannot be used. */
export function createAsker(
  connection: EntraConnection,
  credential: EntraCredential,
  options: Pick<SignInOptions, 'clock' | 'send' | 'signal'>,
): Asker {
  if (credential.kind === 'managed-identity') {
    return () => askManagedIdentity(connection, credential, options);
  }
  // MSAL replaces what happens on the network by errors of its own, so it is kept here.
  let network: { answer?: IdentityAnswer; failure?: unknown } = {};
  const configuration = configure(connection, async (request) => {
    try {
      network.answer = await options.send(request);
      return network.answer;
    } catch (error) {
      network.failure = error;
      throw error;
    }
  });
  const acquire = createAcquisition(connection, credential, configuration);
  return async () => {
    network = {};
    try {
      return tokenOf(await acquire());
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
        mayAnotherDo: mayAnotherDo(credential, refusal),
      };
    }
  };
}

function createAcquisition(
  { addresses }: EntraConnection,
  credential: Exclude<EntraCredential, { kind: 'managed-identity' }>,
  configuration: Configuration,
): () => Promise<AuthenticationResult | null> {
  const scopes = [addresses.scope];
  if (credential.kind === 'user-password') {
    const { userName: username, password } = credential;
    // Made anew each time: it would keep a refresh token of the person, which nobody here uses.
    return () =>
      new PublicClientApplication(configuration).acquireTokenByUsernamePassword({
        scopes,
        username,
        password,
      });
  }
  const proof =
    credential.kind === 'secret'
      ? { clientSecret: credential.secret }
      : { clientCertificate: readCertificate(credential.certificatePem, credential.privateKeyPem) };
  const application = new ConfidentialClientApplication({
    ...configuration,
    auth: { ...configuration.auth, ...proof },
  });
  // What is kept, and for how long, is decided elsewhere.
  return () => application.acquireTokenByClientCredential({ scopes, skipCache: true });
}

function configure({ addresses, clientId }: EntraConnection, send: SignInOptions['send']): Configuration {
  const { protocol, host, pathname } = new URL(addresses.authority);
  // MSAL insists on https. A simulator on loopback may go without, and then the request leaves as it should.
  const authority = `https://${host}${pathname}`;
  return {
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
    },
    system: {
      networkClient: createNetwork(async (request) => {
        const { status, document } = await send({
          ...request,
          url: request.url.replace(/^https:/, protocol),
        });
        return { status, headers: {}, document };
      }),
    },
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
