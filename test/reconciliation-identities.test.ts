// Mappings into the identities directory: people with their managers, groups with their members, and runs by jobs.
import type { Sql } from 'postgres';
import { expect, test } from 'vitest';
import { openIdentitiesTarget } from '../src/cli/identities-target.ts';
import { openQueue } from '../src/jobs/queue.ts';
import type { TaskSurroundings } from '../src/jobs/task-registry.ts';
import { startWorker } from '../src/jobs/worker.ts';
import { defaultGuards, defaultSettings } from '../src/mapping/mapping-defaults.ts';
import type { AttributeMapping, MappingDefinition } from '../src/model/mapping.ts';
import type { ReconciliationMode } from '../src/model/reconciliation.ts';
import { reconcile } from '../src/reconciliation/reconcile.ts';
import type { ReconciliationResult } from '../src/reconciliation/request.ts';
import { readJobRun } from '../src/store/job-runs.ts';
import { ensureMappingJobs } from '../src/store/mapping-jobs.ts';
import { createMapping } from '../src/store/mappings.ts';
import { readReconciliations } from '../src/store/reconciliations.ts';
import { transact } from '../src/store/transaction.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';

const own = useOwnDatabase();
const sql = () => own().database.sql;

const row = (target: string, name: string): AttributeMapping => ({
  target,
  source: { kind: 'attribute', name },
  apply: 'always',
  ifEmpty: 'clear',
});

let tenants = 0;

/** A tenant with people and groups, and a mapping for each. */
async function makeTenant() {
  tenants += 1;
  const connection = `Tenant ${tenants}`;
  const types = await sql()<{ name: string; entityTypeId: number; setId: number }[]>`
    with made as (insert into connection (name, source) values (${connection}, ${connection}) returning connection_id),
      typed as (
        insert into entity_type (connection_id, name, cookie, cookie_at, mapping)
        select connection_id, name, 'whole', now(), '' from made cross join (values ('user'), ('group')) as type (name)
        returning entity_type_id, name),
      ran as (insert into run (connection_id, kind) select connection_id, 'synchronize' from made returning run_id),
      sets as (
        insert into export_set (run_id, entity_type_id, kind, is_full, state, mapping)
        select run_id, entity_type_id, 'synchronize', true, 'applied', '' from ran cross join typed returning entity_type_id, set_id)
    select name, entity_type_id, set_id from typed join sets using (entity_type_id)`;
  const typeOf = (name: string) => types.find((type) => type.name === name) ?? { entityTypeId: 0, setId: 0 };
  const [user, group] = [typeOf('user'), typeOf('group')];
  const associations = new Map<string, number>();
  for (const [type, name] of [
    [user, 'manager'],
    [group, 'members'],
  ] as const) {
    const [made] = await sql()<{ associationId: number }[]>`
      insert into association (entity_type_id, name) values (${type.entityTypeId}, ${name}) returning association_id`;
    const associationId = made?.associationId ?? 0;
    associations.set(name, associationId);
    await sql().unsafe(
      `create table resource_link_${associationId} partition of resource_link for values in (${associationId})`,
    );
  }
  const common = {
    displayName: '',
    description: '',
    isEnabled: true,
    scope: {},
    linkQualifiers: [],
    policies: [],
    settings: defaultSettings,
    guards: defaultGuards,
  } satisfies Partial<MappingDefinition>;
  const people: MappingDefinition = {
    ...common,
    name: `${connection} people`,
    source: { connection, type: 'user' },
    target: { connection: 'Identities', type: 'alpha_user' },
    correlation: [{ match: 'userName' }],
    filterTarget: `description eq "${connection}"`,
    attributes: [
      row('userName', 'login'),
      row('mail', 'mail'),
      row('givenName', 'givenName'),
      row('sn', 'surname'),
      {
        target: 'description',
        source: { kind: 'constant', value: connection },
        apply: 'always',
        ifEmpty: 'clear',
      },
      {
        target: 'manager',
        source: { kind: 'reference', link: 'manager' },
        apply: 'always',
        ifEmpty: 'clear',
      },
    ],
  };
  const groups: MappingDefinition = {
    ...common,
    name: `${connection} groups`,
    source: { connection, type: 'group' },
    target: { connection: 'Identities', type: 'alpha_group' },
    correlation: [{ match: 'name' }],
    filterTarget: `description eq "${connection}"`,
    attributes: [
      row('name', 'displayName'),
      {
        target: 'description',
        source: { kind: 'constant', value: connection },
        apply: 'always',
        ifEmpty: 'clear',
      },
      {
        target: 'members',
        source: { kind: 'reference', link: 'members', mapping: people.name },
        apply: 'always',
        ifEmpty: 'clear',
      },
    ],
  };
  for (const definition of [people, groups]) {
    await transact(sql(), (transaction) =>
      createMapping(transaction, { definition, applicationId: null, origin: 'api', createdBy: 'a test' }),
    );
  }
  return {
    people,
    groups,
    putUser: (key: string, login: string) =>
      store(sql(), user, key, { login, mail: `${login}@example.com`, givenName: login, surname: 'Test' }),
    putGroup: (key: string, displayName: string) => store(sql(), group, key, { displayName }),
    removeUser: (key: string) => drop(sql(), user, key),
    link: (name: 'manager' | 'members', from: string, to: string) =>
      changeLink(
        sql(),
        name === 'manager' ? user : group,
        associations.get(name) ?? 0,
        user.entityTypeId,
        from,
        to,
        true,
      ),
    unlink: (name: 'manager' | 'members', from: string, to: string) =>
      changeLink(
        sql(),
        name === 'manager' ? user : group,
        associations.get(name) ?? 0,
        user.entityTypeId,
        from,
        to,
        false,
      ),
    run: (mapping: MappingDefinition, mode: ReconciliationMode = 'full', isDryRun = false) =>
      runMapping(sql(), mapping.name, mode, isDryRun),
  };
}

