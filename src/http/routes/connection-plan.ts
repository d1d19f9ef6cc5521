/**
 * Which connection an application is to read: one that is there, or a tenant that is new. A plan says how to try it out and how to keep
 * it, so that nothing is kept before it was tried.
 */
import type { TransactionSql } from 'postgres';
import type { Queue } from '../../jobs/queue.ts';
import { credentialPurpose, type Sealing } from '../../model/sealing.ts';
import { connectionNameOf, type TenantPlace, usualPace } from '../../model/tenant.ts';
import { createProfile } from '../../store/credential-profiles.ts';
import { addCredential, recordCredentialTest } from '../../store/credentials.ts';
import { resumeTenantJob } from '../../store/tenant-jobs.ts';
import { readTenantOverviews, type TenantOverview } from '../../store/tenant-overviews.ts';
import { isBeingRemoved } from '../../store/tenant-removal.ts';
import {
  createTenant,
  findTenantById,
  readTenant,
  type StoredTenant,
  updateTenant,
} from '../../store/tenants.ts';
import { Refusal } from '../problem.ts';
import type { CheckReport } from '../schemas/checks.ts';
import type { ApplicationRoutes } from './application-parts.ts';
import { refuseField, refuseWrongSecret } from './credential-parts.ts';
import { findTenantId, readPlace, startFollowing } from './new-tenants.ts';
import { refuseValue, unknownTenant } from './tenant-parts.ts';

export type ConnectingRoutes = ApplicationRoutes &
  Readonly<{ sealing: Sealing; queue: Pick<Queue, 'enqueue'> }>;

/** Who signs in, as it was typed; without a secret, the managed identity of the machine. */
export type TypedIdentity = Readonly<{ clientId: string | undefined; clientSecret: string | undefined }>;

export type ConnectionPlan = Readonly<{
  /** Of the connection. */
  name: string;
  /** What is there already and is used with credentials of its own. */
  usedTenant: Readonly<{ name: string; profile: string | null }> | null;
  test: (signal: AbortSignal) => Promise<CheckReport>;
  /** Makes what is not there yet, for the application of this name. Gives what of it is worth an audit entry. */
  keep: (
    transaction: TransactionSql,
    by: Readonly<{ application: string; actor: string }>,
  ) => Promise<Readonly<Record<string, string>>>;
}>;

/** A connection that is there. Throws a `Refusal` where there is none of the name. */
export async function planNamed({ sql, tenants }: ConnectingRoutes, name: string): Promise<ConnectionPlan> {
  const overviews = await readTenantOverviews(sql, tenants.readConfigured());
  const overview = overviews.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!overview) throw unknownTenant(name);
  return planExisting(tenants, overview);
}

type Typed = Parameters<typeof readPlace>[1] & TypedIdentity & Readonly<{ replacesCredentials: boolean }>;

/** A tenant as it was typed, which may be there already. Throws a `Refusal` that names the field that is wrong. */
export async function planTyped(
  routes: ConnectingRoutes,
  typed: Typed,
  signal: AbortSignal,
): Promise<ConnectionPlan> {
  const { sql, tenants } = routes;
  const identity = readIdentity(typed);
  const place = readPlace({ door: tenants }, typed);
  const entraTenantId = await findTenantId({ door: tenants }, place, signal);
  const same = await findSame(routes, place, entraTenantId);
  if (same === undefined) return planNew(routes, { place, entraTenantId, identity });
  if (!typed.replacesCredentials) return planExisting(tenants, same);
  const tenant = await readTenant(sql, same.name);
  if (!tenant) {
    throw new Refusal(
      'tenant-state',
      `${same.name} is a connection of the settings file: change its credentials there.`,
    );
  }
  return planReplacing(routes, tenant, identity);
}

type Identity = Readonly<{ clientId: string; clientSecret: string | null }>;

function readIdentity({ clientId, clientSecret }: TypedIdentity): Identity {
  if (clientSecret === undefined) return { clientId: clientId ?? '', clientSecret: null };
  if (clientId === undefined) {
    throw refuseValue(
      'clientId',
      'A client secret belongs to an application: copy its Application (client) ID from the overview of the app registration.',
    );
  }
  refuseWrongSecret(clientSecret, (_, message) => refuseField('body.clientSecret', message));
  return { clientId, clientSecret };
}

