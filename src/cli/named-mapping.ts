// From the name of a mapping on the command line to the mapping, and how mappings and their runs are named in sentences.
import type { Sql } from 'postgres';
import { Fault } from '../errors.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { hint } from '../model/nearest-name.ts';
import { readMapping, readMappings, type StoredMapping } from '../store/mappings.ts';
import { readReconciliation, type StoredReconciliation } from '../store/reconciliations.ts';

/** The mapping of this name, in any case. Throws a `Fault` that says which may have been meant. */
export async function requireNamedMapping(sql: Sql, name: string): Promise<StoredMapping> {
  const mapping = await readMapping(sql, name);
  if (mapping) return mapping;
  const names = (await readMappings(sql)).map((one) => one.name);
  throw new Fault(
    'unknown-mapping',
    `There is no mapping ${JSON.stringify(name)}${hint(name, names)}: "syncline mappings" shows those that there are.`,
  );
}

/** The run of a mapping of this number. Throws a `Fault` where there is none. */
export async function requireNumberedReconciliation(
  sql: Sql,
  reconciliationId: number,
): Promise<StoredReconciliation> {
  const run = await readReconciliation(sql, reconciliationId);
  if (run) return run;
  throw new Fault(
    'reconciliation-unknown',
    `There is no reconciliation ${reconciliationId}: "syncline reconciliations" shows those that there are.`,
  );
}

/** Such as `Contoso/user → Identities/alpha_user`. */
export function sidesText({ source, target }: Pick<MappingDefinition, 'source' | 'target'>): string {
  return `${source.connection}/${source.type} → ${target.connection}/${target.type}`;
}

/** A name as it is to be typed: in quotes where a shell would take it apart. */
export function typedName(name: string): string {
  return /^[\p{L}\p{N}._-]+$/u.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
