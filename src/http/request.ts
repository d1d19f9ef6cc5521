/** What is known of a request on its way through the pipeline, and of who sent it. */
import type { HttpBindings } from '@hono/node-server';
import type { Span } from '@opentelemetry/api';
import type { Context } from 'hono';

/** What the bearer of an access token is and may do, as the database has it at the time of the request. */
export type Caller = Readonly<{
  apiClientId: number;
  identifier: string;
  permissions: readonly string[];
  /** When the token ends. */
  expiresAt: Date;
}>;

export type ApiEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: {
    requestId: string;
    /** Where the request came from. */
    address: string;
    span: Span;
    /** Only where a token was asked for. */
    caller: Caller;
  };
};

export type ApiContext = Context<ApiEnv>;

/** Who did it, for audit and runs. */
export function actorOf({ identifier }: Pick<Caller, 'identifier'>): string {
  return `API client ${identifier}`;
}
