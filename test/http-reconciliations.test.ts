/** Reconciliations over HTTP: begun, looked at entry by entry, decided about, and begun by themselves. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '../src/store/audit.ts';
import { claimJobRun, endJobRun, readJobRun } from '../src/store/job-runs.ts';
import type { StoredMapping } from '../src/store/mappings.ts';
import { endTaskRun, readTaskDefinitions } from '../src/store/task-runs.ts';
import { type Answer, type JsonObject, useApi } from './fixtures/api-server.ts';
import { listenToEvents } from './fixtures/event-listener.ts';
import { mappingOf, storeMapping, storeResources, storeRun } from './fixtures/mapping-rows.ts';

const getApi = useApi();
let token = '';
let mapping: StoredMapping;
let linkNumber = 0;

const people = {
  'entra-1': {
    displayName: 'Sam Carter',
    userPrincipalName: 'sam@example.com',
    givenName: 'Sam',
    surname: 'Carter',
  },
  'entra-2': {
    displayName: 'Jo Smith',
    userPrincipalName: 'jo@example.com',
    givenName: 'Jo',
    surname: 'Smith',
  },
  'entra-3': {
    displayName: 'Kim Young',
    userPrincipalName: 'kim@example.com',
    givenName: 'Kim',
    surname: 'Young',
  },
};
const identities = {
  'id-1': { displayName: 'Sam Carter', userName: 'sam@example.com', givenName: 'Samuel', sn: 'Carter' },
  'id-2': { displayName: 'Jo Smith', userName: 'jo.smith@example.com', givenName: 'Jo', sn: 'Smith' },
  'id-3': { displayName: 'Jo Smith (ext)', userName: 'jo.ext@example.com', givenName: 'Jo', sn: 'Smith' },
};

beforeAll(async () => {
  const { database, token: makeToken } = getApi();
  const { sql } = database;
  await storeResources(sql, 'Contoso', 'user', people);
  await storeResources(sql, 'Identities', 'alpha_user', identities);
  mapping = await storeMapping(
    sql,
    mappingOf('Contoso to identities', { source: { connection: 'Contoso', type: 'user' } }),
  );
  const [link] = await sql<{ linkNumber: number }[]>`
    insert into account_link (mapping_id, qualifier, source_key, target_key)
    values (${mapping.mappingId}, 'default', 'entra-1', 'id-1') returning link_number::float8 as link_number`;
  linkNumber = link?.linkNumber ?? 0;
  token = await makeToken('/Syncline', '/Jobs');
});

const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
  getApi().call(method, path, token, body);
const mappingPath = '/api/mappings/Contoso%20to%20identities';

async function send(
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(getApi().server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as JsonObject };
}

/** Ends the runs of the mapping's jobs that are under way, so that the next can be launched; gives their reconcile tasks' options. */
async function endRuns(): Promise<readonly Readonly<Record<string, string>>[]> {
  const { sql } = getApi().database;
  const runs = await sql<
    { jobRunId: number }[]
  >`select job_run_id from job_run where state = 'queued' order by job_run_id`;
  const options: Readonly<Record<string, string>>[] = [];
  for (const { jobRunId } of runs) {
    for (const definition of (await readTaskDefinitions(sql, jobRunId)).values()) {
      if (definition.kind === 'reconcile') options.push(definition.options);
    }
    await claimJobRun(sql, jobRunId, 'worker-1');
    await endJobRun(sql, jobRunId, 'worker-1', 'succeeded', null);
  }
  return options;
}

