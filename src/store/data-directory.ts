/**
 * The data directory on disk: who owns what in it, under which account PostgreSQL runs, and how a failing file
 * operation reads as one sentence.
 */
import { chmodSync, chownSync, mkdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fault } from '../errors.ts';

/** An account of the operating system, by its numbers. */
export type Account = Readonly<{ name: string; uid: number; gid: number }>;

export type DataDirectory = Readonly<{
  /** Absolute, with every symbolic link resolved. */
  path: string;
  /** PostgreSQL's own data directory within it. */
  clusterPath: string;
  /** The account PostgreSQL runs as; undefined where that is the account of this process. */
  serverAccount: Account | undefined;
  /** The account that owns the directory, where root works on it for somebody else. */
  owner: Account | undefined;
}>;

/**
 * Creates the data directory where it does not exist and decides under which account PostgreSQL runs: the own one,
 * and for root (as whom PostgreSQL refuses to run) the owner of what is there already, else `postgres`, `nobody` or
 * `daemon`. Throws a `Fault` when the directory cannot be used.
 */
export function openDataDirectory(wanted: string): DataDirectory {
  const isRoot = process.getuid?.() === 0;
  try {
    createDirectory(wanted, isRoot ? 0o711 : 0o700);
  } catch (error) {
    rethrowFileError(error, wanted);
  }
  const path = realpathSync(wanted);
  const clusterPath = join(path, 'database');
  const cluster = statSync(clusterPath, { throwIfNoEntry: false });
  if (!isRoot) {
    refuseForeignOwner(path, cluster ?? statSync(path));
    return { path, clusterPath, serverAccount: undefined, owner: undefined };
  }
  const owner = otherThanRoot(statSync(path));
  const serverAccount = (cluster && otherThanRoot(cluster)) ?? owner ?? chooseServerAccount(path);
  refuseUnreachable(path, serverAccount);
  return { path, clusterPath, serverAccount, owner };
}

/** Hands a file or directory to an account. Does nothing without one. */
export function giveTo(account: Account | undefined, path: string): void {
  if (account) chownSync(path, account.uid, account.gid);
}

/** What a failing file operation below the data directory means to a person. Never returns. */
export function rethrowFileError(error: unknown, directory: string): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) throw diskFull(directory, error);
  if (error instanceof Fault || !('syscall' in Object(error))) throw error;
  const reason = reasons[code] ?? (error instanceof Error ? error.message : code);
  throw new Fault(
    'data-directory-unusable',
    `The data directory ${directory} cannot be used because ${reason}: put it right, or set SYNCLINE_DATA to a directory that account "${accountName(process.getuid?.())}" may write to.`,
    { cause: error },
  );
}

export function diskFull(directory: string, cause?: unknown): Fault {
  return new Fault(
    'disk-full',
    `There is no room left for the database in ${directory}: free some disk space there (a new database takes 150 MB), or set SYNCLINE_DATA to a directory on a larger disk.`,
    { cause },
  );
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'access to it is denied',
  EPERM: 'access to it is denied',
  EROFS: 'it is on a read-only disk',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
  ENOENT: 'it cannot be made there',
  ENAMETOOLONG: 'its path is too long',
};

/**
 * Makes a directory and those above it that are missing, for which Node's own recursion would be the way, did it not
 * run for ever where nothing can be made (below /proc).
 */
function createDirectory(path: string, mode: number): void {
  if (isDirectory(path)) return;
  createDirectory(dirname(path), mode);
  try {
    mkdirSync(path);
  } catch (error) {
    if (isDirectory(path)) return;
    throw error;
  }
  // Set apart from mkdir, so that root's umask cannot lock PostgreSQL's account out of a path we have just made.
  chmodSync(path, mode);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function refuseForeignOwner(path: string, { uid }: Stats): void {
  const own = process.getuid?.();
  if (own === undefined || uid === own) return;
  throw new Fault(
    'data-directory-unusable',
    `The data directory ${path} belongs to account "${accountName(uid)}" and Syncline runs as "${accountName(own)}": start Syncline as the account (or root) that made it, or set SYNCLINE_DATA to another directory.`,
  );
}

function otherThanRoot({ uid, gid }: Stats): Account | undefined {
  return uid === 0 ? undefined : { name: accountName(uid), uid, gid };
}

function chooseServerAccount(path: string): Account {
  const accounts = listAccounts();
  for (const name of ['postgres', 'nobody', 'daemon']) {
    const account = accounts.find((each) => each.name === name);
    if (account) return account;
  }
  throw new Fault(
    'data-directory-unusable',
    `PostgreSQL refuses to run as root, and /etc/passwd has no account "postgres", "nobody" or "daemon" to run it as: add one, or give ${path} to an ordinary account.`,
  );
}

function refuseUnreachable(path: string, account: Account): void {
  for (let each = path; ; each = dirname(each)) {
    const { uid, gid, mode } = statSync(each);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new Fault(
        'data-directory-unusable',
        `PostgreSQL refuses to run as root, and account "${account.name}", which runs it, cannot reach the data directory ${path} because ${each} is closed to it: set SYNCLINE_DATA to a directory elsewhere, or open the way with "chmod o+x ${each}".`,
      );
    }
    if (each === dirname(each)) return;
  }
}

function accountName(uid: number | undefined): string {
  return listAccounts().find((account) => account.uid === uid)?.name ?? String(uid ?? '');
}

function listAccounts(): Account[] {
  let lines: string[];
  try {
    lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  } catch {
    return [];
  }
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    // macOS writes the highest numbers as negative ones.
    return name && uid && gid ? [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }] : [];
  });
}