type Type = Readonly<{ entityTypeId: number; setId: number }>;

async function store(
  client: Sql,
  { entityTypeId, setId }: Type,
  key: string,
  attributes: object,
): Promise<void> {
  const json = JSON.stringify(attributes);
  await client`insert into resource (entity_type_id, key, attributes) values (${entityTypeId}, ${key}, ${json}::text::jsonb)`;
  await client`
    insert into change (set_id, kind, entity_type_id, key, after) values (${setId}, 'insert', ${entityTypeId}, ${key}, ${json}::text::jsonb)`;
}

async function drop(client: Sql, { entityTypeId, setId }: Type, key: string): Promise<void> {
  await client`
    with gone as (delete from resource where entity_type_id = ${entityTypeId} and key = ${key} returning attributes)
    insert into change (set_id, kind, entity_type_id, key, before)
    select ${setId}::int, 'delete', ${entityTypeId}::int, ${key}::text, attributes from gone`;
}

async function changeLink(
  client: Sql,
  { entityTypeId, setId }: Type,
  associationId: number,
  targetTypeId: number,
  from: string,
  to: string,
  isAdded: boolean,
): Promise<void> {
  await (isAdded
    ? client`
      insert into resource_link (association_id, source_key, target_key, target_type_id, is_live)
      values (${associationId}, ${from}, ${to}, ${targetTypeId}, true)`
    : client`
      delete from resource_link where association_id = ${associationId} and source_key = ${from} and target_key = ${to}`);
  await client`
    insert into change (set_id, kind, entity_type_id, association_id, key, target_key)
    values (${setId}, ${isAdded ? 'insert' : 'delete'}, ${entityTypeId}, ${associationId}, ${from}, ${to})`;
}

async function runMapping(
  client: Sql,
  mapping: string,
  mode: ReconciliationMode,
  isDryRun: boolean,
): Promise<ReconciliationResult> {
  const openOrderTarget = async (connection: string) =>
    connection === 'Identities' ? await openIdentitiesTarget({ sql: client }) : undefined;
  return await reconcile(
    { sql: client, openOrderTarget, now: () => new Date() },
    {
      mapping,
      mode,
      isDryRun,
      isForced: false,
      parameters: {},
      startedBy: 'a test',
      signal: new AbortController().signal,
      report: () => {},
    },
  );
}

/** Links of identities by the names of both ends. */
async function linksOf(name: string, description: string): Promise<readonly string[]> {
  const rows = await sql()<{ pair: string }[]>`
    select coalesce(source.attributes->>'name', source.attributes->>'userName') || ' → ' || (target.attributes->>'userName') as pair
    from resource_link as link join association using (association_id) join entity_type using (entity_type_id)
      join connection using (connection_id)
      join resource as source on source.entity_type_id = entity_type.entity_type_id and source.key = link.source_key
      join resource as target on target.entity_type_id = link.target_type_id and target.key = link.target_key
    where connection.source = 'identities' and association.name = ${name} and source.attributes->>'description' = ${description}
    order by 1`;
  return rows.map(({ pair }) => pair);
}

