// What a guard holds back, at the command line: how a blocked sync ends, and what `changes`, `resume` and `discard` do and say.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { readCsv } from './fixtures/csv-reading.ts';
import { expectOneSentence, scratch, usedDataDirectory } from './fixtures/data-directories.ts';
import { writeSettings } from './fixtures/settings-file.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';
import { live } from './fixtures/tenant-truth.ts';

let simulator: Simulator;
let settings: string;

beforeAll(async () => {
  simulator = await startSimulator({ users: 100, seed: 31 });
  const directory = join(scratch, 'guarded');
  mkdirSync(directory);
  settings = writeSettings(directory, simulator, 'Contoso', {
    EntityTypes: { user: { Attributes: ['id', 'displayName', 'department'], MaximumUpdatedLines: 1 } },
  });
});

const running: RunningCommand[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop()));
});

afterAll(() => simulator.stop());

async function run(data: string, ...words: string[]): Promise<Ended> {
  const command = runSyncline([...words, '--data', data], { SYNCLINE_SETTINGS: settings });
  running.push(command);
  return await command.ended;
}

const sentenceOf = ({ complaint }: Ended) => /^syncline: (.*)\n$/m.exec(complaint)?.[1] ?? complaint;

/** Moves so many users to another department. */
function moveUsers(count: number, department: string): void {
  for (const user of live(simulator, 'user').slice(0, count))
    simulator.directory.update(user, { department });
}

/** A data directory whose connection is blocked, because three users moved. */
async function blocked(department: string): Promise<string> {
  const data = usedDataDirectory();
  expect((await run(data, 'sync', 'Contoso')).code).toBe(0);
  moveUsers(3, department);
  const ended = await run(data, 'sync', 'contoso');
  expect(ended.code).toBe(3);
  expectOneSentence(sentenceOf(ended));
  expect(sentenceOf(ended)).toBe(
    'Contoso is blocked, because 3 objects of user would be updated, and MaximumUpdatedLines of user is 1: look at the changes with "syncline changes Contoso", then apply them with "syncline resume Contoso" or drop them with "syncline discard Contoso".',
  );
  expect(ended.lines).toContain('user: blocked: user 3 changed');
  return data;
}

test('a blocked sync ends with 3, its changes are shown, searched and exported, and resume applies them', async () => {
  const data = await blocked('Astronomy');
  const again = await run(data, 'sync', 'Contoso', '--json');
  expect(again.code).toBe(3);
  expect(JSON.parse(again.lines.at(-1) ?? '')).toMatchObject({ error: { code: 'connection-blocked' } });

  const shown = await run(data, 'changes', 'contoso');
  expect(shown).toMatchObject({ code: 0, complaint: '' });
  expect(shown.lines).toContain('3 changes');
  expect(shown.lines.filter((line) => /^ {2}update user \S+ \(department\)$/.test(line))).toHaveLength(3);
  expect(shown.lines).toContain('  3 objects of user would be updated, and MaximumUpdatedLines of user is 1');

  const none = await run(data, 'changes', 'Contoso', '--kind', 'delete', '--json');
  expect(none).toMatchObject({ code: 0, lines: [] });
  const json = await run(data, 'changes', 'Contoso', '--class', 'user', '--search', 'astro', '--json');
  const changes = json.lines.map((line) => JSON.parse(line) as { kind: string; after: unknown });
  expect(changes).toHaveLength(3);
  expect(changes[0]).toMatchObject({
    kind: 'update',
    objectClass: 'user',
    after: { department: 'Astronomy' },
  });

  const path = join(data, '../changes.csv');
  const written = await run(data, 'changes', 'Contoso', '--csv', path);
  expect(written.code).toBe(0);
  expect(written.lines.join()).toContain('3 changes of Contoso were written to ');
  expect(readCsv(readFileSync(path, 'utf8'))).toHaveLength(4);

  const resumed = await run(data, 'resume', 'contoso');
  expect(resumed).toMatchObject({ code: 0, complaint: '' });
  expect(resumed.lines.find((line) => line.startsWith('The '))).toMatch(
    /^The blocked changes of Contoso were applied in .* s: \d+ objects and 0 links are stored now\.$/,
  );
  const verified = await run(data, 'verify', 'Contoso');
  expect(verified.lines.at(-1)).toBe('No difference.');
  const twice = await run(data, 'resume', 'Contoso');
  expect(twice.code).toBe(1);
  expect(sentenceOf(twice)).toContain('The connection Contoso has no blocked changes');
});

test('discard drops them, the next sync reads everything, and --force applies it', async () => {
  const data = await blocked('Botany');
  const output = join(data, '../csv');
  const exported = await run(data, 'export', 'Contoso', '--output', output);
  expect(exported.code).toBe(3);
  const discarded = await run(data, 'discard', 'Contoso', '--json');
  expect(discarded.code).toBe(0);
  expect(JSON.parse(discarded.lines.at(-1) ?? '')).toEqual({ connection: 'Contoso', entityTypes: 1 });
  const changes = await run(data, 'changes', 'Contoso');
  expect(changes.code).toBe(1);

  const forced = await run(data, 'sync', 'Contoso', '--force', '--json');
  expect(forced.code).toBe(0);
  expect(JSON.parse(forced.lines.at(-1) ?? '')).toMatchObject({
    objectClasses: [{ objectClass: 'user', isFull: true, reason: 'changes were discarded', updated: 3 }],
  });
});

test('a connection that nothing is stored of is refused in one sentence', async () => {
  const data = usedDataDirectory();
  for (const command of ['changes', 'resume', 'discard']) {
    const ended = await run(data, command, 'Fabrikam');
    expect(sentenceOf(ended)).toBe(
      'Nothing is stored of a connection "Fabrikam": correct the name, or run "syncline sync Fabrikam" first.',
    );
    expect(ended.code).toBe(2);
  }
});
