/** What a tenant exports, through the API: looked at, planned, changed with the version that was seen, and its own schema to choose from. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { openEntraConnector } from '../src/connectors/entra/entra-connector.ts';
import type { EntityType } from '../src/model/entity-type.ts';
import { noGuards } from '../src/model/guard.ts';
import { readAudit } from '../src/store/audit.ts';
import { createTenant, readTenant } from '../src/store/tenants.ts';
import { transact } from '../src/store/transaction.ts';
import { synchronize } from '../src/sync/flow.ts';
import { type Answer, type JsonObject, type JsonValue, useApi } from './fixtures/api-server.ts';
import { connectionTo } from './fixtures/entra-on-simulator.ts';
import { registerApplication } from './fixtures/graph-application.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

const getApi = useApi();
const name = 'contoso.onmicrosoft.com';
const weakName = 'weak.onmicrosoft.com';
const pathOf = (tenant: string) => `/api/integrations/entra-id/${tenant}`;
const path = pathOf(name);
let simulator: Simulator;
let client: SimulatorClient;
let admin: string;

/** A tenant of the console that an application with a secret of its own reads. */
async function addTenant(
  tenantName: string,
  application: { clientId: string; secret: string },
): Promise<void> {
  const { call, database } = getApi();
  const profile = await call('POST', '/api/credential-profiles', admin, {
    name: `Reader of ${tenantName}`,
    type: 'client-secret',
    clientId: application.clientId,
    credentials: [{ secret: application.secret }],
  });
  expect(profile.status).toBe(201);
  const { authority, graph, caPem, tenantId } = simulator;
  await transact(database.sql, (transaction) =>
    createTenant(transaction, {
      name: tenantName,
      tenant: tenantId,
      cloud: 'Custom',
      entraTenantId: null,
      endpoints: { authority, graph, trustedCertificates: caPem },
      profileId: Number(profile.body.profileId),
      isEnabled: true,
      floorSeconds: 15,
      ceilingSeconds: 900,
      createdBy: 'a test',
    }),
  );
}

beforeAll(async () => {
  simulator = await startSimulator({ users: 60, seed: 7 });
  client = await openClient(simulator);
  admin = await getApi().token('/Connectors', '/Syncline', '/Jobs');
  const { clientId, clientSecret: secret } = simulator;
  await addTenant(name, { clientId, secret });
  await addTenant(weakName, await registerApplication(client, ['Group.Read.All']));
});

afterAll(async () => {
  await client.close();
  await simulator.stop();
});

const users = (...attributes: readonly string[]): JsonObject => ({
  name: 'user',
  attributes,
  links: [],
  filter: null,
});

async function get(below: string, token = admin): Promise<Answer> {
  return await getApi().call('GET', `${path}${below}`, token);
}

