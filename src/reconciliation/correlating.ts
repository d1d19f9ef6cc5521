/**
 * The third stage: source resources without a link are asked what they are looked for by, and all of that is looked for at once.
 */
import type { TransactionSql } from 'postgres';
import type { SoughtAttribute } from '../mapping/compile-correlation.ts';
import { foldLetters } from '../mapping/text-folding.ts';
import {
  type Combination,
  findMatches,
  prepareCorrelation,
  readUnlinked,
  recordSought,
  type SeekFailure,
  type Sought,
} from '../store/reconciliation-correlation.ts';
import { hasTargets, type PairingCounts } from '../store/reconciliation-pairing.ts';
import { steerPlanner } from '../store/staging.ts';
import { attributeOf, type MappingRun } from './mapping-run.ts';

/** Lists of attributes that were looked for together, by number; undefined where nothing was looked for at all. */
export type Combinations = readonly Combination[] | undefined;

const batchRows = 2000;
/** Alternatives of one resource, as many values as its lists have: more of them are no rule that finds one person. */
const mostSought = 200;

export async function correlate(
  run: MappingRun,
  sql: TransactionSql,
  { unlinked }: PairingCounts,
): Promise<Combinations> {
  const { compiled, plan, signal, clock, now } = run;
  if (unlinked === 0 || compiled.correlation.length === 0) return undefined;
  await steerPlanner(sql, false);
  // Nothing can be found there. Unlike in the reference, that changes no situation.
  if (!run.definition.settings.correlatesEmptyTarget && !(await hasTargets(sql, plan))) return undefined;
  await prepareCorrelation(sql);
  const combinations = new CombinationList(run);
  let processed = 0;
  for (let after = 0; ; ) {
    signal.throwIfAborted();
    const rows = await readUnlinked(sql, plan, after, batchRows);
    const last = rows.at(-1);
    if (last === undefined) break;
    const sought: Sought[] = [];
    const failures: SeekFailure[] = [];
    for (const { place, qualifier, sourceKey, attributes } of rows) {
      if (attributes === null) continue;
      const resource = { key: sourceKey, attributes };
      if (!compiled.qualifiersOf(resource).includes(qualifier)) continue;
      const seeking = compiled.seek(resource, qualifier, { now });
      if (seeking.kind === 'failed') failures.push({ place, message: seeking.message });
      else {
        const wanted = seeking.conjunctions.flatMap((one) => {
          const combination = combinations.numberOf(one.attributes);
          return listValues(one.attributes).map((values) => ({ place, rule: one.rule, combination, values }));
        });
        sought.push(...wanted.slice(0, mostSought));
      }
    }
    await recordSought(sql, sought, failures);
    after = last.place;
    processed += rows.length;
    await clock.advance(processed);
    if (rows.length < batchRows) break;
  }
  await findMatches(sql, plan, combinations.list);
  return combinations.list;
}

/** Every choice of one value for each attribute, folded. */
function listValues(attributes: readonly SoughtAttribute[]): readonly (readonly string[])[] {
  return attributes.reduce<readonly (readonly string[])[]>(
    (lists, { values }) =>
      lists.flatMap((list) => values.map((value) => [...list, foldLetters(value)])).slice(0, mostSought),
    [[]],
  );
}

/** Numbers lists of attributes as they come. There are no more than the rules of the mapping have. */
class CombinationList {
  readonly list: Combination[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #run: MappingRun;

  constructor(run: MappingRun) {
    this.#run = run;
  }

  numberOf(attributes: readonly SoughtAttribute[]): number {
    const names = attributes.map(({ attribute }) => attribute);
    const key = JSON.stringify(names);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.list.length;
    this.#numbers.set(key, number);
    this.list.push({
      attributes: names.map((name) => ({
        name,
        mayBeList: attributeOf(this.#run.schema, name)?.isMultiValued ?? true,
      })),
    });
    return number;
  }
}
