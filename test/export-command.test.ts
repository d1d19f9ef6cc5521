/** `syncline export` as its user runs it: files, what it prints, and how it ends, kill -9 included. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { defaultEntityTypes } from '../src/connectors/entra/entity-types.ts';
import { foldFiles, trueTables } from './fixtures/csv-tables.ts';
import { makeScratch } from './fixtures/held-database.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';
import { runSyncline } from './fixtures/syncline-command.ts';

const scratch = makeScratch();
const output = join(scratch, 'Temp', 'ExportOutput');
const cookies = join(scratch, 'Work', 'ExportCookies');
let simulator: Simulator;
let client: SimulatorClient;

beforeAll(async () => {
  simulator = await startSimulator({ users: 60 });
  client = await openClient(simulator);
  writeFileSync(
    join(scratch, 'appsettings.agent.json'),
    JSON.stringify({
      Connections: {
        Contoso: {
          ApplicationId: simulator.clientId,
          ApplicationKey: simulator.clientSecret,
          TenantId: simulator.tenantId,
          MicrosoftAuthorityPath: simulator.authority,
          MicrosoftGraphPathApi: `${simulator.graph}/`,
          TrustedCertificatesFile: simulator.ca,
          // So many changes in so small a tenant are meant here.
          Guards: 'Off',
        },
      },
    }),
  );
});

afterAll(async () => {
  await client.close();
  await simulator.stop();
  rmSync(scratch, { recursive: true, force: true });
});

function start(...words: string[]) {
  return runSyncline(
    [
      'export',
      ...words,
      '--settings',
      join(scratch, 'appsettings.agent.json'),
      '--data',
      join(scratch, 'data'),
    ],
    {},
  );
}

const toFiles = ['Contoso', '--output', output, '--cookies', cookies];

function headerOf(table: string): string[] {
  const text = readFileSync(join(output, `Contoso_${table}.csv`), 'utf8');
  return text.slice(0, text.indexOf('\r\n')).split(',');
}

function truth() {
  const columns = headerOf('directoryobjects').slice(2);
  return trueTables(simulator, 'Contoso', defaultEntityTypes, columns);
}

test('the usual mapping is exported, then what changed, through kill -9 at any time', async () => {
  const first = await start(...toFiles).ended;
  expect(first).toMatchObject({ code: 0, complaint: '' });
  const [told] = first.lines.filter((line) => line.startsWith('Contoso was exported'));
  expect(told).toMatch(/: everything, because there is no .*Contoso_cookie_user\.bin\.$/);
  expect(first.lines.join('\n')).toMatch(/Contoso_members_group\.csv {3,}\d/);
  expect(headerOf('directoryobjects').slice(0, 3)).toEqual(['Command', '@odata.type', 'id']);
  expect(headerOf('owners_servicePrincipal')).toEqual(['Command', 'servicePrincipalId', 'id']);
  expect(readdirSync(cookies).toSorted()).toEqual(
    ['directoryRole', 'group', 'servicePrincipal', 'user'].map((name) => `Contoso_cookie_${name}.bin`),
  );
  const tables = foldFiles(new Map(), output);
  expect(tables).toEqual(truth());

  for (const pattern of [/^user: /, /^group: /, /^directoryRole: /]) {
    await client.control('POST /churn', { changes: 100 });
    const killed = start(...toFiles);
    await killed.line(pattern);
    await killed.stop('SIGKILL');
  }
  const second = await start(...toFiles, '--json').ended;
  expect(second.code).toBe(0);
  expect(second.lines).toHaveLength(1);
  expect(JSON.parse(second.lines[0] ?? '')).toMatchObject({
    connection: 'Contoso',
    isComplete: false,
    completeReason: null,
    files: [
      { path: join(output, 'Contoso_directoryobjects.csv'), rows: { insert: expect.any(Number) } },
      {},
      {},
      {},
      {},
    ],
    cookieFiles: [join(cookies, 'Contoso_cookie_user.bin'), ...Array(3).fill(expect.any(String))],
  });
  expect(foldFiles(tables, output)).toEqual(truth());
  expect([...readdirSync(output), ...readdirSync(cookies)].filter((name) => name.endsWith('.part'))).toEqual(
    [],
  );
});

test('everything is written again on request', async () => {
  const { code, lines } = await start(...toFiles, '--ignore-cookies', '--neutralize-formulas').ended;
  expect(code).toBe(0);
  expect(lines.join('\n')).toContain(': everything, because it was asked for.');
  expect(headerOf('directoryobjects')[1]).toBe('@odata.type');
});

test('without --output the files are in the working folders of the data directory', async () => {
  const { code, lines } = await start('Contoso').ended;
  const data = join(scratch, 'data');
  expect(code).toBe(0);
  expect(lines.join('\n')).toContain(`was exported to ${join(data, 'Temp', 'ExportOutput')} in`);
  expect(foldFiles(new Map(), join(data, 'Temp', 'ExportOutput'))).toEqual(truth());
  expect(readdirSync(join(data, 'Work', 'ExportCookies')).toSorted()).toEqual(
    readdirSync(cookies).toSorted(),
  );
});

test('what is missing or wrong is said in a sentence', async () => {
  const unknown = await start('Fabrikam', '--output', output).ended;
  expect(unknown.code).toBe(2);
  expect(unknown.complaint).toContain('There is no connection "Fabrikam"');

  const file = join(scratch, 'notes.txt');
  mkdirSync(scratch, { recursive: true });
  writeFileSync(file, 'mine');
  const blocked = await start('Contoso', '--output', file).ended;
  expect(blocked.code).toBe(1);
  expect(blocked.complaint).toBe(
    `syncline: The export cannot use ${file} because a file of that name is in the way: put it right, or choose other directories with --output and --cookies.\n`,
  );
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect(existsSync(join(scratch, 'Contoso_cookie_user.bin'))).toBe(false);
});
