// What a mapping gives for a resource, in lines for people: each attribute with what the target has now, and how it came about.
import type { EvaluatedObject, EvaluatedValue } from '../http/schemas/mapping-evaluation.ts';
import type { EvaluationOutcome } from '../mapping/compile-expression.ts';
import type { MappingDefinition } from '../model/mapping.ts';
import { group } from '../model/number-words.ts';
import { caretLines } from './caret-lines.ts';
import { tableLines } from './table.ts';
import { valueText } from './value-text.ts';

type Row = EvaluatedObject['rows'][number];

export function trialLines(object: EvaluatedObject, definition: MappingDefinition): string[] {
  const { key, name, reason, target, rows } = object;
  const what = key === null || name === key ? name : `${name} (${key})`;
  const changed = rows.filter(({ isChanged }) => isChanged).length;
  const linked =
    target === null
      ? `nothing of ${definition.target.connection} is linked to it`
      : `linked to ${target.name} (${target.key}), ${changed === 0 ? 'which stays as it is' : `of which ${changed} would change`}`;
  return [
    `${what === '' ? 'The object' : what}: ${linked}`,
    ...(reason === null ? [] : [`  Not in the scope: ${reason}`]),
    ...tableLines(
      ['', 'attribute', 'value', 'now'],
      rows.map((row) => [
        markOf(row),
        row.target,
        outcomeText(row.outcome),
        target === null ? '' : valueText(row.before),
      ]),
    ),
    ...rows.flatMap((row) => explanationLines(row, definition)),
    '',
  ];
}

function markOf({ outcome, isChanged }: Row): string {
  if (outcome.kind === 'failed') return '✗';
  return isChanged ? '~' : '';
}

function outcomeText(outcome: EvaluatedValue): string {
  switch (outcome.kind) {
    case 'value':
      return valueText(outcome.value);
    case 'ignored':
      return 'stays as it is';
    case 'hidden':
      return 'redacted';
    case 'links':
      return `${group(outcome.count)} links`;
    case 'failed':
      return 'failed';
  }
}

function explanationLines(
  { row, target, outcome, steps = [] }: Row,
  { attributes }: MappingDefinition,
): string[] {
  const source = attributes[row]?.source;
  const text = source?.kind === 'expression' ? source.text : undefined;
  const failure =
    outcome.kind === 'failed'
      ? [
          `  ${target}: ${outcome.message}`,
          ...(text === undefined || outcome.position === undefined
            ? []
            : caretLines(text, outcome.position, outcome.length)),
        ]
      : [];
  const traced =
    steps.length === 0 ? [] : [`  ${target} is made so:`, ...stepLines(steps).map((line) => `  ${line}`)];
  return [...traced, ...failure];
}

/** The parts of an expression with their values, innermost first. */
export function stepLines(
  steps: readonly Readonly<{ text: string; outcome: EvaluatedValue | EvaluationOutcome }>[],
): string[] {
  return steps.map(({ text, outcome }) => {
    if (outcome.kind === 'value') return `  ${text} = ${valueText(outcome.value)}`;
    return outcome.kind === 'failed' ? `  ${text}: ${outcome.message}` : `  ${text}: stays as it is`;
  });
}
