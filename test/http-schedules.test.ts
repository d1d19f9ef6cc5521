/** When jobs run, changed by a person: previews, changes that nobody overwrites unseen, and what deployments make of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { deployDirectory } from '../src/identity-manager/deployment.ts';
import { startDueJob } from '../src/jobs/scheduler.ts';
import { readAudit } from '../src/store/audit.ts';
import { findJob, recordFollowed, replaceJobs } from '../src/store/jobs.ts';
import { type Answer, type JsonObject, jobOf, taskOf, useApi, writeJobs } from './fixtures/api-server.ts';

const getApi = useApi();
let token = '';

const nightly = { schedule: '30 6 * * 1-5', timeZone: 'Europe/Paris' };

beforeAll(async () => {
  await writeJobs(getApi().database, [
    jobOf('Nightly', nightly),
    jobOf('Stale', nightly),
    jobOf('Returned', nightly),
    jobOf('Kept', nightly),
    jobOf('Switched', { ...nightly, schedule: '*/15 * * * *' }),
    jobOf('ByHand'),
    jobOf('followed', { follow: { floorSeconds: 15, ceilingSeconds: 900 }, tasks: [taskOf('sync')] }),
  ]);
  token = await getApi().token('/Jobs');
});

const preview = (body: JsonObject) => getApi().call('POST', '/api/schedules/preview', token, body);

async function send(
  method: string,
  identifier: string,
  version: number | undefined,
  body?: JsonObject,
): Promise<Answer> {
  const response = await fetch(`${getApi().server.url}/api/jobs/${identifier}/schedule`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as JsonObject };
}

const everyHour = { schedule: '0 * * * *', timeZone: 'UTC', isEnabled: true, pace: null };

const versionOf = async (identifier: string) =>
  Number((await getApi().call('GET', `/api/jobs/${identifier}`, token)).body.version);

describe('a preview', () => {
  test('says what is meant, and that seconds were written for minutes', async () => {
    const { status, body } = await preview({ schedule: ' */15  * * * * ?', timeZone: 'utc' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'schedule',
      schedule: '*/15 * * * * ?',
      timeZone: 'UTC',
      sentence: 'every 15 seconds',
      warnings: [
        { kind: 'too-often', suggestion: { schedule: '0 */15 * * * ?', sentence: 'every 15 minutes' } },
      ],
    });
    expect(body.next).toHaveLength(5);
  });

  test('says where it cannot be read', async () => {
    const { status, body } = await preview({ schedule: '0 25 * * *', timeZone: 'UTC' });
    expect([status, body.kind, body.position]).toEqual([200, 'refused', { from: 2, to: 4 }]);
    expect(body.reason).toContain('The hour "25" is out of range');
    const zone = await preview({ schedule: '0 5 * * *', timeZone: 'Europe/Pariss' });
    expect(zone.body).toMatchObject({ kind: 'refused', isTimeZone: true });
  });

  test('says that runs of the job take longer than its pace', async () => {
    const { sql } = getApi().database;
    await sql`
      insert into job_run (job_id, job_identifier, state, trigger, started_by, started_at, ended_at)
      select job_id, identifier, 'succeeded', 'api', 'a test', now() - interval '1 hour', now() - interval '40 minutes'
      from job where identifier = 'ByHand'`;
    const { body } = await preview({ schedule: '*/15 * * * *', timeZone: 'UTC', job: 'byhand' });
    expect(body.warnings).toMatchObject([{ kind: 'overlap' }]);
    expect((await preview({ schedule: '0 * * * *', timeZone: 'UTC', job: 'byhand' })).body.warnings).toEqual(
      [],
    );
  });
});

