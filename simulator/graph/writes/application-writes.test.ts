import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { writeCertificate } from '../../x509-certificate.ts';
import { groupBody, microsoft365, openWriteCaller, userBody } from './write-caller.ts';

const role = {
  id: '5b2c9f0e-0d8b-4f6e-9f3d-6a0d1c2b3e4f',
  allowedMemberTypes: ['User'],
  displayName: 'Navigator',
  description: 'Sets the course',
  value: 'Course.Set',
  isEnabled: true,
};

describe('applications that may write what they own', () => {
  const options = { roles: ['Application.ReadWrite.OwnedBy'] };

  it('own what they create and write nothing else', () => {
    const { call, create, directory, first } = openWriteCaller();
    const own = create('/applications', { displayName: 'own' }, options);
    const foreign = create('/applications', { displayName: 'foreign' });
    const { appId } = directory.find(own)!.values;
    const principal = create('/servicePrincipals', { appId }, options);
    expect([...(directory.find(own)?.outgoing?.owners ?? [])]).toEqual([first.servicePrincipal]);
    for (const path of [`/applications/${own}`, `/servicePrincipals/${principal}`])
      expect(call('PATCH', path, { displayName: 'mine' }, options).status).toBe(204);
    expect(call('PATCH', `/applications/${foreign}`, { displayName: 'mine' }, options).status).toBe(403);
    expect(call('DELETE', `/applications/${foreign}`, undefined, options).status).toBe(403);
    expect(call('POST', `/applications/${foreign}/addPassword`, {}, options).status).toBe(403);
    const foreignAppId = directory.find(foreign)!.values.appId;
    expect(call('POST', '/servicePrincipals', { appId: foreignAppId }, options).status).toBe(403);
  });

  it('are told that the application behind a service principal is not in the tenant', () => {
    const { call, first } = openWriteCaller();
    expect(call('POST', '/servicePrincipals', { appId: first.tenantId }, options)).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('must in the local tenant') },
    });
  });

  it('restore and purge what they own', () => {
    const { call, create } = openWriteCaller();
    const own = create('/applications', { displayName: 'own' }, options);
    const foreign = create('/applications', { displayName: 'foreign' });
    call('DELETE', `/applications/${own}`);
    call('DELETE', `/applications/${foreign}`);
    expect(call('POST', `/directory/deletedItems/${own}/restore`, {}, options).status).toBe(200);
    expect(call('POST', `/directory/deletedItems/${foreign}/restore`, {}, options).status).toBe(403);
    expect(call('DELETE', `/directory/deletedItems/${foreign}`, undefined, options).status).toBe(403);
  });
});

describe('service principals', () => {
  it('follow their application in what is the application’s, not in what was written to them', () => {
    const { call, create, directory } = openWriteCaller();
    const application = create('/applications', { displayName: 'charts' });
    const { appId } = directory.find(application)!.values;
    const principal = create('/servicePrincipals', { appId });
    const { values } = directory.find(principal)!;
    call('PATCH', `/servicePrincipals/${principal}`, { displayName: 'Sea charts' });
    call('PATCH', `/applications/${application}`, {
      appRoles: [role],
      identifierUris: ['api://charts'],
      web: { redirectUris: ['https://charts.example'] },
    });
    expect(values).toMatchObject({
      displayName: 'Sea charts',
      appRoles: [role],
      servicePrincipalNames: [appId, 'api://charts'],
      replyUrls: ['https://charts.example'],
    });
    call('PATCH', `/applications/${application}`, { displayName: 'charts 2' });
    expect(values).toMatchObject({ displayName: 'charts 2', appDisplayName: 'charts 2' });
  });

  it('are not restored beside another one of the same application', () => {
    const { call, create, directory } = openWriteCaller();
    const application = create('/applications', { displayName: 'charts' });
    const { appId } = directory.find(application)!.values;
    const principal = create('/servicePrincipals', { appId });
    call('DELETE', `/servicePrincipals/${principal}`);
    create('/servicePrincipals', { appId });
    expect(call('POST', `/directory/deletedItems/${principal}/restore`).status).toBe(409);
  });
});

describe('updates of complex properties', () => {
  it('change what they name and leave the rest', () => {
    const { call, create, directory } = openWriteCaller();
    const application = create('/applications', {
      displayName: 'charts',
      web: { homePageUrl: 'https://charts.example', implicitGrantSettings: { enableIdTokenIssuance: true } },
    });
    const body = { web: { implicitGrantSettings: { enableAccessTokenIssuance: true } } };
    expect(call('PATCH', `/applications/${application}`, body).status).toBe(204);
    expect(directory.find(application)?.values.web).toMatchObject({
      homePageUrl: 'https://charts.example',
      implicitGrantSettings: { enableAccessTokenIssuance: true, enableIdTokenIssuance: true },
    });
  });
});

