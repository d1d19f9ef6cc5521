// `syncline entries`: what a run of a mapping found of each pair, searched, as a file, and one of them with why it is as it is.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { Refusal } from '../http/problem.ts';
import { entryColumns, toEntryRecord } from '../http/routes/entries-csv.ts';
import { explainEntry, requireEntry } from '../http/routes/entry-details.ts';
import { entryRenderer } from '../http/routes/reconciliation-entries.ts';
import type { ReconciliationEntry } from '../http/schemas/reconciliations.ts';
import { actionWords, situationWords } from '../mapping/situation-words.ts';
import { group } from '../model/number-words.ts';
import {
  type Action,
  actions,
  type Category,
  categories,
  type EntryStatus,
  entryStatuses,
  type Situation,
  situations,
} from '../model/reconciliation.ts';
import { type EntryFilter, readEntryPage, readEntryPortions } from '../store/reconciliation-entries.ts';
import type { StoredReconciliation } from '../store/reconciliations.ts';
import { csvText } from '../sync/csv-text.ts';
import { placeFiles, prepareFile } from '../sync/placed-files.ts';
import { entryLines } from './entry-lines.ts';
import { requireNumberedReconciliation } from './named-mapping.ts';
import { withDatabase } from './open-connection.ts';
import { openView } from './progress-view.ts';
import { runNumber } from './runs.ts';
import { abortOnStop } from './stop-signal.ts';
import { tableLines } from './table.ts';

type EntriesOptions = Readonly<{
  category?: Category | 'failed';
  situation?: Situation;
  action?: Action;
  status?: EntryStatus;
  search?: string;
  entry?: string;
  csv?: string;
  neutralizeFormulas?: true;
  data?: string;
  json?: true;
}>;

