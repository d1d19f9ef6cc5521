import { describe, expect, test } from 'vitest';
import { matchesTokens, parseSearch, tokenize } from './search.ts';

const clause = (property: string | null, text: string) => ({ kind: 'clause', property, text });

describe('$search', () => {
  test.each([
    ['"displayName:jon smi"', clause('displayName', 'jon smi')],
    ['"jon smi"', clause(null, 'jon smi')],
    [' " mail : a:b " ', clause('mail', 'a:b')],
    [String.raw`"displayName:the \"big\" \\ one"`, clause('displayName', String.raw`the "big" \ one`)],
    ['"10:30"', clause(null, '10:30')],
    ['"a:x" AND "b:y"', { kind: 'and', operands: [clause('a', 'x'), clause('b', 'y')] }],
    ['"a:x" "b:y"', { kind: 'and', operands: [clause('a', 'x'), clause('b', 'y')] }],
    ['NOT "a:x"', { kind: 'not', operand: clause('a', 'x') }],
    [
      '"displayName:jon smi" AND ("description:x" OR"mail:y")',
      {
        kind: 'and',
        operands: [
          clause('displayName', 'jon smi'),
          { kind: 'or', operands: [clause('description', 'x'), clause('mail', 'y')] },
        ],
      },
    ],
    [
      '"a:1" OR "b:2" AND ("c:3" AND "d:4") OR ("e:5" OR "f:6")',
      {
        kind: 'or',
        operands: [
          clause('a', '1'),
          { kind: 'and', operands: [clause('b', '2'), clause('c', '3'), clause('d', '4')] },
          clause('e', '5'),
          clause('f', '6'),
        ],
      },
    ],
  ])('%s', (text, tree) => {
    expect(parseSearch(text)).toEqual(tree);
  });

  test.each([
    ['', 0],
    ['smith', 0],
    ['displayName:smith', 0],
    ['"a:x" and "b:y"', 6],
    ['"a:x" AND', 9],
    ['"a:x', 0],
    ['("a:x"', 6],
    ['"a:x")', 5],
    ['"a:x" ANDROID', 6],
    ['"displayName:"', 0],
    ['" "', 0],
    ['('.repeat(50_000), 100],
    ['NOT '.repeat(16_000), 400],
    [`"a${' '.repeat(60_000)}`, 0],
    [`"${'\\'.repeat(60_000)}`, 0],
  ])('%.40s is refused', (text, position) => {
    expect(() => parseSearch(text)).toThrow(expect.objectContaining({ option: 'search', position }));
  });

  test('a long phrase is read', () => {
    const text = `a${' '.repeat(60_000)}b`;
    expect(parseSearch(`"${text}"`)).toEqual(clause(null, text));
  });
});

describe('the words of a text', () => {
  test.each([
    ['OneVideo-2nd', ['one', 'video', '2', 'nd']],
    ['Jon Smith', ['jon', 'smith']],
    ['ada.lovelace@example.com', ['ada', 'lovelace', 'example', 'com']],
    ["O'Neil_Ärzte/München", ['o', 'neil', 'ärzte', 'münchen']],
    ['HTTPServer', ['httpserver']],
    ['日本語 2024年', ['日本語', '2024', '年']],
    ['', []],
    [' -- ', []],
  ])('%s', (text, words) => {
    expect(tokenize(text)).toEqual(words);
  });

  test.each([
    ['Jonathan Smith', 'jon smi', true],
    ['Smith, Jonathan', 'JON SMI', true],
    ['Jonathan Smith', 'than', false],
    ['Jonathan Smith', 'jon x', false],
    ['OneVideo', 'video', true],
    ['Anything', '', true],
    ['', 'a', false],
  ])('%s is found by %s: %s', (text, searched, isFound) => {
    expect(matchesTokens(tokenize(text), tokenize(searched))).toBe(isFound);
  });
});
