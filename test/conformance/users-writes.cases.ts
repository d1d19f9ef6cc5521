// Writing users: creation, the rules of each property, passwords, deletion and restore.

import { absent, anyString, type Case, containing, guid, instant, lacking, type Pattern } from './case.ts';
import {
  advanceClock,
  domain,
  invalidValue,
  member,
  missing,
  readOnly,
  refusal,
  requiredValue,
  type Scene,
  staged,
} from './stage.ts';

export const tenant = { users: 250, seed: 7 };

const create = 'Create user';
const update = 'Update user';
const remove = 'Delete user';
const restore = 'Restore deleted item';
const resource = 'user resource type: properties';

const longest: readonly (readonly [string, number])[] = [
  ['displayName', 256],
  ['givenName', 64],
  ['surname', 64],
  ['department', 64],
  ['companyName', 64],
  ['mobilePhone', 64],
  ['mailNickname', 64],
  ['city', 128],
  ['state', 128],
  ['country', 128],
  ['jobTitle', 128],
  ['streetAddress', 1024],
  ['postalCode', 40],
  ['employeeId', 16],
];

const lengths: readonly Scene[] = longest.map(([property, limit]) => ({
  section: resource,
  rule: `${property} takes ${limit} characters and no more`,
  steps: (given) => [
    given.user('ada'),
    { method: 'PATCH', url: '/users/{ada}', body: { [property]: 'x'.repeat(limit) }, status: 204 },
    {
      method: 'PATCH',
      url: '/users/{ada}',
      body: { [property]: 'x'.repeat(limit + 1) },
      status: 400,
      reply: invalidValue(property, 'User'),
    },
    { url: `/users/{ada}?$select=${property}`, reply: { [property]: 'x'.repeat(limit) } },
  ],
}));

const required: readonly Scene[] = [
  'accountEnabled',
  'displayName',
  'mailNickname',
  'userPrincipalName',
  'passwordProfile',
].map((property) => ({
  section: create,
  rule: `${property} is required`,
  steps: (given) => [
    {
      method: 'POST',
      url: '/users',
      body: given.userBody('ada', { [property]: null }),
      status: 400,
      reply: requiredValue(property, 'User'),
    },
  ],
}));

/** Values that are refused, with the property named in the message. */
const refused: readonly (readonly [property: string, value: unknown, rule: string])[] = [
  ['displayName', '', 'an empty text is not a value'],
  ['accountEnabled', 'yes', 'a Boolean property takes no text'],
  ['accountEnabled', null, 'null does not enable or disable an account'],
  ['businessPhones', ['+49 40 5550110', '+49 40 5550111'], 'businessPhones takes exactly one number'],
  ['businessPhones', null, 'a collection is emptied with [] and takes no null'],
  [
    'otherMails',
    Array.from({ length: 251 }, (_, n) => `a${n}@fabrik.example`),
    'otherMails takes 250 values',
  ],
  ['otherMails', [`${'a'.repeat(240)}@fabrik.example`], 'a value of otherMails takes 250 characters'],
  ['otherMails', ['zoë@fabrik.example'], 'otherMails takes no accented characters'],
  ['usageLocation', 'DEU', 'usageLocation is a country of two letters'],
  ['usageLocation', null, 'usageLocation takes no null'],
  ['mail', null, 'mail cannot be taken away'],
  ['mail', `zoë@${domain}`, 'mail takes no accented characters'],
  ['onPremisesImmutableId', 'ab$cd', 'onPremisesImmutableId takes no $'],
  ['onPremisesImmutableId', 'ab_cd', 'onPremisesImmutableId takes no _'],
  ['userType', 'Visitor', 'userType is Member or Guest'],
  ['passwordPolicies', 'NoPassword', 'passwordPolicies takes its documented values only'],
  ['ageGroup', 'Teenager', 'ageGroup takes its documented values only'],
  ['consentProvidedForMinor', 'Maybe', 'consentProvidedForMinor takes its documented values only'],
  ['employeeHireDate', 'first of May', 'a DateTimeOffset property takes no other text'],
];

const refusals: readonly Scene[] = refused.map(([property, value, rule]) => ({
  section: resource,
  rule,
  steps: (given) => [
    given.user('ada'),
    {
      method: 'PATCH',
      url: '/users/{ada}',
      body: { [property]: value },
      status: 400,
      reply: { error: { code: /^(Request_)?BadRequest$/, message: new RegExp(property) } },
    },
  ],
}));

