/** What the routes of mappings have in common: finding one, reading what is sent as one, checking it, and showing it. */
import { z } from '@hono/zod-openapi';
import type { ISql, Sql } from 'postgres';
import { checkMapping } from '../../mapping/check-mapping.ts';
import type { SideKnowledge } from '../../mapping/known-names.ts';
import { readMapping as readDefinition } from '../../mapping/mapping-document.ts';
import type { MappingMistake } from '../../mapping/mapping-mistake.ts';
import type { MappingDefinition, ObjectSet } from '../../model/mapping.ts';
import { nearestName } from '../../model/nearest-name.ts';
import { countLinks, readMapping, readMappings, type StoredMapping } from '../../store/mappings.ts';
import type { KnownSide, MappingDoor } from '../mapping-door.ts';
import { Refusal } from '../problem.ts';
import type { Mapping, MappingCheck, MappingSummary } from '../schemas/mappings.ts';
import { nameInPath, text } from './route-parts.ts';

export type MappingRoutes = Readonly<{ sql: Sql; door: MappingDoor; now: () => Date }>;

export const mappingTags = ['Mappings'];
export const mappingPath = '/api/mappings';
export const mappingParams = z.object({ name: nameInPath('name', 'Microsoft Entra ID to identities') });

/** Throws a `Refusal` where there is no mapping of the name. */
export async function requireMapping(sql: ISql, name: string): Promise<StoredMapping> {
  const mapping = await readMapping(sql, name);
  if (mapping) return mapping;
  throw unknownMapping(name);
}

export function unknownMapping(name: string): Refusal {
  return new Refusal('mapping-unknown', `There is no mapping ${JSON.stringify(name)}.`);
}

/** Throws a `Refusal` for a mapping that files have the say about. */
export function refuseDeployed({ name, origin }: Pick<StoredMapping, 'name' | 'origin'>): void {
  if (origin !== 'configuration') return;
  throw new Refusal(
    'mapping-state',
    `The mapping ${name} stands in the deployed configuration: change it in its file, and deploy that.`,
  );
}

/** Names of mappings are the same whatever their case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function takenSentence(name: string): string {
  return `There is a mapping ${JSON.stringify(name)} already: choose another name.`;
}

/** The refusal of a mapping with mistakes: the first as its sentence, and all with their places. */
export function refuseMistakes(mistakes: readonly Mistake[]): Refusal {
  const [first] = mistakes;
  const others = mistakes.length - 1;
  const more =
    others < 1 ? '' : ` There ${others === 1 ? 'is one more mistake' : `are ${others} more mistakes`}.`;
  return new Refusal('request-invalid', `${first?.message ?? 'The mapping is not valid.'}${more}`, {
    field: 'body.definition',
    mistakes: mistakes.map(shown),
  });
}

/** What is wrong with a mapping as it was sent, with usual values filled in where it can be read at all. */
export async function examine(
  routes: Pick<MappingRoutes, 'sql' | 'door'>,
  json: unknown,
): Promise<MappingCheck> {
  const read = readDefinition(json);
  if (read.kind === 'read') return await examineDefinition(routes, read.definition);
  return { mistakes: read.mistakes.map(shown), warnings: [], reads: [], missingTargets: [] };
}

/** What is wrong with a mapping, as both sides and the other mappings are now. */
export async function examineDefinition(
  { sql, door }: Pick<MappingRoutes, 'sql' | 'door'>,
  definition: MappingDefinition,
): Promise<MappingCheck> {
  const [source, target, stored] = await Promise.all([
    findKnowledge(door, definition.source),
    findKnowledge(door, definition.target),
    readMappings(sql),
  ]);
  const saved = stored.map((mapping) => mapping.definition);
  const checked = checkMapping(definition, { source, target, saved });
  return {
    mistakes: checked.mistakes.map(shown),
    warnings: checked.warnings.map(shown),
    reads: [...checked.reads],
    missingTargets: [...checked.missingTargets],
    definition,
  };
}

/** What is known of a side of a mapping, or what is wrong with its name. */
export async function findKnowledge(door: MappingDoor, set: ObjectSet): Promise<SideKnowledge> {
  const side = await door.findSide(set);
  if (side !== undefined) return { kind: 'known', side };
  const { connection, type } = set;
  const sets = await door.listSets();
  const known = sets.find((one) => one.connection.toLowerCase() === connection.toLowerCase());
  const [what, names, name] =
    known === undefined
      ? [
          `There is no connection ${JSON.stringify(connection)}`,
          sets.map((one) => one.connection),
          connection,
        ]
      : [`${known.connection} has no entity type ${JSON.stringify(type)}`, known.types, type];
  const suggestion = nearestName(name, names);
  const offered = names.length === 0 ? 'none' : names.slice(0, mostNames).join(', ');
  return {
    kind: 'unknown',
    message: `${what}: there ${names.length === 1 ? 'is' : 'are'} ${offered}.`,
    ...(suggestion !== undefined && { suggestion }),
  };
}

/** So many names are read in a sentence. */
const mostNames = 20;

/** A mistake, as schemas have it, too. */
type Mistake = Readonly<{
  path: string;
  message: string;
  position?: number | undefined;
  length?: number | undefined;
  suggestion?: string | undefined;
}>;

/** A mistake without the members that it does not have. */
export function shown({ path, message, position, length, suggestion }: Mistake): MappingMistake {
  return {
    path,
    message,
    ...(position !== undefined && { position }),
    ...(length !== undefined && { length }),
    ...(suggestion !== undefined && { suggestion }),
  };
}

export function renderSummary(mapping: StoredMapping): MappingSummary {
  const { name, definition, application, isEnabled, origin, version, changedAt, changedBy } = mapping;
  const { displayName, description, source, target, attributes } = definition;
  return {
    name,
    displayName,
    description,
    source,
    target,
    isEnabled,
    origin,
    application: application && { applicationId: application.applicationId, name: application.name },
    version,
    changedAt: text(changedAt),
    changedBy,
    attributes: attributes.length,
  };
}

export async function renderMapping(routes: MappingRoutes, mapping: StoredMapping): Promise<Mapping> {
  const { attributes: _, ...summary } = renderSummary(mapping);
  const { mistakes, warnings } = await examineDefinition(routes, mapping.definition);
  return {
    ...summary,
    revision: mapping.revision,
    definition: mapping.definition,
    links: await countLinks(routes.sql, mapping.mappingId),
    createdAt: text(mapping.createdAt),
    createdBy: mapping.createdBy,
    mistakes,
    warnings,
  };
}

/** Throws a `Refusal` where there is no such entity type. */
export async function requireSide(door: MappingDoor, set: ObjectSet): Promise<KnownSide> {
  const side = await door.findSide(set);
  if (side) return side;
  throw new Refusal(
    'object-set-unknown',
    `There is no entity type ${JSON.stringify(set.type)} of a connection ${JSON.stringify(set.connection)}.`,
  );
}
