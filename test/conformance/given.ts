// The steps that many cases begin with: making users, groups and links, taking a delta link, moving the clock.
// Each makes what it names with values of the case's own, so that no case depends on another.

import { absent, anyString, type Case, type Pattern, type Step } from './case.ts';

export const advanced = { ConsistencyLevel: 'eventual' };

export function rule(section: string, text: string, ...steps: Step[]): Case {
  return { section, rule: text, steps };
}

/** Creates the user `{alias}@nordlicht.example` and keeps its id as `{name}`. */
export function givenUser(name: string, alias: string, properties: object = {}): Step {
  const body = {
    accountEnabled: true,
    displayName: alias,
    mailNickname: alias,
    userPrincipalName: `${alias}@nordlicht.example`,
    passwordProfile: { password: 'Vq7-winter-harbour', forceChangePasswordNextSignIn: false },
    ...properties,
  };
  return { method: 'POST', url: '/users', body, status: 201, capture: { [name]: 'id' } };
}

/** Creates a security group (another kind through `properties`) and keeps its id as `{name}`. */
export function givenGroup(name: string, alias: string, properties: object = {}): Step {
  const body = {
    displayName: alias,
    mailNickname: alias,
    mailEnabled: false,
    securityEnabled: true,
    ...properties,
  };
  return { method: 'POST', url: '/groups', body, status: 201, capture: { [name]: 'id' } };
}

export const microsoft365 = { groupTypes: ['Unified'], mailEnabled: true, securityEnabled: false };

/** Creates an application; keeps its id as `{name}` and its appId as `{name-appId}`. */
export function givenApplication(name: string, alias: string, properties: object = {}): Step {
  const body = { displayName: alias, ...properties };
  const capture = { [name]: 'id', [`${name}-appId`]: 'appId' };
  return { method: 'POST', url: '/applications', body, status: 201, capture };
}

/** Creates an application and its service principal; keeps `{name}` and `{name-appId}` of the service principal. */
export function givenServicePrincipal(name: string, alias: string): readonly [Step, Step] {
  const body = { appId: `{${name}-app-appId}` };
  const capture = { [name]: 'id', [`${name}-appId`]: 'appId' };
  return [
    givenApplication(`${name}-app`, alias),
    { method: 'POST', url: '/servicePrincipals', body, status: 201, capture },
  ];
}

/** Creates a device and keeps its id as `{name}`. */
export function givenDevice(name: string, alias: string, deviceId: string): Step {
  const body = {
    accountEnabled: true,
    displayName: alias,
    deviceId,
    operatingSystem: 'Windows',
    operatingSystemVersion: '10.0.26100.2033',
    alternativeSecurityIds: [{ type: 2, key: 'WAA1ADAAMAAwADAAMAAwADAAMAA=' }],
  };
  return { method: 'POST', url: '/devices', body, status: 201, capture: { [name]: 'id' } };
}

/** Creates an administrative unit and keeps its id as `{name}`. */
export function givenUnit(name: string, alias: string, properties: object = {}): Step {
  const body = { displayName: alias, ...properties };
  return {
    method: 'POST',
    url: '/directory/administrativeUnits',
    body,
    status: 201,
    capture: { [name]: 'id' },
  };
}

/** Adds the object captured as `{target}` to a relationship such as `/groups/{g}/members`. */
export function link(relationship: string, target: string): Step {
  const body = { '@odata.id': `{root}/directoryObjects/{${target}}` };
  return { method: 'POST', url: `${relationship}/$ref`, body, status: 204 };
}

export function unlink(relationship: string, target: string): Step {
  return { method: 'DELETE', url: `${relationship}/{${target}}/$ref`, status: 204 };
}

export function setManager(user: string, manager: string): Step {
  const body = { '@odata.id': `{root}/users/{${manager}}` };
  return { method: 'PUT', url: `/users/{${user}}/manager/$ref`, body, status: 204 };
}

export function patch(url: string, body: object): Step {
  return { method: 'PATCH', url, body, status: 204 };
}

export function remove(url: string): Step {
  return { method: 'DELETE', url, status: 204 };
}

/** Takes a delta link positioned now and keeps it as `{link}`; `options` may hold `$select` and `$filter`. */
export function fromNow(resource: string, options = ''): Step {
  const url = `/${resource}/delta?$deltatoken=latest${options === '' ? '' : `&${options}`}`;
  return { url, status: 200, capture: { link: '@odata.deltaLink' } };
}

/** Reads the delta link kept as `{link}` to the end of its round and keeps the new one. */
export function nextRound(value: Pattern, headers: Readonly<Record<string, string>> = {}): Step {
  const reply = { value, '@odata.nextLink': absent, '@odata.deltaLink': anyString };
  return {
    url: '{link}',
    headers,
    followed: true,
    status: 200,
    reply,
    capture: { link: '@odata.deltaLink' },
  };
}

/** What an item of a delta round carries instead of properties: restorable, or gone for good. */
export const changed = { '@removed': { reason: 'changed' } };
export const deleted = { '@removed': { reason: 'deleted' } };

/** Asks a delta round for changed properties only. */
export const minimalReturn = { Prefer: 'return=minimal' };

/** A filter for so many ids that no object has. */
export function idFilter(count: number): string {
  const ids = Array.from(
    { length: count },
    (_, index) => `0b6c7c0e-54a0-4f0e-9f0c-${String(index).padStart(12, '0')}`,
  );
  return ids.map((id) => `id eq '${id}'`).join(' or ');
}

/** Takes the object captured as `{name}` out of the deleted items, back to life. */
export function restore(name: string): Step {
  return { method: 'POST', url: `/directory/deletedItems/{${name}}/restore`, status: 200 };
}

/** Deletes the deleted object captured as `{name}` for good. */
export function purge(name: string): Step {
  return remove(`/directory/deletedItems/{${name}}`);
}

export function advanceDays(days: number): Step {
  return { method: 'POST', url: '//simulator/clock', body: { advanceSeconds: days * 86_400 } };
}
