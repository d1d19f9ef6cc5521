// `syncline reconciliations`: what became of the runs of mappings, and one run with what it found and did.
import type { Command } from 'commander';
import type { Sql } from 'postgres';
import { loadConfig } from '../config.ts';
import { renderReconciliation } from '../http/routes/reconciliation-rendering.ts';
import type { Reconciliation } from '../http/schemas/reconciliations.ts';
import { group } from '../model/number-words.ts';
import { readReconciliationPage, readRunSurroundings } from '../store/reconciliation-views.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { shortTimeText } from './local-time.ts';
import { requireNamedMapping, requireNumberedReconciliation } from './named-mapping.ts';
import { wholeNumber } from './number-option.ts';
import { withDatabase } from './open-connection.ts';
import {
  modeText,
  reconciliationJson,
  reconciliationLines,
  tellReconciliation,
} from './reconciliation-summary.ts';
import { secondsText } from './run-summary.ts';
import { abortOnStop } from './stop-signal.ts';
import { tableLines } from './table.ts';

type ReconciliationsOptions = Readonly<{ limit: number; run?: number; data?: string; json?: true }>;

const usualLimit = 20;

export function addReconciliations(program: Command): void {
  program
    .command('reconciliations')
    .description('Show runs of mappings, the newest first; or one with what it found and did.')
    .argument('[mapping]', 'only those of this mapping')
    .option('--run <number>', 'one run, with its counts and why entries failed', wholeNumber(1, 2 ** 31 - 1))
    .option('--limit <number>', 'how many at most', wholeNumber(1, 1000), usualLimit)
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 shown, 6 no such run, 2 wrong usage or no such mapping, 1 the database cannot be used

Examples:
  syncline reconciliations 'Entra users'
  syncline reconciliations --run 12`,
    )
    .action(showReconciliations);
}

async function showReconciliations(name: string | undefined, options: ReconciliationsOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async ({ sql }) =>
      options.run === undefined ? await allRuns(sql, name, options.limit) : await oneRun(sql, options.run),
    );
  });
}

async function oneRun(sql: Sql, reconciliationId: number): Promise<Conclusion> {
  const run = await requireNumberedReconciliation(sql, reconciliationId);
  const told = await tellReconciliation(sql, run);
  return { json: reconciliationJson(told), lines: reconciliationLines(told) };
}

async function allRuns(sql: Sql, name: string | undefined, limit: number): Promise<Conclusion> {
  const mapping = name === undefined ? undefined : await requireNamedMapping(sql, name);
  const filter = { mappingId: mapping?.mappingId };
  const { items } = await readReconciliationPage(sql, filter, { page: 1, pageSize: limit });
  const around = await readRunSurroundings(sql, items);
  const runs = items.map((run) => renderReconciliation(run, around));
  const now = new Date();
  return {
    json: { reconciliations: runs },
    lines:
      runs.length === 0
        ? ['There is no such run.']
        : tableLines(
            ['run', 'mapping', 'looked at', 'state', 'began', 'took', 'pairs', 'changed', 'failed'],
            runs.map((run) => [
              String(run.reconciliationId),
              run.mapping,
              modeText(run),
              run.state,
              shortTimeText(new Date(run.startedAt), now),
              run.endedAt === null
                ? ''
                : secondsText((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000),
              group(run.total),
              group(changesOf(run)),
              run.failed === 0 ? '' : group(run.failed),
            ]),
          ),
  };
}

function changesOf({ counts: { target } }: Reconciliation): number {
  return target.created + target.updated + target.deleted;
}
