// `syncline map-test`: what a mapping or an expression gives, and how mistakes point at the character.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { writeMapping } from '../src/mapping/mapping-document.ts';
import { microsoftEntraMapping } from '../src/mapping/microsoft-entra-template.ts';
import type { AttributeMapping, MappingDefinition } from '../src/model/mapping.ts';
import { createMapping } from '../src/store/mappings.ts';
import { transact } from '../src/store/transaction.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { type Ended, runSyncline } from './fixtures/syncline-command.ts';

const own = useOwnDatabase();
let settings: string;

const expression = (target: string, text: string): AttributeMapping => ({
  target,
  source: { kind: 'expression', text },
  apply: 'always',
  ifEmpty: 'clear',
});

const people: MappingDefinition = {
  ...microsoftEntraMapping('People', {
    source: { connection: 'Contoso', type: 'user' },
    target: { connection: 'Identities', type: 'alpha_user' },
  }),
  attributes: [
    expression('displayName', 'Join(" ", Trim([givenName]), [surname])'),
    expression('sn', 'ToUpper([surname])'),
    expression('userName', '[userPrincipalName]'),
  ],
};

const ada = {
  givenName: ' Ada ',
  surname: 'Lovelace',
  userPrincipalName: 'ada@contoso.com',
  displayName: 'Ada',
};

beforeAll(async () => {
  settings = inScratch('settings.json');
  writeFileSync(settings, JSON.stringify({ Connections: {} }));
  await transact(own().database.sql, async (transaction) => {
    await createMapping(transaction, {
      definition: people,
      applicationId: null,
      origin: 'console',
      createdBy: 'Ada',
    });
    await transaction`
      with contoso as (insert into connection (name, source) values ('Contoso', 'entra') returning connection_id),
        users as (
          insert into entity_type (connection_id, name, resource_count) select connection_id, 'user', 2 from contoso
          returning entity_type_id)
      insert into resource (entity_type_id, key, attributes)
      select entity_type_id, key, attributes::jsonb from users,
        (values ('a1', ${JSON.stringify(ada)}::text), ('g1', ${JSON.stringify({ ...ada, displayName: 'Grace', surname: 'Hopper' })}::text))
          as one (key, attributes)`;
    await transaction`
      insert into resource (entity_type_id, key, attributes)
      select entity_type_id, 'i1', ${JSON.stringify({ userName: 'ada@contoso.com', sn: 'LOVELACE', displayName: 'A. Lovelace' })}::text::jsonb
      from entity_type where name = 'alpha_user'`;
    await transaction`
      insert into account_link (mapping_id, qualifier, source_key, target_key)
      select mapping_id, 'default', 'a1', 'i1' from mapping`;
  });
});

function inScratch(name: string): string {
  return join(own().dataDirectory, '..', name);
}

