/**
 * Values that no two objects of the target may have: whether somebody has them, in the target or by an earlier entry of the same run.
 * So a dry run tells what the target would refuse.
 */
import type { TransactionSql } from 'postgres';
import type { MappingContext } from '../mapping/compile-attributes.ts';
import { foldLetters } from '../mapping/text-folding.ts';
import {
  type ClaimedValue,
  claimValues,
  hasAny,
  prepareClaimedValues,
  readClaimedValues,
  type WorkRow,
} from '../store/reconciliation-assessing.ts';
import type { AssessedEntry } from './assess-row.ts';
import type { MappingRun } from './mapping-run.ts';

export type UniqueValues = Readonly<{
  /** Makes `isFree` for the rows of a batch, where the mapping chooses values that nobody has. */
  contextFor: (rows: readonly WorkRow[]) => Promise<MappingContext>;
  /** Fails what wants a value that somebody else has; the others have it from now on. In the order of the entries. */
  claim: (entries: readonly ClaimingEntry[]) => Promise<readonly AssessedEntry[]>;
}>;

export type ClaimingEntry = Readonly<{ row: WorkRow; entry: AssessedEntry }>;

/** Opens the values of a run. Without a target that says what is unique, nothing is. */
export async function openUniqueValues(run: MappingRun, sql: TransactionSql): Promise<UniqueValues> {
  const { compiled, schema, orderTarget, now } = run;
  const names = schema?.attributes.flatMap(({ name, isUnique }) => (isUnique ? [name] : [])) ?? [];
  const unique = new Set([...names, ...(orderTarget ? compiled.uniqueAttributes : [])]);
  if (unique.size === 0 || schema === undefined || orderTarget === undefined) {
    return {
      contextFor: async () => ({ now }),
      claim: async (entries) => entries.map(({ entry }) => entry),
    };
  }
  const target = orderTarget;
  const { name: type } = schema;
  await prepareClaimedValues(sql);

  const isAnybodyThere = await hasAny(sql, run.plan.targetTypeId);

  /** The keys of those in the target that have some of these values. */
  async function findTaken(wanted: readonly ClaimedValue[]): Promise<Map<string, string>> {
    const holders = new Map<string, string>();
    if (!isAnybodyThere) return holders;
    for (const attribute of new Set(wanted.map((one) => one.attribute))) {
      const values = wanted.filter((one) => one.attribute === attribute).map(({ value }) => value);
      const taken = names.includes(attribute)
        ? await target.findTaken(sql, type, attribute, values)
        : new Map<string, string>();
      for (const [value, key] of taken) holders.set(placeOf({ attribute, value }), key);
    }
    return holders;
  }

  return {
    async contextFor(rows) {
      if (compiled.uniqueAttributes.length === 0) return { now };
      const wanted = rows.flatMap(({ sourceKey, source }) =>
        sourceKey === null || source === null
          ? []
          : compiled
              .uniqueCandidates({ key: sourceKey, attributes: source }, { now })
              .flatMap(({ attribute, values }) => values.map((value) => ({ attribute, value }))),
      );
      const chosen = new Set((await findTaken(wanted)).keys());
      for (const value of await readClaimedValues(sql, wanted.map(folded))) chosen.add(placeOf(value));
      return {
        now,
        isFree: (attribute, value) => {
          const place = placeOf({ attribute, value });
          if (chosen.has(place)) return false;
          chosen.add(place);
          return true;
        },
      };
    },
    async claim(entries) {
      const wanted = entries.map(({ entry }) => wantedBy(entry, unique));
      const all = wanted.flat();
      if (all.length === 0) return entries.map(({ entry }) => entry);
      const holders = await findTaken(all);
      // What somebody in the target has is not given to anybody here.
      const free = wanted.map((values, index) =>
        values.every((value) => isFreeFor(entries[index], holders.get(placeOf(value)))),
      );
      const places = new Map<string, ClaimedValue>();
      const repeated = wanted.map((values, index) => {
        if (!free[index]) return undefined;
        const again = values.find((value) => places.has(placeOf(value)));
        if (!again) for (const value of values) places.set(placeOf(value), folded(value));
        return again;
      });
      const lost = new Set((await claimValues(sql, [...places.values()])).map(placeOf));
      return entries.map(({ entry }, index) => {
        const values = wanted[index] ?? [];
        const taken = values.find((value) => !isFreeFor(entries[index], holders.get(placeOf(value))));
        if (taken) return failTaken(entry, taken, holders.get(placeOf(taken)), type);
        const claimed = repeated[index] ?? values.find((value) => lost.has(placeOf(value)));
        return claimed ? failTaken(entry, claimed, undefined, type) : entry;
      });
    },
  };
}

function folded({ attribute, value }: ClaimedValue): ClaimedValue {
  return { attribute, value: foldLetters(value) };
}

function placeOf({ attribute, value }: ClaimedValue): string {
  return `${attribute}\n${foldLetters(value)}`;
}

/** What nobody has, or the entry's own object has already. */
function isFreeFor(claiming: ClaimingEntry | undefined, holder: string | undefined): boolean {
  return holder === undefined || holder === claiming?.row.targetKey || holder === claiming?.entry.targetKey;
}

function wantedBy({ deed, changes }: AssessedEntry, unique: ReadonlySet<string>): readonly ClaimedValue[] {
  if (changes === null || (deed.target !== 'create' && deed.target !== 'update')) return [];
  return Object.entries(changes.after).flatMap(([attribute, value]) =>
    unique.has(attribute) && typeof value === 'string' ? [{ attribute, value }] : [],
  );
}

function failTaken(
  entry: AssessedEntry,
  { attribute, value }: ClaimedValue,
  holder: string | undefined,
  type: string,
): AssessedEntry {
  const who = holder === undefined ? 'another entry of this run gets' : `the ${type} ${holder} has already`;
  return {
    ...entry,
    deed: { target: 'none', link: 'none' },
    isFailed: true,
    message: `${attribute} is ${JSON.stringify(value)}, which ${who}: no two may have the same.`,
  };
}
