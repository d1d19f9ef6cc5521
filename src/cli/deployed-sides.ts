// The two sides of mappings that are about to be deployed: with the entity types that come with the same deployment.
import type { MappingDoor } from '../http/mapping-door.ts';
import { findKnowledge } from '../http/routes/mapping-parts.ts';
import type { FindSide } from '../identity-manager/plan-mappings.ts';
import type { Database } from '../store/database.ts';
import { exportedSide, openMappingSides } from './mapping-sides.ts';

export function deployedSides(
  config: Parameters<typeof openMappingSides>[0],
  { sql }: Pick<Database, 'sql'>,
): FindSide {
  const now = openMappingSides(config, { sql });
  return async (set, connections) => {
    const deployed = new Map(
      connections
        .filter(({ entityTypes }) => entityTypes.length > 0)
        .map((connection) => [connection.name.toLowerCase(), connection]),
    );
    const afterwards: MappingDoor = {
      async listSets() {
        const sets = await now.listSets();
        const others = sets.filter(({ connection }) => !deployed.has(connection.toLowerCase()));
        const own = [...deployed.values()].map(({ name, entityTypes }) => ({
          connection: name,
          types: entityTypes.map((type) => type.name),
          isWritable: false,
        }));
        return [...own, ...others];
      },
      async findSide(wanted) {
        const connection = deployed.get(wanted.connection.toLowerCase());
        if (connection === undefined) return await now.findSide(wanted);
        const entityType = connection.entityTypes.find(({ name }) => name === wanted.type);
        return entityType && (await exportedSide(sql, connection.name, entityType));
      },
    };
    return await findKnowledge(afterwards, set);
  };
}
