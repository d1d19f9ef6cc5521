import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegularExpression, type RegularExpression } from './regular-expression.ts';

function compiled(pattern: string): RegularExpression {
  const outcome = compileRegularExpression(pattern);
  if (outcome.kind === 'mistake') throw new Error(outcome.message);
  return outcome.expression;
}

describe('a pattern matches what it matches in .NET', () => {
  test.each([
    ['^[0-9]+$', '123', true],
    ['[0-9]', 'a1', true],
    ['^\\w+$', 'Zoë', true],
    ['^\\w+$', 'Андрей_1', true],
    ['^\\d$', '٣', true],
    ['^\\D$', '٣', false],
    ['^\\s$', '\u2003', true],
    ['^\\S$', '\u2003', false],
    ['^[\\s\\S]$', '\n', true],
    ['^[\\W_]$', '_', true],
    ['^[\\W_]$', 'é', false],
    ['^[^\\W_]$', 'é', true],
    ['^[\\d\\-x]+$', '1-x', true],
    ['^.$', '\n', false],
    ['(?s)^.$', '\n', true],
    ['(?i)^straße$', 'STRAßE', true],
    ['(?-i:A)', 'a', false],
    ['^(?:a|b)c$', 'bc', true],
    ['^[]a]+$', ']a', true],
    ['^[[:alpha:]+$', 'al[:', true],
    ['^\\u00e9\\x41\\cA\\e\\0$', 'éA\u0001\u001b\0', true],
    ['^[\\b]$', '\b', true],
    ['\\bcat\\b', 'a cat!', true],
    ['\\Acat\\z', 'cat', true],
    ['^\\_\\=\\<\\>\\/\\:\\"\\ $', '_=<>/:" ', true],
    ['^\\p{Lu}\\P{Lu}$', 'Äx', true],
    ['a{', 'a{', true],
    ['^a{2,3}?$', 'aaa', true],
    ['(1[0-9]{6})', 'x1234567', true],
  ])('%s in %j: %s', (pattern, text, expected) => {
    expect(compiled(pattern).test(text)).toBe(expected);
  });
});

describe('replacing puts in what .NET puts in', () => {
  test.each([
    ['a*', 'baac', 'x', 'xbxxcx'],
    ['(?<year>\\d{4})-(?<month>\\d\\d)', '2021-06', '${month}/${year}', '06/2021'],
    ["(?'first'\\w)(\\w)", 'ab', '$1$2', 'ba'],
    ['(\\w)(?<last>\\w)', 'ab', '$2$1${last}', 'bab'],
    ['b', 'abc', '[$&]', 'a[b]c'],
    ['b', 'abc', "$`|$'|$_|$$", 'aa|c|abc|$c'],
    ['(a)(b)?', 'ac', '<$2>$+', '<>c'],
    ['a', 'a', '${nobody}$9$', '${nobody}$9$'],
    ['(a)', 'a', '$10', '$10'],
    ['x', 'abc', 'y', 'abc'],
    ['', 'ab', '-', '-a-b-'],
    ['$', 'ab', '!', 'ab!'],
    ['😀', 'a😀b', '', 'ab'],
  ])('%s in %s with %s', (pattern, text, replacement, expected) => {
    expect(compiled(pattern).replace(text, replacement)).toBe(expected);
  });

  test('and groups know where they stand', () => {
    const [first, second] = [...compiled('(?<name>\\w+)@(?<rest>x)?').matches('é ada@x bob@')];
    expect(first).toMatchObject({ start: 2, end: 7, text: 'ada@x' });
    expect(first?.group('name')).toEqual({ start: 2, end: 5, text: 'ada' });
    expect(second?.group('name')).toEqual({ start: 8, end: 11, text: 'bob' });
    expect(second?.group('rest')).toBeUndefined();
    expect(second?.group('nobody')).toBeUndefined();
    expect(compiled('(?<b>x)(y)(?<a>z)').groupNames).toEqual(['b', 'a']);
  });
});

