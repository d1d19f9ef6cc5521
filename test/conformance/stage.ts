// What cases about writing stand on: objects of their own with names that no other case uses, and the shape of a refusal.

import { type Case, containing, type Pattern, type Step } from './case.ts';

/** The default domain of the tenant. */
export const domain = 'nordlicht.example';

/** A password that every complexity rule accepts. */
export const strongPassword = 'Kq7-Vesuv.Brandung';

/** An id that no object has. */
export const nobody = '0badc0de-0000-4000-8000-00000000dead';

type Properties = Readonly<Record<string, unknown>>;

/** Names and steps of one case. The steps keep the new object's id under its name: `{ada}` after `user('ada')`. */
export interface Stage {
  /** The name with the mark of this case: unique in the tenant, fit for display names, aliases and unique names. */
  readonly named: (name: string) => string;
  readonly upn: (name: string) => string;
  /** The body that creates a user; a property that is null here is left out. */
  readonly userBody: (name: string, properties?: Properties) => Properties;
  /** The body that creates a security group; a property that is null here is left out. */
  readonly groupBody: (name: string, properties?: Properties) => Properties;
  readonly user: (name: string, properties?: Properties) => Step;
  /** A static security group. */
  readonly group: (name: string, properties?: Properties) => Step;
  /** A Microsoft 365 group. */
  readonly team: (name: string, properties?: Properties) => Step;
  /** An application; its appId is kept as `{nameAppId}`. */
  readonly application: (name: string, properties?: Properties) => Step;
  readonly administrativeUnit: (name: string, properties?: Properties) => Step;
}

/** A case that has not been given its names yet. */
export interface Scene {
  readonly section: string;
  readonly rule: string;
  readonly steps: (given: Stage) => readonly Step[];
}

/** Gives every scene names of its own: `mark` and the scene's number. */
export function staged(mark: string, scenes: readonly Scene[]): readonly Case[] {
  return scenes.map(({ section, rule, steps }, index) => ({
    section,
    rule,
    steps: steps(stageOf(`${mark}${index + 1}`)),
  }));
}

function stageOf(mark: string): Stage {
  const named = (name: string): string => `${name}-${mark}`;
  const upn = (name: string): string => `${named(name)}@${domain}`;
  const userBody = (name: string, properties: Properties = {}): Properties =>
    withoutNulls({
      accountEnabled: true,
      displayName: named(name),
      mailNickname: named(name),
      userPrincipalName: upn(name),
      passwordProfile: { password: strongPassword, forceChangePasswordNextSignIn: false },
      ...properties,
    });
  const groupBody = (name: string, properties: Properties = {}): Properties =>
    withoutNulls({
      displayName: named(name),
      mailNickname: named(name),
      mailEnabled: false,
      securityEnabled: true,
      ...properties,
    });
  const created = (name: string, url: string, body: Properties): Step => ({
    method: 'POST',
    url,
    body,
    status: 201,
    capture: { [name]: 'id' },
  });
  return {
    named,
    upn,
    userBody,
    groupBody,
    user: (name, properties) => created(name, '/users', userBody(name, properties)),
    group: (name, properties) => created(name, '/groups', groupBody(name, properties)),
    team: (name, properties) => created(name, '/groups', groupBody(name, { ...microsoft365, ...properties })),
    application: (name, properties) => ({
      ...created(name, '/applications', { displayName: named(name), ...properties }),
      capture: { [name]: 'id', [`${name}AppId`]: 'appId' },
    }),
    administrativeUnit: (name, properties) =>
      created(name, '/directory/administrativeUnits', { displayName: named(name), ...properties }),
  };
}

/** What makes a group one of Microsoft 365. */
export const microsoft365 = { groupTypes: ['Unified'], mailEnabled: true, securityEnabled: false };

function withoutNulls(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

/** Creates the service principal of an application made before with `given.application(of)`. */
export const servicePrincipal = (name: string, of: string): Step => ({
  method: 'POST',
  url: '/servicePrincipals',
  body: { appId: `{${of}AppId}` },
  status: 201,
  capture: { [name]: 'id' },
});

/** The body that names one object made before. */
export const reference = (name: string): Properties => ({ '@odata.id': `{root}/directoryObjects/{${name}}` });

/** The value of a bind annotation that names objects made before. */
export const links = (...names: string[]): readonly string[] =>
  names.map((name) => `{root}/directoryObjects/{${name}}`);

const linked =
  (relationship: string) =>
  (group: string, name: string): Step => ({
    method: 'POST',
    url: `/groups/{${group}}/${relationship}/$ref`,
    body: reference(name),
    status: 204,
  });

/** Adds a member to a group; both were made before. */
export const member = linked('members');

/** Adds an owner to a group; both were made before. */
export const owner = linked('owners');

export const advanceClock = (seconds: number): Step => ({
  method: 'POST',
  url: '//simulator/clock',
  body: { advanceSeconds: seconds },
});

/** The body of a refused request. */
export const refusal = (code: string, message?: string | RegExp, details?: Pattern): Pattern => ({
  error: {
    code,
    ...(message === undefined ? {} : { message }),
    ...(details === undefined ? {} : { details }),
  },
});

/** What a missing object is answered with, where its key is told. */
export const missing = (key?: string): Pattern =>
  refusal(
    'Request_ResourceNotFound',
    key === undefined
      ? /^Resource '.+' does not exist or one of its queried reference-property objects are not present\.$/
      : `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** What a missing permission is answered with. */
export const denied: Pattern = refusal(
  'Authorization_RequestDenied',
  'Insufficient privileges to complete the operation.',
);

/** What a value that a property cannot take is answered with. */
export const invalidValue = (property: string, resource: string): Pattern =>
  refusal(
    'Request_BadRequest',
    `Invalid value specified for property '${property}' of resource '${resource}'.`,
    containing({ code: /^Invalid(Value|Length)$/, target: property }),
  );

/** What a missing required property is answered with. */
export const requiredValue = (property: string, resource: string): Pattern =>
  refusal('Request_BadRequest', `A value is required for property '${property}' of resource '${resource}'.`);

/** What an attempt to write a read-only property is answered with. */
export const readOnly = (property: string): Pattern =>
  refusal('Request_BadRequest', `Property '${property}' is read-only and cannot be set.`);
