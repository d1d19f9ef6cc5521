/** Launches: some tasks, with a reason, once however often they are sent, and in the audit or not at all. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readAudit } from '../src/store/audit.ts';
import { claimJobRun, endJobRun, readJobRun } from '../src/store/job-runs.ts';
import { beginRun, endRun } from '../src/store/runs.ts';
import { endTaskRun } from '../src/store/task-runs.ts';
import { type Answer, type JsonObject, jobOf, taskOf, useApi, writeJobs } from './fixtures/api-server.ts';

const getApi = useApi();
let token = '';

beforeAll(async () => {
  const names = ['chosen', 'repeated', 'crossed', 'raced', 'unrecorded', 'blocked', 'cancelled', 'modes'];
  await writeJobs(getApi().database, [
    ...names.map((name) =>
      jobOf(name, {
        tasks: [
          taskOf('first'),
          taskOf('second', { level: 1, connections: [`of-${name}`] }),
          taskOf('third', { level: 2, dependsOn: ['second'] }),
        ],
      }),
    ),
  ]);
  token = await getApi().token('/Jobs', '/Custom', '/Connectors');
});

async function post(path: string, body: JsonObject, key?: string): Promise<Answer> {
  const response = await fetch(getApi().server.url + path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as JsonObject };
}

const lastAudit = async (subject: string) => {
  const [entry] = await readAudit(getApi().database.sql, { subject, limit: 1 });
  return entry;
};

test('may name its tasks and say why, and the run tells both', async () => {
  const { call, database } = getApi();
  const options = { tasks: ['THIRD', 'first'], isFull: true, reason: '  The filter was changed. ' };
  const { status, body } = await post('/api/jobs/chosen/runs', options);
  expect(status).toBe(202);
  const run = await readJobRun(database.sql, Number(body.jobRunId));
  expect(run?.tasks.map(({ identifier }) => identifier)).toEqual(['first', 'third']);
  const shown = await call('GET', `/api/runs/${body.jobRunId}`, token);
  expect(shown.body).toMatchObject({
    displayName: 'The job chosen',
    reason: 'The filter was changed.',
    isFull: true,
    isForced: false,
    trigger: 'api',
  });
  expect(await lastAudit('chosen')).toMatchObject({
    outcome: 'done',
    detail: { tasks: ['THIRD', 'first'], isFull: true, reason: 'The filter was changed.' },
  });
  const wrong = await post('/api/jobs/modes/runs', { tasks: ['fourth'] });
  expect([wrong.status, wrong.body.code]).toEqual([400, 'request-invalid']);
  expect(wrong.body.detail).toContain('choose from first, second, third');
});

describe('that is sent again under its key', () => {
  test('answers with the run of the first time, also when that has ended, and is in the audit once', async () => {
    const { sql } = getApi().database;
    const first = await post('/api/jobs/repeated/runs', {}, 'a-lost-answer');
    const again = await post('/api/jobs/REPEATED/runs', {}, 'a-lost-answer');
    expect([again.status, again.body.jobRunId]).toEqual([202, first.body.jobRunId]);
    const jobRunId = Number(first.body.jobRunId);
    await claimJobRun(sql, jobRunId, 'worker-1');
    await endJobRun(sql, jobRunId, 'worker-1', 'succeeded', null);
    expect((await post('/api/jobs/repeated/runs', {}, 'a-lost-answer')).body.jobRunId).toBe(jobRunId);
    expect((await post('/api/jobs/repeated/runs', {}, 'another')).body.jobRunId).not.toBe(jobRunId);
    const entries = await readAudit(sql, { action: 'job-run.launch', limit: 50 });
    expect(entries.filter(({ detail }) => detail.jobRunId === jobRunId)).toHaveLength(1);
  });

  test('at the same time makes one run', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post('/api/jobs/raced/runs', {}, 'five at once'.replaceAll(' ', '-'))),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.jobRunId)).size).toBe(1);
  });

  test('for another job is refused, and so is a key that is none', async () => {
    await post('/api/jobs/crossed/runs', {}, 'crossed');
    const other = await post('/api/jobs/modes/runs', {}, 'crossed');
    expect([other.status, other.body.field]).toEqual([400, 'header.idempotency-key']);
    expect(other.body.detail).toContain('of the job crossed before');
    const wrong = await post('/api/jobs/modes/runs', {}, 'x'.repeat(101));
    expect([wrong.status, wrong.body.field]).toEqual([400, 'header.idempotency-key']);
  });

  test('by another client is another launch', async () => {
    const { call, token: makeToken, server } = getApi();
    const mine = await post('/api/jobs/modes/runs', {}, 'shared');
    await call('POST', `/api/runs/${mine.body.jobRunId}/cancel`, token);
    const response = await fetch(`${server.url}/api/jobs/modes/runs`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await makeToken('/Jobs')}`, 'Idempotency-Key': 'shared' },
    });
    const theirs = (await response.json()) as JsonObject;
    expect(response.status).toBe(202);
    expect(theirs.jobRunId).not.toBe(mine.body.jobRunId);
  });
});

test('is not done where it cannot be written into the audit', async () => {
  const { database, call } = getApi();
  const { sql } = database;
  const launched = await post('/api/jobs/cancelled/runs', {});
  await sql`alter table audit_entry add constraint refused check (action not like 'job-run.%') not valid`;
  try {
    expect((await post('/api/jobs/unrecorded/runs', {})).status).toBe(500);
    expect((await post(`/api/runs/${launched.body.jobRunId}/cancel`, {})).status).toBe(500);
  } finally {
    await sql`alter table audit_entry drop constraint refused`;
  }
  expect((await call('GET', '/api/runs?job=unrecorded', token)).body.items).toEqual([]);
  const run = await call('GET', `/api/runs/${launched.body.jobRunId}`, token);
  expect(run.body).toMatchObject({ state: 'queued', isCancelRequested: false });
});

describe('a resumption', () => {
  test('says why, and is refused for another list than the one that was looked at', async () => {
    const { call, database } = getApi();
    const { sql } = database;
    const [connection] = await sql<{ connectionId: number }[]>`
      insert into connection (name, source) values ('of-blocked', 'a tenant') returning connection_id`;
    const connectionId = connection?.connectionId ?? 0;
    const runId = await beginRun(sql, connectionId, 'synchronize');
    await endRun(sql, runId, 'blocked', 'Too much.');
    await sql`
      insert into connection_block (connection_id, run_id, reasons) values (${connectionId}, ${runId}, '["Too much"]')`;
    const { body } = await post('/api/jobs/blocked/runs', {});
    const jobRunId = Number(body.jobRunId);
    await claimJobRun(sql, jobRunId, 'worker-1');
    const [, second] = (await readJobRun(sql, jobRunId))?.tasks ?? [];
    await endTaskRun(sql, second?.taskRunId ?? 0, 'blocked', 'Too much.', 'worker-1');
    await endJobRun(sql, jobRunId, 'worker-1', 'blocked', 'Too much.');
    const shown = await call('GET', `/api/runs/${jobRunId}`, token);
    expect(shown.body.blocks).toMatchObject([
      { connection: 'of-blocked', runId, reasons: ['Too much'], changes: 0, deletions: 0 },
    ]);

    const path = `/api/runs/${jobRunId}/resume`;
    const stale = await post(path, { seen: [{ connection: 'of-blocked', runId: runId - 1 }] });
    expect([stale.status, stale.body.code]).toEqual([409, 'connection-state']);
    expect(await lastAudit(`run ${jobRunId}`)).toMatchObject({
      outcome: 'refused',
      detail: { outcome: 'other-list' },
    });
    const seen = [{ connection: 'of-blocked', runId }];
    const resumed = await post(path, { seen, reason: 'As announced.' }, 'resumed-once');
    expect(resumed.status).toBe(202);
    const again = await post(path, { seen }, 'resumed-once');
    expect(again.body.jobRunId).toBe(resumed.body.jobRunId);
    const run = await call('GET', `/api/runs/${resumed.body.jobRunId}`, token);
    expect(run.body).toMatchObject({ resumesJobRunId: jobRunId, reason: 'As announced.' });
  });
});
