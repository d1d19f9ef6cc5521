// `syncline reconcile`: brings the source of a mapping up to date, and then the target in line with it.
import { type Command, Option } from 'commander';
import type { Sql } from 'postgres';
import { type Config, loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { parseQueryFilter } from '../mapping/query-filter.ts';
import { isIdentities } from '../model/identity-schema.ts';
import { group } from '../model/number-words.ts';
import type { ReconciliationMode } from '../model/reconciliation.ts';
import type { ReconciliationReport } from '../reconciliation/progress.ts';
import { reconcile, resumeReconciliation } from '../reconciliation/reconcile.ts';
import { recordAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import type { StoredMapping } from '../store/mappings.ts';
import { findLatestReconciliation, readReconciliation } from '../store/reconciliations.ts';
import { synchronize } from '../sync/flow.ts';
import { caretLines } from './caret-lines.ts';
import { commandActor } from './command-actor.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { requireNamedMapping, typedName } from './named-mapping.ts';
import { deployedConnection, findConnection, withDatabase, withTarget } from './open-connection.ts';
import { openOrderTarget } from './processing.ts';
import { showWhile, type View } from './progress-view.ts';
import { showReconciling } from './reconciliation-progress.ts';
import {
  reconciliationJson,
  reconciliationLines,
  type ToldReconciliation,
  tellReconciliation,
} from './reconciliation-summary.ts';
import { keepHeapSmall } from './small-heap.ts';
import { abortOnStop } from './stop-signal.ts';

type ReconcileOptions = Readonly<{
  full?: true;
  incremental?: true;
  query?: string;
  id?: readonly string[];
  dryRun?: true;
  force?: true;
  resume?: true;
  /** False with `--no-sync`. */
  sync: boolean;
  settings?: string;
  data?: string;
  json?: true;
}>;

export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('Reconcile a mapping: synchronize its source, then bring its target in line.')
    .argument('<mapping>', 'name of the mapping')
    .addOption(
      new Option('--full', 'look at everything on both sides (the default)').conflicts([
        'incremental',
        'query',
        'id',
        'resume',
      ]),
    )
    .addOption(
      new Option('--incremental', 'look at what has changed since the last run').conflicts([
        'query',
        'id',
        'resume',
      ]),
    )
    .addOption(
      new Option(
        '--query <filter>',
        'look at resources of the source that meet a filter, such as \'department eq "Sales"\'',
      ).conflicts(['id', 'resume']),
    )
    .addOption(new Option('--id <key...>', 'look at these resources of the source').conflicts(['resume']))
    .addOption(
      new Option('--dry-run', 'find out what is to do, and change nothing in the target').conflicts([
        'force',
        'resume',
      ]),
    )
    .option('--force', 'do it whatever the guards of the mapping say')
    .addOption(new Option('--resume', 'do what the guards held back in the last run').conflicts(['force']))
    .option('--no-sync', 'take the source as it is stored')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end, and progress on standard error')
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 4 done and some entries failed, 3 a guard holds it back,
  1 it failed or was cancelled, 2 wrong usage or no such mapping

Examples:
  syncline reconcile 'Entra users' --dry-run
  syncline reconcile 'Entra users' --query 'mail eq "ada@contoso.com"'`,
    )
    .action(reconcileCommand);
}

async function reconcileCommand(name: string, options: ReconcileOptions): Promise<void> {
  const config = loadConfig(options);
  if (options.query !== undefined) requireFilter(options.query);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => view.say(stoppingLine)) };
    return await withDatabase(config, stopping, async (database, signal) => {
      const mapping = await requireNamedMapping(database.sql, name);
      const work = { config, database, mapping, options, view, signal };
      const synchronization = await synchronizeSource(work);
      const told = await reconcileShown(work);
      const fault = faultOf(told);
      return {
        json: { ...reconciliationJson(told), ...synchronization },
        lines: reconciliationLines(told),
        ...fault,
      };
    });
  });
}

const stoppingLine = 'Stopping after the portion in hand; Ctrl-C again stops at once.';

function requireFilter(query: string): void {
  const parsed = parseQueryFilter(query);
  if (parsed.kind === 'parsed') return;
  const { message, position, length } = parsed.mistake;
  throw new Fault(
    'invalid-setting',
    [
      `The query has a mistake at character ${position + 1}: ${message}`,
      ...caretLines(query, position, length),
    ].join('\n'),
  );
}

type Work = Readonly<{
  config: Config;
  database: Database;
  mapping: StoredMapping;
  options: ReconcileOptions;
  view: View;
  signal: AbortSignal;
}>;

/** Brings the source up to date, where it is another system. The store of identities is the system itself. */
async function synchronizeSource({
  config,
  database,
  mapping,
  options,
  view,
  signal,
}: Work): Promise<object> {
  const { connection: name } = mapping.definition.source;
  if (!options.sync || options.resume || isIdentities(name)) return {};
  const connection = await deployedConnection(database, await findConnection(config, database, name));
  return await withTarget(database, connection, async (target) => {
    const { runId } = await showWhile(view, target, signal, (report) =>
      synchronize(target, { isFull: false, isForced: false, signal, report }),
    );
    view.say(`${target.name} is up to date.`);
    return { synchronization: { connection: target.name, runId } };
  });
}

/** Reconciles, and tells what came of it; also of what is blocked or was cancelled on the way. */
async function reconcileShown(work: Work): Promise<ToldReconciliation & Readonly<{ fault?: Fault }>> {
  const { database, mapping, view } = work;
  const { sql } = database;
  keepHeapSmall();
  let reconciliationId: number | undefined;
  try {
    await showReconciling(view, async (report) => {
      await run(work, (progress) => {
        reconciliationId = progress.reconciliationId;
        report(progress);
      });
    });
  } catch (error) {
    const stored =
      reconciliationId === undefined ? undefined : await readReconciliation(sql, reconciliationId);
    const isTold = error instanceof Fault && (stored?.state === 'blocked' || stored?.state === 'cancelled');
    if (!isTold) throw error;
    return { ...(await tellReconciliation(sql, stored)), fault: error };
  }
  const stored = await findRun(sql, mapping, reconciliationId);
  return await tellReconciliation(sql, stored);
}

async function findRun(sql: Sql, { mappingId, name }: StoredMapping, reconciliationId: number | undefined) {
  const run =
    reconciliationId === undefined
      ? await findLatestReconciliation(sql, mappingId, { mayBeDry: true })
      : await readReconciliation(sql, reconciliationId);
  if (!run) throw new Error(`The run of ${name} cannot be found.`);
  return run;
}

async function run(
  { database, mapping, options, signal }: Work,
  report: ReconciliationReport,
): Promise<void> {
  const { sql } = database;
  const surroundings = {
    sql,
    openOrderTarget: (connection: string) => openOrderTarget(database, connection),
    now: () => new Date(),
  };
  const { name } = mapping;
  const startedBy = commandActor();
  const { query, id: keys } = options;
  const mode = modeOf(options);
  const isDryRun = options.dryRun === true;
  const isForced = options.force === true;
  await recordAudit(sql, {
    actor: startedBy,
    action: `reconciliation.${options.resume ? 'resume' : isDryRun ? 'simulate' : 'launch'}`,
    subject: name,
    outcome: 'done',
    detail: options.resume
      ? {}
      : { mode, isForced, query: query ?? null, keys: (keys ?? []).slice(0, shownKeys) },
  });
  if (options.resume) {
    await resumeReconciliation(surroundings, { mapping: name, signal, report });
    return;
  }
  await reconcile(surroundings, {
    mapping: name,
    mode,
    isDryRun,
    isForced,
    parameters: { ...(query === undefined ? {} : { query }), ...(keys === undefined ? {} : { keys }) },
    startedBy,
    signal,
    report,
  });
}

/** Keys that an audit entry names. */
const shownKeys = 20;

function modeOf({ incremental, query, id }: ReconcileOptions): ReconciliationMode {
  if (query !== undefined) return 'query';
  if (id !== undefined) return 'keys';
  return incremental ? 'incremental' : 'full';
}

/** Why the command ends with another code than 0. */
function faultOf({
  fault,
  run: told,
}: ToldReconciliation & Readonly<{ fault?: Fault }>): Pick<Conclusion, 'fault'> {
  if (fault !== undefined) return { fault };
  if (told.failed === 0) return {};
  return {
    fault: new Fault(
      'entries-failed',
      `${told.failed === 1 ? 'One entry' : `${group(told.failed)} entries`} of ${told.mapping} failed: "syncline entries ${told.reconciliationId} --status failed" shows them; correct the cause, and run "syncline reconcile ${typedName(told.mapping)} --incremental" to have them tried again.`,
    ),
  };
}
