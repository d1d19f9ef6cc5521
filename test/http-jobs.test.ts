/** Jobs and runs through the API: what is shown, what a launch may ask, and that every change is in the audit. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '../src/store/audit.ts';
import { claimJobRun, createJobRun, endJobRun, readJobRun } from '../src/store/job-runs.ts';
import { findJob } from '../src/store/jobs.ts';
import { beginRun, endRun } from '../src/store/runs.ts';
import { appendTaskRunLog } from '../src/store/task-run-log.ts';
import { beginTaskRun, endTaskRun, recordTaskProgress } from '../src/store/task-runs.ts';
import { recordWorker } from '../src/store/workers.ts';
import { type JsonObject, jobOf, signIn, taskOf, useApi, writeJobs } from './fixtures/api-server.ts';

const getApi = useApi();
let token = '';

const jobNames = [
  'launching',
  'options',
  'cancelling',
  'following',
  'logging',
  'blocking',
  'paging',
  'streaming',
  'crowded',
  'ending',
  'discarding',
];

beforeAll(async () => {
  const { database } = getApi();
  await writeJobs(database, [
    jobOf('Nightly_Full', { schedule: '30 6 * * 1-5', timeZone: 'Europe/Paris' }),
    jobOf('scheduled-only', { schedule: '*/15 * * * *', isUserStartDenied: true }),
    ...jobNames.map((name) =>
      jobOf(name, { tasks: [taskOf('first'), taskOf('second', { connections: ['contoso'] })] }),
    ),
  ]);
  token = await getApi().token('/Jobs', '/Connectors', '/Custom');
});

/** Makes a run that a worker has. */
async function runningRun(identifier: string): Promise<number> {
  const { sql } = getApi().database;
  const job = await findJob(sql, identifier);
  if (!job) throw new Error(`There is no job ${identifier}.`);
  const run = {
    jobId: job.jobId,
    jobIdentifier: job.identifier,
    trigger: 'schedule' as const,
    startedBy: 'a test',
  };
  const creation = await sql.begin((transaction) => createJobRun(transaction, { ...run, tasks: job.tasks }));
  await claimJobRun(sql, creation.jobRunId, 'worker-1');
  return creation.jobRunId;
}

async function taskRunIds(jobRunId: number): Promise<number[]> {
  return (await readJobRun(getApi().database.sql, jobRunId))?.tasks.map(({ taskRunId }) => taskRunId) ?? [];
}

const lastAudit = async (subject: string) => {
  const [entry] = await readAudit(getApi().database.sql, { subject, limit: 1 });
  return entry;
};

describe('jobs', () => {
  test('are listed with their schedules in words', async () => {
    const { status, body } = await getApi().call('GET', '/api/jobs', token);
    expect(status).toBe(200);
    const jobs = body.items as readonly JsonObject[];
    expect(body).toMatchObject({ page: 1, pageSize: 50, total: jobs.length, isTotalExact: true });
    expect(jobs.map(({ identifier }) => identifier)).toContain('Nightly_Full');
    const nightly = jobs.find(({ identifier }) => identifier === 'Nightly_Full');
    expect(nightly).toMatchObject({ schedule: '30 6 * * 1-5', timeZone: 'Europe/Paris', lastRun: null });
    expect(nightly?.scheduleInWords).toContain('06:30');
  });

  test('show their tasks and the next five runs, whatever the case of the identifier', async () => {
    const { body } = await getApi().call('GET', '/api/jobs/nightly_full', token);
    expect(body.tasks).toMatchObject([
      { identifier: 'first' },
      { identifier: 'second', dependsOn: ['first'] },
    ]);
    const runs = (body.nextRuns as readonly string[]).map((text) => new Date(text));
    expect(runs).toHaveLength(5);
    const hours = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Paris',
      hour: '2-digit',
      minute: '2-digit',
    });
    for (const run of runs) expect(hours.format(run)).toBe('06:30');
  });

  test('that are not there are told with the nearest name', async () => {
    const { status, body } = await getApi().call('POST', '/api/jobs/Nightly_Fall/runs', token);
    expect([status, body.code]).toEqual([404, 'job-unknown']);
    expect(body.detail).toContain('did you mean Nightly_Full?');
    expect((await getApi().call('GET', '/api/jobs/nothing', token)).status).toBe(404);
  });
});

