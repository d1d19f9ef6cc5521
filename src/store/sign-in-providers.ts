/** OpenID Connect providers that people may sign in with. Their secrets are sealed before they come here. */
import type { ISql } from 'postgres';
import type { UserRole } from '../model/user-role.ts';

export type SignInProvider = Readonly<{
  providerId: number;
  /** What stands on the button. */
  name: string;
  issuer: string;
  clientId: string;
  scopes: readonly string[];
  /** The claim whose values are mapped. */
  roleClaim: string;
  roleMapping: Readonly<Record<string, UserRole>>;
  defaultRole: UserRole | null;
  isEnabled: boolean;
  secretSetAt: Date | null;
  secretSetBy: string | null;
  userCount: number;
  version: number;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
  changedBy: string;
}>;

export type ProviderSettings = Pick<
  SignInProvider,
  'name' | 'issuer' | 'clientId' | 'scopes' | 'roleClaim' | 'roleMapping' | 'defaultRole' | 'isEnabled'
>;

export async function readProviders(sql: ISql): Promise<SignInProvider[]> {
  return await sql<SignInProvider[]>`
    select ${columns(sql)} from sign_in_provider p order by lower(p.name)`;
}

export async function readProvider(sql: ISql, providerId: number): Promise<SignInProvider | undefined> {
  const [provider] = await sql<SignInProvider[]>`
    select ${columns(sql)} from sign_in_provider p where p.provider_id = ${providerId}`;
  return provider;
}

/** The sealed secret of a provider; null where it is a public client. */
export async function readSealedClientSecret(sql: ISql, providerId: number): Promise<string | null> {
  const [row] = await sql<{ sealedClientSecret: string | null }[]>`
    select sealed_client_secret from sign_in_provider where provider_id = ${providerId}`;
  return row?.sealedClientSecret ?? null;
}

/** Adds a provider, without a secret; undefined when its name is taken. */
export async function createProvider(
  sql: ISql,
  settings: ProviderSettings,
  { at, by }: Readonly<{ at: Date; by: string }>,
): Promise<SignInProvider | undefined> {
  const { name, issuer, clientId, scopes, roleClaim, roleMapping, defaultRole, isEnabled } = settings;
  const [created] = await sql<{ providerId: number }[]>`
    insert into sign_in_provider
      (name, issuer, client_id, scopes, role_claim, role_mapping, default_role, is_enabled, created_at, created_by, changed_at, changed_by)
    values (${name}, ${issuer}, ${clientId}, ${scopes}::text[], ${roleClaim}, ${JSON.stringify(roleMapping)}::text::jsonb,
      ${defaultRole}, ${isEnabled}, ${at}, ${by}, ${at}, ${by})
    on conflict (lower(name)) do nothing returning provider_id`;
  return created && (await readProvider(sql, created.providerId));
}

/** Changes a provider; undefined when it has another version by now, or is not there. A name that is taken is the database's error. */
export async function changeProvider(
  sql: ISql,
  providerId: number,
  settings: ProviderSettings,
  { version, at, by }: Readonly<{ version: number; at: Date; by: string }>,
): Promise<SignInProvider | undefined> {
  const { name, issuer, clientId, scopes, roleClaim, roleMapping, defaultRole, isEnabled } = settings;
  const [changed] = await sql`
    update sign_in_provider
    set name = ${name}, issuer = ${issuer}, client_id = ${clientId}, scopes = ${scopes}::text[], role_claim = ${roleClaim},
      role_mapping = ${JSON.stringify(roleMapping)}::text::jsonb, default_role = ${defaultRole}, is_enabled = ${isEnabled},
      version = version + 1, changed_at = ${at}, changed_by = ${by}
    where provider_id = ${providerId} and version = ${version} returning provider_id`;
  return changed && (await readProvider(sql, providerId));
}

/** Whether another provider than this one has the name, whatever the case. */
export async function isProviderNameTaken(sql: ISql, name: string, providerId: number): Promise<boolean> {
  const [row] = await sql`
    select from sign_in_provider where lower(name) = lower(${name}) and provider_id <> ${providerId}`;
  return row !== undefined;
}

/** Keeps a sealed secret, or forgets the one that there is. */
export async function writeClientSecret(
  sql: ISql,
  providerId: number,
  sealedSecret: string | null,
  { at, by }: Readonly<{ at: Date; by: string }>,
): Promise<void> {
  const setAt = sealedSecret === null ? null : at;
  const setBy = sealedSecret === null ? null : by;
  await sql`
    update sign_in_provider set sealed_client_secret = ${sealedSecret}, secret_set_at = ${setAt}, secret_set_by = ${setBy}
    where provider_id = ${providerId}`;
}

/** Deletes a provider with everybody who came by it; gives whether it had this version. */
export async function deleteProvider(sql: ISql, providerId: number, version: number): Promise<boolean> {
  const { count } = await sql`
    delete from sign_in_provider where provider_id = ${providerId} and version = ${version}`;
  return count > 0;
}

function columns(sql: ISql) {
  return sql`p.provider_id, p.name, p.issuer, p.client_id, to_jsonb(p.scopes) as scopes, p.role_claim, p.role_mapping, p.default_role,
    p.is_enabled, p.secret_set_at, p.secret_set_by, p.version, p.created_at, p.created_by, p.changed_at, p.changed_by,
    (select count(*)::integer from user_account u where u.provider_id = p.provider_id) as user_count`;
}
