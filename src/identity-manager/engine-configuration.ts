/** A configuration → what it means in the engine's words. Pure; what the engine cannot do is told as warnings. */
import type { EntityType } from '../model/entity-type.ts';
import type { Guards } from '../model/guard.ts';
import type { JobDefinition } from '../model/job.ts';
import { type Configuration, childrenOf, displayNameOf, elementsOf, nameElement } from './configuration.ts';
import { connectionsOf, type DistributeAttributes, type EngineConnection } from './engine-connections.ts';
import { guardsOf } from './engine-guards.ts';
import { jobsOf } from './engine-jobs.ts';
import { type EngineAssociation, type EngineEntityType, modelOf } from './engine-model.ts';

/** A client of the API that the configuration brings. */
export type EngineClient = Readonly<{
  clientId: string;
  displayName: string;
  /** Base64 of the SHA-256 of the secret's UTF-8. */
  hashedSecret: string;
  profile: string;
  /** ISO 8601; missing where it does not expire. */
  expiresAt?: string;
}>;

/** Plain JSON. */
export type EngineConfiguration = Readonly<{
  connections: readonly EngineConnection[];
  /** By connector. */
  guards: Readonly<Record<string, Guards>>;
  jobs: readonly JobDefinition[];
  clients: readonly EngineClient[];
  /** By profile: paths, each of which grants what is below it, too. */
  permissions: Readonly<Record<string, readonly string[]>>;
  entityTypes: readonly EngineEntityType[];
  associations: readonly EngineAssociation[];
}>;

export type EngineTranslation = Readonly<{ engine: EngineConfiguration; warnings: string[] }>;

export type TranslationOptions = Readonly<{
  /** Which of the attributes that a mapping names for all its types each type has; everything for every type where it is missing. */
  distributeAttributes?: DistributeAttributes;
  /** The IANA name that `ServerTime` means. */
  serverTimeZone?: string;
}>;

const everyAttribute: DistributeAttributes = (names, attributes): readonly EntityType[] =>
  names.map((name) => ({ name, attributes, links: [] }));

/** Translates an expanded configuration. Total. */
export function toEngineConfiguration(
  configuration: Configuration,
  { distributeAttributes = everyAttribute, serverTimeZone = ownTimeZone() }: TranslationOptions = {},
): EngineTranslation {
  const warnings: string[] = [];
  const connections = connectionsOf(configuration, distributeAttributes, warnings);
  const engine: EngineConfiguration = {
    connections,
    guards: guardsOf(configuration, connections),
    jobs: jobsOf(configuration, connections, serverTimeZone, warnings),
    clients: clientsOf(configuration, warnings),
    permissions: permissionsOf(configuration, warnings),
    ...modelOf(configuration, connections),
  };
  return { engine, warnings: [...new Set(warnings)] };
}

function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Access that is limited to a context cannot be limited here, so it is not given at all. */
function clientsOf(configuration: Configuration, warnings: string[]): readonly EngineClient[] {
  return elementsOf(configuration, 'OpenIdClient').flatMap((client) => {
    const { HashedSecret = '', Profile = '', Context, ExpirationDate } = client.attributes;
    if (Context !== undefined) {
      warnings.push(
        `${nameElement(client)} is limited to the context ${Context}, which Syncline cannot apply: it gets no access.`,
      );
      return [];
    }
    return [
      {
        clientId: client.identifier,
        displayName: displayNameOf(client),
        hashedSecret: HashedSecret,
        profile: Profile,
        ...(ExpirationDate === undefined ? {} : { expiresAt: ExpirationDate }),
      },
    ];
  });
}

/** Rules that hold for a part of the data only would grant too much without their filters. */
function permissionsOf(
  configuration: Configuration,
  warnings: string[],
): Readonly<Record<string, readonly string[]>> {
  const granted = new Map(
    elementsOf(configuration, 'Profile').map(({ identifier }) => [identifier, new Set<string>()]),
  );
  for (const rule of elementsOf(configuration, 'AccessControlRule')) {
    if (childrenOf(rule, 'Filter').length > 0) {
      warnings.push(`${nameElement(rule)} has filters, which Syncline cannot apply: it grants nothing.`);
      continue;
    }
    const permissions = childrenOf(rule, 'Entry').flatMap(({ attributes }) =>
      attributes.CanExecute === 'true' ? (attributes.Permission ?? []) : [],
    );
    for (const permission of permissions) granted.get(rule.attributes.Profile ?? '')?.add(permission);
  }
  return Object.fromEntries([...granted].map(([profile, permissions]) => [profile, [...permissions].sort()]));
}
