/**
 * Values that no two objects of the target may have: whether somebody has them, in the target or by an earlier entry of the same run.
 * So a dry run tells what the target would refuse.
 */
import type { TransactionSql } from 'postgres';
import type { MappingContext } from '../mapping/compile-attributes.ts';
import { hideInSentence } from '../mapping/redaction.ts';
import { foldLetters } from '../mapping/text-folding.ts';
import { failEntries } from '../store/reconciliation-acting.ts';
import {
  type ClaimedValue,
  claimValues,
  hasAny,
  prepareClaimedValues,
  readClaimedValues,
  type WorkRow,
} from '../store/reconciliation-assessing.ts';
import { findRepeated, type RepeatedEntry, readRepeated } from '../store/repeated-values.ts';
import type { AssessedEntry } from './assess-row.ts';
import { forgetDeed } from './counting.ts';
import { deedOf } from './entry-outcome.ts';
import type { MappingRun } from './mapping-run.ts';

export type UniqueValues = Readonly<{
  /** Makes `isFree` for the rows of a batch, where the mapping chooses values that nobody has. */
  contextFor: (rows: readonly WorkRow[]) => Promise<MappingContext>;
  /** Fails what wants a value that somebody in the target has. In the order of the entries. */
  judge: (entries: readonly FoundEntry[]) => Promise<readonly AssessedEntry[]>;
  /** Once all entries are stored: fails those that want a value which an earlier one gets. */
  failRepeated: () => Promise<void>;
}>;

export type FoundEntry = Readonly<{ row: WorkRow; entry: AssessedEntry }>;

/** Opens the values of a run. Without a target that says what is unique, nothing is. */
export async function openUniqueValues(run: MappingRun, sql: TransactionSql): Promise<UniqueValues> {
  const { compiled, schema, orderTarget, now, reconciliationId } = run;
  const names = schema?.attributes.flatMap(({ name, isUnique }) => (isUnique ? [name] : [])) ?? [];
  const unique = new Set(names);
  if (schema === undefined || orderTarget === undefined) {
    return {
      contextFor: async () => ({ now }),
      judge: async (entries) => entries.map(({ entry }) => entry),
      failRepeated: async () => {},
    };
  }
  const target = orderTarget;
  const { name: type } = schema;
  const chosen = new Set(compiled.uniqueAttributes);
  if (chosen.size > 0) await prepareClaimedValues(sql);
  const isAnybodyThere = await hasAny(sql, run.plan.targetTypeId);
  const asked = new Set<string>();

  /** The keys of those in the target that have some of these values. */
  async function findTaken(wanted: readonly ClaimedValue[]): Promise<Map<string, string>> {
    const holders = new Map<string, string>();
    if (!isAnybodyThere) return holders;
    for (const attribute of new Set(wanted.map((one) => one.attribute))) {
      if (!unique.has(attribute)) continue;
      const values = wanted.filter((one) => one.attribute === attribute).map(({ value }) => value);
      for (const [value, key] of await target.findTaken(sql, type, attribute, values)) {
        holders.set(placeOf({ attribute, value }), key);
      }
    }
    return holders;
  }

  return {
    async contextFor(rows) {
      if (chosen.size === 0) return { now };
      const wanted = rows.flatMap(({ sourceKey, source }) =>
        sourceKey === null || source === null
          ? []
          : compiled
              .uniqueCandidates({ key: sourceKey, attributes: source }, { now })
              .flatMap(({ attribute, values }) => values.map((value) => ({ attribute, value }))),
      );
      const taken = new Set((await findTaken(wanted)).keys());
      for (const value of await readClaimedValues(sql, wanted.map(folded))) taken.add(placeOf(value));
      return {
        now,
        isFree: (attribute, value) => {
          const place = placeOf({ attribute, value });
          if (taken.has(place)) return false;
          taken.add(place);
          return true;
        },
      };
    },
    async judge(entries) {
      const wanted = entries.map(({ entry }) => wantedBy(entry, unique, chosen));
      const all = wanted.flat();
      for (const { attribute } of all) asked.add(attribute);
      const holders = await findTaken(all);
      if (chosen.size > 0) {
        await claimValues(sql, all.filter(({ attribute }) => chosen.has(attribute)).map(folded));
      }
      return entries.map(({ row, entry }, index) => {
        const taken = wanted[index]?.find((value) => {
          const holder = holders.get(placeOf(value));
          // What nobody has, or the entry's own object has already, is free.
          return holder !== undefined && holder !== row.targetKey && holder !== entry.targetKey;
        });
        return taken ? failTaken(entry, taken, holders.get(placeOf(taken)) ?? '', type) : entry;
      });
    },
    async failRepeated() {
      for (const attribute of names) {
        if (!asked.has(attribute) || (await findRepeated(sql, reconciliationId, attribute)) === 0) continue;
        for (let after = 0; ; ) {
          const repeated = await readRepeated(sql, reconciliationId, attribute, {
            after,
            limit: portionEntries,
          });
          const last = repeated.at(-1);
          if (last === undefined) break;
          await failPortion(run, sql, attribute, repeated);
          after = last.number;
        }
      }
    },
  };
}

const portionEntries = 1000;

async function failPortion(
  run: MappingRun,
  sql: TransactionSql,
  attribute: string,
  repeated: readonly RepeatedEntry[],
): Promise<void> {
  const { tally, compiled, reconciliationId } = run;
  const failures = repeated.map((entry) => {
    forgetDeed(tally, deedOf(run, entry));
    const message = `${attribute} is ${JSON.stringify(entry.value)}, which another entry of this run gets: no two may have the same.`;
    return {
      number: entry.number,
      message: hideInSentence(message, entry.changes, compiled.redactedAttributes),
    };
  });
  tally.proposed -= failures.length;
  tally.failed += failures.length;
  await failEntries(sql, reconciliationId, failures);
}

function folded({ attribute, value }: ClaimedValue): ClaimedValue {
  return { attribute, value: foldLetters(value) };
}

function placeOf({ attribute, value }: ClaimedValue): string {
  return `${attribute}\n${foldLetters(value)}`;
}

function wantedBy(
  { deed, changes }: AssessedEntry,
  unique: ReadonlySet<string>,
  chosen: ReadonlySet<string>,
): readonly ClaimedValue[] {
  if (changes === null || (deed.target !== 'create' && deed.target !== 'update')) return [];
  return Object.entries(changes.after).flatMap(([attribute, value]) =>
    (unique.has(attribute) || chosen.has(attribute)) && typeof value === 'string'
      ? [{ attribute, value }]
      : [],
  );
}

function failTaken(
  entry: AssessedEntry,
  { attribute, value }: ClaimedValue,
  holder: string,
  type: string,
): AssessedEntry {
  return {
    ...entry,
    deed: { target: 'none', link: 'none' },
    isFailed: true,
    message: `${attribute} is ${JSON.stringify(value)}, which the ${type} ${holder} has already: no two may have the same.`,
  };
}
