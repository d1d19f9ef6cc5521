// How fast and how large the simulator is: pages a second against the same bytes from a bare server, memory and start
// time at a million users. Options: --users (for speed), --large (for memory; 0 leaves it out), --seconds, --json.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { createCertificateAuthority } from '../simulator/certificate-authority.ts';
import { type Child, startChild } from './child.ts';

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    large: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

const syncline = join(import.meta.dirname, '../bin/syncline.js');
const select =
  'id,displayName,userPrincipalName,mail,givenName,surname,department,jobTitle,accountEnabled,userType,employeeId,proxyAddresses';
const inFlight = 8;

interface Target {
  readonly dispatcher: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

interface Chain {
  readonly urls: readonly string[];
  readonly bodies: readonly Buffer[];
  readonly seconds: number;
}

interface Row {
  readonly scheme: 'http' | 'https';
  readonly pages: string;
  readonly kilobytes: number;
  /** Pages a second, one chain, first time. */
  readonly cold: number;
  /** One chain, again. */
  readonly chain: number;
  readonly chainFloor: number;
  /** Many pages in flight. */
  readonly parallel: number;
  readonly parallelFloor: number;
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  for (const scheme of ['http', 'https'] as const) rows.push(...(await measureSpeed(scheme)));
  const large = Number(options.large) > 0 ? await measureSize(Number(options.large)) : undefined;
  print(rows, large);
  if (options.json) process.stdout.write(`${JSON.stringify({ rows, large })}\n`);
}

async function measureSpeed(scheme: 'http' | 'https'): Promise<Row[]> {
  const args = ['simulate', '--users', options.users, '--port', '0', '--json'];
  const simulator = await startChild([syncline, ...args, ...(scheme === 'http' ? ['--http'] : [])]);
  const target = await signIn(simulator);
  const { graph } = simulator.ready as { graph: string };
  const rows: Row[] = [];
  for (const [pages, path] of [
    ['999 users', `/users?$top=999&$select=${select}`],
    ['200 users of a delta', `/users/delta?$select=${select}`],
    ['groups delta with members', '/groups/delta?$select=displayName,members'],
  ] as const) {
    const first = await drain(`${graph}${path}`, target);
    const folder = await writeBodies(first.bodies, scheme);
    const bare = await startChild([join(import.meta.dirname, 'serve-bodies.ts'), folder]);
    const bareUrls = first.bodies.map((_, index) => `${scheme}://localhost:${bare.ready.port}/${index}`);
    const again: Record<'chain' | 'chainFloor' | 'parallel' | 'parallelFloor', number[]> = {
      chain: [],
      chainFloor: [],
      parallel: [],
      parallelFloor: [],
    };
    // Turn and turn about, so that a slow moment of the machine meets both.
    for (let round = 0; round < 3; round++) {
      again.chain.push(await rate(first.urls, target, 1));
      again.chainFloor.push(await rate(bareUrls, target, 1));
      again.parallel.push(await rate(first.urls, target, inFlight));
      again.parallelFloor.push(await rate(bareUrls, target, inFlight));
    }
    const bytes = first.bodies.reduce((sum, body) => sum + body.length, 0);
    rows.push({
      scheme,
      pages,
      kilobytes: bytes / first.bodies.length / 1024,
      cold: first.urls.length / first.seconds,
      chain: median(again.chain),
      chainFloor: median(again.chainFloor),
      parallel: median(again.parallel),
      parallelFloor: median(again.parallelFloor),
    });
    await bare.stop();
    rmSync(folder, { recursive: true });
  }
  await target.dispatcher.close();
  await simulator.stop();
  return rows;
}

async function measureSize(users: number) {
  const simulator = await startChild([
    syncline,
    'simulate',
    '--users',
    String(users),
    '--port',
    '0',
    '--json',
  ]);
  const afterStart = simulator.memory();
  const target = await signIn(simulator);
  const { graph } = simulator.ready as { graph: string };
  const usersChain = await drain(`${graph}/users?$top=999&$select=${select}`, target, false);
  const groupsChain = await drain(`${graph}/groups/delta?$select=displayName,members`, target, false);
  const afterReading = simulator.memory();
  await target.dispatcher.close();
  await simulator.stop();
  return {
    users,
    startSeconds: simulator.startSeconds,
    megabytesAtStart: afterStart.nowMegabytes,
    megabytesAfterReading: afterReading.nowMegabytes,
    peakMegabytes: afterReading.peakMegabytes,
    usersSeconds: usersChain.seconds,
    groupsSeconds: groupsChain.seconds,
  };
}

async function signIn(simulator: Child): Promise<Target> {
  const { authority, clientId, clientSecret } = simulator.ready as Record<string, string>;
  // The benchmark trusts what it has just started itself.
  const dispatcher = new Agent({ connections: inFlight, connect: { rejectUnauthorized: false } });
  const reply = await request(`${authority}/oauth2/v2.0/token`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: clientId ?? '',
      client_secret: clientSecret ?? '',
    }).toString(),
  });
  const { access_token: token } = (await reply.body.json()) as { access_token: string };
  return { dispatcher, headers: { authorization: `Bearer ${token}` } };
}

