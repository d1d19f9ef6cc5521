/**
 * The file with the keys that secrets are sealed with: a key a line, 32 bytes in base64, the first for what is sealed from now on and
 * the others for what was sealed before.
 */
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { Fault } from '../errors.ts';
import { keyBytes } from './sealing.ts';

/** Where the keys are, and whether Syncline made the file itself or would do so. */
export type SealingKeyPlace = Readonly<{ path: string; isOwn: boolean }>;

export type SealingKeys = readonly [Buffer, ...Buffer[]];

/** The file that a setting names, else `sealing.key` in the data directory. */
export function sealingKeyPlace({
  dataDirectory,
  sealingKeyFile,
}: Pick<Config, 'dataDirectory' | 'sealingKeyFile'>): SealingKeyPlace {
  return sealingKeyFile === undefined
    ? { path: join(dataDirectory, 'sealing.key'), isOwn: true }
    : { path: sealingKeyFile, isOwn: false };
}

/** The keys of the file; undefined where there is no such file. Throws a `Fault` for one that cannot be used. */
export function readSealingKeys({ path }: SealingKeyPlace): SealingKeys | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(path, `cannot be read (${codeOf(error)}): make it readable for this account`, error);
  }
  try {
    refuseOpenFile(path, fstatSync(file));
    return parseKeys(path, readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw unusable(path, `cannot be read (${codeOf(error)}): name a file with keys`, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes the file with a new key. It is whole or not there, and never takes another's place: where somebody else made it meanwhile,
 * theirs is what counts.
 */
export function createSealingKey(place: SealingKeyPlace): SealingKeys {
  const { path } = place;
  const directory = dirname(path);
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(unfinished, `${randomBytes(keyBytes).toString('base64')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    // Root may work on a directory for the account that owns it.
    const { uid, gid } = statSync(directory);
    if (process.getuid?.() === 0 && uid !== 0) chownSync(unfinished, uid, gid);
    try {
      linkSync(unfinished, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  } catch (error) {
    throw unusable(
      path,
      `cannot be made (${codeOf(error)}): make the directory writable, or name a file with a key in SYNCLINE_SEALING_KEY_FILE`,
      error,
    );
  } finally {
    rmSync(unfinished, { force: true });
  }
  const keys = readSealingKeys(place);
  if (keys === undefined) throw unusable(path, 'is gone as soon as it is made: leave it where it is');
  return keys;
}

/** A key is of no use where others read it, or put their own in its place. */
function refuseOpenFile(path: string, { uid, mode }: Stats): void {
  const own = process.getuid?.();
  if (own === undefined) return;
  const isOurs = uid === own || uid === 0 || own === 0;
  if (!isOurs) {
    throw unusable(path, `belongs to another account (number ${uid}): give it to the one that runs Syncline`);
  }
  if ((mode & 0o027) === 0) return;
  const what = (mode & 0o022) === 0 ? 'readable' : 'writable';
  throw unusable(path, `is ${what} for other accounts: close it with "chmod 600 ${path}"`);
}

function parseKeys(path: string, text: string): SealingKeys {
  const keys = text.split(/\r?\n/).flatMap((line, index) => {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) return [];
    const key = Buffer.from(written, 'base64');
    if (/^[A-Za-z0-9+/]{43}=$/.test(written) && key.length === keyBytes) return [key];
    throw unusable(
      path,
      `has no key in line ${index + 1}: write 32 bytes in base64, as "openssl rand -base64 32" makes them`,
    );
  });
  const [first, ...others] = keys;
  if (first !== undefined) return [first, ...others];
  throw unusable(
    path,
    'has no key in it: restore it from a backup, or where no secret was ever stored, write a key that "openssl rand -base64 32" makes',
  );
}

function unusable(path: string, what: string, cause?: unknown): Fault {
  return new Fault('sealing-key-unusable', `The file ${path} with the keys for secrets ${what}.`, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
