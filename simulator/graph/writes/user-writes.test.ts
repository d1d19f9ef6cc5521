import { describe, expect, it } from 'vitest';
import { groupBody, microsoft365, openWriteCaller, userBody } from './write-caller.ts';

const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';

describe('narrow permissions', () => {
  const { call, create } = openWriteCaller();
  const user = create('/users', userBody('ada'));
  const patch = (body: object, ...roles: string[]) => call('PATCH', `/users/${user}`, body, { roles }).status;

  it.each([
    ['User-Phone.ReadWrite.All', { mobilePhone: '+49 170 5550110' }],
    ['User-Mail.ReadWrite.All', { otherMails: ['ada@fabrik.example'] }],
    ['User.EnableDisableAccount.All', { accountEnabled: false }],
    ['User-PasswordProfile.ReadWrite.All', { passwordProfile: { password: 'Neu-Brandung.88' } }],
  ])('%s opens its own properties and no others', (permission, body) => {
    expect(patch(body, permission)).toBe(204);
    expect(patch({ ...body, jobTitle: 'Engineer' }, permission)).toBe(403);
  });

  it('a password needs its own permission or a role that resets passwords', () => {
    const body = { passwordProfile: { password: 'Neu-Brandung.89' } };
    const { call: callAgain, create: createAgain, first, directory } = openWriteCaller();
    const other = createAgain('/users', userBody('bo'));
    const reset = () => callAgain('PATCH', `/users/${other}`, body, { roles: ['User.ReadWrite.All'] }).status;
    expect(reset()).toBe(403);
    directory.link(first.userAdministrator, 'members', first.servicePrincipal);
    expect(reset()).toBe(204);
  });
});

describe('holders of directory roles', () => {
  it('are deleted, and changed where it matters, only by an application that holds a role above them', () => {
    const { call, create, directory, first } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    const group = create('/groups', groupBody('admins', { isAssignableToRole: true }));
    call('POST', `/groups/${group}/members/$ref`, { '@odata.id': `users/${user}` });
    const role = `/directoryRoles/roleTemplateId=${globalAdministrator}/members/$ref`;
    expect(call('POST', role, { '@odata.id': `groups/${group}` }).status).toBe(204);
    expect(call('DELETE', `/users/${user}`).status).toBe(403);
    expect(call('PATCH', `/users/${user}`, { accountEnabled: false }).status).toBe(403);
    expect(call('PATCH', `/users/${user}`, { jobTitle: 'Administrator' }).status).toBe(204);
    directory.link(first.globalAdministrator, 'members', first.servicePrincipal);
    expect(call('DELETE', `/users/${user}`).status).toBe(204);
  });
});

describe('mail addresses', () => {
  it('keep the former primary address as a secondary one', () => {
    const { call, create, directory } = openWriteCaller();
    const user = create('/users', userBody('ada', { mail: 'ada@nordlicht.example' }));
    call('PATCH', `/users/${user}`, { mail: 'lindqvist@nordlicht.example' });
    call('PATCH', `/users/${user}`, { mail: 'ADA@nordlicht.example' });
    expect(directory.find(user)?.values.proxyAddresses).toEqual([
      'SMTP:ADA@nordlicht.example',
      'smtp:lindqvist@nordlicht.example',
    ]);
  });

  it('belong to one user or group', () => {
    const { call, create } = openWriteCaller();
    const team = create('/groups', groupBody('club', microsoft365));
    const answer = call('POST', '/users', userBody('ada', { mail: 'club@nordlicht.example' }));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      message: 'Another object with the same value for property proxyAddresses already exists.',
      details: [{ code: 'ObjectConflict' }, { code: 'ConflictingObjects', target: `Group_${team}` }],
    });
  });
});

