// `syncline reconcile` as an administrator runs it against a tenant, and the commands that show what came of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { microsoftEntraMapping } from '../src/mapping/microsoft-entra-template.ts';
import type { MappingDefinition } from '../src/model/mapping.ts';
import { ensureMappingJobs } from '../src/store/mapping-jobs.ts';
import { createMapping, readMapping, updateMapping } from '../src/store/mappings.ts';
import { transact } from '../src/store/transaction.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';
import { writeSettings } from './fixtures/settings-file.ts';
import { createClient, type SimulatorClient } from './fixtures/simulator-client.ts';
import { type Ended, type RunningCommand, runSyncline } from './fixtures/syncline-command.ts';

const own = useOwnDatabase();
let simulator: Simulator;
let client: SimulatorClient;
let settings: string;
/** Keys of users that can be changed in the tenant, and that nobody has deleted yet. */
let users: string[];

const people: MappingDefinition = microsoftEntraMapping('People', {
  source: { connection: 'Contoso', type: 'user' },
  target: { connection: 'Identities', type: 'alpha_user' },
});

beforeAll(async () => {
  simulator = await startSimulator({ users: 40, groups: 2 });
  client = createClient(simulator);
  client.use(await client.signIn());
  settings = writeSettings(join(own().dataDirectory, '..'), simulator, 'Contoso', { Guards: 'Off' });
  const { value } = await client.page('/users?$select=id,onPremisesSyncEnabled&$top=100');
  users = value.filter(({ onPremisesSyncEnabled }) => onPremisesSyncEnabled !== true).map(({ id }) => id);
  await transact(own().database.sql, async (transaction) => {
    await createMapping(transaction, {
      definition: people,
      applicationId: null,
      origin: 'console',
      createdBy: 'Ada',
    });
    await ensureMappingJobs(transaction, people);
  });
});

afterAll(async () => {
  await client.close();
  await simulator.stop();
});

function start(...words: readonly string[]): RunningCommand {
  const command = runSyncline([...words, '--data', own().dataDirectory], { SYNCLINE_SETTINGS: settings });
  onTestFinished(async () => {
    await command.stop();
  });
  return command;
}

async function run(...words: readonly string[]): Promise<Ended> {
  return await start(...words).ended;
}

type Told = Readonly<{ reconciliationId: number; state: string; counts: unknown; failed: number }>;

function lastJson({ lines }: Ended): Told & Readonly<Record<string, unknown>> {
  return JSON.parse(lines.at(-1) ?? '');
}

/** The cells of the line of a table that begins with a name. */
function row({ lines }: Ended, name: string): readonly string[] {
  const line = lines.find((one) => one.startsWith(`  ${name} `)) ?? '';
  return line.trim().split(/ {2,}/).slice(1);
}

async function identities(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const rows = await own().database.sql<{ attributes: Readonly<Record<string, unknown>> }[]>`
    select attributes from resource join entity_type using (entity_type_id) where entity_type.name = 'alpha_user'`;
  return rows.map(({ attributes }) => attributes);
}

async function change(key: string | undefined, attributes: object): Promise<void> {
  const { status, text } = await client.send(`PATCH /users/${key}`, attributes);
  expect([status, text]).toEqual([204, '']);
}

test('a dry run brings the source up to date and says what would be done; the run does exactly that', async () => {
  const dry = await run('reconcile', 'people', '--dry-run');
  expect(dry).toMatchObject({ code: 0, complaint: '' });
  expect(dry.lines).toContain('Contoso is up to date.');
  expect(dry.lines).toContain('looking for matches: 0 of 40');
  expect(row(dry, 'Unresolved')).toEqual(['40']);
  expect(row(dry, 'Absent')).toEqual(['40']);
  expect(row(dry, 'Create')).toEqual(['40']);
  expect(dry.lines).toContain('Would be: 40 created, 40 linked.');
  expect(dry.lines.find((line) => line.includes('nothing was changed'))).toMatch(
    /^People \(Contoso\/user → Identities\/alpha_user\) would be reconciled; nothing was changed, after [\d.]+ s: run \d+, full, dry\.$/,
  );
  expect(await identities()).toEqual([]);

  const done = await run('reconcile', 'People', '--no-sync', '--json');
  expect(done).toMatchObject({ code: 0, lines: [expect.any(String)] });
  expect(done.complaint).toContain('doing it: 0 of 40\n');
  expect(lastJson(done)).toMatchObject({
    state: 'succeeded',
    counts: { target: { created: 40 }, links: { created: 40 } },
    failures: [],
  });
  expect(await identities()).toHaveLength(40);
  const audited = await own().database.sql`
    select action, subject from audit_entry where action like 'reconciliation.%' order by audit_id`;
  expect(audited).toEqual([
    { action: 'reconciliation.simulate', subject: 'People' },
    { action: 'reconciliation.launch', subject: 'People' },
  ]);
});

