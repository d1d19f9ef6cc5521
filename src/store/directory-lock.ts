/**
 * Sole ownership of a data directory. The lock is the kernel's, so that it ends with its process however that dies:
 * there is no stale lock, no reused process number to mistake for the owner, and two containers on one volume see it.
 */
import { accessSync, chmodSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../errors.ts';
import { type DataDirectory, giveTo, rethrowFileError } from './data-directory.ts';

export type DirectoryLock = Readonly<{ release: () => void }>;

/** Takes the data directory for this process. Throws a `Fault` naming the process that has it already. */
export function lockDirectory({ path, owner }: DataDirectory): DirectoryLock {
  const lockPath = join(path, 'lock');
  const ownerPath = join(path, 'owner.pid');
  try {
    accessSync(path, constants.W_OK);
    if (existsSync(lockPath)) accessSync(lockPath, constants.R_OK | constants.W_OK);
  } catch (error) {
    rethrowFileError(error, path);
  }
  // Node has no file lock of its own; the one within SQLite is a kernel lock on every system. The file stays empty.
  // Nothing else here may open it: closing a file ends the locks of its process.
  const lock = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy)
      throw alreadyOwned(path, ownerPath);
    throw new Fault(
      'data-directory-unusable',
      `The data directory ${path} cannot be locked, which a network disk may not allow: set SYNCLINE_DATA to a directory on a local disk.`,
      { cause: error },
    );
  }
  try {
    chmodSync(lockPath, 0o600);
    giveTo(owner, lockPath);
    writeFileSync(ownerPath, `${process.pid}\n`, { mode: 0o600 });
    giveTo(owner, ownerPath);
  } catch (error) {
    lock.close();
    rethrowFileError(error, path);
  }
  return {
    release() {
      rmSync(ownerPath, { force: true });
      lock.close();
    },
  };
}

/** SQLITE_BUSY: another process holds the lock. */
const sqliteBusy = 5;

function alreadyOwned(path: string, ownerPath: string): Fault {
  return new Fault(
    'data-directory-in-use',
    `Syncline is already running on ${path}${ownerName(ownerPath)}: stop it first, or give this one a directory of its own with SYNCLINE_DATA.`,
  );
}

function ownerName(ownerPath: string): string {
  try {
    return ` as process ${Number.parseInt(readFileSync(ownerPath, 'utf8'), 10)}`;
  } catch {
    return '';
  }
}
