/** Reconciliations that a worker does for whoever asks over HTTP: simulated, in earnest, held back and approved, decided about, ended. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Processing, startProcessing } from '../src/cli/processing.ts';
import type { MappingDefinition } from '../src/model/mapping.ts';
import { type Answer, testConfig, useApi } from './fixtures/api-server.ts';
import { mappingOf, storeMapping, storeResources } from './fixtures/mapping-rows.ts';

const getApi = useApi();
let processing: Processing;
let token = '';

beforeAll(async () => {
  const { database, dataDirectory, token: makeToken } = getApi();
  processing = await startProcessing(testConfig(dataDirectory), database, {
    slots: 2,
    onProgress: () => {},
    onRun: () => {},
    onNotice: () => {},
    onError: () => {},
  });
  token = await makeToken('/Syncline', '/Jobs');
});
afterAll(() => processing.stop());

const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
  getApi().call(method, path, token, body);

/** A mapping from identities to groups of the same directory, so that there is no other system to read. */
function groupsOf(name: string, more: Partial<MappingDefinition> = {}): MappingDefinition {
  return mappingOf(name, {
    source: { connection: 'Identities', type: 'alpha_user' },
    target: { connection: 'Identities', type: 'alpha_group' },
    filterSource: `/city eq "${name}"`,
    filterTarget: `/description co "${name}"`,
    correlation: [{ match: 'name' }],
    attributes: [
      { target: 'name', source: { kind: 'attribute', name: 'userName' }, apply: 'always', ifEmpty: 'clear' },
      {
        target: 'description',
        source: { kind: 'expression', text: 'Join(" ", [city], [givenName])' },
        apply: 'always',
        ifEmpty: 'clear',
      },
    ],
    ...more,
  });
}

const personOf = (city: string, name: string) => ({
  userName: `${name.toLowerCase()}.${city.toLowerCase()}@example.com`,
  givenName: name,
  sn: 'Carter',
  mail: `${name.toLowerCase()}@example.com`,
  city,
});

type Run = Readonly<{ reconciliationId: number; state: string } & Record<string, unknown>>;

