// Puts write requests to a tenant of its own, below HTTP: what the tests of this folder stand on.

import { manualClock } from '../../clock.ts';
import { noEffects } from '../../faults/effects.ts';
import { createDirectory, type Directory } from '../../tenant/directory.ts';
import { createFirstObjects, type FirstObjects } from '../../tenant/first-objects.ts';
import { graphPermissions } from '../../tenant/graph-permissions.ts';
import { createRandom } from '../../tenant/random.ts';
import { GraphError } from '../graph-error.ts';
import { createRouteTable } from '../route.ts';
import { writeRoutes } from './write-routes.ts';

interface Answer {
  readonly status: number;
  /** The JSON document; of a refusal `{code, message, details}`; undefined when there is none. */
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string>>;
}

interface CallOptions {
  /** Application permissions of the caller; all of them when absent. */
  readonly roles?: readonly string[];
  /** Object id of the calling service principal; the owner's when absent. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WriteCaller {
  readonly directory: Directory;
  readonly first: FirstObjects;
  call(method: string, url: string, body?: unknown, options?: CallOptions): Answer;
  /** Creates an object and tells its id. Throws when the creation is refused. */
  create(path: string, body: unknown, options?: CallOptions): string;
}

/** A tenant with nothing but what every tenant has, at noon of 2 March 2026, and its write operations. */
export function openWriteCaller(): WriteCaller {
  const directory = createDirectory(
    '11111111-2222-4333-8444-555555555555',
    manualClock(Date.UTC(2026, 2, 2, 12)),
  );
  const first = createFirstObjects(directory, { random: createRandom(1) });
  const table = createRouteTable(writeRoutes);

  const call = (method: string, url: string, body?: unknown, options: CallOptions = {}): Answer => {
    const [path = '', query = ''] = url.split('?');
    const text = body === undefined ? '' : JSON.stringify(body);
    try {
      const { route, parameters } = table.match(method, path);
      const reply = route.run({
        http: {
          method,
          origin: 'https://localhost',
          host: 'localhost',
          path: `/v1.0${path}`,
          query,
          headers: { 'content-type': 'application/json', ...options.headers },
          body: Buffer.from(text),
        },
        method,
        version: 'v1.0',
        root: 'https://localhost/v1.0',
        path,
        options: new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value])),
        caller: {
          appId: first.clientId,
          servicePrincipalId: options.as ?? first.servicePrincipal.id,
          roles: new Set(options.roles ?? graphPermissions.keys()),
        },
        parameters,
        directory,
        effects: noEffects,
      });
      const document = reply.body.join('');
      return {
        status: reply.status,
        body: document === '' ? {} : (JSON.parse(document) as Record<string, unknown>),
        headers: reply.headers,
      };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const { status, code, message, details } = error;
      return { status, body: { code, message, details }, headers: {} };
    }
  };

  return {
    directory,
    first,
    call,
    create(path, body, options) {
      const answer = call('POST', path, body, options);
      if (answer.status !== 201) throw new Error(`POST ${path}: ${JSON.stringify(answer)}`);
      return String(answer.body.id);
    },
  };
}

/** The body that creates a user with this alias. */
export function userBody(alias: string, properties: object = {}): object {
  return {
    accountEnabled: true,
    displayName: alias,
    mailNickname: alias,
    userPrincipalName: `${alias}@nordlicht.example`,
    passwordProfile: { password: 'Kq7-Vesuv.Brandung' },
    ...properties,
  };
}

/** The body that creates a security group with this alias. */
export function groupBody(alias: string, properties: object = {}): object {
  return {
    displayName: alias,
    mailNickname: alias,
    mailEnabled: false,
    securityEnabled: true,
    ...properties,
  };
}

export const microsoft365 = { groupTypes: ['Unified'], mailEnabled: true, securityEnabled: false };