describe('a change', () => {
  test('is in force at once, is shown beside what is defined, and is in the audit with both', async () => {
    const { call, database } = getApi();
    const { headers, body } = await call('GET', '/api/jobs/nightly', token);
    expect([headers.get('ETag'), body.version, body.definedTiming]).toEqual(['"1"', 1, null]);
    const changed = await send('PUT', 'NIGHTLY', 1, everyHour);
    expect([changed.status, changed.headers.get('ETag')]).toEqual([200, '"2"']);
    expect(changed.body).toMatchObject({
      schedule: '0 * * * *',
      scheduleInWords: 'every hour',
      isTimingOverridden: true,
      definedTiming: { ...nightly, scheduleInWords: 'at 06:30 on Monday to Friday (Europe/Paris)' },
    });
    expect(changed.body.timingChangedBy).toMatch(/^API client /);
    const [firstRun] = changed.body.nextRuns as readonly string[];
    expect(changed.body.nextRunAt).toBe(firstRun);
    const [entry] = await readAudit(database.sql, { subject: 'Nightly', limit: 1 });
    expect(entry).toMatchObject({
      action: 'job.schedule',
      outcome: 'done',
      detail: {
        before: '30 6 * * 1-5 (Europe/Paris), at 06:30 on Monday to Friday (Europe/Paris)',
        after: '0 * * * * (UTC), every hour',
      },
    });
  });

  test('that somebody else made meanwhile is not overwritten', async () => {
    await send('PUT', 'Stale', 1, everyHour);
    const { status, headers, body } = await send('PUT', 'Stale', 1, { ...everyHour, isEnabled: false });
    expect([status, body.code, body.version, headers.get('ETag')]).toEqual([
      412,
      'changed-meanwhile',
      2,
      '"2"',
    ]);
    expect(body.changedBy).toMatch(/^API client /);
    expect((await send('PUT', 'Stale', undefined, everyHour)).body.code).toBe('version-missing');
    expect((await getApi().call('GET', '/api/jobs/Stale', token)).body.isEnabled).toBe(true);
    const [entry] = await readAudit(getApi().database.sql, { subject: 'Stale', limit: 1 });
    expect(entry).toMatchObject({ outcome: 'refused', detail: { reason: 'changed-meanwhile' } });
  });

  test('is given back to the definition', async () => {
    await send('PUT', 'Returned', 1, everyHour);
    const { status, body } = await send('DELETE', 'Returned', 2);
    expect([status, body.version]).toEqual([200, 3]);
    expect(body).toMatchObject({ ...nightly, isTimingOverridden: false, definedTiming: null });
    const again = await send('DELETE', 'Returned', 3);
    expect([again.status, again.body.code]).toEqual([409, 'job-state']);
    // What the definition says by itself is no override.
    await send('PUT', 'Returned', 3, everyHour);
    const same = await send('PUT', 'Returned', 4, { ...everyHour, ...nightly });
    expect(same.body.isTimingOverridden).toBe(false);
  });

  test('may switch a job off: it is not started by itself then, and by hand it is', async () => {
    const { call, database, queue, server } = getApi();
    const { sql } = database;
    const job = await findJob(sql, 'Switched');
    const off = await send('PUT', 'Switched', await versionOf('Switched'), {
      schedule: '*/15 * * * *',
      timeZone: 'Europe/Paris',
      isEnabled: false,
      pace: null,
    });
    expect(off.body).toMatchObject({
      isEnabled: false,
      nextRunAt: null,
      nextRuns: [],
      isTimingOverridden: false,
    });
    const inAnHour = () => new Date(server.now().getTime() + 3_600_000);
    while (await startDueJob({ sql, queue, now: inAnHour }));
    const runs = await call('GET', '/api/runs?job=Switched', token);
    expect(runs.body.items).toEqual([]);
    expect((await call('POST', '/api/jobs/Switched/runs', token)).status).toBe(202);
    const on = await send('PUT', 'Switched', await versionOf('Switched'), {
      schedule: '*/15 * * * *',
      timeZone: 'Europe/Paris',
      isEnabled: true,
      pace: null,
    });
    expect(on.body.nextRunAt).toBe((on.body.nextRuns as readonly string[])[0]);
    expect(job?.isEnabled).toBe(true);
  });

  test.each<[string, JsonObject, string]>([
    ['ByHand', { ...everyHour, schedule: '0 0 30 2 *' }, 'body.schedule'],
    ['ByHand', { ...everyHour, timeZone: 'Paris time' }, 'body.timeZone'],
    ['ByHand', { ...everyHour, pace: { floorSeconds: 1, ceilingSeconds: 2 } }, 'body.pace'],
    ['ByHand', { ...everyHour, schedule: '' }, 'body.schedule'],
    ['followed', everyHour, 'body.schedule'],
    [
      'followed',
      { ...everyHour, schedule: null, pace: { floorSeconds: 60, ceilingSeconds: 30 } },
      'body.pace.floorSeconds',
    ],
    [
      'followed',
      { ...everyHour, schedule: null, pace: { floorSeconds: 0, ceilingSeconds: 30 } },
      'body.pace.floorSeconds',
    ],
  ])('of %s to %j is refused with the field', async (identifier, body, field) => {
    const { status, body: problem } = await send('PUT', identifier, 1, body);
    expect([status, problem.code, problem.field]).toEqual([400, 'request-invalid', field]);
    expect(String(problem.detail)).toMatch(/^[A-Z].*\.$/);
  });

  test('of a followed job is its pace, which its next pauses keep to', async () => {
    const { sql } = getApi().database;
    const job = await findJob(sql, 'followed');
    await recordFollowed(sql, job?.jobId ?? 0, 900, new Date(Date.now() + 900_000));
    const { status, body } = await send('PUT', 'followed', 1, {
      schedule: null,
      timeZone: 'UTC',
      isEnabled: true,
      pace: { floorSeconds: 30, ceilingSeconds: 60 },
    });
    expect(status).toBe(200);
    expect(body.pace).toEqual({ floorSeconds: 30, ceilingSeconds: 60, pauseSeconds: 60 });
    expect(Date.parse(String(body.nextRunAt)) - Date.now()).toBeLessThan(61_000);
    expect(body.definedTiming).toMatchObject({ pace: { floorSeconds: 15, ceilingSeconds: 900 } });
  });
});