const accepted: readonly (readonly [property: string, value: Pattern, rule: string])[] = [
  ['businessPhones', ['+49 40 5550110'], 'businessPhones holds one number'],
  ['businessPhones', [], 'businessPhones may be emptied'],
  ['otherMails', ['ada@fabrik.example', 'lindqvist@fabrik.example'], 'otherMails holds several addresses'],
  ['usageLocation', 'DE', 'usageLocation holds a country of two letters'],
  ['onPremisesImmutableId', 'q83vEjRWeJA=', 'onPremisesImmutableId can be written in a managed domain'],
  ['userType', 'Guest', 'a member can be made a guest'],
  [
    'passwordPolicies',
    'DisablePasswordExpiration, DisableStrongPassword',
    'password policies are named together',
  ],
  ['ageGroup', 'Adult', 'ageGroup holds one of its values'],
  ['consentProvidedForMinor', 'NotRequired', 'consentProvidedForMinor holds one of its values'],
  ['employeeHireDate', '2026-02-01T00:00:00Z', 'employeeHireDate holds an instant'],
  [
    'employeeOrgData',
    { division: 'R&D', costCenter: '4711' },
    'employeeOrgData holds division and cost centre',
  ],
  ['jobTitle', null, 'null clears a property'],
  ['preferredLanguage', 'de-DE', 'preferredLanguage is written'],
];

const acceptances: readonly Scene[] = accepted.map(([property, value, rule]) => ({
  section: update,
  rule,
  steps: (given) => [
    given.user('ada', { jobTitle: 'Engineer' }),
    { method: 'PATCH', url: '/users/{ada}', body: { [property]: value }, status: 204 },
    { url: `/users/{ada}?$select=${property}`, reply: { [property]: value } },
  ],
}));

const readOnlyProperties: readonly (readonly [string, unknown])[] = [
  ['proxyAddresses', [`SMTP:ada@${domain}`]],
  ['imAddresses', [`ada@${domain}`]],
  ['createdDateTime', '2020-01-01T00:00:00Z'],
  ['onPremisesSyncEnabled', true],
  ['onPremisesSamAccountName', 'ada'],
  ['creationType', 'Invitation'],
];

const writesOfReadOnly: readonly Scene[] = readOnlyProperties.map(([property, value]) => ({
  section: resource,
  rule: `${property} is read-only`,
  steps: (given) => [
    given.user('ada'),
    {
      method: 'PATCH',
      url: '/users/{ada}',
      body: { [property]: value },
      status: 400,
      reply: readOnly(property),
    },
  ],
}));

const unverifiedDomain = refusal(
  'Request_BadRequest',
  'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
  containing({ code: 'InvalidValue' }),
);
const badPrincipalName = refusal('Request_BadRequest', 'Property userPrincipalName is invalid.');
const takenPrincipalName = refusal(
  'Request_BadRequest',
  'Another object with the same value for property userPrincipalName already exists.',
  containing(
    { code: 'ObjectConflict', message: anyString, target: 'userPrincipalName' },
    { code: 'ConflictingObjects', message: anyString, target: /^User_[0-9a-f-]{36}$/ },
  ),
);
const weakPassword = refusal(
  'Request_BadRequest',
  'The specified password does not comply with password complexity requirements. Please provide a different password.',
);

