/**
 * The first four stages: both sides are looked at in one snapshot, up to a list of entries. Nothing is changed but what links have
 * settled.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TransactionSql } from 'postgres';
import { Fault } from '../errors.ts';
import { readLastLink } from '../store/account-links.ts';
import { isSettled, readChangeHorizon, readFollowedChange } from '../store/change-horizon.ts';
import { ensureCorrelationIndexes } from '../store/correlation-indexes.ts';
import type { StoredMapping } from '../store/mappings.ts';
import { dropEntries } from '../store/reconciliation-assessing.ts';
import { hasSources, type PairingScope, pair } from '../store/reconciliation-pairing.ts';
import { recordChangePosition } from '../store/reconciliations.ts';
import { transact } from '../store/transaction.ts';
import { assessAll } from './assessing.ts';
import { correlate } from './correlating.ts';
import { countUnchanged } from './counting.ts';
import type { MappingRun } from './mapping-run.ts';
import { previewReferences } from './references.ts';

/**
 * Looks at both sides, up to a list of what is to be done about each pair. Gives where the log of changes was before, and the last account
 * link that was looked at.
 */
export async function look(
  run: MappingRun,
  mapping: StoredMapping,
): Promise<Readonly<{ changePosition: number; linkPosition: number }>> {
  const { sql, reconciliationId, clock, tally, plan, signal } = run;
  await clock.enter('reading');
  await dropEntries(sql, reconciliationId);
  // Not within the snapshot: an index is made beside everybody's work, or by the next run.
  if (!run.isDryRun) {
    await ensureCorrelationIndexes(sql, plan.targetTypeId, run.compiled.correlatedAttributes);
  }
  const upTo = await findPosition(run, mapping);
  await recordChangePosition(sql, reconciliationId, upTo);
  const linkPosition = await transact(
    sql,
    async (transaction) => {
      await requireSources(run, transaction);
      await clock.enter('pairing');
      const paired = await pair(transaction, plan, scopeOf(run, mapping, upTo));
      signal.throwIfAborted();
      tally.source.total = paired.sources;
      tally.target.total = paired.targets;
      tally.outsideFilter = paired.outsideFilter;
      countUnchanged(tally, paired.unchanged);
      await clock.enter('correlating', paired.unlinked);
      const combinations = await correlate(run, transaction, paired);
      await clock.enter('assessing', paired.rows);
      const isComplete = await assessAll(run, transaction, paired, combinations);
      if (isComplete && run.isDryRun) await previewReferences(run, transaction);
      if (!run.isHeld()) throw lostFault(mapping.name);
      return await readLastLink(transaction);
    },
    'isolation level repeatable read',
  );
  return { changePosition: upTo, linkPosition };
}

/** A process that stood still for too long has lost its mapping. */
export function lostFault(mapping: string): Fault {
  return new Fault(
    'mapping-busy',
    `Another process may have gone on with this run of ${mapping}: it is left to that one.`,
  );
}

function scopeOf(
  { mode, parameters, references }: MappingRun,
  mapping: StoredMapping,
  upTo: number,
): PairingScope {
  switch (mode) {
    case 'full':
    case 'query':
      return { kind: 'all' };
    case 'incremental':
      return {
        kind: 'changes',
        after: mapping.changePosition ?? 0,
        upTo,
        afterLink: mapping.linkPosition,
        references,
      };
    case 'keys':
      return { kind: 'keys', keys: parameters.keys ?? [] };
  }
}

/** A source without anything is more often one that could not be read than one that everybody has left. */
async function requireSources(run: MappingRun, sql: TransactionSql): Promise<void> {
  const { mode, parameters, definition, plan, source } = run;
  if (mode !== 'full' && mode !== 'query') return;
  if (parameters.allowsEmptySource ?? definition.settings.allowsEmptySource) return;
  if (await hasSources(sql, plan)) return;
  const { connection, type } = source.set;
  const which = plan.filterSource === null ? '' : ' that its filter lets through';
  throw new Fault(
    'reconciliation-refused',
    `${connection}/${type}, the source of the mapping ${definition.name}, has no resource${which}: correct that, or allow an empty source in the settings of the mapping.`,
  );
}

const settlingPatienceMs = 30_000;
const settlingPauseMs = 50;

/**
 * Where the log of changes is before anything is looked at. Somebody who writes to it for longer than that is not waited for: then it
 * is where others have followed it to for certain.
 */
async function findPosition({ sql, signal }: MappingRun, { changePosition }: StoredMapping): Promise<number> {
  const horizon = await readChangeHorizon(sql);
  for (const endMs = performance.now() + settlingPatienceMs; performance.now() < endMs; ) {
    if (await isSettled(sql, horizon)) return horizon.changeNumber;
    await delay(settlingPauseMs, undefined, { signal });
  }
  return Math.max(changePosition ?? 0, await readFollowedChange(sql));
}
