/** Everything about one entry of a reconciliation: why it is as it is, and how both of its sides and its link are by now. */
import type { ISql, Sql } from 'postgres';
import { hideValues, type Redaction, redactionOf, withoutRedacted } from '../../mapping/redaction.ts';
import type { ObjectSet } from '../../model/mapping.ts';
import { nameOf } from '../../model/search-words.ts';
import { findLinkOwner, type LinkOwner, readLinksOf } from '../../store/account-links.ts';
import { findStoredSet, readResourcesByKey, type SampleResource } from '../../store/mapping-samples.ts';
import { type Entry, readEntry, readUnchangedPair } from '../../store/reconciliation-entries.ts';
import { findRetry, type RetryPlace } from '../../store/reconciliation-views.ts';
import type { StoredReconciliation } from '../../store/reconciliations.ts';
import { Refusal } from '../problem.ts';
import type { ReconciliationEntryDetails } from '../schemas/reconciliations.ts';
import { findMappingOf } from './reconciliation-parts.ts';
import { readEntryId, renderEntry, renderRows } from './reconciliation-rendering.ts';
import { text } from './route-parts.ts';

/** Throws a `Refusal` where the run has no such entry, or not any more. */
export async function requireEntry(sql: Sql, run: StoredReconciliation, entryId: string): Promise<Entry> {
  const { reconciliationId } = run;
  const named = readEntryId(entryId);
  const entry =
    named &&
    (named.kind === 'entry'
      ? await readEntry(sql, reconciliationId, named.number)
      : await readUnchangedPair(sql, reconciliationId, named.number));
  if (entry) return entry;
  throw new Refusal(
    'entry-unknown',
    run.hasEntries
      ? `The reconciliation ${reconciliationId} has no entry ${JSON.stringify(entryId)}.`
      : `The entries of the reconciliation ${reconciliationId} are not kept any more, as newer ones are there.`,
  );
}

/** Candidates that are shown side by side. */
const mostCandidates = 10;

export async function explainEntry(
  sql: Sql,
  run: StoredReconciliation,
  entry: Entry,
): Promise<ReconciliationEntryDetails> {
  const { definition } = run;
  const { sourceKey, targetKey, qualifier } = entry;
  const redaction = redactionOf(definition);
  const [mapping, sources, targets] = await Promise.all([
    findMappingOf(sql, run),
    readShown(sql, definition.source, sourceKey === null ? [] : [sourceKey], redaction.sources),
    readShown(
      sql,
      definition.target,
      [...(targetKey === null ? [] : [targetKey]), ...entry.ambiguousKeys.slice(0, mostCandidates)],
      redaction.targets,
    ),
  ]);
  const owner = mapping && (await findLinkOwner(sql, mapping.name));
  const [matches, link, retry] = await Promise.all([
    readCandidates(sql, { owner, entry, source: definition.source, redaction }, targets),
    owner && sourceKey !== null ? readLinkOf(sql, owner, sourceKey, qualifier) : undefined,
    mapping ? findRetryOf(sql, mapping.mappingId, entry) : undefined,
  ]);
  const linkTarget =
    link === undefined
      ? undefined
      : (await readShown(sql, definition.target, [link.targetKey], redaction.targets)).get(link.targetKey);
  const names = new Map([...targets].map(([key, { name }]) => [key, name]));
  return {
    ...renderEntry(entry, names, redaction),
    reconciliationId: run.reconciliationId,
    mapping: mapping?.name ?? run.mappingName,
    sourceSet: definition.source,
    targetSet: definition.target,
    sourceSide: renderSide(sourceKey, entry.sourceName, sources),
    targetSide: renderSide(targetKey, entry.targetName, targets),
    matches,
    matchedOn: entry.matchedOn && {
      rule: entry.matchedOn.rule,
      attributes: hideValues(entry.matchedOn.attributes, redaction.targets),
    },
    policy: renderPolicy(run, entry),
    changes: entry.changes && {
      before: hideValues(entry.changes.before, redaction.targets),
      after: hideValues(entry.changes.after, redaction.targets),
    },
    rows: renderRows(definition),
    link:
      link === undefined
        ? null
        : {
            sourceKey: link.sourceKey,
            targetKey: link.targetKey,
            targetName: linkTarget?.name ?? null,
            linkedAt: text(link.linkedAt),
            linkedBy: link.linkedBy,
          },
    retry:
      retry === undefined
        ? null
        : {
            attempts: retry.attempts,
            firstFailedAt: text(retry.firstFailedAt),
            lastFailedAt: text(retry.lastFailedAt),
          },
    isPresentMapping: mapping !== undefined,
  };
}