function objectFile(name: string, value: unknown): string {
  const path = inScratch(name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

async function run(words: readonly string[], input?: string): Promise<Ended> {
  const environment = { SYNCLINE_SETTINGS: settings };
  return await runSyncline(['map-test', ...words, '--data', own().dataDirectory], environment, input).ended;
}

test('shows what each attribute would be beside what the linked object has', async () => {
  const ended = await run(['people', '--id', 'a1', 'g1']);
  expect(ended).toMatchObject({ code: 0, complaint: '' });
  expect(ended.lines).toEqual([
    'Ada (a1): linked to A. Lovelace (i1), of which 1 would change',
    '      attribute     value               now',
    '  ~   displayName   "Ada Lovelace"      "A. Lovelace"',
    '      sn            "LOVELACE"          "LOVELACE"',
    '      userName      "ada@contoso.com"   "ada@contoso.com"',
    '',
    'Grace (g1): nothing of Identities is linked to it',
    expect.stringContaining('attribute'),
    expect.stringMatching(/^ {2}~ {3}displayName {3}"Ada Hopper"/),
    expect.stringMatching(/^ {2}~ {3}sn +"HOPPER"/),
    expect.stringMatching(/^ {2}~ {3}userName +"ada@contoso\.com"/),
    '',
  ]);
  const [traced, sampled] = await Promise.all([
    run(['People', '--id', 'a1', '--row', 'displayName', '--verbose']),
    run(['People', '--sample', '1', '--json']),
  ]);
  expect(traced.lines).toEqual(
    expect.arrayContaining([
      '  displayName is made so:',
      '    [givenName] = " Ada "',
      '    Trim([givenName]) = "Ada"',
      '    Join(" ", Trim([givenName]), [surname]) = "Ada Lovelace"',
    ]),
  );
  expect(JSON.parse(sampled.lines[0] ?? '')).toMatchObject({
    mapping: 'People',
    objects: [{ key: 'a1', rows: [{ target: 'displayName', isChanged: true }, {}, {}] }],
  });
});

test('an expression is tried on an object alone, without any database', async () => {
  const file = objectFile('ada.json', ada);
  const words = ['--expression', 'Join(", ", ToUpper([surname]), Trim([givenName]))'];
  const [plain, traced, many] = await Promise.all([
    runSyncline(['map-test', ...words, '--object', file, '--data', inScratch('none')]).ended,
    run([...words, '--object', file, '--verbose']),
    run(['--expression', '[surname]', '--object', '-', '--json'], '[{"surname": "A"}, {}]'),
  ]);
  expect(plain).toMatchObject({ code: 0, complaint: '', lines: ['  "LOVELACE, Ada"'] });
  expect(existsSync(inScratch('none'))).toBe(false);
  expect(traced.lines).toEqual([
    '  [surname] = "Lovelace"',
    '  ToUpper([surname]) = "LOVELACE"',
    '  [givenName] = " Ada "',
    '  Trim([givenName]) = "Ada"',
    expect.stringMatching(/^ {2}Join\(.* = "LOVELACE, Ada"$/),
    '  "LOVELACE, Ada"',
  ]);
  expect(JSON.parse(many.lines[0] ?? '')).toMatchObject({
    reads: ['surname'],
    results: [{ outcome: { kind: 'value', value: 'A' } }, { outcome: { kind: 'value', value: null } }],
  });
});

test('a mistake points at the character, also in a mapping that is only a file', async () => {
  const broken = { ...people, attributes: [...people.attributes, expression('cn', 'Trim([givenName], 3)')] };
  const file = objectFile('broken.json', writeMapping(broken));
  const [misspelt, mapping, failed] = await Promise.all([
    run(['--expression', 'Jion(" ", [givenName])']),
    run(['--file', file, '--id', 'a1']),
    run(['--expression', 'Mid([surname], [givenName], 2)', '--object', objectFile('ada.json', ada)]),
  ]);
  expect(misspelt).toMatchObject({ code: 2, lines: [] });
  expect(misspelt.complaint.split('\n')).toEqual([
    expect.stringMatching(/^syncline: The expression has a mistake at character 1: .*Jion.*Join/),
    '  Jion(" ", [givenName])',
    expect.stringMatching(/^ {2}\^+$/),
    '',
  ]);
  expect(mapping.code).toBe(2);
  const [sentence, place, text, carets = ''] = mapping.complaint.split('\n');
  expect(sentence).toBe('syncline: The mapping People has a mistake: correct it first.');
  expect(place).toMatch(/^attributes\/3\/source\/text: /);
  expect(text).toBe('  Trim([givenName], 3)');
  expect(carets).toMatch(/^ {2,}\^+$/);
  expect(failed.code).toBe(4);
  expect(failed.lines).toEqual([
    expect.stringMatching(/^ {2}Failed: /),
    '  Mid([surname], [givenName], 2)',
    expect.stringMatching(/^ {17}\^{11}$/),
  ]);
});

test('what cannot be tested is refused with the remedy', async () => {
  const [nothing, unknown, row, key, list, text] = await Promise.all([
    run([]),
    run(['Peple']),
    run(['People', '--row', 'usrName']),
    run(['People', '--id', 'nobody']),
    run(['People', '--object', objectFile('list.json', [1])]),
    run(['People', '--object', objectFile('text.json', '{"a": 1,\n  b}')]),
  ]);
  expect(nothing).toMatchObject({ code: 2, complaint: expect.stringContaining('name a mapping') });
  expect(unknown).toMatchObject({ code: 2, complaint: expect.stringContaining('did you mean People?') });
  expect(row).toMatchObject({ code: 2, complaint: expect.stringContaining('did you mean userName?') });
  expect(key).toMatchObject({
    code: 2,
    complaint: 'syncline: Contoso/user has no resource with the key "nobody".\n',
  });
  expect(list).toMatchObject({ code: 2, complaint: expect.stringContaining('the value 1 in ') });
  expect(text).toMatchObject({
    code: 2,
    complaint: expect.stringMatching(
      /text\.json:2:3: The file has "b" where a name in double quotes is due\.\n$/,
    ),
  });
});
