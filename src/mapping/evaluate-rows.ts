/**
 * What the rows of a mapping make of a target object: in their order, each sees what those before it have written, until nothing
 * changes any more. Source: reconciliation reference, A.2.
 */
import type { Attributes } from '../model/entity-type.ts';
import type { EntryChanges } from '../model/reconciliation.ts';
import { isSameValue, ownValue, settleValue } from './attribute-values.ts';
import type { CompiledRow, MappingContext } from './compile-attributes.ts';
import { writeInto } from './target-pointer.ts';

export type EvaluatedMapping =
  | (Readonly<{ kind: 'evaluated' }> & EntryChanges)
  /** `attribute` is that of the target as the mapping writes it. */
  | Readonly<{ kind: 'failed'; attribute: string; message: string }>;

export type RowsEvaluator = (
  source: Attributes,
  target: Attributes | null,
  qualifier: string,
  context: MappingContext,
) => EvaluatedMapping;

/** Rows that change what others ask for come to rest after few passes, or never. */
const mostPasses = 16;

const unchanged: EvaluatedMapping = { kind: 'evaluated', before: {}, after: {} };
const nothing: Attributes = {};

/** Makes an evaluator of rows. It does not change what it is given. */
export function evaluatorOf(rows: readonly CompiledRow[]): RowsEvaluator {
  const written = [...new Set(rows.map(({ pointer }) => pointer.attribute))];
  const lasting = rows.filter(({ apply }) => apply === 'always');
  const restless = lasting.filter(({ isDeterministic }) => !isDeterministic).map(nameOf);
  const again = lasting.filter((row) => row.isDeterministic && !restless.includes(nameOf(row)));
  const isAsked = rows.some(({ targetReads }) => targetReads.some((name) => written.includes(name)));
  const initial = rows.filter(({ apply }) => apply === 'on-create').map(nameOf);
  const isSetTwice = again.some((row) => initial.includes(nameOf(row)));
  return (source, target, qualifier, context) => {
    const before = target ?? nothing;
    const first = pass(rows, source, before, target === null, qualifier, context);
    if ('kind' in first) return first;
    let settled = first.target;
    if (settled !== before && (isAsked || (isSetTwice && target === null))) {
      const rest = comeToRest(again, written, source, settled, qualifier, context);
      if ('kind' in rest) return rest;
      settled = rest.target;
    }
    return settled === before ? unchanged : difference(written, before, settled);
  };
}

function nameOf({ pointer }: CompiledRow): string {
  return pointer.attribute;
}

type Passed = Readonly<{ target: Attributes }>;
type Failed = Extract<EvaluatedMapping, { kind: 'failed' }>;

/** The target object after the rows; the same object where they change nothing. */
function pass(
  rows: readonly CompiledRow[],
  source: Attributes,
  target: Attributes,
  isNew: boolean,
  qualifier: string,
  context: MappingContext,
): Passed | Failed {
  let copy: Record<string, unknown> | undefined;
  for (const row of rows) {
    const current = copy ?? target;
    const outcome = row.evaluate({ source, target: current, isNew, qualifier }, context);
    if (outcome.kind === 'failed') {
      return {
        kind: 'failed',
        attribute: row.target,
        message: `${row.target} has no value: ${outcome.message}`,
      };
    }
    if (outcome.kind === 'kept') continue;
    const { attribute, path } = row.pointer;
    const old = ownValue(current, attribute);
    const value = path.length === 0 ? outcome.value : writeInto(old, path, outcome.value);
    if (isSameValue(old, value)) continue;
    copy ??= { ...target };
    copy[attribute] = value;
  }
  return { target: copy ?? target };
}

/** Repeats the rows until they change nothing. */
function comeToRest(
  rows: readonly CompiledRow[],
  written: readonly string[],
  source: Attributes,
  target: Attributes,
  qualifier: string,
  context: MappingContext,
): Passed | Failed {
  let current = target;
  for (let passes = 1; passes <= mostPasses; passes += 1) {
    const next = pass(rows, source, current, false, qualifier, context);
    if ('kind' in next) return next;
    const previous = current;
    current = next.target;
    if (written.every((name) => isSameValue(ownValue(previous, name), ownValue(current, name)))) return next;
  }
  const restless = rows.find(({ targetReads }) => targetReads.length > 0)?.target ?? '';
  return {
    kind: 'failed',
    attribute: restless,
    message: `${restless} never comes to rest: the conditions of the mapping ask for what other rows change again and again.`,
  };
}

function difference(written: readonly string[], from: Attributes, to: Attributes): EvaluatedMapping {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const name of written) {
    const [old, value] = [ownValue(from, name), ownValue(to, name)];
    if (isSameValue(old, value)) continue;
    if (settleValue(old) !== null) before[name] = old;
    after[name] = settleValue(value);
  }
  return { kind: 'evaluated', before, after };
}

/** The target object once the changes are made. */
export function applyChanges(target: Attributes | null, { after }: Pick<EntryChanges, 'after'>): Attributes {
  const changed = { ...target, ...after };
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== null));
}
