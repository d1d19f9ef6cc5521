import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Expression, type OmittedArgument, parseExpression, printExpression } from './expression.ts';

function parsed(text: string): Expression {
  const outcome = parseExpression(text);
  if (outcome.kind === 'mistake') throw new Error(JSON.stringify(outcome.mistake));
  return outcome.expression;
}

/** A tree without what says where its parts stood. */
function shapeOf(expression: Expression | OmittedArgument): unknown {
  const { position: _position, length: _length, ...rest } = expression;
  switch (rest.kind) {
    case 'call':
      return { ...rest, arguments: rest.arguments.map(shapeOf) };
    case 'comparison':
      return { ...rest, left: shapeOf(rest.left), right: shapeOf(rest.right) };
    case 'concatenation':
      return { ...rest, parts: rest.parts.map(shapeOf) };
    default:
      return rest;
  }
}

describe('an expression is read as it is written, and printed in one way', () => {
  const spellings: readonly [written: string, canonical: string][] = [
    ['[mail]', '[mail]'],
    ['[ mail ]', '[mail]'],
    ['[extension_53c9_acmeCostCenter]', '[extension_53c9_acmeCostCenter]'],
    [
      '[urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department]',
      '[urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department]',
    ],
    ['[emails[type eq "work"].value]', '[emails[type eq "work"].value]'],
    ['"Company name: \\"Contoso\\""', '"Company name: \\"Contoso\\""'],
    ['"\\\\d+\n"', '"\\\\d+\n"'],
    ['Now( )', 'Now()'],
    ['  Join ( "," ,[a],\n[b] ) ', 'Join(",", [a], [b])'],
    ['Replace([preferredLanguage], "-", , , "_", ,  )', 'Replace([preferredLanguage], "-", , , "_", , )'],
    ['Switch([a],,"b",)', 'Switch([a], , "b", )'],
    ['F(,)', 'F(, )'],
    ['BitAnd(&HF,&Hf7)', 'BitAnd(&HF, &HF7)'],
    ['Mid([x], -1, 007)', 'Mid([x], -1, 7)'],
    ['DateFromNum(129699324000000001)', 'DateFromNum(129699324000000001)'],
    ['InStr([a],"e",3,vbBinaryCompare)', 'InStr([a], "e", 3, vbBinaryCompare)'],
    ['IIF([country]="USA",[a],[b])', 'IIF([country] = "USA", [a], [b])'],
    ['IIF([n]>=5,[a],[b])', 'IIF([n] >= 5, [a], [b])'],
    ['IIF([n]<>"" ,[a],[b])', 'IIF([n] <> "", [a], [b])'],
    ['"t-"&[alias]', '"t-" & [alias]'],
    ['[a]&Hello()& &HF', '[a] & Hello() & &HF'],
    ['IIF([a]&"x"=[b]&[c],1,2)', 'IIF([a] & "x" = [b] & [c], 1, 2)'],
  ];
  test.each(spellings)('%s', (written, canonical) => {
    expect(printExpression(parsed(written))).toBe(canonical);
    expect(shapeOf(parsed(canonical))).toEqual(shapeOf(parsed(written)));
  });

  test('and every part knows where it stands', () => {
    const text = ' Join(",", [a] , 12)';
    expect(parsed(text)).toEqual({
      kind: 'call',
      name: 'Join',
      position: 1,
      length: 19,
      arguments: [
        { kind: 'text', value: ',', position: 6, length: 3 },
        { kind: 'attribute', name: 'a', position: 11, length: 3 },
        { kind: 'number', value: '12', position: 17, length: 2 },
      ],
    });
    const compared = parsed('IIF([a] & [b] = "c",1,2)');
    const condition = compared.kind === 'call' ? compared.arguments[0] : undefined;
    expect(condition).toMatchObject({
      kind: 'comparison',
      position: 4,
      length: 15,
      left: { position: 4, length: 9 },
    });
  });
});

const place = { position: 0, length: 0 };
const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const texts = fc.string({ unit: 'binary', maxLength: 12 });
const attributeNames = fc.stringMatching(/^[A-Za-z0-9_.:"'(),&= -]{1,12}$/).map((name) => `a${name}z`);
const { expression: expressions } = fc.letrec<{
  operand: Expression;
  side: Expression;
  expression: Expression;
}>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    attributeNames.map((name) => ({ kind: 'attribute' as const, name, ...place })),
    texts.map((value) => ({ kind: 'text' as const, value, ...place })),
    fc
      .tuple(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), fc.boolean())
      .map(([value, isHexadecimal]) => ({
        kind: 'number' as const,
        value: value.toString(),
        ...(isHexadecimal && value >= 0n && { isHexadecimal: true }),
        ...place,
      })),
    names.map((word) => ({ kind: 'word' as const, word, ...place })),
    fc
      .tuple(
        names,
        fc.array(fc.oneof(tie('expression'), fc.constant({ kind: 'omitted' as const, ...place })), {
          maxLength: 4,
        }),
      )
      // One argument that is left out is no argument at all.
      .map(([name, list]) => ({
        kind: 'call' as const,
        name,
        arguments: list.length === 1 && list[0]?.kind === 'omitted' ? [] : list,
        ...place,
      })),
  ) as fc.Arbitrary<Expression>,
  side: fc.oneof(
    { depthSize: 'small' },
    tie('operand'),
    fc
      .array(tie('operand'), { minLength: 2, maxLength: 3 })
      .map((parts) => ({ kind: 'concatenation' as const, parts, ...place })),
  ) as fc.Arbitrary<Expression>,
  expression: fc.oneof(
    { depthSize: 'small' },
    tie('side'),
    fc
      .tuple(tie('side'), fc.constantFrom('=', '<>', '<', '<=', '>', '>='), tie('side'))
      .map(([left, operator, right]) => ({ kind: 'comparison' as const, operator, left, right, ...place })),
  ) as fc.Arbitrary<Expression>,
}));

