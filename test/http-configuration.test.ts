/** The configuration through the API: planned as files, deployed over what was seen, searched and taken away again. */
import { beforeAll, describe, expect, test } from 'vitest';
import { writeMapping } from '../src/mapping/mapping-document.ts';
import { microsoftEntraMapping } from '../src/mapping/microsoft-entra-template.ts';
import type { MappingDefinition } from '../src/model/mapping.ts';
import { readAudit } from '../src/store/audit.ts';
import { type JsonObject, type JsonValue, useApi } from './fixtures/api-server.ts';
import {
  agent,
  entraConnector,
  exportTask,
  hashOfSecret,
  inFile,
  jobClient,
  jobElement,
  synchronizeTask,
} from './fixtures/configuration-files.ts';

const getApi = useApi();
let admin: string;

const connector = (facts: Partial<Parameters<typeof entraConnector>[1]> = {}) =>
  entraConnector('Entra', { connection: 'EntraExport', ...facts });
const nightly = (schedule: string) =>
  jobElement(
    'Nightly',
    [exportTask('Nightly', 'Entra'), synchronizeTask('Nightly', 'Entra')],
    `CronTabExpression="${schedule}"`,
  );

function upload(...elements: readonly string[]): readonly JsonObject[] {
  return [{ path: 'Conf/all.xml', content: inFile(agent, ...jobClient, ...elements) }];
}

const first = () => upload(...connector({ thresholds: 'MaximumDeletedLines="50"' }), nightly('30 6 * * 1-5'));

