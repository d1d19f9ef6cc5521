// `syncline worker`: works on jobs, beside any number of others on the same database, until it is stopped.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import type { WorkerEvent } from '../jobs/worker.ts';
import { loadSettings } from '../settings/settings.ts';
import { openDatabase } from '../store/database.ts';
import { wholeNumber } from './number-option.ts';
import { defaultSlots, recordConnectionJobs, startProcessing } from './processing.ts';
import { waitForStop } from './stop-signal.ts';

type WorkerOptions = Readonly<{
  settings?: string;
  data?: string;
  slots: number;
  follow?: true;
  json?: true;
}>;

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('Work on jobs, beside any number of other workers on the same database.')
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--slots <number>', 'how many runs at once', wholeNumber(1, 64), defaultSlots)
    .option('--follow', 'follow every connection of the settings that no deployed job works on')
    .option('--json', 'print a line of JSON for the start and for the end of each run')
    .addHelpText('after', '\nExample:\n  syncline worker --settings appsettings.agent.json --slots 8')
    .action(work);
}

async function work(options: WorkerOptions): Promise<void> {
  const config = loadConfig(options);
  const settings = loadSettings(config.settingsFile, config.environment);
  const say = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const stopped = waitForStop();
  const database = await openDatabase(config, say, { mayJoin: true });
  try {
    for (const fault of settings.refused.values()) say(fault.message);
    for (const warning of settings.warnings) say(warning);
    if (options.follow) {
      const connections = [...settings.connections.values()];
      for (const sentence of await recordConnectionJobs(database, connections)) say(sentence);
    }
    const processing = await startProcessing(config, database, {
      slots: options.slots,
      onProgress: () => {},
      onRun: (event) => tell(event, options, say),
      onNotice: say,
      onError: (error) => say(error instanceof Error ? error.message : String(error)),
    });
    try {
      if (options.json) print({ worker: processing.worker, slots: options.slots });
      say(`Worker ${processing.worker} is ready for ${options.slots} runs at once. Press Ctrl-C to stop.`);
      const lost = await Promise.race([stopped, database.lost]);
      if (lost instanceof Error) throw lost;
      say('Stopping: what is under way is left to other workers …');
    } finally {
      await processing.stop();
    }
  } finally {
    await database.close();
  }
  say('Stopped.');
}

function tell(event: WorkerEvent, { json }: WorkerOptions, say: (line: string) => void): void {
  const time = new Date().toTimeString().slice(0, 8);
  if (event.kind === 'began') {
    say(`${time}  Run ${event.jobRunId} begins.`);
    return;
  }
  const { jobRunId, outcome } = event;
  if (outcome.kind === 'ended') {
    const { run, state, message } = outcome;
    if (json) print({ jobRunId, job: run.jobIdentifier, state, message });
    say(`${time}  Run ${jobRunId} of ${run.jobIdentifier}: ${state}. ${message ?? ''}`.trimEnd());
  } else if (outcome.kind === 'busy') {
    say(`${time}  Run ${jobRunId} comes again: ${outcome.reason}`);
  } else if (outcome.kind === 'left') {
    say(`${time}  Run ${jobRunId} is left to another worker.`);
  }
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
