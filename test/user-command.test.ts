/** `syncline user`, and the link that a server without an administrator prints. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from './fixtures/api-server.ts';
import { makeScratch } from './fixtures/held-database.ts';
import { runSyncline } from './fixtures/syncline-command.ts';
import { openBrowser } from './fixtures/visitor.ts';

const scratch = makeScratch();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const data = ['--data', join(scratch, 'data')];
const first = 'seven quiet lanterns';
const second = 'eight quiet lanterns';
const run = (words: readonly string[], input = '') => runSyncline([...words, ...data], {}, input).ended;

test('a server without an administrator prints a link; a person is made at the command line, locked out, and let in again', async () => {
  const environment = { SYNCLINE_SESSION_IDLE_MINUTES: '5', SYNCLINE_ENVIRONMENT_LABEL: 'Test' };
  const server = runSyncline(['serve', '--port', '0', '--json', ...data], environment);
  onTestFinished(() => void server.stop('SIGKILL'));
  const started = JSON.parse(await server.line(/"url"/)) as JsonObject;
  const url = String(started.url);
  expect(started.setupUrl).toMatch(new RegExp(`^${url}/setup#[\\w-]{43}$`));

  const created = await run(
    ['user', 'create', 'ada', '--role', 'administrator', '--name', 'Ada'],
    `${first}\n`,
  );
  expect(created).toMatchObject({ code: 0, lines: ['Ada can sign in as ada now, as an administrator.'] });
  const browser = openBrowser(url);
  expect((await browser.signIn('ada', first)).body).toMatchObject({
    ...{ idleSeconds: 300, environmentLabel: 'Test', user: { name: 'Ada', role: 'administrator' } },
  });
  const token = String(started.setupUrl).split('#')[1];
  const late = { token, name: 'Eve', signInName: 'eve', password: second };
  expect((await openBrowser(url).call('POST', '/auth/setup', late)).body.code).toBe('setup-refused');

  const reset = await run(['user', 'reset-password', 'ADA', '--json'], second);
  expect(JSON.parse(reset.lines.at(-1) ?? '')).toMatchObject({ signInName: 'ada', endedSessions: 1 });
  expect((await browser.call('GET', '/api/session')).body.code).toBe('session-ended');
  expect((await browser.signIn('ada', first)).status).toBe(401);
  expect((await browser.signIn('ada', second)).status).toBe(200);
  const audit = await browser.call('GET', '/api/audit?page=1&action=user.reset-password');
  expect(audit.body.items).toMatchObject([
    { actor: expect.stringMatching(/^command line \(/), subject: 'ada' },
  ]);

  const listed = await run(['user', 'list']);
  expect(listed.lines.join('\n')).toMatch(/ada +Ada +administrator +password +20/);
  expect(await server.stop()).toMatchObject({ code: 0 });
  const again = runSyncline(['serve', '--port', '0', '--json', ...data]);
  expect(JSON.parse(await again.line(/"url"/))).not.toHaveProperty('setupUrl');
  await again.stop();
});

test.each([
  [
    ['create', 'eve', '--role', 'owner'],
    first,
    '--role is "owner", which is no role: choose from administrator, operator, auditor.',
  ],
  [['create', 'eve', '--role', 'auditor'], 'short', 'The password has fewer than 12 characters.'],
  [
    ['create', 'eve', '--role', 'auditor'],
    '',
    'There is no password: write it on standard input, or call this in a terminal, which asks for it.',
  ],
  [
    ['create', 'Ada', '--role', 'auditor'],
    first,
    'Somebody signs in as Ada already: take another name, or "syncline user reset-password Ada".',
  ],
  [['reset-password', 'nobody'], first, 'Nobody signs in as "nobody": "syncline user list" shows who does.'],
])('user %j is refused in one sentence, with exit code 2', async (words, input, sentence) => {
  expect(await run(['user', ...words], input)).toMatchObject({
    code: 2,
    complaint: `syncline: ${sentence}\n`,
  });
});
