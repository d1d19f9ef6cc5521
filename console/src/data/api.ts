/** Requests to the server: JSON there and back, the session's token with every write, problems as one kind of error. */
import { isSomebodyThere } from './activity.ts';
import { Problem, readProblem, unreachable } from './problem.ts';

export type Query = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>
>;

type Options = Readonly<{
  query?: Query | undefined;
  signal?: AbortSignal | undefined;
  /** The version that a change is based on; the server refuses when there is a newer one. */
  version?: number | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}>;

const access: { csrfToken: string; onSignedOut: () => void } = { csrfToken: '', onSignedOut: () => {} };

/** Sets the token that writes carry from now on. */
export function setCsrfToken(token: string): void {
  access.csrfToken = token;
}

/** Sets what happens when the server does not know the session any more. */
export function onSignedOut(act: () => void): void {
  access.onSignedOut = act;
}

/** The methods of the API. What is given back is what the server answered: its schemas are the types. */
export const api = {
  get: <Answer>(path: string, options?: Options) => send<Answer>('GET', path, undefined, options),
  post: <Answer>(path: string, body?: unknown, options?: Options) =>
    send<Answer>('POST', path, body, options),
  put: <Answer>(path: string, body?: unknown, options?: Options) => send<Answer>('PUT', path, body, options),
  patch: <Answer>(path: string, body?: unknown, options?: Options) =>
    send<Answer>('PATCH', path, body, options),
  delete: <Answer>(path: string, body?: unknown, options?: Options) =>
    send<Answer>('DELETE', path, body, options),
};

/** A path with its query; empty values are left out. Also for links that download. */
export function addressOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send<Answer>(
  method: string,
  path: string,
  body: unknown,
  { query, signal, version, headers: more }: Options = {},
): Promise<Answer> {
  const headers: Record<string, string> = { Accept: 'application/json', ...more };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-CSRF-Token'] = access.csrfToken;
  else if (!isSomebodyThere()) headers['X-Background'] = '1';
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  const response = await fetch(addressOf(path, query), {
    method,
    headers,
    credentials: 'same-origin',
    ...(signal && { signal }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  });
  if (!response.ok) {
    const problem = await readProblem(response);
    if (response.status === 401 && path.startsWith('/api/')) access.onSignedOut();
    throw problem;
  }
  if (response.status === 204) return undefined as Answer;
  const text = await response.text();
  if (text === '') return undefined as Answer;
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new Problem({ status: response.status, code: 'unreadable', detail: text.slice(0, 200) });
  }
}