describe('identities', () => {
  it('follow the user principal name and keep the others', () => {
    const { call, create, directory } = openWriteCaller();
    const issuer = 'nordlicht.onmicrosoft.example';
    const local = { signInType: 'emailAddress', issuer, issuerAssignedId: 'ada@fabrik.example' };
    const own = { signInType: 'userPrincipalName', issuer, issuerAssignedId: 'ada@nordlicht.example' };
    const user = create('/users', userBody('ada', { identities: [local, own] }));
    call('PATCH', `/users/${user}`, { userPrincipalName: 'lindqvist@nordlicht.example' });
    expect(directory.find(user)?.values.identities).toEqual([
      local,
      { ...own, issuerAssignedId: 'lindqvist@nordlicht.example' },
    ]);
  });

  it('at another issuer are free again when their user is deleted or gives them up', () => {
    const { call, create } = openWriteCaller();
    const identities = (alias: string) => [
      {
        signInType: 'userPrincipalName',
        issuer: 'nordlicht.onmicrosoft.example',
        issuerAssignedId: `${alias}@nordlicht.example`,
      },
      { signInType: 'federated', issuer: 'fabrik.example', issuerAssignedId: '0815' },
    ];
    const first = create('/users', userBody('ada', { identities: identities('ada') }));
    const body = userBody('bo', { identities: identities('bo') });
    expect(call('POST', '/users', body).body.message).toBe('Property netId is invalid.');
    call('DELETE', `/users/${first}`);
    const second = create('/users', body);
    expect(call('POST', `/directory/deletedItems/${first}/restore`).status).toBe(400);
    expect(call('PATCH', `/users/${second}`, { identities: identities('bo').slice(0, 1) }).status).toBe(204);
    expect(call('POST', `/directory/deletedItems/${first}/restore`).status).toBe(200);
  });

  it('of local accounts are issued by the initial domain', () => {
    const { call } = openWriteCaller();
    const identities = [
      { signInType: 'userPrincipalName', issuer: 'x', issuerAssignedId: 'ada@nordlicht.example' },
      { signInType: 'userName', issuer: 'elsewhere.example', issuerAssignedId: 'ada' },
    ];
    expect(call('POST', '/users', userBody('ada', { identities })).status).toBe(400);
  });
});

describe('users mastered on premises', () => {
  const { call, create, directory } = openWriteCaller();
  const user = create('/users', userBody('ada'));
  const boss = create('/users', userBody('bo'));
  directory.update(directory.find(user)!, { onPremisesSyncEnabled: true });

  it('take what only the cloud knows', () => {
    expect(call('PATCH', `/users/${user}`, { usageLocation: 'DE', userType: 'Guest' }).status).toBe(204);
  });

  it('take directory extensions of cloud applications', () => {
    const application = create('/applications', { displayName: 'hr' });
    const extension = call('POST', `/applications/${application}/extensionProperties`, {
      name: 'status',
      dataType: 'String',
      targetObjects: ['User'],
    });
    expect(call('PATCH', `/users/${user}`, { [String(extension.body.name)]: 'active' }).status).toBe(204);
  });

  it.each([
    ['PATCH', `/users/${user}`, { displayName: 'Ada', usageLocation: 'DE' }],
    ['PATCH', `/users/${user}`, { onPremisesExtensionAttributes: { extensionAttribute1: 'x' } }],
    ['PUT', `/users/${user}/manager/$ref`, { '@odata.id': `users/${boss}` }],
  ])('refuse what comes from there: %s %s %j', (method, url, body) => {
    expect(call(method, url, body)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('on-premises mastered Directory Sync objects') },
    });
  });
});

describe('extension attributes', () => {
  it('that an update does not name stay', () => {
    const { call, create, directory } = openWriteCaller();
    const user = create(
      '/users',
      userBody('ada', {
        onPremisesExtensionAttributes: { extensionAttribute1: 'A', extensionAttribute2: 'B' },
      }),
    );
    call('PATCH', `/users/${user}`, { onPremisesExtensionAttributes: { extensionAttribute2: null } });
    expect(directory.find(user)?.values.onPremisesExtensionAttributes).toEqual({
      extensionAttribute1: 'A',
      extensionAttribute2: null,
    });
  });
});

