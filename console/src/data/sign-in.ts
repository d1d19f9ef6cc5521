/** Getting in: with a password that is kept here, and as the first administrator. */
import type { LocalSignIn, Session, Setup } from '../../../src/http/schemas/sign-in.ts';
import { api } from './api.ts';
import { beginSession } from './session.ts';

export async function signIn(values: LocalSignIn): Promise<void> {
  beginSession(await api.post<Session>('/auth/sign-in', values));
}

export async function setUp(values: Setup): Promise<void> {
  beginSession(await api.post<Session>('/auth/setup', values));
}

/** Where a provider is asked to sign somebody in; a link, because the browser goes there itself. */
export function providerPath(providerId: number, returnTo: string): string {
  return `/auth/providers/${providerId}/start?${new URLSearchParams({ returnTo })}`;
}
