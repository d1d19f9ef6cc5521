import { describe, expect, it } from 'vitest';
import { groupBody, microsoft365, openWriteCaller, userBody } from './write-caller.ts';

describe('memberships', () => {
  const open = () => {
    const caller = openWriteCaller();
    const group = caller.create('/groups', groupBody('club'));
    const user = caller.create('/users', userBody('ada'));
    const members = () => [...(caller.directory.find(group)?.outgoing?.members ?? [])].map(({ id }) => id);
    return { ...caller, group, user, members };
  };

  it.each([
    ['a host with a port and any version', 'https://sim.example:8443/v3/users/{id}'],
    ['the older Graph', 'https://graph.windows.net/nordlicht.example/directoryObjects/{id}?api-version=1.6'],
    ['a key in parentheses', "https://graph.microsoft.com/v1.0/directoryObjects('{id}')"],
    ['a path from the root', '/v1.0/users/{id}'],
    ['a user principal name', 'https://graph.microsoft.com/v1.0/users/ada%40nordlicht.example'],
  ])('may be written with %s', (_text, reference) => {
    const { call, group, user, members } = open();
    const body = { '@odata.id': reference.replace('{id}', user) };
    expect(call('POST', `/groups/${group}/members/$ref`, body).status).toBe(204);
    expect(members()).toEqual([user]);
  });

  it.each([{}, { '@odata.id': 7 }, { '@odata.id': 'nowhere' }, { '@odata.id': 'users' }])(
    'are not written with %j',
    (body) => {
      const { call, group } = open();
      const answer = call('POST', `/groups/${group}/members/$ref`, body);
      expect(answer.body.message).toBe('Not a valid reference update.');
    },
  );

  it('are not written with the name of another type', () => {
    const { call, group, user } = open();
    const body = { '@odata.id': `devices/${user}` };
    expect(call('POST', `/groups/${group}/members/$ref`, body).status).toBe(404);
  });

  it('are taken away by a link in the query, with $id as with @id', () => {
    const { call, group, user, members } = open();
    for (const option of ['@id', '$id']) {
      call('PATCH', `/groups/${group}`, { 'members@odata.bind': [`users/${user}`] });
      const link = encodeURIComponent(`https://graph.microsoft.com/v1.0/users/${user}`);
      const url = `/groups/${group}/members/$ref?${option.replace('$', '')}=${link}`;
      expect(call('DELETE', url).status).toBe(204);
      expect(members()).toEqual([]);
    }
  });

  it('are bound once in a request', () => {
    const { call, group, user, members } = open();
    const twice = [`users/${user}`, `directoryObjects/${user}`];
    const answer = call('PATCH', `/groups/${group}`, { 'members@odata.bind': twice });
    expect(answer.body.message).toBe('Request contains a property with duplicate values.');
    expect(members()).toEqual([]);
  });

  it('are all that the permission for memberships opens', () => {
    const { call, group, user } = open();
    const options = { roles: ['GroupMember.ReadWrite.All'] };
    const bind = { 'members@odata.bind': [`users/${user}`] };
    expect(call('PATCH', `/groups/${group}`, { ...bind, description: 'x' }, options).status).toBe(403);
    expect(call('PATCH', `/groups/${group}`, bind, options).status).toBe(204);
  });

  it('do not change together with a description that is refused', () => {
    const { call, group, user, members } = open();
    const body = { 'members@odata.bind': [`users/${user}`], description: '' };
    expect(call('PATCH', `/groups/${group}`, body).status).toBe(400);
    expect(members()).toEqual([]);
  });
});

describe('owners', () => {
  it('of a group end with its last user, service principals notwithstanding', () => {
    const { call, create, first } = openWriteCaller();
    const group = create('/groups', groupBody('club'));
    const user = create('/users', userBody('ada'));
    for (const owner of [`users/${user}`, `servicePrincipals/${first.servicePrincipal.id}`])
      expect(call('POST', `/groups/${group}/owners/$ref`, { '@odata.id': owner }).status).toBe(204);
    expect(call('DELETE', `/groups/${group}/owners/${user}/$ref`).status).toBe(400);
    expect(call('DELETE', `/groups/${group}/owners/${first.servicePrincipal.id}/$ref`).status).toBe(204);
  });
});

