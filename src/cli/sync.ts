// `syncline sync`: brings the database up to the tenant, once.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { synchronize } from '../sync/flow.ts';
import { conclude } from './conclusion.ts';
import {
  addConnectionOptions,
  type ConnectionOptions,
  forceMeaning,
  withConnection,
} from './open-connection.ts';
import { showWhile } from './progress-view.ts';
import { countsJson, runLines, secondsSince, secondsText, totalsOf } from './run-summary.ts';
import { abortOnStop, stoppingLine } from './stop-signal.ts';

type SyncOptions = ConnectionOptions & Readonly<{ full?: true; force?: true }>;

export function addSync(program: Command): void {
  addConnectionOptions(program.command('sync'))
    .description('Bring the database up to the tenant: in full the first time, then what has changed.')
    .option('--full', 'read everything again instead of what has changed')
    .option('--force', forceMeaning)
    .addHelpText('after', '\nExample:\n  syncline sync MicrosoftEntraIDExport --full')
    .action(sync);
}

async function sync(name: string, options: SyncOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => view.say(stoppingLine)) };
    return await withConnection(config, name, stopping, async ({ target, signal }) => {
      const startedAtMs = performance.now();
      const settings = { isFull: options.full === true, isForced: options.force === true, signal };
      const { runId, counts } = await showWhile(view, target, signal, (report) =>
        synchronize(target, { ...settings, report }),
      );
      const seconds = secondsSince(startedAtMs);
      return {
        json: { connection: target.name, runId, seconds, objectClasses: countsJson(counts) },
        lines: [
          `${target.name} is up to date after ${secondsText(seconds)}: ${totalsOf(counts)}.`,
          ...runLines(counts),
        ],
      };
    });
  });
}
