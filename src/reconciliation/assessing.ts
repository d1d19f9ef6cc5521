/**
 * The fourth stage: what was paired is assessed in batches, in the order of entries. While one batch is assessed here, the database
 * reads the next one and stores the last.
 */
import { randomUUID } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { hideInSentence, type Redaction, redactionIn, withoutRedacted } from '../mapping/redaction.ts';
import type { Attributes } from '../model/entity-type.ts';
import type { MatchedOn } from '../model/reconciliation.ts';
import { nameOf } from '../model/search-words.ts';
import {
  type EntryRow,
  insertEntries,
  insertUnchanged,
  readClaimed,
  readWork,
  recordClaims,
  type SettledPair,
  settlePairs,
  type WorkRow,
} from '../store/reconciliation-assessing.ts';
import { mostMatches } from '../store/reconciliation-correlation.ts';
import { chunkLinks, type PairingCounts } from '../store/reconciliation-pairing.ts';
import { steerPlanner } from '../store/staging.ts';
import { type AssessedEntry, assessRow } from './assess-row.ts';
import type { Combinations } from './correlating.ts';
import { countEntry, countUnchanged } from './counting.ts';
import type { MappingRun } from './mapping-run.ts';
import { type FoundEntry, openUniqueValues } from './unique-values.ts';

const batchRows = 1000;

/** Assesses every row. Stops between two batches where the run is to end, with what was assessed so far; says whether it came to the end. */
export async function assessAll(
  run: MappingRun,
  sql: TransactionSql,
  paired: PairingCounts,
  combinations: Combinations,
): Promise<boolean> {
  const { plan, signal, clock, compiled } = run;
  await steerPlanner(sql, false);
  const unique = await openUniqueValues(run, sql);
  const recorder = startRecorder(run, sql, paired.unchanged);
  const hasMatches = combinations !== undefined;
  const read = (after: number): Promise<readonly WorkRow[]> => {
    const reading = readWork(sql, plan, { after, limit: batchRows, hasMatches });
    // Whoever waits for it hears of it.
    reading.catch(() => undefined);
    return reading;
  };
  const finish = async (
    rows: readonly WorkRow[],
    found: readonly FoundEntry[],
    claimed: ReadonlySet<string>,
  ) => {
    const judged = await unique.judge(found);
    recorder.addEntries(
      found.map(({ row }, index) => ({ row, entry: judged[index] as AssessedEntry })),
      combinations,
    );
    await recordNewClaims(sql, rows, claimed);
    await recorder.store();
  };
  let next = read(0);
  let finishing: Promise<void> = Promise.resolve();
  let processed = 0;
  for (;;) {
    if (signal.aborted) {
      await finishing;
      await recorder.flush();
      return false;
    }
    const rows = await next;
    const last = rows.at(-1);
    if (last === undefined) break;
    if (rows.length === batchRows) next = read(last.place);
    // What the rows before were given decides on these.
    if (compiled.uniqueAttributes.length > 0 || rows.some(({ isContested }) => isContested)) await finishing;
    const claimed = await claimedBy(sql, rows);
    const context = await unique.contextFor(rows);
    const assessing = {
      compiled: run.compiled,
      context,
      source: run.source.set,
      checkObject: checkerOf(run),
      isClaimed: (row: WorkRow) => claimed.has(matchPlace(row)),
    };
    const found: FoundEntry[] = [];
    for (const row of rows) {
      const outcome = assessRow(row, assessing);
      if (outcome.kind === 'passed-over') run.tally.outsideFilter += outcome.isLinked ? 1 : 0;
      else if (outcome.kind === 'unchanged') recorder.addUnchanged(row, outcome.isFromSource);
      else {
        const { entry } = outcome;
        if (row.isContested && (entry.deed.link === 'create' || entry.deed.link === 'move')) {
          claimed.add(matchPlace(row));
        }
        found.push({ row, entry });
      }
    }
    // One batch behind: while the database answers, the next one is assessed here.
    await finishing;
    finishing = finish(rows, found, claimed);
    finishing.catch(() => undefined);
    processed += rows.length;
    await clock.advance(processed);
    if (rows.length < batchRows) break;
  }
  await finishing;
  await recorder.flush();
  await unique.failRepeated();
  return true;
}

function checkerOf({ orderTarget, schema }: MappingRun): Parameters<typeof assessRow>[1]['checkObject'] {
  if (orderTarget === undefined || schema === undefined) return () => [];
  return (attributes, changed) => orderTarget.checkObject(schema.name, attributes, changed);
}

function matchPlace({ qualifier, matchKeys }: WorkRow): string {
  return `${qualifier}\n${matchKeys[0] ?? ''}`;
}

async function claimedBy(sql: TransactionSql, rows: readonly WorkRow[]): Promise<Set<string>> {
  const wanted = rows.flatMap(({ isContested, qualifier, matchKeys: [targetKey] }) =>
    isContested && targetKey !== undefined ? [{ qualifier, targetKey }] : [],
  );
  const claimed = await readClaimed(sql, wanted);
  return new Set(claimed.map(({ qualifier, targetKey }) => `${qualifier}\n${targetKey}`));
}

async function recordNewClaims(
  sql: TransactionSql,
  rows: readonly WorkRow[],
  claimed: ReadonlySet<string>,
): Promise<void> {
  const own = rows.filter((row) => row.isContested && claimed.has(matchPlace(row)));
  const claims = own.flatMap(({ qualifier, matchKeys: [targetKey] }) =>
    targetKey === undefined ? [] : [{ qualifier, targetKey }],
  );
  await recordClaims(sql, claims);
}