describe('Microsoft 365 groups', () => {
  it('get a primary address in the default domain and one in the initial domain', () => {
    const { create, directory } = openWriteCaller();
    const group = create('/groups', groupBody('club', microsoft365));
    expect(directory.find(group)?.values).toMatchObject({
      mail: 'club@nordlicht.example',
      proxyAddresses: ['SMTP:club@nordlicht.example', 'smtp:club@nordlicht.onmicrosoft.example'],
    });
  });

  it('are renewed, other groups are not', () => {
    const { call, create, directory } = openWriteCaller();
    const team = create('/groups', groupBody('team', microsoft365));
    const group = create('/groups', groupBody('club'));
    directory.clock.advance(86_400_000);
    expect(call('POST', `/groups/${team}/renew`).status).toBe(204);
    expect(directory.find(team)?.values.renewedDateTime).toBe('2026-03-03T12:00:00Z');
    expect(call('POST', `/groups/${group}/renew`).status).toBe(400);
  });

  it('take settings of Exchange neither at creation nor from an application', () => {
    const { call, create } = openWriteCaller();
    const settings = { allowExternalSenders: true };
    expect(call('POST', '/groups', groupBody('a', { ...microsoft365, ...settings })).status).toBe(400);
    const team = create('/groups', groupBody('team', microsoft365));
    expect(call('PATCH', `/groups/${team}`, settings).status).toBe(403);
  });
});

describe('groups with a unique name', () => {
  it('may get it once, later', () => {
    const { call, create } = openWriteCaller();
    const group = create('/groups', groupBody('club'));
    expect(call('PATCH', `/groups/${group}`, { uniqueName: 'the-club' }).status).toBe(204);
    expect(call('PATCH', `/groups/${group}`, { uniqueName: 'another' }).status).toBe(400);
  });
});

describe('administrative units', () => {
  const rule = { membershipType: 'Dynamic', membershipRule: 'user.department -eq "Deck"' };

  it('with a rule collect by it and take no member otherwise', () => {
    const { call, create, directory } = openWriteCaller();
    const user = create('/users', userBody('ada', { department: 'Deck' }));
    const other = create('/users', userBody('bo'));
    const unit = create('/directory/administrativeUnits', { displayName: 'deck', ...rule });
    expect([...(directory.find(unit)?.outgoing?.members ?? [])].map(({ id }) => id)).toEqual([user]);
    const path = `/administrativeUnits/${unit}/members`;
    expect(call('POST', `${path}/$ref`, { '@odata.id': `users/${other}` }).status).toBe(400);
    const inside = { '@odata.type': '#microsoft.graph.group', ...groupBody('club') };
    const before = directory.tx;
    expect(call('POST', path, inside).status).toBe(400);
    expect(directory.tx).toBe(before);
  });

  it('with a rule need one that can be read', () => {
    const { call } = openWriteCaller();
    const unit = { displayName: 'deck', ...rule };
    const path = '/directory/administrativeUnits';
    expect(call('POST', path, { ...unit, membershipRule: 'user.department equals x' }).status).toBe(400);
    expect(call('POST', path, { displayName: 'deck', membershipType: 'Dynamic' }).status).toBe(400);
  });
});

describe('role assignments', () => {
  const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
  const directoryReaders = '88d8e3e3-8f55-4a1e-953a-9b9898b8876b';
  const path = '/roleManagement/directory/roleAssignments';

  it('are memberships of directory roles', () => {
    const { call, create, directory, first } = openWriteCaller();
    const principalId = create('/users', userBody('ada'));
    const body = { roleDefinitionId: userAdministrator, principalId, directoryScopeId: '/' };
    const answer = call('POST', path, body);
    expect(answer).toMatchObject({ status: 201, body });
    const user = directory.find(principalId)!;
    expect(first.userAdministrator.outgoing?.members?.has(user)).toBe(true);
    expect(call('POST', path, body).status).toBe(400);
    expect(call('DELETE', `${path}/${String(answer.body.id)}`).status).toBe(204);
    expect(first.userAdministrator.outgoing?.members?.has(user)).toBe(false);
    expect(call('DELETE', `${path}/${String(answer.body.id)}`).status).toBe(404);
  });

  it('activate the role they assign', () => {
    const { call, create, directory } = openWriteCaller();
    const principalId = create('/users', userBody('ada'));
    const before = directory.findBy('directoryRole', 'roleTemplateId', directoryReaders);
    call('POST', path, { roleDefinitionId: directoryReaders, principalId, directoryScopeId: '/' });
    const role = directory.findBy('directoryRole', 'roleTemplateId', directoryReaders);
    expect(before).toBeUndefined();
    expect([...(role?.outgoing?.members ?? [])].map(({ id }) => id)).toEqual([principalId]);
  });

  it('that are refused activate nothing', () => {
    const { call, create, directory } = openWriteCaller();
    const principalId = create('/groups', groupBody('club'));
    const body = { roleDefinitionId: directoryReaders, principalId, directoryScopeId: '/' };
    expect(call('POST', path, body).status).toBe(400);
    expect(directory.findBy('directoryRole', 'roleTemplateId', directoryReaders)).toBeUndefined();
  });
});

