// What the server is told of entity types: how a connection maps them, what Entra offers of each, and what a tenant says itself.
import type { JSONValue } from 'postgres';
import type { Config } from '../config.ts';
import { entityTypeNames, findCatalogType, isExtensionName } from '../connectors/entra/catalog.ts';
import { defaultEntityTypes, findMistakes } from '../connectors/entra/entity-types.ts';
import { previewObjects, readTenantSchema } from '../connectors/entra/tenant-schema.ts';
import { Fault } from '../errors.ts';
import type { EntityTypesDoor } from '../http/routes/entity-types.ts';
import type { EntityType } from '../model/entity-type.ts';
import type { Database } from '../store/database.ts';
import { readTenant, updateTenantEntityTypes } from '../store/tenants.ts';
import { findKnown } from './known-connections.ts';
import { findConnection } from './open-connection.ts';

/** Whoever looks at the page waits for it. */
const longestMs = 30_000;

export function openEntityTypes(config: Config, { sql }: Pick<Database, 'sql'>): EntityTypesDoor {
  return {
    catalog: entityTypeNames.flatMap((name) => {
      const type = findCatalogType(name);
      return type === undefined ? [] : type;
    }),
    usual: defaultEntityTypes,
    isExtensionName,
    findMistakes,
    async read(name) {
      const known = await findKnown(config, { sql }, name);
      if (known === undefined) return undefined;
      const { connection, tenant } = known;
      const { origin, entityTypes } = connection;
      return {
        name: connection.name,
        origin,
        version: origin === 'console' ? (tenant?.version ?? null) : null,
        isUsual:
          origin === 'console' ? (tenant?.entityTypes ?? null) === null : entityTypes === defaultEntityTypes,
        entityTypes,
      };
    },
    async save(transaction, { name, version, entityTypes, changedBy }) {
      const tenant = await readTenant(transaction, name);
      const section = entityTypes === null ? null : sectionOf(entityTypes, tenant?.entityTypes ?? null);
      return await updateTenantEntityTypes(transaction, name, version, section, changedBy);
    },
    readSchema: (name, signal) =>
      within(signal, async (limited) => {
        const { entra, onSignIn } = await findConnection(config, { sql }, name);
        return await readTenantSchema(entra, { signal: limited, ...(onSignIn && { onSignIn }) });
      }),
    preview: (name, entityType, count, signal) =>
      within(signal, async (limited) => {
        const { entra, onSignIn } = await findConnection(config, { sql }, name);
        return await previewObjects(entra, entityType, count, {
          signal: limited,
          ...(onSignIn && { onSignIn }),
        });
      }),
  };
}

/** As the settings file has it. What a type's section says of guards stays. */
function sectionOf(entityTypes: readonly EntityType[], before: JSONValue): JSONValue {
  const sections: Record<string, JSONValue> = {};
  for (const { name, attributes, links, filter } of entityTypes) {
    const limits = Object.entries(memberOf(before, name)).filter(
      ([setting]) => !['attributes', 'links', 'filter'].includes(setting.toLowerCase()),
    );
    sections[name] = {
      ...Object.fromEntries(limits),
      Attributes: [...attributes],
      Links: [...links],
      ...(filter === undefined ? {} : { Filter: filter }),
    };
  }
  return sections;
}

function memberOf(section: JSONValue, name: string): Readonly<Record<string, JSONValue>> {
  if (typeof section !== 'object' || section === null) return {};
  const [, value] = Object.entries(section).find(([member]) => isSame(member, name)) ?? [];
  return typeof value === 'object' && value !== null ? (value as Record<string, JSONValue>) : {};
}

/** Throws a `Fault` where the tenant takes too long. */
async function within<T>(signal: AbortSignal, work: (limited: AbortSignal) => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(longestMs);
  try {
    return await work(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
    throw new Fault(
      'source-unreachable',
      `The tenant did not answer within ${longestMs / 1000} seconds: test the connection, and try again.`,
    );
  }
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
