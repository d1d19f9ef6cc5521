import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileExpression, type EvaluationContext, type MappedValue } from './compile-expression.ts';
import { parseExpression } from './expression.ts';
import type { FunctionDescription } from './expression-call.ts';
import { expressionFunctions } from './expression-functions.ts';

type Attributes = Readonly<Record<string, unknown>>;

function evaluated(
  text: string,
  attributes: Attributes = {},
  rest: Partial<EvaluationContext> = {},
): MappedValue | string {
  const parsed = parseExpression(text);
  if (parsed.kind === 'mistake') throw new Error(parsed.mistake.message);
  const compiled = compileExpression(parsed.expression);
  if (compiled.kind === 'mistake') throw new Error(compiled.mistake.message);
  const now = () => new Date('2021-06-30T12:00:00Z');
  const outcome = compiled.compiled.evaluate({ attributes, now, ...rest });
  if (outcome.kind === 'failed') return `failed: ${outcome.message}`;
  return outcome.kind === 'ignored' ? 'ignored' : outcome.value;
}

describe('the functions', () => {
  test.each(expressionFunctions)('$name does what its example says', ({ example }) => {
    const { expression, attributes, result } = example;
    if (result !== undefined) expect(evaluated(expression, attributes)).toEqual(result);
    else expect(evaluated(expression, attributes)).toMatch(/^(?!failed)./);
  });

  test('are each there once, and say how they are called', () => {
    const names = expressionFunctions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort());
    const signatureOf = (wanted: string) =>
      expressionFunctions.find(({ name }) => name === wanted)?.signature;
    expect(signatureOf('Mid')).toBe('Mid(source, start, length?)');
    expect(signatureOf('Switch')).toBe('Switch(source, defaultValue?, key, value, …)');
    expect(signatureOf('Now')).toBe('Now()');
  });

  test('stand in docs/expressions.md as they are', () => {
    const page = readFileSync(new URL('../../docs/expressions.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => /^\| `\w+\(/.test(line));
    const rowsOf = (set: FunctionDescription['set']) =>
      expressionFunctions.filter((one) => one.set === set).map(rowOf);
    expect(rows).toEqual([...rowsOf('application'), ...rowsOf('cloud-sync')]);
  });
});

function rowOf({ signature, description, example }: FunctionDescription): string {
  const { expression, attributes, result } = example;
  const given = Object.entries(attributes).map(([name, value]) => `\`${name}\` ${JSON.stringify(value)}`);
  const shown = result === undefined ? 'another each time' : `\`${JSON.stringify(result)}\``;
  const where = given.length === 0 ? '' : `<br>${given.join(', ')}`;
  return `| \`${signature}\` | ${description} | \`${expression}\`${where} | ${shown} |`;
}

describe('where there is no value, or not the usual one,', () => {
  test.each<[expression: string, attributes: Attributes, expected: MappedValue]>([
    ['Append([a], "x")', {}, null],
    ['Append("x", [a])', {}, 'x'],
    ['Append([a], "x")', { a: '' }, 'x'],
    ['Append([a], "x")', { a: ['1', null, '2'] }, ['1x', '2x']],
    ['Append([a], "x")', { a: [] }, null],
    ['Append([a], "x")', { a: [null] }, null],
    ['Append([a], "x")', { a: true }, 'Truex'],
    ['BitAnd([a], 2)', {}, null],
    ['BitAnd([a], 2)', { a: '' }, null],
    ['BitAnd([a], [b])', { a: '9223372036854775807', b: -1 }, '9223372036854775807'],
    ['BitAnd(-1, -2)', {}, '-2'],
    ['BitAnd([a], 2)', { a: 'x' }, 'failed: "x" is not a whole number.'],
    ['BitAnd([a], 2)', { a: 2.5 }, 'failed: "2.5" is not a whole number.'],
    ['CBool([a])', {}, 'False'],
    ['CBool([a])', { a: 'TRUE' }, 'True'],
    ['CBool([a])', { a: 0 }, 'False'],
    ['CBool([a])', { a: '-1' }, 'True'],
    ['CBool([a])', { a: 'yes' }, 'False'],
    ['CBool([a])', { a: false }, 'False'],
    ['CDate([a])', {}, null],
    ['CDate([a])', { a: '' }, null],
    ['CDate([a])', { a: ['2020-01-01', '2020-01-02'] }, ['1/1/2020 12:00:00 AM', '1/2/2020 12:00:00 AM']],
    [
      'CDate([a])',
      { a: 'soon' },
      'failed: "soon" is not understood as a date: FormatDateTime reads dates in any form that it is told.',
    ],
    ['Coalesce([a], [b])', { a: '', b: 'x' }, ''],
    ['Coalesce([a], [b])', { a: [], b: ['x'] }, ['x']],
    ['Coalesce([a], [b])', {}, null],
    ['Coalesce([a], "")', {}, ''],
    ['Contains([a], "X")', { a: ['ax'] }, '0'],
    ['Contains([a], "X", 1, vbTextCompare)', { a: ['b', 'ax'] }, '2'],
    ['Contains([a], "a", 2)', { a: ['ab', 'ba'] }, '2'],
    ['Contains([a], "x")', {}, '0'],
    ['ConvertFromBase64([a])', { a: 'SABlAA==' }, 'He'],
    ['ConvertFromBase64([a], ASCII)', { a: 'SOk=' }, 'H?'],
    ['ConvertFromBase64([a], "UTF8")', { a: '/w==' }, 'failed: The bytes of "/w==" are no text in UTF8.'],
    ['ConvertFromBase64([a])', { a: 'x' }, 'failed: "x" is no Base64.'],
    ['ConvertToUTF8Hex([a])', { a: 'é😀' }, 'C3A9F09F9880'],
    ['Count([a])', {}, '0'],
    ['Count([a])', { a: 'x' }, '1'],
    ['Count([a])', { a: ['x', null] }, '1'],
    ['CStr([a])', { a: true }, 'True'],
    ['CStr([a])', { a: { id: '1' } }, '{"id":"1"}'],
    ['CStr([a])', {}, null],
    ['DateAdd("d", [n], [a])', { a: '2020-01-01' }, null],
    ['DateAdd("d", 1, [a])', {}, null],
    ['DateAdd([i], 1, [a])', { i: 'x', a: '2020-01-01' }, 'failed: "x" is none of yyyy, m, ww, d, h, n, s.'],
    [
      'DateAdd("yyyy", 9000, [a])',
      { a: '2020-01-01' },
      'failed: The date would be outside of the years 1 to 9999.',
    ],
    ['DateDiff("d", [a], Now())', {}, null],
    ['DateDiff("d", [a], Now())', { a: '2021-06-01' }, '29'],
    ['DateFromNum([a])', { a: '9223372036854775807' }, null],
    ['DateFromNum([a])', { a: 0 }, '1/1/1601 12:00:00 AM'],
    ['DateFromNum([a])', { a: -1 }, 'failed: "-1" is no file time.'],
    ['NumFromDate([a])', { a: '1500-01-01' }, 'failed: File times begin with the year 1601.'],
    ['NumFromDate([a])', { a: '2021-01-01T00:00:00.0000001Z' }, '132539328000000001'],
    ['DNComponent([a], 2)', { a: 'CN=Smith\\, John,OU=A+B=c,DC=x' }, 'A'],
    ['DNComponent([a], 1)', { a: 'CN=Smith\\, John\\C3\\A9,OU=A' }, 'Smith, Johné'],
    ['DNComponent([a], 9)', { a: 'CN=x' }, null],
    ['DNComponent([a], 1)', { a: 'x' }, 'failed: "x" is no distinguished name.'],
    ['FormatDateTime([a], "yyyy-MM-dd", "dd.MM.yyyy")', { a: '2020-03-06' }, '06.03.2020'],
    ['FormatDateTime([a], "", "yyyy-MM-dd", "dd.MM.yyyy")', { a: ' 2020-03-06 ' }, '06.03.2020'],
    [
      'FormatDateTime([a], "None", "yyyy-MM-dd", "dd.MM.yyyy")',
      { a: ' 2020-03-06 ' },
      'failed: " 2020-03-06 " is no date of the form "yyyy-MM-dd".',
    ],
    [
      'FormatDateTime([a], "AssumeUniversal, AllowWhiteSpaces", "yyyy-MM-dd", "yyyyK")',
      { a: '2020-03- 06' },
      '2020Z',
    ],
    ['FormatDateTime([a], , [f], "yyyy")', { a: '06.03.20', f: 'dd.MM.yy' }, '2020'],
    ['FormatDateTime([a], , "yyyy", "yyyy")', {}, null],
    ['FormatDateTime([a], , "yyyy", "yyyy")', { a: '' }, null],
    ['IIF([a] = "", "none", "some")', {}, 'none'],
    ['IIF([a] <> "x", "other", "same")', {}, 'other'],
    ['IIF([a] > 1, "more", "not more")', {}, 'not more'],
    ['IIF([a] <= 1, "not more", "unknown")', { a: '' }, 'unknown'],
    ['IIF([a] = "X", "same", "other")', { a: 'x' }, 'other'],
    ['IIF([a] = "7", "same", "other")', { a: '007' }, 'other'],
    ['IIF([a] = 7, "same", "other")', { a: '007' }, 'same'],
    ['IIF([a] = "7.0", "same", "other")', { a: 7 }, 'same'],
    ['IIF([a] > "9", "more", "less")', { a: '10' }, 'more'],
    ['IIF([a] > "1.5", "more", "less")', { a: '1.25' }, 'less'],
    ['IIF([a] > "b", "more", "less")', { a: 'a' }, 'less'],
    ['IIF([a] < Now(), "past", "future")', { a: '2021-07-01' }, 'future'],
    ['IIF(IsPresent([a]), "there", "absent")', { a: 'x' }, 'there'],
    ['IIF([a] = "True", 1, 2)', { a: true }, '1'],
    ['IIF([a] = "x", 1, 2)', { a: ['x'] }, '1'],
    ['IIF([a], "yes", "no")', { a: true }, 'yes'],
    ['InStr([a], "x")', {}, '0'],
    ['InStr("abc", [a])', {}, '0'],
    ['InStr("abc", "")', {}, '1'],
    ['InStr("ABC", "b")', {}, '0'],
    ['InStr("ßABC", "b", 1, vbTextCompare)', {}, '3'],
    ['InStr("abc", "a", 9)', {}, '0'],
    ['IsNull([a])', { a: '' }, 'False'],
    ['IsNull([a])', { a: [] }, 'True'],
    ['IsNullOrEmpty([a])', { a: [null] }, 'True'],
    ['IsPresent([a])', { a: false }, 'True'],
    ['IsString([a])', { a: 'x' }, 'True'],
    ['IsString([a])', { a: 1 }, 'True'],
    ['IsString([a])', { a: ['x'] }, 'True'],
    ['IsString([a])', {}, 'False'],
    ['IsString([a])', { a: { b: 1 } }, 'False'],
    ['Item([a], 1)', { a: 'x' }, 'x'],
    ['Item([a], 3)', { a: ['x', 'y'] }, 'failed: There is no value number 3: the list has 2.'],
    ['Item([a], 1)', {}, null],
    ['Item([a], Contains([a], "z"))', { a: ['x'] }, 'failed: 0 is too small here: 1 is the least.'],
    ['Join("-", [a], "", [b], [c])', { a: ['1', '2'], b: 3 }, '1-2-3'],
    ['Join(" ", [a], [b])', {}, null],
    ['Join(" ", [a])', { a: '' }, null],
    ['Join([s], "a", "b")', {}, 'ab'],
    ['Left([a], 3)', {}, ''],
    ['Left("abc", 0)', {}, ''],
    ['Left("abc", -1)', {}, 'abc'],
    ['Left("abc", 9)', {}, 'abc'],
    ['Left("a😀b", 2)', {}, 'a'],
    ['Mid([a], 1, 2)', {}, null],
    ['Mid("abc", 2)', {}, 'bc'],
    ['Mid("abc", 9, 1)', {}, ''],
    ['Mid("abc", 2, 99)', {}, 'bc'],
    ['Mid("a😀b", 2, 2)', {}, '😀'],
    ['Mid("a😀b", 3, 2)', {}, '😀b'],
    ['Mid("abc", [n])', { n: 0 }, 'failed: 0 is too small here: 1 is the least.'],
    ['Not([a])', {}, 'True'],
    ['Not([a])', { a: true }, 'False'],
    ['Not([a])', { a: 'true' }, 'False'],
    ['Not([a])', { a: '1' }, 'True'],
    ['PCase([a])', { a: "o'brien-SMITH 3rd (iii)" }, "O'brien-Smith 3Rd (Iii)"],
    ['PCase([a], " ")', { a: "o'brien-SMITH" }, "O'brien-smith"],
    ['PCase([a], " ")', { a: '(second)' }, '(Second)'],
    ['PCase([a])', { a: 'ßa ǆx ÉCOLE' }, 'ßa ǅx École'],
    ['Redact([a])', { a: 'x' }, 'x'],
    ['RemoveDuplicates([a])', { a: ['b', 'a', 'B', 'b'] }, ['b', 'a', 'B']],
    ['RemoveDuplicates([a])', {}, null],
    ['Replace([a], "x", , , "y")', {}, null],
    ['Replace([a], [b], , , "y")', { a: 'x' }, 'x'],
    ['Replace([a], [b], , , "y")', { a: 'x', b: '' }, 'failed: The text to be replaced is empty.'],
    ['Replace([a], "x", , , [b])', { a: 'axbx' }, 'ab'],
    ['Replace([a], "$", , , "$&$1")', { a: 'a$' }, 'a$&$1'],
    ['Replace([a], "X", , , "y")', { a: 'x' }, 'x'],
    ['Replace([a], "smtp:", , , "")', { a: ['smtp:1', 'SMTP:2'] }, ['1', 'SMTP:2']],
    ['Replace([a], "<x>", , , , , [t])', { a: 'me' }, null],
    ['Replace([a], , [p], , "")', { a: 'a1', p: '\\d' }, 'a'],
    ['Replace([a], , [p], , "")', { a: 'a1' }, 'a1'],
    [
      'Replace([a], , [p], , "")',
      { a: 'a1', p: '(' },
      'failed: The regular expression cannot be used. It has a "(" without a ")".',
    ],
    ['Replace([a], , "(?<x>b)?a", "x", "-")', { a: 'aba' }, 'a-a'],
    [
      'Replace([a], , "(?<x>b)", [g], "-")',
      { a: 'b', g: 'y' },
      'failed: The regular expression has no group "y"; a group is written (?<name>…).',
    ],
    ['Replace([a], , "(?<x>\\\\d+)", "x", , [b])', { a: 'here', b: '12' }, 'here'],
    ['Replace([a], , "(?<x>\\\\d+)", "x", , [b])', { b: 'none' }, null],
    ['SelectUniqueValue([a], [b], "c")', { b: '' }, 'c'],
    ['SelectUniqueValue([a], [b])', {}, null],
    ['SingleAppRoleAssignment([a])', { a: ['User', 'Admin'] }, 'Admin'],
    ['SingleAppRoleAssignment([a])', { a: [{ displayName: 'Users', value: '' }] }, 'Users'],
    ['SingleAppRoleAssignment([a])', { a: [{}] }, null],
    ['AppRoleAssignments([a])', {}, null],
    ['Split([a], ",")', {}, null],
    ['Split([a], ",")', { a: '' }, []],
    ['Split([a], ";")', { a: 'a;; b' }, ['a', '', 'b']],
    ['Split([a], ", ")', { a: ['1, 2', '3'] }, ['1', '2', '3']],
    ['Count(Split([a], ","))', { a: '' }, '0'],
    ['StringFromSid([a])', { a: 'S-1-5-32-544' }, 'S-1-5-32-544'],
    ['StringFromSid([a])', { a: 'AQIAAAAAAAUgAAAAIAIAAA==' }, 'S-1-5-32-544'],
    ['StringFromSid([a])', { a: 'AQUAAA==' }, 'failed: "AQUAAA==" is not Base64 of a security identifier.'],
    ['StripSpaces([a])', { a: ' a b\u00a0c ' }, 'ab\u00a0c'],
    ['Switch([a], "x", "", "none")', {}, 'none'],
    ['Switch([a], "x", "", "none")', { a: [] }, 'none'],
    ['Switch([a], "x", [b], "same")', {}, 'x'],
    ['Switch([a], "x", [b], "same")', { a: '1', b: 1 }, 'same'],
    ['Switch([a], , "k", )', { a: 'k' }, null],
    ['Switch([a], , "k", "v")', { a: 'K' }, null],
    ['Switch([a], , "k", "first", "k", "second")', { a: 'k' }, 'first'],
    ['Switch([a], , "True", "on", "False", "off")', { a: false }, 'off'],
    ['ToLower([a], "tr-TR")', { a: 'TITLE' }, 'tıtle'],
    ['ToUpper([a], [c])', { a: 'i', c: 'tr' }, 'İ'],
    ['ToUpper([a], [c])', { a: 'i' }, 'I'],
    [
      'ToUpper([a], [c])',
      { a: 'i', c: 'nowhere' },
      'failed: "nowhere" is no culture that is known: cultures are written like en-US or tr-TR.',
    ],
    ['ToLower([a], "")', { a: 'I' }, 'i'],
    ['Trim([a])', { a: [' x ', '\ty'] }, ['x', 'y']],
    ['Word([a], 1, " ")', {}, ''],
    ['Word("a b", 0, " ")', {}, ''],
    ['Word("a b", 3, " ")', {}, ''],
    ['Word(" a  b ", 2, " ")', {}, 'b'],
    ['Word("a😀b", 2, "😀")', {}, 'b'],
    [
      'ToLower([a])',
      { a: ['x', { b: 1 }] },
      'failed: A text is needed here, and the value has parts of its own: name one of them after a dot, as in [manager.id].',
    ],
    [
      'InStr([a], "x")',
      { a: ['x', 'y'] },
      'failed: One value is needed here, and there are 2: choose one with Item, or put them together with Join.',
    ],
  ])('%s with %j is %j', (expression, attributes, expected) => {
    expect(evaluated(expression, attributes)).toEqual(expected);
  });

  test('every value that is taken is named when none is left', () => {
    expect(evaluated('SelectUniqueValue([a], Append([a], "1"))', { a: 'ada' }, { isFree: () => false })).toBe(
      'failed: Every value is taken already: "ada", "ada1".',
    );
  });
});

describe('what is random', () => {
  test('is a GUID of version 4 in small letters', () => {
    const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(evaluated('Guid()')).toMatch(guid);
    expect(evaluated('Guid()')).not.toBe(evaluated('Guid()'));
    expect(evaluated('Guid()', {}, { random: () => 0.999 })).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });

  test('is a text of the kinds that are asked for, and of all when none is', () => {
    for (let count = 0; count < 50; count += 1) {
      expect(evaluated('RandomString(20, 1, 0, 0, 1)')).toMatch(/^(?=.*[0-9])(?=.*[a-z])[0-9a-z]{20}$/);
      expect(evaluated('RandomString(200, 0, 0, 0, 0)')).toMatch(
        /^(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])(?=.*[~!@#$%^&*_+=-]).{200}$/,
      );
    }
    expect(evaluated('RandomString(0, 0, 0, 0, 0)')).toBe('');
    expect(evaluated('RandomString([n], 0, 0, 0, 0)', { n: 300 })).toBe(
      'failed: 300 is too large here: 256 is the most.',
    );
    expect(evaluated('RandomString([n], 2, 2, 2, 2)', { n: 5 })).toBe(
      'failed: The least numbers of characters are 8 together, and the length is 5.',
    );
  });

  test('is the same where the random numbers are', () => {
    const random = () => 0;
    const expression = 'RandomString(6, 3, 0, 0, 3)';
    expect(evaluated(expression, {}, { random })).toBe(evaluated(expression, {}, { random }));
  });
});