describe('secrets', () => {
  it('are told once, live two years, and work as they were told', () => {
    const { call, create, directory } = openWriteCaller();
    const application = create('/applications', { displayName: 'charts' });
    const answer = call('POST', `/applications/${application}/addPassword`, {});
    expect(answer.body).toMatchObject({
      startDateTime: '2026-03-02T12:00:00Z',
      endDateTime: '2028-03-02T12:00:00Z',
    });
    const [stored] = directory.find(application)!.values.passwordCredentials as { secretText: string }[];
    expect(stored?.secretText).toBe(answer.body.secretText);
  });

  it('stay through an update that names them and are not made by one', () => {
    const { call, create, directory } = openWriteCaller();
    const path = `/applications/${create('/applications', { displayName: 'charts' })}`;
    const first = call('POST', `${path}/addPassword`, { passwordCredential: { displayName: 'first' } }).body;
    call('POST', `${path}/addPassword`, { passwordCredential: { displayName: 'second' } });
    const keep = { passwordCredentials: [{ keyId: first.keyId }] };
    expect(call('PATCH', path, keep).status).toBe(204);
    const id = path.split('/')[2] ?? '';
    expect(directory.find(id)?.values.passwordCredentials).toEqual([
      expect.objectContaining({ displayName: 'first', secretText: first.secretText }),
    ]);
    expect(call('PATCH', path, { passwordCredentials: [{ displayName: 'third' }] }).status).toBe(400);
  });

  it('that are unknown are not removed', () => {
    const { call, create, first } = openWriteCaller();
    const path = `/applications/${create('/applications', { displayName: 'charts' })}`;
    expect(call('POST', `${path}/removePassword`, { keyId: first.tenantId }).status).toBe(400);
    expect(call('POST', `${path}/removePassword`, {}).status).toBe(400);
  });
});

describe('certificates', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const issue = async () => {
    const der = await writeCertificate({
      subject: 'charts',
      publicKey,
      issuer: { subject: 'charts', publicKey, privateKey },
      purpose: 'signing',
      startAt: new Date('2026-01-01T00:00:00Z'),
      endAt: new Date('2027-01-01T00:00:00Z'),
    });
    return { type: 'AsymmetricX509Cert', usage: 'Verify', key: der.toString('base64') };
  };
  const prove = (iss: string) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Date.UTC(2026, 2, 2, 12, 10) / 1000;
    const aud = '00000002-0000-0000-c000-000000000000';
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ aud, iss, exp, nbf: exp - 900 })}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  };

  it('are uploaded with an update and tell their dates themselves', async () => {
    const { call, create, directory } = openWriteCaller();
    const id = create('/applications', { displayName: 'charts' });
    expect(call('PATCH', `/applications/${id}`, { keyCredentials: [await issue()] }).status).toBe(204);
    expect(directory.find(id)?.values.keyCredentials).toMatchObject([
      {
        startDateTime: '2026-01-01T00:00:00Z',
        endDateTime: '2027-01-01T00:00:00Z',
        customKeyIdentifier: expect.stringMatching(/^[0-9A-F]{40}$/),
      },
    ]);
    const rubbish = { keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: 'AAAA' }] };
    expect(call('PATCH', `/applications/${id}`, rubbish).status).toBe(400);
  });

  it('are rolled by who proves to hold one', async () => {
    const { call, create } = openWriteCaller();
    const id = create('/applications', { displayName: 'charts', keyCredentials: [await issue()] });
    const add = async (proof: string) =>
      call('POST', `/applications/${id}/addKey`, { keyCredential: await issue(), proof });
    const added = await add(prove(id));
    expect(added).toMatchObject({ status: 200, body: { usage: 'Verify', key: null } });
    expect((await add(prove('somebody else'))).status).toBe(401);
    expect((await add('nothing')).status).toBe(401);
    const remove = { keyId: added.body.keyId, proof: prove(id) };
    expect(call('POST', `/applications/${id}/removeKey`, remove).status).toBe(204);
  });
});

describe('federated identity credentials', () => {
  const trust = {
    name: 'build',
    issuer: 'https://token.actions.example',
    subject: 'repo:nordlicht/charts',
    audiences: ['api://AzureADTokenExchange'],
  };

  it('have a name and a subject of their own in their application', () => {
    const { call, create } = openWriteCaller();
    const path = `/applications/${create('/applications', { displayName: 'charts' })}/federatedIdentityCredentials`;
    const answer = call('POST', path, trust);
    expect(answer).toMatchObject({ status: 201, body: trust });
    expect(call('POST', path, { ...trust, subject: 'other' }).status).toBe(409);
    expect(call('POST', path, { ...trust, name: 'other' }).status).toBe(409);
    expect(call('POST', path, { ...trust, name: 'other', subject: 'x', audiences: [] }).status).toBe(400);
    expect(call('PATCH', `${path}(name='build')`, { description: 'CI' }).status).toBe(204);
    expect(call('PATCH', `${path}/${String(answer.body.id)}`, { name: 'x' }).status).toBe(400);
    expect(call('DELETE', `${path}/build`).status).toBe(204);
    expect(call('DELETE', `${path}/build`).status).toBe(404);
  });
});

