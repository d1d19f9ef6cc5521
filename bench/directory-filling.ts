// A large directory as synchronizations would have left it, made by SQL: resources, links, and the log of changes with a first load
// and what came after it.
import type { ISql, Sql, TransactionSql } from 'postgres';

export interface FilledDirectory {
  readonly connection: string;
  readonly userCount: number;
  readonly groupCount: number;
}

/** A group of everybody up to this number, and a user in as many groups. */
export const largeGroupMembers = 100_000;
export const busyUserGroups = 2000;

export const userKey = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const groupKey = (number: number) => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`;

/** Fills a database that has no connection of this name yet. */
export async function fillDirectory(
  sql: Sql,
  connection: string,
  resources: number,
): Promise<FilledDirectory> {
  const groupCount = Math.floor(resources / 10);
  const userCount = resources - groupCount;
  await sql.begin(async (transaction) => {
    const [made] = await transaction<{ connectionId: number }[]>`
      insert into connection (name, source) values (${connection}, '72f988bf-0000-4000-8000-000000000001') returning connection_id`;
    const connectionId = made?.connectionId ?? 0;
    const [run] = await transaction<{ runId: number }[]>`
      insert into run (connection_id, kind, state, started_at, ended_at)
      values (${connectionId}, 'synchronize', 'succeeded', now() - interval '2 days', now() - interval '2 days') returning run_id`;
    const first = run?.runId ?? 0;
    const user = await addType(transaction, connectionId, 'user', userCount, first);
    const group = await addType(transaction, connectionId, 'group', groupCount, first);
    const [members] = await transaction<{ associationId: number }[]>`
      insert into association (entity_type_id, name) values (${group.entityTypeId}, 'members') returning association_id`;
    const associationId = members?.associationId ?? 0;
    await addUsers(transaction, user.entityTypeId, userCount);
    await addGroups(transaction, group.entityTypeId, groupCount);
    await addLinks(transaction, {
      associationId,
      userType: user.entityTypeId,
      groupType: group.entityTypeId,
      userCount,
      groupCount,
    });
    await transaction`
      insert into change (set_id, kind, entity_type_id, key, after)
      select case entity_type_id when ${user.entityTypeId} then ${user.setId}::int else ${group.setId}::int end, 'insert', entity_type_id, key, attributes
      from resource where entity_type_id in (${user.entityTypeId}, ${group.entityTypeId})`;
    await transaction`
      insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
      select ${group.setId}, 'insert', ${group.entityTypeId}, ${associationId}, source_key, target_key from resource_link where association_id = ${associationId}`;
    await addLaterChanges(transaction, {
      connectionId,
      associationId,
      user: user.entityTypeId,
      group: group.entityTypeId,
      userCount,
    });
    await transaction`
      update association set link_count = (select count(*) from resource_link where resource_link.association_id = association.association_id)
      where association_id = ${associationId}`;
  });
  await sql`analyze`;
  return { connection, userCount, groupCount };
}

async function addType(sql: ISql, connectionId: number, name: string, count: number, runId: number) {
  const [type] = await sql<{ entityTypeId: number }[]>`
    insert into entity_type (connection_id, name, resource_count, mapping, cookie, cookie_at)
    values (${connectionId}, ${name}, ${count}, '[[],[],null,[]]', 'bench', now()) returning entity_type_id`;
  const entityTypeId = type?.entityTypeId ?? 0;
  return { entityTypeId, setId: await addSet(sql, runId, entityTypeId, true) };
}

async function addSet(sql: ISql, runId: number, entityTypeId: number, isFull: boolean): Promise<number> {
  const [set] = await sql<{ setId: number }[]>`
    insert into export_set (run_id, entity_type_id, kind, is_full, state, mapping)
    values (${runId}, ${entityTypeId}, 'synchronize', ${isFull}, 'applied', '[]') returning set_id`;
  return set?.setId ?? 0;
}

/** 500 given names and 3,000 surnames, some of each far more frequent than others; a domain of seven users in ten. */
async function addUsers(sql: ISql, entityTypeId: number, count: number): Promise<void> {
  await sql`
    insert into resource (entity_type_id, key, attributes)
    select ${entityTypeId}, '00000000-0000-4000-8000-' || lpad(n::text, 12, '0'),
      jsonb_build_object('displayName', given || ' ' || surname, 'givenName', given, 'surname', surname,
        'userPrincipalName', lower(given) || '.' || lower(surname) || n || '@' || domain,
        'mail', lower(given) || '.' || lower(surname) || n || '@' || domain,
        'employeeId', 'E' || lpad(n::text, 7, '0'), 'jobTitle', 'Consultant ' || n % 40, 'department', 'Department ' || n % 90,
        'accountEnabled', n % 50 <> 0, 'userType', case when n % 20 = 0 then 'Guest' else 'Member' end,
        'proxyAddresses', jsonb_build_array('SMTP:' || lower(given) || '.' || lower(surname) || n || '@' || domain))
    from (
      select n, syllables[1 + g % 20] || lower(syllables[1 + g / 20 % 25]) as given,
        syllables[1 + s % 25] || lower(syllables[1 + s / 25 % 20]) || endings[1 + s / 500 % 6] as surname,
        case when n % 10 < 7 then 'contoso.com' when n % 10 < 9 then 'fabrikam.com' else 'tailspin.org' end as domain
      from generate_series(1, ${count}::int) as n
        cross join lateral (select (500 * power(hashint4(n) & 65535, 2) / 4294836225.0)::int % 500 as g,
                                   (3000 * power(hashint4(n + 7919) & 65535, 2) / 4294836225.0)::int % 3000 as s) as drawn
        cross join (select '{Sa,Ca,Mi,Jo,An,Ro,Be,Lu,Da,Ke,Pa,Ni,Ma,Ti,Ha,El,Vi,Gu,Os,Zu,Fa,Wi,Ye,Qu,Ix}'::text[] as syllables,
                           '{ter,son,mann,ski,ez,ov}'::text[] as endings) as parts
    ) as person`;
}

async function addGroups(sql: ISql, entityTypeId: number, count: number): Promise<void> {
  await sql`
    insert into resource (entity_type_id, key, attributes)
    select ${entityTypeId}, '00000000-0000-4000-9000-' || lpad(n::text, 12, '0'),
      jsonb_build_object('displayName', (array['Sales','Finance','Project','Access','Team'])[1 + n % 5] || ' ' || n,
        'mailNickname', 'group' || n, 'securityEnabled', n % 3 <> 0, 'mailEnabled', n % 3 = 0, 'isAssignableToRole', n % 500 = 0)
    from generate_series(1, ${count}::int) as n`;
}

interface LinkPlan {
  readonly associationId: number;
  readonly userType: number;
  readonly groupType: number;
  readonly userCount: number;
  readonly groupCount: number;
}

/** Everybody in three groups, group 1 with a hundred thousand members, user 1 in two thousand groups, and groups within groups. */
async function addLinks(sql: TransactionSql, plan: LinkPlan): Promise<void> {
  const { associationId, userType, groupType, userCount, groupCount } = plan;
  const partition = sql(`resource_link_${associationId}`);
  const user = (number: ReturnType<typeof sql>) =>
    sql`'00000000-0000-4000-8000-' || lpad((${number})::text, 12, '0')`;
  const group = (number: ReturnType<typeof sql>) =>
    sql`'00000000-0000-4000-9000-' || lpad((${number})::text, 12, '0')`;
  await sql`create table ${partition} (like resource_link)`;
  await sql`
    insert into ${partition}
    select distinct on (source_key, target_key) ${associationId}::int, source_key, target_key, target_type_id, true from (
      select ${group(sql`2 + hashint4(n * 3 + k)::bigint % (${groupCount}::int / 2) + ${groupCount}::int / 2 - 1`)} as source_key, ${user(sql`n`)} as target_key, ${userType}::int as target_type_id
      from generate_series(1, ${userCount}::int) as n cross join generate_series(0, 2) as k where hashint4(n * 3 + k) > 0
      union all select ${group(sql`1`)}, ${user(sql`n`)}, ${userType} from generate_series(1, least(${largeGroupMembers}::int, ${userCount}::int)) as n
      union all select ${group(sql`n`)}, ${user(sql`1`)}, ${userType} from generate_series(2, least(${busyUserGroups}::int + 1, ${groupCount}::int)) as n
      union all select ${group(sql`n / 7`)}, ${group(sql`n`)}, ${groupType} from generate_series(14, ${groupCount}::int) as n
    ) as link (source_key, target_key, target_type_id)`;
  await sql`alter table ${partition} add primary key (source_key, target_key, association_id)`;
  await sql`create index on ${partition} (target_key)`;
  await sql`alter table resource_link attach partition ${partition} for values in (${sql.unsafe(String(associationId))})`;
}

/** A hundred runs of a thousand changes each; user 1 changes in every one of them, and comes and goes in group 1. */
async function addLaterChanges(
  sql: ISql,
  plan: { connectionId: number; associationId: number; user: number; group: number; userCount: number },
): Promise<void> {
  const { connectionId, associationId, user, group, userCount } = plan;
  await sql`
    with made as (
      insert into run (connection_id, kind, state, started_at, ended_at)
      select ${connectionId}::int, 'synchronize'::run_kind, 'succeeded'::run_state, now() - n * interval '10 minutes', now() - n * interval '10 minutes'
      from generate_series(100, 1, -1) as n returning run_id
    ),
    sets as (
      insert into export_set (run_id, entity_type_id, kind, is_full, state, mapping)
      select run_id, type, 'synchronize', false, 'applied', '[]' from made cross join (values (${user}::int), (${group}::int)) as t (type)
      returning set_id, entity_type_id
    )
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key, before, after)
    select set_id, case when entity_type_id = ${user} or n % 2 = 0 then case when entity_type_id = ${user} then 'update' else 'insert' end else 'delete' end::change_kind,
      entity_type_id, case when entity_type_id = ${group} then ${associationId}::int end,
      case when entity_type_id = ${group} then '00000000-0000-4000-9000-000000000001'
           else '00000000-0000-4000-8000-' || lpad((case when n = 0 then 1 else 1 + abs(hashint4(set_id * 1000 + n)::bigint) % ${userCount}::int end)::text, 12, '0') end,
      case when entity_type_id = ${group} then '00000000-0000-4000-8000-' || lpad((1 + n % 600)::text, 12, '0') end,
      case when entity_type_id = ${user} then jsonb_build_object('jobTitle', 'Consultant ' || n) end,
      case when entity_type_id = ${user} then jsonb_build_object('jobTitle', 'Consultant ' || n + 1) end
    from sets cross join generate_series(0, 499) as n order by set_id, n`;
}