async function plan(files: JsonValue, token = admin): Promise<JsonObject> {
  const { status, body } = await getApi().call('POST', '/api/configuration/plan', token, { files });
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

async function deploy(files: JsonValue, revision: JsonValue, token = admin, more: JsonObject = {}) {
  return await getApi().call('POST', '/api/configuration/deploy', token, { files, revision, ...more });
}

const list = (value: JsonValue | undefined) => value as readonly JsonObject[];

beforeAll(async () => {
  admin = await getApi().token('/Jobs', '/Connectors', '/Custom', '/Syncline');
});

test('nothing is deployed at first, and the first files are all new', async () => {
  const { call } = getApi();
  const { body } = await call('GET', '/api/configuration', admin);
  expect(body).toMatchObject({ revision: 0, deployedAt: null, kinds: [], items: [], total: 0, history: [] });
  const planned = await plan(first());
  expect(planned).toMatchObject({ revision: 0, mistakes: [], loosenedGuards: [] });
  expect(new Set(list(planned.changes).map(({ operation }) => operation))).toEqual(new Set(['added']));
  expect(planned.rereads).toEqual([{ connection: 'EntraExport', entityTypes: ['user'] }]);
  expect(planned.grants).toMatchObject([{ client: 'Job' }]);

  const deployed = await deploy(first(), 0, admin, { message: 'The first one' });
  expect(deployed.body).toMatchObject({ revision: 1, summary: expect.stringContaining('added') });
  const after = await call('GET', '/api/configuration?kind=Connector', admin);
  expect(after.body).toMatchObject({
    revision: 1,
    deployedBy: expect.stringContaining('API client'),
    total: 1,
    items: [
      { kind: 'Connector', identifier: 'Entra', text: expect.stringContaining('MaximumDeletedLines="50"') },
    ],
    history: [{ revision: 1, message: 'The first one', removed: 0 }],
  });
  expect((await plan(first())).changes).toEqual([]);
});

describe('a plan', () => {
  test('names loosened guards, schedules in words, what is read again, and the lines that differ', async () => {
    const planned = await plan(
      upload(
        ...connector({
          thresholds: 'MaximumDeletedLines="400" MaxPercentageInsertedLines="0"',
          columns: { 4: 'id', 5: '@odata.type', 6: 'displayName', 7: 'jobTitle' },
        }),
        nightly('0 */15 * * * ?'),
      ),
    );
    expect(planned.loosenedGuards).toEqual([
      { connector: 'Entra', scope: 'resources', limit: 'deletedCount', before: 50, after: 400 },
      { connector: 'Entra', scope: 'resources', limit: 'insertedPercent', before: 5, after: 0 },
    ]);
    const changes = list(planned.changes);
    expect(changes.find(({ kind }) => kind === 'Connector')).toMatchObject({
      operation: 'changed',
      isLoosened: true,
      details: expect.arrayContaining([
        { operation: 'changed', place: '', attribute: 'MaximumDeletedLines', before: '50', after: '400' },
      ]),
    });
    expect(changes.find(({ kind }) => kind === 'EntityTypeMapping')).toMatchObject({
      isLoosened: false,
      details: expect.arrayContaining([
        expect.objectContaining({ operation: 'removed', place: 'Property department' }),
        expect.objectContaining({ operation: 'added', place: 'Property jobTitle' }),
      ]),
    });
    expect(planned.schedules).toMatchObject([
      { job: 'Nightly', before: expect.stringContaining('06:30'), after: 'every 15 minutes' },
    ]);
    expect(planned.rereads).toEqual([{ connection: 'EntraExport', entityTypes: ['user'] }]);
    const [file] = list(planned.files).filter(({ path }) => path === 'Connectors/Entra.xml');
    expect(file).toMatchObject({ added: 3, removed: 3 });
    const lines = list(file?.hunks).flatMap((hunk) => list(hunk));
    expect(lines.filter(({ kind }) => kind === 'removed')[0]).toMatchObject({
      before: expect.any(Number),
      after: null,
      text: expect.stringContaining('MaximumDeletedLines="50"'),
    });
  });

  test('names mistakes by file, line and column, and warnings', async () => {
    const planned = await plan([
      { path: 'a.xml', content: inFile('<Connector Identifer="A" />', '<Workflow Identifier="W" />') },
    ]);
    expect(planned.mistakes).toContainEqual({
      file: 'a.xml',
      line: 3,
      column: expect.any(Number),
      message: expect.stringContaining('Identifer'),
    });
    expect(planned.warnings).toContainEqual(
      expect.objectContaining({ file: 'a.xml', line: 4, message: expect.stringContaining('has no effect') }),
    );
    expect(planned).toMatchObject({ changes: [], files: [] });
    const { status, body } = await deploy([{ path: 'a.xml', content: '<nonsense>' }], 1);
    expect([status, body.field]).toEqual([400, 'body.files']);
    expect(body.detail).toContain('a.xml:1:');
  });

  test.each([
    ['no file', [], 'body.files'],
    ['a file of another kind', [{ path: 'a.txt', content: '' }], 'body.files.0.path'],
    [
      'a path twice',
      [
        { path: 'a.xml', content: '' },
        { path: 'a.xml', content: '' },
      ],
      'body.files',
    ],
    ['a file without a content', [{ path: 'a.xml' }], 'body.files.0.content'],
  ])('is refused for %s', async (_, files, field) => {
    const { status, body } = await getApi().call('POST', '/api/configuration/plan', admin, { files });
    expect([status, body.field]).toEqual([400, field]);
  });

  test('takes files that are larger than other bodies, up to a limit', async () => {
    const comment = (bytes: number) => inFile(agent, `<!-- ${'x'.repeat(bytes)} -->`);
    const planned = await plan([{ path: 'a.xml', content: comment(1_000_000) }]);
    expect(planned.mistakes).toEqual([]);
    const { status } = await getApi().call('POST', '/api/configuration/plan', admin, {
      files: [{ path: 'a.xml', content: comment(9_000_000) }],
    });
    expect(status).toBe(413);
  });

  test('expands no entities', async () => {
    const content = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`;
    const planned = await plan([{ path: 'a.xml', content }]);
    expect(planned.mistakes).toHaveLength(1);
    expect(JSON.stringify(planned)).not.toContain('root:');
  });
});

test('what was deployed meanwhile is not overwritten', async () => {
  const { call, database } = getApi();
  const { revision } = await plan(first());
  expect((await deploy(upload(...connector()), revision ?? -1)).status).toBe(200);
  const late = await deploy(first(), revision ?? -1);
  expect([late.status, late.body]).toMatchObject([
    412,
    {
      code: 'changed-meanwhile',
      version: Number(revision) + 1,
      changedBy: expect.stringContaining('API client'),
    },
  ]);
  const { body } = await call('GET', '/api/configuration', admin);
  expect(body.revision).toBe(Number(revision) + 1);
  const [entry] = await readAudit(database.sql, { action: 'configuration.deploy', limit: 1 });
  expect(entry).toMatchObject({ outcome: 'refused', detail: { reason: 'changed-meanwhile' } });
});

test('files that were taken away deploy to the same, and hold no hash', async () => {
  const { call, database } = getApi();
  await deploy(first(), (await plan(first())).revision ?? -1);
  const taken = await call('GET', '/api/configuration/files', admin);
  const shown = await call('GET', '/api/configuration?q=OpenIdClient', admin);
  for (const { body } of [taken, shown]) expect(JSON.stringify(body)).not.toContain(hashOfSecret);
  expect(JSON.stringify(taken.body)).toContain('HashedSecret=\\"unchanged\\"');

  const planned = await plan(taken.body.files ?? []);
  expect(planned).toMatchObject({ mistakes: [], changes: [], files: [], grants: [] });
  expect((await deploy(taken.body.files ?? [], planned.revision ?? -1)).status).toBe(200);
  const [client] = await database.sql`select hashed_secret from api_client where identifier = 'Job'`;
  expect(client?.hashedSecret).toBe(hashOfSecret);

  const single = await call('GET', '/api/configuration/files?isSingle=true', admin);
  expect(single.body.files).toHaveLength(1);
  expect(await plan(single.body.files ?? [])).toMatchObject({ mistakes: [], changes: [] });

  const stranger = inFile(
    agent,
    '<Profile Identifier="P" DisplayName_L1="P" />',
    '<OpenIdClient Identifier="New" DisplayName_L1="New" Profile="P" HashedSecret="unchanged" />',
  );
  const { mistakes } = await plan([{ path: 'a.xml', content: stranger }]);
  expect(mistakes).toMatchObject([{ line: 5, message: expect.stringContaining('write the hash') }]);
});

test('another secret is told without either hash', async () => {
  const other = hashOfSecret.replace('K7', 'L7');
  const files = first().map((file) => ({
    ...file,
    content: String(file.content).replace(hashOfSecret, other),
  }));
  const planned = await plan(files);
  expect(planned.changes).toMatchObject([
    { kind: 'OpenIdClient', details: [{ attribute: 'HashedSecret', before: null, after: null }] },
  ]);
  for (const hash of [hashOfSecret, other]) expect(JSON.stringify(planned)).not.toContain(hash);
});

test('nobody deploys a client that may do more than they may', async () => {
  const { token, database } = getApi();
  const deployer = await token('/Syncline/Configuration', '/Jobs/Job/Query');
  const files = [
    {
      path: 'a.xml',
      content: inFile(
        agent,
        '<Profile Identifier="P" DisplayName_L1="P" />',
        '<AccessControlRule Identifier="R" DisplayName_L1="R" Profile="P" EntityType="Job"><Entry Permission="/Syncline" CanExecute="true" /></AccessControlRule>',
        `<OpenIdClient Identifier="New" DisplayName_L1="New" Profile="P" HashedSecret="${hashOfSecret}" />`,
      ),
    },
  ];
  const { revision, grants } = await plan(files, deployer);
  expect(grants).toEqual([{ client: 'New', permissions: ['/Syncline'] }]);
  const { status, body } = await deploy(files, revision ?? -1, deployer);
  expect([status, body.code, body.detail]).toEqual([
    403,
    'permission-missing',
    expect.stringContaining('/Syncline'),
  ]);
  const [entry] = await readAudit(database.sql, { action: 'configuration.deploy', limit: 1 });
  expect(entry).toMatchObject({ outcome: 'refused' });
});

test('elements are searched, and paged', async () => {
  const { call } = getApi();
  const found = await call('GET', '/api/configuration?q=DEPARTMENT&pageSize=50', admin);
  expect(list(found.body.items).map(({ kind }) => kind)).toEqual(['EntityType', 'EntityTypeMapping']);
  expect(found.body).toMatchObject({ total: 2, page: 1, pageSize: 50, isTotalExact: true });
  expect((await call('GET', '/api/configuration?q=DEPARTMENT&page=2', admin)).body.items).toEqual([]);
  expect((await call('GET', '/api/configuration?pageSize=7', admin)).body.field).toBe('query.pageSize');
  expect((await call('GET', '/api/configuration?sort=x', admin)).body.field).toBe('query.sort');
});

describe('mappings', () => {
  const users = microsoftEntraMapping('Users', {
    source: { connection: 'EntraExport', type: 'user' },
    target: { connection: 'Identities', type: 'alpha_user' },
  });
  const columns = {
    4: 'id',
    5: '@odata.type',
    6: 'givenName',
    7: 'surname',
    8: 'mail',
    9: 'userPrincipalName',
  };
  const xml = () => upload(...connector({ columns }));
  const mapping = (definition: MappingDefinition) => ({
    path: 'Conf/Mappings/users.json',
    content: writeMapping(definition),
  });
  const revision = async () => (await getApi().call('GET', '/api/configuration', admin)).body.revision ?? 0;

  test('stand in the plan like other elements, with the lines that differ, and deploy with the rest', async () => {
    const files = [...xml(), mapping(users)];
    const planned = await plan(files);
    expect(list(planned.changes)).toContainEqual(
      expect.objectContaining({ operation: 'added', kind: 'Mapping', identifier: 'Users' }),
    );
    expect(list(planned.files)).toContainEqual(
      expect.objectContaining({ path: 'Mappings/Users.json', removed: 0 }),
    );
    expect((await deploy(files, await revision())).status).toBe(200);
    const { body } = await getApi().call('GET', '/api/configuration?kind=Mapping', admin);
    expect(body).toMatchObject({ total: 1, items: [{ identifier: 'Users', text: writeMapping(users) }] });
    const written = await getApi().call('GET', '/api/configuration/files?isSingle=true', admin);
    expect(written.body.files).toContainEqual({ path: 'Mappings/Users.json', content: writeMapping(users) });
    const saved = await getApi().call('GET', '/api/mappings/Users', admin);
    expect(saved.body).toMatchObject({ origin: 'configuration' });

    const changed = await plan([...xml(), mapping({ ...users, validTarget: 'mail pr' })]);
    expect(changed.changes).toEqual([
      expect.objectContaining({
        operation: 'changed',
        kind: 'Mapping',
        details: [
          { operation: 'changed', place: '', attribute: 'validTarget', before: null, after: 'mail pr' },
        ],
      }),
    ]);
    const wrong = await plan([...xml(), mapping({ ...users, validTarget: 'mial pr' })]);
    expect(wrong.mistakes).toEqual([
      {
        file: 'Conf/Mappings/users.json',
        line: expect.any(Number),
        column: expect.any(Number),
        message: expect.stringMatching(/[Dd]id you mean mail\?/),
      },
    ]);
  });

  test('need the permission for mappings, and to be told that account links go', async () => {
    const { database, call, token } = getApi();
    const deployer = await token('/Jobs', '/Connectors', '/Custom', '/Syncline/Configuration');
    const changed = [...xml(), mapping({ ...users, validTarget: 'mail pr' })];
    expect(await deploy(changed, await revision(), deployer)).toMatchObject({
      status: 403,
      body: { code: 'permission-missing' },
    });
    await database.sql`
      insert into account_link (mapping_id, qualifier, source_key, target_key)
      select mapping_id, 'default', 's', 't' from mapping where name = 'Users'`;
    expect((await plan(xml())).lostLinks).toEqual([{ mapping: 'Users', links: 1 }]);
    const held = await deploy(xml(), await revision());
    expect(held).toMatchObject({ status: 400, body: { detail: expect.stringContaining('1 account link') } });
    expect((await deploy(xml(), await revision(), admin, { isForced: true })).status).toBe(200);
    expect((await call('GET', '/api/mappings/Users', admin)).status).toBe(404);
  });
});
