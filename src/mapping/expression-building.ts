/** From the tree of an expression to a function: every part is checked, and becomes a closure over the closures of its parts. */
import { nearestName } from '../model/nearest-name.ts';
import { attributeReader } from './attribute-reading.ts';
import type { EvaluationContext } from './compile-expression.ts';
import {
  type Call,
  type Comparison,
  deepestNesting,
  type Expression,
  type OmittedArgument,
  printExpression,
  tooDeep,
  type Word,
} from './expression.ts';
import {
  type CallArgument,
  type Evaluate,
  type FunctionDefinition,
  type FunctionParameter,
  refuse,
} from './expression-call.ts';
import { type ComparedSide, isComparisonTrue } from './expression-comparison.ts';
import { definitionByName, expressionFunctions, refusedFunctions } from './expression-functions.ts';
import { mappedValueOf, truthText } from './expression-values.ts';
import { concatenate } from './functions/text.ts';

/** What becomes of the function of each part that is no constant, before others use it. */
export type Observe = (part: Expression, evaluate: Evaluate) => Evaluate;

export type BuiltExpression = Readonly<{
  evaluate: Evaluate;
  /** Each once, in the order in which they come. */
  attributes: readonly string[];
  isDeterministic: boolean;
  isRedacted: boolean;
}>;

/** What is collected on the way. */
type Building = {
  readonly observe: Observe;
  readonly attributes: Set<string>;
  isDeterministic: boolean;
  isRedacted: boolean;
};

/** Builds the function of a whole expression. Throws ExpressionRefusal. */
export function buildExpression(
  expression: Expression,
  observe: Observe = (_part, evaluate) => evaluate,
): BuiltExpression {
  const building: Building = { observe, attributes: new Set(), isDeterministic: true, isRedacted: false };
  const evaluate = buildPart(expression, 0, building);
  const { isDeterministic, isRedacted } = building;
  return { evaluate, attributes: [...building.attributes], isDeterministic, isRedacted };
}

function buildPart(part: Expression, depth: number, building: Building): Evaluate {
  if (depth > deepestNesting) throw tooDeep(part);
  const evaluate = functionOf(part, depth, building);
  // Functions take constants without evaluating them.
  const isConstant = part.kind === 'text' || part.kind === 'number';
  return isConstant ? evaluate : building.observe(part, evaluate);
}

function functionOf(part: Expression, depth: number, building: Building): Evaluate {
  switch (part.kind) {
    case 'attribute': {
      building.attributes.add(part.name);
      const read = attributeReader(part.name);
      return ({ attributes }) => mappedValueOf(read(attributes));
    }
    case 'text':
    case 'number': {
      const { value } = part;
      return () => value;
    }
    case 'word':
      return refuseWord(part);
    case 'concatenation':
      return concatenate(
        part.parts.map((one) => buildArgument(one, depth + 1, building)),
        part,
      );
    case 'comparison':
      return refuse(
        part,
        'A comparison can only be the condition of IIF, or stand in CBool.',
        `CBool(${printExpression(part)})`,
      );
    case 'call':
      return buildCall(part, depth, building);
  }
}

function refuseWord({ word, ...place }: Word): never {
  if (definitionByName.has(word)) {
    return refuse(place, `${word} is a function: its arguments stand in parentheses.`, `${word}()`);
  }
  if (/^(?:true|false)$/i.test(word)) {
    const truth = truthText(word.toLowerCase() === 'true');
    return refuse(place, `Truth is written as a text: "${truth}".`, `"${truth}"`);
  }
  return refuse(
    place,
    `${word} means nothing here: attributes stand in brackets, and texts in double quotes.`,
    `[${word}]`,
  );
}

function buildArgument(part: Expression, depth: number, building: Building): CallArgument {
  const { position, length } = part;
  const constant = part.kind === 'text' || part.kind === 'number' ? part.value : undefined;
  return { position, length, constant, evaluate: buildPart(part, depth, building) };
}

function buildCall(call: Call, depth: number, building: Building): Evaluate {
  const definition = definitionByName.get(call.name) ?? refuseName(call);
  const place = namePlace(call);
  if (definition.isOnlyWhole && depth > 0) {
    refuse(place, `${call.name} can only be the whole expression, not a part of it.`);
  }
  checkArguments(call, definition);
  const built = call.arguments.map((argument, index) =>
    buildParameter(argument, parameterAt(definition, index), depth + 1, building),
  );
  const functionCall = { name: call.name, arguments: built, position: call.position, length: call.length };
  if (definition.changes?.(functionCall)) building.isDeterministic = false;
  if (definition.isRedacting) building.isRedacted = true;
  return definition.build(functionCall);
}

