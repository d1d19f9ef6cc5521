// Mappings as files: `Mappings/*.json` of a configuration, deployed, exported, taken over and deleted with all the rest of it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { readMapping, writeMapping } from '../src/mapping/mapping-document.ts';
import { microsoftEntraMapping } from '../src/mapping/microsoft-entra-template.ts';
import type { MappingDefinition } from '../src/model/mapping.ts';
import { createMapping, readMapping as readStored } from '../src/store/mappings.ts';
import { transact } from '../src/store/transaction.ts';
import { agent, entraConnector, jobClient, writeConfigurationFiles } from './fixtures/configuration-files.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { type Ended, runSyncline } from './fixtures/syncline-command.ts';

const own = useOwnDatabase();
const columns = {
  4: 'id',
  5: '@odata.type',
  6: 'givenName',
  7: 'surname',
  8: 'mail',
  9: 'userPrincipalName',
};
const xml = [agent, ...jobClient, ...entraConnector('Entra', { connection: 'EntraExport', columns })];
let conf: string;
let settings: string;

/** Users of the tenant to identities, as the template has it. */
const users = (changes: Partial<MappingDefinition> = {}): MappingDefinition => ({
  ...microsoftEntraMapping('Users', {
    source: { connection: 'EntraExport', type: 'user' },
    target: { connection: 'Identities', type: 'alpha_user' },
  }),
  ...changes,
});

beforeAll(() => {
  settings = inScratch('settings.json');
  writeFileSync(settings, JSON.stringify({ Connections: {} }));
});

beforeEach(async () => {
  conf = inScratch('Conf');
  await own().database.sql`delete from mapping`;
  await own().database.sql`delete from job`;
});

function inScratch(name: string): string {
  return join(own().dataDirectory, '..', name);
}

/** Makes the folder hold the XML files and these mappings; a text is written as it is. */
function write(mappings: Readonly<Record<string, MappingDefinition | string>>, elements = xml): void {
  writeConfigurationFiles(conf, elements.length === 0 ? {} : { 'all.xml': elements });
  for (const [name, mapping] of Object.entries(mappings)) {
    const path = join(conf, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof mapping === 'string' ? mapping : writeMapping(mapping));
  }
}

async function run(...words: readonly string[]): Promise<Ended> {
  const environment = { SYNCLINE_SETTINGS: settings };
  return await runSyncline([...words, '--data', own().dataDirectory], environment).ended;
}

async function done(...words: readonly string[]): Promise<readonly string[]> {
  const { code, lines, complaint } = await run(...words);
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  return lines;
}

async function jobs(): Promise<readonly unknown[]> {
  const rows = await own().database
    .sql`select identifier from job where origin = 'console' order by identifier`;
  return rows.map(({ identifier }) => identifier);
}

async function addLinks(mapping: string, count: number): Promise<void> {
  await own().database.sql`
    insert into account_link (mapping_id, qualifier, source_key, target_key)
    select mapping_id, 'default', 's' || n, 't' || n from mapping, generate_series(1, ${count}::int) as n where name = ${mapping}`;
}

test('a mapping is shown, deployed with its jobs, changed, and left alone when its file says the same', async () => {
  write({ 'Mappings/people.json': users() });
  const planned = await done('deploy', conf, '--dry-run');
  expect(planned).toContain('+ Mapping Users "Users" with 1 Correlation, 4 Attribute, 13 Policy, 4 Guard');
  expect(await readStored(own().database.sql, 'Users')).toBeUndefined();

  const deployed = await done('deploy', conf);
  expect(deployed.join('\n')).toMatch(/^Deployed: \d+ elements added, 0 changed, 0 removed\.$/m);
  const stored = await readStored(own().database.sql, 'users');
  expect(stored).toMatchObject({ origin: 'configuration', definition: users(), version: 1 });
  expect(await jobs()).toEqual(['Users (full)', 'Users (incremental)']);

  const [first, ...others] = users().attributes;
  if (first === undefined) throw new Error('The template has no attribute.');
  const changed = users({
    description: 'Everybody.',
    attributes: [{ ...first, source: { kind: 'expression', text: 'Trim([givenName])' } }, ...others],
    guards: { ...users().guards, DELETE: { count: 10, percent: 5 } },
  });
  write({ 'Mappings/other name.json': changed });
  expect((await done('deploy', conf)).filter((line) => /^[~+ -]/.test(line))).toEqual([
    '~ Mapping Users "Users"',
    '    description: "Users of the tenant become identities, matched by their user name." → "Everybody."',
    '    ~ Attribute givenName',
    '        from: "attribute givenName" → "expression Trim([givenName])"',
    '    ~ Guard DELETE',
    '        count: "50" → "10"',
  ]);
  expect(await readStored(own().database.sql, 'Users')).toMatchObject({ version: 2, revision: 2 });
  expect(await done('deploy', conf)).toContain('Nothing has changed: what the files say is deployed.');
  expect(await readStored(own().database.sql, 'Users')).toMatchObject({ version: 2 });

  const entries = await own().database.sql`
    select action, subject from audit_entry where action like 'mapping.%' order by audit_id`;
  expect(entries).toEqual([
    { action: 'mapping.create', subject: 'Users' },
    { action: 'mapping.update', subject: 'Users' },
  ]);
});