describe('devices', () => {
  const body = {
    accountEnabled: true,
    displayName: 'laptop',
    deviceId: '4c299165-6e8f-4b45-a5ba-c5d250a707ff',
    operatingSystem: 'Windows',
    operatingSystemVersion: '10.0.26100',
    alternativeSecurityIds: [{ type: 2, key: 'WAA1ADAAMAA=' }],
  };

  it('are registered once, keep their device id, and are deleted for good', () => {
    const { call, create, directory } = openWriteCaller();
    const device = create('/devices', body);
    expect(call('POST', '/devices', body).status).toBe(400);
    expect(call('PATCH', `/devices(deviceId='${body.deviceId}')`, { accountEnabled: false }).status).toBe(
      204,
    );
    expect(call('PATCH', `/devices/${device}`, { deviceId: device }).status).toBe(400);
    expect(
      call('PATCH', `/devices/${device}`, { extensionAttributes: { extensionAttribute1: 'A' } }).status,
    ).toBe(204);
    expect(call('DELETE', `/devices/${device}`).status).toBe(204);
    expect(directory.find(device)).toBeUndefined();
  });
});

describe('open extensions', () => {
  const desk = {
    '@odata.type': '#microsoft.graph.openTypeExtension',
    extensionName: 'example.nordlicht.desk',
    floor: 3,
    desk: '12',
  };

  it('are replaced as a whole and deleted', () => {
    const { call, create, directory } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    const path = `/users/${user}/extensions`;
    const before = directory.tx;
    expect(call('POST', path, desk)).toMatchObject({
      status: 201,
      body: { id: desk.extensionName, floor: 3 },
    });
    expect(call('POST', path, desk).status).toBe(409);
    expect(call('PATCH', `${path}/${desk.extensionName}`, { desk: '14' }).status).toBe(204);
    const read = call('GET', `${path}/${desk.extensionName}`).body;
    expect(read).toMatchObject({ extensionName: desk.extensionName, desk: '14' });
    expect(read).not.toHaveProperty('floor');
    expect(call('GET', path).body.value).toHaveLength(1);
    expect(call('DELETE', `${path}/${desk.extensionName}`).status).toBe(204);
    expect(call('GET', `${path}/${desk.extensionName}`).status).toBe(404);
    expect(directory.tx).toBe(before);
  });

  it('of one application are two on one object, of 2 KB each', () => {
    const { call, create } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    const path = `/users/${user}/extensions`;
    expect(call('POST', path, { extensionName: 'a', text: 'x'.repeat(2048) }).status).toBe(400);
    expect(call('POST', path, { extensionName: 'a' }).status).toBe(201);
    expect(call('POST', path, { extensionName: 'b' }).status).toBe(201);
    expect(call('POST', path, { extensionName: 'c' }).status).toBe(403);
  });
});

describe('the organization', () => {
  it('changes in few of its properties', () => {
    const { call, directory, first } = openWriteCaller();
    const path = `/organization/${first.tenantId}`;
    const technicalNotificationMails = ['ops@nordlicht.example'];
    expect(call('PATCH', path, { technicalNotificationMails }).status).toBe(204);
    expect(first.organization.values.technicalNotificationMails).toEqual(technicalNotificationMails);
    const before = directory.tx;
    expect(call('PATCH', path, { displayName: 'Other' }).status).toBe(400);
    expect(directory.tx).toBe(before);
  });
});
