/** The deployed configuration: its elements, and what it means in the engine's words. What an element holds is the caller's matter. */
import type { ISql, JSONValue, Sql, TransactionSql } from 'postgres';
import { transact } from './transaction.ts';

export type ElementRow = Readonly<{ kind: string; identifier: string; content: unknown }>;

export type Deployment = Readonly<{
  revision: number;
  engine: unknown;
  deployedAt: Date;
  deployedBy: string;
}>;

/** The deployed elements, in the order in which they were given. */
export async function readElements(sql: ISql): Promise<ElementRow[]> {
  return await sql<ElementRow[]>`select kind, identifier, content from configuration_element order by place`;
}

/** What is deployed, in the engine's words; undefined as long as nothing is. */
export async function readDeployment(sql: ISql): Promise<Deployment | undefined> {
  const [row] = await sql<Deployment[]>`
    select revision, engine, deployed_at, deployed_by from deployed_configuration`;
  return row;
}

/** Both as they were at one moment. */
export async function readDeployed(
  sql: Sql,
): Promise<Readonly<{ deployment: Deployment | undefined; elements: readonly ElementRow[] }>> {
  return await transact(
    sql,
    async (transaction) => ({
      deployment: await readDeployment(transaction),
      elements: await readElements(transaction),
    }),
    'isolation level repeatable read read only',
  );
}

/** Only one deployment at a time; held to the end of the transaction. */
export async function lockDeployment(sql: TransactionSql): Promise<void> {
  await sql`lock table configuration_element in share row exclusive mode`;
}

/** Replaces everything that is deployed. Gives the number of the deployment, which grows. */
export async function replaceElements(
  sql: TransactionSql,
  elements: readonly ElementRow[],
  { engine, deployedBy }: Pick<Deployment, 'engine' | 'deployedBy'>,
): Promise<number> {
  await sql`delete from configuration_element`;
  await sql`
    insert into configuration_element (kind, identifier, place, content)
    select element->>'kind', element->>'identifier', place, element->'content'
    from jsonb_array_elements(${sql.json(elements as unknown as JSONValue)}) with ordinality as given (element, place)`;
  const [row] = await sql<{ revision: number }[]>`
    insert into deployed_configuration (revision, engine, deployed_by)
    values (1, ${sql.json(engine as JSONValue)}, ${deployedBy})
    on conflict (is_only) do update
    set revision = deployed_configuration.revision + 1, engine = excluded.engine, deployed_at = now(), deployed_by = excluded.deployed_by
    returning revision`;
  if (!row) throw new Error('A deployment was recorded and cannot be found.');
  return row.revision;
}
