// Schedules in the database: what is due is started once, by one of any number of schedulers, and what was missed is caught up once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openQueue, type Queue } from '../src/jobs/queue.ts';
import { startDueJob } from '../src/jobs/scheduler.ts';
import { listJobRuns } from '../src/store/job-runs.ts';
import { findJob, recordFollowed, wakeFollowers } from '../src/store/jobs.ts';
import { heldTask, jobOf, recordJobs } from './fixtures/job-processing.ts';
import { useOwnDatabase } from './fixtures/own-database.ts';

const own = useOwnDatabase();
let queue: Queue;
let nowMs = Date.parse('2026-11-29T12:00:00Z');
const now = () => new Date(nowMs);
const at = (time: string) => new Date(`2026-11-29T${time}Z`);

beforeAll(async () => {
  queue = await openQueue(own().database.sql, { isWorker: false, onError: () => {} });
});
afterAll(() => queue.close());
beforeEach(async () => {
  nowMs = at('12:00:00').getTime();
  await own().database.sql`delete from job_run`;
});

const startDue = () => startDueJob({ sql: own().database.sql, queue, now });
const runs = () => listJobRuns(own().database.sql, { limit: 100 });
const nextOf = async (identifier: string) => (await findJob(own().database.sql, identifier))?.nextRunAt;

async function record(identifier: string, schedule: string, nextRunAt: Date): Promise<void> {
  await recordJobs(own().database.sql, []);
  await recordJobs(own().database.sql, [jobOf(identifier, [heldTask('a')], { schedule, nextRunAt })]);
}

test('a job is started when its time has come, and not before', async () => {
  await record('Quarterly', '*/15 * * * *', at('12:15:00'));
  nowMs = at('12:14:59').getTime();
  expect(await startDue()).toBe(false);
  nowMs = at('12:15:00').getTime();
  expect(await startDue()).toBe(true);
  expect(await startDue()).toBe(false);
  expect(await runs()).toMatchObject([
    { jobIdentifier: 'Quarterly', trigger: 'schedule', startedBy: 'the schedule' },
  ]);
  expect(await nextOf('Quarterly')).toEqual(at('12:30:00'));
});

test('however many times were missed, one run makes up for them', async () => {
  await record('Missed', '*/15 * * * *', at('08:00:00'));
  expect(await startDue()).toBe(true);
  expect(await startDue()).toBe(false);
  expect(await runs()).toHaveLength(1);
  expect(await nextOf('Missed')).toEqual(at('12:15:00'));
});

test('a job that is still under way is not started again, and its next time comes', async () => {
  await record('Long', '*/15 * * * *', at('12:00:00'));
  expect(await startDue()).toBe(true);
  nowMs = at('12:15:00').getTime();
  expect(await startDue()).toBe(true);
  expect(await runs()).toHaveLength(1);
  expect(await nextOf('Long')).toEqual(at('12:30:00'));
});

test('schedulers side by side start each due job once', async () => {
  const jobs = Array.from({ length: 20 }, (_, index) =>
    jobOf(`Parallel${index}`, [heldTask('a')], { schedule: '0 * * * *', nextRunAt: at('12:00:00') }),
  );
  await recordJobs(own().database.sql, jobs);
  const turns = Array.from({ length: 5 }, async () => {
    let started = 0;
    while (await startDue()) started += 1;
    return started;
  });
  const started = await Promise.all(turns);
  expect(started.reduce((sum, count) => sum + count, 0)).toBe(20);
  expect(new Set((await runs()).map(({ jobIdentifier }) => jobIdentifier)).size).toBe(20);
});

test('a schedule that is over leaves its job alone for good', async () => {
  await record('Once', '0 0 12 29 11 ? 2026', at('12:00:00'));
  expect(await startDue()).toBe(true);
  expect(await nextOf('Once')).toBeNull();
});

describe('a job that is deployed anew', () => {
  test('keeps its time as long as its schedule stays', async () => {
    await record('Stays', '*/15 * * * *', at('12:15:00'));
    await recordJobs(own().database.sql, [
      jobOf('STAYS', [heldTask('b')], { schedule: '*/15 * * * *', nextRunAt: at('13:00:00') }),
    ]);
    expect(await nextOf('Stays')).toEqual(at('12:15:00'));
    expect((await findJob(own().database.sql, 'stays'))?.tasks.map(({ identifier }) => identifier)).toEqual([
      'b',
    ]);
  });

  test('gets the time of its new schedule', async () => {
    await record('Changes', '*/15 * * * *', at('12:15:00'));
    await recordJobs(own().database.sql, [
      jobOf('Changes', [heldTask('a')], { schedule: '0 13 * * *', nextRunAt: at('13:00:00') }),
    ]);
    expect(await nextOf('Changes')).toEqual(at('13:00:00'));
  });
});

describe('a job that follows a connection', () => {
  const follow = { floorSeconds: 15, ceilingSeconds: 900 };
  const following = () =>
    jobOf('Follows', [heldTask('a', { connections: ['Contoso'] })], { follow, nextRunAt: at('12:00:00') });

  test('runs at once, and again at the latest after the longest pause', async () => {
    await recordJobs(own().database.sql, []);
    await recordJobs(own().database.sql, [following()]);
    expect(await startDue()).toBe(true);
    expect(await runs()).toMatchObject([{ trigger: 'follow', startedBy: 'following' }]);
    expect(await nextOf('Follows')).toEqual(at('12:15:00'));
  });

  test('is woken by news of its connection, which also brings it to its shortest pause', async () => {
    const { sql } = own().database;
    await recordJobs(sql, []);
    await recordJobs(sql, [following()]);
    const { jobId = 0 } = (await findJob(sql, 'Follows')) ?? {};
    await recordFollowed(sql, jobId, 600, at('12:10:00'));
    expect(await wakeFollowers(sql, 'Fabrikam', at('12:00:05'))).toBe(0);
    expect(await wakeFollowers(sql, 'Contoso', at('12:00:05'))).toBe(1);
    expect(await findJob(sql, 'Follows')).toMatchObject({
      nextRunAt: at('12:00:05'),
      followPauseSeconds: 15,
    });
  });
});
