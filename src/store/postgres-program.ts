/** How PostgreSQL's programs are run (as which account, in which surroundings) and how their complaints are read. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Fault } from '../errors.ts';
import { type DataDirectory, diskFull } from './data-directory.ts';

/**
 * Options to start a program of PostgreSQL: as PostgreSQL's account, in a directory that this account can enter, and
 * with messages in English, which is what `explainComplaint` reads. Nothing else of our environment goes along.
 */
export function programOptions({ path, serverAccount }: DataDirectory): SpawnOptions {
  const account = serverAccount ? { uid: serverAccount.uid | 0, gid: serverAccount.gid | 0 } : {};
  return { ...account, cwd: path, env: { LC_ALL: 'C', TZ: 'UTC' }, windowsHide: true };
}

/** Resolves once the process runs. Throws a `Fault` when the system refuses to run it. */
export async function launched(child: ChildProcess): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Fault(
      'database-unavailable',
      `${child.spawnfile} cannot be run here (${code}): the embedded PostgreSQL needs a system with glibc and a disk that allows programs, so otherwise set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/** Runs one program to its end, giving it `input`. Throws a `Fault` with its own complaint when it fails. */
export async function runProgram(
  directory: DataDirectory,
  program: string,
  parameters: readonly string[],
  input = '',
): Promise<void> {
  const child = spawn(program, parameters, {
    ...programOptions(directory),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  await launched(child);
  child.stdin?.on('error', () => {}).end(input);
  const [complaint, [code]] = await Promise.all([
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ]);
  if (code !== 0) throw explainComplaint(directory, complaint);
}

/** Turns what PostgreSQL printed before it gave up into the fault that it is. */
export function explainComplaint(
  directory: DataDirectory,
  complaint: string,
  cause: unknown = complaint,
): Fault {
  if (isAboutDiskSpace(complaint)) return diskFull(directory.path, cause);
  const lines = complaint.split('\n').filter((line) => complaintStart.test(line));
  const reason = lines.at(-1)?.replace(complaintStart, '');
  const failure = reason ? `failed and says "${reason}"` : 'failed without a word, as when it is killed';
  return new Fault(
    'database-unavailable',
    `The embedded PostgreSQL in ${directory.path} ${failure}: put that right (postgresql.log there may say more) and start Syncline again, or set DATABASE_URL to another server.`,
    { cause },
  );
}

/** What stands before a complaint of the server (in its log) or of initdb, whose advice and tidying is none. */
const complaintStart = /^(?:.*?(?:FATAL|PANIC|error)|initdb):\s+(?!hint|warning|removing)/;

export function isAboutDiskSpace(complaint: string): boolean {
  return /No space left on device|Disk quota exceeded|File too large/.test(complaint);
}
