/** How the console's files are served: caching, compression, the policy, and nothing but its own files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { type ApiServer, useApi } from './fixtures/api-server.ts';

const getApi = useApi();
let server: ApiServer;
let directory: string;

const page = '<!doctype html><title>Syncline</title><script type="module" src="/assets/index-1.js"></script>';
const script = 'console.log("the console");\n'.repeat(200);

beforeAll(async () => {
  directory = join(getApi().dataDirectory, '..', 'console');
  mkdirSync(join(directory, 'assets'), { recursive: true });
  writeFileSync(join(directory, '..', 'secret.txt'), 'not for the world');
  writeFileSync(join(directory, 'index.html'), page);
  writeFileSync(join(directory, 'assets', 'index-1.js'), script);
  writeFileSync(join(directory, 'assets', 'index-1.js.br'), brotliCompressSync(script));
  writeFileSync(join(directory, 'assets', 'index-1.js.gz'), gzipSync(script));
  server = await getApi().start({ consoleDirectory: directory });
});

test.each(['/', '/sign-in', '/integrations/entra-id/contoso.onmicrosoft.com?tab=history', '/jobs/runs/12'])(
  '%s is the page of the console, under a policy that allows nothing from elsewhere',
  async (path) => {
    const answer = await fetch(server.url + path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(page);
    const policy = answer.headers.get('Content-Security-Policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('Cache-Control')).toBe('no-cache');
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
  },
);

test('a browser that has the page is told that it is the same, with the policy', async () => {
  const first = await fetch(`${server.url}/`);
  const tag = first.headers.get('ETag') ?? '';
  const again = await fetch(`${server.url}/`, { headers: { 'If-None-Match': tag } });
  expect(again.status).toBe(304);
  expect(again.headers.get('Content-Security-Policy')).toBe(first.headers.get('Content-Security-Policy'));
});

test('files with a hash in their names are kept for ever, and sent compressed as the browser can', async () => {
  const asset = `${server.url}/assets/index-1.js`;
  for (const [accepted, expected] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
  ] as const) {
    const answer = await fetch(asset, { headers: { 'Accept-Encoding': accepted } });
    expect(answer.headers.get('Content-Encoding')).toBe(expected);
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('Content-Type')).toMatch(/javascript/);
    expect(answer.headers.get('Vary')).toContain('Accept-Encoding');
    expect(await answer.text()).toBe(script);
  }
});

test.each([
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/assets/..\\..\\secret.txt',
  '//secret.txt',
  '/assets/index-1.js%00',
  '/assets/',
])('nothing but the files of the console is served: %s', async (path) => {
  // As it is: fetch would put the path in order before it is sent.
  const { status, body } = await raw(path);
  expect([400, 404]).toContain(status);
  expect(body).not.toContain('not for the world');
});

test('an address that leads nowhere is a page for people and a problem for programs', async () => {
  const forPeople = await fetch(`${server.url}/no/such/page`, { headers: { Accept: 'text/html,*/*' } });
  expect(forPeople.status).toBe(404);
  expect(await forPeople.text()).toBe(page);
  expect(forPeople.headers.get('Content-Security-Policy')).toContain("script-src 'self'");
  for (const path of ['/no/such/page', '/api/no-such-thing', '/assets/gone.js']) {
    const answer = await fetch(server.url + path, {
      headers: { Accept: path.startsWith('/no') ? 'application/json' : 'text/html' },
    });
    expect(answer.headers.get('Content-Type'), path).toBe('application/problem+json');
  }
});

test('a console that was not built says how to build it', async () => {
  const bare = await getApi().start({ consoleDirectory: join(directory, 'nothing') });
  const answer = await fetch(`${bare.url}/integrations`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('npm run build:console');
});

function raw(path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method: 'GET' }, (answer) => {
      let body = '';
      answer.on('data', (part) => {
        body += String(part);
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}
