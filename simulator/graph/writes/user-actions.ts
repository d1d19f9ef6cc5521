// Actions on users: licences, sessions, and the change of a password that no application may make.
import { graphInstant } from '../../clock.ts';
import type { Directory } from '../../tenant/directory.ts';
import type { DirectoryObject, Values } from '../../tenant/directory-object.ts';
import { findTarget, isGuid } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { accessDenied, refusedRequest } from '../graph-error.ts';
import { json } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import { entityReply } from '../rendering/single.ts';
import type { Route } from '../route.ts';
import { argumentOf } from './arguments.ts';
import { readComplexArgument } from './property-input.ts';
import { invalidValue, valueRequired } from './write-errors.ts';

interface Licence {
  readonly skuId: string;
  readonly disabledPlans: readonly string[];
}

function assignLicense(request: GraphRequest) {
  const { directory } = request;
  const user = findTarget(directory, 'user', request.parameters.id ?? '');
  const body = readBody(request);
  const additions = listArgument(body, 'addLicenses').map(readLicence);
  const removals = listArgument(body, 'removeLicenses').map((id) => {
    if (typeof id !== 'string' || !isGuid(id)) throw invalidValue('user', 'removeLicenses');
    return id.toLowerCase();
  });
  const held = (user.values.assignedLicenses ?? []) as readonly Licence[];
  const skus = new Map(
    [...additions.map(({ skuId }) => skuId), ...removals].map((id) => [id, skuOf(directory, id)]),
  );
  if (removals.some((id) => !held.some(({ skuId }) => skuId === id)))
    throw refusedRequest('User does not have a corresponding license.');
  if (additions.length > 0 && typeof user.values.usageLocation !== 'string')
    throw refusedRequest('License assignment cannot be done for user with invalid usage location.');
  for (const addition of additions) checkAvailable(skus.get(addition.skuId)!, addition, held);

  const changed = new Set(skus.keys());
  const licences = [...held.filter(({ skuId }) => !changed.has(skuId)), ...additions];
  const now = graphInstant(directory.clock.now());
  directory.update(user, {
    assignedLicenses: licences,
    assignedPlans: licences.flatMap((licence) => plansOf(directory, licence, now)),
    licenseAssignmentStates: licences.map(({ skuId, disabledPlans }) => ({
      skuId,
      disabledPlans,
      assignedByGroup: null,
      error: 'None',
      lastUpdatedDateTime: now,
      state: 'Active',
    })),
  });
  for (const [skuId, sku] of skus) {
    const before = held.some((licence) => licence.skuId === skuId) ? 1 : 0;
    const after = licences.some((licence) => licence.skuId === skuId) ? 1 : 0;
    directory.update(sku, { consumedUnits: Number(sku.values.consumedUnits ?? 0) + after - before });
  }
  return entityReply(request, user, 200);
}

function listArgument(body: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const value = argumentOf(body, name);
  if (value === undefined || value === null) throw valueRequired('user', name);
  if (!Array.isArray(value)) throw invalidValue('user', name);
  return value;
}

function readLicence(raw: unknown): Licence {
  const { skuId, disabledPlans } = readComplexArgument('assignedLicense', 'addLicenses', raw);
  if (typeof skuId !== 'string') throw valueRequired('user', 'skuId');
  return { skuId, disabledPlans: (disabledPlans ?? []) as readonly string[] };
}

function skuOf(directory: Directory, skuId: string): DirectoryObject {
  const sku = directory.list('subscribedSku').places.find((candidate) => candidate?.values.skuId === skuId);
  if (!sku) throw refusedRequest(`License ${skuId} does not correspond to a valid company License.`);
  return sku;
}

interface ServicePlan {
  readonly servicePlanId: string;
  readonly servicePlanName: string;
}

const servicePlansOf = (sku: DirectoryObject) => (sku.values.servicePlans ?? []) as readonly ServicePlan[];

function checkAvailable(sku: DirectoryObject, licence: Licence, held: readonly Licence[]): void {
  const plans = servicePlansOf(sku).map(({ servicePlanId }) => servicePlanId);
  if (!licence.disabledPlans.every((id) => plans.includes(id)))
    throw refusedRequest(`License ${licence.skuId} has no service plan among the disabled ones.`);
  if (held.some(({ skuId }) => skuId === licence.skuId)) return;
  const enabled = Number((sku.values.prepaidUnits as Values | undefined)?.enabled ?? 0);
  if (Number(sku.values.consumedUnits ?? 0) >= enabled)
    throw refusedRequest(`Subscription with SKU ${licence.skuId} does not have any available licenses.`);
}

function plansOf(directory: Directory, licence: Licence, assignedDateTime: string): readonly Values[] {
  return servicePlansOf(skuOf(directory, licence.skuId)).map(({ servicePlanId, servicePlanName }) => ({
    assignedDateTime,
    capabilityStatus: licence.disabledPlans.includes(servicePlanId) ? 'Deleted' : 'Enabled',
    service: servicePlanName,
    servicePlanId,
  }));
}

function revokeSessions(request: GraphRequest) {
  const { directory } = request;
  const user = findTarget(directory, 'user', request.parameters.id ?? '');
  directory.update(user, { signInSessionsValidFromDateTime: graphInstant(directory.clock.now()) });
  return json(200, { '@odata.context': `${request.root}/$metadata#Edm.Boolean`, value: true });
}

export const userActions: readonly Route[] = [
  {
    method: 'POST',
    path: '/users/{id}/assignLicense',
    permissions: permissionsFor('POST /users/{id}/assignLicense'),
    cost: 1,
    run: assignLicense,
  },
  {
    method: 'POST',
    path: '/users/{id}/revokeSignInSessions',
    permissions: permissionsFor('POST /users/{id}/revokeSignInSessions'),
    cost: 1,
    run: revokeSessions,
  },
  {
    method: 'POST',
    path: '/users/{id}/changePassword',
    permissions: permissionsFor('PATCH /users/{id}'),
    cost: 1,
    // Only a signed-in user changes the own password, and an application is none.
    run: () => {
      throw accessDenied();
    },
  },
];