describe('a launch', () => {
  test('queues a run in the name of the client, and is in the audit with the id of the request', async () => {
    const { server, call, database } = getApi();
    const response = await fetch(`${server.url}/api/jobs/LAUNCHING/runs`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'X-Request-Id': 'launch-of-a-test' },
    });
    expect(response.status).toBe(202);
    const { jobRunId } = (await response.json()) as { jobRunId: number };
    expect(response.headers.get('Location')).toBe(`/api/runs/${jobRunId}`);
    const { body } = await call('GET', `/api/runs/${jobRunId}`, token);
    expect(body).toMatchObject({ jobIdentifier: 'launching', state: 'queued', trigger: 'api' });
    expect(body.startedBy).toMatch(/^API client client-\d+$/);
    const [entry] = await readAudit(database.sql, { subject: 'LAUNCHING', limit: 1 });
    expect(entry).toMatchObject({
      action: 'job-run.launch',
      actor: body.startedBy,
      outcome: 'done',
      requestId: 'launch-of-a-test',
      address: '127.0.0.1',
      detail: { jobRunId },
    });

    const again = await call('POST', '/api/jobs/launching/runs', token, {});
    expect([again.status, again.body.code, again.body.jobRunId]).toEqual([409, 'run-under-way', jobRunId]);
    expect(await lastAudit('launching')).toMatchObject({
      outcome: 'refused',
      detail: { outcome: 'under-way' },
    });
  });

  test('may ask for some tasks, in full and past the guards', async () => {
    const { call, database } = getApi();
    const options = { taskIdentifier: 'SECOND', force: true, isFull: true };
    const { status, body } = await call('POST', '/api/jobs/options/runs', token, options);
    expect(status).toBe(202);
    const run = await readJobRun(database.sql, Number(body.jobRunId));
    expect(run?.tasks.map(({ identifier }) => identifier)).toEqual(['second']);
    expect(await lastAudit('options')).toMatchObject({
      detail: { taskIdentifier: 'SECOND', force: true, isFull: true },
    });
  });

  test('past the guards, or in repair, needs the permission for it', async () => {
    const { call, token: makeToken } = getApi();
    const launcher = await makeToken('/Jobs/RunJob/Launch');
    for (const options of [{ force: true }, { isRepair: true }]) {
      const { status, body } = await call('POST', '/api/jobs/paging/runs', launcher, options);
      expect(status).toBe(403);
      expect(body.detail).toContain('/Jobs/RunJob/Repair');
    }
  });

  test('of a job for its schedule only is refused', async () => {
    const { status, body } = await getApi().call('POST', '/api/jobs/scheduled-only/runs', token);
    expect([status, body.code]).toEqual([403, 'start-denied']);
    expect(await lastAudit('scheduled-only')).toMatchObject({ outcome: 'refused' });
  });

  test.each<[number, string, unknown, string | undefined]>([
    [400, 'request-invalid', '{"force": tru', 'body'],
    [400, 'request-invalid', '[]', 'body'],
    [400, 'request-invalid', { force: 'yes' }, 'body.force'],
    [400, 'request-invalid', { froce: true }, 'body.froce'],
    [400, 'request-invalid', { taskIdentifier: 'third' }, 'body'],
    [413, 'body-too-large', { taskContains: 'x'.repeat(70_000) }, undefined],
  ])('is answered by %i %s for what is wrong in it', async (expected, code, options, field) => {
    const { status, headers, body } = await getApi().call('POST', '/api/jobs/paging/runs', token, options);
    expect([status, body.code, body.field]).toEqual([expected, code, field]);
    expect(headers.get('Content-Type')).toBe('application/problem+json');
    expect(body.requestId).toBe(headers.get('X-Request-Id'));
    expect(String(body.detail)).toMatch(/^[A-Z].*\.$/);
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\bat \w+/);
  });

  test('with another media type is answered by 415', async () => {
    const response = await fetch(`${getApi().server.url}/api/jobs/paging/runs`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'text/plain' },
      body: 'force',
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 'media-type-unsupported' });
  });
});

