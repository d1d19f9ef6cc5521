/** All functions of the expression language: the one table that expressions are compiled by, completed by, and documented from. */
import type { FunctionDefinition, FunctionDescription, FunctionParameter } from './expression-call.ts';
import { appRoleFunctions } from './functions/app-roles.ts';
import { dateFormatFunctions } from './functions/date-formats.ts';
import { dateFunctions } from './functions/dates.ts';
import { encodingFunctions } from './functions/encodings.ts';
import { letterFunctions } from './functions/letters.ts';
import { listFunctions } from './functions/lists.ts';
import { logicFunctions } from './functions/logic.ts';
import { numberFunctions } from './functions/numbers.ts';
import { randomFunctions } from './functions/randomness.ts';
import { replaceFunctions } from './functions/replace.ts';
import { textFunctions } from './functions/text.ts';
import { uniquenessFunctions } from './functions/uniqueness.ts';

const definitions: readonly FunctionDefinition[] = [
  ...textFunctions,
  ...letterFunctions,
  ...replaceFunctions,
  ...listFunctions,
  ...logicFunctions,
  ...numberFunctions,
  ...dateFunctions,
  ...dateFormatFunctions,
  ...encodingFunctions,
  ...appRoleFunctions,
  ...uniquenessFunctions,
  ...randomFunctions,
];

/** By name; names are case-sensitive. */
export const definitionByName: ReadonlyMap<string, FunctionDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);

/** What people read of each function, in the order of their names. */
export const expressionFunctions: readonly FunctionDescription[] = definitions
  .map(({ name, parameters, description, example, set }) => ({
    name,
    signature: `${name}(${signatureOf(parameters)})`,
    parameters,
    description,
    example,
    set,
  }))
  .sort((one, other) => (one.name < other.name ? -1 : 1));

/** `source, start, length?`; a list that goes on ends with `…`. */
function signatureOf(parameters: readonly FunctionParameter[]): string {
  const names = parameters.map(({ name, isRequired }) => (isRequired ? name : `${name}?`));
  return [...names, ...(parameters.at(-1)?.isRepeated ? ['…'] : [])].join(', ');
}

/** Functions that Microsoft names and does not specify, with the reason why there is no such function here. */
export const refusedFunctions: ReadonlyMap<string, string> = new Map([
  [
    'DefaultDomain',
    'DefaultDomain is a function that Microsoft names and does not describe: write the domain as a text, like "contoso.com".',
  ],
]);
