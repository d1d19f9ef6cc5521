/** Applications: their rows with owners and mappings, and changing them with the version that was seen. */
import type { ISql, Sql, TransactionSql } from 'postgres';
import { type IdentityType, identitiesConnection } from '../model/identity-schema.ts';
import type { ObjectSet } from '../model/mapping.ts';
import type { ReconciliationMode, ReconciliationState } from '../model/reconciliation.ts';
import type { ListPage, PageWindow } from './job-lists.ts';

export type StoredApplication = Readonly<{
  applicationId: number;
  name: string;
  /** Which entry of the catalog it was made from. */
  template: string;
  description: string;
  isAuthoritative: boolean;
  isEnabled: boolean;
  /** Identities, by their keys; without a name where one is not there any more. */
  owners: readonly Readonly<{ key: string; name: string | null }>[];
  /** Null until it is connected. */
  connectionName: string | null;
  mappings: readonly ApplicationMapping[];
  version: number;
  createdAt: Date;
  createdBy: string;
  changedAt: Date;
  changedBy: string;
}>;

export type ApplicationMapping = Readonly<{
  name: string;
  displayName: string;
  source: ObjectSet;
  target: ObjectSet;
  isEnabled: boolean;
  /** Of the last full run that was no dry one: how many of its entries are pairs, and how many it has. */
  matches: Readonly<{ oneToOne: number; all: number }> | null;
  last: Readonly<{
    id: number;
    state: ReconciliationState;
    mode: ReconciliationMode;
    isDryRun: boolean;
    startedAt: string;
    endedAt: string | null;
  }> | null;
}>;

export type NewApplication = Readonly<{
  name: string;
  template: string;
  description: string;
  isAuthoritative: boolean;
  owners: readonly string[];
  createdBy: string;
}>;

export type ApplicationChange = Readonly<{
  name: string;
  description: string;
  isAuthoritative: boolean;
  isEnabled: boolean;
  owners: readonly string[];
  changedBy: string;
}>;

export type ApplicationUpdate =
  | Readonly<{ kind: 'updated'; application: StoredApplication }>
  /** Somebody else has changed it since; this is what it is now. */
  | Readonly<{ kind: 'stale'; application: StoredApplication }>
  /** Another application has the name that this one was to get. */
  | Readonly<{ kind: 'name-taken' }>
  | Readonly<{ kind: 'unknown' }>;

export const applicationOrders = [
  'name',
  'template',
  'authoritative',
  'status',
  'lastReconciliation',
] as const;
export type ApplicationOrder = (typeof applicationOrders)[number];

export type ApplicationSelection = PageWindow &
  Readonly<{
    /** Plain text in the name or the description, in any case. */
    search?: string | undefined;
    orderBy: ApplicationOrder;
    isDescending: boolean;
  }>;

/** Those that match. What has no value in the order comes last, whatever the direction. */
export async function readApplicationPage(
  sql: Sql,
  { search, orderBy, isDescending, page, pageSize }: ApplicationSelection,
): Promise<ListPage<StoredApplication>> {
  const keys: Readonly<Record<ApplicationOrder, ReturnType<ISql>>> = {
    name: sql`lower(application.name)`,
    template: sql`application.template`,
    authoritative: sql`application.is_authoritative`,
    status: sql`application.is_enabled`,
    lastReconciliation: sql`(
      select max(reconciliation.started_at) from mapping join reconciliation using (mapping_id)
      where mapping.application_id = application.application_id)`,
  };
  const matching =
    search === undefined
      ? sql`true`
      : sql`(strpos(lower(application.name), lower(${search})) > 0
          or strpos(lower(application.description), lower(${search})) > 0)`;
  const direction = isDescending ? sql`desc nulls last` : sql`asc nulls last`;
  const [counted] = await sql<{ total: number }[]>`
    select count(*)::int as total from application where ${matching}`;
  const items = await selectApplications(
    sql,
    sql`where ${matching} order by ${keys[orderBy]} ${direction}, lower(application.name)
      limit ${pageSize} offset ${(page - 1) * pageSize}`,
  );
  return { items, total: counted?.total ?? 0, isTotalExact: true };
}

/** The application of this number. */
export async function readApplication(
  sql: ISql,
  applicationId: number,
): Promise<StoredApplication | undefined> {
  const [application] = await selectApplications(sql, sql`where application_id = ${applicationId}`);
  return application;
}

/** Adds an application; its number, or undefined where there is one of the name. */
export async function createApplication(
  sql: TransactionSql,
  { name, template, description, isAuthoritative, owners, createdBy }: NewApplication,
): Promise<number | undefined> {
  const [added] = await sql<{ applicationId: number }[]>`
    insert into application (name, template, description, is_authoritative, owners, created_by, changed_by)
    values (${name}, ${template}, ${description}, ${isAuthoritative}, ${[...owners]}::text[], ${createdBy}, ${createdBy})
    on conflict do nothing
    returning application_id`;
  return added?.applicationId;
}

/** Makes an application what it is to be, if it still has the version that was seen. */
export async function updateApplication(
  sql: TransactionSql,
  applicationId: number,
  version: number,
  { name, description, isAuthoritative, isEnabled, owners, changedBy }: ApplicationChange,
): Promise<ApplicationUpdate> {
  const [locked] = await sql<{ version: number }[]>`
    select version from application where application_id = ${applicationId} for update`;
  if (!locked) return { kind: 'unknown' };
  if (locked.version !== version) return { kind: 'stale', application: await requireRow(sql, applicationId) };
  const [taken] = await sql`
    select from application where lower(name) = lower(${name}) and application_id <> ${applicationId}`;
  if (taken) return { kind: 'name-taken' };
  await sql`
    update application
    set name = ${name}, description = ${description}, is_authoritative = ${isAuthoritative}, is_enabled = ${isEnabled},
        owners = ${[...owners]}::text[], version = version + 1, changed_at = now(), changed_by = ${changedBy}
    where application_id = ${applicationId}`;
  return { kind: 'updated', application: await requireRow(sql, applicationId) };
}

