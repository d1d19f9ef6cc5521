// `syncline demo` as a user runs it: a tenant read, changed, followed and compared, and nothing left of it.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from './fixtures/data-directories.ts';
import { processesOf } from './fixtures/held-database.ts';
import { runSyncline } from './fixtures/syncline-command.ts';

let directories = 0;

/** A demo whose files are in a directory of its own. */
function demo(...options: string[]) {
  directories += 1;
  const directory = join(scratch, `demo ${directories}`);
  mkdirSync(directory, { mode: 0o755 });
  return { directory, command: runSyncline(['demo', ...options], { TMPDIR: directory }) };
}

test.each([
  [0, 0],
  [1, 1],
  [300, 300],
])('with %i users everything is found and equal, and nothing is left', async (users, leastObjects) => {
  const { directory, command } = demo('--users', String(users), '--json');
  const { code, lines, complaint } = await command.ended;
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  const result = JSON.parse(lines.at(-1) ?? '') as {
    full: Record<string, number>;
    incremental: Record<string, number>;
  };
  expect(result).toEqual({
    full: { objects: expect.any(Number), links: expect.any(Number), seconds: expect.any(Number) },
    incremental: {
      inserted: expect.any(Number),
      updated: expect.any(Number),
      deleted: expect.any(Number),
      linksInserted: expect.any(Number),
      linksDeleted: expect.any(Number),
      seconds: expect.any(Number),
    },
    equal: true,
  });
  expect(result.full.objects).toBeGreaterThanOrEqual(leastObjects);
  expect(result.incremental.inserted).toBeGreaterThan(0);
  expect(readdirSync(directory)).toEqual([]);
  expect(processesOf(directory)).toEqual([]);
});

test('without --json it ends with a table that a person reads', async () => {
  const { command } = demo('--users', '50');
  const { code, lines } = await command.ended;
  expect(code).toBe(0);
  for (const title of [
    /^Full synchronization in /,
    /changes in the tenant: /,
    /^Incremental synchronization in /,
  ]) {
    expect(lines.some((line) => title.test(line))).toBe(true);
  }
  expect(lines.some((line) => /^ {2}user {2,}50 /.test(line))).toBe(true);
  expect(lines.at(-1)).toBe('No difference.');
});

test('Ctrl-C ends it, and nothing is left', async () => {
  const { directory, command } = demo('--users', '20000');
  await command.line(/^user: reading/);
  const ended = await command.stop('SIGINT');
  expect(ended.code).toBe(1);
  expect(ended.complaint).toMatch(/^syncline: The run on simulated was cancelled: .*\.\n$/);
  expect(readdirSync(directory)).toEqual([]);
  expect(processesOf(directory)).toEqual([]);
});
