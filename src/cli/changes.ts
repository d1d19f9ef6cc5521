// `syncline changes`: what a guard has blocked, to be looked at before a person decides: in numbers, searched, and as a file.
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Sql } from 'postgres';
import { type Config, loadConfig } from '../config.ts';
import { count, group } from '../model/number-words.ts';
import {
  type BlockedChange,
  type BlockedSelection,
  type BlockedSummary,
  readBlockedChanges,
  readBlockedSummary,
  streamBlockedChanges,
} from '../store/blocked-changes.ts';
import { notBlockedFault, requireStoredConnection } from '../sync/blocked.ts';
import { writeBlockedFile } from '../sync/blocked-file.ts';
import { addConnectionOptions, type ConnectionOptions, withDatabase } from './open-connection.ts';
import { openView, type View } from './progress-view.ts';
import { abortOnStop } from './stop-signal.ts';
import { tableLines } from './table.ts';

type ChangesOptions = ConnectionOptions &
  Readonly<{
    class?: string;
    kind?: BlockedChange['kind'];
    search?: string;
    csv?: string;
    neutralizeFormulas?: true;
  }>;

export function addChanges(program: Command): void {
  addConnectionOptions(program.command('changes'))
    .description('Show the changes that a guard has blocked.')
    .option(
      '--class <name>',
      'only those of an entity type, such as user, or of its links, such as group.members',
    )
    .addOption(new Option('--kind <kind>', 'only those of a kind').choices(['insert', 'update', 'delete']))
    .option('--search <text>', 'only those that have this text in a key or a value')
    .option('--csv <file>', 'write them all to a CSV file')
    .option(
      '--neutralize-formulas',
      'in the file, put an apostrophe before what a spreadsheet would calculate',
    )
    .addHelpText(
      'after',
      '\nWith --json, every change is a line of JSON.\n\nExamples:\n  syncline changes MicrosoftEntraIDExport\n  syncline changes MicrosoftEntraIDExport --class user --kind delete --csv deleted.csv',
    )
    .action(showChanges);
}

async function showChanges(name: string, options: ChangesOptions): Promise<void> {
  const config = loadConfig(options);
  const view = openView(options.json ? process.stderr : process.stdout, config.environment.TERM);
  await withBlocked(config, name, view, async (sql, blocked, signal) => {
    const { class: objectClass, kind, search } = options;
    const selection = { connectionId: blocked.connectionId, objectClass, kind, search };
    if (options.csv !== undefined) {
      const path = resolve(options.csv);
      const isNeutralized = options.neutralizeFormulas === true;
      const rows = await writeBlockedFile(sql, {
        selection,
        path,
        neutralizesFormulas: isNeutralized,
        signal,
      });
      view.say(
        `${count(rows, 'change')} of ${blocked.name} ${rows === 1 ? 'was' : 'were'} written to ${path}.`,
      );
    }
    if (options.json) await printAll(sql, selection, signal);
    else if (options.csv === undefined)
      for (const line of await describeAll(sql, blocked, selection)) view.say(line);
  });
}

type Blocked = BlockedSummary & Readonly<{ connectionId: number; name: string }>;

async function withBlocked(
  config: Config,
  name: string,
  { say }: View,
  work: (sql: Sql, blocked: Blocked, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stopping = { say, signal: abortOnStop(() => {}) };
  await withDatabase(config, stopping, async ({ sql }, signal) => {
    const { connectionId, name: storedName } = await requireStoredConnection(sql, name);
    const summary = await readBlockedSummary(sql, connectionId);
    if (!summary) throw notBlockedFault(storedName);
    await work(sql, { ...summary, connectionId, name: storedName }, signal);
  });
}

async function printAll(sql: Sql, selection: BlockedSelection, signal: AbortSignal): Promise<void> {
  for await (const portion of streamBlockedChanges(sql, selection)) {
    signal.throwIfAborted();
    const text = portion.map((change) => `${JSON.stringify(change)}\n`).join('');
    // Whoever reads more slowly than the database is waited for.
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  }
}

/** How many are shown to people who want no file. */
const listed = 50;

async function describeAll(
  sql: Sql,
  { name, reasons, classes, runId, blockedAt }: Blocked,
  selection: BlockedSelection,
): Promise<string[]> {
  const { changes, next } = await readBlockedChanges(sql, { ...selection, limit: listed });
  return [
    `${name} is blocked since ${blockedAt.toISOString()} by run ${runId}:`,
    ...reasons.map((reason) => `  ${reason}`),
    ...tableLines(
      ['', 'new', 'changed', 'gone'],
      classes.map((one) => [one.objectClass, one.inserted, one.updated, one.deleted]),
    ),
    '',
    next === null ? count(changes.length, 'change') : `The first ${group(changes.length)} changes:`,
    ...changes.map((change) => `  ${describeChange(change)}`),
    '',
    `Apply them with "syncline resume ${name}", or drop them with "syncline discard ${name}".`,
  ];
}

function describeChange({ objectClass, kind, key, targetKey, before, after }: BlockedChange): string {
  const link = targetKey === null ? '' : ` → ${targetKey}`;
  const names = Object.keys(after ?? {});
  const what = kind === 'update' && names.length > 0 ? ` (${names.join(', ')})` : '';
  const title = kind === 'update' ? undefined : (after ?? before)?.displayName;
  const called = typeof title === 'string' ? ` ${JSON.stringify(title)}` : '';
  return `${kind} ${objectClass} ${key}${link}${what}${called}`;
}