/** The tenant, or connection of the settings file, that reads the same directory already. */
async function findSame(
  { sql, tenants }: ConnectingRoutes,
  place: TenantPlace,
  entraTenantId: string | null,
): Promise<TenantOverview | undefined> {
  const name = connectionNameOf(place.tenant);
  const ids = [place.tenant, entraTenantId];
  const stored = entraTenantId === null ? undefined : await findTenantById(sql, entraTenantId);
  const overviews = await readTenantOverviews(sql, tenants.readConfigured());
  const same =
    overviews.find((one) => one.name === stored?.name) ??
    overviews.find((one) => one.name.toLowerCase() === name || ids.includes(one.tenant.toLowerCase()));
  const isElsewhere = same !== undefined && same.origin === 'console' && same.cloud !== place.cloud;
  if (!isElsewhere) return same;
  throw refuseValue(
    'cloud',
    `Syncline has ${place.tenant} already, in the cloud ${same.cloud}: choose that one.`,
  );
}

function planExisting(tenants: ConnectingRoutes['tenants'], overview: TenantOverview): ConnectionPlan {
  const { name, profileName } = overview;
  return {
    name,
    usedTenant: { name, profile: profileName },
    test: (signal) => tenants.testNamed(name, signal),
    keep: async () => ({}),
  };
}

function planNew(
  routes: ConnectingRoutes,
  {
    place,
    entraTenantId,
    identity,
  }: Readonly<{ place: TenantPlace; entraTenantId: string | null; identity: Identity }>,
): ConnectionPlan {
  const name = connectionNameOf(place.tenant);
  return {
    name,
    usedTenant: null,
    test: (signal) => routes.tenants.testIdentity(place, identity, signal),
    keep: async (transaction, by) => {
      if (await isBeingRemoved(transaction, name)) {
        throw new Refusal('tenant-state', `${name} is being removed: connect it when that is done.`);
      }
      const profile = await keepIdentity(transaction, routes, identity, by);
      const row = { name, ...place, entraTenantId, ...usualPace, isEnabled: true };
      const { profileId } = profile;
      const tenant = await createTenant(transaction, { ...row, profileId, createdBy: by.actor });
      if (!tenant) throw new Refusal('tenant-exists', `The tenant ${name} is there by now: connect again.`);
      await startFollowing(transaction, routes, tenant, by.actor);
      return { tenant: name, profile: profile.name };
    },
  };
}

function planReplacing(routes: ConnectingRoutes, tenant: StoredTenant, identity: Identity): ConnectionPlan {
  const { name, version, isEnabled, floorSeconds, ceilingSeconds } = tenant;
  return {
    name,
    usedTenant: null,
    test: (signal) => routes.tenants.testIdentity(tenant, identity, signal),
    keep: async (transaction, by) => {
      const profile = await keepIdentity(transaction, routes, identity, by);
      const outcome = await updateTenant(transaction, name, version, {
        profileId: profile.profileId,
        isEnabled,
        floorSeconds,
        ceilingSeconds,
        changedBy: by.actor,
      });
      if (outcome.kind !== 'updated') {
        throw new Refusal('tenant-state', `The tenant ${name} was changed meanwhile: connect again.`);
      }
      // One wants to know at once how it goes.
      if (isEnabled) await resumeTenantJob(transaction, name, routes.now());
      return { tenant: name, profile: profile.name, profileBefore: tenant.profile.name };
    },
  };
}

/** More applications of one name than that are not expected. */
const mostNames = 1000;

/** Keeps credentials that have been tried out as a profile with the name of the application. */
async function keepIdentity(
  transaction: TransactionSql,
  { sealing }: ConnectingRoutes,
  { clientId, clientSecret }: Identity,
  { application, actor }: Readonly<{ application: string; actor: string }>,
): Promise<Readonly<{ profileId: number; name: string }>> {
  const type = clientSecret === null ? 'managed-identity' : 'client-secret';
  for (let number = 1; number <= mostNames; number += 1) {
    const name = number === 1 ? application : `${application} ${number}`;
    const description = `Of the application ${application}.`;
    const profile = await createProfile(
      transaction,
      { name, description, type, clientId: clientId === '' ? null : clientId },
      actor,
    );
    if (!profile) continue;
    const label = clientSecret === null ? 'Managed identity' : 'Client secret';
    const parts = {
      label,
      userName: null,
      certificate: null,
      thumbprint: null,
      subject: null,
      expiresAt: null,
    };
    const credentialId = await addCredential(transaction, profile.profileId, parts, {
      seal: (id) => clientSecret && sealing.seal(clientSecret, credentialPurpose(id)),
      by: actor,
    });
    const passed = { isSuccessful: true, message: 'It was accepted when the application was connected.' };
    await recordCredentialTest(transaction, credentialId, passed);
    return profile;
  }
  throw new Refusal('profile-exists', `There are too many credential profiles ${application}: rename one.`);
}
