// `syncline deploy` and `syncline export-configuration` as an administrator runs them, beside a Syncline that has the database open.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  agent,
  deployTask,
  entraConnector,
  exportTask,
  hashOfSecret,
  jobClient,
  jobElement,
  synchronizeTask,
  writeConfigurationFiles,
} from './fixtures/configuration-files.ts';
import { runIn, startHeldWorker } from './fixtures/job-processing.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { type Ended, runSyncline } from './fixtures/syncline-command.ts';

const own = useOwnDatabase();
let conf: string;

beforeAll(() => {
  conf = inScratch('Conf');
});

function inScratch(name: string): string {
  return join(own().dataDirectory, '..', name);
}

async function run(...words: readonly string[]): Promise<Ended> {
  return await runSyncline([...words, '--data', own().dataDirectory]).ended;
}

async function done(...words: readonly string[]): Promise<readonly string[]> {
  const { code, lines, complaint } = await run(...words);
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  return lines;
}

const connector = entraConnector('Entra', { connection: 'EntraExport' });
const scaffolding =
  '<CreateConnectorSynchroIncremental Connector="Entra" JobIdentifier="Delta"><OpenIdIdentifier Identifier="Job" /><CronTabExpression CronTab="*/15 * * * *" /></CreateConnectorSynchroIncremental>';
const nightly = jobElement(
  'Nightly',
  [exportTask('Nightly', 'Entra', 'IgnoreCookieFile="true"'), synchronizeTask('Nightly', 'Entra')],
  'CronTabExpression="30 6 * * 1-5"',
);
const helpDesk = [
  '<Profile Identifier="HelpDesk" DisplayName_L1="Help desk" />',
  '<JobViewAccessControlRules Profile="HelpDesk" />',
  `<OpenIdClient Identifier="Desk" DisplayName_L1="Desk" Profile="HelpDesk" HashedSecret="${hashOfSecret}" />`,
];

/** Everything that a deployment writes. */
async function everything(): Promise<unknown> {
  const { sql } = own().database;
  return await Promise.all([
    sql`select * from configuration_element order by place`,
    sql`select * from deployed_configuration`,
    sql`select * from job order by job_id`,
    sql`select * from task order by task_id`,
    sql`select * from api_client order by api_client_id`,
    sql`select * from configured_type order by type_id`,
    sql`select viewname, definition from pg_views where schemaname = 'identity_manager' order by viewname`,
  ]);
}

/** Jobs with their tasks, without the numbers that rows have. */
async function jobs(): Promise<readonly object[]> {
  return await own().database.sql`
    select job.identifier, schedule, job.is_incremental, task.identifier as task, kind, level, task.place, task.is_full,
      to_jsonb(connections) as connections, to_jsonb(depends_on) as depends_on
    from job join task using (job_id) order by job.identifier, place`;
}

test('a dry run shows what would change and changes nothing; then it is done, once', async () => {
  writeConfigurationFiles(conf, {
    'Access.xml': [...jobClient, ...helpDesk],
    'Entra/Connector.xml': [agent, ...connector],
    'Entra/Jobs.xml': [scaffolding, nightly],
  });
  const before = await everything();
  const shown = await done('deploy', conf, '--dry-run');
  expect(shown).toEqual(
    expect.arrayContaining(['+ OpenIdClient Desk "Desk"', '+ Connection EntraExport "EntraExport"']),
  );
  expect(shown.at(-1)).toBe('Nothing was changed: this was a dry run.');
  expect(await everything()).toEqual(before);

  const deployed = await done('deploy', conf);
  expect(deployed).toEqual(expect.arrayContaining(shown.slice(0, -1).filter((line) => line.startsWith('+'))));
  expect(deployed.join('\n')).toMatch(/^Deployed: \d+ elements added, 0 changed, 0 removed\.$/m);
  expect(await everything()).not.toEqual(before);

  const redeployed = await done('deploy', conf);
  expect(redeployed).toContain('Nothing has changed: what the files say is deployed.');
  expect(redeployed.filter((line) => /^[-+~]/.test(line))).toEqual([]);

  // Each job with a schedule is shown in words, with its next runs.
  const instant = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
  const schedules = redeployed.filter((line) => line.startsWith('Job '));
  expect(schedules).toEqual([
    expect.stringMatching(
      new RegExp(`^Job Delta: every 15 minutes; next ${instant}, ${instant}, ${instant}$`),
    ),
    expect.stringMatching(
      new RegExp(`^Job Nightly: at 06:30 on Monday to Friday \\(UTC\\); next ${instant}, `),
    ),
  ]);
  const [, next = ''] = /next ([^,]+)/.exec(schedules[1] ?? '') ?? [];
  const [planned] = await own().database.sql<{ nextRunAt: Date }[]>`
    select next_run_at from job where identifier = 'Nightly'`;
  expect(planned?.nextRunAt).toEqual(new Date(next));
});

