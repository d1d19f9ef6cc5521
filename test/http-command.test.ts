/** `syncline serve` and `syncline api-client` as a user runs them. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, fetch as fetchWith } from 'undici';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createCertificateAuthority } from '../simulator/certificate-authority.ts';
import { callApi, type JsonObject, signIn } from './fixtures/api-server.ts';
import { makeScratch } from './fixtures/held-database.ts';
import { runSyncline } from './fixtures/syncline-command.ts';

const scratch = makeScratch();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function json(words: readonly string[]): Promise<JsonObject> {
  const { code, lines, complaint } = await runSyncline([...words, '--json']).ended;
  if (code !== 0) throw new Error(complaint);
  return JSON.parse(lines.at(-1) ?? '') as JsonObject;
}

test('a server is started, a client is made beside it, used, revoked, and the server ends when it is told to', async () => {
  const data = ['--data', join(scratch, 'data')];
  const server = runSyncline(['serve', '--port', '0', ...data]);
  onTestFinished(() => void server.stop('SIGKILL'));
  const [, url = ''] = /(http:\/\/127\.0\.0\.1:\d+)\/api/.exec(await server.line(/The API is at/)) ?? [];

  const created = await json([
    'api-client',
    'create',
    'operator-1',
    '--role',
    'operator',
    '--expires',
    '2099-01-31',
    ...data,
  ]);
  expect(created).toMatchObject({
    identifier: 'operator-1',
    profile: 'operator',
    expiresAt: '2099-01-31T23:59:59.999Z',
  });
  const token = await signIn(url, 'operator-1', String(created.secret));
  expect((await callApi(url, 'GET', '/api/jobs', token)).status).toBe(200);
  expect((await callApi(url, 'GET', '/ready')).body).toMatchObject({ status: 'ready', workers: 0 });

  const shown = await runSyncline([
    'api-client',
    'create',
    'reader',
    '--permission',
    '/Jobs/Job',
    '--permission',
    '/Syncline/Audit',
    ...data,
  ]).ended;
  expect(shown.lines.join('\n')).toMatch(
    /shown only now[\s\S]*client_secret +[\w-]{43}\n[\s\S]*\/Jobs\/Job, \/Syncline\/Audit/,
  );
  const listed = await json(['api-client', 'list', ...data]);
  expect((listed.clients as readonly JsonObject[]).map(({ identifier }) => identifier)).toEqual([
    'operator-1',
    'reader',
  ]);
  expect(JSON.stringify(listed)).not.toContain(String(created.secret));

  expect(await json(['api-client', 'revoke', 'operator-1', ...data])).toMatchObject({
    identifier: 'operator-1',
  });
  expect((await callApi(url, 'GET', '/api/jobs', token)).status).toBe(401);

  const ended = await server.stop('SIGINT');
  expect([ended.code, ended.lines.at(-1)]).toEqual([0, 'Stopped.']);
  const log = ended.complaint
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  expect(log.at(-1)).toMatchObject({ level: 'info', msg: 'stopped' });
  expect(ended.complaint).not.toContain(String(created.secret));
}, 120_000);

test('a server speaks TLS with the certificate that it is given', async () => {
  const authority = await createCertificateAuthority();
  const { certPem, keyPem } = await authority.issue(['localhost', '127.0.0.1']);
  const [certificate, key] = [join(scratch, 'server.pem'), join(scratch, 'server.key')];
  writeFileSync(certificate, certPem);
  writeFileSync(key, keyPem);
  const words = ['serve', '--port', '0', '--tls-certificate', certificate, '--tls-key', key, '--json'];
  const server = runSyncline([...words, '--data', join(scratch, 'tls-data')]);
  onTestFinished(() => void server.stop('SIGKILL'));
  const { url } = JSON.parse(await server.line(/"url"/)) as { url: string };
  expect(url).toMatch(/^https:/);
  const dispatcher = new Agent({ connect: { ca: authority.caPem } });
  const response = await fetchWith(`${url}/health`, { dispatcher });
  expect(response.headers.get('Strict-Transport-Security')).toBe('max-age=31536000');
  await dispatcher.close();
  expect((await server.stop()).code).toBe(0);
}, 120_000);

describe('refused in a sentence', () => {
  test.each<[string, string[]]>([
    ['--host is 0.0.0.0, which others reach', ['serve', '--host', '0.0.0.0']],
    ['--port is "70000"', ['serve', '--port', '70000']],
    ['--tls-key is missing', ['serve', '--tls-certificate', 'a.pem']],
    ['Give either --role or --permission', ['api-client', 'create', 'x']],
    ['--role is "root"', ['api-client', 'create', 'x', '--role', 'root']],
    ['--permission is "/"', ['api-client', 'create', 'x', '--permission', '/']],
    [
      '--expires is "2025-02-31"',
      ['api-client', 'create', 'x', '--role', 'auditor', '--expires', '2025-02-31'],
    ],
    [
      '--expires is 2001-01-01, which is over',
      ['api-client', 'create', 'x', '--role', 'auditor', '--expires', '2001-01-01'],
    ],
    ['The name "a@b" is no client id', ['api-client', 'create', 'a@b', '--role', 'auditor']],
  ])('%s', async (sentence, words) => {
    const { code, complaint, lines } = await runSyncline([...words, '--data', join(scratch, 'never')]).ended;
    expect([code, lines]).toEqual([2, []]);
    expect(complaint).toContain(`syncline: ${sentence}`);
  });

  test('a client that is there already, and one that is not', async () => {
    const data = ['--data', join(scratch, 'twice')];
    await json(['api-client', 'create', 'once', '--role', 'auditor', ...data]);
    const again = await runSyncline(['api-client', 'create', 'ONCE', '--role', 'auditor', ...data]).ended;
    expect([again.code, again.complaint]).toEqual([2, expect.stringContaining('already')]);
    const unknown = await runSyncline(['api-client', 'revoke', 'never', ...data, '--json']).ended;
    expect([unknown.code, JSON.parse(unknown.lines[0] ?? '')]).toMatchObject([
      2,
      { error: { code: 'invalid-setting' } },
    ]);
  }, 120_000);
});
