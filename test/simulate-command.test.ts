/** `syncline simulate` as a user runs it: one line of JSON, until it is stopped; or one sentence and exit code 2. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { Agent, fetch } from 'undici';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Access, type Simulation, simulate } from './fixtures/simulate-command.ts';

/** The temporary directory of one test's commands. */
let scratch = '';
const running = new Set<Simulation>();

function run(...options: string[]): Simulation {
  const simulation = simulate(options, { TMPDIR: scratch });
  running.add(simulation);
  simulation.ended.then(() => running.delete(simulation));
  return simulation;
}

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'syncline-test-'));
});

afterEach(async () => {
  await Promise.all([...running].map((simulation) => simulation.stop('SIGKILL')));
  rmSync(scratch, { recursive: true, force: true });
});

describe('a simulated tenant', () => {
  test('tells in one line of JSON what a client needs', async () => {
    const simulation = run('--json', '--port', '0', '--users', '0');
    const access = await simulation.access;
    expect((await simulation.stop()).lines).toHaveLength(1);
    expect(access).toEqual({
      graph: expect.stringMatching(/^https:\/\/localhost:\d+\/v1\.0$/),
      authority: `${new URL(access.graph).origin}/${access.tenantId}`,
      tenantId: expect.stringMatching(guid),
      clientId: expect.stringMatching(guid),
      clientSecret: expect.stringMatching(/^\S{30,}$/),
      ca: expect.stringContaining(scratch),
      control: `${new URL(access.graph).origin}/simulator`,
      controlKey: expect.stringMatching(/^\S{30,}$/),
    });
  });

  test('tells the address of its proxy when it has one', async () => {
    const { proxy } = await run('--json', '--port', '0', '--users', '0', '--proxy', '0').access;
    expect(proxy).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('serves plain HTTP when that is wanted', async () => {
    const access = await run('--json', '--port', '0', '--users', '0', '--http').access;
    expect(access.graph).toMatch(/^http:\/\/localhost:\d+\/v1\.0$/);
    expect(access.authority).toBe(`${new URL(access.graph).origin}/${access.tenantId}`);
  });

  test('is on the port that was asked for', async () => {
    const port = await freePort();
    const { graph } = await run('--json', '--port', String(port), '--users', '0').access;
    expect(graph).toBe(`https://localhost:${port}/v1.0`);
  });

  test('tells people the same in words', async () => {
    const simulation = run('--port', '0', '--users', '0');
    await expect.poll(simulation.printed, { timeout: 30_000 }).toContain('Press Ctrl-C to stop it.');
    const { lines, code } = await simulation.stop('SIGINT');
    const told = lines.join('\n');
    for (const name of [
      'Graph',
      'Authority',
      'Client id',
      'Client secret',
      'CA certificate',
      'Control key',
    ]) {
      expect(told).toMatch(new RegExp(`^ +${name} +\\S+$`, 'm'));
    }
    expect(told).toMatch(/0 users/);
    expect(code).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends at %s with exit code 0 and leaves nothing behind',
    async (signal) => {
      const simulation = run('--json', '--port', '0', '--users', '0', '--proxy', '0', '--churn', '600');
      const access = await simulation.access;
      expect(readFileSync(access.ca, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
      expect(readdirSync(scratch)).toHaveLength(1);
      expect(dirname(dirname(access.ca))).toBe(scratch);

      const ended = await simulation.stop(signal);
      expect(ended).toEqual({ code: 0, signal: null, lines: [expect.anything()], complaint: '' });
      expect(readdirSync(scratch)).toEqual([]);
      await expect(readTenant(access)).rejects.toThrow();
    },
  );

  test('ends at a signal while a client still holds its connection', async () => {
    const simulation = run('--json', '--port', '0', '--users', '0', '--latency', '60000');
    const { graph, ca } = await simulation.access;
    const socket = connect({ port: Number(new URL(graph).port), host: 'localhost', ca: readFileSync(ca) });
    await once(socket, 'secureConnect');
    socket.on('error', () => undefined);
    const cut = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /v1.0/users HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await simulation.stop()).code).toBe(0);
    await cut;
  });

  test('is the same tenant for the same seed, and another for another', async () => {
    const tenants = [];
    for (const seed of ['5', '5', '6']) {
      const simulation = run('--json', '--port', '0', '--users', '60', '--seed', seed);
      tenants.push(await readTenant(await simulation.access));
      await simulation.stop();
    }
    const [first, again, other] = tenants;
    expect(first?.users).toHaveLength(60);
    expect(again).toEqual(first);
    expect(other?.tenantId).not.toBe(first?.tenantId);
    expect(other?.clientId).not.toBe(first?.clientId);
    expect(other?.clientSecret).not.toBe(first?.clientSecret);
    const ids = new Set(first?.users.map(({ id }) => id));
    expect(other?.users.filter(({ id }) => ids.has(id))).toEqual([]);
  });
});

describe('bad input ends with one sentence and exit code 2:', () => {
  const number = (option: string, value: string, from: string, to: string) =>
    byParser(`option '${option}' argument '${value}' is invalid. Give a whole number from ${from} to ${to}.`);

  const wrongOptions: readonly [options: string, complaint: string | RegExp][] = [
    ['--port http', number('--port <port>', 'http', '0', '65,535')],
    ['--port 65536', number('--port <port>', '65536', '0', '65,535')],
    ['--proxy -1', number('--proxy <port>', '-1', '0', '65,535')],
    ['--users many', number('--users <number>', 'many', '0', '2,000,000')],
    ['--users 1e3', number('--users <number>', '1e3', '0', '2,000,000')],
    ['--users 2000001', number('--users <number>', '2000001', '0', '2,000,000')],
    ['--groups -5', number('--groups <number>', '-5', '0', '2,000,000')],
    ['--seed 1.5', number('--seed <number>', '1.5', '0', '2,147,483,648')],
    ['--churn 0x10', number('--churn <changes>', '0x10', '0', '600,000')],
    ['--latency 60001', number('--latency <milliseconds>', '60001', '0', '60,000')],
    [
      '--http --proxy 0',
      'syncline: --http and --proxy exclude each other, because the tools behind a proxy speak TLS: leave one of them out.\n',
    ],
    ['--largest-group 0', number('--largest-group <members>', '0', '1', '2,000,000')],
    [
      '--limits huge',
      byParser(
        "option '--limits <tenant>' argument 'huge' is invalid. Allowed choices are off, small, medium, large.",
      ),
    ],
    ['--user-count 5', byParser("unknown option '--user-count'")],
    ['--seed', byParser("option '--seed <number>' argument missing")],
    ['now', byParser("too many arguments for 'simulate'. Expected 0 arguments but got 1: now.")],
    ['--users 10 --largest-group 11', /^syncline: .*\b11 members\b.*\b10\b.*\.\n$/],
    ['--users 10 --groups 2 --memberships 21', /^syncline: .*\b21 memberships\b.*\.\n$/],
    [
      '--scenario tuesday',
      'syncline: The scenario file tuesday cannot be read (ENOENT): give the path of a scenario file or one of bad-week, flaky-network, stale-tokens, throttled.\n',
    ],
  ];

  test.each(wrongOptions)('simulate %s', async (options, complaint) => {
    const ended = await run('--json', '--port', '0', ...options.split(' ')).ended;
    const expected = typeof complaint === 'string' ? complaint : expect.stringMatching(complaint);
    expect(ended).toEqual({ code: 2, signal: null, lines: [], complaint: expected });
  });

  const wrongScenarios: readonly [text: string, complaint: string | RegExp][] = [
    ['', 'is empty, cut off or no JSON at all: give a complete JSON document.'],
    [
      '{"faults":[\n  {"kind":"throttle",}\n]}',
      /is not valid JSON \(line 2 column \d+\): look there for a missing comma, quote or bracket\./,
    ],
    ['[]', ' is []: it must be an object.'],
    ['{}', ': faults is missing: it must be a list.'],
    [
      '{"faults":[{"kind":"earthquake"}]}',
      /: faults\[0\]\.kind is "earthquake": it must be one of throttle, .+\./,
    ],
    ['{"faults":[{"kind":"throttle","times":0}]}', /: faults\[0\]\.times is 0: it must be .+\./],
    [
      '{"faults":[{"kind":"throttle","seconds":3}]}',
      /: faults\[0\] has a field "seconds" that is not known there: use kind, .+\./,
    ],
  ];

  test.each(wrongScenarios)('a scenario that says %j', async (text, complaint) => {
    const file = join(scratch, 'scenario.json');
    writeFileSync(file, text);
    const ended = await run('--json', '--port', '0', '--users', '0', '--scenario', file).ended;
    const prefix = `syncline: ${file}`;
    expect(ended.complaint.slice(0, prefix.length)).toBe(prefix);
    expect(ended.complaint.slice(prefix.length).split('\n')).toEqual([
      typeof complaint === 'string' ? expect.stringContaining(complaint) : expect.stringMatching(complaint),
      '',
    ]);
    expect(ended).toMatchObject({ code: 2, lines: [] });
  });

  test.each(['--port', '--proxy'])('%s taken by another program', async (option) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const other = option === '--port' ? [] : ['--port', '0'];
    const ended = await run('--json', '--users', '0', ...other, option, String(port)).ended;
    expect(ended.complaint).toMatch(new RegExp(`^syncline: [^\\n]*\\b${port}\\b[^\\n]*taken[^\\n]*\\.\\n$`));
    expect(ended).toMatchObject({ code: 2, lines: [] });
    expect(readdirSync(scratch)).toEqual([]);
  });
});

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function byParser(sentence: string): string {
  return `error: ${sentence}\n(add --help for the options)\n`;
}

/** A port that nobody had a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface ReadTenant {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly users: readonly { readonly id: string; readonly userPrincipalName: string }[];
}

/** What names the tenant, and its first users, read with nothing but what the command printed. */
async function readTenant({ ca, authority, graph, ...access }: Access): Promise<ReadTenant> {
  const { tenantId, clientId, clientSecret } = access;
  const dispatcher = new Agent({ connect: { ca: readFileSync(ca, 'utf8') } });
  try {
    const form = { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' };
    const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret });
    const token = await fetch(`${authority}/oauth2/v2.0/token`, { method: 'POST', body, dispatcher });
    const headers = {
      Authorization: `Bearer ${((await token.json()) as { access_token: string }).access_token}`,
    };
    const url = `${graph}/users?$top=999&$select=id,userPrincipalName`;
    const page = await fetch(url, { headers, dispatcher });
    const { value: users } = (await page.json()) as { value: ReadTenant['users'] };
    return { tenantId, clientId, clientSecret, users };
  } finally {
    await dispatcher.close();
  }
}