const creation: readonly Scene[] = [
  {
    section: create,
    rule: 'a created user is answered with 201, its default properties, and no others',
    steps: (given) => [
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('ada', {
          givenName: 'Ada',
          department: 'Process',
          businessPhones: ['+49 40 5550110'],
        }),
        status: 201,
        reply: {
          '@odata.context': /\/v1\.0\/\$metadata#users\/\$entity$/,
          id: guid,
          businessPhones: ['+49 40 5550110'],
          displayName: given.named('ada'),
          givenName: 'Ada',
          jobTitle: null,
          mail: null,
          mobilePhone: null,
          officeLocation: null,
          preferredLanguage: null,
          surname: null,
          userPrincipalName: given.upn('ada'),
          accountEnabled: absent,
          department: absent,
          mailNickname: absent,
          passwordProfile: absent,
          createdDateTime: absent,
        },
      },
    ],
  },
  {
    section: create,
    rule: 'the answer names the address of the new user',
    steps: (given) => [
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('ada'),
        status: 201,
        replyHeaders: { Location: /\/v1\.0\/(users|directoryObjects)/ },
      },
    ],
  },
  {
    section: create,
    rule: 'what was sent at creation can be selected afterwards',
    steps: (given) => [
      given.user('ada', {
        usageLocation: 'DE',
        employeeId: '10042',
        employeeOrgData: { division: 'R&D', costCenter: '4711' },
        onPremisesExtensionAttributes: { extensionAttribute1: 'A-17' },
      }),
      {
        url: '/users/{ada}?$select=accountEnabled,mailNickname,usageLocation,employeeId,employeeOrgData,userType,createdDateTime,onPremisesExtensionAttributes,otherMails,proxyAddresses',
        reply: {
          accountEnabled: true,
          mailNickname: given.named('ada'),
          usageLocation: 'DE',
          employeeId: '10042',
          employeeOrgData: { division: 'R&D', costCenter: '4711' },
          userType: 'Member',
          createdDateTime: instant,
          onPremisesExtensionAttributes: { extensionAttribute1: 'A-17', extensionAttribute2: null },
          otherMails: [],
        },
      },
    ],
  },
  {
    section: 'Calling the API: naming',
    rule: 'resource and property names are accepted in any case',
    steps: (given) => [
      {
        method: 'POST',
        url: '/Users',
        body: {
          AccountEnabled: true,
          displayname: given.named('ada'),
          mailNickName: given.named('ada'),
          UserPrincipalName: given.upn('ada'),
          passwordprofile: { Password: 'Kq7-Vesuv.Brandung' },
        },
        status: 201,
        reply: { displayName: given.named('ada'), userPrincipalName: given.upn('ada') },
      },
    ],
  },
  {
    section: create,
    rule: 'the domain of the user principal name must be verified in the tenant',
    steps: (given) => [
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('ada', { userPrincipalName: `${given.named('ada')}@elsewhere.example` }),
        status: 400,
        reply: unverifiedDomain,
      },
    ],
  },
  {
    section: create,
    rule: 'the initial domain of the tenant is verified as well',
    steps: (given) => [
      given.user('ada', { userPrincipalName: `${given.named('ada')}@nordlicht.onmicrosoft.example` }),
      {
        url: '/users/{ada}',
        reply: { userPrincipalName: `${given.named('ada')}@nordlicht.onmicrosoft.example` },
      },
    ],
  },
  {
    section: create,
    rule: 'a user principal name takes no characters beyond the documented ones',
    steps: (given) =>
      ['a da', 'a*da', 'a,da', 'adä'].map((alias) => ({
        method: 'POST',
        url: '/users',
        body: given.userBody('ada', { userPrincipalName: `${alias}-${given.upn('x')}` }),
        status: 400,
        reply: badPrincipalName,
      })),
  },
  {
    section: create,
    rule: "a user principal name may hold ' . - _ ! # ^ ~",
    steps: (given) => [
      given.user('ada', { userPrincipalName: `o'b.r-i_a!n#x^y~z.${given.upn('ada')}` }),
      { url: '/users/{ada}', reply: { userPrincipalName: `o'b.r-i_a!n#x^y~z.${given.upn('ada')}` } },
    ],
  },
  {
    section: create,
    rule: 'a user principal name without a domain is refused',
    steps: (given) => [
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('ada', { userPrincipalName: given.named('ada') }),
        status: 400,
        reply: refusal('Request_BadRequest'),
      },
    ],
  },
  {
    section: 'Conflicts: userPrincipalName',
    rule: 'a user principal name is taken once among live users, and the conflict names the other user',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('bo', { userPrincipalName: given.upn('ada') }),
        status: 400,
        reply: takenPrincipalName,
      },
    ],
  },
  {
    section: 'Conflicts: userPrincipalName',
    rule: 'user principal names are the same whatever their case',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('bo', { userPrincipalName: given.upn('ada').toUpperCase() }),
        status: 400,
        reply: takenPrincipalName,
      },
    ],
  },
  {
    section: 'Conflicts: userPrincipalName',
    rule: 'renaming a user to the name of another is a conflict',
    steps: (given) => [
      given.user('ada'),
      given.user('bo'),
      {
        method: 'PATCH',
        url: '/users/{bo}',
        body: { userPrincipalName: given.upn('ada') },
        status: 400,
        reply: takenPrincipalName,
      },
      { url: '/users/{bo}', reply: { userPrincipalName: given.upn('bo') } },
    ],
  },
  {
    section: 'Conflicts: userPrincipalName',
    rule: 'a refused creation leaves nothing behind',
    steps: (given) => [
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('ada', { usageLocation: 'DEU' }),
        status: 400,
      },
      { url: `/users/${given.upn('ada')}`, status: 404 },
      given.user('ada'),
    ],
  },
  {
    section: 'Conflicts: proxyAddresses',
    rule: 'a mail address belongs to one object',
    steps: (given) => [
      given.user('ada', { mail: `mail.${given.upn('ada')}` }),
      given.user('bo'),
      {
        method: 'PATCH',
        url: '/users/{bo}',
        body: { mail: `mail.${given.upn('ada')}` },
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          'Another object with the same value for property proxyAddresses already exists.',
        ),
      },
    ],
  },
];