describe('beginning one', () => {
  test('queues the job of the mapping, with what was asked for in this run only, and is in the audit', async () => {
    const { sql } = getApi().database;
    const query = 'mail eq "sam@example.com"';
    const { status, body, headers } = await call('POST', `${mappingPath}/reconciliations`, {
      mode: 'query',
      query,
      isDryRun: true,
      reason: 'Before the weekend',
    });
    expect([status, headers.get('Location')]).toEqual([202, `/api/runs/${body.jobRunId}`]);
    const run = await readJobRun(sql, Number(body.jobRunId));
    expect(run).toMatchObject({
      jobIdentifier: 'Contoso to identities (full)',
      reason: 'Before the weekend',
    });
    const [options] = await endRuns();
    expect(options).toMatchObject({ mapping: 'Contoso to identities', mode: 'query', query, dryRun: 'true' });
    const [entry] = await readAudit(sql, { action: 'reconciliation.simulate', limit: 1 });
    expect(entry).toMatchObject({
      subject: 'Contoso to identities',
      outcome: 'done',
      detail: { mode: 'query', query },
    });
    await call('POST', `${mappingPath}/reconciliations`, { mode: 'full' });
    expect(await endRuns()).toEqual([{ mapping: 'Contoso to identities', mode: 'full' }]);
    await call('POST', `${mappingPath}/reconciliations`, { mode: 'incremental' });
    expect(await endRuns()).toEqual([{ mapping: 'Contoso to identities', mode: 'incremental' }]);
  });

  test('twice under one key makes one run, and a second one while it is under way is refused', async () => {
    const start = (key: string) =>
      send('POST', `${mappingPath}/reconciliations`, { mode: 'full' }, { 'Idempotency-Key': key });
    const first = await start('once');
    const again = await start('once');
    expect([again.status, again.body.jobRunId]).toEqual([202, first.body.jobRunId]);
    const other = await start('twice');
    expect([other.status, other.body.code, other.body.jobRunId]).toEqual([
      409,
      'run-under-way',
      first.body.jobRunId,
    ]);
    await endRuns();
  });

  test.each([
    [{ mode: 'query' }, 'body.query'],
    [{ mode: 'full', query: 'mail pr' }, 'body.query'],
    [{ mode: 'keys' }, 'body.keys'],
    [{ mode: 'query', query: 'mail eqq "x"' }, 'body.query'],
    [{ mode: 'some' }, 'body.mode'],
  ])('with %o is refused, and names the field', async (body, field) => {
    const answer = await call('POST', `${mappingPath}/reconciliations`, body);
    expect([answer.status, answer.body.field]).toEqual([400, field]);
  });

  test('past the guards needs another permission, and a mapping that is switched off is only simulated', async () => {
    const { database, token: makeToken, call: callAs } = getApi();
    const launcher = await makeToken('/Syncline/Reconciliation');
    const forced = await callAs('POST', `${mappingPath}/reconciliations`, launcher, {
      mode: 'full',
      isForced: true,
    });
    expect([forced.status, forced.body.code]).toEqual([403, 'permission-missing']);
    const off = await storeMapping(
      database.sql,
      mappingOf('Off', { source: { connection: 'Contoso', type: 'user' }, isEnabled: false }),
    );
    const refused = await call('POST', `/api/mappings/${off.name}/reconciliations`, { mode: 'full' });
    expect([refused.status, refused.body.code]).toEqual([409, 'mapping-state']);
    expect(
      (await call('POST', `/api/mappings/${off.name}/reconciliations`, { mode: 'full', isDryRun: true }))
        .status,
    ).toBe(202);
    expect((await call('POST', '/api/mappings/nobody/reconciliations', { mode: 'full' })).body.code).toBe(
      'mapping-unknown',
    );
    await endRuns();
  });
});

