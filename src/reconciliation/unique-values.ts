/**
 * Values that no two objects of the target may have: whether somebody has them, in the target or by an earlier entry of the same run.
 * So a dry run tells what the target would refuse.
 */
import type { TransactionSql } from 'postgres';
import type { MappingContext } from '../mapping/compile-attributes.ts';
import { foldLetters } from '../mapping/text-folding.ts';
import {
  type ClaimedValue,
  prepareClaimedValues,
  readClaimedValues,
  recordClaimedValues,
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

  /** Who has some values: a key of the target, or `ours` for an entry of this run. */
  async function findHolders(wanted: readonly ClaimedValue[]): Promise<Map<string, string>> {
    const holders = new Map<string, string>();
    for (const attribute of new Set(wanted.map((one) => one.attribute))) {
      const values = wanted.filter((one) => one.attribute === attribute).map(({ value }) => value);
      const taken = names.includes(attribute)
        ? await target.findTaken(sql, type, attribute, values)
        : new Map<string, string>();
      for (const [value, key] of taken) holders.set(placeOf(attribute, value), key);
    }
    const folded = wanted.map(({ attribute, value }) => ({ attribute, value: foldLetters(value) }));
    for (const { attribute, value } of await readClaimedValues(sql, folded)) {
      holders.set(placeOf(attribute, value), ours);
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
      const holders = await findHolders(wanted);
      const chosen = new Set<string>();
      return {
        now,
        isFree: (attribute, value) => {
          const place = placeOf(attribute, value);
          if (holders.has(place) || chosen.has(place)) return false;
          chosen.add(place);
          return true;
        },
      };
    },
    async claim(entries) {
      const wanted = entries.map(({ entry }) => wantedBy(entry, unique));
      const all = wanted.flat();
      if (all.length === 0) return entries.map(({ entry }) => entry);
      const holders = await findHolders(all);
      const claimed: ClaimedValue[] = [];
      const judged = entries.map(({ row, entry }, index) => {
        const values = wanted[index] ?? [];
        const lost = values.find(({ attribute, value }) => {
          const holder = holders.get(placeOf(attribute, value));
          return (
            holder !== undefined &&
            (holder === ours || (holder !== row.targetKey && holder !== entry.targetKey))
          );
        });
        if (lost)
          return failTaken(entry, lost, holders.get(placeOf(lost.attribute, lost.value)) ?? ours, type);
        for (const { attribute, value } of values) {
          holders.set(placeOf(attribute, value), ours);
          claimed.push({ attribute, value: foldLetters(value) });
        }
        return entry;
      });
      await recordClaimedValues(sql, claimed);
      return judged;
    },
  };
}

/** Stands for an entry of this run among keys of the target, none of which is empty. */
const ours = '';

function placeOf(attribute: string, value: string): string {
  return `${attribute}\n${foldLetters(value)}`;
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
  holder: string,
  type: string,
): AssessedEntry {
  const who = holder === ours ? 'another entry of this run gets' : `the ${type} ${holder} has already`;
  return {
    ...entry,
    deed: { target: 'none', link: 'none' },
    isFailed: true,
    message: `${attribute} is ${JSON.stringify(value)}, which ${who}: no two may have the same.`,
  };
}