describe('a run', () => {
  test('is shown with its tasks, their progress, and what they did', async () => {
    const { database, call } = getApi();
    const { sql } = database;
    const jobRunId = await runningRun('following');
    const [first = 0] = await taskRunIds(jobRunId);
    await beginTaskRun(sql, first, 'worker-1');
    await recordTaskProgress(
      sql,
      first,
      [{ objectClass: 'user', stage: 'reading', objects: 500, links: 0 }],
      'worker-1',
    );
    const { body } = await call('GET', `/api/runs/${jobRunId}`, token);
    expect(body).toMatchObject({
      state: 'running',
      worker: 'worker-1',
      tasks: [{ state: 'running', progress: [{ objectClass: 'user', objects: 500 }] }, { state: 'queued' }],
    });
  });

  test('is cancelled once', async () => {
    const { call } = getApi();
    const launched = await call('POST', '/api/jobs/cancelling/runs', token);
    const path = `/api/runs/${launched.body.jobRunId}`;
    const { status, body } = await call('POST', `${path}/cancel`, token);
    expect([status, body.state]).toEqual([202, 'cancelled']);
    const again = await call('POST', `${path}/cancel`, token);
    expect([again.status, again.body.code]).toEqual([409, 'run-state']);
    const entries = await readAudit(getApi().database.sql, { action: 'job-run.cancel', limit: 2 });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['refused', 'done']);
  });

  test('that is blocked is resumed, by itself or by launching its job in repair', async () => {
    const { call, database } = getApi();
    const { sql } = database;
    const block = async () => {
      const jobRunId = await runningRun('blocking');
      const [, second = 0] = await taskRunIds(jobRunId);
      await endTaskRun(sql, second, 'blocked', 'Too much.', 'worker-1');
      await endJobRun(sql, jobRunId, 'worker-1', 'blocked', 'Too much.');
      return jobRunId;
    };
    const blocked = await block();
    const { status, body } = await call('POST', `/api/runs/${blocked}/resume`, token);
    expect(status).toBe(202);
    const resumed = await call('GET', `/api/runs/${body.jobRunId}`, token);
    expect(resumed.body).toMatchObject({ trigger: 'resume', resumesJobRunId: blocked });
    expect((await call('POST', `/api/runs/${blocked}/resume`, token)).body.code).toBe('run-under-way');
    await call('POST', `/api/runs/${body.jobRunId}/cancel`, token);

    const notBlocked = await call('POST', `/api/jobs/blocking/runs`, token, { isRepair: true });
    expect([notBlocked.status, notBlocked.body.code]).toEqual([409, 'run-state']);
    await block();
    expect((await call('POST', '/api/jobs/blocking/runs', token, { isRepair: true })).status).toBe(202);
  });

  test.each(['resume', 'discard'])('that is not blocked is not to %s', async (verb) => {
    const { call, database } = getApi();
    const jobRunId = await runningRun('discarding');
    await endJobRun(database.sql, jobRunId, 'worker-1', 'failed', null);
    const { status, body } = await call('POST', `/api/runs/${jobRunId}/${verb}`, token);
    expect([status, body.code]).toEqual([409, 'run-state']);
  });

  test('that is not there is 404, and a number that is none 400', async () => {
    const { call } = getApi();
    for (const path of ['', '/events', '/tasks/1/log']) {
      expect((await call('GET', `/api/runs/99999${path}`, token)).status).toBe(404);
      expect((await call('GET', `/api/runs/nine${path}`, token)).body.field).toBe('path.jobRunId');
    }
    expect((await call('GET', '/api/runs/99999999999999', token)).status).toBe(400);
  });

  test('has a log that is read line by line', async () => {
    const { call, database } = getApi();
    const { sql } = database;
    const jobRunId = await runningRun('logging');
    const [first = 0] = await taskRunIds(jobRunId);
    for (const line of ['one', 'two', 'three']) await appendTaskRunLog(sql, first, 'information', line);
    const path = `/api/runs/${jobRunId}/tasks/${first}/log`;
    const page = await call('GET', `${path}?limit=2`, token);
    expect(page.body.lines).toMatchObject([{ message: 'one' }, { message: 'two' }]);
    const rest = await call('GET', `${path}?limit=2&after=${page.body.nextAfter}`, token);
    expect(rest.body.lines).toMatchObject([{ message: 'three' }]);
    const end = await call('GET', `${path}?after=${rest.body.nextAfter}`, token);
    expect(end.body).toEqual({ lines: [], nextAfter: rest.body.nextAfter });
    const other = await call('GET', `/api/runs/${jobRunId}/tasks/${first + 1000}/log`, token);
    expect(other.body.code).toBe('task-run-unknown');
  });

  test('is one of many, page by page', async () => {
    const { call, database } = getApi();
    const made: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      const jobRunId = await runningRun('paging');
      await endJobRun(database.sql, jobRunId, 'worker-1', 'succeeded', null);
      made.unshift(jobRunId);
    }
    const numbers: unknown[] = [];
    for (let before = ''; ; ) {
      const { body } = await call('GET', `/api/runs?job=PAGING&state=succeeded&pageSize=2${before}`, token);
      const page = (body.items as readonly JsonObject[]).map(({ jobRunId }) => jobRunId);
      numbers.push(...page);
      if (page.length < 2) break;
      before = `&before=${page.at(-1)}`;
    }
    expect(numbers).toEqual(made);
    const wrong = await call('GET', '/api/runs?state=done', token);
    expect([wrong.status, wrong.body.field]).toEqual([400, 'query.state']);
    expect((await call('GET', '/api/runs?stat=failed', token)).body.field).toBe('query.stat');
  });
});