test('what is exported deploys to the same, and does not mix with other files', async () => {
  const copy = inScratch('Copy');
  const written = await done('export-configuration', copy);
  expect(written).toContain(`Written: ${join(copy, 'Connectors/Entra.xml')}`);
  expect((await done('deploy', copy, '--dry-run')).at(-1)).toBe('Nothing would change.');

  const again = await run('export-configuration', copy);
  expect(again.code).toBe(1);
  expect(again.complaint).toMatch(
    /is there already: choose an empty folder, or add --force to replace it\.\n$/,
  );
  const file = join(copy, 'Connectors/Entra.xml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, 'spoilt');
  await done('export-configuration', copy, '--force');
  expect(readFileSync(file, 'utf8')).toBe(text);

  writeFileSync(join(copy, 'mine.xml'), 'something else');
  const mixed = await run('export-configuration', copy, '--force');
  expect(mixed).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('mine.xml, which would be deployed together'),
  });
  expect(readFileSync(join(copy, 'mine.xml'), 'utf8')).toBe('something else');
});

test('the expanded configuration deploys to the same jobs', async () => {
  const before = await jobs();
  const expanded = inScratch('Expanded');
  await done('deploy', conf, '--dry-run', '--expand', join(expanded, 'all.xml'));
  const text = readFileSync(join(expanded, 'all.xml'), 'utf8');
  expect(text).toContain('<SynchronizeTask Identifier="Delta_SynchronizeChanges_Entra_DoNotDeleteChanges"');
  expect(text).not.toContain('<CreateConnectorSynchroIncremental');
  await done('deploy', expanded);
  expect(await jobs()).toEqual(before);
});

test('every mistake is told with its place, and nothing is changed', async () => {
  const circle = ['A', 'B'].map(
    (task, index) =>
      `<SetRecentlyModifiedFlagTask Identifier="${task}" DisplayName_L1="${task}"><TaskDependsOnTask ParentTask="${'BA'[index]}" /></SetRecentlyModifiedFlagTask>`,
  );
  const wrong = inScratch('Wrong');
  writeConfigurationFiles(wrong, {
    'circle.xml': [jobElement('Circle', circle)],
    'malformed.xml': '<ConfigurationFile>\n  <Agent Identifier="Other"\n</ConfigurationFile>',
    'names.xml': [
      '<Conector Identifier="Other" />',
      '<Agent Identifier="Other" DisplayNam_L1="x" DisplayName_L1="x" />',
    ],
    'reference.xml': ['<Connector Identifier="Other" DisplayName_L1="Other" Agent="Locl" />'],
    'right.xml': [agent, ...jobClient],
    'schedule.xml': [jobElement('Never', [], 'CronTabExpression="0 0 30 2 *"')],
  });
  const before = await everything();
  const ended = await run('deploy', wrong);
  expect([ended.code, ended.lines]).toEqual([2, []]);
  const [sentence, ...mistakes] = ended.complaint.trimEnd().split('\n');
  expect(sentence).toBe(
    `syncline: The configuration in ${wrong} cannot be deployed, and nothing was changed:`,
  );
  const told = [
    /^circle\.xml:3:\d+: the tasks A → B → A wait for each other/,
    /^malformed\.xml:3:1: the file /,
    /^names\.xml:3:1: there is no element Conector \(did you mean Connector\?\)/,
    /^names\.xml:4:\d+: Agent Other has no attribute DisplayNam_L1/,
    /^reference\.xml:3:54: .* "Locl", which does not exist \(did you mean Local\?\)/,
    /^schedule\.xml:3:\d+: .*The day of month "30" never comes in the month "2"/,
  ];
  expect(mistakes).toEqual(told.map((mistake) => expect.stringMatching(mistake)));

  // It would take everything away.
  const empty = inScratch('Empty');
  mkdirSync(empty);
  const emptied = await run('deploy', empty, '--json');
  expect(emptied.code).toBe(2);
  expect(JSON.parse(emptied.lines.at(-1) ?? '')).toMatchObject({
    error: { code: 'configuration-refused', message: expect.stringContaining('holds no .xml file') },
  });
  expect(await everything()).toEqual(before);
});