async function change(
  entityTypes: JsonValue,
  version: JsonValue | undefined,
  token = admin,
): Promise<Answer> {
  const { server } = getApi();
  const response = await fetch(`${server.url}${path}/entity-types`, {
    method: 'PUT',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
    },
    body: JSON.stringify({ entityTypes }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as JsonObject };
}

async function planOf(entityTypes: JsonValue): Promise<JsonObject> {
  const { status, body } = await getApi().call('POST', `${path}/entity-types/plan`, admin, { entityTypes });
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

/** Reads the tenant as its job does. */
async function readAll(): Promise<void> {
  const { database } = getApi();
  const { sql } = database;
  const entityTypes = await mapped();
  const connector = openEntraConnector(connectionTo(simulator));
  try {
    await synchronize(
      { sql, connector, name, entityTypes, guards: noGuards },
      { isFull: false, isForced: false, signal: new AbortController().signal, report: () => {} },
    );
  } finally {
    await connector.close();
  }
}

async function mapped(): Promise<readonly EntityType[]> {
  const { body } = await get('/entity-types');
  return list(body.entityTypes).map(({ name: type, attributes, links }) => ({
    name: String(type),
    attributes: attributes as readonly string[],
    links: links as readonly string[],
  }));
}

const list = (value: JsonValue | undefined) => value as readonly JsonObject[];
const typeIn = (body: JsonObject, type: string) =>
  list(body.types ?? body.entityTypes).find((one) => one.name === type);
const attributeIn = (body: JsonObject, type: string, attribute: string) =>
  list(typeIn(body, type)?.attributes).find((one) => one.name === attribute);

describe('before anything was read', () => {
  test('the usual entity types are shown, and will be read in full', async () => {
    const { status, headers, body } = await get('/entity-types');
    expect([status, headers.get('ETag')]).toEqual([200, '"1"']);
    expect(body).toMatchObject({ name, origin: 'console', version: 1, isUsual: true });
    expect(list(body.entityTypes).map((type) => type.name)).toEqual([
      'user',
      'group',
      'directoryRole',
      'servicePrincipal',
    ]);
    expect(typeIn(body, 'user')).toMatchObject({ resourceCount: null, readAt: null, isFullReadNext: true });
  });

  test('what Syncline knows can be chosen from', async () => {
    const { body } = await get('/schema');
    expect(body).toMatchObject({ readAt: null, readBy: null, extensionsProblem: null });
    expect(attributeIn(body, 'user', 'displayName')).toMatchObject({
      availability: 'exported',
      isMapped: true,
      isMissing: false,
      filled: null,
    });
    expect(attributeIn(body, 'user', 'aboutMe')).toMatchObject({ availability: 'singleOnly' });
  });
});

describe('the schema of the tenant', () => {
  test('is read, with directory extensions, and kept', async () => {
    const read = await getApi().call('POST', `${path}/schema/refresh`, admin);
    expect(read.status).toBe(200);
    const { body } = await get('/schema');
    expect(body).toMatchObject({ readAt: expect.any(String), readBy: expect.stringContaining('API client') });
    expect(attributeIn(body, 'user', 'displayName')).toMatchObject({ type: 'String', isCollection: false });
    expect(attributeIn(body, 'user', 'proxyAddresses')).toMatchObject({ isCollection: true });
    expect(attributeIn(body, 'user', 'id')).toBeUndefined();
    const extensions = list(typeIn(body, 'user')?.attributes).filter(({ isExtension }) => isExtension);
    expect(extensions.length).toBeGreaterThan(0);
    expect(extensions[0]).toMatchObject({
      name: expect.stringMatching(/^extension_[0-9a-f]{32}_/),
      availability: 'exported',
      application: expect.any(String),
    });
    const [entry] = await readAudit(getApi().database.sql, { action: 'tenant-schema.refresh', limit: 1 });
    expect(entry).toMatchObject({ subject: name, outcome: 'done' });
  });

  test('says what an application may not see, and still has the rest', async () => {
    const { status, body } = await getApi().call('POST', `${pathOf(weakName)}/schema/refresh`, admin);
    expect([status, body.extensionsProblem]).toEqual([200, expect.stringContaining('Directory.Read.All')]);
    expect(attributeIn(body, 'user', 'displayName')).toMatchObject({ type: 'String' });
  });
});

describe('a plan', () => {
  test('names every mistake with its part', async () => {
    const { mistakes } = await planOf([
      {
        name: 'user',
        attributes: ['displayName', 'aboutMe', 'departmnt'],
        links: ['members'],
        filter: 'displayName eq',
      },
      { name: 'group', attributes: [], links: [], filter: null },
      { name: 'spaceship', attributes: ['a'], links: [], filter: null },
    ]);
    expect(list(mistakes)).toEqual(
      expect.arrayContaining([
        {
          entityType: 'user',
          part: 'attribute',
          name: 'aboutMe',
          message: expect.stringContaining('single object'),
        },
        {
          entityType: 'user',
          part: 'attribute',
          name: 'departmnt',
          message: expect.stringContaining('department'),
        },
        { entityType: 'user', part: 'link', name: 'members', message: expect.any(String) },
        {
          entityType: 'user',
          part: 'filter',
          name: 'user',
          message: expect.stringContaining('cannot be read'),
        },
        {
          entityType: 'group',
          part: 'entityType',
          name: 'group',
          message: expect.stringContaining('no attributes'),
        },
        { entityType: 'spaceship', part: 'entityType', name: 'spaceship', message: expect.any(String) },
      ]),
    );
  });

  test('says what is read in full, and what is left as it is', async () => {
    await change(
      [users('displayName', 'department'), { ...users('displayName'), name: 'group', links: ['members'] }],
      1,
    );
    await readAll();
    const { body } = await get('/entity-types');
    expect(typeIn(body, 'user')).toMatchObject({ readAt: expect.any(String), isFullReadNext: false });
    const there = list(body.entityTypes).map(({ name: type, resourceCount }) => ({
      name: type,
      resourceCount,
    }));
    const [user, group] = there;

    const same = [
      users('department', 'displayName'),
      { ...users('displayName'), name: 'group', links: ['members'] },
    ];
    expect(await planOf(same)).toEqual({ mistakes: [], rereads: [], left: [] });
    // Which targets of links are known changes for groups, too.
    expect(await planOf([...same, { ...users('displayName'), name: 'device' }])).toEqual({
      mistakes: [],
      rereads: [group, { name: 'device', resourceCount: null }],
      left: [],
    });
    expect(await planOf([users('displayName')])).toEqual({ mistakes: [], rereads: [user], left: [group] });
  });
});

describe('a change', () => {
  test('is kept with the version that was seen, and needs it', async () => {
    const { body: before } = await get('/entity-types');
    const wanted = [{ ...users('displayName', 'userType'), filter: "userType eq 'Member'" }];
    expect((await change(wanted, undefined)).status).toBe(428);
    const changed = await change(wanted, before.version ?? undefined);
    const version = Number(before.version) + 1;
    expect([changed.status, changed.headers.get('ETag')]).toEqual([200, `"${version}"`]);
    expect(changed.body).toMatchObject({
      version,
      isUsual: false,
      entityTypes: [{ ...wanted[0], isFullReadNext: true }],
    });
    const late = await change(null, before.version ?? undefined);
    expect([late.status, late.body]).toMatchObject([
      412,
      { code: 'changed-meanwhile', version, changedBy: expect.stringContaining('API client') },
    ]);
    const [refused, done] = await readAudit(getApi().database.sql, {
      action: 'entity-types.change',
      limit: 2,
    });
    expect([refused?.outcome, done]).toMatchObject([
      'refused',
      {
        outcome: 'done',
        detail: { entityTypes: ["user: displayName, userType where userType eq 'Member'"] },
      },
    ]);
    expect((await change(null, version)).body).toMatchObject({ isUsual: true });
  });

  test('keeps what the sections say of guards', async () => {
    const { sql } = getApi().database;
    const limited = { user: { Attributes: ['displayName'], MaximumDeletedLines: 5 } };
    await sql`update tenant set entity_types = ${sql.json(limited)} where name = ${name}`;
    const { body } = await get('/entity-types');
    await change([users('displayName', 'mail')], body.version ?? undefined);
    expect((await readTenant(sql, name))?.entityTypes).toEqual({
      user: { Attributes: ['displayName', 'mail'], Links: [], MaximumDeletedLines: 5 },
    });
  });

  test.each([
    ['an attribute of single objects', [users('displayName', 'aboutMe')], /single object/],
    ['a filter on what is not mapped', [{ ...users('displayName'), filter: "mail eq 'x'" }], /not mapped/],
    ['a filter that breaks off', [{ ...users('displayName'), filter: 'displayName eq ' }], /cannot be read/],
    ['no attribute at all', [users()], /no attributes/],
    ['a variable of the server', [users(`\${HOME}`)], /does not exist/],
  ])('is refused for %s', async (_, entityTypes, sentence) => {
    const { body } = await get('/entity-types');
    const refused = await change(entityTypes, body.version ?? undefined);
    expect([refused.status, refused.body.field, refused.body.detail]).toEqual([
      400,
      'body.entityTypes',
      expect.stringMatching(sentence),
    ]);
  });

  test('is not for connections of the settings file', async () => {
    const { call, dataDirectory } = getApi();
    const { clientId, clientSecret, tenantId } = simulator;
    const connection = { ApplicationId: clientId, ApplicationKey: clientSecret, TenantId: tenantId };
    const settings = { Connections: { Fabrikam: { ...connection, Attributes: ['displayName'] } } };
    writeFileSync(join(dataDirectory, 'appsettings.agent.json'), JSON.stringify(settings));
    const fabrikam = '/api/integrations/entra-id/fabrikam/entity-types';
    const { body, headers } = await call('GET', fabrikam, admin);
    expect(body).toMatchObject({ name: 'Fabrikam', origin: 'settings', version: null, isUsual: false });
    expect(headers.get('ETag')).toBeNull();
    const refused = await call('PUT', fabrikam, admin, { entityTypes: null });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('settings file')]);
    expect((await call('GET', '/api/integrations/entra-id/nobody/entity-types', admin)).status).toBe(404);
  });
});

