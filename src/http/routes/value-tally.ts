/** What one row of a mapping gives for very many resources, counted in bounded memory: values, failures, duplicates, the most frequent. */
import { hash } from 'node:crypto';
import { soughtTexts } from '../../mapping/attribute-values.ts';
import type { RowOutcome } from '../../mapping/compile-attributes.ts';
import { foldLetters } from '../../mapping/text-folding.ts';
import type { WholeEvaluation } from '../schemas/mapping-evaluation.ts';

type Tally = Omit<WholeEvaluation, 'mistakes' | 'unqualified'>;

export type ValueTally = Readonly<{
  add: (resource: Readonly<{ key: string; name: string }>, outcome: RowOutcome, isRedacted: boolean) => void;
  result: () => Tally;
}>;

/** Different values are told apart up to so many: a number of 48 bits each. */
const mostDistinct = 2_000_000;
/** The most frequent ones are looked for among so many. */
const mostCounted = 20_000;
const mostFailures = 50;
const shown = 10;
const longestShown = 200;

export function openValueTally(isUnique: boolean): ValueTally {
  const counts = { total: 0, values: 0, empty: 0, ignored: 0, failedCount: 0, duplicates: 0 };
  const distinct = new Set<number>();
  const frequencies = new Map<string, number>();
  const firstKeys = new Map<string, string>();
  const duplicated = new Map<string, string[]>();
  const failures = new Map<string, { count: number; example: Readonly<{ key: string; name: string }> }>();
  let isTopExact = true;
  let isDistinctExact = true;

  const addValue = (key: string, text: string) => {
    counts.values += 1;
    const folded = isUnique ? foldLetters(text) : text;
    const print = printOf(folded);
    const isSeen = distinct.has(print);
    if (isSeen) counts.duplicates += 1;
    else if (distinct.size < mostDistinct) distinct.add(print);
    else isDistinctExact = false;
    const cut = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
    const count = frequencies.get(cut);
    if (count !== undefined || frequencies.size < mostCounted) frequencies.set(cut, (count ?? 0) + 1);
    else isTopExact = false;
    if (!isUnique) return;
    const first = firstKeys.get(folded);
    if (first === undefined && firstKeys.size < mostCounted) firstKeys.set(folded, key);
    if (!isSeen) return;
    const keys = duplicated.get(folded) ?? (first === undefined ? [] : [first]);
    if (duplicated.size < shown || duplicated.has(folded)) {
      duplicated.set(folded, keys.length < shown ? [...keys, key] : keys);
    }
  };

  return {
    add: (resource, outcome, isRedacted) => {
      counts.total += 1;
      if (outcome.kind === 'kept') counts.ignored += 1;
      else if (outcome.kind === 'failed') {
        counts.failedCount += 1;
        const known = failures.get(outcome.message);
        if (known) known.count += 1;
        else if (failures.size < mostFailures) {
          failures.set(outcome.message, { count: 1, example: { key: resource.key, name: resource.name } });
        }
      } else {
        const text = textOf(outcome.value);
        if (text === undefined) counts.empty += 1;
        else if (isRedacted) counts.values += 1;
        else addValue(resource.key, text);
      }
    },
    result: () => ({
      ...counts,
      failed: [...failures]
        .map(([message, { count, example }]) => ({ message, count, example }))
        .sort((one, other) => other.count - one.count),
      isUnique,
      duplicated: [...duplicated].map(([value, keys]) => ({ value, keys })),
      distinct: distinct.size,
      isDistinctExact,
      top: [...frequencies]
        .sort(([, one], [, other]) => other - one)
        .slice(0, shown)
        .map(([value, count]) => ({ value, count })),
      isTopExact,
    }),
  };
}

/** Undefined for no value. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  const texts = soughtTexts(value);
  return texts.length > 0 ? texts.join(', ') : JSON.stringify(value);
}

function printOf(text: string): number {
  return hash('md5', text, 'buffer').readUIntBE(0, 6);
}