test('what is gone from the files is shown and goes: a job, a client, a permission', async () => {
  const { sql } = own().database;
  const permissionsOfJob = async () => {
    const [client] = await sql<{ permissions: string[] }[]>`
      select to_jsonb(permissions) as permissions from api_client where identifier = 'Job' and revoked_at is null`;
    return client?.permissions ?? [];
  };
  expect(await permissionsOfJob()).toContain('/Jobs/RunJob/Launch');
  const fewer = jobClient.filter((element) => !element.startsWith('<JobExecution'));
  writeConfigurationFiles(conf, { 'all.xml': [agent, ...connector, ...fewer, scaffolding] });
  const lines = await done('deploy', conf);
  const summary = lines.findIndex((line) => line.startsWith('Deployed: '));
  const shown = lines.slice(0, summary);
  expect(shown).toEqual(expect.arrayContaining(['- Job Nightly "Nightly"', '- OpenIdClient Desk "Desk"']));
  expect(shown.join('\n')).toMatch(/^- AccessControlRule AgentSynchro_Job_RunJobLaunch /m);
  expect((await sql`select identifier from job`).map(({ identifier }) => identifier)).toEqual(['Delta']);
  expect(await sql`select from api_client where identifier = 'Desk' and revoked_at is null`).toHaveLength(0);
  expect(await permissionsOfJob()).not.toContain('/Jobs/RunJob/Launch');
});

test('a hash of the settings is used instead of the one in the files, and a client that nobody knows is told', async () => {
  const hash = createHash('sha256').update('of this environment').digest('base64');
  const settings = inScratch('settings.json');
  const clients = { JOB: { HashedSecret: hash }, Jbo: { HashedSecret: hash } };
  writeFileSync(settings, JSON.stringify({ OpenIdClients: clients }));
  const lines = await done('deploy', conf, '--settings', settings);
  expect(lines).toContain(
    'OpenIdClients of the settings has a hash for Jbo, which is no OpenIdClient of the configuration: correct the name, it was not used.',
  );
  expect(lines.join('\n')).not.toContain(hash);
  const [client] = await own().database.sql`
    select hashed_secret from api_client where identifier = 'Job' and revoked_at is null`;
  expect(client).toEqual({ hashedSecret: hash });
});

test('two deployments at once come one after the other, each as a whole', async () => {
  const { sql } = own().database;
  const folders = ['One', 'Two'].map((name) => {
    const folder = inScratch(name);
    writeConfigurationFiles(folder, { 'all.xml': [agent, ...jobClient, jobElement(name, [])] });
    return folder;
  });
  const revision = async () => Number((await sql`select revision from deployed_configuration`)[0]?.revision);
  const before = await revision();
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = sql.begin(async (transaction) => {
    await transaction`lock table configuration_element in share row exclusive mode`;
    locked.resolve();
    await held.promise;
  });
  onTestFinished(() => held.resolve());
  await locked.promise;
  const deployments = folders.map((folder) => run('deploy', folder));
  let hasEnded = false;
  for (const deployment of deployments) void deployment.then(() => (hasEnded = true));
  for (let waiting = 0; waiting < 2 && !hasEnded; await delay(20)) {
    const rows = await sql`
      select from pg_locks where relation = 'configuration_element'::regclass and not granted`;
    waiting = rows.length;
  }
  held.resolve();
  await holding;
  const ended = await Promise.all(deployments);
  expect(ended.map(({ code, complaint }) => ({ code, complaint }))).toEqual([
    { code: 0, complaint: '' },
    { code: 0, complaint: '' },
  ]);
  expect(await revision()).toBe(before + 2);
  const elements = await sql`select identifier from configuration_element where kind = 'Job'`;
  const inPlace = await sql`select identifier from job`;
  expect(elements).toHaveLength(1);
  expect(inPlace.map(({ identifier }) => identifier)).toEqual(elements.map(({ identifier }) => identifier));
});

test('a run that is under way goes on to its end, also when its job is gone from the files', async () => {
  const { sql } = own().database;
  const base = [agent, ...jobClient];
  writeConfigurationFiles(conf, {
    'all.xml': [...base, jobElement('Holding', [deployTask('Holding', 'anywhere')])],
  });
  await done('deploy', conf);
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const worker = await startHeldWorker(sql, 'one', async () => {
    begun.resolve();
    await held.promise;
    return 'Done after all.';
  });
  onTestFinished(async () => {
    held.resolve();
    await worker.stop();
  });
  const launched = await worker.queue.launch({
    jobIdentifier: 'Holding',
    trigger: 'command',
    startedBy: 'a test',
  });
  if (launched.kind !== 'launched') throw new Error(launched.kind);
  await begun.promise;
  writeConfigurationFiles(conf, { 'all.xml': base });
  await done('deploy', conf);
  expect(await sql`select from job where identifier = 'Holding'`).toHaveLength(0);
  held.resolve();
  const ended = await runIn(sql, launched.jobRunId, 'succeeded', 'failed', 'cancelled');
  expect(ended).toMatchObject({
    jobIdentifier: 'Holding',
    state: 'succeeded',
    tasks: [{ message: 'Done after all.' }],
  });
});
