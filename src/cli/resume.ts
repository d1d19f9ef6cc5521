// `syncline resume`: applies the changes that a guard has blocked, exactly as `syncline changes` lists them.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { requireStoredConnection } from '../sync/blocked.ts';
import { resumeBlocked } from '../sync/resumption.ts';
import { conclude } from './conclusion.ts';
import { addConnectionOptions, type ConnectionOptions, withDatabase } from './open-connection.ts';
import { showWhile } from './progress-view.ts';
import { countsJson, runLines, secondsSince, secondsText, totalsOf } from './run-summary.ts';
import { abortOnStop } from './stop-signal.ts';

export function addResume(program: Command): void {
  addConnectionOptions(program.command('resume'))
    .description('Apply the changes that a guard has blocked, as "changes" lists them.')
    .addHelpText('after', '\nExample:\n  syncline resume MicrosoftEntraIDExport')
    .action(resume);
}

async function resume(written: string, options: ConnectionOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => view.say(applyingLine)) };
    return await withDatabase(config, stopping, async ({ sql }, signal) => {
      const { name } = await requireStoredConnection(sql, written);
      const startedAtMs = performance.now();
      const { runId, counts } = await showWhile(view, { entityTypes: [] }, signal, (report) =>
        resumeBlocked({ sql, name }, { signal, report }),
      );
      const seconds = secondsSince(startedAtMs);
      return {
        json: { connection: name, runId, seconds, objectClasses: countsJson(counts) },
        lines: [
          `The blocked changes of ${name} were applied in ${secondsText(seconds)}: ${totalsOf(counts)} are stored now.`,
          ...runLines(counts),
        ],
      };
    });
  });
}

/** Changes are applied all or none, so that there is nothing to stop half-way. */
const applyingLine = 'The changes are being applied, all or none; Ctrl-C again stops at once, and none is.';
