/** A mapping tried out on resources of its source: what each row gives, what the target has now, and what a row gives for all. */
import type { Sql } from 'postgres';
import { isSameValue } from '../../mapping/attribute-values.ts';
import type { CompiledRow, MappingContext, RowOutcome } from '../../mapping/compile-attributes.ts';
import type { EvaluationOutcome, EvaluationStep } from '../../mapping/compile-expression.ts';
import { type CompiledMapping, compileMapping, defaultQualifier } from '../../mapping/compile-mapping.ts';
import type { MappedResource } from '../../mapping/mapped-resource.ts';
import type { MappingMistake } from '../../mapping/mapping-mistake.ts';
import { readAt } from '../../mapping/target-pointer.ts';
import { isIdentities } from '../../model/identity-schema.ts';
import type { MappingDefinition } from '../../model/mapping.ts';
import { nameOf } from '../../model/search-words.ts';
import { findLinkOwner } from '../../store/account-links.ts';
import { findTakenValues } from '../../store/identity-writes.ts';
import {
  findStoredSet,
  type LinkedTarget,
  readLinkedTargets,
  readSampleLinks,
  type SampleLinks,
  type SampleResource,
  type StoredSet,
} from '../../store/mapping-samples.ts';
import type { KnownSide } from '../mapping-door.ts';
import type { EvaluatedObject, EvaluatedValue } from '../schemas/mapping-evaluation.ts';

/** A mapping of which only some rows are evaluated. */
export type Trial = Readonly<{
  definition: MappingDefinition;
  /** The places of the rows that are evaluated, in the definition that was sent. */
  places: readonly number[];
  compiled: CompiledMapping;
}>;

export type TrialOutcome =
  | Readonly<{ kind: 'ready'; trial: Trial }>
  | Readonly<{ kind: 'mistakes'; mistakes: readonly MappingMistake[] }>;

/** Compiles some rows of a mapping, or all: what is wrong elsewhere is in nobody's way. */
export function prepareTrial(
  definition: MappingDefinition,
  target: KnownSide | undefined,
  rows: readonly number[] | undefined,
): TrialOutcome {
  const places = rows ?? definition.attributes.map((_, index) => index);
  const attributes = places.flatMap((place) => definition.attributes[place] ?? []);
  const narrowed = { ...definition, attributes, correlation: [], policies: [] };
  const outcome = compileMapping(narrowed, target);
  if (outcome.kind === 'compiled') {
    return { kind: 'ready', trial: { definition: narrowed, places, compiled: outcome.mapping } };
  }
  const mistakes = outcome.mistakes.map((mistake) => ({
    ...mistake,
    path: mistake.path.replace(/^attributes\/(\d+)/, (_, index) => `attributes/${places[Number(index)]}`),
  }));
  return { kind: 'mistakes', mistakes };
}

/** The resources that a mapping is tried on: stored ones, or attributes that somebody typed, which have no key. */
export type TriedResource = Readonly<{ key: string | null; attributes: SampleResource['attributes'] }>;

export async function evaluateTrial(
  sql: Sql,
  trial: Trial,
  tried: readonly TriedResource[],
  { now, isTraced }: Readonly<{ now: () => Date; isTraced: boolean }>,
): Promise<EvaluatedObject[]> {
  const { definition, compiled } = trial;
  const keys = tried.flatMap(({ key }) => key ?? []);
  const [owner, source, target] = await Promise.all([
    findLinkOwner(sql, definition.name),
    findStoredSet(sql, definition.source),
    findStoredSet(sql, definition.target),
  ]);
  const linked = owner && keys.length > 0 ? await readLinkedTargets(sql, owner, target, keys) : [];
  const links = source === undefined ? [] : await readLinksOf(sql, compiled, source, keys);
  return await Promise.all(
    tried.map(async (resource) => {
      const own = linked.find(({ sourceKey }) => sourceKey === resource.key);
      return await evaluateOne(sql, trial, resource, own, { links, now, isTraced });
    }),
  );
}

type Links = readonly Readonly<{ link: string; found: readonly SampleLinks[] }>[];

async function readLinksOf(
  sql: Sql,
  { references }: CompiledMapping,
  source: StoredSet,
  keys: readonly string[],
): Promise<Links> {
  const names = [...new Set(references.map(({ link }) => link))];
  return await Promise.all(
    names.map(async (link) => ({ link, found: await readSampleLinks(sql, source, link, keys) })),
  );
}

type Surroundings = Readonly<{
  links: Links;
  now: () => Date;
  isTraced: boolean;
}>;

/** So many steps are looked at; a long expression has more. */
const mostSteps = 200;