describe('invitations', () => {
  const invitation = {
    invitedUserEmailAddress: 'jo@fabrik.example',
    inviteRedirectUrl: 'https://portal.example',
  };

  it('make a guest, once', () => {
    const { call, directory } = openWriteCaller();
    const answer = call('POST', '/invitations', { ...invitation, invitedUserDisplayName: 'Jo' });
    expect(answer).toMatchObject({ status: 201, body: { status: 'PendingAcceptance' } });
    const { id } = answer.body.invitedUser as { id: string };
    expect(directory.find(id)?.values).toMatchObject({
      creationType: 'Invitation',
      displayName: 'Jo',
      externalUserState: 'PendingAcceptance',
      mail: 'jo@fabrik.example',
      userPrincipalName: 'jo_fabrik.example#EXT#@nordlicht.onmicrosoft.example',
      userType: 'Guest',
    });
    expect(call('POST', '/invitations', invitation).body.invitedUser).toEqual({ id });
  });

  it('go to nobody who signs in with the address', () => {
    const { call, create } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    const answer = call('POST', '/invitations', {
      ...invitation,
      invitedUserEmailAddress: 'ada@nordlicht.example',
    });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(user);
  });
});

describe('licences', () => {
  const e3 = '05e9a617-0261-4cee-bb44-138d3ef5d965';
  const teams = '57ff2da0-773e-42df-b2af-ffb7a2317929';
  const open = () => {
    const caller = openWriteCaller();
    const user = caller.create('/users', userBody('ada', { usageLocation: 'DE' }));
    const assign = (addLicenses: object[], removeLicenses: string[] = []) =>
      caller.call('POST', `/users/${user}/assignLicense`, { addLicenses, removeLicenses });
    const sku = caller.directory.list('subscribedSku').places.find((item) => item?.values.skuId === e3)!;
    return { ...caller, user, assign, sku };
  };

  it('are counted, bring their plans, and go again', () => {
    const { assign, directory, user, sku } = open();
    expect(assign([{ skuId: e3, disabledPlans: [teams] }])).toMatchObject({
      status: 200,
      body: { id: user },
    });
    const { values } = directory.find(user)!;
    expect(values.assignedLicenses).toEqual([{ skuId: e3, disabledPlans: [teams] }]);
    expect(values.assignedPlans).toContainEqual(
      expect.objectContaining({ servicePlanId: teams, capabilityStatus: 'Deleted' }),
    );
    expect(sku.values.consumedUnits).toBe(1);
    expect(assign([{ skuId: e3 }]).status).toBe(200);
    expect(sku.values.consumedUnits).toBe(1);
    expect(assign([], [e3]).status).toBe(200);
    expect(directory.find(user)?.values.assignedLicenses).toEqual([]);
    expect(sku.values.consumedUnits).toBe(0);
  });

  it('need a usage location', () => {
    const { call, create } = open();
    const nowhere = create('/users', userBody('bo'));
    const answer = call('POST', `/users/${nowhere}/assignLicense`, {
      addLicenses: [{ skuId: e3 }],
      removeLicenses: [],
    });
    expect(answer.body.message).toBe(
      'License assignment cannot be done for user with invalid usage location.',
    );
  });

  it('come from what the tenant has, while there is some', () => {
    const { assign, directory, sku } = open();
    expect(assign([{ skuId: teams }]).status).toBe(400);
    expect(assign([], [e3]).status).toBe(400);
    directory.update(sku, { consumedUnits: 100 });
    expect(assign([{ skuId: e3 }]).body.message).toContain('does not have any available licenses');
  });
});

describe('actions that are not for applications', () => {
  it('changing a password is refused', () => {
    const { call, create } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    const body = { currentPassword: 'Kq7-Vesuv.Brandung', newPassword: 'Neu-Brandung.88' };
    expect(call('POST', `/users/${user}/changePassword`, body).status).toBe(403);
  });

  it('the profile is written by a signed-in user only', () => {
    const { call, create } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    expect(call('PATCH', `/users/${user}`, { aboutMe: 'Engineer at heart' }).status).toBe(403);
  });
});
