/** A run of a mapping: what it works on and with. Opened once, and handed to every stage. */
import type { Sql, TransactionSql } from 'postgres';
import type { OrderTarget } from '../connectors/connector.ts';
import { Fault } from '../errors.ts';
import { type CompiledMapping, compileMapping } from '../mapping/compile-mapping.ts';
import type { MappedAttribute } from '../mapping/mapping-side.ts';
import { parseQueryFilter, type QueryFilter } from '../mapping/query-filter.ts';
import type { MappingDefinition, ObjectSet } from '../model/mapping.ts';
import type { ObjectSchema } from '../model/object-schema.ts';
import type { Action, ReconciliationMode, Situation } from '../model/reconciliation.ts';
import { findLinkOwner } from '../store/account-links.ts';
import { findBlock } from '../store/blocks.ts';
import { findStoredConnection, type StoredEntityType } from '../store/connections.ts';
import { readMapping } from '../store/mappings.ts';
import type { PairingPlan } from '../store/pairing-plan.ts';
import type { ReferencePath } from '../store/reconciliation-pairing.ts';
import type { ReconciliationParameters } from '../store/reconciliations.ts';
import type { Tally } from './counting.ts';
import type { StageClock } from './progress.ts';

export type Target = OrderTarget<TransactionSql>;

/** What a run of a mapping needs from the outside. */
export type ReconciliationSurroundings = Readonly<{
  sql: Sql;
  /** The target that a connection is; undefined where this version cannot write to it. */
  openOrderTarget: (connection: string) => Promise<Target | undefined>;
  now: () => Date;
}>;

/** One end of a mapping, as it is stored. */
export type StoredSide = Readonly<{
  set: ObjectSet;
  connectionId: number;
  entityType: StoredEntityType;
}>;

/** Links of the source that become links of the target. */
export type Reference = ReferencePath &
  Readonly<{
    /** The association of the target, by its name and number. */
    target: string;
    targetAssociationId: number;
  }>;

export type OpenMapping = Readonly<{
  definition: MappingDefinition;
  compiled: CompiledMapping;
  source: StoredSide;
  target: StoredSide;
  /** What objects of the target are made of, where it says. */
  schema: ObjectSchema | undefined;
  orderTarget: Target | undefined;
  references: readonly Reference[];
  plan: PairingPlan;
}>;

/** A run under way. */
export type MappingRun = OpenMapping &
  Readonly<{
    sql: Sql;
    reconciliationId: number;
    mappingId: number;
    mode: ReconciliationMode;
    isDryRun: boolean;
    isForced: boolean;
    parameters: ReconciliationParameters;
    now: () => Date;
    signal: AbortSignal;
    tally: Tally;
    clock: StageClock;
    taskRunId: number | undefined;
    /** Whether this process still has the mapping. */
    isHeld: () => boolean;
  }>;

export type MappingToOpen = Readonly<{
  mappingId: number;
  name: string;
  definition: MappingDefinition;
  revision: number;
  seed: string;
}>;

/**
 * Compiles a mapping and finds both of its sides. Throws a `Fault` where it cannot be run: a side was never read whole, its connection
 * waits for a person, or the mapping has mistakes.
 */
export async function openMapping(
  { sql, openOrderTarget }: ReconciliationSurroundings,
  mapping: MappingToOpen,
  {
    reconciliationId,
    mode,
    parameters,
  }: Readonly<{ reconciliationId: number; mode: ReconciliationMode; parameters: ReconciliationParameters }>,
): Promise<OpenMapping> {
  const { name } = mapping;
  const definition = decided(mapping.definition, parameters);
  const source = await requireSide(sql, name, 'source', definition.source);
  const target = await requireSide(sql, name, 'target', definition.target);
  const orderTarget = await openOrderTarget(target.set.connection);
  const schema = orderTarget?.describe(target.set.type);
  const side = schema && { attributes: schema.attributes, links: schema.links };
  const outcome = compileMapping(definition, side);
  if (outcome.kind === 'mistakes') {
    const [first] = outcome.mistakes;
    const where = first && first.path !== '' ? `${first.path}: ` : '';
    throw new Fault(
      'mapping-refused',
      `The mapping ${name} cannot be run: ${where}${first?.message ?? 'it has mistakes.'}`,
    );
  }
  const overrides = definition.policies.length - mapping.definition.policies.length;
  const compiled = withoutOverrides(outcome.mapping, overrides);
  const owner = await findLinkOwner(sql, name);
  if (!owner) {
    throw new Fault(
      'mapping-refused',
      `The mapping ${name} uses the account links of ${definition.linksOf}, which is not there: correct its linksOf.`,
    );
  }
  const { settings } = definition;
  const isOwner = owner.mappingId === mapping.mappingId;
  const plan: PairingPlan = {
    reconciliationId,
    mappingId: mapping.mappingId,
    ownerId: owner.mappingId,
    isSwapped: owner.isSwapped,
    isLinking: settings.isLinking,
    qualifiers: compiled.qualifiers,
    sourceTypeId: source.entityType.entityTypeId,
    targetTypeId: target.entityType.entityTypeId,
    seed: mapping.seed,
    revision: mapping.revision,
    // What a link has settled is what its own mapping has found.
    isSettling:
      isOwner &&
      overrides === 0 &&
      settings.isLinking &&
      compiled.isDeterministic &&
      compiled.policies.fixed.CONFIRMED?.action === 'UPDATE',
    filterSource: narrow(name, compiled.filterSource, parameters.query),
    filterTarget: compiled.filterTarget,
    runsTargetPhase:
      mode === 'full' || mode === 'query'
        ? (parameters.runsTargetPhase ?? (mode === 'full' && settings.runsTargetPhase))
        : false,
    updatesOutsideFilter: settings.updatesOutsideFilter,
    isSourceKeyCaseSensitive: settings.isSourceKeyCaseSensitive,
    isTargetKeyCaseSensitive: settings.isTargetKeyCaseSensitive,
  };
  const references = await findReferences(sql, name, compiled, source, target);
  return { definition, compiled, source, target, schema, orderTarget, references, plan };
}