/** Collects what was assessed, and stores it while the next batch is assessed. */
function startRecorder(run: MappingRun, sql: TransactionSql, unchangedBefore: number) {
  const { plan, tally, reconciliationId, isDryRun } = run;
  const redaction = redactionIn(run.compiled);
  let chunk = Math.ceil(unchangedBefore / chunkLinks);
  let number = 0;
  let rows: EntryRow[] = [];
  let links: string[] = [];
  let settled: SettledPair[] = [];
  let storing: Promise<unknown> = Promise.resolve();
  const pending = (work: Promise<unknown>): Promise<unknown> => {
    work.catch(() => undefined);
    return work;
  };

  const store = async (): Promise<void> => {
    // One batch behind, so that nothing piles up.
    await storing;
    const works: Promise<unknown>[] = [];
    if (rows.length > 0) works.push(insertEntries(sql, reconciliationId, rows));
    while (links.length >= chunkLinks) {
      works.push(insertUnchanged(sql, reconciliationId, chunk, links.slice(0, chunkLinks)));
      links = links.slice(chunkLinks);
      chunk += 1;
    }
    // On a connection of its own: a person who changes a link at this moment must not undo the assessment.
    if (settled.length > 0) works.push(settlePairs(run.sql, plan, settled));
    [rows, settled] = [[], []];
    storing = pending(Promise.all(works));
  };

  return {
    addUnchanged(row: WorkRow, isFromSource: boolean): void {
      countUnchanged(tally, 1);
      const { linkNumber, sourceKey, targetKey, sourcePrint, targetPrint } = row;
      if (linkNumber === null) return;
      links.push(linkNumber);
      const isKnown =
        sourceKey !== null && targetKey !== null && sourcePrint !== null && targetPrint !== null;
      if (plan.isSettling && !isDryRun && isFromSource && isKnown) {
        settled.push({ linkNumber, sourceKey, targetKey, sourcePrint, targetPrint });
      }
    },
    addEntries(
      found: readonly Readonly<{ row: WorkRow; entry: AssessedEntry }>[],
      combinations: Combinations,
    ): void {
      for (const { row, entry } of found) {
        const isProposed = entry.deed.target !== 'none' || entry.deed.link !== 'none';
        const status = entry.isFailed ? 'failed' : isProposed ? 'proposed' : 'succeeded';
        countEntry(tally, {
          ...entry,
          status,
          hasSource: row.sourceKey !== null,
          hasTarget: entry.targetKey !== null,
        });
        if (!entry.isReported && status === 'succeeded') continue;
        number += 1;
        rows.push(entryRow(row, entry, { number, status, isDryRun, combinations, redaction }));
      }
    },
    store,
    async flush(): Promise<void> {
      await store();
      await storing;
      if (links.length > 0) await insertUnchanged(sql, reconciliationId, chunk, links);
      links = [];
    },
  };
}

type EntryRowContext = Readonly<{
  number: number;
  status: EntryRow['status'];
  isDryRun: boolean;
  combinations: Combinations;
  /** What must not be told. */
  redaction: Redaction;
}>;

function entryRow(
  row: WorkRow,
  entry: AssessedEntry,
  { number, status, isDryRun, combinations, redaction }: EntryRowContext,
): EntryRow {
  const source = row.source ?? row.old;
  const isTargetRead = entry.isMatch || entry.targetKey === row.targetKey;
  const target = isTargetRead ? row.target : null;
  return {
    number,
    phase: row.phase,
    qualifier: row.qualifier,
    situation: entry.situation,
    action: entry.action,
    status,
    message: entry.message && hideInSentence(entry.message, entry.changes, redaction.targets),
    sourceKey: row.sourceKey,
    targetKey: entry.targetKey,
    sourceName: nameFor(row.sourceKey, source, redaction.sources),
    targetName: nameFor(entry.targetKey, target, redaction.targets),
    matchedOn: entry.isMatch || entry.keepsAmbiguous ? matchedOnOf(row, combinations) : null,
    ambiguousKeys: entry.keepsAmbiguous ? row.matchKeys.slice(0, mostMatches) : null,
    matchCount: row.matchCount,
    policy: entry.policy,
    changes: entry.changes,
    linkNumber: row.linkNumber,
    sourcePrint: row.isOutside ? null : row.sourcePrint,
    targetPrint: isTargetRead && entry.targetKey !== null ? row.targetPrint : null,
    createdKey: status === 'proposed' && entry.deed.target === 'create' && !isDryRun ? randomUUID() : null,
  };
}

function nameFor(
  key: string | null,
  attributes: Attributes | null,
  redacted: readonly string[],
): string | null {
  return key === null || attributes === null ? null : nameOf(key, withoutRedacted(attributes, redacted));
}

function matchedOnOf(
  { matchRule, matchCombination, matchValues }: WorkRow,
  combinations: Combinations,
): MatchedOn | null {
  if (matchRule === null || matchCombination === null || matchValues === null) return null;
  const names = combinations?.[matchCombination]?.attributes ?? [];
  const attributes = Object.fromEntries(names.map(({ name }, index) => [name, matchValues[index] ?? '']));
  return { rule: matchRule, attributes };
}