describe('values', () => {
  test('are sampled from what is stored, for those who may see resources', async () => {
    const { body: before } = await get('/entity-types');
    await change([users('displayName', 'department', 'mail')], before.version ?? undefined);
    await readAll();
    const { body } = await get('/schema');
    const displayName = attributeIn(body, 'user', 'displayName');
    expect(displayName).toMatchObject({ filled: expect.any(Number), sampled: expect.any(Number) });
    expect(displayName?.filled).toBe(displayName?.sampled);
    expect(displayName?.values).toHaveLength(3);
    expect(Number(attributeIn(body, 'user', 'department')?.filled)).toBeLessThan(
      Number(displayName?.sampled),
    );

    const weak = await getApi().token('/Connectors/Connector/Query');
    const closed = await get('/schema', weak);
    expect(attributeIn(closed.body, 'user', 'displayName')).toMatchObject({
      values: [],
      sampled: displayName?.sampled ?? 0,
    });
  });

  test('that vanished from the tenant are shown as missing', async () => {
    const { sql } = getApi().database;
    await sql`
      update tenant_schema set content = jsonb_set(content, '{types}', (
        select jsonb_agg(jsonb_set(type, '{attributes}', (
          select jsonb_agg(attribute) from jsonb_array_elements(type->'attributes') as attribute
          where attribute->>'name' <> 'department')))
        from jsonb_array_elements(content->'types') as type))`;
    const { body } = await get('/schema');
    expect(attributeIn(body, 'user', 'department')).toMatchObject({ isMapped: true, isMissing: true });
    expect(attributeIn(body, 'user', 'displayName')).toMatchObject({ isMissing: false });
  });

  test('are previewed live, before anything is saved', async () => {
    const { call, token } = getApi();
    const preview = `${path}/entity-types/user/preview`;
    const { status, body } = await call('POST', preview, admin, {
      attributes: ['displayName', 'userType'],
      filter: "userType eq 'Guest'",
    });
    expect([status, body]).toEqual([200, expect.anything()]);
    const objects = list(body.objects);
    expect(objects).toHaveLength(10);
    for (const { key, attributes, isFiltered } of objects) {
      const { displayName, userType } = attributes as JsonObject;
      expect([typeof key, typeof displayName]).toEqual(['string', 'string']);
      expect(isFiltered).toBe(userType !== 'Guest');
    }
    const refused = await call('POST', preview, admin, { attributes: ['aboutMe'] });
    expect([refused.status, refused.body.field]).toEqual([400, 'body.attributes']);
    const weak = await token('/Connectors/Connector/Update');
    expect((await call('POST', preview, weak, { attributes: ['displayName'] })).status).toBe(403);
  });

  test('that an application may not read are refused with a sentence, and no secret is told', async () => {
    const { call, server } = getApi();
    const refused = await call('POST', `${pathOf(weakName)}/entity-types/user/preview`, admin, {
      attributes: ['displayName'],
    });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('User.Read.All')]);
    expect(server.logged()).not.toContain(simulator.clientSecret);
  });
});

