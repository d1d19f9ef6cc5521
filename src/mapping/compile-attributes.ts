/** The attributes of a mapping as functions: what each gives for a source resource. Source: reconciliation reference, A.2. */
import type { Attributes } from '../model/entity-type.ts';
import type { AttributeMapping, ValueSource } from '../model/mapping.ts';
import { attributeReader } from './attribute-reading.ts';
import { fitValue, settleValue } from './attribute-values.ts';
import { compileCondition } from './compile-condition.ts';
import {
  type CompiledExpression,
  compileExpression,
  type EvaluationContext,
  type EvaluationStep,
} from './compile-expression.ts';
import { parseExpression } from './expression.ts';
import { type MappingMistake, mistakeAt } from './mapping-mistake.ts';
import type { MappedAttribute, MappedSide } from './mapping-side.ts';
import { readTargetPointer, type TargetPointer } from './target-pointer.ts';

/** What evaluating needs besides the two objects. */
export type MappingContext = Readonly<{
  now: () => Date;
  /** From 0 to below 1; the system's secure random numbers where it is left out. */
  random?: () => number;
  /** For SelectUniqueValue: whether a value of an attribute is still free in the target. */
  isFree?: (attribute: string, value: string) => boolean;
  /** Hears the value of each part of an expression, inner ones first. */
  onStep?: (step: EvaluationStep) => void;
}>;

/** What a row is evaluated on. `target` is the target object as it stands, also half made. */
export type RowScope = Readonly<{
  source: Attributes;
  target: Attributes;
  isNew: boolean;
  qualifier: string;
}>;

export type RowOutcome =
  /** Null: no value, and the attribute is cleared. */
  | Readonly<{ kind: 'value'; value: unknown }>
  /** The attribute stays as it is: a condition is not met, it is set on creation only, the expression says so, or no value keeps it. */
  | Readonly<{ kind: 'kept'; reason: 'condition' | 'on-create' | 'ignored-flow' | 'no-value' }>
  | Readonly<{ kind: 'failed'; message: string; position?: number; length?: number }>;

export type CompiledRow = Readonly<{
  /** The place among the attributes of the mapping, from 0. */
  index: number;
  /** As it is written. */
  target: string;
  pointer: TargetPointer;
  apply: AttributeMapping['apply'];
  evaluate: (scope: RowScope, context: MappingContext) => RowOutcome;
  /** Attributes of the source, and of the target, that it reads. */
  sourceReads: readonly string[];
  targetReads: readonly string[];
  isDeterministic: boolean;
  /** Whether its values are hidden in entries. */
  isRedacted: boolean;
  /** For SelectUniqueValue: its alternatives, in order. */
  alternatives: readonly CompiledExpression[] | null;
}>;

/** Links of the source that become links of the target. */
export type CompiledReference = Readonly<{
  index: number;
  /** The link of the target. */
  target: string;
  /** The link of the source. */
  link: string;
  /** The mapping whose account links pair the ends; null: this one. */
  mapping: string | null;
}>;

export type CompiledAttributes = Readonly<{
  rows: readonly CompiledRow[];
  references: readonly CompiledReference[];
}>;

/** Compiles all attributes; what is wrong goes to `mistakes`. `side` is what is known of the target objects. */
export function compileAttributes(
  attributes: readonly AttributeMapping[],
  mistakes: MappingMistake[],
  side?: MappedSide,
): CompiledAttributes {
  const types = new Map(side?.attributes.map((attribute) => [attribute.name, attribute]));
  const rows: CompiledRow[] = [];
  const references: CompiledReference[] = [];
  for (const [index, mapping] of attributes.entries()) {
    const { target, source } = mapping;
    if (source.kind === 'reference') {
      references.push({ index, target, link: source.link, mapping: source.mapping ?? null });
      continue;
    }
    const row = compileRow(mapping, source, index, mistakes, types);
    if (row !== undefined) rows.push(row);
  }
  return { rows, references };
}

type PlainSource = Exclude<ValueSource, { kind: 'reference' }>;

