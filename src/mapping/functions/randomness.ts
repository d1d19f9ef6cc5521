/** Functions that give something else each time. */
import type { EvaluationContext } from '../compile-expression.ts';
import {
  type Evaluate,
  type FunctionCall,
  type FunctionDefinition,
  numberAt,
  optional,
  refuse,
  required,
  textAt,
} from '../expression-call.ts';
import { fail } from '../expression-values.ts';

export const randomFunctions: readonly FunctionDefinition[] = [
  {
    name: 'Guid',
    set: 'application',
    parameters: [],
    description: 'A new random identifier.',
    example: { expression: 'Guid()', attributes: {}, result: undefined },
    changes: () => true,
    build: () => (context) =>
      context.random === undefined ? crypto.randomUUID() : randomGuid(context.random),
  },
  {
    name: 'RandomString',
    set: 'application',
    parameters: [
      required('length', 'number'),
      required('minimumNumbers', 'number'),
      required('minimumSpecialCharacters', 'number'),
      required('minimumCapital', 'number'),
      required('minimumLowerCase', 'number'),
      optional('charactersToAvoid', 'text'),
    ],
    description:
      'A random text with at least so many characters of each kind. The rest is of the kinds that are asked for, or of all when none is.',
    example: { expression: 'RandomString(10, 2, 2, 2, 1, "?,")', attributes: {}, result: undefined },
    changes: () => true,
    build: buildRandomString,
  },
];

/** Asking for many at once is what makes them cheap. */
const pool = new Uint32Array(1024);
let used = pool.length;

/** From 0 to below 1, with the 53 bits that a number has. */
function secureRandom(): number {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  const [high = 0, low = 0] = [pool[used], pool[used + 1]];
  used += 2;
  return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
}

/** Version 4 of RFC 9562. */
function randomGuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (letter) => {
    const digit = Math.floor(random() * 16);
    return (letter === 'y' ? (digit & 3) | 8 : digit).toString(16);
  });
}

/** The kinds that Windows tells apart in passwords ("Microsoft: Password must meet complexity requirements"), in the order of the parameters. */
const kinds = [
  '0123456789',
  '~!@#$%^&*_-+=`|\\(){}[]:;"\'<>,.?/',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
] as const;
const kindNames = ['numbers', 'special characters', 'capitals', 'lower-case letters'] as const;
const mostCharacters = 256;

function buildRandomString(call: FunctionCall): Evaluate {
  const lengthAt = numberAt(call, 0, { least: 0, most: mostCharacters });
  const leastAt = kinds.map((_kind, index) => numberAt(call, index + 1, { least: 0, most: mostCharacters }));
  const avoidedAt = textAt(call, 5);
  const constants = call.arguments.map((argument) => argument?.constant);
  if (constants.slice(0, 5).every((constant) => constant !== undefined)) {
    const [length = 0, ...least] = constants.slice(0, 5).map(Number);
    const problem = problemOf(length, least, constants[5] ?? '');
    if (problem !== undefined) refuse(call, problem);
  }
  return (context) => {
    const length = lengthAt(context);
    const least = leastAt.map((read) => read(context)).filter((number) => number !== null);
    if (length === null || least.length < kinds.length) return null;
    const avoided = avoidedAt(context) ?? '';
    const problem = problemOf(length, least, avoided);
    return problem === undefined ? randomText(length, least, avoided, context) : fail(call, problem);
  };
}

function problemOf(length: number, least: readonly number[], avoided: string): string | undefined {
  const sum = least.reduce((total, number) => total + number, 0);
  if (sum > length)
    return `The least numbers of characters are ${sum} together, and the length is ${length}.`;
  const missing = alphabetsOf(avoided).findIndex(
    (letters, index) => letters === '' && (least[index] ?? 0) > 0,
  );
  if (missing >= 0) return `No ${kindNames[missing]} remain when ${avoided} are avoided.`;
  return sum < length && restOf(least, avoided) === '' ? 'No characters remain.' : undefined;
}

function alphabetsOf(avoided: string): readonly string[] {
  return kinds.map((kind) => [...kind].filter((letter) => !avoided.includes(letter)).join(''));
}

/** What the characters are taken from that no least number asks for. */
function restOf(least: readonly number[], avoided: string): string {
  const isAny = least.every((number) => number === 0);
  return alphabetsOf(avoided)
    .filter((_letters, index) => isAny || (least[index] ?? 0) > 0)
    .join('');
}

function randomText(
  length: number,
  least: readonly number[],
  avoided: string,
  context: EvaluationContext,
): string {
  const random = context.random ?? secureRandom;
  const pick = (letters: string) => letters.charAt(Math.floor(random() * letters.length));
  const chosen = alphabetsOf(avoided).flatMap((letters, index) =>
    Array.from({ length: least[index] ?? 0 }, () => pick(letters)),
  );
  const rest = restOf(least, avoided);
  while (chosen.length < length) chosen.push(pick(rest));
  return shuffle(chosen, random).join('');
}

/** Fisher and Yates. */
function shuffle(letters: readonly string[], random: () => number): readonly string[] {
  const shuffled = [...letters];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] ?? '', shuffled[last] ?? ''];
  }
  return shuffled;
}