describe('what one found', () => {
  let reconciliationId = 0;
  beforeAll(async () => {
    const { sql } = getApi().database;
    reconciliationId = await storeRun(sql, mapping, {
      state: 'succeeded-with-failures',
      unchanged: [linkNumber],
      entries: [
        {
          situation: 'AMBIGUOUS',
          action: 'EXCEPTION',
          sourceKey: 'entra-2',
          sourceName: 'Jo Smith',
          ambiguousKeys: ['id-2', 'id-3'],
          matchedOn: { rule: 1, attributes: { sn: 'Smith' } },
        },
        {
          situation: 'ABSENT',
          action: 'CREATE',
          status: 'failed',
          message: 'The attribute mail is required: map it.',
          sourceKey: 'entra-3',
          sourceName: 'Kim Young',
          changes: { before: {}, after: { userName: 'kim@example.com' } },
        },
        {
          situation: null,
          action: null,
          status: 'failed',
          message: 'The expression failed.',
          sourceKey: 'entra-9',
        },
        {
          situation: 'UNASSIGNED',
          action: 'EXCEPTION',
          targetKey: 'id-3',
          targetName: '=Jo Smith (ext)',
          phase: 'target',
        },
      ],
    });
    await storeRun(sql, mapping, { mode: 'incremental' });
  });

  test('is in categories that have nothing in common, and with the failed ones make up all', async () => {
    const { body } = await call('GET', `/api/reconciliations/${reconciliationId}`);
    expect(body).toMatchObject({
      mapping: 'Contoso to identities',
      application: null,
      state: 'succeeded-with-failures',
      failed: 2,
      total: 5,
      categories: { 'one-to-one': 1, unresolved: 0, conflicting: 1, 'no-source': 1, ignored: 0, other: 0 },
      situations: [
        { situation: 'CONFIRMED', count: 1, failed: 0 },
        { situation: 'ABSENT', count: 1, failed: 1 },
        { situation: 'AMBIGUOUS', count: 1, failed: 0 },
        { situation: 'UNASSIGNED', count: 1, failed: 0 },
      ],
      isCurrentMapping: true,
      hasEntries: true,
    });
    expect((await call('GET', '/api/reconciliations/999999')).body.code).toBe('reconciliation-unknown');
  });

  test('is told by the list of runs; runs that found nothing are left out when that is asked for', async () => {
    const all = await call('GET', `${mappingPath}/reconciliations`);
    expect(all.body.total).toBe(2);
    const telling = await call('GET', `${mappingPath}/reconciliations?isTelling=true&mode=full,incremental`);
    expect(telling.body).toMatchObject({ total: 1, items: [{ reconciliationId }] });
    const found = await call('GET', `${mappingPath}/reconciliations?q=${reconciliationId}`);
    expect(found.body).toMatchObject({ total: 1, items: [{ reconciliationId }] });
    expect((await call('GET', `${mappingPath}/reconciliations?q=NOBODY`)).body.total).toBe(0);
  });

  test.each([
    ['', ['1', '2', '3', '4', 'link']],
    ['category=one-to-one', ['link']],
    ['category=conflicting', ['1']],
    ['category=unresolved', []],
    ['category=failed', ['2', '3']],
    ['situation=ABSENT', ['2']],
    ['action=EXCEPTION', ['1', '4']],
    ['status=succeeded', ['1', '4', 'link']],
    ['q=Kim', ['2']],
    ['q=entra-2', ['1']],
    ['page=2&pageSize=3', ['4', 'link']],
  ])('is listed by %s', async (query, expected) => {
    const { status, body } = await call('GET', `/api/reconciliations/${reconciliationId}/entries?${query}`);
    expect(status).toBe(200);
    const ids = (body.items as { entryId: string }[]).map(({ entryId }) => entryId.replace(/-\d+$/, ''));
    expect(ids).toEqual(expected);
  });

  test('names candidates, and says why an entry is as it is, with both sides as they are now', async () => {
    const path = `/api/reconciliations/${reconciliationId}/entries`;
    const { body: list } = await call('GET', `${path}?category=conflicting`);
    expect(list.items).toMatchObject([
      {
        source: { key: 'entra-2', name: 'Jo Smith' },
        candidates: [
          { key: 'id-2', name: 'Jo Smith' },
          { key: 'id-3', name: 'Jo Smith (ext)' },
        ],
        candidateCount: 2,
      },
    ]);
    const { body } = await call('GET', `${path}/1`);
    expect(body).toMatchObject({
      matchedOn: { rule: 1, attributes: { sn: 'Smith' } },
      policy: { place: null, condition: null },
      sourceSide: { attributes: people['entra-2'] },
      targetSide: null,
      matches: [
        { key: 'id-2', linkedTo: null, attributes: identities['id-2'] },
        { key: 'id-3', linkedTo: null },
      ],
      link: null,
      rows: [
        { target: 'userName', source: 'source.userPrincipalName', sourceAttribute: 'userPrincipalName' },
        {},
        {},
        {},
      ],
    });
    const pair = await call('GET', `${path}/link-${linkNumber}`);
    expect(pair.body).toMatchObject({
      situation: 'CONFIRMED',
      action: 'UPDATE',
      targetSide: { key: 'id-1', attributes: { givenName: 'Samuel' } },
      link: { targetKey: 'id-1', targetName: 'Sam Carter', linkedBy: null },
    });
    expect((await call('GET', `${path}/17`)).body.code).toBe('entry-unknown');
    expect((await call('GET', `${path}/nonsense`)).body.code).toBe('entry-unknown');
  });

  test('is a file as a whole, in which nothing is calculated', async () => {
    const response = await fetch(
      `${getApi().server.url}/api/reconciliations/${reconciliationId}/entries.csv?action=EXCEPTION`,
      { headers: { Authorization: `Bearer ${token}` } },
    );
    expect(response.headers.get('Content-Disposition')).toContain(
      `reconciliation-${reconciliationId}-Contoso-to-identities.csv`,
    );
    const [head, first, second, ...rest] = (await response.text()).replace('\uFEFF', '').split('\r\n');
    expect(head).toContain('Source,Source Key,Situation,Action,Result');
    expect(first).toBe(
      'Jo Smith,entra-2,AMBIGUOUS,EXCEPTION,succeeded,,,Jo Smith; Jo Smith (ext),,,source,default',
    );
    expect(second).toContain("'=Jo Smith (ext),id-3");
    expect(rest).toEqual(['']);
  });

  test('is told by causes where it failed, and what failed is tried again', async () => {
    const { body } = await call('GET', `/api/reconciliations/${reconciliationId}/causes`);
    expect(body).toEqual({
      isComplete: true,
      items: [
        {
          message: 'The attribute mail is required: map it.',
          count: 1,
          situation: 'ABSENT',
          example: 'Kim Young',
          exampleId: '2',
        },
        { message: 'The expression failed.', count: 1, situation: null, example: 'entra-9', exampleId: '3' },
      ],
    });
    const path = `/api/reconciliations/${reconciliationId}/entries/retry`;
    expect((await call('POST', path, {})).status).toBe(202);
    expect(await endRuns()).toMatchObject([{ mode: 'keys', keys: '["entra-3","entra-9"]' }]);
    await call('POST', path, { message: 'The expression failed.' });
    expect(await endRuns()).toMatchObject([{ mode: 'keys', keys: '["entra-9"]' }]);
    await call('POST', path, { entryIds: ['2'] });
    expect(await endRuns()).toMatchObject([{ mode: 'keys', keys: '["entra-3"]' }]);
    expect((await call('POST', path, { entryIds: ['1'] })).body.code).toBe('reconciliation-state');
  });

  describe('is decided about', () => {
    const resolve = (entryId: string, body: unknown) =>
      call('POST', `/api/reconciliations/${reconciliationId}/entries/${entryId}/resolve`, body);

    test('by linking it to a candidate, which is reconciled by itself then', async () => {
      const { sql } = getApi().database;
      const { status, body } = await resolve('1', { action: 'link', targetKey: 'id-2' });
      expect([status, typeof body.jobRunId]).toEqual([202, 'number']);
      expect(await endRuns()).toMatchObject([{ mode: 'keys', keys: '["entra-2"]' }]);
      const shown = await call('GET', `/api/reconciliations/${reconciliationId}/entries/1`);
      expect(shown.body).toMatchObject({
        link: { targetKey: 'id-2', targetName: 'Jo Smith', linkedBy: expect.stringMatching(/^API client/) },
        matches: [{ key: 'id-2', linkedTo: { key: 'entra-2', name: 'Jo Smith' } }, { linkedTo: null }],
      });
      const [entry] = await readAudit(sql, { action: 'account-link.create', limit: 1 });
      expect(entry).toMatchObject({ outcome: 'done', detail: { sourceKey: 'entra-2', targetKey: 'id-2' } });
    });

    test('and an object that belongs to somebody else is only taken away where that is said', async () => {
      const taken = await resolve('2', { action: 'link', targetKey: 'id-1' });
      expect([taken.status, taken.body.code]).toEqual([409, 'link-taken']);
      expect(taken.body.detail).toContain('entra-1');
      const unknown = await resolve('2', { action: 'link', targetKey: 'nobody' });
      expect([unknown.status, unknown.body.field]).toEqual([404, 'body.targetKey']);
      expect((await resolve('2', { action: 'link', targetKey: 'id-1', isMoving: true })).status).toBe(202);
      await endRuns();
      const { sql } = getApi().database;
      const links = await sql`select source_key, target_key from account_link order by target_key`;
      expect(links).toEqual([
        { sourceKey: 'entra-3', targetKey: 'id-1' },
        { sourceKey: 'entra-2', targetKey: 'id-2' },
      ]);
    });

    test('by removing its link, once', async () => {
      expect((await resolve('1', { action: 'unlink' })).body).toEqual({ jobRunId: null });
      expect((await resolve('1', { action: 'unlink' })).body.code).toBe('reconciliation-state');
      expect(await endRuns()).toEqual([]);
    });

    test('by giving it an object of its own, where it has none', async () => {
      expect((await resolve('1', { action: 'create' })).status).toBe(202);
      expect(await endRuns()).toMatchObject([
        { mode: 'keys', keys: '["entra-2"]', actions: '{"AMBIGUOUS":"CREATE"}' },
      ]);
      const refused = await resolve(`link-${linkNumber}`, { action: 'create' });
      expect(refused.status).toBeGreaterThanOrEqual(404);
      expect((await resolve('4', { action: 'reconcile' })).body.detail).toContain('no source resource');
    });

    test('by not trying it again', async () => {
      const { sql } = getApi().database;
      await sql`
        insert into reconciliation_retry (mapping_id, qualifier, phase, key, message)
        values (${mapping.mappingId}, 'default', 'source', 'entra-3', 'The attribute mail is required: map it.')`;
      const shown = await call('GET', `/api/reconciliations/${reconciliationId}/entries/2`);
      expect(shown.body.retry).toMatchObject({ attempts: 1 });
      expect((await call('GET', `${mappingPath}/position`)).body.retries).toBe(1);
      expect((await resolve('2', { action: 'ignore' })).body).toEqual({ jobRunId: null });
      expect((await resolve('2', { action: 'ignore' })).body.code).toBe('reconciliation-state');
      expect((await call('GET', `${mappingPath}/position`)).body.retries).toBe(0);
    });
  });
});

