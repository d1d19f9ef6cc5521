// Every command by itself: its help, and what a wrong option ends with.
import { describe, expect, test } from 'vitest';
import { runSyncline } from './fixtures/syncline-command.ts';

const commands = [
  ...[
    'start',
    'sync',
    'verify',
    'changes',
    'resume',
    'discard',
    'export',
    'test-connection',
    'doctor',
    'demo',
  ],
  ...['serve', 'worker', 'jobs', 'runs', 'launch', 'cancel'],
  ...[
    'reconcile',
    'map-test',
    'mappings',
    'mapping',
    'links',
    'reconciliations',
    'entries',
    'import-mappings',
  ],
  ...['deploy', 'export-configuration', 'invoke-job', 'api-client', 'user', 'simulate'],
];

test('the help of the program names every command', async () => {
  const { code, lines } = await runSyncline(['--help']).ended;
  expect(code).toBe(0);
  const named = lines.flatMap((line) => /^ {2}([a-z-]+) .*\S {2,}\S/.exec(line)?.[1] ?? []);
  expect(named.filter((name) => name !== 'help')).toEqual(commands);
});

describe.each(commands)('%s', (command) => {
  test('says what it does, its options and an example with --help', async () => {
    const ended = await runSyncline([command, '--help']).ended;
    expect(ended).toMatchObject({ code: 0, complaint: '' });
    const help = ended.lines.join('\n');
    expect(help).toMatch(new RegExp(`^Usage: syncline ${command}`));
    expect(help).toContain('--json');
    expect(help).toMatch(new RegExp(`^Examples?:\n {2}syncline ${command}`, 'm'));
  });

  test('refuses an option that it does not have in a sentence, with exit code 2', async () => {
    const ended = await runSyncline([command, '--nope']).ended;
    expect(ended).toMatchObject({ code: 2, lines: [] });
    expect(ended.complaint).toMatch(
      /^error: (?:unknown|required) option .*\n\(add --help for the options\)\n$/,
    );
  });
});