const passwords: readonly Scene[] = [
  {
    section: 'Create user: password',
    rule: 'a weak password is refused',
    steps: (given) => [
      {
        method: 'POST',
        url: '/users',
        body: given.userBody('ada', { passwordProfile: { password: 'secret' } }),
        status: 400,
        reply: weakPassword,
      },
    ],
  },
  {
    section: 'Update user: password',
    rule: 'a password is reset with passwordProfile, a weak one is refused',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { passwordProfile: { password: 'short' } },
        status: 400,
        reply: weakPassword,
      },
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { passwordProfile: { password: 'Neu-Brandung.88', forceChangePasswordNextSignIn: true } },
        status: 204,
      },
    ],
  },
  {
    section: 'passwordProfile resource type',
    rule: 'a password is never returned',
    steps: (given) => [
      given.user('ada', {
        passwordProfile: { password: 'Kq7-Vesuv.Brandung', forceChangePasswordNextSignIn: true },
      }),
      {
        url: '/users/{ada}?$select=passwordProfile',
        reply: { passwordProfile: { forceChangePasswordNextSignIn: true, password: null } },
      },
    ],
  },
  {
    section: 'Update user: password',
    rule: 'a reset password moves lastPasswordChangeDateTime',
    steps: (given) => [
      given.user('ada'),
      advanceClock(60),
      {
        url: '/users/{ada}?$select=lastPasswordChangeDateTime',
        capture: { before: 'lastPasswordChangeDateTime' },
      },
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { passwordProfile: { password: 'Neu-Brandung.88' } },
        status: 204,
      },
      {
        url: '/users/{ada}?$select=lastPasswordChangeDateTime',
        reply: { lastPasswordChangeDateTime: /^(?!{before}$)/ },
      },
    ],
  },
];