describe('one that a guard holds back', () => {
  const blockReasons = [
    {
      action: 'DELETE',
      count: 310,
      total: 1000,
      limit: { count: 50, percent: 5 },
      sentence: '310 of 1,000 would be deleted.',
    },
  ];

  test('says why, and is discarded once', async () => {
    const { sql } = getApi().database;
    const reconciliationId = await storeRun(sql, mapping, {
      state: 'blocked',
      blockReasons,
      entries: [
        {
          situation: 'SOURCE_MISSING',
          action: 'DELETE',
          status: 'proposed',
          targetKey: 'id-3',
          phase: 'target',
        },
      ],
    });
    const path = `/api/reconciliations/${reconciliationId}`;
    expect((await call('GET', path)).body).toMatchObject({ state: 'blocked', canResume: true, blockReasons });
    const { database, token: makeToken, call: callAs } = getApi();
    const operator = await makeToken('/Syncline/Reconciliation');
    expect((await callAs('POST', `${path}/discard`, operator, {})).status).toBe(403);
    expect((await call('POST', `${path}/discard`, {})).body).toMatchObject({
      state: 'cancelled',
      canResume: false,
    });
    expect((await call('POST', `${path}/discard`, {})).body.code).toBe('reconciliation-state');
    expect((await call('POST', `${path}/resume`, {})).body.code).toBe('reconciliation-state');
    const [entry] = await readAudit(database.sql, {
      action: 'reconciliation.discard',
      outcome: 'done',
      limit: 1,
    });
    expect(entry).toMatchObject({ subject: 'Contoso to identities', detail: { reconciliationId } });
  });

  test('goes on as a run of its job that resumes the blocked one', async () => {
    const { sql } = getApi().database;
    const { body } = await call('POST', `${mappingPath}/reconciliations`, { mode: 'full' });
    const jobRunId = Number(body.jobRunId);
    await claimJobRun(sql, jobRunId, 'worker-1');
    const tasks = (await readJobRun(sql, jobRunId))?.tasks ?? [];
    const last = tasks.at(-1);
    for (const task of tasks) {
      const state = task === last ? 'blocked' : 'succeeded';
      await endTaskRun(sql, task.taskRunId, state, 'Too much.', 'worker-1');
    }
    await endJobRun(sql, jobRunId, 'worker-1', 'blocked', 'Too much.');
    const reconciliationId = await storeRun(sql, mapping, {
      state: 'blocked',
      blockReasons,
      taskRunId: last?.taskRunId ?? 0,
    });
    const resumed = await call('POST', `/api/reconciliations/${reconciliationId}/resume`, {
      reason: 'They left.',
    });
    expect([resumed.status, resumed.body.reconciliationId]).toEqual([202, reconciliationId]);
    const run = await readJobRun(sql, Number(resumed.body.jobRunId));
    expect(run).toMatchObject({ resumesJobRunId: jobRunId, reason: 'They left.' });
    expect(run?.tasks.map(({ state }) => state)).toEqual(['succeeded', 'queued']);
    const options = await endRuns();
    expect(options.at(-1)).toMatchObject({ resumes: 'true' });
    await sql`update mapping set revision = revision + 1 where mapping_id = ${mapping.mappingId}`;
    expect((await call('GET', `/api/reconciliations/${reconciliationId}`)).body.canResume).toBe(false);
    const late = await call('POST', `/api/reconciliations/${reconciliationId}/resume`, {});
    expect(late.body.detail).toContain('has changed since');
    await sql`update mapping set revision = revision - 1 where mapping_id = ${mapping.mappingId}`;
  });
});

