// A session with the API of a server: signed in as an API client, with every refusal turned into the sentence and the exit code of
// a command that launches jobs.
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { Fault } from '../errors.ts';

export type ApiClient = Readonly<{ clientId: string; secret: string }>;

export type ApiSession = Readonly<{
  get: (path: string) => Promise<unknown>;
  post: (path: string, body: object) => Promise<unknown>;
  close: () => Promise<void>;
}>;

/** How often a server that cannot be reached for a moment, or that asks for patience, is asked again. */
const mostAttempts = 5;
const firstPauseMs = 500;

/**
 * Signs in. Throws a `Fault`: `server-unreachable` when nobody answers as a server of Syncline does, `launch-refused` when the
 * client, its secret or its permissions are not good enough. `say` is told of every wait.
 */
export async function openApiSession(
  apiUrl: string,
  client: ApiClient,
  say: (line: string) => void,
): Promise<ApiSession> {
  const dispatcher = new Agent({ connect: { timeout: 10_000 }, headersTimeout: 60_000 });
  const root = apiUrl.replace(/\/+$/, '');
  let token = '';

  type Answer = Readonly<{ status: number; body: unknown; retryAfterMs: number | undefined }>;

  const exchange = async (
    path: string,
    options: Readonly<{ method: 'GET' | 'POST'; headers?: Readonly<Record<string, string>>; body?: string }>,
  ): Promise<Answer> => {
    for (let attempt = 1, pauseMs = firstPauseMs; ; attempt++, pauseMs *= 2) {
      let answer: Answer | undefined;
      let cause = '';
      try {
        const { statusCode, headers, body } = await request(`${root}${path}`, { ...options, dispatcher });
        const text = await body.text();
        const seconds = Number(headers['retry-after']);
        const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
        answer = { status: statusCode, body: parse(text), retryAfterMs };
      } catch (error) {
        cause =
          error instanceof Error
            ? error.message || String((error as NodeJS.ErrnoException).code)
            : String(error);
      }
      const mayPass = answer === undefined || answer.status === 429 || answer.status >= 500;
      if (answer !== undefined && !mayPass) return answer;
      if (attempt === mostAttempts) {
        if (answer !== undefined) return answer;
        throw new Fault(
          'server-unreachable',
          `The server ${root} cannot be reached (${cause}): check --api-url and whether "syncline serve" runs there.`,
        );
      }
      const waitMs = answer?.retryAfterMs ?? pauseMs;
      const reason =
        answer === undefined ? `does not answer (${cause})` : `answers with status ${answer.status}`;
      say(`The server ${root} ${reason}: it is asked again in ${waitMs / 1000} s.`);
      await delay(waitMs);
    }
  };

  const signIn = async (): Promise<void> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'usercube_api',
      client_id: client.clientId,
      client_secret: client.secret,
    });
    const { status, body } = await exchange('/connect/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const answer = recordOf(body);
    if (status === 200 && typeof answer.access_token === 'string') {
      token = answer.access_token;
      return;
    }
    if (status === 401 || status === 400 || status === 429) {
      throw new Fault(
        'launch-refused',
        `The server ${root} refuses the API client ${client.clientId}: ${String(answer.error_description ?? 'no reason was given.')} Check --api-client-id and --api-secret.`,
      );
    }
    throw new Fault(
      'server-unreachable',
      `What answers at ${root} is no server of Syncline (status ${status}): check --api-url.`,
    );
  };

  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    for (let isRenewed = false; ; isRenewed = true) {
      const answer = await exchange(path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer.status < 300) return answer.body;
      // Its hour is over.
      if (answer.status === 401 && !isRenewed) await signIn();
      else throw refusal(answer.status, recordOf(answer.body));
    }
  };

  try {
    await signIn();
  } catch (error) {
    await dispatcher.destroy();
    throw error;
  }
  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    close: () => dispatcher.destroy(),
  };
}

function refusal(status: number, problem: Readonly<Record<string, unknown>>): Fault {
  const sentence =
    typeof problem.detail === 'string' ? problem.detail : `The server answers with status ${status}.`;
  if (problem.code === 'job-unknown' || problem.code === 'run-unknown')
    return new Fault('job-unknown', sentence);
  if (status >= 500) return new Fault('server-unreachable', sentence);
  return new Fault(status === 400 ? 'invalid-setting' : 'launch-refused', sentence);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