function namePlace({ position, name }: Call) {
  return { position, length: name.length };
}

function refuseName(call: Call): never {
  const place = namePlace(call);
  const refused = refusedFunctions.get(call.name);
  if (refused !== undefined) return refuse(place, refused);
  const names = expressionFunctions.map(({ name }) => name);
  const nearest = nearestName(call.name, names);
  if (nearest === undefined) return refuse(place, `There is no function ${call.name}.`);
  const isCase = nearest.toLowerCase() === call.name.toLowerCase();
  const problem = isCase
    ? 'The case of letters counts in the names of functions'
    : `There is no function ${call.name}`;
  return refuse(
    place,
    `${problem}: ${isCase ? 'this one is' : 'did you mean'} ${nearest}${isCase ? '.' : '?'}`,
    nearest,
  );
}

/** The parameter of an argument; those that are repeated come round again. */
function parameterAt({ parameters }: FunctionDefinition, index: number): FunctionParameter | undefined {
  const repeated = parameters.filter(({ isRepeated }) => isRepeated);
  const single = parameters.length - repeated.length;
  return index < single ? parameters[index] : repeated[(index - single) % repeated.length];
}

function checkArguments(call: Call, definition: FunctionDefinition): void {
  const { name, parameters } = definition;
  const count = call.arguments.length;
  const signature = expressionFunctions.find((one) => one.name === name)?.signature ?? name;
  const required = parameters.findLastIndex(({ isRequired }) => isRequired) + 1;
  const least = definition.leastArguments ?? required;
  const missing = parameters[count];
  if (count < least && missing !== undefined) {
    refuse(namePlace(call), `${name} lacks its ${missing.name}: it is written ${signature}.`);
  }
  const surplus = parameters.some(({ isRepeated }) => isRepeated)
    ? undefined
    : call.arguments[parameters.length];
  if (surplus !== undefined) {
    const most = parameters.length === 1 ? '1 argument' : `${parameters.length} arguments`;
    refuse(
      surplus.length === 0 ? namePlace(call) : surplus,
      `${name} has at most ${most}: it is written ${signature}.`,
    );
  }
  for (const [index, argument] of call.arguments.entries()) {
    const parameter = parameters[index];
    if (argument.kind !== 'omitted' || !parameter?.isRequired || parameter.isRepeated) continue;
    refuse(namePlace(call), `${name} lacks its ${parameter.name}: it is written ${signature}.`);
  }
}

function buildParameter(
  argument: Expression | OmittedArgument,
  parameter: FunctionParameter | undefined,
  depth: number,
  building: Building,
): CallArgument | undefined {
  switch (argument.kind) {
    case 'omitted':
      return undefined;
    case 'word':
      return parameter?.type === 'word' ? buildWord(argument, parameter) : refuseWord(argument);
    case 'comparison':
      if (parameter?.type === 'condition') return buildComparison(argument, depth, building);
  }
  return buildArgument(argument, depth, building);
}

function buildWord({ word, position, length }: Word, { words = [] }: FunctionParameter): CallArgument {
  if (!words.includes(word)) {
    refuse({ position, length }, `${word} is none of ${words.join(', ')}.`, nearestName(word, words));
  }
  return { position, length, constant: word, evaluate: () => word };
}

function buildComparison(comparison: Comparison, depth: number, building: Building): CallArgument {
  const { operator, position, length } = comparison;
  const left = buildSide(comparison.left, depth + 1, building);
  const right = buildSide(comparison.right, depth + 1, building);
  const evaluate: Evaluate = (context) =>
    truthText(isComparisonTrue(operator, left(context), right(context)));
  return { position, length, constant: undefined, evaluate: building.observe(comparison, evaluate) };
}

function buildSide(
  side: Comparison['left'],
  depth: number,
  building: Building,
): (context: EvaluationContext) => ComparedSide {
  const place = buildArgument(side, depth, building);
  const isNumber = side.kind === 'number';
  return (context) => ({ value: place.evaluate(context), place, isNumber });
}