describe('assignments and grants', () => {
  it('go with the principal, the resource, or the application that is purged', () => {
    const { call, create, directory } = openWriteCaller();
    const application = create('/applications', { displayName: 'charts', appRoles: [role] });
    const resourceId = create('/servicePrincipals', { appId: directory.find(application)!.values.appId });
    const principalId = create('/users', userBody('ada'));
    const assignment = create(`/users/${principalId}/appRoleAssignments`, {
      principalId,
      resourceId,
      appRoleId: role.id,
    });
    const grant = create('/oauth2PermissionGrants', {
      clientId: resourceId,
      consentType: 'Principal',
      principalId,
      resourceId,
      scope: 'openid',
    });
    call('DELETE', `/users/${principalId}`);
    expect(directory.find(assignment)).toBeDefined();
    call('DELETE', `/directory/deletedItems/${principalId}`);
    expect(directory.find(assignment)).toBeUndefined();
    expect(directory.find(grant)).toBeUndefined();
  });

  it('are for those whom the role is for', () => {
    const { call, create, directory, first } = openWriteCaller();
    const application = create('/applications', { displayName: 'charts', appRoles: [role] });
    const resourceId = create('/servicePrincipals', { appId: directory.find(application)!.values.appId });
    const principalId = first.servicePrincipal.id;
    const path = `/servicePrincipals/${resourceId}/appRoleAssignedTo`;
    const body = { principalId, resourceId, appRoleId: role.id };
    expect(call('POST', path, body).status).toBe(400);
    const defaultAccess = '00000000-0000-0000-0000-000000000000';
    expect(call('POST', path, { ...body, appRoleId: defaultAccess }).status).toBe(201);
  });

  it('name the object they are made on', () => {
    const { call, create, first } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    const body = {
      principalId: first.servicePrincipal.id,
      resourceId: first.graphServicePrincipal.id,
      appRoleId: role.id,
    };
    expect(call('POST', `/users/${user}/appRoleAssignments`, body).status).toBe(400);
  });

  it('for one client, resource and principal are one grant', () => {
    const { call, first } = openWriteCaller();
    const body = {
      clientId: first.servicePrincipal.id,
      consentType: 'AllPrincipals',
      resourceId: first.graphServicePrincipal.id,
      scope: 'User.Read',
    };
    expect(call('POST', '/oauth2PermissionGrants', body).status).toBe(201);
    expect(call('POST', '/oauth2PermissionGrants', body).status).toBe(409);
  });
});

describe('restoring', () => {
  it('leaves addresses to who has them now, when asked to', () => {
    const { call, create, directory } = openWriteCaller();
    const team = create('/groups', groupBody('club', microsoft365));
    call('DELETE', `/groups/${team}`);
    create('/users', userBody('ada', { mail: 'club@nordlicht.example' }));
    const path = `/directory/deletedItems/${team}/restore`;
    expect(call('POST', path).body.message).toBe(
      'Another object with the same value for property proxyAddresses already exists.',
    );
    expect(call('POST', path, { autoReconcileProxyConflict: true }).status).toBe(200);
    expect(directory.find(team)?.values.proxyAddresses).toEqual(['smtp:club@nordlicht.onmicrosoft.example']);
  });

  it('asks for the permission of the type that is restored', () => {
    const { call, create } = openWriteCaller();
    const group = create('/groups', groupBody('club'));
    call('DELETE', `/groups/${group}`);
    const path = `/directory/deletedItems/${group}/restore`;
    expect(call('POST', path, {}, { roles: ['User.DeleteRestore.All'] }).status).toBe(403);
    expect(call('POST', path, {}, { roles: ['Group.ReadWrite.All'] }).status).toBe(200);
  });

  it('checks a new user principal name like any other', () => {
    const { call, create } = openWriteCaller();
    const user = create('/users', userBody('ada'));
    call('DELETE', `/users/${user}`);
    const path = `/directory/deletedItems/${user}/restore`;
    expect(call('POST', path, { newUserPrincipalName: 'ada@elsewhere.example' }).status).toBe(400);
    expect(call('POST', path, { newUserPrincipalName: 'lindqvist@nordlicht.example' }).body).toMatchObject({
      userPrincipalName: 'lindqvist@nordlicht.example',
    });
  });
});
