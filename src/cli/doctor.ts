// `syncline doctor`: whether this machine and these settings are fit for Syncline, and what to do where they are not.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { type Check, countFailures, printCheck } from './check-lines.ts';
import { checkClock, checkDatabase, checkDisk, checkMemory, checkNode } from './machine-checks.ts';
import { checkSettings } from './settings-checks.ts';

interface DoctorOptions {
  readonly data?: string;
  readonly settings?: string;
  readonly json?: true;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check this machine, the database and the settings, and say what has to be mended.')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', '\nExample:\n  syncline doctor --settings appsettings.agent.json')
    .action(doctor);
}

async function doctor(options: DoctorOptions): Promise<void> {
  const config = loadConfig({ data: options.data, settings: options.settings });
  const checks: Check[] = [];
  const tell = (check: Check) => {
    checks.push(check);
    if (!options.json) printCheck(check);
  };
  tell(checkNode());
  tell(checkMemory());
  tell(checkDisk(config.dataDirectory));
  for (const check of await checkDatabase(config)) tell(check);
  const { findings, connections } = checkSettings(config.settingsFile, config.environment);
  for (const finding of findings) tell(finding);
  tell(await checkClock(connections));

  const failures = checks.filter(({ outcome }) => outcome === 'failed').length;
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: failures === 0, checks })}\n`);
  if (failures > 0) {
    throw new Fault(
      'connection-check-failed',
      `Something has to be mended: ${countFailures(failures, checks.length)}.`,
    );
  }
  if (!options.json) process.stdout.write('Everything is in order.\n');
}