function compileRow(
  mapping: AttributeMapping,
  source: PlainSource,
  index: number,
  mistakes: MappingMistake[],
  types: ReadonlyMap<string, MappedAttribute>,
): CompiledRow | undefined {
  const path = `attributes/${index}`;
  const pointer = readTargetPointer(mapping.target);
  if (pointer === undefined) {
    mistakes.push(
      mistakeAt(
        `${path}/target`,
        'The target names no attribute: write its name, or a path such as address/city.',
      ),
    );
  }
  const value = compileValue(source, pointer?.attribute ?? '', `${path}/source`, mistakes);
  const condition = compileRowCondition(mapping.condition, `${path}/condition`, mistakes);
  if (pointer === undefined || value === undefined || condition === undefined) return undefined;
  const type = pointer.path.length === 0 ? types.get(pointer.attribute) : undefined;
  const { apply, ifEmpty } = mapping;
  const fallback = settleValue(mapping.default);
  const { holds } = condition;

  const evaluate = (scope: RowScope, context: MappingContext): RowOutcome => {
    if (apply === 'on-create' && !scope.isNew) return keptOnCreate;
    if (holds !== null && !holds(scope)) return keptByCondition;
    const outcome = value.evaluate(scope.source, context);
    if (outcome.kind !== 'value') return outcome;
    const settled = settleValue(outcome.value) ?? fallback;
    if (settled === null) return ifEmpty === 'keep' ? keptWithoutValue : noValue;
    if (type !== undefined) return { kind: 'value', value: fitValue(settled, type) };
    return settled === outcome.value ? outcome : { kind: 'value', value: settled };
  };
  return {
    index,
    target: mapping.target,
    pointer,
    apply,
    evaluate,
    sourceReads: [...value.reads, ...condition.sourceReads],
    targetReads: condition.targetReads,
    isDeterministic: value.isDeterministic,
    isRedacted: value.isRedacted,
    alternatives: value.alternatives,
  };
}

const keptOnCreate: RowOutcome = { kind: 'kept', reason: 'on-create' };
const keptByCondition: RowOutcome = { kind: 'kept', reason: 'condition' };
const keptByFlow: RowOutcome = { kind: 'kept', reason: 'ignored-flow' };
const keptWithoutValue: RowOutcome = { kind: 'kept', reason: 'no-value' };
const noValue: RowOutcome = { kind: 'value', value: null };

type CompiledValue = Readonly<{
  evaluate: (source: Attributes, context: MappingContext) => RowOutcome;
  reads: readonly string[];
  isDeterministic: boolean;
  isRedacted: boolean;
  alternatives: readonly CompiledExpression[] | null;
}>;

const plain = { isDeterministic: true, isRedacted: false, alternatives: null } as const;

/** `target`: the attribute that SelectUniqueValue asks about. */
function compileValue(
  source: PlainSource,
  target: string,
  path: string,
  mistakes: MappingMistake[],
): CompiledValue | undefined {
  switch (source.kind) {
    case 'attribute': {
      const read = attributeReader(source.name);
      return {
        ...plain,
        reads: [source.name],
        evaluate: (attributes) => ({ kind: 'value', value: read(attributes) }),
      };
    }
    case 'constant': {
      const outcome: RowOutcome = { kind: 'value', value: source.value };
      return { ...plain, reads: [], evaluate: () => outcome };
    }
    case 'expression': {
      const compiled = compileText(source.text, `${path}/text`, mistakes);
      return (
        compiled && {
          reads: compiled.attributes,
          isDeterministic: compiled.isDeterministic,
          isRedacted: compiled.isRedacted,
          alternatives: compiled.alternatives ?? null,
          evaluate: (attributes, context) => evaluateExpression(compiled, attributes, context, target),
        }
      );
    }
  }
}

/** Compiles the text of an expression; undefined with a mistake at `path` where it is none. */
export function compileText(
  text: string,
  path: string,
  mistakes: MappingMistake[],
): CompiledExpression | undefined {
  const parsed = parseExpression(text);
  const result = parsed.kind === 'parsed' ? compileExpression(parsed.expression) : parsed;
  if (result.kind === 'compiled') return result.compiled;
  const { message, ...details } = result.mistake;
  mistakes.push(mistakeAt(path, message, details));
  return undefined;
}

/** The value of an expression as the outcome of a row. `target` is the attribute that SelectUniqueValue asks about. */
export function evaluateExpression(
  compiled: CompiledExpression,
  attributes: Attributes,
  { now, random, onStep, isFree }: MappingContext,
  target: string,
): RowOutcome {
  const context: EvaluationContext = {
    attributes,
    now,
    ...(random && { random }),
    ...(onStep && { onStep }),
    ...(isFree && compiled.alternatives && { isFree: (value: string) => isFree(target, value) }),
  };
  const outcome = compiled.evaluate(context);
  return outcome.kind === 'ignored' ? keptByFlow : outcome;
}

type RowCondition = Readonly<{
  holds: ((scope: RowScope) => boolean) | null;
  sourceReads: readonly string[];
  targetReads: readonly string[];
}>;

const unconditional: RowCondition = { holds: null, sourceReads: [], targetReads: [] };

function compileRowCondition(
  text: string | undefined,
  path: string,
  mistakes: MappingMistake[],
): RowCondition | undefined {
  if (text === undefined) return unconditional;
  const compiled = compileCondition(text, path);
  if (compiled.kind === 'mistake') {
    mistakes.push(compiled.mistake);
    return undefined;
  }
  const { holds, pointers } = compiled;
  const read = (root: string) =>
    pointers.flatMap(([first, second]) => (first === root && second !== undefined ? [second] : []));
  return {
    holds: ({ source, target, qualifier }) => holds({ object: source, target, linkQualifier: qualifier }),
    sourceReads: read('object'),
    targetReads: read('target'),
  };
}
