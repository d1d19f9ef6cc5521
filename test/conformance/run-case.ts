// Puts conformance cases to a Graph service over https: credentials, substitution, captures, following of pages.
// It knows the service only by what any client is told about it.

import { Agent, fetch, Headers, type Response } from 'undici';
import type { Case, Pattern, Step } from './case.ts';
import { differences } from './match.ts';
import { at, fill, fillDeep, fillKnown, fillPattern, show, textAt, type Values } from './substitution.ts';

/** What a client has to know about the service that the cases are put to. */
export interface Service {
  readonly origin: string;
  /** The version root, `{origin}/v1.0`. */
  readonly graph: string;
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly caPem: string;
  readonly controlKey: string;
}

export interface Runner {
  /** Puts the case to the service. @throws {Error} naming the step and every difference when the service answers otherwise. */
  run(subject: Case): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Response['headers'];
  /** The JSON value where the answer says that it is JSON, else the text; undefined where it is empty. */
  readonly body: unknown;
}

const microsoftGraphAppId = '00000003-0000-0000-c000-000000000000';

/** `given` are values that cases may name besides those of the service. */
export function openRunner(service: Service, given: Readonly<Record<string, string>> = {}): Runner {
  const dispatcher = new Agent({ connect: { ca: service.caPem } });
  const credentials = new Map<string, Promise<{ clientId: string; clientSecret: string }>>();
  let tokens = new Map<string, Promise<string>>();

  async function send(method: string, url: string, headers: Headers, body?: string): Promise<Answer> {
    const request = { method, headers, dispatcher, redirect: 'manual' as const };
    const response = await fetch(url, body === undefined ? request : { ...request, body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: readBody(response, text) };
  }

  async function tokenOf(as: 'owner' | readonly string[]): Promise<string> {
    const key = typeof as === 'string' ? as : [...as].sort().join(' ');
    const known = tokens.get(key);
    if (known) return known;
    const token = (as === 'owner' ? Promise.resolve(service) : applicationWith(key, as)).then(requestToken);
    tokens.set(key, token);
    return token;
  }

  async function requestToken(client: { clientId: string; clientSecret: string }): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: client.clientId,
      client_secret: client.clientSecret,
    });
    const headers = new Headers({ 'Content-Type': 'application/x-www-form-urlencoded' });
    const answer = await send('POST', `${service.authority}/oauth2/v2.0/token`, headers, form.toString());
    return textAt(answer.body, 'access_token');
  }

  /** An application that holds just these permissions, made through Graph itself on first use. */
  function applicationWith(key: string, permissions: readonly string[]) {
    const made = credentials.get(key) ?? makeApplication(permissions);
    credentials.set(key, made);
    return made;
  }

  async function makeApplication(permissions: readonly string[]) {
    const filter = encodeURIComponent(`appId eq '${microsoftGraphAppId}'`);
    const found = await asOwner('GET', `/servicePrincipals?$filter=${filter}&$select=id,appRoles`);
    const resourceId = textAt(found, 'value.0.id');
    const roles = readAppRoles(found);
    const application = await asOwner('POST', '/applications', {
      displayName: `Case ${permissions.join(' ')}`,
    });
    const clientId = textAt(application, 'appId');
    const password = await asOwner('POST', `/applications/${textAt(application, 'id')}/addPassword`, {
      passwordCredential: { displayName: 'cases' },
    });
    const principal = await asOwner('POST', '/servicePrincipals', { appId: clientId });
    const principalId = textAt(principal, 'id');
    for (const permission of permissions) {
      const appRoleId = roles.get(permission);
      if (appRoleId === undefined) {
        throw new Error(`Microsoft Graph declares no application permission ${permission}`);
      }
      await asOwner('POST', `/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
        principalId,
        resourceId,
        appRoleId,
      });
    }
    return { clientId, clientSecret: textAt(password, 'secretText') };
  }

  async function asOwner(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = new Headers({ Authorization: `Bearer ${await tokenOf('owner')}` });
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const answer = await send(method, service.graph + path, headers, sent);
    if (answer.status >= 400) {
      throw new Error(`${method} ${path} answered ${answer.status} ${show(answer.body)}`);
    }
    return answer.body;
  }

  async function headersFor(step: Step, url: string, values: Values): Promise<Headers> {
    const headers = new Headers();
    if (step.body !== undefined && typeof step.body !== 'string') {
      headers.set('Content-Type', 'application/json');
    }
    const as = step.as ?? 'owner';
    if (isBelow('/simulator', url)) {
      headers.set('Authorization', `Bearer ${service.controlKey}`);
    } else if (as !== 'none' && (isBelow('/v1.0', url) || isBelow('/beta', url))) {
      headers.set('Authorization', `Bearer ${await tokenOf(as)}`);
    }
    for (const [name, value] of Object.entries(step.headers ?? {})) headers.set(name, fill(value, values));
    return headers;
  }

  function isBelow(path: string, url: string): boolean {
    return `${url}/`.toLowerCase().startsWith(`${service.origin}${path}/`.toLowerCase());
  }

  function resolve(written: string): string {
    if (written.startsWith('//tenant/')) return `${service.authority}${written.slice('//tenant'.length)}`;
    if (written.startsWith('//')) return service.origin + written.slice(1);
    if (written.startsWith('/')) return service.graph + written;
    if (written.startsWith('http')) return written;
    throw new Error(`a step's url is relative to the version root, to the origin, or absolute: ${written}`);
  }

  async function runStep(step: Step, values: Values, place: string): Promise<void> {
    const method = step.method ?? 'GET';
    const url = resolve(fill(step.url, values));
    const headers = await headersFor(step, url, values);
    const body = writeBody(step.body, values);
    const first = await send(method, url, headers, body);
    // Time that was moved may have ended the life of the tokens.
    if (isBelow('/simulator/clock', url)) tokens = new Map();
    const answer = step.followed ? await follow(first, headers) : first;
    const found = answerDifferences(step, answer, values);
    if (found.length > 0) {
      const sent = body === undefined ? '' : ` ${body}`;
      const lines = [
        `${place}: ${method} ${url}${sent}`,
        ...found,
        `answered ${answer.status} ${show(answer.body)}`,
      ];
      throw new Error(lines.join('\n  '));
    }
    for (const [name, path] of Object.entries(step.capture ?? {})) values.set(name, captured(answer, path));
  }

  async function follow(first: Answer, headers: Headers): Promise<Answer> {
    const value: unknown[] = [];
    let last = first;
    for (let pages = 1; ; pages += 1) {
      const items = at(last.body, 'value');
      if (Array.isArray(items)) value.push(...items);
      const next = at(last.body, '@odata.nextLink');
      if (typeof next !== 'string') {
        return Array.isArray(items) ? { ...last, body: joined(last.body, value, pages) } : last;
      }
      if (pages === 5_000) throw new Error(`the pages do not end: ${next}`);
      last = await send('GET', next, headers);
    }
  }

  return {
    async run(subject) {
      const values: Values = new Map([
        ['root', service.graph],
        ['origin', service.origin],
        ['authority', service.authority],
        ['tenantId', service.tenantId],
        ['clientId', service.clientId],
        ['clientSecret', service.clientSecret],
        ...Object.entries(given),
      ]);
      for (const [index, step] of subject.steps.entries()) {
        await runStep(step, values, `step ${index + 1} of ${subject.steps.length}`);
      }
    },
    close: () => dispatcher.close(),
  };
}

function answerDifferences(step: Step, answer: Answer, values: Values): readonly string[] {
  const found: string[] = [];
  if (step.status === undefined ? answer.status >= 400 : answer.status !== step.status) {
    found.push(`status: expected ${step.status ?? 'a success'}, there is ${answer.status}`);
  }
  for (const [name, expected] of Object.entries(step.replyHeaders ?? {})) {
    const actual = answer.headers.get(name) ?? undefined;
    const pattern: Pattern = expected === null ? { $match: 'absent' } : fillPattern(expected, values);
    found.push(...differences(pattern, actual, `header ${name}`));
  }
  if (step.reply !== undefined) found.push(...differences(fillPattern(step.reply, values), answer.body));
  return found;
}

function joined(lastPage: unknown, value: readonly unknown[], pages: number): unknown {
  return { ...(lastPage as object), value, pages };
}

function captured(answer: Answer, what: string | readonly [path: string, part: RegExp]): string {
  if (typeof what !== 'string') {
    const [path, part] = what;
    const found = part.exec(captured(answer, path))?.[1];
    if (found === undefined) throw new Error(`nothing like ${part} to capture at ${path}`);
    return found;
  }
  if (!what.startsWith('header:')) return textAt(answer.body, what);
  const value = answer.headers.get(what.slice('header:'.length));
  if (value === null) throw new Error(`nothing to capture at ${what}`);
  return value;
}

function readAppRoles(found: unknown): ReadonlyMap<string, string> {
  const roles = at(found, 'value.0.appRoles');
  if (!Array.isArray(roles)) throw new Error(`no appRoles in ${show(found)}`);
  return new Map(roles.map((role: unknown) => [textAt(role, 'value'), textAt(role, 'id')]));
}

function readBody(response: Response, text: string): unknown {
  if (text === '') return undefined;
  if (!response.headers.get('Content-Type')?.includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function writeBody(body: unknown, values: Values): string | undefined {
  if (body === undefined) return undefined;
  if (typeof body === 'string') return fillKnown(body, values);
  return JSON.stringify(fillDeep(body, values));
}
