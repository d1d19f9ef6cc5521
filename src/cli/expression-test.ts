// One expression, tried out at the command line: its value for each object, and how it came about.
import { Fault } from '../errors.ts';
import type { TriedResource } from '../http/routes/mapping-trial.ts';
import {
  type CompiledExpression,
  compileExpression,
  type EvaluationOutcome,
  type EvaluationStep,
} from '../mapping/compile-expression.ts';
import { parseExpression } from '../mapping/expression.ts';
import { viewFor } from '../mapping/mapped-resource.ts';
import { nameOf } from '../model/search-words.ts';
import { caretLines } from './caret-lines.ts';
import type { Conclusion } from './conclusion.ts';
import { stepLines } from './mapping-trial-lines.ts';
import { valueText } from './value-text.ts';

/** Throws a `Fault` that points at the character where the text is no expression. */
export function testExpression(text: string, tried: readonly TriedResource[], isTraced: boolean): Conclusion {
  const compiled = compile(text);
  const results = tried.map((resource) => ({ resource, ...evaluate(compiled, resource, isTraced) }));
  const failed = results.filter(({ outcome }) => outcome.kind === 'failed').length;
  const fault = new Fault(
    'values-missing',
    `The expression has no value for ${failed === 1 ? 'an object' : `${failed} objects`}: correct it, or the attributes that it reads.`,
  );
  return {
    json: {
      expression: text,
      reads: compiled.attributes,
      isDeterministic: compiled.isDeterministic,
      results: results.map(({ resource: { key }, outcome, steps }) => ({
        key,
        outcome,
        ...(isTraced ? { steps } : {}),
      })),
    },
    lines: results.flatMap(({ resource, outcome, steps }) => {
      const { key, attributes } = resource;
      const title = key === null && tried.length === 1 ? [] : [nameOf(key ?? 'An object', attributes)];
      return [...title, ...(isTraced ? stepLines(steps) : []), ...outcomeLines(outcome, text)];
    }),
    ...(failed === 0 ? {} : { fault }),
  };
}

function compile(text: string): CompiledExpression {
  const parsed = parseExpression(text);
  const outcome = parsed.kind === 'parsed' ? compileExpression(parsed.expression) : parsed;
  if (outcome.kind === 'compiled') return outcome.compiled;
  const { message, position, length } = outcome.mistake;
  throw new Fault(
    'mapping-refused',
    [
      `The expression has a mistake at character ${position + 1}: ${message}`,
      ...caretLines(text, position, length),
    ].join('\n'),
  );
}

/** What an expression redacts is not shown, and neither is what it was made of. */
type Shown = EvaluationOutcome | Readonly<{ kind: 'hidden' }>;

function evaluate(compiled: CompiledExpression, { key, attributes }: TriedResource, isTraced: boolean) {
  const steps: EvaluationStep[] = [];
  const outcome = compiled.evaluate({
    attributes: viewFor(compiled.attributes)({ key: key ?? '', attributes }),
    now: () => new Date(),
    ...(isTraced && !compiled.isRedacted && { onStep: (step) => steps.push(step) }),
  });
  const shown: Shown = compiled.isRedacted && outcome.kind === 'value' ? { kind: 'hidden' } : outcome;
  return { outcome: shown, steps };
}

function outcomeLines(outcome: Shown, text: string): string[] {
  switch (outcome.kind) {
    case 'value':
      return [`  ${valueText(outcome.value)}`];
    case 'ignored':
      return ['  The attribute stays as it is.'];
    case 'hidden':
      return ['  A value that the expression redacts.'];
    case 'failed':
      return [`  Failed: ${outcome.message}`, ...caretLines(text, outcome.position, outcome.length)];
  }
}
