/**
 * Access tokens: from whichever credential of the connection the identity platform accepts first, kept until they near
 * their end or are refused.
 */
import { Fault } from '../../errors.ts';
import type { Clock } from './clock.ts';
import { createAsker } from './credential-askers.ts';
import type { EntraConnection, SignInEvent } from './entra-connection.ts';
import type { HttpRequest } from './http-transport.ts';

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
  /** Ends what is asked of this machine itself, for a managed identity. */
  signal: AbortSignal;
  /** Told how each sign-in ended. */
  onSignIn?: (event: SignInEvent) => void;
}>;

type Token = Readonly<{ text: string; renewAtMs: number }>;

/** A token is renewed when so much of its life is over, well before Graph would refuse it. */
const usedShareOfLife = 0.9;

/** Throws a `Fault` with code `invalid-setting` for a certificate or private key that cannot be used. */
export function createSignIn(connection: EntraConnection, options: SignInOptions): SignIn {
  const { clock, onSignIn = () => {} } = options;
  const askers = connection.credentials.map((credential) => createAsker(connection, credential, options));
  let current: Token | undefined;
  let pending: Promise<string> | undefined;

  async function acquire(): Promise<Token> {
    let first: Fault | undefined;
    for (const [index, ask] of askers.entries()) {
      const reply = await ask();
      onSignIn({ index, refusal: reply.kind === 'token' ? undefined : reply.fault.message });
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
