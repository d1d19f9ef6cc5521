/**
 * Everything that a generated tenant returns has the published shape: lists, single objects, relationships, deltas,
 * deleted items and creations, before and after the tenant has changed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { loadModel, selectableNames, shapeFaults } from './fixtures/shape.ts';

const model = loadModel();

interface SetUnderTest {
  readonly path: string;
  readonly type: string;
  readonly hasDelta: boolean;
  /** Relationships of each object, and the type of what they lead to. */
  readonly relations: Readonly<Record<string, string>>;
}

const linked = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'directoryObject']));

const sets: readonly SetUnderTest[] = [
  {
    path: 'users',
    type: 'user',
    hasDelta: true,
    relations: {
      ...linked('memberOf', 'transitiveMemberOf', 'directReports', 'ownedObjects'),
      ...linked('ownedDevices', 'registeredDevices'),
      appRoleAssignments: 'appRoleAssignment',
      oauth2PermissionGrants: 'oAuth2PermissionGrant',
      licenseDetails: 'licenseDetails',
    },
  },
  {
    path: 'groups',
    type: 'group',
    hasDelta: true,
    relations: {
      ...linked('members', 'transitiveMembers', 'owners', 'memberOf', 'transitiveMemberOf'),
      appRoleAssignments: 'appRoleAssignment',
    },
  },
  {
    path: 'applications',
    type: 'application',
    hasDelta: true,
    relations: {
      ...linked('owners'),
      extensionProperties: 'extensionProperty',
      federatedIdentityCredentials: 'federatedIdentityCredential',
    },
  },
  {
    path: 'servicePrincipals',
    type: 'servicePrincipal',
    hasDelta: true,
    relations: {
      ...linked('owners', 'ownedObjects', 'memberOf', 'transitiveMemberOf'),
      appRoleAssignments: 'appRoleAssignment',
      appRoleAssignedTo: 'appRoleAssignment',
      oauth2PermissionGrants: 'oAuth2PermissionGrant',
    },
  },
  {
    path: 'devices',
    type: 'device',
    hasDelta: true,
    relations: linked('registeredOwners', 'registeredUsers', 'memberOf', 'transitiveMemberOf'),
  },
  { path: 'directoryRoles', type: 'directoryRole', hasDelta: true, relations: linked('members') },
  {
    path: 'directory/administrativeUnits',
    type: 'administrativeUnit',
    hasDelta: true,
    relations: linked('members'),
  },
  {
    path: 'contacts',
    type: 'orgContact',
    hasDelta: true,
    relations: linked('memberOf', 'transitiveMemberOf', 'directReports'),
  },
  { path: 'oauth2PermissionGrants', type: 'oAuth2PermissionGrant', hasDelta: true, relations: {} },
  { path: 'directoryRoleTemplates', type: 'directoryRoleTemplate', hasDelta: false, relations: {} },
  { path: 'organization', type: 'organization', hasDelta: false, relations: {} },
  { path: 'domains', type: 'domain', hasDelta: false, relations: {} },
  { path: 'subscribedSkus', type: 'subscribedSku', hasDelta: false, relations: {} },
];

const followable = sets.filter(({ hasDelta }) => hasDelta);

/** Kept by other services; Graph shows them of one user at a time. */
const singleUserOnly = new Set(
  'aboutMe birthday hireDate interests mailboxSettings mySite pastProjects preferredName responsibilities schools skills'.split(
    ' ',
  ),
);

interface Thing {
  readonly id: string;
  readonly [name: string]: unknown;
}

let simulator: Simulator;
let root: string;
let headers: Record<string, string>;
let extensions: readonly { readonly name: string; readonly targetObjects: readonly string[] }[];

