/** The schema `directory`: a view for each exported entity type, with its key and its attributes under their own names. */
import type { TransactionSql } from 'postgres';
import type { EntityType } from '../model/entity-type.ts';
import { quoteName, quoteText, replaceViews, shortenName } from './recorded-views.ts';

/** Not an attribute's: those of Entra are never called so. */
const keyColumn = 'key';

/**
 * Makes the views of a connection what its mapping says; those of entity types that are not mapped any more go. Costs one query
 * while nothing has changed.
 */
export async function recordDirectoryViews(
  sql: TransactionSql,
  { connectionId, name }: Readonly<{ connectionId: number; name: string }>,
  entityTypes: readonly (Readonly<{ entityTypeId: number }> & Pick<EntityType, 'name' | 'attributes'>)[],
): Promise<void> {
  const views = entityTypes.map((entityType) => ({
    name: shortenName(`${name}_${entityType.name}`),
    query: queryOf(entityType),
  }));
  await replaceViews(sql, { schema: 'directory', owner: `connection ${connectionId}` }, views);
}

function queryOf({
  entityTypeId,
  attributes,
}: Readonly<{ entityTypeId: number; attributes: readonly string[] }>): string {
  const columns = [...new Set(attributes)]
    .filter((attribute) => attribute !== keyColumn)
    .map(
      (attribute) =>
        `identity_manager.cell_text(attributes->${quoteText(attribute)}) as ${quoteName(shortenName(attribute))}`,
    );
  return `select ${[keyColumn, ...columns].join(', ')} from resource where entity_type_id = ${entityTypeId}`;
}
