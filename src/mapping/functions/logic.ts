/** Functions that decide: conditions, choices between values, and what becomes of a flow. */
import type { EvaluationContext, MappedValue } from '../compile-expression.ts';
import {
  argumentAt,
  type CallArgument,
  type Evaluate,
  type FunctionCall,
  type FunctionDefinition,
  optional,
  refuse,
  repeated,
  required,
  textFrom,
} from '../expression-call.ts';
import {
  FlowIgnored,
  fail,
  isEmpty,
  isList,
  isNothing,
  textOf,
  truthOf,
  truthText,
  valuesOf,
} from '../expression-values.ts';

export const logicFunctions: readonly FunctionDefinition[] = [
  {
    name: 'IIF',
    set: 'application',
    parameters: [
      required('condition', 'condition'),
      required('valueIfTrue', 'value'),
      required('valueIfFalse', 'value'),
    ],
    description:
      'One value when the condition holds, and another when it does not. Conditions compare with =, <>, <, <=, > or >=.',
    example: {
      expression: 'IIF([country] = "USA", [country], [department])',
      attributes: { country: 'France', department: 'IT' },
      result: 'IT',
    },
    build: (call) => {
      const condition = argumentAt(call, 0);
      const [chosen, other] = [argumentAt(call, 1), argumentAt(call, 2)];
      return (context) =>
        truthOf(condition.evaluate(context), condition) ? chosen.evaluate(context) : other.evaluate(context);
    },
  },
  {
    name: 'Switch',
    set: 'application',
    parameters: [
      required('source', 'text'),
      optional('defaultValue', 'value'),
      repeated('key', 'text'),
      repeated('value', 'value'),
    ],
    description:
      'The value of the key that is exactly the source, or the default. Null and "" both have the key "".',
    example: {
      expression:
        'Switch([state], "Australia/Sydney", "QLD", "Australia/Brisbane", "SA", "Australia/Adelaide")',
      attributes: { state: 'QLD' },
      result: 'Australia/Brisbane',
    },
    build: buildSwitch,
  },
  {
    name: 'Coalesce',
    set: 'application',
    parameters: [repeated('source', 'value')],
    description:
      'The first value that is not null; the last one serves as the default. An empty text is a value.',
    example: {
      expression: 'Coalesce([mail], [userPrincipalName])',
      attributes: { mail: null, userPrincipalName: 'ada@contoso.com' },
      result: 'ada@contoso.com',
    },
    build: (call) => {
      const sources = call.arguments.filter((source) => source !== undefined);
      return (context) => {
        for (const source of sources) {
          const value = source.evaluate(context);
          if (!isNothing(value)) return value;
        }
        return null;
      };
    },
  },
  {
    name: 'CBool',
    set: 'application',
    parameters: [required('expression', 'condition')],
    description:
      'True for a condition that holds, for "true" in any case and for numbers other than 0; False for everything else.',
    example: { expression: 'CBool([a] = [b])', attributes: { a: 'x', b: 'x' }, result: 'True' },
    build: (call) => buildTest(call, (value, place) => truthOf(value, place)),
  },
  {
    name: 'Not',
    set: 'application',
    parameters: [required('source', 'boolean')],
    description: 'False for True, and True for everything else.',
    example: { expression: 'Not([IsSoftDeleted])', attributes: { IsSoftDeleted: 'False' }, result: 'True' },
    build: (call) => buildTest(call, (value, place) => textOf(value, place)?.trim().toLowerCase() !== 'true'),
  },
  {
    name: 'IsNull',
    set: 'application',
    parameters: [required('expression', 'value')],
    description: 'True when there is no value. An empty text is one, an empty list is none.',
    example: { expression: 'IsNull([mail])', attributes: {}, result: 'True' },
    build: (call) => buildTest(call, isNothing),
  },
  {
    name: 'IsNullOrEmpty',
    set: 'application',
    parameters: [required('expression', 'value')],
    description: 'True when there is no value, or an empty text.',
    example: { expression: 'IsNullOrEmpty([mail])', attributes: { mail: '' }, result: 'True' },
    build: (call) => buildTest(call, isEmpty),
  },
  {
    name: 'IsPresent',
    set: 'application',
    parameters: [required('expression', 'value')],
    description: 'True when there is a value that is not an empty text.',
    example: { expression: 'IsPresent([mail])', attributes: { mail: 'ada@contoso.com' }, result: 'True' },
    build: (call) => buildTest(call, (value) => !isEmpty(value)),
  },
  {
    name: 'IsString',
    set: 'application',
    parameters: [required('expression', 'value')],
    description: 'True when the value is a text, or a single value that can be written as one.',
    example: {
      expression: 'IsString([otherMails])',
      attributes: { otherMails: ['a@x.com', 'b@x.com'] },
      result: 'False',
    },
    build: (call) =>
      buildTest(call, (value) => valuesOf(value).length === 1 && typeof valuesOf(value)[0] !== 'object'),
  },
  {
    name: 'IgnoreFlowIfNullOrEmpty',
    set: 'application',
    parameters: [required('expression', 'value')],
    description: 'The value; when there is none, or an empty text, the target attribute is left as it is.',
    example: {
      expression: 'IgnoreFlowIfNullOrEmpty([mail])',
      attributes: { mail: 'ada@contoso.com' },
      result: 'ada@contoso.com',
    },
    build: (call) => {
      const { evaluate } = argumentAt(call, 0);
      return (context) => {
        const value = evaluate(context);
        if (isEmpty(value)) throw new FlowIgnored();
        return value;
      };
    },
  },
  {
    name: 'Redact',
    set: 'application',
    parameters: [required('source', 'value')],
    description: 'The value, which logs and entries do not show.',
    example: { expression: 'Redact([employeeId])', attributes: { employeeId: '1815' }, result: '1815' },
    isRedacting: true,
    build: (call) => argumentAt(call, 0).evaluate,
  },
  {
    name: 'Error',
    set: 'cloud-sync',
    parameters: [required('message', 'text')],
    description: 'Fails the entry with a message.',
    example: {
      expression: 'IIF(IsPresent([mail]), [mail], Error("There is no mail address."))',
      attributes: { mail: 'ada@contoso.com' },
      result: 'ada@contoso.com',
    },
    build: (call) => {
      const messageAt = textFrom(argumentAt(call, 0));
      return (context) =>
        fail(call, messageAt(context) ?? 'The function Error was called without a message.');
    },
  },
];