test('connectors show what connections read, by which limits, and beside them what runs changed', async () => {
  const { call, database } = getApi();
  const { sql } = database;
  await sql`update tenant set guards = ${sql.json({ MaximumDeletedLines: 7 })} where name = ${name}`;
  const { body } = await call('GET', '/api/connectors?q=CONTOSO', admin);
  expect(body).toMatchObject({ total: 1, page: 1, isTotalExact: true });
  const [connector] = list(body.items);
  expect(connector).toMatchObject({
    name,
    origin: 'console',
    connector: null,
    problem: null,
    block: null,
    jobs: [],
    lastRun: { state: 'succeeded' },
    measuredRuns: expect.any(Number),
  });
  expect(list(connector?.entityTypes)).toMatchObject([
    {
      name: 'user',
      attributeCount: 3,
      links: [],
      resourceCount: expect.any(Number),
      cookieAt: expect.any(String),
    },
  ]);
  const limit = list(connector?.limits).find(
    (one) => one.limit === 'deletedCount' && one.what === 'resources',
  );
  expect(limit).toMatchObject({ objectClass: null, allowed: 7, most: 0, exceededRuns: 0 });
  const all = await call('GET', '/api/connectors?sort=-name&pageSize=2', admin);
  expect(list(all.body.items).map((one) => one.name)).toEqual([weakName, 'Fabrikam']);
  expect(all.body.total).toBe(3);
});
