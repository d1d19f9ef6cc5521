// The views for those who know Identity Manager's tables: two connectors of one tenant are deployed, read by jobs, and looked at with SQL.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { type Processing, startProcessing, translationOptions } from '../src/cli/processing.ts';
import { readConfig } from '../src/config.ts';
import { type DeploymentResult, deployDirectory } from '../src/identity-manager/deployment.ts';
import type { JobRun } from '../src/store/job-runs.ts';
import { csvCell } from '../src/sync/csv-text.ts';
import {
  agent,
  entraConnector,
  exportTask,
  jobClient,
  jobElement,
  synchronizeTask,
  unguarded,
  writeConfigurationFiles,
} from './fixtures/configuration-files.ts';
import { runIn } from './fixtures/job-processing.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { tenantSettings } from './fixtures/settings-file.ts';
import { idsIn, live, liveMembers, userIds } from './fixtures/tenant-truth.ts';

const own = useOwnDatabase();
let simulator: Simulator;
let processing: Processing;
let conf: string;

/** The columns of the first connector: the first and the last of the values, and what base 32 makes of those between. */
const columns = {
  0: 'displayName',
  4: 'id',
  5: '@odata.type',
  31: 'businessPhones',
  32: 'accountEnabled',
  100: 'assignedLicenses',
  127: 'mail',
};
/** As `UR_Resources` calls them. */
const physicalNames = {
  c0: 'displayName',
  cv: 'businessPhones',
  c10: 'accountEnabled',
  c34: 'assignedLicenses',
  c3v: 'mail',
};

const first = entraConnector('First', {
  connection: 'FirstExport',
  entities: 'user group',
  thresholds: unguarded,
  columns,
  hasMembers: true,
});
const second = entraConnector('Second', { connection: 'SecondExport', thresholds: unguarded });

beforeAll(async () => {
  const { database, dataDirectory } = own();
  simulator = await startSimulator({ users: 60, seed: 17 });
  conf = join(dataDirectory, '../Conf');
  const settings = join(dataDirectory, '../settings.json');
  // Names of connections do not tell upper from lower case.
  const connections = { FIRSTexport: tenantSettings(simulator), SecondExport: tenantSettings(simulator) };
  writeFileSync(settings, JSON.stringify({ Connections: connections }));
  const place = { workingDirectory: dataDirectory, isRoot: false, isReachableByOthers: true };
  const config = readConfig({}, { data: dataDirectory, settings }, place);
  processing = await startProcessing(config, database, {
    slots: 2,
    onProgress: () => {},
    onRun: () => {},
    onNotice: () => {},
    onError: (error) => {
      throw error;
    },
  });
  await deployElements(...first, ...second);
});

afterAll(async () => {
  await processing?.stop();
  await simulator?.stop();
});

async function deployElements(...elements: readonly string[]): Promise<DeploymentResult> {
  const jobs = ['First', 'Second']
    .filter((connector) =>
      elements.some((element) => element.startsWith(`<Connector Identifier="${connector}"`)),
    )
    .map((connector) =>
      jobElement(connector, [exportTask(connector, connector), synchronizeTask(connector, connector)]),
    );
  writeConfigurationFiles(conf, { 'all.xml': [agent, ...jobClient, ...elements, ...jobs] });
  const options = { ...translationOptions, deployedBy: 'a test', now: new Date() };
  return await deployDirectory(own().database.sql, conf, options);
}

async function runJob(jobIdentifier: string): Promise<JobRun> {
  const outcome = await processing.queue.launch({ jobIdentifier, trigger: 'command', startedBy: 'a test' });
  if (outcome.kind !== 'launched') throw new Error(`The job was not launched: ${JSON.stringify(outcome)}`);
  return await runIn(own().database.sql, outcome.jobRunId, 'succeeded', 'failed', 'blocked');
}

type Row = Readonly<Record<string, string | number | null>>;

/** Asks as a person at a SQL prompt does. */
async function ask(query: string): Promise<readonly Row[]> {
  return [...(await own().database.sql.unsafe<Row[]>(query))];
}

async function viewNames(): Promise<readonly string[]> {
  const rows = await ask(
    'select viewname as name from pg_views where schemaname = \'identity_manager\' order by viewname collate "C"',
  );
  return rows.map(({ name }) => String(name));
}

test('before anything was read the views are there and empty', async () => {
  expect(await ask('select * from identity_manager.UR_Resources')).toEqual([]);
  expect(await ask('select * from identity_manager.UR_ResourceLinkChanges')).toEqual([]);
  expect(await ask('select * from identity_manager."First_Object"')).toEqual([]);
});

