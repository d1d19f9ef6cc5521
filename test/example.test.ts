// The how-to of examples/ from beginning to end, as somebody runs it who tries Syncline out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

test('the how-to of incremental synchronization comes to its end, and everything is as it says', async () => {
  const program = join(import.meta.dirname, '../examples/entra-incremental/run.ts');
  const child = spawn(process.execPath, [program], {
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  expect({ code, complaint }, said).toEqual({ code: 0, complaint: '' });
  expect(said).toContain('✓ UR_ResourceChanges and UR_ResourceLinkChanges tell exactly these changes');
  expect(said.trimEnd().split('\n').at(-1)).toBe('Everything is as it should be.');
}, 120_000);