describe('the stream of a run', () => {
  /** Reads events as they come. */
  async function* eventsOf(
    path: string,
    bearer: string,
  ): AsyncGenerator<{ event: string; data: JsonObject }> {
    const response = await fetch(getApi().server.url + path, {
      headers: { Authorization: `Bearer ${bearer}` },
    });
    expect(response.headers.get('Content-Type')).toContain('text/event-stream');
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (event !== '') yield { event, data: JSON.parse(data) };
      }
    }
  }

  test('tells of every change until the end, which is the last event', async () => {
    const { sql } = getApi().database;
    const jobRunId = await runningRun('streaming');
    const [first = 0] = await taskRunIds(jobRunId);
    const told: string[] = [];
    for await (const { event, data } of eventsOf(`/api/runs/${jobRunId}/events`, token)) {
      told.push(`${event} ${data.state}`);
      if (told.length === 1) await beginTaskRun(sql, first, 'worker-1');
      if (told.length === 2) await endTaskRun(sql, first, 'succeeded', null, 'worker-1');
      if (told.length === 3) await endJobRun(sql, jobRunId, 'worker-1', 'succeeded', 'All is well.');
    }
    expect(told).toEqual(['progress running', 'progress running', 'progress running', 'end succeeded']);
    for await (const { event, data } of eventsOf(`/api/runs/${jobRunId}/events`, token)) {
      expect([event, data.message]).toEqual(['end', 'All is well.']);
    }
  });

  test('is one of ten at most, and one that is left makes room', async () => {
    const { token: makeToken, server } = getApi();
    const jobRunId = await runningRun('crowded');
    const path = `${server.url}/api/runs/${jobRunId}/events`;
    const headers = { Authorization: `Bearer ${await makeToken('/Jobs')}` };
    const leaving = new AbortController();
    for (let count = 0; count < 10; count += 1) {
      expect((await fetch(path, { headers, signal: leaving.signal })).status).toBe(200);
    }
    const refused = await fetch(path, { headers });
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '5']);
    leaving.abort();
    const more = new AbortController();
    await expect
      .poll(async () => (await fetch(path, { headers, signal: more.signal })).status, { timeout: 20_000 })
      .toBe(200);
    more.abort();
  });

  test('ends with the access token, and with the server', async () => {
    const { start, makeClient } = getApi();
    const jobRunId = await runningRun('ending');
    for (const end of ['token', 'server'] as const) {
      const server = await start({});
      const { identifier, secret } = await makeClient(['/Jobs']);
      const bearer = await signIn(server.url, identifier, secret);
      const response = await fetch(`${server.url}/api/runs/${jobRunId}/events`, {
        headers: { Authorization: `Bearer ${bearer}` },
      });
      const whole = response.text();
      if (end === 'token') server.wait(3601);
      else server.close();
      expect(await whole).not.toContain('event: end');
    }
  });
});