test('what is exported deploys to the same', async () => {
  write({
    'Mappings/a.json': users(),
    'Mappings/b.json': users({ name: 'Users: second', linksOf: 'Users' }),
  });
  await done('deploy', conf);
  const copy = inScratch('Copy');
  rmSync(copy, { recursive: true, force: true });
  await done('export-configuration', copy);
  expect(readdirSync(join(copy, 'Mappings')).sort()).toEqual(['Users.json', 'Users_ second.json']);
  expect(readMapping(JSON.parse(readFileSync(join(copy, 'Mappings/Users.json'), 'utf8')))).toEqual({
    kind: 'read',
    definition: users(),
  });
  expect((await done('deploy', copy, '--dry-run')).at(-1)).toBe('Nothing would change.');

  writeFileSync(join(copy, 'Mappings', 'mine.json'), '{}');
  expect(await run('export-configuration', copy, '--force')).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('mine.json, which would be deployed together'),
  });
});

test('mistakes are told with file, line and column, and nothing is deployed', async () => {
  write({
    'Mappings/circle.json': users({ name: 'A', linksOf: 'B' }),
    'Mappings/expression.json': writeMapping(
      users({
        name: 'Names',
        attributes: [
          {
            target: 'userName',
            source: { kind: 'expression', text: 'Jion("\t", [mail])' },
            apply: 'always',
            ifEmpty: 'clear',
          },
        ],
      }),
    ),
    'Mappings/malformed.json': '{\n  "name": "Broken",\n}',
    'Mappings/same.json': users({ name: 'a' }),
    'Mappings/sides.json': users({ name: 'Sides', source: { connection: 'EntraExprt', type: 'user' } }),
    'Mappings/word.json': '{\n  "nam": "Words"\n}',
    'notes.json': '{ "this is": "none of ours"',
  });
  const early = await run('deploy', conf);
  expect([early.code, early.lines]).toEqual([2, []]);
  const told = early.complaint.trimEnd().split('\n').slice(1);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^Mappings\/malformed\.json:3:1: the file has "}" where a name in double quotes is due\.$/,
      ),
      expect.stringMatching(
        /^Mappings\/same\.json:2:11: the mapping "a" stands at Mappings\/circle\.json:2:11, too/,
      ),
      expect.stringMatching(/^Mappings\/word\.json:2:10: .*"nam".*[Dd]id you mean name\?$/),
    ]),
  );
  expect(told.every((line) => line.startsWith('Mappings/'))).toBe(true);

  for (const name of ['malformed', 'same', 'word']) rmSync(join(conf, `Mappings/${name}.json`));
  const late = await run('deploy', conf);
  expect(late.code).toBe(2);
  const [sentence, ...mistakes] = late.complaint.trimEnd().split('\n');
  expect(sentence).toBe('syncline: The mappings cannot be deployed, and nothing was changed:');
  const line = (name: string, text: string) =>
    readFileSync(join(conf, `Mappings/${name}.json`), 'utf8')
      .split('\n')
      .findIndex((one) => one.includes(text)) + 1;
  const wrong = line('expression', 'Jion');
  expect(mistakes).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Mappings\/circle\.json:\d+:\d+: .*B/),
      expect.stringMatching(new RegExp(`^Mappings/expression\\.json:${wrong}:\\d+: .*Jion.*Join`)),
      expect.stringMatching(
        new RegExp(
          `^Mappings/sides\\.json:${line('sides', '"source"')}:13: There is no connection "EntraExprt": .*EntraExport`,
        ),
      ),
    ]),
  );
  const [, column] = new RegExp(`:${wrong}:(\\d+): .*Jion`).exec(late.complaint) ?? [];
  const text = readFileSync(join(conf, 'Mappings/expression.json'), 'utf8').split('\n')[wrong - 1] ?? '';
  expect(text.slice(Number(column) - 1, Number(column) + 3)).toBe('Jion');
  expect(await own().database.sql`select from mapping`).toHaveLength(0);
});