test('one that has ended, or that a command began, is not cancelled', async () => {
  const { sql } = getApi().database;
  const ended = await storeRun(sql, mapping, {});
  const answer = await call('POST', `/api/reconciliations/${ended}/cancel`, {});
  expect([answer.status, answer.body.code]).toEqual([409, 'reconciliation-state']);
  const byCommand = await storeRun(sql, mapping, { state: 'running' });
  const refused = await call('POST', `/api/reconciliations/${byCommand}/cancel`, {});
  expect(refused.body.detail).toContain('by a command');
  await sql`update reconciliation set state = 'cancelled' where reconciliation_id = ${byCommand}`;
});

describe('when a mapping is reconciled by itself', () => {
  const path = `${mappingPath}/schedules/incremental`;

  test('is set up with a warning for what is hardly meant, changed on the version that was seen, and switched off', async () => {
    const before = await call('GET', path);
    expect(before.body).toMatchObject({
      schedule: null,
      isEnabled: true,
      nextRuns: [],
      jobIdentifier: 'Contoso to identities (incremental)',
    });
    const version = before.headers.get('ETag') ?? '';
    const timing = { schedule: '*/15 * * * * ?', timeZone: 'UTC', isEnabled: true };
    expect((await send('PUT', path, timing, {})).status).toBe(428);
    const set = await send('PUT', path, timing, { 'If-Match': version });
    expect(set.body).toMatchObject({ scheduleInWords: 'every 15 seconds', isEnabled: true });
    expect((set.body.nextRuns as string[]).length).toBe(5);
    expect((set.body.warnings as string[])[0]).toMatch(/15 seconds/);
    expect((await send('PUT', path, timing, { 'If-Match': version })).status).toBe(412);
    const off = await send(
      'PUT',
      path,
      { ...timing, isEnabled: false },
      { 'If-Match': set.headers.get('ETag') ?? '' },
    );
    expect(off.body).toMatchObject({ isEnabled: false, nextRuns: [] });
    // The job rests, and Reconcile Now works all the same.
    expect((await call('POST', `${mappingPath}/reconciliations`, { mode: 'incremental' })).status).toBe(202);
    await endRuns();
    const wrong = await send(
      'PUT',
      path,
      { ...timing, schedule: 'never' },
      { 'If-Match': off.headers.get('ETag') ?? '' },
    );
    expect([wrong.status, wrong.body.field]).toEqual([400, 'body.schedule']);
    expect((await call('GET', `${mappingPath}/schedules/weekly`)).status).toBe(400);
  });

  test('the job of a mapping is changed as any other is, too', async () => {
    const jobPath = '/api/jobs/Contoso%20to%20identities%20(full)';
    const job = await call('GET', jobPath);
    const changed = await send(
      'PUT',
      `${jobPath}/schedule`,
      { schedule: '0 2 * * *', timeZone: 'Europe/Berlin', isEnabled: true, pace: null },
      { 'If-Match': job.headers.get('ETag') ?? '' },
    );
    expect(changed.status).toBe(200);
    expect((await call('GET', `${mappingPath}/schedules/full`)).body).toMatchObject({
      schedule: '0 2 * * *',
      timeZone: 'Europe/Berlin',
    });
  });
});