describe('jobs that are written anew', () => {
  const rewrite = (schedule: string | null, follow?: { floorSeconds: number; ceilingSeconds: number }) =>
    getApi().database.sql.begin((transaction) =>
      replaceJobs(transaction, 'settings', [
        {
          ...jobOf('Kept', { schedule, timeZone: 'UTC', ...(follow === undefined ? {} : { follow }) }),
          nextRunAt: null,
        },
      ]),
    );
  const kept = async () => (await getApi().call('GET', '/api/jobs/Kept', token)).body;

  test('keep what a person has said, until the definition says the same or the job is of another kind', async () => {
    await send('PUT', 'Kept', 1, everyHour);
    await rewrite('*/30 * * * *');
    expect(await kept()).toMatchObject({
      schedule: '0 * * * *',
      version: 2,
      definedTiming: { schedule: '*/30 * * * *', timeZone: 'UTC' },
    });
    expect((await kept()).nextRunAt).not.toBeNull();

    await rewrite('0 * * * *');
    expect(await kept()).toMatchObject({ isTimingOverridden: false, version: 3 });
    await rewrite('*/5 * * * *');
    expect(await kept()).toMatchObject({ schedule: '*/5 * * * *', isTimingOverridden: false, version: 4 });

    await send('PUT', 'Kept', 4, everyHour);
    await rewrite(null, { floorSeconds: 10, ceilingSeconds: 20 });
    expect(await kept()).toMatchObject({
      schedule: null,
      isTimingOverridden: false,
      pace: { floorSeconds: 10, ceilingSeconds: 20 },
    });
  });
});

test('a deployment says which jobs do not run as it has them', async () => {
  const { database, dataDirectory } = getApi();
  const { sql } = database;
  const directory = join(dataDirectory, 'Conf');
  const write = (schedule: string) =>
    writeFileSync(
      join(directory, 'Jobs.xml'),
      `<?xml version="1.0" encoding="utf-8"?>
<ConfigurationFile xmlns="urn:schemas-usercube-com:configuration">
  <Job Identifier="Deployed" DisplayName_L1="Deployed" CrontabExpression="${schedule}" CronTimeZone="UTC" />
</ConfigurationFile>`,
    );
  mkdirSync(directory);
  write('0 3 * * *');
  const options = { deployedBy: 'a test', now: new Date() };
  expect((await deployDirectory(sql, directory, options)).warnings.join()).not.toContain('goes on running');
  expect((await send('PUT', 'Deployed', 1, everyHour)).status).toBe(200);
  write('0 4 * * *');
  const { warnings } = await deployDirectory(sql, directory, options);
  expect(warnings.filter((warning) => warning.startsWith('Job Deployed'))).toEqual([
    expect.stringMatching(
      /^Job Deployed goes on running as API client client-\d+ has set it, every hour, instead of at 04:00 every day \(UTC\): .*\.$/,
    ),
  ]);
  expect((await getApi().call('GET', '/api/jobs/Deployed', token)).body).toMatchObject({
    origin: 'configuration',
    schedule: '0 * * * *',
    definedTiming: { schedule: '0 4 * * *' },
  });
});
