/** What it means when the identity platform refuses a sign-in, and what a person can do about it. */
import type { EntraConnection, EntraCredential } from './entra-connection.ts';

/** A refusal as the token endpoint words it. */
export type SignInRefusal = Readonly<{
  /** OAuth's word, such as `invalid_client`. */
  error: string;
  /** The number behind AADSTS; undefined when the answer has none. */
  code: number | undefined;
}>;

/**
 * Reads the error document of the token endpoint; undefined when it is none (Microsoft identity platform: OAuth 2.0 client
 * credentials flow).
 */
export function readSignInRefusal(document: unknown): SignInRefusal | undefined {
  const { error, error_codes, error_description } = (document ?? {}) as Record<string, unknown>;
  const listed: unknown = Array.isArray(error_codes) ? error_codes[0] : undefined;
  const written = /^AADSTS(\d+)/.exec(String(error_description ?? ''))?.[1];
  const code = Number(listed ?? written);
  if (typeof error !== 'string' || !/^[a-z_]+$/.test(error)) return undefined;
  return { error, code: Number.isInteger(code) ? code : undefined };
}

/**
 * Whether another credential of the same application might do: client authentication failed, or the grant of this user is not good
 * (RFC 6749, 5.2).
 */
export function mayAnotherDo(credential: EntraCredential, { error }: SignInRefusal): boolean {
  if (error === 'invalid_client') return true;
  return (
    credential.kind === 'user-password' && (error === 'invalid_grant' || error === 'interaction_required')
  );
}

const newSecret =
  'make a new client secret under Certificates & secrets of the app registration and set its value';
const upload = 'upload the certificate under Certificates & secrets of the app registration';
const wrongTenant = 'check the tenant id, and the cloud that the addresses belong to';
const password = 'correct the user name or the password';
const noPerson =
  'nobody is there to answer, so exempt this account by policy, or sign in by a client secret or a certificate';
const wrongScope = 'check the addresses of Microsoft Graph, which must be those of the cloud of the tenant';

/** What to do, by AADSTS number. */
const remedies: Readonly<Record<number, string>> = {
  7000215: `it is wrong or was removed, take the value of the secret and not its id, or ${newSecret}`,
  7000222: `it has expired, ${newSecret}`,
  700027: `the certificate is not registered there or has expired, ${upload}`,
  700024: 'the clock of this machine is wrong, set it',
  700016: 'check the client id, and that the application is registered in this tenant',
  7000112: 'the application is disabled, enable it under Enterprise applications',
  90002: wrongTenant,
  900023: wrongTenant,
  50059: wrongTenant,
  500011: wrongScope,
  1002012: wrongScope,
  70011: wrongScope,
  7000218:
    'allow public client flows under Authentication of the app registration, without which no user signs in by password',
  50126: password,
  50034: password,
  50053: 'the account is locked after too many attempts, unlock it or wait',
  50055:
    'the password has expired or has to be changed at the first sign-in, change it and set the new one here',
  50057: 'the account is disabled, enable it',
  50076: `the account needs a second factor and ${noPerson}`,
  50079: `the account has to register a second factor and ${noPerson}`,
  65001:
    'the application may not act for this user, so grant it the delegated permission Directory.Read.All and then choose Grant admin consent',
  53003: 'a Conditional Access policy for workload identities blocks it, let the application pass there',
};

/** What was shown, in front of "application". */
function proofOf(credential: EntraCredential): string {
  if (credential.kind === 'user-password') return `the user ${credential.userName} of`;
  return credential.kind === 'managed-identity' ? 'the managed identity as' : `the ${credential.kind} of`;
}

/** One sentence that says who refuses what and what to do. It carries no secret and nothing that the server wrote. */
export function refusalSentence(
  { addresses, clientId, tenantId }: EntraConnection,
  credential: EntraCredential,
  refusal: SignInRefusal,
): string {
  const { host } = new URL(addresses.authority);
  const isItself = refusal.error !== 'invalid_client' && !mayAnotherDo(credential, refusal);
  const what = isItself ? 'application' : `${proofOf(credential)} application`;
  const code = refusal.code === undefined ? refusal.error : `AADSTS${refusal.code}`;
  const remedy = remedies[refusal.code ?? 0] ?? 'look the code up at https://login.microsoftonline.com/error';
  return `${host} refuses ${what} ${clientId} in tenant ${tenantId} (${code}): ${remedy}.`;
}
