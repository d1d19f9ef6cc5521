// `syncline import-mappings`: a sync.json of OpenIDM becomes mapping files, with a report of what has no equivalent.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMapping } from '../src/mapping/mapping-document.ts';
import { type Ended, runSyncline } from './fixtures/syncline-command.ts';

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'syncline-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const plain = {
  name: 'systemEntraUser_managedAlpha_user',
  source: 'system/Entra/User',
  target: 'managed/alpha_user',
  properties: [
    { source: 'givenName', target: 'givenName' },
    { source: 'surname', target: 'sn', default: 'Unknown' },
    { source: '__NAME__', target: 'userName' },
    { source: 'mail', target: 'mail' },
  ],
  policies: [
    { situation: 'ABSENT', action: 'CREATE' },
    { situation: 'CONFIRMED', action: 'UPDATE' },
  ],
};
const scripted = {
  ...plain,
  name: 'with script',
  validSource: { type: 'text/javascript', source: 'require("audit").allows(source)' },
};

function write(name: string, value: unknown): string {
  const path = join(scratch, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

async function run(...words: readonly string[]): Promise<Ended> {
  return await runSyncline(['import-mappings', ...words], { SYNCLINE_DATA: join(scratch, 'none') }).ended;
}

const table = ['--table', 'system/Entra/User=Contoso/user'];
const renamed = ['--attribute', 'system/Entra/User:__NAME__=userPrincipalName'];

test('mappings become files that can be deployed, and each part is told of', async () => {
  const file = write('sync.json', { mappings: [plain] });
  const output = join(scratch, 'Conf', 'Mappings');
  const dry = await run(file, ...table, ...renamed, '--output', output, '--dry-run');
  expect(dry).toMatchObject({ code: 0, complaint: '' });
  expect(existsSync(output)).toBe(false);

  const ended = await run(file, ...table, ...renamed, '--output', output);
  expect(ended).toMatchObject({ code: 0, complaint: '' });
  const path = join(output, `${plain.name}.json`);
  expect(ended.lines).toContain(`Written: ${path}`);
  expect(ended.lines.filter((line) => line.startsWith('✗'))).toEqual([]);
  const read = readMapping(JSON.parse(readFileSync(path, 'utf8')));
  expect(read).toMatchObject({
    kind: 'read',
    definition: {
      name: plain.name,
      isEnabled: true,
      source: { connection: 'Contoso', type: 'user' },
      target: { connection: 'Identities', type: 'alpha_user' },
    },
  });
  const targets = read.kind === 'read' ? read.definition.attributes : [];
  expect(targets).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ target: 'sn', default: 'Unknown' }),
      expect.objectContaining({
        target: 'userName',
        source: { kind: 'attribute', name: 'userPrincipalName' },
      }),
    ]),
  );

  const again = await run(file, ...table, ...renamed, '--output', output);
  expect(again).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('is there already: name another place, or add --force'),
  });
});

test('what has no equivalent is told with its path and a remedy, and such a mapping comes switched off', async () => {
  const file = write('scripts.json', { mappings: [plain, scripted] });
  const output = join(scratch, 'scripted');
  const ended = await run(file, ...table, ...renamed, '--output', output, '--json');
  expect(ended.code).toBe(4);
  expect(ended.complaint).toMatch(
    /^syncline: (?:One part has|\d+ parts have) no equivalent: read the report/m,
  );
  const told = JSON.parse(ended.lines[0] ?? '');
  expect(told.mappings).toMatchObject([
    { name: plain.name, isEnabled: true, missing: [] },
    { name: 'with script', isEnabled: false, missing: ['mappings/1/validSource'] },
  ]);
  expect(told.report).toContainEqual(
    expect.objectContaining({
      path: 'mappings/1/validSource',
      outcome: 'left-out',
      remedy: expect.any(String),
    }),
  );
  expect(readdirSync(output).sort()).toEqual([`${plain.name}.json`, 'with script.json'].sort());
});

test('what cannot be read or imported is refused with the place', async () => {
  const file = write('other.json', { mappings: [plain] });
  const broken = write('broken.json', '{"mappings": [}');
  const [unsaid, malformed, option, missing, strange] = await Promise.all([
    run(file),
    run(broken, ...table),
    run(file, '--table', 'system/Entra/User'),
    run(join(scratch, 'nowhere.json'), ...table),
    run(file, ...table, '--attribute', 'system/Other/User:a=b'),
  ]);
  expect(unsaid).toMatchObject({ code: 2, lines: [] });
  expect(unsaid.complaint).toMatch(/nobody has said what system\/Entra\/User is here/);
  expect(malformed).toMatchObject({
    code: 2,
    complaint: expect.stringMatching(/broken\.json:1:15: The file has "}" where a value is due\.\n$/),
  });
  expect(option).toMatchObject({
    code: 2,
    complaint: expect.stringContaining('Write it as system/AzureAd/User=Contoso/user.'),
  });
  expect(missing).toMatchObject({ code: 2, complaint: expect.stringContaining('cannot be read (ENOENT)') });
  expect(strange).toMatchObject({
    code: 2,
    complaint: expect.stringContaining('add --table system/Other/User='),
  });
});
