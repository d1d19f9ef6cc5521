import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileExpression,
  type EvaluationContext,
  type EvaluationStep,
  type MappedValue,
  readAttribute,
} from './compile-expression.ts';
import { type Expression, parseExpression } from './expression.ts';
import { expressionFunctions } from './expression-functions.ts';

const now = () => new Date('2021-06-30T12:00:00Z');

function parsed(text: string): Expression {
  const outcome = parseExpression(text);
  if (outcome.kind === 'mistake') throw new Error(JSON.stringify(outcome.mistake));
  return outcome.expression;
}

function compiled(text: string) {
  const outcome = compileExpression(parsed(text));
  if (outcome.kind === 'mistake') throw new Error(JSON.stringify(outcome.mistake));
  return outcome.compiled;
}

function evaluated(
  text: string,
  attributes: Readonly<Record<string, unknown>> = {},
  rest: Partial<EvaluationContext> = {},
) {
  return compiled(text).evaluate({ attributes, now, ...rest });
}

function evaluatedValue(text: string, attributes: Readonly<Record<string, unknown>> = {}): MappedValue {
  const outcome = evaluated(text, attributes);
  if (outcome.kind !== 'value') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

describe('a mistake is found when an expression is compiled, at its place', () => {
  const mistakes: readonly [text: string, marked: string, message: RegExp, suggestion?: string][] = [
    ['join(",", [a])', 'join', /case of letters counts.*Join/, 'Join'],
    ['Append(Tolower([a]), "x")', 'Tolower', /this one is ToLower\./, 'ToLower'],
    ['Appendd([a], "x")', 'Appendd', /did you mean Append\?/, 'Append'],
    ['Frobnicate([a])', 'Frobnicate', /There is no function Frobnicate\.$/],
    ['DefaultDomain()', 'DefaultDomain', /does not describe/],
    ['Append([a])', 'Append', /lacks its suffix: it is written Append\(source, suffix\)/],
    ['Append(, "x")', 'Append', /lacks its source/],
    ['Append([a], "x", "y")', '"y"', /at most 2 arguments/],
    ['Not([a], [b])', '[b]', /at most 1 argument:/],
    ['Now([a])', '[a]', /at most 0 arguments/],
    ['FormatDateTime([a], "yyyy")', 'FormatDateTime', /lacks its inputFormat/],
    ['Switch([a], "x", "y", "z", "w")', '"w"', /key without a value/],
    ['Switch([a], "x")', 'Switch', /lacks its key/],
    ['Switch([a], "x", , "y")', 'Switch([a], "x", , "y")', /Key 1 of Switch is left out/],
    ['Append([a]="x", "y")', '[a]="x"', /condition of IIF/, 'CBool([a] = "x")'],
    ['[a] = "x"', '[a] = "x"', /condition of IIF/, 'CBool([a] = "x")'],
    ['Append(SelectUniqueValue([a], [b]), "x")', 'SelectUniqueValue', /only be the whole expression/],
    ['SelectUniqueValue([a])', 'SelectUniqueValue', /lacks its rule/],
    ['mail', 'mail', /attributes stand in brackets/, '[mail]'],
    ['Append(Now, "x")', 'Now', /arguments stand in parentheses/, 'Now()'],
    ['IIF([a] = "x", true, "False")', 'true', /written as a text: "True"/, '"True"'],
    [
      'InStr([a], "x", 1, vbTextCompar)',
      'vbTextCompar',
      /none of vbBinaryCompare, vbTextCompare/,
      'vbTextCompare',
    ],
    ['ConvertFromBase64([a], utf8)', 'utf8', /none of Unicode, ASCII, UTF8/, 'UTF8'],
    ['InStr([a], "x", 0)', '0', /1 is the least/],
    ['Mid([a], "x")', '"x"', /"x" is not a whole number/],
    ['Mid([a], 0)', '0', /1 is the least/],
    ['Mid([a], 1, -1)', '-1', /0 is the least/],
    ['Item([a], 0)', '0', /1 is the least/],
    ['DateAdd("q", 1, [a])', '"q"', /none of yyyy, m, ww, d, h, n, s/],
    ['ToLower([a], "nowhere-at-all")', '"nowhere-at-all"', /no culture/],
    ['ToUpper([a], "xx")', '"xx"', /no culture/],
    [
      'FormatDateTime([a], "Roundtripkind", "yyyy", "yyyy")',
      '"Roundtripkind"',
      /none of the styles/,
      'RoundtripKind',
    ],
    [
      'FormatDateTime([a], "AssumeLocal, RoundtripKind", "yyyy", "yyyy")',
      '"AssumeLocal, RoundtripKind"',
      /exclude each other/,
    ],
    ['FormatDateTime([a], , "yyyyyyy", "yyyy")', '"yyyyyyy"', /no part of a format/],
    ['FormatDateTime([a], , "yyyy", "q")', '"q"', /alone is no format/],
    ['Replace([a])', 'Replace([a])', /only the source/],
    [
      'Replace([a], "x", "y", , "z")',
      'Replace([a], "x", "y", , "z")',
      /oldValue, regexPattern, replacementValue/,
    ],
    ['Replace([a], "", , , "z")', '""', /to be replaced is empty/],
    ['Replace([a], , "(", , "z")', '"("', /"\(" without a "\)"/],
    ['Replace([a], , "(?=x)", , "z")', '"(?=x)"', /looks ahead/],
    ['Replace([a], , "(?<suffix>@.*)", "sufix", "z")', '"sufix"', /no group "sufix"/, 'suffix'],
    ['Split([a], "")', '""', /delimiter is empty/],
    ['RandomString(257, 0, 0, 0, 0)', '257', /256 is the most/],
    ['RandomString(3, 1, 1, 1, 1)', 'RandomString(3, 1, 1, 1, 1)', /are 4 together, and the length is 3/],
    [
      'RandomString(3, 1, 0, 0, 0, "0123456789")',
      'RandomString(3, 1, 0, 0, 0, "0123456789")',
      /No numbers remain/,
    ],
  ];
  test.each(mistakes)('%s', (text, marked, message, suggestion) => {
    const outcome = compileExpression(parsed(text));
    if (outcome.kind === 'compiled') throw new Error('it was compiled');
    const { position, length } = outcome.mistake;
    expect(text.slice(position, position + length)).toBe(marked);
    expect(outcome.mistake.message).toMatch(message);
    expect(outcome.mistake.suggestion).toBe(suggestion);
  });

  test('also in a tree that was not read from text, however deep it is', () => {
    let tree: Expression = { kind: 'attribute', name: 'a', position: 0, length: 3 };
    for (let depth = 0; depth < 5000; depth += 1) {
      tree = { kind: 'call', name: 'Not', arguments: [tree], position: 0, length: 0 };
    }
    expect(compileExpression(tree)).toMatchObject({ kind: 'mistake', mistake: { message: /100 deep/ } });
  });
});

describe('what an expression is known for before it is evaluated', () => {
  test('the attributes that it reads, each once', () => {
    expect(compiled('IIF([a] = [b], Join(",", [c], [a]), [manager.id] & "x")').attributes).toEqual([
      'a',
      'b',
      'c',
      'manager.id',
    ]);
  });

  test.each([
    ['ToLower([mail])', true],
    ['Now()', false],
    ['Append([a], Guid())', false],
    ['RandomString(5, 1, 0, 0, 0)', false],
    ['SelectUniqueValue([a], [b])', false],
    ['FormatDateTime([a], , "yyyy-MM-dd", "dd.MM.")', true],
    ['FormatDateTime([a], , "dd.MM.", "yyyy-MM-dd")', false],
    ['FormatDateTime([a], , [format], "yyyy-MM-dd")', false],
  ])('whether %s always gives the same', (text, isDeterministic) => {
    expect(compiled(text).isDeterministic).toBe(isDeterministic);
  });

  test('whether its value is hidden', () => {
    expect(compiled('Append(Redact([a]), "x")').isRedacted).toBe(true);
    expect(compiled('Append([a], "x")').isRedacted).toBe(false);
  });

  test('and what is hidden is not in the message of a failure', () => {
    expect(evaluated('CDate(Redact([birthday]))', { birthday: '1.2.1970' })).toEqual({
      kind: 'failed',
      message:
        'The value cannot be computed; the reason is not shown, because the expression contains Redact.',
      position: 6,
      length: 18,
    });
  });

  test('its alternatives, where the first that is free is taken', () => {
    const { alternatives = [] } = compiled('SelectUniqueValue([a], Append([a], "2"))');
    const outcomes = alternatives.map(({ evaluate }) => evaluate({ attributes: { a: 'x' }, now }));
    expect(outcomes).toEqual([
      { kind: 'value', value: 'x' },
      { kind: 'value', value: 'x2' },
    ]);
    expect(compiled('[a]').alternatives).toBeUndefined();
  });
});

describe('the value of an expression', () => {
  test.each<[string, Record<string, unknown>, MappedValue]>([
    ['[a]', { a: true }, true],
    ['[a]', { a: 12.5 }, 12.5],
    ['[a]', { a: ['x', null] }, ['x', null]],
    ['[a]', { a: { b: 1 } }, { b: 1 }],
    ['[a]', {}, null],
    ['[a]', { a: undefined }, null],
    ['[a]', { a: new Date('2021-01-01T00:00:00Z') }, '2021-01-01T00:00:00.000Z'],
    ['"x"', {}, 'x'],
    ['&HFF', {}, '255'],
    ['Coalesce([a])', { a: true }, 'True'],
    ['Coalesce([a])', { a: 12 }, '12'],
    ['Coalesce([a])', { a: ['x', 1, null, false] }, ['x', '1', 'False']],
    ['Coalesce([a])', { a: { id: '1' } }, { id: '1' }],
    ['[a] & "-" & [b]', { a: 'x', b: 1 }, 'x-1'],
    ['[a] & "-" & [b]', { b: 'y' }, '-y'],
    ['[a] & "-" & [b]', {}, null],
    ['"x" & "y"', {}, 'xy'],
    ['[constructor]', {}, null],
    ['[__proto__]', {}, null],
  ])('%s of %j', (text, attributes, expected) => {
    expect(evaluatedValue(text, attributes)).toEqual(expected);
  });

  test('is not there when nothing is to flow, also from inside of another function', () => {
    expect(evaluated('IgnoreFlowIfNullOrEmpty([a])', { a: '' })).toEqual({ kind: 'ignored' });
    expect(evaluated('Append(IgnoreFlowIfNullOrEmpty([a]), "x")', {})).toEqual({ kind: 'ignored' });
    expect(evaluated('IIF([b] = "x", IgnoreFlowIfNullOrEmpty([a]), "y")', { b: 'z' })).toEqual({
      kind: 'value',
      value: 'y',
    });
  });

  test('fails at the part of it that fails', () => {
    expect(evaluated('Join(" ", "a", Append([list], "x"))', { list: [{ b: 1 }] })).toEqual({
      kind: 'failed',
      message: expect.stringMatching(/has parts of its own/),
      position: 22,
      length: 6,
    });
    expect(evaluated('Append([list], "x") & [list]', { list: ['a', 'b'] })).toMatchObject({
      message:
        'One value is needed here, and there are 2: choose one with Item, or put them together with Join.',
      position: 0,
      length: 19,
    });
    expect(evaluated('ToLower(Error("Out of order."))')).toEqual({
      kind: 'failed',
      message: 'Out of order.',
      position: 8,
      length: 22,
    });
  });

  const million = 'x'.repeat(1_000_000);
  test.each<[string, Record<string, unknown>]>([
    ['Append([a], "y")', { a: million }],
    ['Append([a], "y")', { a: [million, 'y'] }],
    ['[a] & [a]', { a: million }],
    ['Join(",", [a], [a])', { a: million }],
    ['Replace([a], "x", , , "yy")', { a: million }],
    ['Replace([a], "x", , , [a])', { a: million }],
    ['Replace([b], , "x", , [a])', { a: million, b: 'xx' }],
    ['Replace([b], , "x", , "$_$_")', { b: 'x'.repeat(2000) }],
    ['Replace([b], , "(?<n>x)", "n", [a])', { a: million, b: 'xx' }],
    ['ConvertToUTF8Hex([a])', { a: million }],
    ['ToUpper([a])', { a: 'ŉ'.repeat(600_000) }],
    ['CStr([a])', { a: { b: million } }],
  ])('is no text of more than a million characters: %s', (text, attributes) => {
    expect(evaluated(text, attributes)).toMatchObject({
      kind: 'failed',
      message: 'The result would have more than 1000000 characters.',
    });
  });

  test('may be a text of a million characters, and a list of 100,000 values', () => {
    expect(evaluated('Append([a], "")', { a: million })).toEqual({ kind: 'value', value: million });
    expect(evaluated('Count(Split([a], ","))', { a: ','.repeat(99_999) })).toMatchObject({ value: '100000' });
    expect(evaluated('Split([a], ",")', { a: ','.repeat(100_000) })).toMatchObject({
      kind: 'failed',
      message: 'There would be more than 100000 values.',
    });
  });

  test('fails rather than search a text for longer than a person waits', () => {
    expect(evaluated('Replace([a], , "x*?y|x", , "")', { a: 'x'.repeat(50_000) })).toMatchObject({
      kind: 'failed',
      message: 'The regular expression would take too long with a text of 50000 characters.',
    });
  });
});

describe('the parts of an expression', () => {
  const stepsOf = (text: string, attributes: Record<string, unknown>) => {
    const steps: EvaluationStep[] = [];
    const outcome = evaluated(text, attributes, { onStep: (step) => steps.push(step) });
    return {
      outcome,
      steps: steps.map(({ text: part, outcome: result }) => [
        part,
        'value' in result ? result.value : result.kind,
      ]),
    };
  };

  test('are told from the inside to the outside, without constants', () => {
    const text = 'IIF(Count([mails]) > 1, Item([mails], 2), ToLower([upn]))';
    expect(stepsOf(text, { mails: ['a', 'b'] }).steps).toEqual([
      ['[mails]', ['a', 'b']],
      ['Count([mails])', '2'],
      ['Count([mails]) > 1', 'True'],
      ['[mails]', ['a', 'b']],
      ['Item([mails], 2)', 'b'],
      ['IIF(Count([mails]) > 1, Item([mails], 2), ToLower([upn]))', 'b'],
    ]);
  });

  test('are told up to the one that fails, and what it fails', () => {
    const { outcome, steps } = stepsOf('ToLower(Item([a], 3))', { a: 'x' });
    expect(steps).toEqual([
      ['[a]', 'x'],
      ['Item([a], 3)', 'failed'],
      ['ToLower(Item([a], 3))', 'failed'],
    ]);
    expect(outcome).toMatchObject({ kind: 'failed', position: 8, length: 12 });
  });

  test('are told once, however many values a list has', () => {
    const { steps } = stepsOf('Append([a], [b])', { a: ['x', 'y'], b: '1' });
    expect(steps.map(([part]) => part)).toEqual(['[a]', '[b]', 'Append([a], [b])']);
  });
});

describe('an attribute is read by its name', () => {
  const extension = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
  const object = {
    mail: 'a',
    'manager.id': 'exact',
    manager: { id: 'part', manager: { id: 'above' } },
    owner: { id: 'o1', 'a.b': 'dotted' },
    members: [{ id: 'm1' }, { id: 'm2', tags: ['x', 'y'] }, {}],
    [extension]: { department: 'IT', manager: { value: 'm' } },
    text: 'abc',
    none: null,
  };
  test.each<[string, unknown]>([
    ['mail', 'a'],
    ['Mail', undefined],
    ['manager.id', 'exact'],
    ['manager.manager.id', 'above'],
    ['owner.id', 'o1'],
    ['owner/id', 'o1'],
    ['owner.a.b', 'dotted'],
    ['owner.name', undefined],
    ['members.id', ['m1', 'm2']],
    ['members.tags', ['x', 'y']],
    ['members.1.id', 'm2'],
    ['members.7.id', undefined],
    ['members.name', undefined],
    ['text.length', undefined],
    ['none.id', undefined],
    ['none', null],
    [`${extension}.department`, 'IT'],
    [`${extension}.manager.value`, 'm'],
    ['toString', undefined],
    ['mail.constructor', undefined],
    ['.', undefined],
    ['a.'.repeat(500), undefined],
  ])('%s', (name, expected) => {
    expect(readAttribute(object, name)).toEqual(expected);
    const attributes: Record<string, unknown> = object;
    expect(evaluatedValue(`[${name}]`, attributes)).toEqual(expected ?? null);
  });
});

describe('whatever the tree and the attributes', () => {
  const place = { position: 0, length: 0 };
  const constants = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom(
      '',
      '1',
      '-1',
      '2021-06-30+08:00',
      '3/16/2020 7:00:00 AM',
      'd',
      'ww',
      'yyyy-MM-dd',
      'a+',
      '(?<n>a)',
      'n',
      'tr-TR',
      'vbTextCompare',
      'AssumeLocal',
      'cn=a,b=c',
      'SGVsbG8=',
    ),
  );
  const { tree: trees } = fc.letrec<{ tree: Expression }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom('a', 'b', 'c', 'a.b').map((name) => ({ kind: 'attribute' as const, name, ...place })),
      constants.map((value) => ({ kind: 'text' as const, value, ...place })),
      fc
        .integer({ min: -3, max: 300 })
        .map((number) => ({ kind: 'number' as const, value: String(number), ...place })),
      fc
        .constantFrom(...expressionFunctions)
        .chain(({ name, parameters }) =>
          fc
            .array(tie('tree'), { minLength: parameters.length, maxLength: parameters.length })
            .map((list) => ({ kind: 'call' as const, name, arguments: list, ...place })),
        ),
      fc
        .tuple(fc.constantFrom('=', '<>', '<', '>='), tie('tree'), tie('tree'), tie('tree'))
        .map(([operator, left, right, other]) => ({
          kind: 'call' as const,
          name: 'IIF',
          arguments: [{ kind: 'comparison' as const, operator, left, right, ...place }, left, other],
          ...place,
        })),
    ) as fc.Arbitrary<Expression>,
  }));
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    constants,
    fc.constantFrom(undefined, 12n, Number.NaN, new Date(Number.NaN), Symbol('x'), () => 1, [
      undefined,
      Symbol('x'),
    ]),
  );

  test('evaluation ends with an outcome, and says the same with and without its parts told', () => {
    let evaluations = 0;
    fc.assert(
      fc.property(trees, fc.record({ a: values, b: values, c: values }), (tree, attributes) => {
        const outcome = compileExpression(tree);
        if (outcome.kind === 'mistake') return;
        evaluations += 1;
        const { evaluate, isDeterministic } = outcome.compiled;
        const context = { attributes, now, isFree: (value: string) => value.length > 3 };
        const first = evaluate(context);
        const steps: EvaluationStep[] = [];
        const traced = evaluate({ ...context, onStep: (step) => steps.push(step) });
        if (isDeterministic) expect(traced).toEqual(first);
        if (tree.kind === 'call') expect(steps.at(-1)?.outcome).toEqual(traced);
        if (first.kind === 'value' && tree.kind !== 'attribute') {
          expect(['string', 'object']).toContain(typeof first.value);
        }
      }),
      { numRuns: 2000 },
    );
    expect(evaluations).toBeGreaterThan(300);
  });
});
