import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupBody, microsoft365, openWriteCaller, userBody } from './write-caller.ts';

describe('a refused write', () => {
  const { call, create, directory } = openWriteCaller();
  const user = create('/users', userBody('ada'));
  const group = create('/groups', groupBody('club', { 'members@odata.bind': [`users/${user}`] }));
  const team = create('/groups', groupBody('team', microsoft365));
  const application = create('/applications', { displayName: 'charts' });

  const values = fc.oneof(
    fc.constantFrom<unknown>(null, '', true, 7, [], {}, 'Public', 'Member', 'DE', ['Unified'], user, group),
    fc.string(),
    fc.string({ minLength: 300, maxLength: 300 }),
    fc.array(fc.constantFrom(`users/${user}`, `directoryObjects/${group}`, 'directoryObjects/xyz')),
    fc.dictionary(fc.constantFrom('password', 'division', 'oauth2PermissionScopes'), fc.string()),
  );
  const names = fc.constantFrom(
    'accountEnabled',
    'appId',
    'appRoles',
    'displayName',
    'groupTypes',
    'identities',
    'isAssignableToRole',
    'keyCredentials',
    'mail',
    'mailEnabled',
    'mailNickname',
    'manager@odata.bind',
    'members@odata.bind',
    'membershipRule',
    'owners@odata.bind',
    'passwordCredentials',
    'passwordProfile',
    'securityEnabled',
    'uniqueName',
    'usageLocation',
    'userPrincipalName',
    'visibility',
  );
  const requests = fc.constantFrom<readonly [string, string, object]>(
    ['POST', '/users', userBody('bo')],
    ['PATCH', `/users/${user}`, {}],
    ['POST', '/groups', groupBody('other')],
    ['PATCH', `/groups/${group}`, {}],
    ['PATCH', `/groups/${team}`, {}],
    ['POST', '/applications', { displayName: 'other' }],
    ['PATCH', `/applications/${application}`, {}],
    ['POST', '/directory/administrativeUnits', { displayName: 'unit' }],
  );

  it('changes nothing, whatever the body', () => {
    fc.assert(
      fc.property(requests, fc.dictionary(names, values), ([method, url, body], more) => {
        const before = directory.tx;
        const answer = call(method, url, { ...body, ...more });
        if (answer.status >= 400) expect(directory.tx).toBe(before);
        else expect([201, 204]).toContain(answer.status);
      }),
      { numRuns: 500 },
    );
  });
});

describe('membership rules', () => {
  it('follow a user at once when a write changes the user', () => {
    const { call, create, directory } = openWriteCaller();
    const membershipRule = 'user.department -eq "Deck"';
    const group = create('/groups', groupBody('deck', { groupTypes: ['DynamicMembership'], membershipRule }));
    const user = create('/users', userBody('ada', { department: 'Deck' }));
    const members = () => [...(directory.find(group)?.outgoing?.members ?? [])].map(({ id }) => id);
    expect(members()).toEqual([user]);
    call('PATCH', `/users/${user}`, { department: 'Engine' });
    expect(members()).toEqual([]);
  });

  it('fill a group when it becomes dynamic and leave its members when it becomes static again', () => {
    const { call, create, directory } = openWriteCaller();
    const user = create('/users', userBody('ada', { department: 'Deck' }));
    const other = create('/users', userBody('bo'));
    const group = create('/groups', groupBody('deck', { 'members@odata.bind': [`users/${other}`] }));
    const members = () => [...(directory.find(group)?.outgoing?.members ?? [])].map(({ id }) => id);
    const rule = { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Deck"' };
    expect(call('PATCH', `/groups/${group}`, rule).status).toBe(204);
    expect(members()).toEqual([user]);
    expect(call('PATCH', `/groups/${group}`, { groupTypes: [] }).status).toBe(204);
    expect(members()).toEqual([user]);
    expect(directory.find(group)?.values.membershipRule).toBeNull();
  });
});
