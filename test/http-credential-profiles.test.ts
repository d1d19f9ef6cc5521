/** Credential profiles over HTTP: what goes in, what comes out, and that no secret ever does. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { certificatePem, writeCertificate } from '../simulator/x509-certificate.ts';
import { mapAttributes } from '../src/connectors/entra/entity-types.ts';
import { openEntraConnector } from '../src/connectors/entra/entra-connector.ts';
import { readProfileForUse } from '../src/secrets/profile-for-use.ts';
import { expiringProfiles } from '../src/store/credential-profiles.ts';
import { type JsonObject, readAnswer, useApi } from './fixtures/api-server.ts';
import { allText } from './fixtures/database-text.ts';
import { connectionTo } from './fixtures/entra-on-simulator.ts';
import { registerApplication } from './fixtures/graph-application.ts';
import { openClient, type SimulatorClient } from './fixtures/simulator-client.ts';

const getApi = useApi();
const update = '/Syncline/CredentialProfiles/Update';
const clientId = '6f0a1f5e-3c0c-4a55-9f0e-2c5f6d1f9a77';
const dayMs = 86_400_000;

let simulator: Simulator;
let controls: SimulatorClient;
let token = '';
let count = 0;

beforeAll(async () => {
  simulator = await startSimulator({ users: 5 });
  controls = await openClient(simulator);
  token = await getApi().token('/Syncline');
});

afterAll(async () => {
  await controls.close();
  await simulator.stop();
});

const root = '/api/credential-profiles';

async function send(method: string, path: string, body?: unknown, version?: unknown) {
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await readAnswer(await fetch(getApi().server.url + path, init));
}

function fresh(): string {
  count += 1;
  return `Profile ${count}`;
}

async function create(change: object = {}) {
  const { status, body, headers } = await send('POST', root, {
    name: fresh(),
    type: 'client-secret',
    clientId,
    credentials: [{ secret: 'value~of~a~secret' }],
    ...change,
  });
  expect([status, body]).toEqual([201, expect.anything()]);
  expect(headers.get('Location')).toBe(`${root}/${body.profileId}`);
  return body;
}

const credentialsOf = (profile: JsonObject) => profile.credentials as readonly JsonObject[];

async function writePair(endAt = new Date(Date.now() + 40 * dayMs), bits = 2048) {
  const keys = generateKeyPairSync('rsa', { modulusLength: bits });
  const subject = 'Uploaded';
  const issuer = { subject, ...keys };
  const startAt = new Date(Date.now() - 60 * dayMs);
  const der = await writeCertificate({
    subject,
    publicKey: keys.publicKey,
    issuer,
    purpose: 'signing',
    startAt,
    endAt,
  });
  const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: certificatePem(der), privateKey, der };
}

function target() {
  const { tenantId, origin, graph, caPem } = simulator;
  return {
    tenant: tenantId,
    cloud: 'Custom',
    endpoints: { authority: origin, graph, trustedCertificates: caPem },
  };
}

describe('a profile', () => {
  test('is made with its credentials, found, changed and deleted', async () => {
    const expiresAt = new Date(Date.now() + 20 * dayMs).toISOString();
    const name = fresh();
    const made = await create({
      name,
      description: 'For the nightly run',
      credentials: [{ secret: 'first~secret', label: 'Current', expiresAt }, { secret: 'second~secret' }],
    });
    expect(made).toMatchObject({
      name,
      description: 'For the nightly run',
      type: 'client-secret',
      clientId,
      version: 1,
      credentialCount: 2,
      expiresAt,
      tenants: [],
      credentials: [
        { label: 'Current', expiresAt, lastUsedAt: null },
        { label: 'Client secret', expiresAt: null },
      ],
    });

    const list = await send('GET', `${root}?q=${encodeURIComponent(name.toLowerCase())}&sort=-expiresAt`);
    expect(list.body).toMatchObject({ total: 1, items: [{ name, credentialCount: 2, expiresAt }] });
    const found = await send('GET', `${root}/${made.profileId}`);
    expect([found.status, found.headers.get('ETag')]).toEqual([200, '"1"']);
    expect(found.body).toEqual(made);

    const change = { name: `${name}, renamed`, description: '', clientId };
    const changed = await send('PUT', `${root}/${made.profileId}`, change, 1);
    expect([changed.status, changed.body.version, changed.body.name]).toEqual([200, 2, `${name}, renamed`]);
    expect((await send('DELETE', `${root}/${made.profileId}`, undefined, 2)).status).toBe(204);
    expect((await send('GET', `${root}/${made.profileId}`)).body.code).toBe('profile-unknown');
  });

  test('has a name of its own, whatever the case', async () => {
    const { name, profileId } = await create();
    const again = await send('POST', root, {
      name: String(name).toUpperCase(),
      type: 'client-secret',
      clientId,
    });
    expect([again.status, again.body.code, again.body.field]).toEqual([409, 'profile-exists', 'body.name']);
    const other = await create();
    const taken = await send('PUT', `${root}/${other.profileId}`, { name, clientId }, other.version);
    expect([taken.status, taken.body.code]).toEqual([409, 'profile-exists']);
    const own = await send('PUT', `${root}/${profileId}`, { name: String(name).toUpperCase(), clientId }, 1);
    expect(own.status).toBe(200);
  });

  test('is never overwritten by somebody who has not seen it as it is', async () => {
    const { profileId, name } = await create();
    const place = `${root}/${profileId}`;
    expect((await send('PUT', place, { name, clientId })).body.code).toBe('version-missing');
    await send('PUT', place, { name, description: 'first', clientId }, 1);
    for (const late of [
      await send('PUT', place, { name, description: 'second', clientId }, 1),
      await send('POST', `${place}/credentials`, { secret: 'another' }, 1),
      await send('DELETE', place, undefined, 1),
    ]) {
      expect([late.status, late.body.code, late.body.version]).toEqual([412, 'changed-meanwhile', 2]);
      expect(late.body.changedBy).toMatch(/^API client client-\d+$/);
      expect(late.headers.get('ETag')).toBe('"2"');
    }
  });

  test('that tenants use stays, and names them', async () => {
    const { sql } = getApi().database;
    const profile = await create();
    await sql`
      insert into tenant (name, tenant, cloud, credential_profile_id, is_enabled, floor_seconds, ceiling_seconds, created_by, changed_by)
      values ('used.example', 'used.example', 'Global', ${Number(profile.profileId)}, true, 15, 900, 'a test', 'a test')`;
    const place = `${root}/${profile.profileId}`;
    expect((await send('GET', place)).body.tenants).toEqual(['used.example']);
    const refused = await send('DELETE', place, undefined, 1);
    expect([refused.status, refused.body.code]).toEqual([409, 'profile-in-use']);
    expect(refused.body.detail).toContain('used.example');
    const [only] = credentialsOf(profile);
    const last = await send('DELETE', `${place}/credentials/${only?.credentialId}`, undefined, 1);
    expect([last.status, last.body.code]).toEqual([409, 'profile-in-use']);
    await sql`delete from tenant where name = 'used.example'`;
    expect((await send('DELETE', place, undefined, 1)).status).toBe(204);
  });
});

describe('what is wrong is said at its field', () => {
  test.each<[string, object, string, string]>([
    ['no name', { name: ' ' }, 'body.name', 'write a name'],
    ['no client id', { clientId: null }, 'body.clientId', 'Application (client) ID'],
    ['a client id that is none', { clientId: 'contoso' }, 'body.clientId', 'Application (client) ID'],
    ['no secret', { credentials: [{}] }, 'body.credentials.0.secret', 'is missing'],
    [
      'the id of a secret',
      { credentials: [{ secret: clientId }] },
      'body.credentials.0.secret',
      'ID of a secret',
    ],
    ['a space', { credentials: [{ secret: 'abc ' }] }, 'body.credentials.0.secret', 'space'],
    [
      'an end in the past',
      { credentials: [{ secret: 'abc', expiresAt: '2020-01-01T00:00:00Z' }] },
      'body.credentials.0.expiresAt',
      'in the past',
    ],
    [
      'a password for a secret',
      { credentials: [{ secret: 'abc', password: 'x' }] },
      'body.credentials.0.password',
      'is not for a profile of type client-secret',
    ],
    [
      'no user',
      { type: 'user-password', credentials: [{ password: 'x' }] },
      'body.credentials.0.userName',
      'is missing',
    ],
    [
      'a secret for a managed identity',
      { type: 'managed-identity', credentials: [{ secret: 'abc' }] },
      'body.credentials',
      'leave it out',
    ],
  ])('%s', async (_, change, field, words) => {
    const { status, body } = await send('POST', root, {
      name: fresh(),
      type: 'client-secret',
      clientId,
      credentials: [{ secret: 'abc' }],
      ...change,
    });
    expect([status, body.code, body.field]).toEqual([400, 'request-invalid', field]);
    expect(body.detail).toContain(words);
  });
});

describe('credentials', () => {
  test('are added, replaced, put into order and deleted', async () => {
    const { profileId, credentials } = await create({ credentials: [{ secret: 'one', label: 'One' }] });
    const place = `${root}/${profileId}/credentials`;
    const [{ credentialId: one } = { credentialId: 0 }] = credentials as readonly JsonObject[];
    const added = await send('POST', place, { secret: 'two', label: 'Two' }, 1);
    expect([added.status, added.body.version]).toEqual([201, 2]);
    const two = credentialsOf(added.body)[1]?.credentialId;

    const ordered = await send('PUT', `${place}/order`, { credentialIds: [two, one] }, 2);
    expect(credentialsOf(ordered.body).map(({ label }) => label)).toEqual(['Two', 'One']);
    const partial = await send('PUT', `${place}/order`, { credentialIds: [two] }, 3);
    expect([partial.status, partial.body.field]).toEqual([400, 'body.credentialIds']);

    const expiresAt = new Date(Date.now() + 5 * dayMs).toISOString();
    const described = await send('PUT', `${place}/${one}`, { label: 'Old', expiresAt }, 3);
    expect(credentialsOf(described.body)[1]).toMatchObject({ label: 'Old', expiresAt });
    const replaced = await send('PUT', `${place}/${one}`, { secret: 'one, renewed' }, 4);
    expect(credentialsOf(replaced.body)[1]).toMatchObject({ label: 'Old', expiresAt: null });

    const { database } = getApi();
    const { sealing } = getApi().server;
    const used = await readProfileForUse(database.sql, sealing, Number(profileId));
    expect(used).toMatchObject({
      clientId,
      credentials: [
        { kind: 'secret', secret: 'two' },
        { kind: 'secret', secret: 'one, renewed' },
      ],
    });
    const removed = await send('DELETE', `${place}/${two}`, undefined, 5);
    expect(credentialsOf(removed.body).map(({ label }) => label)).toEqual(['Old']);
  });

  test('tell how the last sign-in with each of them ended', async () => {
    const { database, server } = getApi();
    const { profileId } = await create({
      credentials: [{ secret: 'old' }, { secret: simulator.clientSecret }],
    });
    const place = `${root}/${profileId}`;
    const used = await readProfileForUse(database.sql, server.sealing, Number(profileId));
    const changes = { clientId: simulator.clientId, credentials: used?.credentials ?? [] };
    const connector = openEntraConnector(connectionTo(simulator, changes), used);
    const [entityType] = mapAttributes(['user'], ['displayName']);
    if (!entityType) throw new Error('There is no such entity type.');
    const request = { entityType, start: { kind: 'full' }, signal: new AbortController().signal } as const;
    for await (const event of connector.exportEntityType({ ...request, onWait: () => {} }))
      expect(event).toBeDefined();
    await connector.close();
    await expect
      .poll(async () =>
        credentialsOf((await send('GET', place)).body).map(({ lastUsedAt }) => lastUsedAt !== null),
      )
      .toEqual([true, true]);
    expect(
      credentialsOf((await send('GET', place)).body).map(({ lastUsedRefusal }) => lastUsedRefusal),
    ).toEqual([expect.stringContaining('AADSTS7000215'), null]);
  });

  test('that end within so many days are told, the soonest first', async () => {
    const { sql } = getApi().database;
    const day = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
    const { name } = await create({
      credentials: [
        { secret: 'a', label: 'In 20', expiresAt: day(20) },
        { secret: 'b', label: 'In 6', expiresAt: day(6) },
        { secret: 'c', label: 'In 40', expiresAt: day(40) },
      ],
    });
    const told = async (days: number) =>
      (await expiringProfiles(sql, new Date(), days))
        .filter(({ profileName }) => profileName === name)
        .map(({ label }) => label);
    expect(await told(30)).toEqual(['In 6', 'In 20']);
    expect(await told(7)).toEqual(['In 6']);
  });

  test('of a managed identity are there by themselves', async () => {
    const own = await create({ type: 'managed-identity', clientId: null, credentials: [] });
    expect(own).toMatchObject({
      clientId: null,
      credentials: [{ label: 'Managed identity', expiresAt: null }],
    });
    const place = `${root}/${own.profileId}/credentials`;
    expect((await send('POST', place, { secret: 'abc' }, 1)).status).toBe(400);
    const [only] = credentialsOf(own);
    expect((await send('DELETE', `${place}/${only?.credentialId}`, undefined, 1)).status).toBe(409);
  });
});

describe('a certificate', () => {
  test('is uploaded with its key, and its end is read from it', async () => {
    const { certificate, privateKey } = await writePair();
    const { fingerprint, validToDate } = new X509Certificate(certificate);
    for (const upload of [{ certificate, privateKey }, { certificate: privateKey + certificate }]) {
      const made = await create({ type: 'certificate', credentials: [upload] });
      expect(credentialsOf(made)[0]).toMatchObject({
        label: 'Certificate',
        thumbprint: fingerprint.replaceAll(':', ''),
        subject: 'CN=Uploaded',
        expiresAt: validToDate.toISOString(),
      });
    }
  });

  test('that cannot be used is refused', async () => {
    const good = await writePair();
    const other = await writePair();
    const ended = await writePair(new Date(Date.now() - dayMs));
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const locked = createPrivateKey(good.privateKey).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const cases: [object, string, string][] = [
      [
        { certificate: good.certificate, privateKey: other.privateKey },
        'privateKey',
        'is not that of the certificate',
      ],
      [{ certificate: good.certificate }, 'privateKey', 'no private key'],
      [{ certificate: good.certificate, privateKey: locked }, 'privateKey', 'protected by a password'],
      [{ certificate: good.certificate, privateKey: curve }, 'privateKey', 'RSA'],
      [{ certificate: ended.certificate, privateKey: ended.privateKey }, 'certificate', 'has ended'],
      [{ certificate: 'nonsense', privateKey: good.privateKey }, 'certificate', 'no certificate in PEM'],
    ];
    for (const [credential, part, words] of cases) {
      const { status, body } = await send('POST', root, {
        name: fresh(),
        type: 'certificate',
        clientId,
        credentials: [credential],
      });
      expect([status, body.field]).toEqual([400, `body.credentials.0.${part}`]);
      expect(body.detail).toContain(words);
    }
  });

  test('is made on the server; its public part signs in once it is uploaded', async () => {
    const { clientId: appId } = await registerApplication(controls, ['Directory.Read.All']);
    const made = await create({ type: 'certificate', clientId: appId, credentials: [{ isGenerated: true }] });
    const [credential] = credentialsOf(made);
    const place = `${root}/${made.profileId}/credentials/${credential?.credentialId}`;
    const { status, body, headers } = await send('GET', `${place}/certificate`);
    expect([status, headers.get('Content-Disposition')]).toEqual([
      200,
      `attachment; filename="${credential?.thumbprint}.pem"`,
    ]);
    const pem = String(body.text);
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*$/);
    const certificate = new X509Certificate(pem);
    const years = (certificate.validToDate.getTime() - Date.now()) / dayMs / 365;
    expect(years).toBeGreaterThan(1.9);
    expect(years).toBeLessThan(2.1);

    const early = await send('POST', `${place}/test`, target());
    expect(early.body.isSuccessful).toBe(false);
    expect(JSON.stringify(early.body)).toContain('AADSTS700027');
    await addKey(appId, certificate.raw.toString('base64'));
    const late = await send('POST', `${place}/test`, target());
    expect((late.body.checks as readonly JsonObject[]).find(({ step }) => step === 'secret')?.outcome).toBe(
      'passed',
    );
  });

  async function addKey(appId: string, key: string): Promise<void> {
    const application = simulator.directory.findBy('application', 'appId', appId);
    const keyCredentials = [{ type: 'AsymmetricX509Cert', usage: 'Verify', key }];
    const { status } = await controls.send(`PATCH /applications/${application?.id}`, { keyCredentials });
    expect(status).toBe(204);
  }
});

describe('a test', () => {
  test('says what came of each step, and is remembered', async () => {
    const { clientId: appId, clientSecret } = simulator;
    const good = await create({ clientId: appId, credentials: [{ secret: clientSecret }] });
    const passed = await send('POST', `${root}/${good.profileId}/test`, target());
    expect(passed.status).toBe(200);
    expect(passed.body.isSuccessful).toBe(true);
    const checks = passed.body.checks as readonly JsonObject[];
    expect(new Set(checks.map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    expect((await send('GET', `${root}/${good.profileId}`)).body).toMatchObject({
      lastTestOutcome: 'passed',
      version: 1,
      credentials: [{ lastTestOutcome: 'passed' }],
    });
  });

  test('of several credentials succeeds when one works, and warns of the others', async () => {
    const { clientId: appId, clientSecret } = simulator;
    const credentials = [{ secret: 'wrong~secret' }, { secret: clientSecret }];
    const profile = await create({ clientId: appId, credentials });
    const { body } = await send('POST', `${root}/${profile.profileId}/test`, target());
    expect(body.isSuccessful).toBe(true);
    const secrets = (body.checks as readonly JsonObject[]).filter(({ step }) => step === 'secret');
    expect(secrets.map(({ outcome }) => outcome)).toEqual(['warning', 'passed']);
    const after = (await send('GET', `${root}/${profile.profileId}`)).body;
    expect(credentialsOf(after).map(({ lastTestOutcome }) => lastTestOutcome)).toEqual(['failed', 'passed']);
    expect(credentialsOf(after)[0]?.lastTestMessage).toContain('AADSTS7000215');
    const [first] = credentialsOf(after);
    const one = await send(
      'POST',
      `${root}/${profile.profileId}/credentials/${first?.credentialId}/test`,
      target(),
    );
    expect(one.body.isSuccessful).toBe(false);
  });

  test('of a tenant that is none fails with a sentence', async () => {
    const { profileId } = await create();
    const { body } = await send('POST', `${root}/${profileId}/test`, {
      tenant: 'not a tenant',
      cloud: 'Global',
    });
    expect(body.isSuccessful).toBe(false);
    expect(JSON.stringify(body.checks)).toContain('contoso.onmicrosoft.com');
  });
});

test('no secret is in an answer, a line of the log, the audit, or in clear in any table', async () => {
  const { database, server } = getApi();
  const secrets = ['Geheim~of~a~client', 'Geheim of a person', 'Geheim~replaced'];
  const pair = await writePair();
  const answers = [
    await create({ credentials: [{ secret: secrets[0] }] }),
    await create({
      type: 'certificate',
      credentials: [{ certificate: pair.certificate, privateKey: pair.privateKey }],
    }),
    await create({ type: 'certificate', credentials: [{ isGenerated: true }] }),
    await create({
      type: 'user-password',
      credentials: [{ userName: 'ada@contoso.com', password: secrets[1] }],
    }),
  ];
  const [first] = answers;
  const [credential] = credentialsOf(first ?? {});
  const place = `${root}/${first?.profileId}/credentials/${credential?.credentialId}`;
  answers.push((await send('PUT', place, { secret: secrets[2] }, 1)).body);
  answers.push((await send('POST', `${place}/test`, target())).body);
  answers.push(
    (await send('POST', root, { name: secrets[0], type: 'client-secret', secret: secrets[0] })).body,
  );
  for (const { profileId } of [...answers])
    if (profileId) answers.push((await send('GET', `${root}/${profileId}`)).body);
  answers.push(
    (await send('GET', `${root}?pageSize=1000`)).body,
    (await send('GET', '/api/audit?limit=500')).body,
  );

  const everything = JSON.stringify(answers) + server.logged() + (await allText(database.sql));
  expect(everything).toContain('ada@contoso.com');
  expect(everything).toContain('BEGIN CERTIFICATE');
  for (const secret of secrets.slice(1)) expect(everything).not.toContain(secret);
  expect(everything.replaceAll(`"name":"${secrets[0]}"`, '')).not.toContain(secrets[0]);
  expect(everything).not.toContain('PRIVATE KEY');
  const innerKey = pair.privateKey.split('\n')[3] ?? '';
  expect(innerKey.length).toBeGreaterThan(60);
  expect(everything).not.toContain(innerKey);
});

test('whoever may only look sees profiles and changes nothing', async () => {
  const { profileId } = await create();
  const { call } = getApi();
  const auditor = await getApi().token('/Syncline/CredentialProfiles/Query');
  expect((await call('GET', `${root}/${profileId}`, auditor)).status).toBe(200);
  const refused = await call('POST', `${root}/${profileId}/test`, auditor, target());
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining(update)]);
});