beforeAll(async () => {
  simulator = await startSimulator({ users: 2000, seed: 11, scheme: 'http' });
  root = simulator.graph;
  const answer = await fetch(`${simulator.authority}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: simulator.clientId,
      client_secret: simulator.clientSecret,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const found = await ask('POST', 'directoryObjects/getAvailableExtensionProperties', {});
  extensions = found.value as typeof extensions;
});

afterAll(() => simulator.stop());

async function ask(method: string, url: string, body?: object): Promise<Thing> {
  const address = url.startsWith('http') ? url : `${root}/${url}`;
  const answer = await fetch(address, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`);
  return text === '' ? { id: '' } : (JSON.parse(text) as Thing);
}

/** All objects from an address on, page by page, and where the next round starts. */
async function readAll(url: string): Promise<{ items: Thing[]; deltaLink: string }> {
  const items: Thing[] = [];
  for (let next = url; ; ) {
    const page = await ask('GET', next);
    items.push(...(page.value as Thing[]));
    if (page['@odata.nextLink'] === undefined) return { items, deltaLink: String(page['@odata.deltaLink']) };
    next = String(page['@odata.nextLink']);
  }
}

/** The different things that are wrong, without the values they were found in first. */
function faultsOf(objects: Iterable<unknown>, type: string, isDelta = false): string[] {
  const first = new Map<string, string>();
  for (const object of objects) {
    for (const fault of shapeFaults(model, object, { type, isDelta })) {
      const finding = fault.slice(0, fault.indexOf(': '));
      if (!first.has(finding)) first.set(finding, fault);
    }
  }
  return [...first.values()].sort();
}

/** Every property that a list may be asked for: the declared ones, and the tenant's directory extensions. */
function everything(type: string): string[] {
  const declared = selectableNames(model, type);
  const own = extensions.filter(({ targetObjects }) =>
    targetObjects.some((name) => name.toLowerCase() === type.toLowerCase()),
  );
  const listed = type === 'user' ? declared.filter((name) => !singleUserOnly.has(name)) : declared;
  return [...listed, ...own.map(({ name }) => name)];
}

/** Links that a delta of the type can be asked for. */
const followed: Readonly<Record<string, readonly string[]>> = {
  user: ['manager'],
  group: ['members', 'owners'],
  directoryRole: ['members'],
  administrativeUnit: ['members'],
  application: ['owners'],
  servicePrincipal: ['owners', 'appRoleAssignments'],
  orgContact: ['manager'],
};

describe('the validator', () => {
  const user = {
    id: 'a',
    displayName: 'Ada',
    businessPhones: ['1'],
    createdDateTime: '2026-01-02T03:04:05Z',
  };
  const faults = (object: object, type = 'user', isDelta = false) =>
    shapeFaults(model, object, { type, isDelta });

  test('knows the schema', () => {
    expect(model.entities.size).toBeGreaterThan(30);
    expect(selectableNames(model, 'user')).toEqual(
      expect.arrayContaining(['id', 'deletedDateTime', 'userType']),
    );
    expect(selectableNames(model, 'group').length).toBeGreaterThan(45);
  });

  const right: readonly [what: string, object: object, type?: string, isDelta?: boolean][] = [
    ['plain values', user],
    ['a null that may be', { ...user, displayName: null, createdDateTime: null }],
    ['a directory extension', { ...user, extension_0123456789abcdef0123456789abcdef_grade: 'A' }],
    ['annotations', { ...user, '@odata.context': 'x', 'manager@odata.count': 1 }],
    ['an expansion', { ...user, manager: { '@odata.type': '#microsoft.graph.user', ...user } }],
    ['a derived type', { '@odata.type': '#microsoft.graph.user', ...user }, 'directoryObject'],
    ['the attributes of a device', { id: 'a', extensionAttributes: { extensionAttribute1: null } }, 'device'],
    ['a removal', { id: 'a', '@removed': { reason: 'changed' } }, 'user', true],
    [
      'links',
      { id: 'a', 'members@delta': [{ '@odata.type': '#microsoft.graph.user', id: 'b' }] },
      'group',
      true,
    ],
    ['a complex value', { ...user, assignedLicenses: [{ disabledPlans: [], skuId: null }] }],
    ['an open complex value', { ...user, customSecurityAttributes: { Set: { a: 1 } } }],
    ['an enum member', { id: 'a', phones: [{ number: '1', type: 'business' }] }, 'orgContact'],
  ];

  test.each(right)('accepts %s', (_what, object, type, isDelta) => {
    expect(faults(object, type, isDelta)).toEqual([]);
  });

  const wrong: readonly [what: string, object: object, fault: RegExp, type?: string, isDelta?: boolean][] = [
    ['a wrong primitive type', { ...user, displayName: 5 }, /^user\.displayName is no Edm\.String: 5$/],
    ['a text for a truth value', { ...user, accountEnabled: 'true' }, /accountEnabled is no Edm\.Boolean/],
    [
      'a time without a zone',
      { ...user, createdDateTime: '2026-01-02T03:04:05' },
      /is no Edm\.DateTimeOffset/,
    ],
    ['a day that is none', { ...user, createdDateTime: '2026-13-02T03:04:05Z' }, /is no Edm\.DateTimeOffset/],
    ['a number with a fraction', { ...user, deviceEnrollmentLimit: 1.5 }, /is no Edm\.Int32/],
    ['a GUID that is none', { id: 'a', appOwnerOrganizationId: 'x' }, /is no Edm\.Guid/, 'servicePrincipal'],
    ['one value for many', { ...user, businessPhones: '1' }, /businessPhones is no list/],
    ['many values for one', { ...user, displayName: ['Ada'] }, /displayName is a list/],
    ['a hole in a list', { ...user, businessPhones: [null] }, /businessPhones is no Edm\.String: null/],
    ['an unknown name', { ...user, colour: 'red' }, /^user\.colour is not declared: "red"$/],
    [
      'an extension of a closed type',
      { id: 'a', extension_0123456789abcdef0123456789abcdef_x: '1' },
      /is not declared/,
      'domain',
    ],
    [
      'null in a non-nullable property',
      { ...user, deviceEnrollmentLimit: null },
      /deviceEnrollmentLimit is null and not nullable/,
    ],
    [
      'null for a non-nullable list',
      { ...user, businessPhones: null },
      /businessPhones is null and not nullable/,
    ],
    [
      'an unknown enum member',
      { id: 'a', phones: [{ type: 'carrier pigeon' }] },
      /phones\.type is no phoneType/,
      'orgContact',
    ],
    [
      'an unknown name in a complex value',
      { ...user, employeeOrgData: { floor: 3 } },
      /employeeOrgData\.floor is not declared/,
    ],
    [
      'a wrong type in a complex value',
      { ...user, assignedLicenses: [{ disabledPlans: ['x'], skuId: null }] },
      /disabledPlans is no Edm\.Guid/,
    ],
    [
      'a gap in a complex value',
      { id: 'a', appRoles: [{ allowedMemberTypes: [], isEnabled: true }] },
      /appRoles\.id is missing/,
      'application',
    ],
    ['no id', { displayName: 'Ada' }, /^user has no id/],
    ['another type', { '@odata.type': '#microsoft.graph.group', id: 'a' }, /^user is no user: "group"$/],
    [
      'no known type',
      { '@odata.type': '#microsoft.graph.robot', id: 'a' },
      /is no directoryObject/,
      'directoryObject',
    ],
    ['a type outside the namespace', { '@odata.type': 'user', id: 'a' }, /names its type wrongly/],
    [
      'a stray thing in a relationship',
      { ...user, manager: { id: 'b', colour: 'red' } },
      /manager|directoryObject\.colour/,
    ],
    ['a removal outside a delta', { id: 'a', '@removed': { reason: 'changed' } }, /belongs into a delta/],
    ['a removal for no reason', { id: 'a', '@removed': { reason: 'whim' } }, /is no removal/, 'user', true],
    [
      'links of no relationship',
      { id: 'a', 'friends@delta': [] },
      /is of no declared relationship/,
      'user',
      true,
    ],
    [
      'a link without type',
      { id: 'a', 'members@delta': [{ id: 'b' }] },
      /has a link without type/,
      'group',
      true,
    ],
  ];

  test.each(wrong)('refuses %s', (_what, object, fault, type, isDelta) => {
    expect(faults(object, type, isDelta)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('a tenant of 2,000 users', () => {
  /** Where the next round of each delta starts. */
  const deltaLinks = new Map<string, { type: string; link: string }>();

  async function readDelta(url: string, type: string): Promise<string[]> {
    const { items, deltaLink } = await readAll(url);
    deltaLinks.set(url, { type, link: deltaLink });
    return faultsOf(items, type, true);
  }

  describe.each(sets)('$path', ({ path, type }) => {
    test('in their default shape and with every property', async () => {
      const plain = await readAll(path);
      expect(plain.items.length).toBeGreaterThan(0);
      expect(faultsOf(plain.items, type)).toEqual([]);

      const names = everything(type);
      const full = await readAll(`${path}?$select=${names.join(',')}`);
      expect(full.items).toHaveLength(plain.items.length);
      expect(faultsOf(full.items, type)).toEqual([]);
      for (const item of full.items) expect(Object.keys(item).sort()).toEqual([...names].sort());
    });

    test('one by one', async () => {
      const { items } = await readAll(`${path}?$select=id`);
      const select = selectableNames(model, type).join(',');
      const found: Thing[] = [];
      for (const { id } of items) {
        found.push(await ask('GET', `${path}/${id}`), await ask('GET', `${path}/${id}?$select=${select}`));
      }
      expect(faultsOf(found, type)).toEqual([]);
    });

    test('in beta', async () => {
      const { items } = await readAll(`${root.replace('v1.0', 'beta')}/${path}`);
      expect(faultsOf(items, type)).toEqual([]);
    });
  });

  const related = sets.filter(({ relations }) => Object.keys(relations).length > 0);

  test.each(related)('$path with all they are related to', async ({ path, relations }) => {
    const { items } = await readAll(`${path}?$select=id`);
    for (const [relation, target] of Object.entries(relations)) {
      const found: Thing[] = [];
      for (const { id } of items) found.push(...(await readAll(`${path}/${id}/${relation}`)).items);
      expect.soft(faultsOf(found, target), relation).toEqual([]);
    }
  });

  test.each(followable)('$path in the first round of their delta', async ({ path, type }) => {
    expect(await readDelta(`${path}/delta`, type)).toEqual([]);
    const names = [...everything(type), ...(followed[type] ?? [])];
    expect(await readDelta(`${path}/delta?$select=${names.join(',')}`, type)).toEqual([]);
  });

  test('as directory objects of any type', async () => {
    expect(await readDelta('directoryObjects/delta', 'directoryObject')).toEqual([]);
    const { items } = await readAll('users?$select=id&$top=400');
    const groups = await readAll('groups?$select=id');
    const ids = [...items, ...groups.items].map(({ id }) => id);
    const found = await ask('POST', 'directoryObjects/getByIds', { ids: ids.slice(0, 1000) });
    expect(faultsOf(found.value as Thing[], 'directoryObject')).toEqual([]);
    for (const id of ids.slice(-50))
      expect(faultsOf([await ask('GET', `directoryObjects/${id}`)], 'directoryObject')).toEqual([]);
  });

  const expansions: readonly [url: string, type: string][] = [
    ['users?$expand=manager', 'user'],
    ['users?$expand=memberOf', 'user'],
    ['users?$expand=directReports', 'user'],
    ['groups?$expand=members', 'group'],
    ['groups?$expand=owners', 'group'],
    ['applications?$expand=owners', 'application'],
    ['devices?$expand=registeredOwners', 'device'],
    ['servicePrincipals?$expand=appRoleAssignments', 'servicePrincipal'],
  ];

  test.each(expansions)('with what %s adds', async (url, type) => {
    const { items } = await readAll(url);
    const name = url.slice(url.indexOf('=') + 1);
    expect(items.some((item) => [item[name]].flat().some(Boolean))).toBe(true);
    expect(faultsOf(items, type)).toEqual([]);
  });

  test('in each later round of every delta, while 500 changes happen', async () => {
    const answer = await fetch(`${simulator.control}/churn`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${simulator.controlKey}` },
      body: JSON.stringify({ changes: 500 }),
    });
    expect(await answer.json()).toMatchObject({ changes: 500 });
    expect(deltaLinks.size).toBe(2 * followable.length + 1);
    let told = 0;
    for (const [url, { type, link }] of deltaLinks) {
      const { items } = await readAll(link);
      told += items.length;
      expect.soft(faultsOf(items, type, true), url).toEqual([]);
    }
    expect(told).toBeGreaterThan(500);
  });

  test.each(sets)('after these changes: $path', async ({ path, type }) => {
    expect(faultsOf((await readAll(path)).items, type)).toEqual([]);
    const { items } = await readAll(`${path}?$select=${everything(type).join(',')}`);
    expect(faultsOf(items, type)).toEqual([]);
  });

  test.each(['user', 'group', 'application', 'servicePrincipal', 'administrativeUnit'])(
    'in its deleted items: %s',
    async (type) => {
      const { items } = await readAll(`directory/deletedItems/microsoft.graph.${type}`);
      expect(faultsOf(items, type)).toEqual([]);
      const full = await readAll(
        `directory/deletedItems/microsoft.graph.${type}?$select=${everything(type).join(',')}`,
      );
      expect(faultsOf(full.items, type)).toEqual([]);
      expect(full.items.filter(({ deletedDateTime }) => typeof deletedDateTime !== 'string')).toEqual([]);
      for (const { id } of items)
        expect(faultsOf([await ask('GET', `directory/deletedItems/${id}`)], 'directoryObject')).toEqual([]);
    },
  );
});

describe('what is created', () => {
  const domain = 'nordlicht.example';
  const named = (name: string) => ({ displayName: name, mailNickname: name });
  const user = (name: string) => ({
    ...named(name),
    accountEnabled: true,
    userPrincipalName: `${name}@${domain}`,
    passwordProfile: { password: 'Vq7-winter-harbour', forceChangePasswordNextSignIn: true },
  });
  const create = async (path: string, type: string, body: object): Promise<Thing> => {
    const created = await ask('POST', path, body);
    expect(faultsOf([created], type)).toEqual([]);
    return created;
  };

  test('users, plain and with much said about them', async () => {
    await create('users', 'user', user('shape-plain'));
    const rich = await create('users', 'user', {
      ...user('shape-rich'),
      businessPhones: ['+49 40 1'],
      city: 'Kiel',
      employeeHireDate: '2026-01-01T00:00:00Z',
      employeeOrgData: { division: 'North', costCenter: '1' },
      identities: [
        {
          signInType: 'userPrincipalName',
          issuer: 'nordlicht.onmicrosoft.example',
          issuerAssignedId: `shape-rich@${domain}`,
        },
        { signInType: 'federated', issuer: 'facebook.com', issuerAssignedId: '5eecb0cd' },
      ],
      onPremisesExtensionAttributes: { extensionAttribute1: 'A' },
      otherMails: ['rich@elsewhere.example'],
      usageLocation: 'DE',
    });
    const select = everything('user').join(',');
    expect(faultsOf([await ask('GET', `users/${rich.id}?$select=${select}`)], 'user')).toEqual([]);
    await ask('DELETE', `users/${rich.id}`);
    await create(`directory/deletedItems/${rich.id}/restore`, 'directoryObject', {});
    const invitation = {
      invitedUserEmailAddress: 'guest@fabrikam.example',
      inviteRedirectUrl: 'https://fabrikam.example',
    };
    await create('invitations', 'invitation', invitation);
  });

  test('groups of each kind', async () => {
    const security = { mailEnabled: false, securityEnabled: true };
    const unified = { mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] };
    const dynamic = {
      groupTypes: ['DynamicMembership'],
      membershipRule: 'user.city -eq "Kiel"',
      membershipRuleProcessingState: 'On',
    };
    await create('groups', 'group', { ...named('shape-security'), ...security });
    await create('groups', 'group', { ...named('shape-unified'), ...unified, visibility: 'Private' });
    await create('groups', 'group', { ...named('shape-dynamic'), ...security, ...dynamic });
    await create('groups', 'group', { ...named('shape-role'), ...security, isAssignableToRole: true });
  });

  test('applications and what belongs to them', async () => {
    const application = await create('applications', 'application', {
      displayName: 'Shape',
      web: { redirectUris: ['https://shape.example'] },
      appRoles: [
        {
          id: '5d9a7f1c-2f1e-4b6a-9d57-6d0f5b0f7a11',
          allowedMemberTypes: ['User', 'Application'],
          description: 'Reads',
          displayName: 'Reader',
          isEnabled: true,
          value: 'Read',
        },
      ],
    });
    const within = `applications/${application.id}`;
    const field = { name: 'shape', dataType: 'String', targetObjects: ['User'] };
    await create(`${within}/extensionProperties`, 'extensionProperty', field);
    await create(`${within}/federatedIdentityCredentials`, 'federatedIdentityCredential', {
      name: 'shape',
      issuer: 'https://token.shape.example',
      subject: 'shape',
      audiences: ['api://AzureADTokenExchange'],
    });
    const password = await ask('POST', `${within}/addPassword`, {
      passwordCredential: { displayName: 'shape' },
    });
    const { '@odata.context': context, ...passwordCredential } = password;
    expect(context).toMatch(/#microsoft\.graph\.passwordCredential$/);
    expect(faultsOf([{ id: 'a', passwordCredentials: [passwordCredential] }], 'application')).toEqual([]);

    const principal = await create('servicePrincipals', 'servicePrincipal', { appId: application.appId });
    const [someone] = (await readAll('users?$top=1')).items;
    const assignment = {
      principalId: someone?.id,
      resourceId: principal.id,
      appRoleId: '5d9a7f1c-2f1e-4b6a-9d57-6d0f5b0f7a11',
    };
    await create(`users/${someone?.id}/appRoleAssignments`, 'appRoleAssignment', assignment);
    const graph = await ask('GET', "servicePrincipals(appId='00000003-0000-0000-c000-000000000000')");
    const grant = {
      clientId: principal.id,
      consentType: 'AllPrincipals',
      resourceId: graph.id,
      scope: 'User.Read',
    };
    await create('oauth2PermissionGrants', 'oAuth2PermissionGrant', grant);
  });

  test('devices, units, roles and open extensions', async () => {
    const device = await create('devices', 'device', {
      accountEnabled: true,
      alternativeSecurityIds: [{ type: 2, key: 'WAA1ADAAMAAwADAAMAAwADAAMAA=' }],
      deviceId: '4c299165-6e8f-4b45-a5ba-c5d250a707ff',
      displayName: 'shape',
      operatingSystem: 'Windows',
      operatingSystemVersion: '10.0.26100.2033',
    });
    expect(
      faultsOf(
        [await ask('GET', `devices/${device.id}?$select=${everything('device').join(',')}`)],
        'device',
      ),
    ).toEqual([]);
    await create('directory/administrativeUnits', 'administrativeUnit', { displayName: 'Shape' });

    const active = new Set(
      (await readAll('directoryRoles')).items.map(({ roleTemplateId }) => roleTemplateId),
    );
    const templates = (await readAll('directoryRoleTemplates')).items;
    const template = templates.find(({ id }) => !active.has(id));
    await create('directoryRoles', 'directoryRole', { roleTemplateId: template?.id });

    const [someone] = (await readAll('users?$top=1')).items;
    const extension = await ask('POST', `users/${someone?.id}/extensions`, {
      extensionName: 'example.shape',
      size: 3,
    });
    expect(extension).toMatchObject({ id: 'example.shape', extensionName: 'example.shape', size: 3 });
  });
});