export function addEntries(program: Command): void {
  program
    .command('entries')
    .description('Show what a run of a mapping found, or why one of its entries is as it is.')
    .addArgument(runNumber('<reconciliation>'))
    .addOption(
      new Option('--category <category>', 'only those of a category').choices([...categories, 'failed']),
    )
    .addOption(new Option('--situation <situation>', 'only those in a situation').choices(situations))
    .addOption(new Option('--action <action>', 'only those with an action').choices(actions))
    .addOption(new Option('--status <status>', 'only those that ended so').choices(entryStatuses))
    .option('--search <text>', 'only those with these words in a name, or this beginning of a key')
    .option('--entry <id>', 'one of them, with what it was matched on, what decided, and what changed')
    .option('--csv <file>', 'write them all to a CSV file')
    .option(
      '--neutralize-formulas',
      'in the file, put an apostrophe before what a spreadsheet would calculate',
    )
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print every entry as a line of JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 shown, 6 no such reconciliation, 2 wrong usage, 1 the database cannot be used

Examples:
  syncline entries 12 --status failed
  syncline entries 12 --category unresolved --csv unresolved.csv`,
    )
    .action(showEntries);
}

async function showEntries(reconciliationId: number, options: EntriesOptions): Promise<void> {
  const config = loadConfig(options);
  const view = openView(options.json ? process.stderr : process.stdout, config.environment.TERM);
  const stopping = { say: view.say, signal: abortOnStop(() => {}) };
  await withDatabase(config, stopping, async ({ sql }, signal) => {
    const run = await requireNumberedReconciliation(sql, reconciliationId);
    if (options.entry !== undefined) {
      const details = await explain(sql, run, options.entry);
      if (options.json) process.stdout.write(`${JSON.stringify(details)}\n`);
      else for (const line of entryLines(details)) view.say(line);
      return;
    }
    const filter = filterOf(reconciliationId, options);
    if (options.csv !== undefined) {
      const path = resolve(options.csv);
      const rows = await writeEntries(sql, run, filter, {
        path,
        neutralizesFormulas: options.neutralizeFormulas === true,
        signal,
      });
      view.say(`${group(rows)} ${rows === 1 ? 'entry was' : 'entries were'} written to ${path}.`);
    }
    if (options.json) await printAll(sql, run, filter, signal);
    else if (options.csv === undefined) {
      for (const line of await listEntries(sql, run, filter)) view.say(line);
    }
  });
}

async function explain(sql: Sql, run: StoredReconciliation, entryId: string) {
  try {
    return await explainEntry(sql, run, await requireEntry(sql, run, entryId));
  } catch (error) {
    if (error instanceof Refusal) throw new Fault('reconciliation-unknown', error.message);
    throw error;
  }
}

function filterOf(
  reconciliationId: number,
  { category, situation, action, status, search }: EntriesOptions,
): EntryFilter {
  const wanted = category === 'failed' ? 'failed' : status;
  return {
    reconciliationId,
    ...(category === undefined || category === 'failed' ? {} : { category }),
    ...(situation === undefined ? {} : { situation }),
    ...(action === undefined ? {} : { action }),
    ...(wanted === undefined ? {} : { status: wanted }),
    ...(search === undefined ? {} : { q: search }),
  };
}

/** How many are shown to people who want no file. */
const listed = 50;

async function listEntries(sql: Sql, run: StoredReconciliation, filter: EntryFilter): Promise<string[]> {
  const { items, total, isTotalExact } = await readEntryPage(sql, filter, { page: 1, pageSize: listed });
  if (items.length === 0) return [noneSentence(run)];
  const entries = await entryRenderer(sql, run)(items);
  const all = `${isTotalExact ? '' : 'more than '}${group(total)}`;
  return [
    `${run.mappingName}, run ${run.reconciliationId}: ${items.length < total ? `the first ${listed} of ${all} entries` : `${all} ${total === 1 ? 'entry' : 'entries'}`}`,
    ...tableLines(
      ['entry', 'source', 'situation', 'action', 'status', 'target'],
      entries.map((entry) => [
        entry.entryId,
        nameOf(entry.source),
        entry.situation === null ? '' : situationWords[entry.situation].name,
        entry.action === null ? '' : actionWords[entry.action].name,
        entry.status,
        nameOf(entry.target),
      ]),
    ),
    ...remarks(entries),
  ];
}

function noneSentence({ hasEntries, mappingName }: StoredReconciliation): string {
  return hasEntries
    ? 'There is no such entry.'
    : `The entries of this run of ${mappingName} are not kept any more, as newer ones are there.`;
}

function nameOf(side: ReconciliationEntry['source']): string {
  return side === null ? '' : (side.name ?? side.key);
}

/** What does not fit in a table: attributes that change, and sentences. */
function remarks(entries: readonly ReconciliationEntry[]): string[] {
  const told = entries.flatMap(({ entryId, action, changedAttributes, candidates, message }) => {
    const isUpdate = changedAttributes.length > 0 && action !== 'CREATE';
    const parts = [
      isUpdate ? `changes ${changedAttributes.join(', ')}` : '',
      candidates.length === 0 ? '' : `matches ${candidates.map(({ key, name }) => name ?? key).join(', ')}`,
      message ?? '',
    ].filter((part) => part !== '');
    return parts.length === 0 ? [] : [`  ${entryId}: ${parts.join('; ')}`];
  });
  return told.length === 0 ? [] : ['', ...told];
}

async function printAll(
  sql: Sql,
  run: StoredReconciliation,
  filter: EntryFilter,
  signal: AbortSignal,
): Promise<void> {
  const render = entryRenderer(sql, run);
  for await (const portion of readEntryPortions(sql, filter)) {
    signal.throwIfAborted();
    const text = (await render(portion)).map((entry) => `${JSON.stringify(entry)}\n`).join('');
    // Whoever reads more slowly than the database is waited for.
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  }
}

/** Writes a row for each entry, and gives their number; the file is replaced when the new one is complete. */
async function writeEntries(
  sql: Sql,
  run: StoredReconciliation,
  filter: EntryFilter,
  {
    path,
    neutralizesFormulas,
    signal,
  }: Readonly<{ path: string; neutralizesFormulas: boolean; signal: AbortSignal }>,
): Promise<number> {
  let rows = 0;
  const render = entryRenderer(sql, run);
  const prepared = await prepareFile(path, async (append) => {
    await append(csvText([entryColumns], neutralizesFormulas));
    for await (const portion of readEntryPortions(sql, filter)) {
      signal.throwIfAborted();
      rows += portion.length;
      const entries = await render(portion);
      await append(csvText(entries.map(toEntryRecord), neutralizesFormulas));
    }
  });
  await placeFiles([prepared]);
  return rows;
}
