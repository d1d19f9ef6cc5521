/** What can be completed in an expression where the caret stands: a property within brackets, a function elsewhere. */
import type { ExpressionFunction } from '../../../../../src/http/schemas/mapping-evaluation.ts';

export type Completion = Readonly<{
  kind: 'attribute' | 'function';
  name: string;
  /** What stands beside the name. */
  detail: string;
}>;

export type CompletionPlace = Readonly<{
  kind: Completion['kind'];
  /** Where what is typed of it begins. */
  from: number;
  typed: string;
}>;

const mostCompletions = 50;

/** Where the caret is; undefined within a text in quotes. */
export function placeAt(text: string, caret: number): CompletionPlace | undefined {
  let bracket: number | undefined;
  let isQuoted = false;
  for (let index = 0; index < caret; index += 1) {
    const letter = text[index];
    if (isQuoted) {
      if (letter === '\\') index += 1;
      else if (letter === '"') isQuoted = false;
    } else if (bracket !== undefined) {
      if (letter === ']') bracket = undefined;
    } else if (letter === '"') isQuoted = true;
    else if (letter === '[') bracket = index;
  }
  if (isQuoted) return undefined;
  if (bracket !== undefined) {
    return { kind: 'attribute', from: bracket + 1, typed: text.slice(bracket + 1, caret) };
  }
  const [typed = ''] = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(text.slice(0, caret)) ?? [];
  return { kind: 'function', from: caret - typed.length, typed };
}

/** What begins with, or else has in it, what is typed. Outside brackets, properties are offered, too, with their brackets. */
export function completionsAt(
  { kind, typed }: CompletionPlace,
  attributes: readonly string[],
  functions: readonly ExpressionFunction[],
): readonly Completion[] {
  const wanted = typed.toLowerCase();
  const ofFunctions: readonly Completion[] =
    kind === 'attribute'
      ? []
      : functions.map(({ name, signature }) => ({ kind: 'function', name, detail: signature }));
  const all = [
    ...ofFunctions,
    ...attributes.map((name): Completion => ({ kind: 'attribute', name, detail: '' })),
  ].filter(({ name }) => name.toLowerCase().includes(wanted));
  const begins = ({ name }: Completion) => Number(!name.toLowerCase().startsWith(wanted));
  return all.sort((one, other) => begins(one) - begins(other)).slice(0, mostCompletions);
}

/** The text with a completion in its place, and where the caret goes. */
export function complete(
  text: string,
  caret: number,
  { kind: placeKind, from }: CompletionPlace,
  { kind, name }: Completion,
): Readonly<{ text: string; caret: number }> {
  const after = text.slice(caret);
  if (kind === 'function') {
    const hasParenthesis = after.startsWith('(');
    const written = `${text.slice(0, from)}${name}${hasParenthesis ? '' : '()'}${after}`;
    return { text: written, caret: from + name.length + 1 };
  }
  const opening = placeKind === 'attribute' ? '' : '[';
  const rest = placeKind === 'attribute' ? after.replace(/^[^\][(),"]*\]?/, '') : after;
  const written = `${opening}${name}]`;
  return { text: `${text.slice(0, from)}${written}${rest}`, caret: from + written.length };
}

/** Line and column, from 1 on, of a place in a text. */
export function lineAndColumn(text: string, position: number): Readonly<{ line: number; column: number }> {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** What goes in the place of a mistake: a property keeps its brackets. */
export function correctionOf(marked: string, suggestion: string): string {
  return marked.startsWith('[') && !suggestion.startsWith('[') ? `[${suggestion}]` : suggestion;
}