/** The reconciliation of a run of a job, once it is in one of these states. */
async function runOf(jobRunId: unknown, ...states: readonly string[]): Promise<Run> {
  for (;;) {
    const { body } = await call('GET', `/api/reconciliations?jobRunId=${jobRunId}`);
    const [run] = (body.items ?? []) as unknown as Run[];
    if (run && states.includes(run.state)) return run;
    const job = await call('GET', `/api/runs/${jobRunId}`);
    if (job.body.state === 'failed') throw new Error(String(job.body.message));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ended = ['succeeded', 'succeeded-with-failures', 'failed', 'blocked', 'cancelled'];

async function reconcile(name: string, body: unknown): Promise<Run> {
  const started = await call('POST', `/api/mappings/${encodeURIComponent(name)}/reconciliations`, body);
  if (started.status !== 202) throw new Error(JSON.stringify(started.body));
  return await runOf(started.body.jobRunId, ...ended);
}

const entriesOf = async ({ reconciliationId }: Run, query = '') =>
  (await call('GET', `/api/reconciliations/${reconciliationId}/entries?${query}`)).body.items;

async function groupsThere(name: string): Promise<readonly string[]> {
  const rows = await getApi().database.sql<{ group: string }[]>`
    select attributes->>'description' as "group" from resource join entity_type using (entity_type_id)
    where entity_type.name = 'alpha_group' and starts_with(attributes->>'description', ${name}) order by 1`;
  return rows.map(({ group }) => group);
}

test('a simulation predicts the run, the run does it, and the next one has nothing to do', async () => {
  const { sql } = getApi().database;
  const city = 'Lyon';
  await storeResources(sql, 'Identities', 'alpha_user', {
    'lyon-1': personOf(city, 'Sam'),
    'lyon-2': personOf(city, 'Kim'),
    'elsewhere-1': personOf('Elsewhere', 'Jo'),
  });
  await storeMapping(sql, groupsOf(city));
  const simulated = await reconcile(city, { mode: 'full', isDryRun: true });
  expect(simulated).toMatchObject({
    state: 'succeeded',
    isDryRun: true,
    total: 2,
    categories: { unresolved: 2 },
    counts: { actions: { CREATE: 2 } },
  });
  expect(await entriesOf(simulated)).toMatchObject([
    { status: 'proposed', situation: 'ABSENT', action: 'CREATE', changedAttributes: ['name', 'description'] },
    { status: 'proposed' },
  ]);
  expect(await groupsThere(city)).toEqual([]);

  const run = await reconcile(city, { mode: 'full' });
  expect(run).toMatchObject({
    state: 'succeeded',
    categories: { unresolved: 2 },
    counts: { target: { created: 2 } },
  });
  const entries = (await entriesOf(run)) as { target: { key: string } | null }[];
  expect(entries.map(({ target }) => typeof target?.key)).toEqual(['string', 'string']);
  expect(await groupsThere(city)).toEqual(['Lyon Kim', 'Lyon Sam']);

  const again = await reconcile(city, { mode: 'full' });
  expect(again).toMatchObject({
    state: 'succeeded',
    total: 2,
    categories: { 'one-to-one': 2, unresolved: 0 },
  });
  expect(await entriesOf(again)).toMatchObject([
    { entryId: expect.stringMatching(/^link-/), status: 'succeeded', changedAttributes: [] },
    {},
  ]);

  await storeResources(sql, 'Identities', 'alpha_user', { 'lyon-1': personOf(city, 'Samuel') });
  const one = await reconcile(city, { mode: 'keys', keys: ['lyon-1'] });
  const [entry] = (await entriesOf(one)) as { entryId: string }[];
  const details = await call('GET', `/api/reconciliations/${one.reconciliationId}/entries/${entry?.entryId}`);
  expect(details.body).toMatchObject({
    situation: 'CONFIRMED',
    action: 'UPDATE',
    changes: { before: { description: 'Lyon Sam' }, after: { description: 'Lyon Samuel' } },
    targetSide: { attributes: { description: 'Lyon Samuel' } },
    rows: [{ source: 'source.userName' }, { source: 'Join(" ", [city], [givenName])' }],
  });
});

test('what the guards hold back is done when somebody approves it, and never without', async () => {
  const { sql } = getApi().database;
  const city = 'Turin';
  const people = Object.fromEntries(
    ['Ana', 'Bea', 'Cid', 'Dan'].map((name) => [`turin-${name}`, personOf(city, name)]),
  );
  await storeResources(sql, 'Identities', 'alpha_user', people);
  const definition = groupsOf(city, { policies: [{ situation: 'SOURCE_MISSING', action: 'DELETE' }] });
  await storeMapping(sql, {
    ...definition,
    guards: { ...definition.guards, DELETE: { count: 1, percent: 0 } },
  });
  expect(await reconcile(city, { mode: 'full' })).toMatchObject({ counts: { target: { created: 4 } } });
  await sql`delete from resource where key in ('turin-Ana', 'turin-Bea')`;
  const blocked = await reconcile(city, { mode: 'full' });
  expect(blocked).toMatchObject({
    state: 'blocked',
    canResume: true,
    blockReasons: [{ action: 'DELETE', count: 2, limit: { count: 1 } }],
  });
  expect(await entriesOf(blocked, 'action=DELETE')).toMatchObject([
    { status: 'proposed' },
    { status: 'proposed' },
  ]);
  expect(await groupsThere(city)).toHaveLength(4);
  const resumed = await call('POST', `/api/reconciliations/${blocked.reconciliationId}/resume`, {});
  expect(resumed.status).toBe(202);
  const done = await runOf(resumed.body.jobRunId, ...ended);
  expect(done).toMatchObject({
    reconciliationId: blocked.reconciliationId,
    state: 'succeeded',
    canResume: false,
    counts: { target: { deleted: 2 } },
  });
  expect(await groupsThere(city)).toEqual(['Turin Cid', 'Turin Dan']);
});

test('somebody whom several match is linked to one, or given an object of their own', async () => {
  const { sql } = getApi().database;
  const city = 'Porto';
  await storeResources(sql, 'Identities', 'alpha_user', {
    'porto-1': personOf(city, 'Twin'),
    'porto-2': { ...personOf(city, 'Twin'), userName: 'second.porto@example.com' },
  });
  await storeResources(sql, 'Identities', 'alpha_group', {
    'group-a': { name: 'a.porto', description: 'Porto Twin' },
    'group-b': { name: 'b.porto', description: 'Porto Twin' },
  });
  await storeMapping(sql, groupsOf(city, { correlation: [{ match: 'description' }] }));
  const run = await reconcile(city, { mode: 'full' });
  expect(run).toMatchObject({ categories: { conflicting: 2 } });
  const [first, second] = (await entriesOf(run, 'situation=AMBIGUOUS')) as {
    entryId: string;
    candidateCount: number;
  }[];
  expect(first).toMatchObject({ candidateCount: 2, candidates: [{ key: 'group-a', name: 'a.porto' }, {}] });
  const resolve = async (entryId: string | undefined, body: unknown) => {
    const { body: resolved } = await call(
      'POST',
      `/api/reconciliations/${run.reconciliationId}/entries/${entryId}/resolve`,
      body,
    );
    return await runOf(resolved.jobRunId, ...ended);
  };
  const linked = await resolve(first?.entryId, { action: 'link', targetKey: 'group-b' });
  expect(linked).toMatchObject({ mode: 'keys', state: 'succeeded', categories: { 'one-to-one': 1 } });
  const created = await resolve(second?.entryId, { action: 'create' });
  expect(created).toMatchObject({ mode: 'keys', state: 'succeeded', counts: { target: { created: 1 } } });
  const [made] = (await entriesOf(created)) as { entryId: string }[];
  const details = await call(
    'GET',
    `/api/reconciliations/${created.reconciliationId}/entries/${made?.entryId}`,
  );
  expect(details.body).toMatchObject({ action: 'CREATE', policy: { isDecidedByPerson: true, place: null } });
  expect(await groupsThere(city)).toHaveLength(3);
});

test('one that is under way is ended: what is done stays, and the rest is left', async () => {
  const { sql } = getApi().database;
  const city = 'Ghent';
  const people = Object.fromEntries(
    Array.from({ length: 1500 }, (_, index) => [`ghent-${index}`, personOf(city, `P${index}`)]),
  );
  await storeResources(sql, 'Identities', 'alpha_user', people);
  await storeMapping(sql, groupsOf(city));
  const started = await call('POST', `/api/mappings/${city}/reconciliations`, { mode: 'full' });
  const { jobRunId } = started.body;
  // Who writes identities waits for this, so that the run stands still between two of its batches.
  await sql.begin(async (transaction) => {
    await transaction`lock table taken_value in exclusive mode`;
    const running = await runOf(jobRunId, 'running');
    for (let stage: unknown = ''; stage !== 'acting'; ) {
      stage = (await call('GET', `/api/reconciliations/${running.reconciliationId}`)).body.stage;
    }
    const cancelled = await call('POST', `/api/reconciliations/${running.reconciliationId}/cancel`, {});
    expect([cancelled.status, cancelled.body.isCancelRequested]).toEqual([202, true]);
    // The worker hears of it at its next beat.
    const beat = async () =>
      (
        await sql<
          { at: Date }[]
        >`select heartbeat_at as at from job_run where job_run_id = ${Number(jobRunId)}`
      )[0]?.at;
    const asked = await beat();
    await expect.poll(beat, { timeout: 20_000 }).not.toEqual(asked);
  });
  const run = await runOf(jobRunId, ...ended);
  expect(run.state).toBe('cancelled');
  expect((await groupsThere(city)).length).toBeLessThan(1500);
  expect((await call('POST', `/api/reconciliations/${run.reconciliationId}/cancel`, {})).body.code).toBe(
    'reconciliation-state',
  );
});
