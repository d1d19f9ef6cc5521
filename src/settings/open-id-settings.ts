// The section `OpenId`: as whom jobs present themselves to the server, with secrets in clear (Identity Manager,
// appsettings.agent.json).
import { z } from 'zod';
import type { Environment } from '../config.ts';
import { Fault } from '../errors.ts';
import { isSameName, type Json } from './commented-json.ts';
import { namedEntries, readSection, type SourceOf, secretText, section, show, text } from './section.ts';

export type OpenIdSettings = Readonly<{
  /** The identifier of this agent in the configuration. */
  agentIdentifier: string;
  /** Secrets by client; a secret is never shown. */
  clients: ReadonlyMap<string, string>;
  /** One of the clients. */
  defaultClient: string;
}>;

/** A client with its secret in clear. */
export type OpenIdClient = Readonly<{ clientId: string; secret: string }>;

/** Reads the section. Throws a `Fault` with code `invalid-setting`. */
export function readOpenId(value: Json, sourceOf: SourceOf, environment: Environment): OpenIdSettings {
  const secret = secretText('write the secret of the client, not its hash');
  const clients = namedEntries(secret, environment, 'write { "Job": "…" }').refine(({ size }) => size > 0, {
    error: 'is empty: write { "Job": "…" }',
  });
  const shape = {
    AgentIdentifier: text('give the Identifier of the Agent in the configuration'),
    OpenIdClients: clients,
    DefaultOpenIdClient: text('name one of OpenIdClients'),
  };
  const schema = section(shape, environment).transform((settings, context): OpenIdSettings => {
    const {
      AgentIdentifier: agentIdentifier,
      OpenIdClients: clients,
      DefaultOpenIdClient: wanted,
    } = settings;
    const defaultClient = findName(clients, wanted.trim());
    if (defaultClient !== undefined)
      return { agentIdentifier: agentIdentifier.trim(), clients, defaultClient };
    context.addIssue({
      code: 'custom',
      path: ['DefaultOpenIdClient'],
      message: `is ${show(wanted)}, which OpenIdClients has no entry of: add it there or choose from ${[...clients.keys()].join(', ')}`,
    });
    return z.NEVER;
  });
  return readSection(schema, value, { sourceOf, path: ['OpenId'] });
}

/**
 * The client of this name in any case, or the default one; undefined where the settings have no section `OpenId`. Throws a
 * `Fault` with code `invalid-setting`: what is wrong with the section, or that it has no such client.
 */
export function openIdClient(
  openId: OpenIdSettings | Fault | undefined,
  clientId: string | undefined,
): OpenIdClient | undefined {
  if (openId === undefined) return undefined;
  if (openId instanceof Fault) throw openId;
  const { clients, defaultClient } = openId;
  const found = clientId === undefined ? defaultClient : findName(clients, clientId);
  const secret = found === undefined ? undefined : clients.get(found);
  if (found !== undefined && secret !== undefined) return { clientId: found, secret };
  throw new Fault(
    'invalid-setting',
    `OpenId > OpenIdClients has no client ${show(clientId ?? defaultClient)}: add it there, or choose from ${[...clients.keys()].join(', ')}.`,
  );
}

function findName(clients: ReadonlyMap<string, string>, name: string): string | undefined {
  return clients.keys().find((written) => isSameName(written, name));
}
