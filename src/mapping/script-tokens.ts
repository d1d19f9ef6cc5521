/** The tokens of the small part of JavaScript that imported scripts are understood in. */

export type ScriptToken =
  | Readonly<{ kind: 'text'; value: string }>
  | Readonly<{ kind: 'name'; value: string }>
  | Readonly<{ kind: 'sign'; value: string }>;

const patterns: readonly Readonly<{ kind: ScriptToken['kind']; pattern: RegExp }>[] = [
  { kind: 'text', pattern: /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y },
  { kind: 'name', pattern: /[A-Za-z_$][\w$]*/y },
  { kind: 'sign', pattern: /[.+(){}[\]:;=,]/y },
];
const blank = /\s+/y;

/** The tokens of a script; undefined where it has anything else, such as numbers, comments or other operators. */
export function readScriptTokens(script: string): readonly ScriptToken[] | undefined {
  const tokens: ScriptToken[] = [];
  let position = 0;
  while (position < script.length) {
    const space = matchAt(blank, script, position);
    if (space !== undefined) {
      position += space.length;
      continue;
    }
    const found = patterns
      .map(({ kind, pattern }) => ({ kind, text: matchAt(pattern, script, position) }))
      .find(({ text }) => text !== undefined);
    if (found?.text === undefined) return undefined;
    position += found.text.length;
    const value = found.kind === 'text' ? readText(found.text.slice(1, -1)) : found.text;
    if (value === undefined) return undefined;
    tokens.push({ kind: found.kind, value });
  }
  return tokens;
}

function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '/': '/',
};

/** The characters of a text literal; undefined where it has escapes that are not understood. */
function readText(inner: string): string | undefined {
  let isUnderstood = true;
  const text = inner.replace(/\\(.)/g, (_all, letter: string) => {
    isUnderstood &&= Object.hasOwn(escapes, letter);
    return escapes[letter] ?? '';
  });
  return isUnderstood ? text : undefined;
}
