/** The function SelectUniqueValue: the first of several values that nobody in the target has. */
import {
  type Evaluate,
  type FunctionCall,
  type FunctionDefinition,
  repeated,
  required,
} from '../expression-call.ts';
import { fail, quote, textOf } from '../expression-values.ts';

export const uniquenessFunctions: readonly FunctionDefinition[] = [
  {
    name: 'SelectUniqueValue',
    set: 'application',
    parameters: [required('rule1', 'value'), repeated('rule', 'value')],
    description:
      'The first value that is still free in the target; the entry fails when none is. It can only be the whole expression.',
    example: {
      expression:
        'SelectUniqueValue(Join("@", [givenName], "contoso.com"), Join("@", [surname], "contoso.com"))',
      attributes: { givenName: 'ada', surname: 'lovelace' },
      result: 'ada@contoso.com',
    },
    isOnlyWhole: true,
    changes: () => true,
    build: buildSelectUniqueValue,
  },
];

/** Where there is no target to ask, the first value is taken. Rules without a value are passed over. */
function buildSelectUniqueValue(call: FunctionCall): Evaluate {
  const rules = call.arguments.filter((rule) => rule !== undefined);
  return (context) => {
    const taken: string[] = [];
    for (const rule of rules) {
      const value = textOf(rule.evaluate(context), rule);
      if (value === null || value === '') continue;
      if (context.isFree === undefined || context.isFree(value)) return value;
      taken.push(value);
    }
    if (taken.length === 0) return null;
    return fail(call, `Every value is taken already: ${taken.slice(0, 5).map(quote).join(', ')}.`);
  };
}
