/**
 * Files that appear at once: written and forced to disk under names of their own, and only then put in the place of the last
 * ones. How a failing file operation reads as one sentence.
 */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../errors.ts';

/** A file that is written and not in its place yet. */
export type PreparedFile = Readonly<{ path: string; partPath: string }>;

/**
 * Makes a directory, with those above it, and tries whether these files can be written and put in place there. Throws a
 * `Fault` when not.
 */
export async function prepareDirectory(directory: string, paths: readonly string[]): Promise<void> {
  await explainingFiles(directory, () => makeDirectory(directory));
  for (const path of paths) {
    await discard(await prepareFile(path, async () => {}));
    await explainingFiles(path, async () => {
      const present = await stat(path).catch(() => undefined);
      if (present?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    });
  }
}

/** Writes a file beside its place. `fill` gets what appends text; nothing is left when it throws. */
export async function prepareFile(
  path: string,
  fill: (append: (text: string) => Promise<void>) => Promise<void>,
): Promise<PreparedFile> {
  const file = { path, partPath: `${path}.part` };
  const handle = await explainingFiles(path, async () => {
    // A leftover of a run that was killed. Never written through: it might be a link to somewhere else.
    await rm(file.partPath, { force: true });
    return await open(file.partPath, 'wx');
  });
  try {
    await fill((text) => explainingFiles(path, () => handle.appendFile(text)));
    await explainingFiles(path, () => handle.sync());
    await explainingFiles(path, () => handle.close());
    return file;
  } catch (error) {
    await handle.close().catch(() => {});
    await discard(file);
    throw error;
  }
}

/** Puts files in their places, in this order, replacing what is there. Afterwards the disk has them there, too. */
export async function placeFiles(files: readonly PreparedFile[]): Promise<void> {
  for (const { path, partPath } of files) await explainingFiles(path, () => rename(partPath, path));
  for (const directory of new Set(files.map(({ path }) => dirname(path)))) {
    await explainingFiles(directory, () => syncDirectory(directory));
  }
}

/** Removes a file that was not put in its place. */
export async function discard({ partPath }: PreparedFile): Promise<void> {
  await rm(partPath, { force: true }).catch(() => {});
}

/** Does something with files; throws a `Fault` for what the file system refuses. */
export async function explainingFiles<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = reasons[code];
    if (reason === undefined) throw error;
    throw new Fault(
      'output-unusable',
      `The export cannot use ${path} because ${reason}: put it right, or choose other directories with --output and --cookies.`,
      { cause: error },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'access to it is denied',
  EPERM: 'access to it is denied',
  EBUSY: 'another program holds it',
  EROFS: 'it is on a read-only disk',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'a directory of that name is in the way',
  ERR_FS_EISDIR: 'a directory of the same name with .part behind it is in the way',
  ENOTEMPTY: 'a directory of that name is in the way',
  ENOENT: 'it cannot be made there',
  ENAMETOOLONG: 'its path is too long',
  ELOOP: 'its path leads in a circle',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it grows larger than files may be there',
  EIO: 'the disk has an error',
};

/** Node's own recursion runs for ever where nothing can be made, such as below /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((await stat(path).catch(() => undefined))?.isDirectory()) return;
    const isParentMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isParentMissing || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}

/** Renames are kept through a power cut once their directory is. Windows keeps them without being asked. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