function buildTest(call: FunctionCall, test: (value: MappedValue, place: CallArgument) => boolean): Evaluate {
  const argument = argumentAt(call, 0);
  return (context) => truthText(test(argument.evaluate(context), argument));
}

type Case = Readonly<{ key: CallArgument; value: CallArgument | undefined }>;

function buildSwitch(call: FunctionCall): Evaluate {
  const source = argumentAt(call, 0);
  const otherwise = call.arguments[1];
  const cases = readCases(call);
  const evaluateChosen = (chosen: CallArgument | undefined, context: EvaluationContext) =>
    chosen?.evaluate(context) ?? null;
  // The first of several equal keys counts.
  const constants = new Map(cases.toReversed().map((one) => [one.key.constant, one] as const));
  if (!constants.has(undefined)) {
    return (context) => {
      const found = constants.get(keyOf(source.evaluate(context), source));
      return evaluateChosen(found === undefined ? otherwise : found.value, context);
    };
  }
  return (context) => {
    const sought = keyOf(source.evaluate(context), source);
    const found = cases.find(({ key }) => textOf(key.evaluate(context), key) === sought);
    return evaluateChosen(found === undefined ? otherwise : found.value, context);
  };
}

function keyOf(value: MappedValue, place: CallArgument): string {
  return (isList(value) && isNothing(value) ? null : textOf(value, place)) ?? '';
}

function readCases(call: FunctionCall): readonly Case[] {
  if (call.arguments.length % 2 !== 0) {
    const last = call.arguments.at(-1) ?? call;
    refuse(
      last,
      'Switch has a key without a value: after the source and the default come pairs of a key and a value.',
    );
  }
  const cases: Case[] = [];
  for (let index = 2; index < call.arguments.length; index += 2) {
    const key = call.arguments[index];
    if (key === undefined)
      return refuse(call, `Key ${index / 2} of Switch is left out; write "" for a source without a value.`);
    cases.push({ key, value: call.arguments[index + 1] });
  }
  return cases;
}