describe('a pattern that cannot be used is refused in a sentence', () => {
  test.each([
    ['a(?=b)', /"\(\?=" looks ahead or behind, which cannot be matched in linear time\./],
    ['a(?!b)', /looks ahead or behind/],
    ['(?<=a)b', /looks ahead or behind/],
    ['(?<!a)b', /looks ahead or behind/],
    ['(a)\\1', /"\\1" asks for what a group has matched/],
    ['(?<n>a)\\k<n>', /"\\k" asks for what a group has matched/],
    ['(?>a)', /atomic group/],
    ['(?(a)b)', /is a condition/],
    ['(?<a-b>x)', /"\(\?<a-b" is not understood/],
    ['(?x)a b', /options are i, m and s/],
    ['(?#note)', /not understood/],
    ['[a-z-[aeiou]]', /takes characters out of others/],
    ['a\\Z', /write \\z or \$/],
    ['\\q', /"\\q" is not understood/],
    ['\\u12', /four hexadecimal digits/],
    ['a\\', /single backslash/],
    ['[a', /"\[" without a "\]"/],
    ['(a', /"\(" without a "\)"/],
    ['a)', /"\)" without a "\("/],
    ['*a', /Nothing stands before/],
    ['a++', /repeats a repetition/],
    ['a{1001}', /at most 1000 times/],
    ['((a{100}){100}){100}', /at most 1000 times/],
    ['(?:[a-z]{900}){1}(?:[a-z]{900}){1}(?:[a-z]{900}){1}(?:[a-z]{900}){1}(?:[a-z]{900}){1}', /too large/],
    ['[z-a]', /"z-a" is not understood/],
    ['\\p{IsGreek}', /not understood/],
    ['(?<n>a)(?<n>b)', /two groups with the name n/],
    [`${'('.repeat(1000)}${')'.repeat(1000)}`, /nested too deep/],
    ['a'.repeat(2001), /2001 characters; 2000 are the most/],
  ])('%s', (pattern, message) => {
    const outcome = compileRegularExpression(pattern);
    expect(outcome).toMatchObject({ kind: 'mistake', message: expect.stringMatching(message) });
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/^The regular expression cannot be used\. .*\.$/),
    });
  });
});

test('whatever is compiled agrees with JavaScript, where both mean the same', () => {
  const atoms = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '(a|b)',
    '(?:ab)',
    '\\d',
    'é',
    '(a)',
    '(?<n>b)?',
  );
  const patterns = fc
    .array(fc.tuple(atoms, fc.constantFrom('', '*', '+', '?', '{2}', '*?')), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([atom, repeat]) => (atom.endsWith('?') ? atom : atom + repeat)).join(''))
    .filter((pattern) => (pattern.match(/\(\?<n>/g) ?? []).length <= 1);
  const texts = fc
    .array(fc.constantFrom('a', 'b', 'é', '1', '\n'), { maxLength: 10 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const native = new RegExp(pattern, 'gu');
      const expression = compiled(pattern);
      expect(expression.test(text)).toBe(native.test(text));
      native.lastIndex = 0;
      expect(expression.replace(text, '<$&>')).toBe(text.replace(native, '<$&>'));
    }),
    { numRuns: 500 },
  );
});

test('any text is either compiled or refused, and what is compiled ends', () => {
  const fragments = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '*',
    '+',
    '?',
    '|',
    '\\',
    '^',
    '$',
    '.',
    '-',
    'a',
    '1',
    ',',
    '<n>',
    '(?',
    'é',
    '\\w',
    '\\W',
  );
  const patterns = fc.oneof(
    fc.string(),
    fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(patterns, fc.string({ unit: 'binary', maxLength: 20 }), (pattern, text) => {
      const outcome = compileRegularExpression(pattern);
      if (outcome.kind === 'mistake') expect(outcome.message).toMatch(/\.$/s);
      else expect(typeof outcome.expression.replace(text, '')).toBe('string');
    }),
    { numRuns: 500 },
  );
});
