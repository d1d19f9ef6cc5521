/** Identities over HTTP: searched, made, changed and deleted by people, with where each value comes from and what hangs on each. */
import { beforeAll, describe, expect, test } from 'vitest';
import { openIdentitiesTarget } from '../src/cli/identities-target.ts';
import { followDirectory } from '../src/jobs/directory-indexer.ts';
import { readMapping } from '../src/mapping/mapping-document.ts';
import type { MappingDefinition } from '../src/model/mapping.ts';
import type { Order } from '../src/model/order.ts';
import { createMapping } from '../src/store/mappings.ts';
import { transact } from '../src/store/transaction.ts';
import {
  type Answer,
  callApi,
  type JsonObject,
  type JsonValue,
  readAnswer,
  signIn,
  useApi,
} from './fixtures/api-server.ts';
import { setUpBench } from './fixtures/sync-bench.ts';

const getApi = useApi();
const sql = () => getApi().database.sql;

let reader: string;
let writer: string;

async function send(
  method: string,
  path: string,
  body?: unknown,
  { version, token = writer }: Readonly<{ version?: number; token?: string }> = {},
): Promise<Answer> {
  return await readAnswer(
    await fetch(`${getApi().server.url}/api/identities/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

async function ask(path: string): Promise<JsonObject> {
  const { status, body } = await send('GET', path, undefined, { token: reader });
  expect([status, body.detail]).toEqual([200, undefined]);
  return body;
}

const list = (value: JsonValue | undefined) => value as readonly JsonObject[];

const person = (userName: string, more: Readonly<Record<string, unknown>> = {}) => ({
  userName,
  givenName: 'Sam',
  sn: 'Carter',
  mail: `${userName}@contoso.com`,
  ...more,
});

async function create(attributes: object, type = 'alpha_user'): Promise<{ key: string; version: number }> {
  const { status, body } = await send('POST', type, { attributes });
  expect([status, body.detail]).toEqual([201, undefined]);
  const { key, version } = body.identity as { key: string; version: number };
  return { key, version };
}

async function versionOf(key: string, type = 'alpha_user'): Promise<number> {
  return Number((await ask(`${type}/${key}`)).version);
}

beforeAll(async () => {
  reader = await getApi().token('/Syncline/Identities/Query');
  writer = await getApi().token('/Syncline/Identities');
});

describe('types', () => {
  test('say what identities are made of', async () => {
    const { types } = await ask('types');
    expect(list(types).map(({ name, label }) => [name, label])).toEqual([
      ['alpha_user', 'User'],
      ['alpha_group', 'Group'],
    ]);
    const [user] = list(types);
    const attribute = (name: string) => list(user?.attributes).find((one) => one.name === name);
    expect(attribute('userName')).toMatchObject({ isRequired: true, isUnique: true, isCustom: false });
    expect(attribute('accountStatus')).toMatchObject({ choices: ['active', 'inactive'] });
    expect(attribute('frIndexedString20')).toBeDefined();
    expect(user?.links).toMatchObject([{ name: 'manager', isMultiValued: false, targets: ['alpha_user'] }]);
  });

  test('get attributes of one’s own, which stay as long as somebody has a value', async () => {
    const find = async () => list((await ask('types')).types).find(({ name }) => name === 'alpha_user');
    const version = Number((await find())?.version);
    const badge = { name: 'custom_badge', label: 'Badge', type: 'integer' };
    const changed = await send('PUT', 'types/alpha_user', { customAttributes: [badge] }, { version });
    expect(changed.status).toBe(200);
    expect(list(changed.body.attributes).at(-1)).toMatchObject({ name: 'custom_badge', isCustom: true });
    expect((await send('PUT', 'types/alpha_user', { customAttributes: [] }, { version })).status).toBe(412);
    expect((await send('PUT', 'types/alpha_user', { customAttributes: [] })).status).toBe(428);
    const { key } = await create(person('badge', { custom_badge: 7 }));
    const refused = await send('PUT', 'types/alpha_user', { customAttributes: [] }, { version: version + 1 });
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'Of the identities, 1 have a value of custom_badge: take the values away first, or leave the attributes as they are.',
    ]);
    await send('DELETE', `alpha_user/${key}`, undefined, { version: await versionOf(key) });
    const back = await send('PUT', 'types/alpha_user', { customAttributes: [] }, { version: version + 1 });
    expect(back.status).toBe(200);
  });

  test.each([
    [{ name: 'badge', label: 'Badge', type: 'integer' }, 'custom_'],
    [{ name: 'custom_a', label: '', type: 'integer' }, 'label'],
    [{ name: 'custom_a', label: 'A', type: 'colour' }, 'type'],
  ])('refuse what is no attribute: %j', async (attribute, about) => {
    const { status, body } = await send(
      'PUT',
      'types/alpha_user',
      { customAttributes: [attribute] },
      { version: 1 },
    );
    expect([status, body.detail]).toEqual([400, expect.stringContaining(about)]);
  });
});

describe('an identity', () => {
  test('is made, changed and deleted, and each is told with who did it', async () => {
    const { key, version } = await create(person('ada', { displayName: 'Ada Lovelace' }));
    const changed = await send(
      'PATCH',
      `alpha_user/${key}`,
      { attributes: { city: 'London', displayName: null } },
      { version },
    );
    expect(changed.status).toBe(200);
    expect(changed.body.warnings).toEqual([]);
    const { name, attributes, version: next } = changed.body.identity as JsonObject;
    expect(name).toBe('Sam Carter');
    expect(list(attributes).map((one) => [one.name, one.value])).toEqual([
      ['userName', 'ada'],
      ['givenName', 'Sam'],
      ['sn', 'Carter'],
      ['mail', 'ada@contoso.com'],
      ['city', 'London'],
    ]);
    await followDirectory(sql());
    const details = await ask(`alpha_user/${key}`);
    const origin = (attribute: string) =>
      list(details.attributes).find((one) => one.name === attribute)?.origin;
    expect(origin('city')).toMatchObject({ kind: 'person', label: expect.stringMatching(/^API client /) });
    const history = await ask(`alpha_user/${key}/history`);
    expect(
      list(history.items).map(({ kind, writer: by }) => [kind, (by as JsonObject | null)?.kind]),
    ).toEqual([
      ['update', 'edit'],
      ['insert', 'edit'],
    ]);
    expect((await send('DELETE', `alpha_user/${key}`, undefined, { version: Number(next) })).status).toBe(
      204,
    );
    await followDirectory(sql());
    const gone = await ask(`alpha_user/${key}`);
    expect(gone).toMatchObject({ version: null, name: 'Sam Carter', deleted: { writer: { kind: 'edit' } } });
    expect((await send('DELETE', `alpha_user/${key}`, undefined, { version: Number(next) })).status).toBe(
      404,
    );
    const audited =
      await sql()`select action, outcome from audit_entry where subject = ${`Identities/alpha_user/${key}`} order by audit_id`;
    expect(audited.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'identity.create done',
      'identity.update done',
      'identity.delete done',
    ]);
  });

  test('is not overwritten by who saw an older one', async () => {
    const { key, version } = await create(person('grace'));
    const first = await send('PATCH', `alpha_user/${key}`, { attributes: { city: 'Oslo' } }, { version });
    expect(first.status).toBe(200);
    await followDirectory(sql());
    const second = await send('PATCH', `alpha_user/${key}`, { attributes: { city: 'Bergen' } }, { version });
    expect(second.status).toBe(412);
    expect(second.body).toMatchObject({
      code: 'changed-meanwhile',
      version: (first.body.identity as JsonObject).version,
      changedBy: expect.stringMatching(/^API client /),
    });
    expect((await send('PATCH', `alpha_user/${key}`, { attributes: { city: 'Bergen' } })).status).toBe(428);
  });

  test.each<[Readonly<Record<string, unknown>>, string, string]>([
    [{ mail: null }, 'body.attributes.mail', 'mail (Email Address) is required and has no value.'],
    [{ city: 5 }, 'body.attributes.city', 'city is 5, which is no text.'],
    [
      { frIndexedMultivalued1: [1] },
      'body.attributes.frIndexedMultivalued1',
      'A value of frIndexedMultivalued1 is 1, which is no text.',
    ],
    [
      { hometown: 'Oslo' },
      'body.attributes.hometown',
      '"hometown" is no attribute of alpha_user: choose one that is, or add it to the type first.',
    ],
    [{ userName: 'TAKEN' }, 'body.attributes.userName', 'userName is "TAKEN", which the alpha_user'],
  ])('is refused in one sentence that names the attribute: %j', async (changes, field, sentence) => {
    await send('POST', 'alpha_user', { attributes: person('taken') });
    const { status, body } = await send('POST', 'alpha_user', { attributes: person('refused', changes) });
    expect([status, body.field]).toEqual([400, field]);
    expect(String(body.detail).startsWith(sentence)).toBe(true);
    expect(list((await ask('alpha_user?q=refused')).items)).toEqual([]);
  });

  test('is of a type that there is', async () => {
    const { status, body } = await send('GET', 'alpha_device/x');
    expect([status, body.detail]).toEqual([
      404,
      'Identities has no type "alpha_device": there are alpha_user and alpha_group.',
    ]);
    expect((await send('GET', 'alpha_user/nobody')).status).toBe(404);
  });
});

describe('the list', () => {
  beforeAll(async () => {
    const at = (days: number) => new Date(getApi().server.now().getTime() + days * 86_400_000).toISOString();
    await create(person('lena', { displayName: 'Lena Ortiz' }));
    await create(person('omar', { displayName: 'Omar Reyes', accountStatus: 'inactive' }));
    await create(person('nina', { displayName: 'Nina Reyes', activeDate: at(1) }));
    await create(person('paul', { displayName: 'Paul Reyes', inactiveDate: at(-1) }));
    await create(person('rita', { displayName: 'Rita Reyes', inactiveDate: at(1) }));
    await followDirectory(sql());
  });

  test('finds by names, user names and addresses, and shows the status of this moment', async () => {
    const { items } = await ask('alpha_user?q=reyes');
    expect(list(items).map(({ name, status }) => [name, (status as JsonObject).state])).toEqual([
      ['Nina Reyes', 'not-yet-active'],
      ['Omar Reyes', 'inactive'],
      ['Paul Reyes', 'no-longer-active'],
      ['Rita Reyes', 'active'],
    ]);
    expect(list((await ask('alpha_user?q=LENA')).items)).toMatchObject([
      { name: 'Lena Ortiz', attributes: { userName: 'lena' }, type: 'alpha_user' },
    ]);
  });

  test('finds those that are active, and those that are not, as time goes by', async () => {
    const names = async (status: string) =>
      list((await ask(`alpha_user?q=reyes&status=${status}`)).items).map(({ name }) => name);
    expect(await names('active')).toEqual(['Rita Reyes']);
    expect(await names('inactive')).toEqual(['Nina Reyes', 'Omar Reyes', 'Paul Reyes']);
    const later = await getApi().start({});
    later.wait(2 * 86_400);
    const { identifier, secret } = await getApi().makeClient(['/Syncline/Identities']);
    const token = await signIn(later.url, identifier, secret);
    const path = '/api/identities/alpha_user?q=reyes&status=active';
    const { body } = await callApi(later.url, 'GET', path, token);
    expect(list(body.items).map(({ name }) => name)).toEqual(['Nina Reyes']);
  });

  test('goes on page by page', async () => {
    const all: unknown[] = [];
    let after = '';
    do {
      const body = await ask(`alpha_user?pageSize=2${after}`);
      all.push(...list(body.items).map(({ key }) => key));
      after = body.next === null ? '' : `&after=${encodeURIComponent(String(body.next))}`;
    } while (after !== '');
    const stored = await sql()`
      select key from resource join entity_type using (entity_type_id) where name = 'alpha_user'`;
    expect(all.toSorted()).toEqual(stored.map(({ key }) => key).toSorted());
  });

  test('is downloaded as a file', async () => {
    const { status, body } = await send('GET', 'types/alpha_user/identities.csv?q=omar', undefined, {
      token: reader,
    });
    expect(status).toBe(200);
    const [head, row] = String(body.text).replace('\uFEFF', '').split('\r\n');
    expect(head?.startsWith('id,effectiveStatus,userName,givenName,sn,mail,displayName')).toBe(true);
    expect(row).toContain(',inactive,omar,Sam,Carter,omar@contoso.com,Omar Reyes,');
  });
});

describe('groups', () => {
  test('have members and owners, which are added and removed by the hundred', async () => {
    const group = await create({ name: 'Everybody' }, 'alpha_group');
    const inner = await create({ name: 'Inner circle' }, 'alpha_group');
    const people = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        create(person(`member${index}`, { displayName: `Member ${index}` })),
      ),
    );
    const users = people.map(({ key }) => ({ type: 'alpha_user', key }));
    const change = async (key: string, link: string, body: object) =>
      await send('POST', `alpha_group/${key}/links/${link}`, body);
    expect((await change(group.key, 'members', { add: users.slice(0, 20) })).body).toEqual({
      added: 20,
      removed: 0,
    });
    expect((await change(inner.key, 'members', { add: users.slice(20) })).body).toEqual({
      added: 10,
      removed: 0,
    });
    const again = await change(group.key, 'members', {
      add: [
        ...users.slice(0, 3),
        { type: 'alpha_group', key: inner.key },
        { type: 'alpha_user', key: 'nobody' },
      ],
      remove: [users[3]?.key, 'nobody'],
    });
    expect(again.body).toEqual({ added: 1, removed: 1 });
    await change(group.key, 'owners', { add: users.slice(0, 1) });
    await followDirectory(sql());
    const members = await ask(
      `alpha_group/${group.key}/links?association=alpha_group.members&direction=from&limit=1000`,
    );
    expect(members).toMatchObject({ total: 20, isTotalExact: true });
    const all = await ask(
      `alpha_group/${group.key}/links?association=alpha_group.members&direction=from&kind=all&limit=1000`,
    );
    expect(list(all.items)).toHaveLength(30);
    const [, , , , second] = users;
    const relations = list((await ask(`alpha_user/${second?.key}`)).relations);
    expect(relations).toContainEqual({
      association: 'alpha_group.members',
      direction: 'to',
      count: 1,
      isExact: true,
    });
    const through = await ask(
      `alpha_user/${users[25]?.key}/links?association=alpha_group.members&direction=to&kind=indirect`,
    );
    expect(list(through.items)).toMatchObject([
      { key: group.key, path: [{ key: inner.key, name: 'Inner circle' }] },
    ]);
  });

  test('refuse what cannot be linked', async () => {
    const group = await create({ name: 'Refusing' }, 'alpha_group');
    const user = await create(person('linker'));
    const problem = async (path: string, body: object) => (await send('POST', path, body)).body.detail;
    expect(
      await problem(`alpha_group/${group.key}/links/owners`, {
        add: [{ type: 'alpha_group', key: group.key }],
      }),
    ).toBe('owners of alpha_group cannot be alpha_group: only alpha_user.');
    expect(await problem(`alpha_group/${group.key}/links/friends`, { add: [] })).toBe(
      'alpha_group has no links "friends".',
    );
    expect(
      await problem(`alpha_user/${user.key}/links/manager`, { add: [{ type: 'alpha_user', key: user.key }] }),
    ).toBe('manager: nobody is linked to themselves.');
  });

  test('have a name that no other group has', async () => {
    await create({ name: 'Sales' }, 'alpha_group');
    const { status, body } = await send('POST', 'alpha_group', { attributes: { name: 'SALES' } });
    expect([status, body.field]).toEqual([400, 'body.attributes.name']);
  });
});

test('a manager is one, and is replaced', async () => {
  const [user, first, second] = [
    await create(person('report')),
    await create(person('boss1')),
    await create(person('boss2')),
  ];
  const set = async (key: string) =>
    (await send('POST', `alpha_user/${user.key}/links/manager`, { add: [{ type: 'alpha_user', key }] })).body;
  expect(await set(first.key)).toEqual({ added: 1, removed: 0 });
  expect(await set(second.key)).toEqual({ added: 1, removed: 1 });
  expect(await set(second.key)).toEqual({ added: 0, removed: 0 });
  const links = await ask(`alpha_user/${user.key}/links?association=alpha_user.manager&direction=from`);
  expect(list(links.items).map(({ key }) => key)).toEqual([second.key]);
});

describe('what a mapping has written', () => {
  let bench: ReturnType<typeof setUpBench>;
  let definition: MappingDefinition;
  let key: string;

  beforeAll(async () => {
    bench = setUpBench(getApi());
    bench.source.offer('user', {
      pages: [[{ key: 'entra-sam', attributes: { displayName: 'Sam of Entra', givenName: 'Sam' } }]],
    });
    await bench.sync({
      entityTypes: [{ name: 'user', attributes: ['displayName', 'givenName'], links: [] }],
    });
    const read = readMapping({
      name: 'Entra to identities',
      source: { connection: bench.name, type: 'user' },
      target: { connection: 'Identities', type: 'alpha_user' },
      attributes: [
        { target: 'userName', source: { kind: 'attribute', name: 'userPrincipalName' } },
        { target: 'givenName', source: { kind: 'expression', text: 'Trim([givenName])' } },
        { target: 'sn', source: { kind: 'constant', value: 'Carter' }, apply: 'on-create' },
      ],
    });
    if (read.kind !== 'read') throw new Error(JSON.stringify(read));
    definition = read.definition;
    const target = await openIdentitiesTarget({ sql: sql() });
    const order: Order = { kind: 'create', entityType: 'alpha_user', attributes: person('mapped') };
    key = await transact(sql(), async (transaction) => {
      const mapping = await createMapping(transaction, {
        definition,
        applicationId: null,
        origin: 'api',
        createdBy: 'lena',
      });
      if (!mapping) throw new Error('The mapping is there already.');
      const runId = await target.begin(transaction, {
        kind: 'reconcile',
        entityTypes: ['alpha_user'],
        label: definition.name,
      });
      const [receipt] = await target.fulfil(transaction, runId, [order], '1');
      if (receipt?.kind !== 'done') throw new Error(JSON.stringify(receipt));
      const [reconciliation] = await transaction<{ id: number }[]>`
        insert into reconciliation (mapping_id, mapping_name, definition, revision, mode, is_dry_run, state, stage, started_by, run_id)
        values (${mapping.mappingId}, ${definition.name}, ${JSON.stringify(definition)}::text::jsonb, 1, 'full', false, 'succeeded', 'ended',
          'lena', ${runId})
        returning reconciliation_id as id`;
      await transaction`
        insert into account_link (mapping_id, qualifier, source_key, target_key, reconciliation_id, matched_on)
        values (${mapping.mappingId}, 'default', 'entra-sam', ${receipt.key}, ${reconciliation?.id ?? 0},
          '{"rule": 1, "attributes": {"userName": "mapped"}}')`;
      await target.end(transaction, runId, { state: 'succeeded', message: null });
      return receipt.key;
    });
    await followDirectory(sql());
  });

  test('shows by which rule and from which account each value came', async () => {
    const { attributes, accounts } = await ask(`alpha_user/${key}`);
    const source = { connection: bench.name, type: 'user', key: 'entra-sam', name: 'Sam of Entra' };
    const origins = list(attributes).map(({ name, origin, setAgainBy }) => [
      name,
      (origin as JsonObject).rule,
      setAgainBy,
    ]);
    expect(origins).toEqual([
      ['userName', { kind: 'attribute', text: 'userPrincipalName' }, 'Entra to identities'],
      ['givenName', { kind: 'expression', text: 'Trim([givenName])' }, 'Entra to identities'],
      ['sn', { kind: 'constant', text: '"Carter"' }, null],
      ['mail', null, null],
    ]);
    expect(list(attributes)[0]?.origin).toMatchObject({
      kind: 'mapping',
      label: 'Entra to identities',
      source,
    });
    expect(accounts).toMatchObject([
      {
        mapping: 'Entra to identities',
        side: 'target',
        ...source,
        matchedOn: { rule: 1, attributes: { userName: 'mapped' } },
      },
    ]);
  });

  test('has its creation in its history, though it is the first of its type that a mapping made', async () => {
    const { items } = await ask(`alpha_user/${key}/history`);
    expect(list(items)).toMatchObject([
      { kind: 'insert', writer: { kind: 'reconcile', label: 'Entra to identities' } },
    ]);
  });

  test('may be changed by hand, with a warning that the mapping sets it again', async () => {
    const { status, body } = await send(
      'PATCH',
      `alpha_user/${key}`,
      { attributes: { givenName: 'Samuel', sn: 'Cartwright' } },
      { version: await versionOf(key) },
    );
    expect([status, body.warnings]).toEqual([
      200,
      [
        'The mapping Entra to identities will set givenName again when it next reconciles this identity: change it where it comes from, or change the mapping.',
      ],
    ]);
    await followDirectory(sql());
    const { attributes } = await ask(`alpha_user/${key}`);
    const given = list(attributes).find(({ name }) => name === 'givenName');
    expect(given).toMatchObject({ origin: { kind: 'person' }, setAgainBy: 'Entra to identities' });
  });

  test('is told before it is deleted', async () => {
    const group = await create({ name: 'Hanging on' }, 'alpha_group');
    const end = { add: [{ type: 'alpha_user', key }] };
    await send('POST', `alpha_group/${group.key}/links/members`, end);
    await send('POST', `alpha_group/${group.key}/links/owners`, end);
    await sql()`
      insert into application (name, template, is_authoritative, owners, created_by, changed_by)
      values ('Payroll', 'microsoft-entra', true, array[${key}::text], 'lena', 'lena')`;
    expect(await ask(`alpha_user/${key}/removal`)).toEqual({
      accounts: [{ mapping: 'Entra to identities', connection: bench.name, type: 'user', count: 1 }],
      links: [
        { association: 'alpha_group.members', direction: 'to', count: 1 },
        { association: 'alpha_group.owners', direction: 'to', count: 1 },
      ],
      applications: ['Payroll'],
    });
  });
});

describe('elsewhere', () => {
  test('the directory finds identities, and says who wrote them', async () => {
    const { key } = await create(person('everywhere', { displayName: 'Found Everywhere' }));
    await followDirectory(sql());
    const token = await getApi().token('/Syncline/Directory/Query');
    const { body } = await getApi().call('GET', '/api/directory/resources?q=found+everywhere', token);
    expect(list(body.items)).toMatchObject([{ connection: 'Identities', type: 'alpha_user', key }]);
    const details = await getApi().call(
      'GET',
      `/api/directory/resources/Identities/alpha_user/${key}`,
      token,
    );
    expect(details.body).toMatchObject({ firstSeen: { writer: { kind: 'edit' } } });
  });

  test('the identities directory is no connection to be synchronized', async () => {
    const token = await getApi().token('/Connectors', '/Syncline/Integrations', '/Jobs');
    const connections = await getApi().call('GET', '/api/connections', token);
    const connectors = await getApi().call('GET', '/api/connectors', token);
    const tenants = await getApi().call('GET', '/api/integrations/entra-id', token);
    const names = [
      ...list(connections.body.connections),
      ...list(connectors.body.items),
      ...list(tenants.body.items),
    ];
    expect(names.map(({ name }) => name)).not.toContain('Identities');
  });
});