test('the position of incremental runs is shown and reset', async () => {
  const { sql } = getApi().database;
  await sql`update mapping set change_position = 5 where mapping_id = ${mapping.mappingId}`;
  expect((await call('GET', `${mappingPath}/position`)).body).toMatchObject({ position: 5, reachedBy: null });
  expect((await call('POST', `${mappingPath}/position/reset`, {})).body).toMatchObject({ position: null });
  const [entry] = await readAudit(sql, { action: 'mapping.position-reset', limit: 1 });
  expect(entry).toMatchObject({ subject: 'Contoso to identities', outcome: 'done' });
});

test('the rules say what each situation usually comes to, and what the presets are', async () => {
  const { body } = await call('GET', '/api/situation-rules');
  const rules = body.situations as { situation: string; usualAction: string; listedActions: string[] }[];
  expect(rules).toHaveLength(13);
  expect(rules.find(({ situation }) => situation === 'LINK_ONLY')).toMatchObject({
    usualAction: 'EXCEPTION',
    listedActions: expect.arrayContaining(['UNLINK']),
  });
  expect((body.presets as { name: string }[]).map(({ name }) => name)).toEqual([
    'read-only',
    'default',
    'authoritative-source',
  ]);
});

test('what changes is told to those who listen', async () => {
  const { server, database, token: makeToken } = getApi();
  const events = await listenToEvents(server.url, {
    Authorization: `Bearer ${await makeToken('/Syncline/Reconciliation/Query', '/Syncline/Mappings/Query')}`,
  });
  await storeRun(database.sql, mapping, { state: 'running' });
  expect([...(await events.hear('reconciliations'))]).not.toContain('runs');
  await database.sql`update mapping set changed_at = now() where mapping_id = ${mapping.mappingId}`;
  await events.hear('mappings');
  events.close();
});
