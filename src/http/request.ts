/** What is known of a request on its way through the pipeline, and of who sent it. */
import type { HttpBindings } from '@hono/node-server';
import type { Span } from '@opentelemetry/api';
import type { Context } from 'hono';
import type { UserRole } from '../model/user-role.ts';

type CallerParts = Readonly<{
  /** The number of the API client, or of the user; unique among its kind. */
  id: number;
  /** The client id, or the name that the person signs in with. */
  identifier: string;
  /** For people. */
  name: string;
  permissions: readonly string[];
  /** When the token ends, or the session if it is not used any more. */
  expiresAt: Date;
}>;

/** A program with an access token. */
export type ClientCaller = CallerParts & Readonly<{ kind: 'client' }>;

/** A person with a session. */
export type PersonCaller = CallerParts &
  Readonly<{
    kind: 'person';
    role: UserRole;
    /** Whether the password is kept here. */
    isLocal: boolean;
    session: Readonly<{
      sessionId: number;
      /** What writes of the session have to carry. */
      csrfToken: string;
      /** When it ends however much it is used. */
      endsAt: Date;
    }>;
  }>;

/** Who sends a request and what they may do, as the database has it at the time of the request. */
export type Caller = ClientCaller | PersonCaller;

export type ApiEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    /** Where the request came from. */
    address: string;
    span: Span;
    /** Only where somebody has to be known. */
    caller: Caller;
  };
};

export type ApiContext = Context<ApiEnv>;

/** Who did it, for audit and runs. */
export function actorOf({ kind, identifier, name }: Pick<Caller, 'kind' | 'identifier' | 'name'>): string {
  if (kind === 'client') return `API client ${identifier}`;
  return name === identifier ? name : `${name} (${identifier})`;
}

/** What the requests of a caller are counted under. */
export function keyOfCaller({ kind, id }: Pick<Caller, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
