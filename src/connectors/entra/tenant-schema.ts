/** A tenant asked for its schema, and for a few of its objects, so that people can choose what to export by looking. */
import { Fault } from '../../errors.ts';
import type { Attributes, EntityType } from '../../model/entity-type.ts';
import type { SchemaExtension, TenantSchema } from '../../model/tenant-schema.ts';
import { compileFilter } from '../../odata/evaluate.ts';
import { parseFilter } from '../../odata/filter.ts';
import { entityTypeNames, findCatalogType } from './catalog.ts';
import type { EntraConnection, SignInEvent } from './entra-connection.ts';
import { type GraphClient, openGraphClient } from './graph-client.ts';
import { openTransport } from './http-transport.ts';
import { createItemReader, isObject, readPage } from './items.ts';
import { readMetadata } from './metadata-document.ts';
import { ask, faultOf, type Reading, selectOf } from './reading.ts';

type Asking = Readonly<{ signal: AbortSignal; onSignIn?: (event: SignInEvent) => void }>;

/** One of the tenant's objects as it would be exported. */
export type PreviewedObject = Readonly<{
  key: string;
  attributes: Attributes;
  /** Whether the filter leaves it out. */
  isFiltered: boolean;
}>;

/** Reads `$metadata` and the directory extensions. Throws a `Fault` where the tenant does not answer as it should. */
export async function readTenantSchema(connection: EntraConnection, asking: Asking): Promise<TenantSchema> {
  const types = readMetadataText(await fetchMetadata(connection, asking.signal), connection);
  return await withClient(connection, asking, async (client) => {
    const target = '/directoryObjects/getAvailableExtensionProperties';
    const { signal } = asking;
    const answer = await client.send(
      { method: 'POST', target, body: {} },
      { signal, cost: 1, onWait: () => {} },
    );
    if (answer.kind === 'refusal') {
      const sign = [answer.status, answer.code].join(' ').trim();
      const remedy =
        answer.status === 403
          ? 'grant the application Directory.Read.All to see them'
          : 'read the schema again later';
      return {
        types,
        extensions: [],
        extensionsProblem: `Graph does not tell which directory extensions there are (${sign}): ${remedy}. They can still be mapped by their names.`,
      };
    }
    const extensions = readPage(answer.body, 'directory extensions').objects.flatMap(readExtension);
    return { types, extensions, extensionsProblem: null };
  });
}

/** The first objects of a type, with the values that its mapping exports. Throws a `Fault`. */
export async function previewObjects(
  connection: EntraConnection,
  entityType: EntityType,
  count: number,
  asking: Asking,
): Promise<readonly PreviewedObject[]> {
  const type = findCatalogType(entityType.name);
  if (type === undefined) {
    throw new Fault('mapping-refused', `Entity type ${entityType.name} is none that Entra exports.`);
  }
  return await withClient(connection, asking, async (client) => {
    const toItem = createItemReader({ ...entityType, links: [] });
    const reading: Reading = { client, entityType, type, toItem, signal: asking.signal, onWait: () => {} };
    const answer = await ask(reading, `${type.path}?${selectOf(reading)}&$top=${count}`, { cost: 1 });
    if (answer.kind === 'refusal') throw faultOf(answer, reading);
    const isMet = filterOf(entityType);
    return readPage(answer.body, type.plural)
      .objects.slice(0, count)
      .map((object) => {
        const { key, attributes = {} } = toItem(object);
        return { key, attributes, isFiltered: !isMet({ id: key, ...attributes }) };
      });
  });
}

function filterOf({ filter }: EntityType): (object: Attributes) => boolean {
  if (filter === undefined) return () => true;
  return compileFilter<Attributes>(parseFilter(filter), (object, segments) =>
    segments.reduce<unknown>((value, segment) => (isObject(value) ? value[segment] : undefined), object),
  );
}

async function withClient<T>(
  connection: EntraConnection,
  { onSignIn = () => {} }: Asking,
  work: (client: GraphClient) => Promise<T>,
): Promise<T> {
  const client = openGraphClient(connection, { onSignIn });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Attributes that Graph returns and documents, and that its schema does not declare: the types are open. */
const undeclared: Readonly<Record<string, TenantSchema['types'][number]['attributes']>> = {
  device: [{ name: 'extensionAttributes', type: 'onPremisesExtensionAttributes', isCollection: false }],
};

/** A network may fail for a moment. */
const attempts = 3;

/** Anybody may read it, and so no token is sent. */
async function fetchMetadata(connection: EntraConnection, signal: AbortSignal): Promise<string> {
  const { graph } = connection.addresses;
  const transport = openTransport(connection);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await transport
        .exchange(
          { method: 'GET', url: `${graph}/$metadata`, headers: { accept: 'application/xml' } },
          signal,
        )
        .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      signal.throwIfAborted();
      if (!(outcome instanceof Error) && outcome.status === 200) return outcome.body.toString('utf8');
      if (attempt < attempts) continue;
      const reason = outcome instanceof Error ? outcome.message : `it answered ${outcome.status}`;
      throw new Fault(
        'source-unreachable',
        `The schema cannot be read from ${new URL(graph).host} (${reason}): test the connection, and try again.`,
      );
    }
  } finally {
    await transport.close();
  }
}

function readMetadataText(xml: string, { addresses }: EntraConnection): TenantSchema['types'] {
  try {
    return readMetadata(xml, entityTypeNames).map(({ name, attributes }) => {
      const there = new Set(attributes.map((attribute) => attribute.name));
      const missing = (undeclared[name] ?? []).filter((attribute) => !there.has(attribute.name));
      return { name, attributes: [...attributes, ...missing] };
    });
  } catch {
    throw new Fault(
      'source-failed',
      `What ${new URL(addresses.graph).host} gives as its schema cannot be read: check the address of Microsoft Graph and what stands between.`,
    );
  }
}

function readExtension(definition: Readonly<Record<string, unknown>>): readonly SchemaExtension[] {
  const { name, dataType, isMultiValued, targetObjects, appDisplayName } = definition;
  if (typeof name !== 'string') return [];
  const targets = Array.isArray(targetObjects)
    ? targetObjects.map((target) => String(target).toLowerCase())
    : [];
  return [
    {
      name,
      type: typeof dataType === 'string' ? dataType : 'String',
      isCollection: isMultiValued === true,
      entityTypes: entityTypeNames.filter((type) => targets.includes(type.toLowerCase())),
      application: typeof appDisplayName === 'string' && appDisplayName !== '' ? appDisplayName : null,
    },
  ];
}
