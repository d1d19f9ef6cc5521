// One entry of a run of a mapping, with why it is as it is, in lines for people.
import type { ReconciliationEntryDetails } from '../http/schemas/reconciliations.ts';
import { actionWords, situationWords } from '../mapping/situation-words.ts';
import { count } from '../model/number-words.ts';
import { factLines } from './facts.ts';
import { valueText } from './value-text.ts';

export function entryLines(entry: ReconciliationEntryDetails): string[] {
  const { entryId, mapping, reconciliationId, situation, action, status, message, retry } = entry;
  return [
    `Entry ${entryId} of run ${reconciliationId} of ${mapping}`,
    ...factLines([
      ['Source', sideText(entry.sourceSide)],
      ['Target', sideText(entry.targetSide)],
      [
        'Situation',
        situation === null
          ? 'not found out'
          : `${situationWords[situation].name}: ${situationWords[situation].meaning}`,
      ],
      ['Matched on', matchedText(entry)],
      ['Action', action === null ? undefined : `${actionWords[action].name}, ${deciderText(entry)}`],
      ['Ended', status],
      ['Message', message ?? undefined],
      ['Linked now', entry.link === null ? undefined : (entry.link.targetName ?? entry.link.targetKey)],
      [
        'Tried',
        retry === null ? undefined : `${count(retry.attempts, 'time')}, the first at ${retry.firstFailedAt}`,
      ],
    ]),
    ...section(
      'Matches',
      entry.matches.map(
        ({ key, name, linkedTo }) =>
          `  ${name ?? key} (${key})${linkedTo === null ? '' : `, linked to ${linkedTo.name ?? linkedTo.key}`}`,
      ),
    ),
    ...section('Changes', changeLines(entry)),
  ];
}

function sideText(side: ReconciliationEntryDetails['sourceSide']): string | undefined {
  if (side === null) return undefined;
  const gone = side.attributes === null ? ', gone by now' : '';
  return side.name === null || side.name === side.key
    ? `${side.key}${gone}`
    : `${side.name} (${side.key})${gone}`;
}

function matchedText({ matchedOn }: ReconciliationEntryDetails): string | undefined {
  if (matchedOn === null) return undefined;
  const values = Object.entries(matchedOn.attributes).map(
    ([name, value]) => `${name} ${JSON.stringify(value)}`,
  );
  return `${values.join(' and ')}, by rule ${matchedOn.rule}`;
}

function deciderText({ policy }: ReconciliationEntryDetails): string {
  if (policy === null || (policy.place === null && !policy.isDecidedByPerson))
    return 'the usual one of the situation';
  if (policy.isDecidedByPerson) return 'as somebody has decided';
  const condition = policy.condition === null ? '' : `, because ${policy.condition}`;
  return `by policy ${policy.place}${condition}`;
}

/** In the order of the mapping. */
function changeLines({ changes, rows }: ReconciliationEntryDetails): string[] {
  if (changes === null) return [];
  const changed = new Set([...Object.keys(changes.before), ...Object.keys(changes.after)]);
  const mapped = rows.map(({ target }) => target).filter((target) => changed.has(target));
  const names = [...new Set([...mapped, ...changed])];
  return names.map(
    (name) => `  ${name}: ${valueText(changes.before[name])} → ${valueText(changes.after[name])}`,
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}