/** Follows one chain to its end. */
async function drain(start: string, target: Target, keepsBodies = true): Promise<Chain> {
  const urls: string[] = [];
  const bodies: Buffer[] = [];
  const startedMs = performance.now();
  for (let url: string | undefined = start; url; ) {
    urls.push(url);
    const body: Buffer = await get(url, target);
    if (keepsBodies) bodies.push(body);
    const head = body.toString('latin1', 0, 4096);
    url = /"@odata\.nextLink":"([^"]+)"/.exec(head)?.[1];
  }
  return { urls, bodies, seconds: (performance.now() - startedMs) / 1000 };
}

async function get(url: string, { dispatcher, headers }: Target): Promise<Buffer> {
  const reply = await request(url, { dispatcher, headers });
  const body = Buffer.from(await reply.body.arrayBuffer());
  if (reply.statusCode !== 200) throw new Error(`${url} answered ${reply.statusCode}: ${body.toString()}`);
  return body;
}

/** Pages a second over the given addresses, so many in flight, for about the set time; bodies are thrown away. */
async function rate(
  urls: readonly string[],
  { dispatcher, headers }: Target,
  flights: number,
): Promise<number> {
  const endMs = performance.now() + (Number(options.seconds) * 1000) / 3;
  const startedMs = performance.now();
  let index = 0;
  const fly = async () => {
    while (performance.now() < endMs) {
      const reply = await request(urls[index++ % urls.length]!, { dispatcher, headers });
      for await (const _ of reply.body);
    }
  };
  await Promise.all(Array.from({ length: flights }, fly));
  return index / ((performance.now() - startedMs) / 1000);
}

async function writeBodies(bodies: readonly Buffer[], scheme: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
  for (const [index, body] of bodies.entries()) writeFileSync(join(folder, String(index)), body);
  if (scheme === 'https') {
    const authority = await createCertificateAuthority();
    const { certPem, keyPem } = await authority.issue(['localhost']);
    writeFileSync(join(folder, 'cert.pem'), certPem);
    writeFileSync(join(folder, 'key.pem'), keyPem);
  }
  return folder;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(rows: readonly Row[], large: Awaited<ReturnType<typeof measureSize>> | undefined): void {
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, index) => (index < 2 ? cell.padEnd(26) : cell.padStart(11))).join('')}\n`;
  const whole = (value: number) => Math.round(value).toLocaleString('en-US');
  const out = process.stdout;
  out.write(
    `Pages a second of a tenant of ${whole(Number(options.users))} users, and of the same bytes from a bare server:\n`,
  );
  out.write(
    line([
      'server',
      'pages of',
      'kB',
      'first time',
      'one chain',
      'bare',
      'ratio',
      `${inFlight} at once`,
      'bare',
      'ratio',
    ]),
  );
  for (const row of rows) {
    out.write(
      line([
        `simulator, ${row.scheme}`,
        row.pages,
        whole(row.kilobytes),
        whole(row.cold),
        whole(row.chain),
        whole(row.chainFloor),
        (row.chain / row.chainFloor).toFixed(2),
        whole(row.parallel),
        whole(row.parallelFloor),
        (row.parallel / row.parallelFloor).toFixed(2),
      ]),
    );
  }
  if (!large) return;
  out.write(`A tenant of ${whole(large.users)} users: ready after ${large.startSeconds.toFixed(1)} s with `);
  out.write(
    `${whole(large.megabytesAtStart)} MB, ${whole(large.megabytesAfterReading)} MB after reading all users `,
  );
  out.write(`(${large.usersSeconds.toFixed(1)} s) and memberships (${large.groupsSeconds.toFixed(1)} s), `);
  out.write(`${whole(large.peakMegabytes)} MB at the most.\n`);
}

await main();
