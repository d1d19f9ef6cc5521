/** A proposed entry as an order, and what comes of it once the target has answered. */
import { hideInSentence } from '../mapping/redaction.ts';
import type { Order, Receipt } from '../model/order.ts';
import type { LinkToMake, LinkToMove, ProposedEntry, Staleness } from '../store/reconciliation-acting.ts';
import type { SettledPair } from '../store/reconciliation-assessing.ts';
import { countDeed, type Deed } from './counting.ts';
import type { MappingRun } from './mapping-run.ts';

/** What the target is asked for; null where an entry is about the link alone. */
export function orderOf({ definition }: MappingRun, entry: ProposedEntry): Order | null {
  const { action, changes, targetKey, targetPrint, createdKey } = entry;
  const entityType = definition.target.type;
  const print = targetPrint === null ? {} : { print: targetPrint };
  switch (action) {
    case 'CREATE': {
      const attributes = Object.fromEntries(
        Object.entries(changes?.after ?? {}).filter(([, value]) => value !== null),
      );
      return { kind: 'create', entityType, attributes, ...(createdKey === null ? {} : { key: createdKey }) };
    }
    case 'UPDATE':
      if (changes === null || targetKey === null) return null;
      return { kind: 'update', entityType, key: targetKey, changes: changes.after, ...print };
    case 'DELETE':
      return targetPrint === null || targetKey === null
        ? null
        : { kind: 'delete', entityType, key: targetKey, ...print };
    default:
      return null;
  }
}

/** What is to be written for the entries of a batch. */
export type Outcome = Readonly<{
  made: LinkToMake[];
  moved: LinkToMove[];
  kept: SettledPair[];
  removed: string[];
  failures: { number: number; message: string }[];
  created: { number: number; key: string }[];
}>;

/** What an entry comes to, now that the target has answered. */
export function settleEntry(
  run: MappingRun,
  entry: ProposedEntry,
  receipt: Receipt | null,
  outcome: Outcome,
): void {
  const { number, action, qualifier, sourceKey, linkNumber, sourcePrint, matchedOn } = entry;
  const failure = receipt === null ? undefined : failureOf(receipt);
  if (failure !== undefined) {
    const message = hideInSentence(failure, entry.changes, run.compiled.redactedAttributes);
    outcome.failures.push({ number, message });
    return;
  }
  const done = receipt?.kind === 'done' ? receipt : undefined;
  const targetKey = action === 'CREATE' ? (done?.key ?? null) : entry.targetKey;
  if (action === 'CREATE' && done !== undefined && done.key !== entry.createdKey) {
    outcome.created.push({ number, key: done.key });
  }
  const deed = deedOf(run, entry);
  countDeed(run.tally, deed);
  if (deed.link === 'remove' && linkNumber !== null) outcome.removed.push(linkNumber);
  if (sourceKey === null || targetKey === null) return;
  const targetPrint = done?.print ?? entry.targetPrint;
  const isSettled = isAsItShouldBe(run, entry) && sourcePrint !== null && targetPrint !== null;
  const settled = isSettled ? { sourcePrint, targetPrint } : null;
  const link = {
    qualifier,
    sourceKey,
    targetKey,
    matchedOn: action === 'CREATE' ? null : matchedOn,
    settled,
  };
  if (deed.link === 'create') outcome.made.push(link);
  if (linkNumber === null) return;
  if (deed.link === 'move') outcome.moved.push({ ...link, linkNumber });
  if (deed.link === 'none' && settled !== null)
    outcome.kept.push({ linkNumber, sourceKey, targetKey, ...settled });
}

function failureOf(receipt: Receipt): string | undefined {
  switch (receipt.kind) {
    case 'done':
      return undefined;
    case 'refused':
      return receipt.message;
    case 'changed-meanwhile':
      return staleMessages.target;
    case 'gone':
      return 'The target object is gone meanwhile: the next run looks at it again.';
  }
}

/** What an entry does to its target and its link when it succeeds. */
export function deedOf(
  { definition }: Pick<MappingRun, 'definition'>,
  {
    action,
    linkNumber,
    changes,
    targetPrint,
  }: Pick<ProposedEntry, 'action' | 'linkNumber' | 'changes' | 'targetPrint'>,
): Deed {
  const { isLinking } = definition.settings;
  const isLinked = linkNumber !== null;
  const fresh = isLinking && !isLinked ? 'create' : 'none';
  const removal = isLinked ? 'remove' : 'none';
  switch (action) {
    case 'CREATE':
      return { target: 'create', link: isLinked && isLinking ? 'move' : fresh };
    case 'UPDATE':
      return { target: changes === null ? 'none' : 'update', link: fresh };
    case 'LINK':
      return { target: 'none', link: fresh };
    case 'DELETE':
      return { target: targetPrint === null ? 'none' : 'delete', link: removal };
    case 'UNLINK':
      return { target: 'none', link: removal };
    default:
      return { target: 'none', link: 'none' };
  }
}

/** Whether the pair would be confirmed now, with nothing to do: it was in the scope, and the mapping was applied whole. */
function isAsItShouldBe({ plan }: MappingRun, { phase, situation, action }: ProposedEntry): boolean {
  return (
    plan.isSettling &&
    phase === 'source' &&
    situation !== 'UNQUALIFIED' &&
    (action === 'CREATE' || action === 'UPDATE')
  );
}

/** What entries fail with that are not what was assessed any more. */
export const staleMessages: Readonly<Record<Staleness, string>> = {
  source: 'The source resource has changed meanwhile: the next run looks at it again.',
  target: 'The target object has changed meanwhile: the next run looks at it again.',
  link: 'The account link has changed meanwhile: the next run looks at it again.',
};