test('what has changed in the tenant follows, and the commands show what was found and why', async () => {
  await change(users[0], { givenName: 'Augusta' });
  const ended = await run('reconcile', 'People', '--incremental');
  expect(ended).toMatchObject({ code: 0, complaint: '' });
  expect(ended.lines).toContain('Done: 1 updated.');
  expect((await identities()).filter(({ givenName }) => givenName === 'Augusta')).toHaveLength(1);

  const listed = await run('reconciliations', 'People', '--json');
  const { reconciliations } = lastJson(listed) as unknown as { reconciliations: readonly Told[] };
  expect(reconciliations).toMatchObject([
    { mode: 'incremental', state: 'succeeded' },
    { mode: 'full', isDryRun: false },
    { mode: 'full', isDryRun: true },
  ]);
  const number = String(reconciliations[0]?.reconciliationId);
  const one = await run('entries', number, '--situation', 'CONFIRMED');
  expect(one.lines[0]).toBe(`People, run ${number}: 1 entry`);
  const id = /^ {2}(\d+): changes givenName$/.exec(one.lines.at(-1) ?? '')?.[1];
  const explained = await run('entries', number, '--entry', id ?? '');
  expect(explained.lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^ {2}Situation +Confirmed: The source resource is linked/),
      expect.stringMatching(/^ {2}givenName: ".*" → "Augusta"$/),
    ]),
  );

  const csv = join(own().dataDirectory, '..', 'entries.csv');
  const all = String(reconciliations[1]?.reconciliationId);
  const written = await run('entries', all, '--category', 'unresolved', '--csv', csv);
  expect(written.lines).toEqual([`40 entries were written to ${csv}.`]);
  expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(42);
});

test('single resources and those that meet a query are reconciled alone', async () => {
  await change(users[1], { givenName: 'Grace', department: 'Navy' });
  await change(users[2], { givenName: 'Edsger', department: 'Mathematics' });
  const queried = await run('reconcile', 'People', '--query', 'department eq "Navy"');
  expect(queried).toMatchObject({ code: 0, complaint: '' });
  expect(queried.lines).toContain('Done: 1 updated.');
  expect((await identities()).map(({ givenName }) => givenName)).not.toContain('Edsger');
  const chosen = await run('reconcile', 'People', '--no-sync', '--id', users[2] ?? '', users[3] ?? '');
  expect(chosen.lines.join('\n')).toContain('Done: 1 updated');
  expect((await identities()).map(({ givenName }) => givenName)).toContain('Edsger');

  const links = await run('links', 'People', '--source', users[2] ?? '');
  expect(links.lines.join('\n')).toMatch(/Edsger .*\(.*\) {3}Edsger|Edsger/);
  expect(links.lines).toHaveLength(2);
});

test('entries that fail are told by cause with an example, and the exit code is 4', async () => {
  await change(users[4], { surname: null });
  await change(users[5], { surname: null });
  const ended = await run('reconcile', 'People', '--incremental');
  expect(ended.code).toBe(4);
  expect(row(ended, 'Failed')).toEqual(['2']);
  const told = ended.lines.slice(
    ended.lines.indexOf('Failed, and looked at again by every run until they succeed:') + 1,
  );
  expect(told[0]).toMatch(/^ {2}.*(?:Last Name|sn).* \(.+ and 1 other\)$/);
  expect(ended.complaint).toMatch(
    /^syncline: 2 entries of People failed: "syncline entries \d+ --status failed" shows them; correct the cause, and run "syncline reconcile People --incremental" to have them tried again\.\n$/,
  );

  await change(users[4], { surname: 'Lovelace' });
  await change(users[5], { surname: 'Hopper' });
  expect(await run('reconcile', 'People', '--incremental')).toMatchObject({ code: 0, complaint: '' });
});