test('managers and members follow the source, counted and without a run of their own', async () => {
  const tenant = await makeTenant();
  const { people, groups } = tenant;
  const name = people.source.connection;
  for (const login of ['ada', 'bob', 'eve']) await tenant.putUser(login, login);
  await tenant.putGroup('g', 'Staff');
  await tenant.link('manager', 'bob', 'ada');
  await tenant.link('members', 'g', 'ada');
  await tenant.link('members', 'g', 'bob');
  const first = await tenant.run(people);
  expect(first.counts).toMatchObject({ target: { created: 3 }, references: { added: 1, removed: 0 } });
  expect(await linksOf('manager', name)).toEqual(['bob → ada']);
  const grouped = await tenant.run(groups);
  expect(grouped.counts).toMatchObject({ target: { created: 1 }, references: { added: 2, removed: 0 } });
  expect(await linksOf('members', name)).toEqual(['Staff → ada', 'Staff → bob']);

  const again = await tenant.run(groups);
  expect(again.counts).toMatchObject({ target: { unchanged: 1 }, references: { added: 0, removed: 0 } });

  await tenant.unlink('members', 'g', 'ada');
  await tenant.link('members', 'g', 'eve');
  const dry = await tenant.run(groups, 'incremental', true);
  expect(dry.counts.references).toEqual({ added: 1, removed: 1 });
  const followed = await tenant.run(groups, 'incremental');
  expect(followed.counts).toMatchObject({ target: { unchanged: 1 }, references: { added: 1, removed: 1 } });
  expect(await linksOf('members', name)).toEqual(['Staff → bob', 'Staff → eve']);

  // A member whose identity comes later is a member as soon as it is there.
  await tenant.putUser('late', 'late');
  await tenant.link('members', 'g', 'late');
  expect((await tenant.run(groups, 'incremental')).counts.references).toEqual({ added: 0, removed: 0 });
  await tenant.run(people, 'incremental');
  expect((await tenant.run(groups, 'incremental')).counts.references).toEqual({ added: 1, removed: 0 });
  expect(await linksOf('members', name)).toEqual(['Staff → bob', 'Staff → eve', 'Staff → late']);

  const [change] = await sql()<{ kind: string; label: string }[]>`
    select run.kind, label from change join export_set using (set_id) join run using (run_id)
    where change.association_id is not null and label = ${groups.name} limit 1`;
  expect(change).toEqual({ kind: 'reconcile', label: groups.name });
});

test('what it wrote is a run of the identities directory, which ends with it', async () => {
  const tenant = await makeTenant();
  await tenant.putUser('ada', `solo${tenants}`);
  const { reconciliationId } = await tenant.run(tenant.people);
  const [run] = await sql()<{ kind: string; label: string; state: string; inserted: number }[]>`
    select run.kind, label, run.state, inserted::int as inserted
    from reconciliation join run using (run_id) join run_object_class using (run_id)
    where reconciliation_id = ${reconciliationId} and object_class = 'alpha_user'`;
  expect(run).toEqual({ kind: 'reconcile', label: tenant.people.name, state: 'succeeded', inserted: 1 });
});

test('a job reconciles its mapping, says what came of it, and comes again where the mapping is busy', async () => {
  const tenant = await makeTenant();
  await tenant.putUser('ada', `job${tenants}`);
  await tenant.putUser('nobody', '');
  const { people } = tenant;
  const identifier = `${people.name} (full)`;
  await transact(sql(), async (transaction) => {
    await ensureMappingJobs(transaction, people);
    await transaction`delete from task using job where job.job_id = task.job_id and kind = 'synchronize'`;
    await transaction`update task set level = 0, depends_on = '{}' where kind = 'reconcile'`;
  });
  const surroundings: TaskSurroundings = {
    sql: sql(),
    openTarget: async () => {
      throw new Error('There is nothing to synchronize.');
    },
    openOrderTarget: async () => await openIdentitiesTarget({ sql: sql() }),
    deploy: async () => '',
    explain: (error) => error,
    onProgress: () => {},
  };
  const onError = (error: unknown) => {
    throw error;
  };
  const queue = await openQueue(sql(), { isWorker: true, onError });
  const worker = await startWorker({
    queue,
    surroundings,
    name: 'worker of this test',
    host: 'test',
    version: '0',
    slots: 1,
    now: () => new Date(),
    retryPausesSeconds: [],
    mostTasksAtOnce: 1,
    onRun: () => {},
    onError,
  });
  try {
    const launch = await queue.launch({ jobIdentifier: identifier, trigger: 'api', startedBy: 'a person' });
    if (launch.kind !== 'launched') throw new Error(launch.kind);
    let run = await readJobRun(sql(), launch.jobRunId);
    while (run?.endedAt === null) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      run = await readJobRun(sql(), launch.jobRunId);
    }
    expect(run).toMatchObject({ state: 'succeeded-with-warnings' });
    const [task] = run?.tasks ?? [];
    expect(task?.message).toBe('1 created, 1 failed.');
    const { items } = await readReconciliations(sql(), { page: 1, pageSize: 1 });
    expect(items[0]).toMatchObject({
      mappingName: people.name,
      state: 'succeeded-with-failures',
      startedBy: 'a person',
      jobRunId: launch.jobRunId,
    });
  } finally {
    await worker.stop();
    await queue.close();
  }
});
