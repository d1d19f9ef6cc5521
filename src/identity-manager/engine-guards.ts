/** The thresholds of connectors and mappings as guards (Identity Manager: synchronization thresholds). */
import { type Guards, noThresholds, type Thresholds } from '../model/guard.ts';
import { type Configuration, type ElementAttributes, elementsOf } from './configuration.ts';
import { type EngineConnection, entityNamesOf, linkTableOf, mappingsOf } from './engine-connections.ts';
import { schemaOf } from './known-elements.ts';

/** Guards by connector. What a mapping limits, it limits for each of its entity types by itself. */
export function guardsOf(
  configuration: Configuration,
  connections: readonly EngineConnection[],
): Readonly<Record<string, Guards>> {
  return Object.fromEntries(
    elementsOf(configuration, 'Connector').map(({ identifier, attributes }) => {
      const value = valuesOf('Connector', attributes);
      const own = connections.filter(({ connector }) => connector === identifier);
      const guards: Guards = {
        resources: resourceThresholds(value),
        links: {
          ...noThresholds,
          insertedCount: value('MaximumLinkInsertedLines'),
          deletedCount: value('MaximumLinkDeletedLines'),
          insertedPercent: value('MaxLinkPercentageInsertedLines'),
          deletedPercent: value('MaxLinkPercentageDeletedLines'),
        },
        entityTypes: own.reduce(
          (all, connection) => strictest(all, entityTypeThresholds(configuration, connection)),
          {},
        ),
        associations: own.reduce(
          (all, connection) => strictest(all, associationThresholds(configuration, connection)),
          {},
        ),
      };
      return [identifier, guards];
    }),
  );
}

type ThresholdsByName = Readonly<Record<string, Thresholds>>;
type ValueOf = (name: string) => number;

/** A threshold as it is written, or its default. */
function valuesOf(kind: string, attributes: ElementAttributes): ValueOf {
  const schema = schemaOf(kind)?.attributes;
  return (name) => Number(attributes[name] ?? schema?.[name]?.default ?? 0);
}

function resourceThresholds(value: ValueOf): Thresholds {
  return {
    insertedCount: value('MaximumInsertedLines'),
    updatedCount: value('MaximumUpdatedLines'),
    deletedCount: value('MaximumDeletedLines'),
    insertedPercent: value('MaxPercentageInsertedLines'),
    updatedPercent: value('MaxPercentageUpdatedLines'),
    deletedPercent: value('MaxPercentageDeletedLines'),
  };
}

function entityTypeThresholds(configuration: Configuration, connection: EngineConnection): ThresholdsByName {
  return mappingsOf(configuration, 'EntityTypeMapping', connection).reduce<ThresholdsByName>(
    (all, mapping) => {
      const thresholds = resourceThresholds(valuesOf('EntityTypeMapping', mapping.attributes));
      return strictest(all, Object.fromEntries(entityNamesOf(mapping).map((name) => [name, thresholds])));
    },
    {},
  );
}

function associationThresholds(configuration: Configuration, connection: EngineConnection): ThresholdsByName {
  return mappingsOf(configuration, 'EntityAssociationMapping', connection).reduce<ThresholdsByName>(
    (all, { attributes }) => {
      const table = linkTableOf(attributes.ConnectionTable ?? '', connection.name);
      if (table === undefined) return all;
      const value = valuesOf('EntityAssociationMapping', attributes);
      const thresholds = { ...resourceThresholds(value), updatedCount: 0, updatedPercent: 0 };
      return strictest(all, { [`${table.entityType}.${table.link}`]: thresholds });
    },
    {},
  );
}

/** Both together: of each limit the lower one that is not off. Names without any limit are left out. */
function strictest(one: ThresholdsByName, other: ThresholdsByName): ThresholdsByName {
  const both = Object.keys({ ...one, ...other }).map((name): [string, Thresholds] => {
    const [a, b] = [one[name] ?? noThresholds, other[name] ?? noThresholds];
    const lower = (limit: keyof Thresholds) => Math.min(a[limit] || b[limit], b[limit] || a[limit]);
    return [
      name,
      {
        insertedCount: lower('insertedCount'),
        updatedCount: lower('updatedCount'),
        deletedCount: lower('deletedCount'),
        insertedPercent: lower('insertedPercent'),
        updatedPercent: lower('updatedPercent'),
        deletedPercent: lower('deletedPercent'),
      },
    ];
  });
  return Object.fromEntries(
    both.filter(([, thresholds]) => Object.values(thresholds).some((limit) => limit > 0)),
  );
}
