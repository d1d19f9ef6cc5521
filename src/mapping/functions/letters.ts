/** Functions about letters: their case and their marks. */
import { normalizeDiacritics } from '../diacritics.ts';
import {
  argumentAt,
  type Evaluate,
  eachText,
  eachTextWith,
  type FunctionCall,
  type FunctionDefinition,
  optional,
  refuse,
  required,
  textAt,
} from '../expression-call.ts';
import { fail, quote } from '../expression-values.ts';

export const letterFunctions: readonly FunctionDefinition[] = [
  {
    name: 'ToLower',
    set: 'application',
    parameters: [required('source', 'text'), optional('culture', 'text')],
    description: 'In lower case, by the rules of a culture like tr-TR where one is said.',
    example: {
      expression: 'ToLower([mail])',
      attributes: { mail: 'Ada@Contoso.com' },
      result: 'ada@contoso.com',
    },
    build: (call) =>
      buildCase(call, (text, culture) =>
        culture === '' ? text.toLowerCase() : text.toLocaleLowerCase(culture),
      ),
  },
  {
    name: 'ToUpper',
    set: 'application',
    parameters: [required('source', 'text'), optional('culture', 'text')],
    description: 'In upper case, by the rules of a culture like tr-TR where one is said.',
    example: { expression: 'ToUpper([country])', attributes: { country: 'de' }, result: 'DE' },
    build: (call) =>
      buildCase(call, (text, culture) =>
        culture === '' ? text.toUpperCase() : text.toLocaleUpperCase(culture),
      ),
  },
  {
    name: 'PCase',
    set: 'application',
    parameters: [required('source', 'text'), optional('wordSeparators', 'text')],
    description:
      'Each word with a capital, and everything else in lower case. Where word separators are said, only they begin a word.',
    example: {
      expression: 'PCase([surname], " \'-")',
      attributes: { surname: "PINTO-DE'SILVA" },
      result: "Pinto-De'Silva",
    },
    build: buildPCase,
  },
  {
    name: 'NormalizeDiacritics',
    set: 'application',
    parameters: [required('source', 'text')],
    description: 'Latin letters without their marks: é becomes e, ø becomes oe, ß becomes ss.',
    example: {
      expression: 'NormalizeDiacritics([givenName])',
      attributes: { givenName: 'Zoë' },
      result: 'Zoe',
    },
    build: (call) => eachText(argumentAt(call, 0), normalizeDiacritics),
  },
];

function buildCase(call: FunctionCall, change: (text: string, culture: string) => string): Evaluate {
  const source = argumentAt(call, 0);
  const argument = call.arguments[1];
  if (argument === undefined) return eachText(source, (text) => change(text, ''));
  const { constant } = argument;
  if (constant !== undefined) {
    if (!isCulture(constant)) refuse(argument, unknownCulture(constant));
    return eachText(source, (text) => change(text, constant));
  }
  const cultureAt = textAt(call, 1);
  return eachTextWith(source, (context) => {
    const culture = cultureAt(context) ?? '';
    if (!isCulture(culture)) fail(argument, unknownCulture(culture));
    return (text) => change(text, culture);
  });
}

/** "" is the invariant culture of .NET. */
function isCulture(culture: string): boolean {
  if (culture === '') return true;
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(culture).length === 1;
  } catch {
    return false;
  }
}

function unknownCulture(culture: string): string {
  return `${quote(culture)} is no culture that is known: cultures are written like en-US or tr-TR.`;
}

function buildPCase(call: FunctionCall): Evaluate {
  const source = argumentAt(call, 0);
  if (call.arguments[1] === undefined) return eachText(source, (text) => capitalize(text, isOutsideOfWords));
  const separatorsAt = textAt(call, 1);
  return eachTextWith(source, (context) => {
    const separators = new Set(separatorsAt(context) ?? '');
    return (text) => capitalize(text, (letter) => separators.has(letter));
  });
}

/**
 * What separates words for .NET: everything but letters, marks and digits. An apostrophe does not separate the words that it stands in
 * ("Microsoft: TextInfo.ToTitleCase").
 */
function isOutsideOfWords(letter: string): boolean {
  return letter !== "'" && !/[\p{L}\p{M}\p{N}\p{Cs}\p{Co}\p{Cn}]/u.test(letter);
}

function capitalize(text: string, isSeparator: (letter: string) => boolean): string {
  let isInWord = false;
  let capitalized = '';
  for (const letter of text.toLowerCase()) {
    const isLetter = /\p{L}/u.test(letter);
    capitalized += isLetter && !isInWord ? capitalOf(letter) : letter;
    isInWord = isLetter || (isInWord && !isSeparator(letter));
  }
  return capitalized;
}

/** Letters that stand for two have a form of their own at the beginning of a word. */
const titleLetters: Readonly<Record<string, string>> = { ǆ: 'ǅ', ǉ: 'ǈ', ǌ: 'ǋ', ǳ: 'ǲ' };

function capitalOf(letter: string): string {
  const upper = titleLetters[letter] ?? letter.toUpperCase();
  // Some letters, like ß, have no capital of one letter and stay.
  return upper.length === letter.length ? upper : letter;
}