/** Has an application read a connection. Says whether there is such an application. */
export async function connectApplication(
  sql: TransactionSql,
  applicationId: number,
  { connectionName, changedBy }: Readonly<{ connectionName: string; changedBy: string }>,
): Promise<boolean> {
  const updated = await sql`
    update application
    set connection_name = ${connectionName}, version = version + 1, changed_at = now(), changed_by = ${changedBy}
    where application_id = ${applicationId}`;
  return updated.count === 1;
}

/** Deletes the row of an application that still has the version that was seen. Its mappings have to be gone. */
export async function deleteApplication(
  sql: TransactionSql,
  applicationId: number,
  version: number,
): Promise<boolean> {
  const deleted = await sql`
    delete from application where application_id = ${applicationId} and version = ${version}`;
  return deleted.count === 1;
}

/** Which of these keys are no identity that can own something. */
export async function findUnknownOwners(sql: ISql, keys: readonly string[]): Promise<readonly string[]> {
  const rows = await sql<{ key: string }[]>`
    select wanted.key from unnest(${[...keys]}::text[]) with ordinality as wanted (key, place)
    where not exists (select from (${ownersOf(sql)}) as identity where identity.key = wanted.key) order by place`;
  return rows.map(({ key }) => key);
}

export type ApplicationRemoval = Readonly<{
  mappings: readonly Readonly<{
    name: string;
    links: number;
    jobs: readonly string[];
    reconciliations: number;
  }>[];
  /** Target objects that are linked. */
  identities: number;
}>;

/** What hangs on an application. */
export async function readApplicationRemoval(sql: ISql, applicationId: number): Promise<ApplicationRemoval> {
  const [found] = await sql<ApplicationRemoval[]>`
    with own as (select mapping_id, name from mapping where application_id = ${applicationId})
    select
      (select coalesce(jsonb_agg(jsonb_build_object(
          'name', own.name,
          'links', (select count(*) from account_link where account_link.mapping_id = own.mapping_id),
          'jobs', (select coalesce(jsonb_agg(identifier order by identifier), '[]') from job
                   where lower(identifier) in (lower(own.name) || ' (full)', lower(own.name) || ' (incremental)')),
          'reconciliations', (select count(*) from reconciliation where reconciliation.mapping_id = own.mapping_id))
          order by lower(own.name)), '[]') from own) as mappings,
      (select count(distinct target_key) from account_link join own using (mapping_id))::float8 as identities`;
  if (!found) throw new Error('A query without a from clause gave no row.');
  return found;
}

async function requireRow(sql: ISql, applicationId: number): Promise<StoredApplication> {
  const application = await readApplication(sql, applicationId);
  if (!application) throw new Error(`The application ${applicationId} was there a moment ago.`);
  return application;
}

async function selectApplications(sql: ISql, condition: ReturnType<ISql>): Promise<StoredApplication[]> {
  return await sql<StoredApplication[]>`
    select application_id, application.name, template, description, is_authoritative, application.is_enabled,
      (select coalesce(jsonb_agg(jsonb_build_object('key', owner.key, 'name', identity.name) order by place), '[]')
       from unnest(owners) with ordinality as owner (key, place)
         left join (${ownersOf(sql)}) as identity on identity.key = owner.key) as owners,
      connection_name,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'name', mapping.name, 'displayName', definition->>'displayName', 'source', definition->'source',
          'target', definition->'target', 'isEnabled', mapping.is_enabled, 'matches', matches.matches, 'last', last.last)
          order by mapping.mapping_id), '[]')
       from mapping
         left join lateral (${lastRunOf(sql)}) as last on true
         left join lateral (${lastMatchesOf(sql)}) as matches on true
       where mapping.application_id = application.application_id) as mappings,
      application.version, application.created_at, application.created_by, application.changed_at, application.changed_by
    from application ${condition}`;
}

function lastRunOf(sql: ISql) {
  return sql`
    select jsonb_build_object('id', reconciliation_id, 'state', state, 'mode', mode, 'isDryRun', is_dry_run,
        'startedAt', started_at, 'endedAt', ended_at) as last
    from reconciliation where reconciliation.mapping_id = mapping.mapping_id
    order by reconciliation_id desc limit 1`;
}

/** What stands in the category 1-to-1 match: CONFIRMED and FOUND. */
function lastMatchesOf(sql: ISql) {
  return sql`
    select jsonb_build_object(
      'oneToOne', coalesce((counts->'situations'->>'CONFIRMED')::float8, 0) + coalesce((counts->'situations'->>'FOUND')::float8, 0),
      'all', (select coalesce(sum(value::float8), 0) from jsonb_each_text(counts->'situations'))) as matches
    from reconciliation
    where reconciliation.mapping_id = mapping.mapping_id and mode = 'full' and not is_dry_run
      and state in ('succeeded', 'succeeded-with-failures')
    order by reconciliation_id desc limit 1`;
}

/** Identities that can own something, with the names that people know them by. */
function ownersOf(sql: ISql) {
  return sql`
    select resource.key, coalesce(
        nullif(attributes->>'displayName', ''),
        nullif(concat_ws(' ', attributes->>'givenName', attributes->>'sn'), ''),
        attributes->>'userName', resource.key) as name
    from resource
      join entity_type using (entity_type_id)
      join connection using (connection_id)
    where connection.name = ${identitiesConnection} and entity_type.name = ${'alpha_user' satisfies IdentityType}`;
}