const updates: readonly Scene[] = [
  {
    section: update,
    rule: 'an update is answered with 204 and leaves other properties as they are',
    steps: (given) => [
      given.user('ada', { givenName: 'Ada', surname: 'Lindqvist' }),
      { method: 'PATCH', url: '/users/{ada}', body: { surname: 'Berg' }, status: 204 },
      { url: '/users/{ada}', reply: { givenName: 'Ada', surname: 'Berg', displayName: given.named('ada') } },
    ],
  },
  {
    section: update,
    rule: 'a user is updated by its user principal name',
    steps: (given) => [
      given.user('ada'),
      { method: 'PATCH', url: `/users/${given.upn('ada')}`, body: { jobTitle: 'Engineer' }, status: 204 },
      { url: '/users/{ada}', reply: { jobTitle: 'Engineer' } },
    ],
  },
  {
    section: update,
    rule: 'a renamed user answers to its new name only',
    steps: (given) => [
      given.user('ada'),
      { method: 'PATCH', url: '/users/{ada}', body: { userPrincipalName: given.upn('new') }, status: 204 },
      { url: `/users/${given.upn('new')}?$select=id`, reply: { id: '{ada}' } },
      { url: `/users/${given.upn('ada')}`, status: 404, reply: missing() },
    ],
  },
  {
    section: update,
    rule: 'the domain is verified on update as well',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { userPrincipalName: `${given.named('ada')}@elsewhere.example` },
        status: 400,
        reply: unverifiedDomain,
      },
    ],
  },
  {
    section: update,
    rule: 'employeeOrgData is replaced as a whole',
    steps: (given) => [
      given.user('ada', { employeeOrgData: { division: 'R&D', costCenter: '4711' } }),
      { method: 'PATCH', url: '/users/{ada}', body: { employeeOrgData: { division: 'Sales' } }, status: 204 },
      {
        url: '/users/{ada}?$select=employeeOrgData',
        reply: { employeeOrgData: { division: 'Sales', costCenter: null } },
      },
    ],
  },
  {
    section: update,
    rule: 'changing mail rewrites proxyAddresses',
    steps: (given) => [
      given.user('ada', { mail: `first.${given.upn('ada')}` }),
      { method: 'PATCH', url: '/users/{ada}', body: { mail: `second.${given.upn('ada')}` }, status: 204 },
      {
        url: '/users/{ada}?$select=mail,proxyAddresses',
        reply: {
          mail: `second.${given.upn('ada')}`,
          proxyAddresses: containing(`SMTP:second.${given.upn('ada')}`),
        },
      },
    ],
  },
  {
    section: 'onPremisesExtensionAttributes resource type',
    rule: 'an extension attribute of a cloud user takes 1024 characters and no more',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { onPremisesExtensionAttributes: { extensionAttribute15: 'x'.repeat(1024) } },
        status: 204,
      },
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { onPremisesExtensionAttributes: { extensionAttribute15: 'x'.repeat(1025) } },
        status: 400,
        reply: refusal('Request_BadRequest'),
      },
    ],
  },
  {
    section: 'onPremisesExtensionAttributes resource type',
    rule: 'there is no sixteenth extension attribute',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { onPremisesExtensionAttributes: { extensionAttribute16: 'x' } },
        status: 400,
      },
    ],
  },
  {
    section: update,
    rule: 'identities keep the sign-in by user principal name',
    steps: (given) => [
      given.user('ada'),
      {
        url: '/users/{ada}?$select=identities',
        reply: {
          identities: containing({
            signInType: 'userPrincipalName',
            issuer: 'nordlicht.onmicrosoft.example',
            issuerAssignedId: given.upn('ada'),
          }),
        },
      },
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: {
          identities: [
            {
              signInType: 'emailAddress',
              issuer: 'nordlicht.onmicrosoft.example',
              issuerAssignedId: 'ada@fabrik.example',
            },
          ],
        },
        status: 400,
        reply: refusal('Request_BadRequest'),
      },
    ],
  },
  {
    section: update,
    rule: 'identities are replaced as a whole, and local accounts belong to the initial domain',
    steps: (given) => {
      const identities = (issuer: string) => [
        {
          signInType: 'userPrincipalName',
          issuer: 'nordlicht.onmicrosoft.example',
          issuerAssignedId: given.upn('ada'),
        },
        { signInType: 'emailAddress', issuer, issuerAssignedId: `${given.named('ada')}@fabrik.example` },
      ];
      return [
        given.user('ada'),
        {
          method: 'PATCH',
          url: '/users/{ada}',
          body: { identities: identities('elsewhere.example') },
          status: 400,
          reply: refusal('Request_BadRequest'),
        },
        {
          method: 'PATCH',
          url: '/users/{ada}',
          body: { identities: identities('nordlicht.onmicrosoft.example') },
          status: 204,
        },
        {
          url: '/users/{ada}?$select=identities',
          reply: { identities: identities('nordlicht.onmicrosoft.example') },
        },
      ];
    },
  },
  {
    section: 'Conflicts: identities',
    rule: 'an identity of another issuer belongs to one user',
    steps: (given) => {
      const identities = (name: string) => [
        {
          signInType: 'userPrincipalName',
          issuer: 'nordlicht.onmicrosoft.example',
          issuerAssignedId: given.upn(name),
        },
        { signInType: 'federated', issuer: 'fabrik.example', issuerAssignedId: given.named('0815') },
      ];
      return [
        given.user('ada', { identities: identities('ada') }),
        {
          method: 'POST',
          url: '/users',
          body: given.userBody('bo', { identities: identities('bo') }),
          status: 400,
          reply: refusal('Request_BadRequest', 'Property netId is invalid.'),
        },
      ];
    },
  },
  {
    section: update,
    rule: 'properties of the profile service are not updated together with those of the directory',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { aboutMe: 'Engineer at heart', displayName: 'Ada' },
        status: 400,
      },
    ],
  },
  {
    section: update,
    rule: 'an unknown property is refused',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { shoeSize: 43 },
        status: 400,
        reply: refusal('Request_BadRequest', "Invalid property 'shoeSize'."),
      },
    ],
  },
  {
    section: update,
    rule: 'a refused update changes nothing',
    steps: (given) => [
      given.user('ada', { jobTitle: 'Engineer' }),
      {
        method: 'PATCH',
        url: '/users/{ada}',
        body: { jobTitle: 'Director', usageLocation: 'DEU' },
        status: 400,
      },
      { url: '/users/{ada}', reply: { jobTitle: 'Engineer' } },
    ],
  },
  {
    section: update,
    rule: 'an unknown user cannot be updated',
    steps: () => [
      {
        method: 'PATCH',
        url: '/users/0badc0de-0000-4000-8000-00000000dead',
        body: { jobTitle: 'Engineer' },
        status: 404,
        reply: missing('0badc0de-0000-4000-8000-00000000dead'),
      },
    ],
  },
  {
    section: update,
    rule: 'a user mastered on premises keeps what is synchronized from there',
    steps: () => [
      {
        url: '/users?$filter=onPremisesSyncEnabled eq true&$top=1&$select=id',
        capture: { synced: 'value.0.id' },
      },
      {
        method: 'PATCH',
        url: '/users/{synced}',
        body: { displayName: 'Somebody else' },
        status: 400,
        reply: refusal(
          'Request_BadRequest',
          'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
        ),
      },
    ],
  },
  {
    section: 'Update user: sensitive actions',
    rule: 'the account of an administrator is closed only by an application with a sufficient role',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'POST',
        url: "/directoryRoles(roleTemplateId='62e90394-69f5-4237-9190-012177145e10')/members/$ref",
        body: { '@odata.id': '{root}/directoryObjects/{ada}' },
        status: 204,
      },
      {
        method: 'PATCH',
        url: '/users/{ada}',
        as: ['User.ReadWrite.All'],
        body: { accountEnabled: false },
        status: 403,
        reply: refusal('Authorization_RequestDenied'),
      },
      {
        method: 'PATCH',
        url: '/users/{ada}',
        as: ['User.ReadWrite.All'],
        body: { jobTitle: 'Administrator' },
        status: 204,
      },
    ],
  },
];

