// The `syncline` command: which commands there are, and how each ends. Exit codes: 0 done, 1 it could not be done,
// 2 it was asked for in a way that cannot work.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { UnusableInput } from '../../simulator/unusable-input.ts';
import { Fault } from '../errors.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { addExport } from './export.ts';
import { addSimulate } from './simulate.ts';
import { addStart } from './start.ts';
import { addSync } from './sync.ts';
import { addTestConnection } from './test-connection.ts';
import { addVerify } from './verify.ts';

/** Runs one command line, without the program's name, and gives its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command('syncline')
    .description('Keeps systems in step with Microsoft Entra ID.')
    .version(readVersion())
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  addStart(program);
  addSync(program);
  addVerify(program);
  addExport(program);
  addTestConnection(program);
  addDoctor(program);
  addDemo(program);
  addSimulate(program);
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

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
