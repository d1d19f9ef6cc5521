/** What came of asking for a token once. */
import type { AuthenticationResult } from '@azure/msal-node';
import type { Fault } from '../../errors.ts';

export type TokenReply =
  | Readonly<{ kind: 'token'; text: string; lifeMs: number }>
  | Readonly<{ kind: 'refused'; fault: Fault; mayAnotherDo: boolean }>;

/** A token out of what MSAL gives. */
export function tokenOf(result: AuthenticationResult | null): Extract<TokenReply, { kind: 'token' }> {
  if (!result?.expiresOn) throw new Error('No token');
  return { kind: 'token', text: result.accessToken, lifeMs: result.expiresOn.getTime() - Date.now() };
}
