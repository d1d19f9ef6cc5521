/**
 * After the objects: links of source resources, such as members or managers, become links of the target objects that they are paired
 * with. Only pairs count that are as they should be, or were brought there by this run.
 */
import type { TransactionSql } from 'postgres';
import { Fault } from '../errors.ts';
import { claimReconciliation, recordActed } from '../store/reconciliations.ts';
import {
  canWriteReference,
  collectReferenceScope,
  findReferenceDifference,
  type ReferencePortion,
  readReferencePortions,
  writeReferenceDifference,
} from '../store/reference-links.ts';
import { transact } from '../store/transaction.ts';
import { beginWork } from './acting.ts';
import { asCounts } from './counting.ts';
import type { MappingRun, Reference, Target } from './mapping-run.ts';

/** Pairs that are looked at in one transaction. */
const portionChunks = 20;
const portionEntries = 20_000;

/** Counts what would become of references, of pairs that are there already. */
export async function previewReferences(run: MappingRun, sql: TransactionSql): Promise<void> {
  if (run.references.length === 0) return;
  for (const portion of await listPortions(run, sql)) {
    await collectReferenceScope(sql, run.plan, portion);
    for (const reference of run.references) count(run, await findReferenceDifference(sql, reference));
  }
}

/** Brings references up to what the source has. Gives the piece of work that it was written in, and whether it came to the end. */
export async function writeReferences(
  run: MappingRun,
  target: Target,
  { position, done, workId }: Readonly<{ position: number; done: number; workId: number | undefined }>,
): Promise<Readonly<{ isComplete: boolean; workId: number | undefined }>> {
  const { sql, references, signal, reconciliationId } = run;
  if (references.length === 0) return { isComplete: true, workId };
  await transact(sql, (transaction) => requireWritable(run, transaction));
  let work = workId;
  for (const portion of await transact(sql, (transaction) => listPortions(run, transaction))) {
    if (signal.aborted) return { isComplete: false, workId: work };
    work = await transact(sql, async (transaction) => {
      const claimed = await claimReconciliation(transaction, reconciliationId, position);
      if (!claimed)
        throw new Fault(
          'mapping-busy',
          `Another process has gone on with this run of ${run.definition.name}.`,
        );
      await collectReferenceScope(transaction, run.plan, portion);
      let used = claimed.runId ?? work;
      for (const reference of references) {
        const { added, removed } = await findReferenceDifference(transaction, reference);
        if (added + removed === 0) continue;
        used ??= await beginWork(run, target, transaction);
        count(run, await write(run, target, transaction, reference, used));
      }
      await recordActed(transaction, reconciliationId, {
        entryPosition: position,
        counts: asCounts(run.tally),
        done,
      });
      return used;
    });
  }
  return { isComplete: true, workId: work };
}

async function write(
  run: MappingRun,
  target: Target,
  sql: TransactionSql,
  reference: Reference,
  workId: number,
): ReturnType<typeof writeReferenceDifference> {
  // Without orders it only waits for others who write at this moment. What they have written counts.
  await target.fulfil(sql, workId, [], run.plan.seed);
  await findReferenceDifference(sql, reference);
  const association = {
    associationId: reference.targetAssociationId,
    entityTypeId: run.plan.targetTypeId,
  };
  return await writeReferenceDifference(sql, workId, association, reference.farTypeId);
}

function count(
  { tally }: MappingRun,
  { added, removed }: Readonly<{ added: number; removed: number }>,
): void {
  tally.references.added += added;
  tally.references.removed += removed;
}

async function requireWritable({ definition, references }: MappingRun, sql: TransactionSql): Promise<void> {
  const { type, connection } = definition.target;
  for (const { target, targetAssociationId } of references) {
    if (await canWriteReference(sql, type, target, targetAssociationId)) continue;
    throw new Fault(
      'mapping-refused',
      `Links of ${connection}/${type} cannot be written by this version: remove ${target} from the mapping ${definition.name}.`,
    );
  }
}

async function listPortions(
  { reconciliationId }: MappingRun,
  sql: TransactionSql,
): Promise<readonly ReferencePortion[]> {
  const { chunks, lastEntry } = await readReferencePortions(sql, reconciliationId);
  const portions: ReferencePortion[] = [];
  for (let first = 0; first < chunks; first += portionChunks) {
    portions.push({ kind: 'unchanged', firstChunk: first, lastChunk: first + portionChunks - 1 });
  }
  for (let first = 1; first <= lastEntry; first += portionEntries) {
    portions.push({ kind: 'entries', first, last: first + portionEntries - 1 });
  }
  return portions;
}
