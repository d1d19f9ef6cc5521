/**
 * Scripts of imported mappings whose meaning is plain: an attribute, texts joined with +, and methods that change case or trim. Whatever
 * else a script does, it is not understood, and left to a person.
 */
import type { Call, Concatenation, Expression, Operand } from './expression.ts';
import { readScriptTokens, type ScriptToken } from './script-tokens.ts';

/** What `source` stands for in a script: the whole source object, or the value of one attribute. */
export type ScriptSource = 'object' | Readonly<{ attribute: string }>;

/** Gives an attribute its name here. */
export type Renaming = (name: string) => string;

type Cursor = { readonly tokens: readonly ScriptToken[]; index: number };
type Part = Readonly<{ operand: Operand; isText: boolean }>;

const nowhere = { position: 0, length: 0 } as const;

/** The expression that gives the same; undefined where the script is not understood. */
export function readTransform(
  script: string,
  source: ScriptSource,
  rename: Renaming,
): Expression | undefined {
  const tokens = readScriptTokens(script);
  if (tokens === undefined) return undefined;
  const cursor: Cursor = { tokens, index: 0 };
  const parts = readSum(cursor, source, rename);
  while (takeSign(cursor, ';'));
  if (parts === undefined || cursor.index < tokens.length) return undefined;
  return sumOf(parts);
}

/** With numbers on both sides, + adds: one of the first two has to be text, and all the rest is text then. */
function sumOf(parts: readonly Part[]): Expression | undefined {
  const [first, second] = parts;
  if (first === undefined) return undefined;
  if (second === undefined) return first.operand;
  if (!first.isText && !second.isText) return undefined;
  return call('Join', text(''), ...parts.map(({ operand }) => operand));
}

function readSum(cursor: Cursor, source: ScriptSource, rename: Renaming): readonly Part[] | undefined {
  const parts: Part[] = [];
  do {
    const part = readPart(cursor, source, rename);
    if (part === undefined) return undefined;
    parts.push(part);
  } while (takeSign(cursor, '+'));
  return parts;
}

/** Functions for methods of texts that take no argument. */
const methods: ReadonlyMap<string, string> = new Map([
  ['toLowerCase', 'ToLower'],
  ['toUpperCase', 'ToUpper'],
  ['trim', 'Trim'],
]);

/** Members that mean something else than an attribute of that name. */
const builtIn: ReadonlySet<string> = new Set(['length', 'constructor', 'prototype', '__proto__']);

function readPart(cursor: Cursor, source: ScriptSource, rename: Renaming): Part | undefined {
  const token = cursor.tokens[cursor.index];
  cursor.index += 1;
  if (token?.kind === 'text') return withMethods(cursor, { operand: text(token.value), isText: true });
  if (token?.kind !== 'name' || token.value !== 'source') return undefined;
  const path = readPath(cursor);
  if (path === undefined) return undefined;
  if (source === 'object') {
    const [first, ...rest] = path;
    if (first === undefined) return undefined;
    return withMethods(cursor, attribute([rename(first), ...rest]));
  }
  return withMethods(cursor, attribute([source.attribute, ...path]));
}

function attribute(path: readonly string[]): Part | undefined {
  const name = path.join('/');
  return /[[\]]/.test(name) ? undefined : { operand: { kind: 'attribute', name, ...nowhere }, isText: false };
}

/** Members after `source`, up to a method; undefined where one is not understood. */
function readPath(cursor: Cursor): readonly string[] | undefined {
  const path: string[] = [];
  for (;;) {
    const [dot, name, next] = cursor.tokens.slice(cursor.index, cursor.index + 3);
    if (isSign(dot, '.')) {
      if (name?.kind !== 'name') return undefined;
      if (isSign(next, '(')) return path;
      path.push(name.value);
      cursor.index += 2;
    } else if (isSign(dot, '[')) {
      if (name?.kind !== 'text' || !isSign(next, ']')) return undefined;
      path.push(name.value);
      cursor.index += 3;
    } else {
      return path;
    }
    const added = path.at(-1) ?? '';
    if (added === '' || builtIn.has(added) || /[/.]/.test(added)) return undefined;
  }
}

function withMethods(cursor: Cursor, part: Part | undefined): Part | undefined {
  let result = part;
  while (result !== undefined && takeSign(cursor, '.')) {
    const name = cursor.tokens[cursor.index];
    cursor.index += 1;
    const method = name?.kind === 'name' ? methods.get(name.value) : undefined;
    const isCalled = takeSign(cursor, '(') && takeSign(cursor, ')');
    result =
      method === undefined || !isCalled ? undefined : { operand: call(method, result.operand), isText: true };
  }
  return result;
}

/**
 * A script that looks for one attribute of the target, as the samples of OpenIDM have it:
 * `var query = {'_queryFilter': 'userName eq "' + source.mail + '"'}; query;`. The attribute, and the expression of its value.
 */
export function readCorrelationScript(
  script: string,
  rename: Renaming,
): Readonly<{ attribute: string; expression: Expression }> | undefined {
  const tokens = readScriptTokens(script);
  if (tokens === undefined) return undefined;
  const cursor: Cursor = { tokens, index: 0 };
  const variable = readDeclaration(cursor);
  const isWrapped = takeSign(cursor, '(');
  if (!takeSign(cursor, '{')) return undefined;
  const key = cursor.tokens[cursor.index];
  cursor.index += 1;
  if (key?.kind === 'sign' || key?.value !== '_queryFilter' || !takeSign(cursor, ':')) return undefined;
  const parts = readSum(cursor, 'object', rename);
  const isClosed = takeSign(cursor, '}') && (!isWrapped || takeSign(cursor, ')'));
  while (takeSign(cursor, ';'));
  const last = cursor.tokens[cursor.index];
  if (variable !== undefined) {
    if (last?.kind !== 'name' || last.value !== variable) return undefined;
    cursor.index += 1;
    while (takeSign(cursor, ';'));
  }
  if (parts?.length !== 3 || !isClosed || cursor.index < tokens.length) return undefined;
  const [begin, value, end] = parts.map(({ operand }) => operand);
  if (begin?.kind !== 'text' || end?.kind !== 'text' || value === undefined) return undefined;
  const named = /^\/?([\w-]+) eq (["'])$/.exec(begin.value);
  if (named === null || end.value !== named[2] || value.kind === 'text') return undefined;
  return { attribute: named[1] ?? '', expression: value };
}

/** `var name =`: the name. */
function readDeclaration(cursor: Cursor): string | undefined {
  const [keyword, name, equals] = cursor.tokens;
  const isDeclared = keyword?.kind === 'name' && /^(?:var|let|const)$/.test(keyword.value);
  if (!isDeclared || name?.kind !== 'name' || !isSign(equals, '=')) return undefined;
  cursor.index = 3;
  return name.value;
}

function isSign(token: ScriptToken | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.value === sign;
}

function takeSign(cursor: Cursor, sign: string): boolean {
  if (!isSign(cursor.tokens[cursor.index], sign)) return false;
  cursor.index += 1;
  return true;
}

function text(value: string): Operand {
  return { kind: 'text', value, ...nowhere };
}

function call(name: string, ...operands: readonly (Operand | Concatenation)[]): Call {
  return { kind: 'call', name, arguments: operands, ...nowhere };
}