test('a mapping whose file is gone goes; with account links only when that is said', async () => {
  write({ 'Mappings/a.json': users(), 'Mappings/b.json': users({ name: 'Second', linksOf: 'Users' }) });
  await done('deploy', conf);
  await addLinks('Users', 1204);
  write({});
  const planned = await done('deploy', conf, '--dry-run');
  expect(planned).toEqual(expect.arrayContaining(['- Mapping Users "Users"', '- Mapping Second "Users"']));
  expect(planned).toContain(
    'Mapping Users goes with its 1,204 account links; what it has reconciled stays on both sides.',
  );
  const held = await run('deploy', conf);
  expect(held.code).toBe(3);
  expect(held.complaint).toBe(
    'syncline: The mapping Users is in no file any more and would be deleted with its 1,204 account links: put the file back, or deploy with --force.\n',
  );
  expect(await own().database.sql`select from mapping`).toHaveLength(2);

  await done('deploy', conf, '--force');
  expect(await own().database.sql`select from mapping`).toHaveLength(0);
  expect(await own().database.sql`select from account_link`).toHaveLength(0);
  expect(await jobs()).toEqual([]);
});

test('a mapping of the console is taken over with its account links, and one that no file names stays', async () => {
  const mine = users({ description: 'Made by hand.' });
  await transact(own().database.sql, async (transaction) => {
    for (const definition of [mine, users({ name: 'By hand' })]) {
      await createMapping(transaction, {
        definition,
        applicationId: null,
        origin: 'console',
        createdBy: 'Ada',
      });
    }
  });
  await addLinks('Users', 3);
  write({ 'Mappings/a.json': mine });
  const lines = await done('deploy', conf);
  expect(lines).toEqual(
    expect.arrayContaining([
      '~ Mapping Users "Users"',
      '    owner: "console" → "files"',
      'Mapping Users was made in the console: its file has the say from now on, and its account links stay.',
    ]),
  );
  const links = await own().database.sql`select from account_link`;
  expect(links).toHaveLength(3);
  expect(await readStored(own().database.sql, 'Users')).toMatchObject({ origin: 'configuration' });
  expect(await readStored(own().database.sql, 'By hand')).toMatchObject({ origin: 'console', version: 1 });

  write({
    'Mappings/a.json': users({
      target: { connection: 'Identities', type: 'alpha_group' },
      attributes: [],
      correlation: [],
    }),
  });
  const moved = await run('deploy', conf);
  expect(moved.code).toBe(2);
  expect(moved.complaint).toMatch(
    /has 3 account links of entraexport\/user and identities\/alpha_user: make another mapping/,
  );
});

test('a folder of mappings alone is a configuration, and never takes the deployed XML away unasked', async () => {
  write({ 'Mappings/a.json': users() });
  await done('deploy', conf);
  write({ 'Mappings/a.json': users({ description: 'Alone.' }) }, []);
  const held = await run('deploy', conf);
  expect(held.code).toBe(3);
  expect(held.complaint).toMatch(
    /^syncline: The files are mappings only, and \d+ deployed elements would be removed: add the \.xml files, or deploy with --force\.\n$/,
  );
  expect(await readStored(own().database.sql, 'Users')).toMatchObject({ definition: users() });
  expect(existsSync(join(conf, 'all.xml'))).toBe(false);
});