async function evaluateOne(
  sql: Sql,
  { compiled, places }: Trial,
  { key, attributes }: TriedResource,
  linked: LinkedTarget | undefined,
  { links, now, isTraced }: Surroundings,
): Promise<EvaluatedObject> {
  const resource: MappedResource = { key: key ?? '', attributes };
  const isFree = await askForTaken(sql, compiled, resource, linked, now);
  const context: MappingContext = { now, ...(isFree && { isFree }) };
  const source = compiled.view(resource);
  const qualifier = linked?.qualifier ?? compiled.qualifiersOf(resource)[0] ?? defaultQualifier;
  const existing = linked?.attributes ?? null;
  const rows = compiled.rows.map((row) => {
    const steps: EvaluationStep[] = [];
    const outcome = row.evaluate(
      { source, target: existing ?? {}, isNew: existing === null, qualifier },
      { ...context, ...(isTraced && { onStep: (step) => steps.push(step) }) },
    );
    return renderRow(row, outcome, existing, places, isTraced ? steps : undefined);
  });
  const references = compiled.references.map(({ index, target: name, link }) => {
    const found = links.find((one) => one.link === link)?.found.find((one) => one.sourceKey === key);
    return {
      row: places[index] ?? index,
      target: name,
      outcome: { kind: 'links' as const, keys: [...(found?.keys ?? [])], count: found?.count ?? 0 },
      before: null,
      isChanged: false,
    };
  });
  const reason = reasonAgainst(compiled, resource, context);
  return {
    key,
    name: key === null ? nameOf('', attributes) : nameOf(key, attributes),
    attributes: { ...attributes },
    isQualified: reason === null,
    reason,
    target: linked
      ? { key: linked.targetKey, name: nameOf(linked.targetKey, linked.attributes ?? {}) }
      : null,
    rows: [...rows, ...references].sort((one, other) => one.row - other.row),
  };
}

/** Why a resource is not in the scope; null where it is. */
export function reasonAgainst(
  compiled: CompiledMapping,
  resource: MappedResource,
  context: MappingContext,
): string | null {
  for (const found of [compiled.qualify(resource, context), compiled.meetsSourceCondition(resource)]) {
    if (found.kind === 'unqualified') return found.reason;
    if (found.kind === 'failed') return found.message;
  }
  return null;
}

/** What SelectUniqueValue asks: whether a value is free among identities, that of the resource itself left aside. */
async function askForTaken(
  sql: Sql,
  compiled: CompiledMapping,
  resource: MappedResource,
  linked: LinkedTarget | undefined,
  now: () => Date,
): Promise<MappingContext['isFree']> {
  const { target } = compiled.definition;
  // Nobody else can be written to, and asked.
  if (compiled.uniqueAttributes.length === 0 || !isIdentities(target.connection)) return undefined;
  const taken = new Map<string, ReadonlyMap<string, string>>();
  for (const { attribute, values } of compiled.uniqueCandidates(resource, { now })) {
    taken.set(attribute, await findTakenValues(sql, target.type, attribute, values));
  }
  return (attribute, value) => {
    const holder = taken.get(attribute)?.get(value);
    return holder === undefined || holder === linked?.targetKey;
  };
}

function renderRow(
  row: CompiledRow,
  outcome: RowOutcome,
  existing: SampleResource['attributes'] | null,
  places: readonly number[],
  steps: readonly EvaluationStep[] | undefined,
): EvaluatedObject['rows'][number] {
  const { isRedacted, pointer, index, target } = row;
  const before = existing === null ? null : (readAt(existing, pointer) ?? null);
  return {
    row: places[index] ?? index,
    target,
    outcome: renderOutcome(outcome, isRedacted),
    before: isRedacted ? null : before,
    isChanged: outcome.kind === 'value' && !isSameValue(before, outcome.value),
    ...(steps && { steps: isRedacted ? [] : steps.slice(-mostSteps).map(renderStep) }),
  };
}

/** What an expression or a row gave. */
export function renderOutcome(outcome: RowOutcome | EvaluationOutcome, isRedacted: boolean): EvaluatedValue {
  switch (outcome.kind) {
    case 'value':
      return isRedacted && outcome.value !== null
        ? { kind: 'hidden' }
        : { kind: 'value', value: outcome.value, type: typeOf(outcome.value) };
    case 'kept':
    case 'ignored':
      return { kind: 'ignored' };
    case 'failed':
      return outcome;
  }
}

export function renderStep({ position, length, text, outcome }: EvaluationStep) {
  return { position, length, text, outcome: renderOutcome(outcome, false) };
}

/** What kind of value it is, in the words of the API. */
function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'string' ? 'text' : typeof value;
}
