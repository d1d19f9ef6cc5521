// The identities directory as a system that can be read, and that orders can be sent to: the ports on one side, the store on the other.
import type { TransactionSql } from 'postgres';
import type { Connector, OrderTarget } from '../connectors/connector.ts';
import { openIdentitiesConnector } from '../connectors/identities/identities-connector.ts';
import { checkObject } from '../model/object-check.ts';
import type { Database } from '../store/database.ts';
import {
  countIdentities,
  readIdentitiesInOrder,
  readIdentityChanges,
  readIdentityLinks,
  readSettledChange,
} from '../store/identity-reading.ts';
import { readIdentityTypes } from '../store/identity-types.ts';
import { beginWork, endWork } from '../store/identity-work.ts';
import { findTakenValues, writeIdentities } from '../store/identity-writes.ts';

/** Opens the identities directory with the attributes that its types have at this moment. */
export async function openIdentitiesTarget({
  sql,
}: Pick<Database, 'sql'>): Promise<OrderTarget<TransactionSql>> {
  const schemas = new Map((await readIdentityTypes(sql)).map(({ name, schema }) => [name as string, schema]));
  return {
    describe: (entityType) => schemas.get(entityType),
    checkObject(entityType, attributes, changed) {
      const schema = schemas.get(entityType);
      return schema === undefined
        ? [`The identities directory has no type ${JSON.stringify(entityType)}.`]
        : checkObject(schema, attributes, changed);
    },
    begin: beginWork,
    fulfil: (transaction, runId, orders, seed) => writeIdentities(transaction, orders, { runId, seed }),
    end: endWork,
    findTaken: findTakenValues,
  };
}

/** Opens the identities directory for export. */
export async function openIdentitiesSource(
  { sql }: Pick<Database, 'sql'>,
  pageSize?: number,
): Promise<Connector> {
  const types = await readIdentityTypes(sql);
  return openIdentitiesConnector(
    {
      readPosition: () => readSettledChange(sql),
      count: (type) => countIdentities(sql, type),
      readIdentities: (...place) => readIdentitiesInOrder(sql, ...place),
      readLinks: (...place) => readIdentityLinks(sql, ...place),
      readChanges: (...place) => readIdentityChanges(sql, ...place),
    },
    types.map(({ schema }) => schema),
    pageSize,
  );
}
