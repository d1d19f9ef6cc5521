// `syncline deploy` and `syncline export-configuration`: Identity Manager's XML files, and mappings, into the database, and back.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import {
  type ConfigurationDifference,
  describeDifference,
  isSameConfiguration,
} from '../identity-manager/compare-configurations.ts';
import { remarkMappings, requireDeployable } from '../identity-manager/deploy-mappings.ts';
import { readDeployedMappings } from '../identity-manager/deployed-elements.ts';
import {
  deploy,
  prepareDeployment,
  previewDeployment,
  readDeployed,
} from '../identity-manager/deployment.ts';
import type { EngineConfiguration } from '../identity-manager/engine-configuration.ts';
import { isMappingFile, writeMappings } from '../identity-manager/mapping-files.ts';
import { writeConfiguration, writeExpandedConfiguration } from '../identity-manager/write-xml.ts';
import { describeSchedule, nextRuns, readSchedule } from '../schedule/schedule.ts';
import { loadSettings } from '../settings/settings.ts';
import { rethrowFileError } from '../store/data-directory.ts';
import { conclude } from './conclusion.ts';
import { deployedSides } from './deployed-sides.ts';
import { withDatabase } from './open-connection.ts';
import { translationOptions } from './processing.ts';
import type { View } from './progress-view.ts';

type DeployOptions = Readonly<{
  dryRun?: true;
  force?: true;
  expand?: string;
  settings?: string;
  data?: string;
  json?: true;
}>;

type ExportOptions = Readonly<{ force?: true; settings?: string; data?: string; json?: true }>;

export function addDeploy(program: Command): void {
  program
    .command('deploy')
    .description(
      "Deploy Identity Manager's XML configuration, and mappings: show what changes, then change it, all or nothing.",
    )
    .argument('<directory>', 'folder with the XML files and Mappings/*.json, usually called Conf')
    .option('--dry-run', 'only show what would change')
    .option(
      '--force',
      'also delete mappings with their account links, and everything where no XML file is left',
    )
    .option('--expand <file>', 'write the configuration with every scaffolding expanded into this file')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end')
    .addHelpText('after', '\nExample:\n  syncline deploy Conf --dry-run')
    .action(deployCommand);
}

export function addExportConfiguration(program: Command): void {
  program
    .command('export-configuration')
    .description('Write what is deployed as XML files, and mappings as JSON, which deploy to the same.')
    .argument('<directory>', 'folder for the files; made when it is not there')
    .option('--force', 'write into a folder that has files of the same names')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end')
    .addHelpText('after', '\nExample:\n  syncline export-configuration Conf')
    .action(exportConfiguration);
}

async function deployCommand(directory: string, options: DeployOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const prepared = prepareDeployment(directory, translationOptions);
    const { application } = loadSettings(config.settingsFile, config.environment);
    if (options.expand !== undefined) {
      writeText(options.expand, writeExpandedConfiguration(prepared.configuration));
      view.say(`Written: ${options.expand}`);
    }
    return await withDatabase(config, unstoppable(view), async ({ sql }) => {
      const findSide = deployedSides(config, { sql });
      const { difference: planned, mappings } = await previewDeployment(sql, prepared, findSide);
      if (options.dryRun) {
        requireDeployable(mappings, { isForced: true });
        const warnings = [...prepared.warnings, ...mappings.warnings, ...remarkMappings(mappings)];
        const end = isSameConfiguration(planned)
          ? 'Nothing would change.'
          : 'Nothing was changed: this was a dry run.';
        const jobs = scheduledJobs(prepared.engine, new Date());
        return {
          lines: [...warnings, ...describeDifference(planned), ...jobs.map(scheduleLine), end],
          json: { difference: namesIn(planned), warnings, jobs },
        };
      }
      for (const line of describeDifference(planned)) view.say(line);
      const now = new Date();
      const { revision, difference, warnings, summary } = await deploy(sql, prepared, {
        deployedBy: 'the command deploy',
        now,
        hashedSecrets: application.hashedSecrets,
        findSide,
        isForced: options.force === true,
      });
      const jobs = scheduledJobs(prepared.engine, now);
      return {
        lines: [...warnings, summary, ...jobs.map(scheduleLine)],
        json: { revision, difference: namesIn(difference), warnings, jobs },
      };
    });
  });
}

/** A job with its schedule in words, and when it runs next. */
type ScheduledJob = Readonly<{
  identifier: string;
  scheduleInWords: string;
  /** ISO 8601; none when the years of the schedule are over. */
  nextRuns: readonly string[];
}>;

const shownRuns = 3;

function scheduledJobs({ jobs }: EngineConfiguration, now: Date): readonly ScheduledJob[] {
  return jobs.flatMap(({ identifier, schedule, timeZone }) => {
    const reading = schedule === null ? undefined : readSchedule(schedule, timeZone);
    if (reading?.kind !== 'schedule') return [];
    const instants = nextRuns(reading.schedule, now, shownRuns);
    return {
      identifier,
      scheduleInWords: describeSchedule(reading.schedule),
      // A schedule runs on whole seconds.
      nextRuns: instants.map((at) => at.toISOString().replace('.000Z', 'Z')),
    };
  });
}

function scheduleLine({ identifier, scheduleInWords, nextRuns }: ScheduledJob): string {
  const next = nextRuns.length === 0 ? 'never again' : `next ${nextRuns.join(', ')}`;
  return `Job ${identifier}: ${scheduleInWords}; ${next}`;
}

async function exportConfiguration(directory: string, options: ExportOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) =>
    withDatabase(config, unstoppable(view), async ({ sql }) => {
      const written = [
        ...writeConfiguration(await readDeployed(sql)),
        ...writeMappings(await readDeployedMappings(sql)),
      ];
      const files = written.map(({ path, text }) => ({ path: join(resolve(directory), path), text }));
      if (files.length === 0) {
        return { lines: ['Nothing is deployed, and nothing was written.'], json: { files: [] } };
      }
      refuseOtherFiles(
        directory,
        files.map(({ path }) => path),
        options.force,
      );
      for (const { path, text } of files) writeText(path, text);
      return {
        lines: files.map(({ path }) => `Written: ${path}`),
        json: { files: files.map(({ path }) => path) },
      };
    }),
  );
}

/** The folder is to deploy to what was exported: files that stand there besides would be deployed with it. */
function refuseOtherFiles(directory: string, written: readonly string[], isForced = false): void {
  const there = existsSync(directory)
    ? readdirSync(directory, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.xml$/i.test(name) || isMappingFile(name))
        .map((name) => join(resolve(directory), name))
    : [];
  const other = there.find((path) => !written.includes(path));
  if (other !== undefined) {
    throw new Fault(
      'output-unusable',
      `The folder ${directory} has the file ${other}, which would be deployed together with what is written: choose an empty folder, or take the file away.`,
    );
  }
  const [same] = there;
  if (same === undefined || isForced) return;
  throw new Fault(
    'output-unusable',
    `The file ${same} is there already: choose an empty folder, or add --force to replace it.`,
  );
}

function writeText(path: string, text: string): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    rethrowFileError(error, path);
  }
}

function namesIn({ added, removed, changed }: ConfigurationDifference): object {
  const name = ({ kind, identifier }: Readonly<{ kind: string; identifier: string }>) =>
    `${kind} ${identifier}`;
  return {
    added: added.map(name),
    removed: removed.map(name),
    changed: changed.map(({ element }) => name(element)),
  };
}

/** All or nothing, and over in a moment. */
function unstoppable({ say }: View): Readonly<{ say: View['say']; signal: AbortSignal }> {
  return { say, signal: new AbortController().signal };
}
