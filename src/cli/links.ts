// `syncline links`: which source resource belongs to which target object, by the account links of a mapping.
import { type Command, Option } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { namesOf } from '../http/routes/reconciliation-rendering.ts';
import type { ObjectSet } from '../model/mapping.ts';
import { group } from '../model/number-words.ts';
import { type AccountLink, findLinkOwner, readLinks, readLinksOf } from '../store/account-links.ts';
import { findStoredSet, readResourcesByKey } from '../store/mapping-samples.ts';
import { countLinks } from '../store/mappings.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { shortTimeText } from './local-time.ts';
import { requireNamedMapping } from './named-mapping.ts';
import { wholeNumber } from './number-option.ts';
import { withDatabase } from './open-connection.ts';
import { abortOnStop } from './stop-signal.ts';
import { tableLines } from './table.ts';

type LinksOptions = Readonly<{
  source?: string;
  target?: string;
  limit: number;
  data?: string;
  json?: true;
}>;

const usualLimit = 50;

export function addLinks(program: Command): void {
  program
    .command('links')
    .description('Show account links of a mapping: which resource belongs to which object.')
    .argument('<mapping>', 'name of the mapping')
    .addOption(new Option('--source <key>', 'only those of this resource of the source').conflicts('target'))
    .option('--target <key>', 'only those of this object of the target')
    .option('--limit <number>', 'how many at most', wholeNumber(1, 10_000), usualLimit)
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 shown, 2 wrong usage or no such mapping, 1 the database cannot be used

Example:
  syncline links 'Entra users' --source 5f1c2c0e-7a52-4b0c-9a43-2f1f6f0a3a11`,
    )
    .action(showLinks);
}

async function showLinks(name: string, options: LinksOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async ({ sql }) => await linksOf(sql, name, options));
  });
}

async function linksOf(sql: Sql, name: string, options: LinksOptions): Promise<Conclusion> {
  const { definition, name: mapping } = await requireNamedMapping(sql, name);
  const owner = await findLinkOwner(sql, mapping);
  if (!owner) return { json: { links: [], total: 0 }, lines: ['There is no account link.'] };
  const { source, target, limit } = options;
  const isOne = source !== undefined || target !== undefined;
  const links = isOne
    ? await readLinksOf(sql, owner, {
        ...(source === undefined ? {} : { sourceKey: source }),
        ...(target === undefined ? {} : { targetKey: target }),
      })
    : await readLinks(sql, owner, { limit });
  const total = isOne ? links.length : await countLinks(sql, owner.mappingId);
  const [sourceNames, targetNames] = await Promise.all([
    readNames(
      sql,
      definition.source,
      links.map(({ sourceKey }) => sourceKey),
    ),
    readNames(
      sql,
      definition.target,
      links.map(({ targetKey }) => targetKey),
    ),
  ]);
  const shown = links.map((link) => ({
    ...link,
    sourceName: sourceNames.get(link.sourceKey) ?? null,
    targetName: targetNames.get(link.targetKey) ?? null,
  }));
  return { json: { mapping, linksOf: owner.name, total, links: shown }, lines: linkLines(shown, total) };
}

async function readNames(sql: Sql, set: ObjectSet, keys: readonly string[]) {
  const stored = keys.length === 0 ? undefined : await findStoredSet(sql, set);
  return namesOf(stored === undefined ? [] : await readResourcesByKey(sql, stored, keys));
}

type NamedLink = AccountLink & Readonly<{ sourceName: string | null; targetName: string | null }>;

function linkLines(links: readonly NamedLink[], total: number): string[] {
  if (links.length === 0) return ['There is no such account link.'];
  const now = new Date();
  const isQualified = new Set(links.map(({ qualifier }) => qualifier)).size > 1;
  return [
    ...(links.length < total ? [`The first ${links.length} of ${group(total)} account links:`] : []),
    ...tableLines(
      ['source', 'target', ...(isQualified ? ['qualifier'] : []), 'linked', 'by'],
      links.map((link) => [
        endText(link.sourceKey, link.sourceName),
        endText(link.targetKey, link.targetName),
        ...(isQualified ? [link.qualifier] : []),
        shortTimeText(link.linkedAt, now),
        byText(link),
      ]),
    ),
  ];
}

/** One whose name nobody knows is not there any more. */
function endText(key: string, name: string | null): string {
  if (name === null) return `${key} (gone)`;
  return name === key ? key : `${name} (${key})`;
}

function byText({ linkedBy, matchedOn, reconciliationId }: AccountLink): string {
  if (linkedBy !== null) return linkedBy;
  const run = reconciliationId === null ? 'a run' : `run ${reconciliationId}`;
  if (matchedOn === null) return `${run}, which made it`;
  return `${run}, matched on ${Object.keys(matchedOn.attributes).join(' and ')}`;
}
