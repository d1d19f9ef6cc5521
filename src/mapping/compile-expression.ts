/** Compiles an expression of an attribute mapping into a function, and evaluates it against a source object. */
import { attributeReader } from './attribute-reading.ts';
import { type Expression, type ExpressionMistake, printExpression } from './expression.ts';
import { type BuiltExpression, buildExpression } from './expression-building.ts';
import type { Evaluate } from './expression-call.ts';
import { ExpressionRefusal } from './expression-tokens.ts';
import { EvaluationFailure, FlowIgnored, isList, truthText, valuesOf } from './expression-values.ts';

export type MappedValue =
  | null
  | string
  | number
  | boolean
  | readonly MappedValue[]
  | Readonly<{ [name: string]: MappedValue }>;

export type EvaluationOutcome =
  | Readonly<{ kind: 'value'; value: MappedValue }>
  /** IgnoreFlowIfNullOrEmpty: the target attribute is left as it is. */
  | Readonly<{ kind: 'ignored' }>
  | Readonly<{ kind: 'failed'; message: string; position: number; length: number }>;

/** The value of one sub-expression; `text` is its canonical text. */
export type EvaluationStep = Readonly<{
  position: number;
  length: number;
  text: string;
  outcome: EvaluationOutcome;
}>;

export type EvaluationContext = Readonly<{
  /** The whole current source object. */
  attributes: Readonly<Record<string, unknown>>;
  now: () => Date;
  /** From 0 to below 1; secure random numbers where it is absent. */
  random?: () => number;
  /** For SelectUniqueValue: whether a value is still free in the target. Absent where there is no target to ask. */
  isFree?: (value: string) => boolean;
  /** Hears the value of each sub-expression that is no constant, inner ones first: for the expression tester. */
  onStep?: (step: EvaluationStep) => void;
}>;

export type CompiledExpression = Readonly<{
  /**
   * The value for a source object; it never throws. A bare attribute has the type that it has there. Everything else is null, a text
   * or a list of texts, with True and False for booleans; only objects are passed on as they are.
   */
  evaluate: (context: EvaluationContext) => EvaluationOutcome;
  /** Source attributes that it reads, as written, each once. */
  attributes: readonly string[];
  /** Whether it gives the same for the same attributes, always. */
  isDeterministic: boolean;
  /** Whether it contains Redact: its value is hidden in logs and entries, as its failures hide it already. */
  isRedacted: boolean;
  /** For SelectUniqueValue: the alternatives, in order. */
  alternatives?: readonly CompiledExpression[];
}>;

/**
 * Compiles an expression. What can be known before there is an object is refused here: unknown functions, their number of arguments,
 * and constants that a function cannot take.
 */
export function compileExpression(
  expression: Expression,
):
  | Readonly<{ kind: 'compiled'; compiled: CompiledExpression }>
  | Readonly<{ kind: 'mistake'; mistake: ExpressionMistake }> {
  try {
    return { kind: 'compiled', compiled: compile(expression) };
  } catch (error) {
    if (error instanceof ExpressionRefusal) return { kind: 'mistake', mistake: error.mistake };
    throw error;
  }
}

function compile(expression: Expression): CompiledExpression {
  const { evaluate: plain, attributes, isDeterministic, isRedacted } = buildExpression(expression);
  const nature = { isAttribute: expression.kind === 'attribute', isRedacted };
  let traced: BuiltExpression | undefined;
  const evaluate = (context: EvaluationContext): EvaluationOutcome => {
    if (context.onStep === undefined) return outcomeOf(plain, context, nature);
    traced ??= buildExpression(expression, (part, inner) => observed(part, inner, isRedacted));
    return outcomeOf(traced.evaluate, context, nature);
  };
  const compiled = { evaluate, attributes, isDeterministic, isRedacted };
  if (expression.kind !== 'call' || expression.name !== 'SelectUniqueValue') return compiled;
  const alternatives = expression.arguments.filter((one) => one.kind !== 'omitted').map(compile);
  return { ...compiled, alternatives };
}

/** Ends what was begun: exceptions of the evaluation become outcomes. */
function outcomeOf(
  evaluate: Evaluate,
  context: EvaluationContext,
  { isAttribute, isRedacted }: Readonly<{ isAttribute: boolean; isRedacted: boolean }>,
): EvaluationOutcome {
  try {
    const value = evaluate(context);
    return { kind: 'value', value: isAttribute || typeof value === 'string' ? value : computedValue(value) };
  } catch (error) {
    return ending(error, isRedacted);
  }
}

/** Messages name values, so one of an expression that redacts them says nothing. */
const hiddenMessage =
  'The value cannot be computed; the reason is not shown, because the expression contains Redact.';

function ending(error: unknown, isRedacted: boolean): EvaluationOutcome {
  if (error instanceof FlowIgnored) return { kind: 'ignored' };
  if (!(error instanceof EvaluationFailure)) throw error;
  const { position, length } = error.place;
  return { kind: 'failed', message: isRedacted ? hiddenMessage : error.message, position, length };
}

/** What an expression gives: texts for all that is no object. */
function computedValue(value: MappedValue): MappedValue {
  switch (typeof value) {
    case 'number':
      return String(value);
    case 'boolean':
      return truthText(value);
    case 'object':
      if (!isList(value)) return value;
      return value.every((one) => typeof one === 'string') ? value : valuesOf(value).map(textInList);
    default:
      return value;
  }
}

function textInList(value: MappedValue): MappedValue {
  return isList(value) ? value : computedValue(value);
}

/** The same function, which tells the context what it gave. */
function observed(expression: Expression, evaluate: Evaluate, isRedacted: boolean): Evaluate {
  const { position, length } = expression;
  const text = printExpression(expression);
  const isAttribute = expression.kind === 'attribute';
  return (context) => {
    const tell = (outcome: EvaluationOutcome) => context.onStep?.({ position, length, text, outcome });
    try {
      const value = evaluate(context);
      tell({ kind: 'value', value: isAttribute ? value : computedValue(value) });
      return value;
    } catch (error) {
      tell(ending(error, isRedacted));
      throw error;
    }
  };
}

/**
 * An attribute of a source object: the one of exactly this name; else a part of one, by dots (`manager.id`) or by slashes. Undefined
 * where there is none. To read one of many objects, `attributeReader` is faster.
 */
export function readAttribute(attributes: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(attributes, name) ? attributes[name] : attributeReader(name)(attributes);
}
