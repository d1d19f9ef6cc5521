/** People who may sign in: local accounts with a password, and those who came by an OpenID Connect provider. */
import type { ISql, Sql } from 'postgres';
import type { UserRole } from '../model/user-role.ts';

export type User = Readonly<{
  userId: number;
  /** Unique whatever the case. */
  signInName: string;
  name: string;
  /** Given by an administrator; null where nobody gave one. */
  role: UserRole | null;
  /** What the provider said at the last sign-in; null for local accounts. */
  claimedRole: UserRole | null;
  /** Null for local accounts. */
  provider: Readonly<{ providerId: number; name: string; isEnabled: boolean }> | null;
  isDisabled: boolean;
  version: number;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
  changedBy: string;
  lastSignInAt: Date | null;
  passwordChangedAt: Date | null;
}>;

/** The role that counts: the one that was given stands above the one that a provider claims. */
export function effectiveRole({ role, claimedRole }: Pick<User, 'role' | 'claimedRole'>): UserRole | null {
  return role ?? claimedRole;
}

export type UserPage = Readonly<{
  q?: string | undefined;
  orderBy: 'name' | 'signInName' | 'lastSignInAt' | 'createdAt';
  isDescending: boolean;
  offset: number;
  limit: number;
}>;

/** A page of people, and how many match. */
export async function readUsers(
  sql: Sql,
  { q, orderBy, isDescending, offset, limit }: UserPage,
): Promise<{ users: User[]; total: number }> {
  const where = sql`strpos(lower(u.name) || ' ' || lower(u.sign_in_name), lower(${q ?? ''})) > 0`;
  const sortable = {
    name: sql`lower(u.name)`,
    signInName: sql`lower(u.sign_in_name)`,
    lastSignInAt: sql`u.last_sign_in_at`,
    createdAt: sql`u.created_at`,
  };
  const direction = isDescending ? sql`desc nulls last` : sql`asc nulls first`;
  const users = await sql<User[]>`
    select ${columns(sql)} from ${table(sql)} where ${where}
    order by ${sortable[orderBy]} ${direction}, u.user_id offset ${offset} limit ${limit}`;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::integer as total from user_account u where ${where}`;
  return { users, total: count?.total ?? 0 };
}

export async function readUser(sql: ISql, userId: number): Promise<User | undefined> {
  const [user] = await sql<User[]>`select ${columns(sql)} from ${table(sql)} where u.user_id = ${userId}`;
  return user;
}

/** The account with this name, whatever the case, with the hash of its password; null in it where a provider sees to that. */
export async function findUserToSignIn(
  sql: ISql,
  signInName: string,
): Promise<(User & Readonly<{ passwordHash: string | null }>) | undefined> {
  const [user] = await sql<(User & { passwordHash: string | null })[]>`
    select ${columns(sql)}, u.password_hash from ${table(sql)} where lower(u.sign_in_name) = lower(${signInName})`;
  return user;
}

export async function readPasswordHash(sql: ISql, userId: number): Promise<string | null> {
  const [row] = await sql<{ passwordHash: string | null }[]>`
    select password_hash from user_account where user_id = ${userId}`;
  return row?.passwordHash ?? null;
}

export type NewLocalUser = Readonly<{
  signInName: string;
  name: string;
  role: UserRole | null;
  passwordHash: string;
  at: Date;
  by: string;
}>;

/** Adds a local account; undefined when the name to sign in with is taken. */
export async function createLocalUser(sql: ISql, user: NewLocalUser): Promise<User | undefined> {
  const { signInName, name, role, passwordHash, at, by } = user;
  const [created] = await sql<{ userId: number }[]>`
    insert into user_account (sign_in_name, name, role, password_hash, password_changed_at, created_at, created_by, changed_at, changed_by)
    values (${signInName}, ${name}, ${role}, ${passwordHash}, ${at}, ${at}, ${by}, ${at}, ${by})
    on conflict (lower(sign_in_name)) do nothing returning user_id`;
  return created && (await readUser(sql, created.userId));
}

export type ProvidedUser = Readonly<{
  providerId: number;
  subject: string;
  /** What to sign in with is called by the provider; taken as long as nobody else has it. */
  signInName: string;
  name: string;
  claimedRole: UserRole | null;
  at: Date;
}>;

/** Keeps what a provider says of somebody, who gets an account with the first sign-in. */
export async function recordProvidedUser(
  sql: ISql,
  { providerId, subject, signInName, name, claimedRole, at }: ProvidedUser,
): Promise<User> {
  const [known] = await sql<{ userId: number }[]>`
    select user_id from user_account where provider_id = ${providerId} and subject = ${subject} for update`;
  const [taken] = await sql`
    select from user_account where lower(sign_in_name) = lower(${signInName}) and user_id <> ${known?.userId ?? 0}`;
  // An account of that name may be somebody else's: whoever a provider calls so does not become them.
  const ownName = taken ? `${signInName} (${providerId}/${subject})` : signInName;
  const [row] = known
    ? await sql<{ userId: number }[]>`
        update user_account set sign_in_name = ${ownName}, name = ${name}, claimed_role = ${claimedRole}
        where user_id = ${known.userId} returning user_id`
    : await sql<{ userId: number }[]>`
        insert into user_account
          (sign_in_name, name, claimed_role, provider_id, subject, created_at, created_by, changed_at, changed_by)
        values (${ownName}, ${name}, ${claimedRole}, ${providerId}, ${subject}, ${at}, ${ownName}, ${at}, ${ownName})
        on conflict (provider_id, subject) do update set claimed_role = excluded.claimed_role
        returning user_id`;
  const user = row && (await readUser(sql, row.userId));
  if (!user) throw new Error('An account was written and cannot be found.');
  return user;
}

export type UserChange = Readonly<{
  userId: number;
  /** The version that the change is based on; nothing is changed where it is another by now. */
  version: number;
  name: string;
  role: UserRole | null;
  isDisabled: boolean;
  at: Date;
  by: string;
}>;

/** Changes an account; undefined when it has another version by now, or is not there. */
export async function changeUser(sql: ISql, change: UserChange): Promise<User | undefined> {
  const { userId, version, name, role, isDisabled, at, by } = change;
  const [changed] = await sql`
    update user_account
    set name = ${name}, role = ${role}, is_disabled = ${isDisabled}, version = version + 1, changed_at = ${at}, changed_by = ${by}
    where user_id = ${userId} and version = ${version} returning user_id`;
  return changed && (await readUser(sql, userId));
}

/** Deletes an account with its sessions; gives whether it had this version. */
export async function deleteUser(sql: ISql, userId: number, version: number): Promise<boolean> {
  const { count } = await sql`delete from user_account where user_id = ${userId} and version = ${version}`;
  return count > 0;
}

/** Gives a local account another password; gives whether there is such an account. */
export async function changePassword(
  sql: ISql,
  { userId, passwordHash, at }: Readonly<{ userId: number; passwordHash: string; at: Date }>,
): Promise<boolean> {
  const { count } = await sql`
    update user_account set password_hash = ${passwordHash}, password_changed_at = ${at}
    where user_id = ${userId} and provider_id is null`;
  return count > 0;
}

/** Replaces a hash by one of the same password that costs more to guess. */
export async function strengthenPasswordHash(
  sql: ISql,
  userId: number,
  before: string,
  after: string,
): Promise<void> {
  await sql`
    update user_account set password_hash = ${after} where user_id = ${userId} and password_hash = ${before}`;
}

export async function recordSignIn(sql: ISql, userId: number, at: Date): Promise<void> {
  await sql`update user_account set last_sign_in_at = ${at} where user_id = ${userId}`;
}

export async function readPreferences(sql: ISql, userId: number): Promise<Record<string, unknown>> {
  const [row] = await sql<{ preferences: Record<string, unknown> }[]>`
    select preferences from user_account where user_id = ${userId}`;
  return row?.preferences ?? {};
}

export async function writePreferences(
  sql: ISql,
  userId: number,
  preferences: Readonly<Record<string, unknown>>,
): Promise<void> {
  await sql`
    update user_account set preferences = ${JSON.stringify(preferences)}::text::jsonb where user_id = ${userId}`;
}

/** Whether somebody can sign in who may do everything. */
export async function hasAdministrator(sql: ISql): Promise<boolean> {
  const [row] = await sql<{ isThere: boolean }[]>`
    select exists (
      select from user_account u left join sign_in_provider p using (provider_id)
      where coalesce(u.role, u.claimed_role) = 'administrator' and not u.is_disabled and coalesce(p.is_enabled, true)
    ) as is_there`;
  return row?.isThere ?? false;
}

/** Until the end of the transaction nobody else decides on who is an administrator. */
export async function lockAdministrators(sql: ISql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${administratorLock})`;
}

/** Any fixed number that no other advisory lock of ours uses. */
const administratorLock = 79625465;

function columns(sql: ISql) {
  return sql`u.user_id, u.sign_in_name, u.name, u.role, u.claimed_role,
    case when p.provider_id is not null then
      json_build_object('providerId', p.provider_id, 'name', p.name, 'isEnabled', p.is_enabled) end as provider,
    u.is_disabled, u.version, u.created_at, u.created_by, u.changed_at, u.changed_by, u.last_sign_in_at, u.password_changed_at`;
}

function table(sql: ISql) {
  return sql`user_account u left join sign_in_provider p using (provider_id)`;
}
