// `syncline discard`: drops the changes that a guard has blocked; the next run reads in full.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { requireStoredConnection } from '../sync/blocked.ts';
import { discardBlocked } from '../sync/resumption.ts';
import { conclude } from './conclusion.ts';
import { addConnectionOptions, type ConnectionOptions, withDatabase } from './open-connection.ts';
import { abortOnStop } from './stop-signal.ts';

export function addDiscard(program: Command): void {
  addConnectionOptions(program.command('discard'))
    .description('Drop the changes that a guard has blocked; the next run reads everything anew.')
    .addHelpText('after', '\nExample:\n  syncline discard MicrosoftEntraIDExport')
    .action(discard);
}

async function discard(written: string, options: ConnectionOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => {}) };
    return await withDatabase(config, stopping, async ({ sql }) => {
      const { name } = await requireStoredConnection(sql, written);
      const entityTypes = await discardBlocked({ sql, name });
      return {
        json: { connection: name, entityTypes },
        lines: [
          `The blocked changes of ${name} were dropped. Its next run reads everything of their entity types.`,
        ],
      };
    });
  });
}