const deletion: readonly Scene[] = [
  {
    section: remove,
    rule: 'a deleted user is found among the deleted items and nowhere else',
    steps: (given) => [
      given.user('ada'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      { url: '/users/{ada}', status: 404, reply: missing('{ada}') },
      {
        url: '/directory/deletedItems/{ada}',
        reply: { '@odata.type': '#microsoft.graph.user', id: '{ada}', displayName: given.named('ada') },
      },
      {
        url: `/directory/deletedItems/microsoft.graph.user?$filter=displayName eq '${given.named('ada')}'&$select=id,deletedDateTime`,
        reply: { value: [{ id: '{ada}', deletedDateTime: instant }] },
      },
    ],
  },
  {
    section: remove,
    rule: 'a user is deleted once',
    steps: (given) => [
      given.user('ada'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      { method: 'DELETE', url: '/users/{ada}', status: 404, reply: missing('{ada}') },
    ],
  },
  {
    section: remove,
    rule: 'a deleted user is no member until it is restored',
    steps: (given) => [
      given.user('ada'),
      given.user('bo'),
      given.group('club'),
      member('club', 'ada'),
      member('club', 'bo'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      { url: '/groups/{club}/members?$select=id', reply: { value: [{ id: '{bo}' }] } },
      { method: 'POST', url: '/directory/deletedItems/{ada}/restore', status: 200 },
      {
        url: '/groups/{club}/members?$select=id',
        reply: { value: containing({ id: '{ada}' }, { id: '{bo}' }) },
      },
    ],
  },
  {
    section: restore,
    rule: 'a restored user is answered as a directory object and is live again',
    steps: (given) => [
      given.user('ada', { jobTitle: 'Engineer' }),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      {
        method: 'POST',
        url: '/directory/deletedItems/{ada}/restore',
        status: 200,
        reply: {
          '@odata.context': /\/\$metadata#directoryObjects\/\$entity$/,
          '@odata.type': '#microsoft.graph.user',
          id: '{ada}',
        },
      },
      { url: '/users/{ada}', reply: { userPrincipalName: given.upn('ada'), jobTitle: 'Engineer' } },
      { url: '/directory/deletedItems/{ada}', status: 404, reply: missing('{ada}') },
    ],
  },
  {
    section: restore,
    rule: 'the name of a deleted user may be taken, its restore is then a conflict',
    steps: (given) => [
      given.user('ada'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      given.user('heir', { userPrincipalName: given.upn('ada') }),
      {
        method: 'POST',
        url: '/directory/deletedItems/{ada}/restore',
        reply: { error: { code: /.+/, message: /.+/ } },
        status: 400,
      },
      { url: '/directory/deletedItems/{ada}', reply: { id: '{ada}' } },
    ],
  },
  {
    section: restore,
    rule: 'a conflict is avoided with a new user principal name',
    steps: (given) => [
      given.user('ada'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      given.user('heir', { userPrincipalName: given.upn('ada') }),
      {
        method: 'POST',
        url: '/directory/deletedItems/{ada}/restore',
        body: { newUserPrincipalName: given.upn('again') },
        status: 200,
      },
      { url: '/users/{ada}', reply: { userPrincipalName: given.upn('again') } },
    ],
  },
  {
    section: restore,
    rule: 'a mail address that was taken meanwhile is a conflict, and given up when the request allows it',
    steps: (given) => [
      given.user('ada', { mail: `mail.${given.upn('ada')}` }),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      given.user('heir', { mail: `mail.${given.upn('ada')}` }),
      { method: 'POST', url: '/directory/deletedItems/{ada}/restore', status: 400 },
      {
        method: 'POST',
        url: '/directory/deletedItems/{ada}/restore',
        body: { autoReconcileProxyConflict: true },
        status: 200,
      },
      {
        url: '/users/{ada}?$select=proxyAddresses',
        reply: { proxyAddresses: lacking(`SMTP:mail.${given.upn('ada')}`) },
      },
    ],
  },
  {
    section: restore,
    rule: 'only deleted objects are restored',
    steps: (given) => [
      given.user('ada'),
      {
        method: 'POST',
        url: '/directory/deletedItems/{ada}/restore',
        status: 404,
        reply: missing('{ada}'),
      },
    ],
  },
  {
    section: 'Permanently delete item',
    rule: 'a purged user is gone for good, with its memberships',
    steps: (given) => [
      given.user('ada'),
      given.group('club'),
      member('club', 'ada'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      { method: 'DELETE', url: '/directory/deletedItems/{ada}', status: 204 },
      { url: '/directory/deletedItems/{ada}', status: 404, reply: missing('{ada}') },
      { method: 'POST', url: '/directory/deletedItems/{ada}/restore', status: 404 },
      { url: '/groups/{club}/members?$select=id', reply: { value: lacking({ id: '{ada}' }) } },
    ],
  },
  {
    section: 'Permanently delete item',
    rule: 'a live user is not among the items that can be purged',
    steps: (given) => [
      given.user('ada'),
      { method: 'DELETE', url: '/directory/deletedItems/{ada}', status: 404 },
      { url: '/users/{ada}', status: 200 },
    ],
  },
  {
    section: 'Deleted items: retention',
    rule: 'a deleted user ages out after 30 days',
    steps: (given) => [
      given.user('ada'),
      { method: 'DELETE', url: '/users/{ada}', status: 204 },
      advanceClock(29 * 86_400),
      { url: '/directory/deletedItems/{ada}', status: 200 },
      advanceClock(2 * 86_400),
      { url: '/directory/deletedItems/{ada}', status: 404 },
    ],
  },
  {
    section: 'user: revokeSignInSessions',
    rule: 'revoking sessions is answered with true and moves the instant from which sessions are valid',
    steps: (given) => [
      given.user('ada'),
      {
        url: '/users/{ada}?$select=signInSessionsValidFromDateTime',
        capture: { before: 'signInSessionsValidFromDateTime' },
      },
      advanceClock(60),
      {
        method: 'POST',
        url: '/users/{ada}/revokeSignInSessions',
        status: 200,
        reply: { '@odata.context': /\/\$metadata#Edm\.Boolean$/, value: true },
      },
      {
        url: '/users/{ada}?$select=signInSessionsValidFromDateTime',
        reply: { signInSessionsValidFromDateTime: /^(?!{before}$)/ },
      },
    ],
  },
];

export const cases: readonly Case[] = staged('u', [
  ...creation,
  ...required,
  ...lengths,
  ...refusals,
  ...acceptances,
  ...writesOfReadOnly,
  ...passwords,
  ...updates,
  ...deletion,
]);
