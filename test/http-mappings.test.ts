/** Mappings through the API: made, checked, refused with reasons, changed with the version that was seen, and linked by hand. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '../src/store/audit.ts';
import { type Answer, type JsonObject, type JsonValue, useApi } from './fixtures/api-server.ts';
import {
  computed,
  direct,
  fillSides,
  groupsThrough,
  mappingOf,
  people,
  users,
  usual,
} from './fixtures/mapped-sides.ts';

const getApi = useApi();
let admin: string;

beforeAll(async () => {
  await fillSides(getApi());
  admin = await getApi().token('/Syncline', '/Connectors');
});

async function make(name: string, changes: JsonObject = {}, token = admin): Promise<Answer> {
  return await getApi().call('POST', '/api/mappings', token, { definition: mappingOf(name, changes) });
}

async function send(
  method: string,
  name: string,
  body: JsonValue | undefined,
  version: number | undefined,
): Promise<Answer> {
  const { server } = getApi();
  const response = await fetch(`${server.url}/api/mappings/${encodeURIComponent(name)}`, {
    method,
    headers: {
      Authorization: `Bearer ${admin}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answered = (text === '' ? {} : JSON.parse(text)) as JsonObject;
  return { status: response.status, headers: response.headers, body: answered };
}

const list = (value: JsonValue | undefined) => value as readonly JsonObject[];
const mistakesOf = ({ body }: Answer) => list(body.mistakes);

async function post(path: string, body: JsonValue): Promise<JsonObject> {
  const answer = await getApi().call('POST', path, admin, body);
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return answer.body;
}

describe('a mapping', () => {
  test('is made with usual values for what is left out, and with two jobs', async () => {
    const made = await make('First');
    expect([made.status, made.headers.get('ETag')]).toEqual([201, '"1"']);
    expect(made.body).toMatchObject({
      name: 'First',
      origin: 'api',
      revision: 1,
      links: 0,
      application: null,
      mistakes: [],
      definition: {
        displayName: 'First',
        isEnabled: true,
        attributes: [{ target: 'givenName', apply: 'always', ifEmpty: 'clear' }, {}, {}, {}],
        guards: { DELETE: { count: 50, percent: 5 } },
      },
    });
    const jobs = await getApi().database
      .sql`select identifier from job where identifier like 'First%' order by 1`;
    expect(jobs.map(({ identifier }) => identifier)).toEqual(['First (full)', 'First (incremental)']);
    const listed = await getApi().call('GET', '/api/mappings?application=none&q=first', admin);
    expect(listed.body).toMatchObject({ total: 1, items: [{ name: 'First', attributes: 4 }] });
    const [entry] = await readAudit(getApi().database.sql, { action: 'mapping.create', limit: 1 });
    expect(entry).toMatchObject({ subject: 'First', outcome: 'done' });
    expect((await make('first')).body.code).toBe('mapping-exists');
  });

  test('is changed with the version that was seen, and is another revision only where it may give another result', async () => {
    await make('Changed');
    const described = { definition: mappingOf('Changed', { description: 'Everybody.' }) };
    expect((await send('PUT', 'Changed', described, undefined)).status).toBe(428);
    const first = await send('PUT', 'Changed', described, 1);
    expect([first.status, first.headers.get('ETag'), first.body.revision]).toEqual([200, '"2"', 1]);
    const narrowed = { definition: mappingOf('Changed', { scope: { queryFilter: 'mail pr' } }) };
    expect((await send('PUT', 'Changed', narrowed, 1)).body).toMatchObject({
      code: 'changed-meanwhile',
      version: 2,
      changedBy: expect.stringContaining('API client'),
    });
    expect((await send('PUT', 'Changed', narrowed, 2)).body).toMatchObject({ version: 3, revision: 2 });
    const [entry] = await readAudit(getApi().database.sql, { action: 'mapping.update', limit: 1 });
    expect(entry?.detail).toEqual({ changed: ['description', 'scope'] });
  });

  test('keeps its jobs when it is renamed, and cannot be renamed under others that name it', async () => {
    await make('Before');
    expect(
      (
        await make('User', {
          linksOf: 'Before',
          source: people,
          target: users,
          attributes: [],
          correlation: [],
        })
      ).body,
    ).toMatchObject({ name: 'User' });
    const refused = await send('PUT', 'Before', { definition: mappingOf('After') }, 1);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('User')]);
    expect((await send('DELETE', 'Before', undefined, 1)).body.detail).toContain('User');
    expect((await send('DELETE', 'User', undefined, 1)).status).toBe(204);
    expect((await send('PUT', 'Before', { definition: mappingOf('After') }, 1)).status).toBe(200);
    const jobs = await getApi().database.sql`
      select identifier from job where identifier like 'Before%' or identifier like 'After%' order by 1`;
    expect(jobs.map(({ identifier }) => identifier)).toEqual(['After (full)', 'After (incremental)']);
    expect((await send('DELETE', 'After', undefined, 2)).status).toBe(204);
    expect((await getApi().call('GET', '/api/mappings/After', admin)).body.code).toBe('mapping-unknown');
  });

  test('is given as a file that makes the same mapping again', async () => {
    await make('Exported', { scope: { expression: '[accountEnabled]' } });
    const { server } = getApi();
    const file = await fetch(`${server.url}/api/mappings/Exported/export`, {
      headers: { Authorization: `Bearer ${admin}` },
    });
    expect(file.headers.get('Content-Disposition')).toBe('attachment; filename="Exported.json"');
    const definition = (await file.json()) as JsonObject;
    const check = await post('/api/mappings/check', { definition });
    expect(check).toMatchObject({ mistakes: [], definition });
    const stored = await getApi().call('GET', '/api/mappings/Exported', admin);
    expect(stored.body.definition).toEqual(definition);
  });

  test('of the deployed configuration is changed in its files only', async () => {
    await make('Deployed');
    await getApi().database.sql`update mapping set origin = 'configuration' where name = 'Deployed'`;
    for (const answer of [
      await send('PUT', 'Deployed', { definition: mappingOf('Deployed') }, 1),
      await send('DELETE', 'Deployed', undefined, 1),
    ]) {
      expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('configuration')]);
    }
  });

  test('with account links stays with its pair of entity types', async () => {
    await make('Linked pair');
    const linked = await getApi().call('POST', '/api/mappings/Linked pair/links', admin, {
      sourceKey: 'u1',
      targetKey: 'i1',
    });
    expect(linked.status).toBe(201);
    const refused = await send(
      'PUT',
      'Linked pair',
      { definition: mappingOf('Linked pair', groupsThrough()) },
      1,
    );
    expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining('1 account link')]);
  });
});

describe('a save is refused with the reason and the place', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'an expression that does not parse, at its character, with the function that was meant',
      { attributes: [...usual, computed('displayName', 'Joim(" ", [givenName], [surname])')] },
      { path: 'attributes/4/source/text', position: 0, length: 4, suggestion: 'Join' },
    ],
    [
      'an expression that breaks off, at what has no end',
      { attributes: [...usual, computed('displayName', 'ToLower([mail]')] },
      { path: 'attributes/4/source/text', position: 7, length: 1, message: expect.stringContaining(')') },
    ],
    [
      'an attribute of the source that is not there',
      { attributes: [...usual, direct('dispalyName', 'displayName')] },
      { path: 'attributes/4/source/name', suggestion: 'displayName' },
    ],
    [
      'an attribute that an expression reads and that is not there, at its brackets',
      { attributes: [...usual, computed('displayName', 'Trim([givenNam])')] },
      { path: 'attributes/4/source/text', position: 5, length: 10, suggestion: 'givenName' },
    ],
    [
      'an attribute of the target that is not there',
      { attributes: [...usual, direct('displayName', 'dispName')] },
      { path: 'attributes/4/target', suggestion: 'displayName' },
    ],
    [
      'a required attribute of the target that nothing sets',
      { attributes: usual.slice(0, 3) },
      { path: 'attributes', message: expect.stringContaining('userName') },
    ],
    [
      'two sources for one attribute',
      { attributes: [...usual, direct('displayName', 'mail')] },
      { path: 'attributes/4/target', message: expect.stringContaining('mail') },
    ],
    [
      'a reference through a mapping that is not there',
      groupsThrough('Frst'),
      { path: 'attributes/1/source/mapping', suggestion: 'First' },
    ],
    [
      'a connection that is not there',
      { source: { connection: 'Contosso', type: 'user' } },
      { path: 'source', suggestion: 'Contoso', message: expect.stringContaining('Contosso') },
    ],
    [
      'a scope whose filter breaks off',
      { scope: { queryFilter: 'mail eq' } },
      { path: 'scope/queryFilter', position: expect.any(Number) },
    ],
    [
      'a name that no mapping has',
      { filterSurce: 'mail pr' },
      { path: 'filterSurce', suggestion: 'filterSource' },
    ],
    [
      'an action that nobody knows',
      { policies: [{ situation: 'ABSENT', action: 'CRAETE' }] },
      { path: 'policies/0/action', suggestion: 'CREATE' },
    ],
  ])('%s', async (name, changes, expected) => {
    const refused = await make(name.slice(0, 60), changes);
    expect([refused.status, refused.body.code]).toEqual([400, 'request-invalid']);
    expect(mistakesOf(refused)).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
    const [first] = mistakesOf(refused);
    expect(refused.body.detail).toContain(first?.message);
    const check = await post('/api/mappings/check', { definition: mappingOf(name.slice(0, 60), changes) });
    expect(check.mistakes).toEqual(mistakesOf(refused));
  });

  test('a cycle of references between mappings', async () => {
    await make('Ring one', groupsThrough());
    await make('Ring two', groupsThrough('Ring one'));
    const closed = { definition: mappingOf('Ring one', groupsThrough('Ring two')) };
    const refused = await send('PUT', 'Ring one', closed, 1);
    expect(refused.status).toBe(400);
    expect(mistakesOf(refused)).toEqual([
      expect.objectContaining({
        path: 'attributes/1/source/mapping',
        message: expect.stringMatching(/Ring one.*Ring two|Ring two.*Ring one/),
      }),
    ]);
  });

  test('a chain of mappings that use each other’s account links', async () => {
    await make('Owner');
    await make('Sharer', { linksOf: 'Owner' });
    const refused = await make('Chained', { linksOf: 'Sharer' });
    expect(mistakesOf(refused)).toEqual([expect.objectContaining({ path: 'linksOf' })]);
  });

  test('and the check says which names are taken', async () => {
    const check = await post('/api/mappings/check', { definition: mappingOf('OWNER'), isNew: true });
    expect(check.mistakes).toEqual([{ path: 'name', message: expect.stringContaining('OWNER') }]);
  });
});

describe('the sides', () => {
  test('are listed with what they are made of', async () => {
    const { body } = await getApi().call('GET', '/api/object-sets', admin);
    expect(body.connections).toEqual(
      expect.arrayContaining([
        { connection: 'Contoso', types: ['user', 'group'], isWritable: false },
        { connection: 'Identities', types: ['alpha_user', 'alpha_group'], isWritable: true },
      ]),
    );
    const source = await getApi().call('GET', '/api/object-sets/contoso/group', admin);
    expect(source.body).toMatchObject({ connection: 'Contoso', isWritable: false, links: ['members'] });
    const target = await getApi().call('GET', '/api/object-sets/Identities/alpha_user', admin);
    expect(list(target.body.attributes).find(({ name }) => name === 'userName')).toEqual({
      name: 'userName',
      type: 'string',
      isMultiValued: false,
      isRequired: true,
      isUnique: true,
    });
    expect((await getApi().call('GET', '/api/object-sets/Contoso/spaceship', admin)).status).toBe(404);
  });
});

describe('account links', () => {
  test('are made, moved and removed by hand, each noted in the audit', async () => {
    const { call, database } = getApi();
    await make('By hand');
    const path = '/api/mappings/By hand/links';
    const made = await call('POST', path, admin, { sourceKey: 'u1', targetKey: 'i1' });
    expect([made.status, made.body]).toMatchObject([
      201,
      { sourceName: 'Sam Carter', qualifier: 'default', linkedBy: expect.stringContaining('API client') },
    ]);
    const taken = await call('POST', path, admin, { sourceKey: 'u2', targetKey: 'i1' });
    expect([taken.status, taken.body.code, taken.body.detail]).toEqual([
      409,
      'link-taken',
      expect.stringContaining('u1'),
    ]);
    const moved = await call('POST', path, admin, { sourceKey: 'u2', targetKey: 'i1', isMoving: true });
    expect(moved.status).toBe(201);
    const found = await call('GET', `${path}?q=u2`, admin);
    expect(found.body).toMatchObject({ total: 1, items: [{ sourceKey: 'u2', targetKey: 'i1' }] });
    expect((await call('GET', `${path}?q=u1`, admin)).body.total).toBe(0);
    expect((await call('DELETE', `${path}/${moved.body.linkNumber}`, admin)).status).toBe(204);
    expect((await call('DELETE', `${path}/${moved.body.linkNumber}`, admin)).body.code).toBe('link-unknown');
    const [last] = await readAudit(database.sql, { action: 'account-link.create', limit: 1 });
    expect(last).toMatchObject({ subject: 'By hand', detail: { sourceKey: 'u2', isMoving: true } });
  });

  test('need both sides to be there, and a qualifier of the mapping', async () => {
    const path = '/api/mappings/By hand/links';
    const { call } = getApi();
    expect((await call('POST', path, admin, { sourceKey: 'u9', targetKey: 'i1' })).body).toMatchObject({
      code: 'resource-unknown',
      field: 'body.sourceKey',
    });
    const other = { sourceKey: 'u1', targetKey: 'i1', qualifier: 'admin' };
    expect((await call('POST', path, admin, other)).body.field).toBe('body.qualifier');
  });
});
