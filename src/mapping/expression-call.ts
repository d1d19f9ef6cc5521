/** What a function of the expression language is: its description for people, and how a call of it is compiled. */

import { nearestName } from '../model/nearest-name.ts';
import type { EvaluationContext, MappedValue } from './compile-expression.ts';
import type { ExpressionPlace } from './expression.ts';
import { refusal } from './expression-tokens.ts';
import {
  fail,
  isList,
  numberOf,
  quote,
  readWholeNumber,
  requireLength,
  textOf,
  valuesOf,
} from './expression-values.ts';

/** `condition` may be a comparison; `word` is one of a few words without quotes; `value` is passed on as it is. */
export type ParameterType = 'text' | 'number' | 'boolean' | 'date' | 'list' | 'value' | 'condition' | 'word';

export type FunctionParameter = Readonly<{
  name: string;
  type: ParameterType;
  isRequired: boolean;
  isRepeated: boolean;
  /** For `word`, and for texts that are one of a few. */
  words?: readonly string[];
}>;

export type FunctionExample = Readonly<{
  expression: string;
  attributes: Readonly<Record<string, MappedValue>>;
  /** Undefined where it differs each time. */
  result: MappedValue | undefined;
}>;

export type FunctionDescription = Readonly<{
  name: string;
  /** `Mid(source, start, length?)`; `…` where a parameter may be repeated. */
  signature: string;
  parameters: readonly FunctionParameter[];
  /** One or two sentences. */
  description: string;
  example: FunctionExample;
  /** Which of Microsoft's two references has the function. */
  set: 'application' | 'cloud-sync';
}>;

export type Evaluate = (context: EvaluationContext) => MappedValue;

/** An argument of a call; `constant` is its text when that is written out, or its word. */
export type CallArgument = ExpressionPlace & Readonly<{ evaluate: Evaluate; constant: string | undefined }>;

/** A call with compiled arguments; undefined for those that are left out. */
export type FunctionCall = ExpressionPlace &
  Readonly<{ name: string; arguments: readonly (CallArgument | undefined)[] }>;

export type FunctionDefinition = Omit<FunctionDescription, 'signature'> &
  Readonly<{
    /** Fewer arguments than the required parameters make necessary. */
    leastArguments?: number;
    /** Whether a call may give something else for the same attributes. */
    changes?: (call: FunctionCall) => boolean;
    /** Whether a call can only be the whole expression. */
    isOnlyWhole?: true;
    /** Whether its value is hidden in logs. */
    isRedacting?: true;
    /** Compiles a call whose number of arguments is right. Throws ExpressionRefusal. */
    build: (call: FunctionCall) => Evaluate;
  }>;

type ParameterRest = Readonly<{ words?: readonly string[] }>;

export function required(name: string, type: ParameterType, rest: ParameterRest = {}): FunctionParameter {
  return { name, type, isRequired: true, isRepeated: false, ...rest };
}

export function optional(name: string, type: ParameterType, rest: ParameterRest = {}): FunctionParameter {
  return { name, type, isRequired: false, isRepeated: false, ...rest };
}

export function repeated(name: string, type: ParameterType): FunctionParameter {
  return { name, type, isRequired: true, isRepeated: true };
}

/** The refusal of a part of an expression, thrown while it is compiled. */
export function refuse(place: ExpressionPlace, message: string, suggestion?: string): never {
  throw refusal(message, place.position, place.length, suggestion);
}

/** An argument that the number of arguments has been checked for. */
export function argumentAt(call: FunctionCall, index: number): CallArgument {
  return call.arguments[index] ?? refuse(call, `${call.name} lacks an argument.`);
}

/** Reads an argument as one text; null where it is left out. */
export function textAt(call: FunctionCall, index: number): (context: EvaluationContext) => string | null {
  const argument = call.arguments[index];
  return argument === undefined ? () => null : textFrom(argument);
}

export function textFrom(argument: CallArgument): (context: EvaluationContext) => string | null {
  const { constant, evaluate } = argument;
  return constant !== undefined ? () => constant : (context) => textOf(evaluate(context), argument);
}

export type NumberRange = Readonly<{ least?: number; most?: number }>;

/** Reads an argument as a whole number in a range; null where it is left out or has no value. Constants are checked at once. */
export function numberAt(
  call: FunctionCall,
  index: number,
  range: NumberRange = {},
): (context: EvaluationContext) => number | null {
  const argument = call.arguments[index];
  if (argument === undefined) return () => null;
  const { constant, evaluate } = argument;
  if (constant === undefined)
    return (context) => inRange(numberOf(evaluate(context), argument), range, argument);
  const number = Number(readWholeNumber(constant) ?? Number.NaN);
  const problem = Number.isSafeInteger(number)
    ? rangeProblem(number, range)
    : `${quote(constant)} is not a whole number.`;
  return problem === undefined ? () => number : refuse(argument, problem);
}

function inRange(number: number | null, range: NumberRange, place: ExpressionPlace): number | null {
  const problem = number === null ? undefined : rangeProblem(number, range);
  return problem === undefined ? number : fail(place, problem);
}

function rangeProblem(number: number, { least, most }: NumberRange): string | undefined {
  if (least !== undefined && number < least) return `${number} is too small here: ${least} is the least.`;
  if (most !== undefined && number > most) return `${number} is too large here: ${most} is the most.`;
  return undefined;
}

/** Reads an argument that is one of a few words; undefined where it is left out. Constants are checked at once. */
export function wordAt<Word extends string>(
  call: FunctionCall,
  index: number,
  words: readonly Word[],
): (context: EvaluationContext) => Word | undefined {
  const argument = call.arguments[index];
  if (argument === undefined) return () => undefined;
  const find = (text: string) => words.find((word) => word === text);
  const problem = (text: string) => `${quote(text)} is none of ${words.join(', ')}.`;
  const { constant, evaluate } = argument;
  if (constant !== undefined) {
    const word = find(constant) ?? refuse(argument, problem(constant), meantWord(constant, words));
    return () => word;
  }
  return (context) => {
    const text = textOf(evaluate(context), argument);
    return text === null ? undefined : (find(text) ?? fail(argument, problem(text)));
  };
}

/** Every letter is like every other: only words can be misspelt. */
function meantWord(text: string, words: readonly string[]): string | undefined {
  return text.length > 2 ? nearestName(text, words) : undefined;
}

/**
 * A function that makes one text of another: each value of a list is taken by itself, and nothing stays nothing. What it makes null
 * is left out of a list.
 */
export function eachText(source: CallArgument, transform: (text: string) => string | null): Evaluate {
  return eachTextWith(source, () => transform);
}

/** The same where other arguments have a part in it: they are evaluated once, and not for each value. */
export function eachTextWith(
  source: CallArgument,
  prepare: (context: EvaluationContext) => (text: string) => string | null,
): Evaluate {
  const { evaluate } = source;
  return (context) => {
    const value = evaluate(context);
    if (isList(value)) return transformList(value, source, prepare(context));
    const text = textOf(value, source);
    if (text === null) return null;
    const result = prepare(context)(text);
    if (result !== null) requireLength(result.length, source);
    return result;
  };
}

function transformList(
  list: readonly MappedValue[],
  place: ExpressionPlace,
  transform: (text: string) => string | null,
): readonly string[] | null {
  const results: string[] = [];
  let length = 0;
  for (const one of valuesOf(list)) {
    const text = textOf(one, place);
    const result = text === null ? null : transform(text);
    if (result === null) continue;
    length += result.length;
    requireLength(length, place);
    results.push(result);
  }
  return results.length === 0 ? null : results;
}
