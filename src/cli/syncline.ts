// The `syncline` command: which commands there are, and how each ends. Exit codes: 0 done, 1 it could not be done,
// 2 it was asked for in a way that cannot work, 3 it waits for a person; of jobs, 4 to 8 too (`errors.ts`).
import { Command, CommanderError } from 'commander';
import { UnusableInput } from '../../simulator/unusable-input.ts';
import { Fault } from '../errors.ts';
import { readVersion } from './version.ts';

/** Adds one command to the program, or several that belong together. */
type AddCommand = (program: Command) => void;

/** Each command with its file, in the order of the help. Only the one that is called is loaded. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  start: async () => (await import('./start.ts')).addStart,
  sync: async () => (await import('./sync.ts')).addSync,
  verify: async () => (await import('./verify.ts')).addVerify,
  changes: async () => (await import('./changes.ts')).addChanges,
  resume: async () => (await import('./resume.ts')).addResume,
  discard: async () => (await import('./discard.ts')).addDiscard,
  export: async () => (await import('./export.ts')).addExport,
  'test-connection': async () => (await import('./test-connection.ts')).addTestConnection,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
  demo: async () => (await import('./demo.ts')).addDemo,
  serve: async () => (await import('./serve.ts')).addServe,
  worker: async () => (await import('./worker.ts')).addWorker,
  jobs: async () => (await import('./jobs.ts')).addJobs,
  runs: async () => (await import('./runs.ts')).addRuns,
  launch: async () => (await import('./launch.ts')).addLaunch,
  cancel: async () => (await import('./launch.ts')).addCancel,
  reconcile: async () => (await import('./reconcile.ts')).addReconcile,
  'map-test': async () => (await import('./map-test.ts')).addMapTest,
  mappings: async () => (await import('./mappings.ts')).addMappings,
  mapping: async () => (await import('./mapping.ts')).addMapping,
  links: async () => (await import('./links.ts')).addLinks,
  reconciliations: async () => (await import('./reconciliations.ts')).addReconciliations,
  entries: async () => (await import('./entries.ts')).addEntries,
  'import-mappings': async () => (await import('./import-mappings.ts')).addImportMappings,
  deploy: async () => (await import('./deploy.ts')).addDeploy,
  'export-configuration': async () => (await import('./deploy.ts')).addExportConfiguration,
  'invoke-job': async () => (await import('./invoke-job.ts')).addInvokeJob,
  'api-client': async () => (await import('./api-client.ts')).addApiClient,
  user: async () => (await import('./user.ts')).addUser,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
};

/** Runs one command line, without the program's name, and gives its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command('syncline')
    .description('Keeps systems in step with Microsoft Entra ID.')
    .version(readVersion())
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  const [name = ''] = args;
  const load = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  for (const add of load) (await add?.())?.(program);
  endWithReader(process.stdout);
  endWithReader(process.stderr);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return explain(error);
  }
}

/** Whoever read what we print is gone, as `head` is after ten lines: there is nobody to work for any more. */
function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(1);
  });
}

/** Says what went wrong in one sentence; only a defect of Syncline's own shows its stack. */
function explain(error: unknown): number {
  // Commander has written its own message by now, and help is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Fault) {
    process.stderr.write(`syncline: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof UnusableInput) {
    process.stderr.write(`syncline: ${error.message}\n`);
    return 2;
  }
  process.stderr.write(
    `syncline: this is a defect of Syncline; please report it.\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}