test('whatever is printed is read again as the same tree', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const text = printExpression(expression);
      fc.pre(text.length <= 10_000);
      expect(shapeOf(parsed(text))).toEqual(shapeOf(expression));
    }),
    { numRuns: 1000 },
  );
});

test('any text is either read or refused at a place inside of it', () => {
  const fragments = fc.constantFrom(
    '(',
    ')',
    ',',
    '[',
    ']',
    '"',
    '\\',
    '&',
    '=',
    '<>',
    'Join',
    '[a]',
    '"x"',
    '1',
    ' ',
    '&H',
    '-',
    'é',
    '😀',
    "'",
  );
  const anything = fc.oneof(
    fc.string(),
    fc.array(fragments, { maxLength: 20 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const outcome = parseExpression(text);
      if (outcome.kind === 'parsed') {
        const again = parsed(printExpression(outcome.expression));
        expect(shapeOf(again)).toEqual(shapeOf(outcome.expression));
        return;
      }
      const { position, length, message } = outcome.mistake;
      expect(position).toBeGreaterThanOrEqual(0);
      expect(position + length).toBeLessThanOrEqual(text.length);
      expect(message).toMatch(/[.?]$/);
    }),
    { numRuns: 2000 },
  );
});

describe('a mistake says what is wrong, where, and what could stand there', () => {
  const mistakes: readonly [text: string, marked: string, message: RegExp, suggestion?: string][] = [
    ['', '', /no expression/],
    ['Join(",", [a]', '(', /Join has no closing "\)"/],
    ['Join(",", [a)', '[', /has no closing "]"/],
    ['Join(",, [a])', '"', /has no closing "/],
    ['[]', '[]', /name of an attribute/],
    ['Join(",", [a]))', ')', /no "\(" for this/],
    ['[a], [b]', ',', /one value/],
    ['Join([a] [b])', '[b]', /a comma or "\)" is missing/],
    ['[a] [b]', '[b]', /an operator is missing/],
    ["Append([a], 'x')", "'", /straight double quotes/, '"'],
    ['Append([a], “x”)', '“', /straight double quotes/, '"'],
    ['Replace([a], , "\\d+", , "")', '\\d', /written twice/, '\\\\d'],
    ['IIF([a] == "x", 1, 2)', '==', /single "="/, '='],
    ['IIF([a] != "x", 1, 2)', '!=', /"<>"/, '<>'],
    ['IIF([a] = "x" && [b] = "y", 1, 2)', '&&', /nest one IIF/],
    ['IIF([a] = "x" AND [b] = "y", 1, 2)', 'AND', /nest one IIF/],
    ['IIF([a] = [b] = [c], 1, 2)', '=', /two sides/],
    ['[a] + "x"', '+', /joined with "&"/, '&'],
    ['Join(","; [a])', ';', /separated by commas/, ','],
    ['Mid([a], 1.5)', '1.5', /whole/],
    ['Mid([a], 3x)', '3x', /not a number/, '"3x"'],
    ['BitAnd(&HX, 1)', '&H', /hexadecimal/],
    ['BitAnd(99999999999999999999, 1)', '99999999999999999999', /at most 9223372036854775807/],
    ['Join(",", [a]) }', '}', /means nothing here/],
    ['"x" &', '', /missing at the end/],
    ['([a])', '(', /name of a function/],
    ['Append(& [a])', '&', /A value stands here/],
  ];
  test.each(mistakes)('%s', (text, marked, message, suggestion) => {
    const outcome = parseExpression(text);
    if (outcome.kind === 'parsed') throw new Error('it was read');
    const { position, length } = outcome.mistake;
    expect(text.slice(position, position + length)).toBe(marked);
    expect(outcome.mistake.message).toMatch(message);
    expect(outcome.mistake.suggestion).toBe(suggestion);
  });

  test('at the character, not only near it', () => {
    expect(parseExpression('IIF([a] = [b] = [c], 1, 2)')).toMatchObject({
      mistake: { position: 14, length: 1 },
    });
    expect(parseExpression('Join(",", [a]')).toMatchObject({ mistake: { position: 4, length: 1 } });
  });

  test('when it is longer than 10,000 characters', () => {
    const longest = `"${'x'.repeat(9998)}"`;
    expect(parseExpression(longest).kind).toBe('parsed');
    expect(parseExpression(`${longest} `)).toMatchObject({
      mistake: {
        message: 'An expression has at most 10000 characters; this one has 10001.',
        position: 10_000,
        length: 1,
      },
    });
  });

  test('when functions stand in each other more than 100 deep', () => {
    const nested = (depth: number) => `${'Not('.repeat(depth)}[a]${')'.repeat(depth)}`;
    expect(parseExpression(nested(100)).kind).toBe('parsed');
    expect(parseExpression(nested(101))).toMatchObject({ mistake: { position: 400, length: 3 } });
    expect(parseExpression(nested(2000)).kind).toBe('mistake');
  });
});
