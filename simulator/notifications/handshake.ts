// The validation of a notification endpoint: it has to give back a token before anything is sent to it.
// Source: Microsoft Graph "Receive change notifications through webhooks": notificationUrl validation.
import { randomUUID } from 'node:crypto';
import type { EndpointClient } from './endpoint-client.ts';
import { validationMismatch, validationRefused, validationTimedOut } from './subscription-errors.ts';

/**
 * Asks the endpoint for the token. Throws Graph's refusal when the answer is late, is not 200, or is not the decoded
 * token as plain text.
 */
export async function validateEndpoint(
  client: Pick<EndpointClient, 'post'>,
  url: string,
  withinMs: number,
): Promise<void> {
  // Graph's own token is a sentence with spaces and colons, so that endpoints that do not decode it are found out.
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
  const contentType = 'text/plain; charset=utf-8';
  const answer = await client.post(withToken(url, token), { contentType, body: '', withinMs });
  if (answer.kind === 'timedOut') throw validationTimedOut();
  if (answer.kind === 'unreachable' || answer.status !== 200) throw validationRefused();
  if (!/^text\/plain\b/.test(answer.contentType) || answer.text !== token) throw validationMismatch();
}

/** What the client wrote into the query of its address stays there. */
function withToken(address: string, token: string): string {
  const url = new URL(address);
  const option = new URLSearchParams({ validationToken: token }).toString();
  url.search = url.search === '' ? option : `${url.search}&${option}`;
  return url.href;
}
