// `syncline export`: a connection as CSV files, either everything or what has changed since the last ones.
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { loadSettings } from '../settings/settings.ts';
import { exportFiles, type FileExportResult } from '../sync/export-files.ts';
import { conclude } from './conclusion.ts';
import {
  addConnectionOptions,
  type ConnectionOptions,
  forceMeaning,
  withConnection,
} from './open-connection.ts';
import { showWhile } from './progress-view.ts';
import { secondsSince, secondsText } from './run-summary.ts';
import { abortOnStop, stoppingLine } from './stop-signal.ts';
import { tableLines } from './table.ts';

type ExportOptions = ConnectionOptions &
  Readonly<{
    output?: string;
    cookies?: string;
    ignoreCookies?: true;
    force?: true;
    neutralizeFormulas?: true;
  }>;

export function addExport(program: Command): void {
  addConnectionOptions(program.command('export'))
    .description('Write CSV files: with everything the first time, then with what has changed.')
    .option('--output <directory>', 'where the CSV files go (default: Temp/ExportOutput of the settings)')
    .option(
      '--cookies <directory>',
      'where the cookie files are (default: with the CSV files; without --output, Work/ExportCookies)',
    )
    .option('--ignore-cookies', 'read the whole tenant again and write everything')
    .option('--force', forceMeaning)
    .option('--neutralize-formulas', 'put an apostrophe before what a spreadsheet would calculate')
    .addHelpText('after', '\nExample:\n  syncline export MicrosoftEntraIDExport --output Temp/ExportOutput')
    .action(exportConnection);
}

async function exportConnection(name: string, options: ExportOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const { outputDirectory, cookieDirectory } = findDirectories(config, options);
    const stopping = { say: view.say, signal: abortOnStop(() => view.say(stoppingLine)) };
    return await withConnection(config, name, stopping, async ({ target, columns, signal }) => {
      const startedAtMs = performance.now();
      const result = await showWhile(view, target, signal, (report) =>
        exportFiles(target, {
          outputDirectory,
          cookieDirectory,
          ignoresCookies: options.ignoreCookies ?? false,
          isForced: options.force ?? false,
          neutralizesFormulas: options.neutralizeFormulas ?? false,
          columns,
          signal,
          report,
        }),
      );
      const seconds = secondsSince(startedAtMs);
      const { runId, completeReason, files, cookieFiles } = result;
      const isComplete = completeReason !== null;
      return {
        json: { connection: target.name, runId, seconds, isComplete, completeReason, files, cookieFiles },
        lines: [
          `${target.name} was exported to ${outputDirectory} in ${secondsText(seconds)}: ${contentOf(result)}.`,
          ...tableLines(
            ['', 'insert', 'update', 'delete'],
            files.map(({ path, rows }) => [basename(path), rows.insert, rows.update, rows.delete]),
          ),
          `With the cookie files in ${cookieDirectory}, the next export brings what has changed since this one.`,
        ],
      };
    });
  });
}

/** Without `--output`, the working folders of the settings. */
function findDirectories(
  { settingsFile, environment }: Config,
  { output, cookies }: ExportOptions,
): Readonly<{ outputDirectory: string; cookieDirectory: string }> {
  if (output !== undefined) {
    return { outputDirectory: resolve(output), cookieDirectory: resolve(cookies ?? output) };
  }
  const { exportOutput, exportCookies } = loadSettings(settingsFile, environment).folders;
  return {
    outputDirectory: exportOutput,
    cookieDirectory: cookies === undefined ? exportCookies : resolve(cookies),
  };
}

function contentOf({ completeReason }: FileExportResult): string {
  return completeReason === null
    ? 'what has changed since the last export'
    : `everything, because ${completeReason}`;
}
