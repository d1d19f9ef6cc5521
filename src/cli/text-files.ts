// Text files that a command writes for people: all of them or none, and none over what is there unless that is said.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault } from '../errors.ts';
import { placeFiles, prepareDirectory, prepareFile } from '../sync/placed-files.ts';

/** Writes files with their directories. Throws a `Fault` where one is there already and `isForced` is not set, or cannot be written. */
export async function writeTextFiles(
  files: readonly Readonly<{ path: string; text: string }>[],
  isForced = false,
): Promise<void> {
  const there = files.find(({ path }) => existsSync(path));
  if (there !== undefined && !isForced) {
    throw new Fault(
      'output-unusable',
      `The file ${there.path} is there already: name another place, or add --force to replace it.`,
    );
  }
  const directories = Map.groupBy(files, ({ path }) => dirname(path));
  for (const [directory, own] of directories) {
    await prepareDirectory(
      directory,
      own.map(({ path }) => path),
    );
  }
  const prepared = [];
  for (const { path, text } of files) prepared.push(await prepareFile(path, (append) => append(text)));
  await placeFiles(prepared);
}