/** A mapping with what a person has decided on for this run before its policies. */
function decided(
  definition: MappingDefinition,
  { actions = {} }: Pick<ReconciliationParameters, 'actions'>,
): MappingDefinition {
  const policies = (Object.entries(actions) as [Situation, Action][]).map(([situation, action]) => ({
    situation,
    action,
  }));
  return policies.length === 0
    ? definition
    : { ...definition, policies: [...policies, ...definition.policies] };
}

/** Places of policies are those of the mapping; what one of this run alone has decided has none. */
function withoutOverrides(compiled: CompiledMapping, overrides: number): CompiledMapping {
  if (overrides === 0) return compiled;
  const decide: CompiledMapping['policies']['decide'] = (situation, scope) => {
    const { action, policy } = compiled.policies.decide(situation, scope);
    return { action, policy: policy === null || policy <= overrides ? null : policy - overrides };
  };
  return { ...compiled, policies: { ...compiled.policies, decide } };
}

/** Both filters have to be met: a query never looks beyond what the mapping looks at. */
function narrow(name: string, filter: QueryFilter | null, query: string | undefined): QueryFilter | null {
  if (query === undefined) return filter;
  const parsed = parseQueryFilter(query);
  if (parsed.kind === 'mistake') {
    throw new Fault(
      'invalid-setting',
      `The query of this run of ${name} is no filter, at character ${parsed.mistake.position + 1}: ${parsed.mistake.message}`,
    );
  }
  return filter === null ? parsed.filter : { kind: 'and', operands: [filter, parsed.filter] };
}

/** One that was never read whole says nothing of who is missing, and one that waits for a person is not what it should be. */
async function requireSide(
  sql: Sql,
  mapping: string,
  side: 'source' | 'target',
  set: ObjectSet,
): Promise<StoredSide> {
  const connection = await findStoredConnection(sql, set.connection);
  const entityType = connection?.entityTypes.find(({ name }) => name === set.type);
  if (!connection || !entityType || entityType.cookie === null) {
    throw new Fault(
      'reconciliation-refused',
      `${set.connection}/${set.type}, the ${side} of the mapping ${mapping}, was never read as a whole: synchronize ${set.connection} first.`,
    );
  }
  const block = await findBlock(sql, connection.connectionId);
  if (block) {
    throw new Fault(
      'reconciliation-refused',
      `${connection.name}, the ${side} of the mapping ${mapping}, is blocked, because ${block.reasons.join('; ')}: resume or discard its changes first.`,
    );
  }
  return { set, connectionId: connection.connectionId, entityType };
}

async function findReferences(
  sql: Sql,
  mapping: string,
  compiled: CompiledMapping,
  source: StoredSide,
  target: StoredSide,
): Promise<readonly Reference[]> {
  const references: Reference[] = [];
  for (const { link, target: name, mapping: other } of compiled.references) {
    const from = source.entityType.associations.find((one) => one.name === link);
    const to = target.entityType.associations.find((one) => one.name === name);
    const via = other ?? mapping;
    const owner = await findLinkOwner(sql, via);
    if (!from || !to || !owner) {
      const missing = !from
        ? `${source.set.connection}/${source.set.type} exports no link ${link}`
        : !to
          ? `${target.set.connection}/${target.set.type} has no link ${name}`
          : `there is no mapping ${via}`;
      throw new Fault(
        'mapping-refused',
        `The mapping ${mapping} maps the link ${link} to ${name}, and ${missing}: correct the mapping, or what is exported.`,
      );
    }
    const sides = await readReferencedTypes(sql, via);
    references.push({
      target: name,
      targetAssociationId: to.associationId,
      associationId: from.associationId,
      ownerId: owner.mappingId,
      isSwapped: owner.isSwapped,
      ...sides,
    });
  }
  return references;
}

async function readReferencedTypes(
  sql: Sql,
  mapping: string,
): Promise<Readonly<{ nearTypeId: number; farTypeId: number }>> {
  const stored = await readMapping(sql, mapping);
  const typeOf = async (set: ObjectSet | undefined): Promise<number> => {
    const connection = set && (await findStoredConnection(sql, set.connection));
    return connection?.entityTypes.find(({ name }) => name === set?.type)?.entityTypeId ?? 0;
  };
  return {
    nearTypeId: await typeOf(stored?.definition.source),
    farTypeId: await typeOf(stored?.definition.target),
  };
}

/** What is known of an attribute of the target; nothing where the target does not say. */
export function attributeOf(schema: ObjectSchema | undefined, name: string): MappedAttribute | undefined {
  return schema?.attributes.find((one) => one.name === name);
}
