// The guards of a connection, under the names that Identity Manager has for them: in a section of the connection, and in the
// sections of its entity types.
import { z } from 'zod';
import type { Environment } from '../config.ts';
import type { EntityType } from '../model/entity-type.ts';
import { defaultGuards, type Guards, noGuards, noThresholds, type Thresholds } from '../model/guard.ts';
import { limitNames } from '../model/guard-check.ts';
import { isJsonObject, isSameName, type Json } from './commented-json.ts';
import { section, wholeNumber } from './section.ts';

/** Identity Manager's numbers have 32 bits. */
const limit = wholeNumber(0, 2_147_483_647).optional();

const { resources, links } = limitNames;

/** The limits that a connection and an entity type may have. 0 switches one off. */
export const limitSettings = {
  [resources.insertedCount]: limit,
  [resources.updatedCount]: limit,
  [resources.deletedCount]: limit,
  [resources.insertedPercent]: limit,
  [resources.updatedPercent]: limit,
  [resources.deletedPercent]: limit,
  [links.insertedCount]: limit,
  [links.deletedCount]: limit,
  [links.insertedPercent]: limit,
  [links.deletedPercent]: limit,
};

type LimitSettings = Readonly<Partial<Record<keyof typeof limitSettings, number | undefined>>>;

/** The section `Guards`, or `"Off"`. */
export function guardsSection(environment: Environment) {
  const limits = section(limitSettings, environment);
  return z.unknown().transform((value, context): LimitSettings | 'off' => {
    if (typeof value === 'string' && isSameName(value.trim(), 'Off')) return 'off';
    if (!isJsonObject(value as Json)) {
      const message = `is neither a section nor "Off": write { "${resources.deletedCount}": 200 }, or leave it out for the usual limits`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    const result = limits.safeParse(value);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
}

type GuardSettings = Readonly<{
  Guards?: LimitSettings | 'off' | undefined;
  EntityTypes?: Readonly<Record<string, LimitSettings>> | undefined;
}>;

/**
 * The guards of a connection. A limit that nobody writes is the usual one on the connection, and off on an entity type. The limits
 * of an entity type on links hold for each kind of its links by itself. `entityTypes` are in the order of the settings.
 */
export function readGuards(settings: GuardSettings, entityTypes: readonly EntityType[]): Guards {
  const { Guards, EntityTypes = {} } = settings;
  if (Guards === 'off') return noGuards;
  const own = Object.values(EntityTypes).flatMap((limits, index) => {
    const entityType = entityTypes[index];
    return entityType === undefined ? [] : [{ entityType, limits }];
  });
  return {
    resources: thresholdsOf(Guards, limitNames.resources, defaultGuards.resources),
    links: thresholdsOf(Guards, limitNames.links, defaultGuards.links),
    entityTypes: Object.fromEntries(
      own.map(({ entityType, limits }) => [
        entityType.name,
        thresholdsOf(limits, limitNames.resources, noThresholds),
      ]),
    ),
    associations: Object.fromEntries(
      own.flatMap(({ entityType, limits }) =>
        entityType.links.map((link) => [
          `${entityType.name}.${link}`,
          thresholdsOf(limits, limitNames.links, noThresholds),
        ]),
      ),
    ),
  };
}

function thresholdsOf(
  limits: LimitSettings | undefined,
  names: Partial<Record<keyof Thresholds, keyof LimitSettings>>,
  usual: Thresholds,
): Thresholds {
  const said = (Object.entries(names) as [keyof Thresholds, keyof LimitSettings][]).flatMap(
    ([limit, name]) => {
      const value = limits?.[name];
      return value === undefined ? [] : [[limit, value] as const];
    },
  );
  return { ...usual, ...Object.fromEntries(said) };
}