describe('connections', () => {
  async function blockConnection(name: string): Promise<void> {
    const { sql } = getApi().database;
    const [connection] = await sql<{ connectionId: number }[]>`
      insert into connection (name, source) values (${name}, 'a tenant') returning connection_id`;
    const connectionId = connection?.connectionId ?? 0;
    const [entityType] = await sql<{ entityTypeId: number }[]>`
      insert into entity_type (connection_id, name, resource_count) values (${connectionId}, 'group', 40) returning entity_type_id`;
    const entityTypeId = entityType?.entityTypeId ?? 0;
    const runId = await beginRun(sql, connectionId, 'synchronize');
    const [set] = await sql<{ setId: number }[]>`
      insert into export_set (run_id, entity_type_id, kind, is_full, state, mapping)
      values (${runId}, ${entityTypeId}, 'synchronize', false, 'blocked', '{}') returning set_id`;
    await sql`
      insert into blocked_change (set_id, kind, entity_type_id, key, before)
      select ${set?.setId ?? 0}, 'delete', ${entityTypeId}, 'group-' || number, '{}' from generate_series(1, 3) as number`;
    await sql`
      insert into connection_block (connection_id, run_id, reasons)
      values (${connectionId}, ${runId}, '["3 of 40 groups would be deleted"]')`;
    await endRun(sql, runId, 'failed', 'Too much.');
  }

  test('are shown with how far they are, their last run, and what is held back', async () => {
    const { call } = getApi();
    await blockConnection('contoso');
    const { body } = await call('GET', '/api/connections/contoso', token);
    expect(body).toMatchObject({
      name: 'contoso',
      entityTypes: [{ name: 'group', resourceCount: 40, readAt: null }],
      block: { reasons: ['3 of 40 groups would be deleted'] },
      lastRun: { kind: 'synchronize', state: 'failed', message: 'Too much.' },
    });
    expect((await call('GET', '/api/connections', token)).body.connections).toContainEqual(body);
    const blocked = await call('GET', '/api/connections/contoso/blocked', token);
    expect(blocked.body.classes).toEqual([{ objectClass: 'group', inserted: 0, updated: 0, deleted: 3 }]);
    const page = await call('GET', '/api/connections/contoso/blocked/changes?limit=2', token);
    expect(page.body.changes).toMatchObject([{ key: 'group-1', kind: 'delete' }, { key: 'group-2' }]);
    const rest = await call(
      'GET',
      `/api/connections/contoso/blocked/changes?limit=2&after=${page.body.next}`,
      token,
    );
    expect(rest.body).toMatchObject({ changes: [{ key: 'group-3' }], next: null });
  });

  test('that a run stands at are discarded with it, and are free then', async () => {
    const { call, database } = getApi();
    const jobRunId = await runningRun('discarding');
    const [, second = 0] = await taskRunIds(jobRunId);
    await endTaskRun(database.sql, second, 'blocked', 'Too much.', 'worker-1');
    await endJobRun(database.sql, jobRunId, 'worker-1', 'blocked', 'Too much.');
    const { status, body } = await call('POST', `/api/runs/${jobRunId}/discard`, token);
    expect([status, body]).toEqual([200, { connections: ['contoso'], discardedSets: 1 }]);
    expect(await lastAudit('contoso')).toMatchObject({ action: 'connection.discard', outcome: 'done' });
    expect((await call('GET', '/api/connections/contoso/blocked', token)).status).toBe(404);
    expect((await call('GET', '/api/connections/contoso', token)).body.block).toBeNull();
    expect((await call('POST', `/api/runs/${jobRunId}/discard`, token)).status).toBe(409);
  });

  test('are discarded by name, once', async () => {
    const { call } = getApi();
    await blockConnection('fabrikam');
    expect((await call('DELETE', '/api/connections/fabrikam/blocked', token)).body.discardedSets).toBe(1);
    const again = await call('DELETE', '/api/connections/fabrikam/blocked', token);
    expect([again.status, again.body.code]).toEqual([409, 'connection-state']);
    expect((await call('DELETE', '/api/connections/nowhere/blocked', token)).status).toBe(404);
  });
});

test('workers are listed while they are alive', async () => {
  const { call, database, token: makeToken } = getApi();
  await recordWorker(database.sql, { worker: 'worker-7', host: 'here', version: '1.2.3', slots: 4 });
  const { body } = await call('GET', '/api/workers', await makeToken('/Syncline/Workers'));
  expect(body.workers).toMatchObject([
    { worker: 'worker-7', host: 'here', slots: 4, processId: process.pid },
  ]);
});