/** What decided on the action: a policy by its place, what a person has said for this run alone, or what is usual. */
function renderPolicy(
  { definition, parameters }: StoredReconciliation,
  { situation, action, policy }: Entry,
): ReconciliationEntryDetails['policy'] {
  if (action === null) return null;
  if (policy === null) {
    const isDecidedByPerson = situation !== null && parameters.actions?.[situation] === action;
    return { place: null, isDecidedByPerson, condition: null };
  }
  const condition = definition.policies[policy - 1]?.condition ?? null;
  return { place: policy, isDecidedByPerson: false, condition };
}

/** Resources by their keys, as they may be shown. */
type Resources = ReadonlyMap<string, Readonly<{ name: string; attributes: Record<string, unknown> }>>;

async function readShown(
  sql: Sql,
  set: ObjectSet,
  keys: readonly string[],
  redacted: readonly string[],
): Promise<Resources> {
  const found = await readSide(sql, set, keys);
  return new Map(
    found.map(({ key, attributes }) => [
      key,
      {
        name: nameOf(key, withoutRedacted(attributes, redacted)),
        attributes: hideValues(attributes, redacted),
      },
    ]),
  );
}

async function readSide(
  sql: Sql,
  set: ObjectSet,
  keys: readonly string[],
): Promise<readonly SampleResource[]> {
  if (keys.length === 0) return [];
  const stored = await findStoredSet(sql, set);
  return stored === undefined ? [] : await readResourcesByKey(sql, stored, keys);
}

function renderSide(
  key: string | null,
  nameThen: string | null,
  resources: Resources,
): ReconciliationEntryDetails['sourceSide'] {
  if (key === null) return null;
  const resource = resources.get(key);
  return { key, name: resource?.name ?? nameThen, attributes: resource?.attributes ?? null };
}

async function readCandidates(
  sql: Sql,
  {
    owner,
    entry,
    source,
    redaction,
  }: Readonly<{ owner: LinkOwner | undefined; entry: Entry; source: ObjectSet; redaction: Redaction }>,
  targets: Resources,
): Promise<ReconciliationEntryDetails['matches']> {
  const isTaken = entry.situation === 'FOUND_ALREADY_LINKED' && entry.targetKey !== null;
  const keys =
    isTaken && entry.targetKey !== null ? [entry.targetKey] : entry.ambiguousKeys.slice(0, mostCandidates);
  if (keys.length === 0) return [];
  const owned = await Promise.all(
    keys.map(async (key) => {
      const links = owner === undefined ? [] : await readLinksOf(sql, owner, { targetKey: key });
      const own = links.find(
        ({ qualifier, targetKey }) => qualifier === entry.qualifier && targetKey === key,
      );
      return [key, own?.sourceKey] as const;
    }),
  );
  const others = await readShown(
    sql,
    source,
    owned.flatMap(([, sourceKey]) => sourceKey ?? []),
    redaction.sources,
  );
  return owned.map(([key, sourceKey]) => {
    const target = targets.get(key);
    return {
      key,
      name: target?.name ?? null,
      attributes: target?.attributes ?? null,
      linkedTo:
        sourceKey === undefined ? null : { key: sourceKey, name: others.get(sourceKey)?.name ?? null },
    };
  });
}

/** What a source resource is linked to now, under a qualifier. */
export async function readLinkOf(sql: ISql, owner: LinkOwner, sourceKey: string, qualifier: string) {
  const links = await readLinksOf(sql, owner, { sourceKey });
  return links.find((link) => link.qualifier === qualifier && link.sourceKey === sourceKey);
}

/** Where an entry is kept that failed; undefined where it has neither side. */
export function retryPlaceOf(mappingId: number, entry: Entry): RetryPlace | undefined {
  const { qualifier, sourceKey, targetKey } = entry;
  if (sourceKey !== null) return { mappingId, qualifier, phase: 'source', key: sourceKey };
  return targetKey === null ? undefined : { mappingId, qualifier, phase: 'target', key: targetKey };
}

async function findRetryOf(sql: Sql, mappingId: number, entry: Entry) {
  const place = retryPlaceOf(mappingId, entry);
  return place && (await findRetry(sql, place));
}