test('a guard holds back what would delete too much, says what to do, and is gone on with', async () => {
  const { sql } = own().database;
  const stored = await readMapping(sql, 'People');
  const definition: MappingDefinition = {
    ...people,
    policies: people.policies.map((policy) =>
      policy.situation === 'SOURCE_MISSING' ? { ...policy, action: 'DELETE' } : policy,
    ),
    guards: { ...people.guards, DELETE: { count: 3, percent: 0 } },
  };
  await transact(sql, (transaction) =>
    updateMapping(transaction, 'People', stored?.version ?? 0, { definition, changedBy: 'Ada' }),
  );
  for (const key of users.splice(-6)) await client.send(`DELETE /users/${key}`);
  const held = await run('reconcile', 'People');
  expect(held.code).toBe(3);
  expect(held.complaint).toMatch(/^syncline: The run of People is blocked, and nothing is done: /);
  expect(held.lines.find((line) => line.startsWith('People ('))).toMatch(
    /is blocked: nothing was done after/,
  );
  expect(held.lines.slice(-3)).toEqual([
    'Its guards held it back:',
    expect.stringMatching(/^ {2}.*6.*3/),
    expect.stringMatching(
      /^Look at it with "syncline entries \d+ --status proposed"\. "syncline reconcile People --resume" does it; any other run of the mapping drops it\.$/,
    ),
  ]);
  expect(await identities()).toHaveLength(40);

  const resumed = await run('reconcile', 'People', '--resume', '--json');
  expect(resumed).toMatchObject({ code: 0 });
  expect(lastJson(resumed)).toMatchObject({ state: 'succeeded', counts: { target: { deleted: 6 } } });
  expect(await identities()).toHaveLength(34);
  expect(await run('reconcile', 'People', '--resume')).toMatchObject({
    code: 1,
    complaint: expect.stringMatching(/^syncline: No run of the mapping People is blocked/),
  });
});

test('Ctrl-C ends a run, and what it has done is said to stand', async () => {
  const { sql } = own().database;
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = sql.begin(async (transaction) => {
    await transaction`lock table account_link in access exclusive mode`;
    locked.resolve();
    await held.promise;
  });
  onTestFinished(() => held.resolve());
  await locked.promise;
  const command = start('reconcile', 'People', '--no-sync');
  await command.line(/^pairing by account links/);
  process.kill(command.pid, 'SIGINT');
  await command.line(/^Stopping after the portion in hand/);
  held.resolve();
  await holding;
  const ended = await command.ended;
  expect(ended.code).toBe(1);
  expect(ended.complaint).toBe('syncline: The run of People was cancelled: what is done stays done.\n');
  expect(ended.lines.find((line) => line.startsWith('People ('))).toMatch(
    /was cancelled: what is done stands, after .* s: run \d+, full\.$/,
  );
});

test('what cannot be asked for is refused in a sentence that points at it', async () => {
  const [unknown, query, both] = await Promise.all([
    run('reconcile', 'Peopel'),
    run('reconcile', 'People', '--query', 'department equals "Navy"'),
    run('reconcile', 'People', '--query', 'mail pr', '--id', 'x'),
  ]);
  expect(unknown).toMatchObject({
    code: 2,
    complaint:
      'syncline: There is no mapping "Peopel" (did you mean People?): "syncline mappings" shows those that there are.\n',
  });
  expect(query.code).toBe(2);
  expect(query.complaint.split('\n').slice(0, 3)).toEqual([
    expect.stringMatching(/^syncline: The query has a mistake at character 12: "equals" is no operator/),
    '  department equals "Navy"',
    '             ^^^^^^',
  ]);
  expect(both).toMatchObject({
    code: 2,
    complaint: expect.stringContaining("cannot be used with option '--id"),
  });
});

test('mappings are listed with their last run, and one is written as a file and deleted with its links', async () => {
  const listed = await run('mappings', '--json');
  expect(JSON.parse(listed.lines[0] ?? '')).toMatchObject({
    mappings: [{ name: 'People', lastReconciliation: { state: 'cancelled' } }],
  });
  const file = join(own().dataDirectory, '..', 'people.json');
  expect(await run('mapping', 'export', 'People', '--output', file)).toMatchObject({
    code: 0,
    lines: [`Written: ${file}`],
  });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    name: 'People',
    guards: { DELETE: { count: 3 } },
  });
  const shown = await run('mapping', 'delete', 'People', '--dry-run');
  expect(shown.lines).toEqual([
    'People (Contoso/user → Identities/alpha_user) would go, with its two jobs and 34 account links; both sides stay as they are.',
  ]);
  expect(await run('mapping', 'delete', 'People')).toMatchObject({ code: 0 });
  expect(await readMapping(own().database.sql, 'People')).toBeUndefined();
  expect(await identities()).toHaveLength(34);
});