test('UR_Resources has every object of both connectors, each value in its column as in a CSV file', async () => {
  expect((await runJob('First')).state).toBe('succeeded');
  expect((await runJob('Second')).state).toBe('succeeded');
  const types = new Map(
    (await ask('select Id, Identifier from identity_manager.UM_Types')).map((row) => [
      row.identifier,
      row.id,
    ]),
  );
  const rows = await ask(
    'select Id, Type, C0, C4, C5, C6, C7, CV, C10, C34, C3V, I40, I4O from identity_manager.UR_Resources',
  );
  const typed = (type: string, entity: string) =>
    rows.filter((row) => row.type === types.get(type) && row.c5 === entity).map(({ c4 }) => String(c4));
  expect(typed('First_Object', 'user').toSorted()).toEqual(userIds(simulator));
  expect(typed('First_Object', 'group').toSorted()).toEqual(idsIn(live(simulator, 'group')));
  expect(typed('Second_Object', 'user').toSorted()).toEqual(userIds(simulator));
  expect(typed('Second_Object', 'group')).toEqual([]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);

  const byId = new Map(
    rows.filter(({ type }) => type === types.get('First_Object')).map((row) => [row.c4, row]),
  );
  for (const { id, values } of live(simulator, 'user')) {
    const row = byId.get(id);
    for (const [column, attribute] of Object.entries(physicalNames)) {
      const value = values[attribute];
      const cell = Array.isArray(value) && value.length === 0 ? '' : csvCell(value);
      expect(readCell(row?.[column]), `${attribute} of ${id}`).toEqual(readCell(cell));
    }
  }
  const cells = rows.flatMap(({ c10, cv, c34 }) => [c10, cv, c34].map(String));
  expect(cells).toEqual(expect.arrayContaining(['true', 'false', expect.stringMatching(/^\[\{"/)]));
});

/** PostgreSQL writes JSON with blanks, and names in an order of its own. */
function readCell(cell: string | number | null | undefined): unknown {
  const text = String(cell ?? '');
  return /^[[{]/.test(text) ? JSON.parse(text) : text;
}

test('UR_ResourceLinks has the members of the groups', async () => {
  const rows = await ask(`
    select source.C4 as group_id, target.C4 as member_id
    from identity_manager.UR_ResourceLinks as link
      join identity_manager.UM_Types as type on type.Id = link.Type and type.Identifier = 'First_members'
      join identity_manager.UR_Resources as source on source.Id = link.R1
      join identity_manager.UR_Resources as target on target.Id = link.R2`);
  const exported = new Set([...userIds(simulator), ...idsIn(live(simulator, 'group'))]);
  const wanted = live(simulator, 'group').flatMap((group) =>
    liveMembers(group)
      .filter((member) => exported.has(member))
      .map((member) => `${group.id} ${member}`),
  );
  expect(wanted.length).toBeGreaterThan(0);
  expect(rows.map(({ groupId, memberId }) => `${groupId} ${memberId}`).toSorted()).toEqual(wanted.toSorted());
});

test('each entity type has a view with its own names', async () => {
  const [user] = live(simulator, 'user');
  const rows = await ask(`select * from identity_manager."Second_Object" where objectid = '${user?.id}'`);
  expect(rows).toEqual([
    {
      Id: expect.anything(),
      objectid: user?.id,
      dataType: 'user',
      displayName: user?.values.displayName,
      department: user?.values.department ?? null,
    },
  ]);
  const [counted] = await ask('select count(*)::int as count from identity_manager."First_Object"');
  expect(counted?.count).toBe(live(simulator, 'user').length + live(simulator, 'group').length);
});

test('UR_ResourceChanges and UR_ResourceLinkChanges tell what each run of a job has changed', async () => {
  const { directory } = simulator;
  const [mover, leaver] = live(simulator, 'user');
  const team = live(simulator, 'group').find((group) => liveMembers(group).length > 0);
  const outsider = live(simulator, 'user').find(
    ({ id }) => team && !liveMembers(team).includes(id) && id !== leaver?.id,
  );
  if (!mover || !leaver || !team || !outsider) throw new Error('The tenant is too small.');
  directory.update(mover, { displayName: "Renamed, d'Or" });
  directory.softDelete(leaver);
  directory.link(team, 'members', outsider);
  const joiner = directory.insert('user', '00000000-0000-4000-8000-00000000000a', {
    displayName: 'Joiner',
    userPrincipalName: 'joiner@contoso.example',
    accountEnabled: true,
  });
  const run = await runJob('First');
  expect(run.state).toBe('succeeded');

  const changes = await ask(
    `select ChangeOperation, C0, C4, C5, C10 from identity_manager.UR_ResourceChanges where JobInstance_Id = ${run.jobRunId} order by ChangeOperation`,
  );
  expect(changes).toEqual([
    { changeoperation: 0, c0: 'Joiner', c4: joiner.id, c5: 'user', c10: 'true' },
    { changeoperation: 1, c0: "Renamed, d'Or", c4: mover.id, c5: 'user', c10: null },
    expect.objectContaining({ changeoperation: 2, c4: leaver.id, c0: leaver.values.displayName }),
  ]);
  const links = await ask(
    `select R1_Key, R2_Key from identity_manager.UR_ResourceLinkChanges where JobInstance_Id = ${run.jobRunId} and ChangeOperation = 0`,
  );
  expect(links.map((row) => Object.values(row))).toEqual([[team.id, outsider.id]]);
  const [before] = await ask(
    `select count(*)::int as count from identity_manager.UR_ResourceChanges where JobInstance_Id < ${run.jobRunId} and ChangeOperation <> 0`,
  );
  expect(before?.count).toBe(0);

  const instances = await ask(
    `select JobIdentifier, State, StateName, StartedBy from identity_manager.UJ_JobInstances where Id = ${run.jobRunId}`,
  );
  expect(instances).toEqual([
    { jobidentifier: 'First', state: 2, statename: 'succeeded', startedby: 'a test' },
  ]);
  const tasks = await ask(
    `select TaskIdentifier, DisplayName, State, EndDate is not null as ended from identity_manager.UJ_TaskInstances where JobInstance_Id = ${run.jobRunId} order by Id`,
  );
  expect(tasks).toEqual([
    { taskidentifier: 'First_Export', displayname: 'Export First', state: 2, ended: true },
    { taskidentifier: 'First_Synchronize', displayname: 'Synchronize First', state: 2, ended: true },
  ]);
  const jobs = await ask(
    "select LastJobInstance_Id as last from identity_manager.UJ_Jobs where Identifier = 'First'",
  );
  expect(jobs).toEqual([{ last: run.jobRunId }]);
});

test('an entity type that is gone from the files has no view any more, and its number when it comes back', async () => {
  const typeOf = async () =>
    (
      await ask(
        "select distinct Type from identity_manager.UR_Resources where C7 is not null and C5 = 'user'",
      )
    ).map(({ type }) => type);
  const before = await typeOf();
  expect(before).toHaveLength(1);
  await deployElements(...first);
  expect(await viewNames()).not.toContain('Second_Object');
  expect(await typeOf()).toEqual([]);
  await deployElements(...first, ...second);
  expect(await viewNames()).toContain('Second_Object');
  expect(await typeOf()).toEqual(before);
});

test('a deployment leaves views alone that show already what they are to show', async () => {
  const { sql } = own().database;
  const numbers = async () =>
    await sql`select relname, oid::int from pg_class where relnamespace = 'identity_manager'::regnamespace order by 1`;
  const before = await numbers();
  await deployElements(...first, ...second);
  expect(await numbers()).toEqual(before);
});

test('an entity type may have any name, also that of a view, and one that is very long', async () => {
  const long = (end: string) => `T${'x'.repeat(80)}${end}`;
  const names = ['uj_people', 'um_types', long('A'), long('B')];
  const types = names.map(
    (name) =>
      `<EntityType Identifier="${name}"><Property Identifier="${long('a')}" IsKey="true" TargetColumnIndex="4" /><Property Identifier="${long('b')}" TargetColumnIndex="5" /></EntityType>`,
  );
  for (let time = 1; time <= 2; time++) {
    const { warnings } = await deployElements(...first, ...types);
    expect(warnings).toEqual([
      'EntityType um_types has the name of another view: rename it, it was given no view of its own.',
    ]);
    const views = await viewNames();
    expect(views).toContain('uj_people');
    expect(views.filter((name) => name.startsWith('Txxx'))).toHaveLength(2);
    expect(await ask('select * from identity_manager."uj_people"')).toEqual([]);
    expect(await ask('select Identifier from identity_manager.um_types')).not.toEqual([]);
  }
  await deployElements(...first, ...second);
  expect(await viewNames()).not.toContain('uj_people');
});

test('any value is shown as it stands in a CSV file', async () => {
  const { sql } = own().database;
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', '[a', 'a\nb', 'a\r', "d'Or", '{}'),
  );
  const anyValue = fc
    .oneof(
      anyText,
      fc.boolean(),
      fc.integer(),
      fc.array(anyText, { minLength: 1 }),
      fc.jsonValue({ maxDepth: 2 }),
    )
    .map((value) => JSON.parse(JSON.stringify(value).replaceAll('\\u0000', '')) as unknown)
    .filter((value) => value !== null && !JSON.stringify(value).includes('e-'));
  const values = fc.sample(anyValue, { numRuns: 500, seed: 1 });
  const rows = await sql<{ cell: string | null }[]>`
    select identity_manager.cell_text(value) as cell
    from jsonb_array_elements(${sql.json(values as never)}) with ordinality as given (value, place) order by place`;
  for (const [index, value] of values.entries()) {
    const cell = rows[index]?.cell ?? '';
    const wanted = csvCell(value);
    if (typeof value === 'string' || wanted === cell) expect(cell).toBe(wanted);
    else expect(JSON.parse(cell)).toEqual(JSON.parse(wanted));
  }
});
