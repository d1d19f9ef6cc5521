/** Job Execution as an operator uses it: launching, watching, deciding about what a guard holds back, and changing when a job runs. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { beatJobRuns, claimJobRun, createJobRun, endJobRun, readJobRun } from '../../src/store/job-runs.ts';
import { findJob, replaceJobs } from '../../src/store/jobs.ts';
import { appendTaskRunLog } from '../../src/store/task-run-log.ts';
import { beginTaskRun, recordTaskProgress } from '../../src/store/task-runs.ts';
import { jobOf, taskOf } from '../fixtures/api-server.ts';
import { openClient, type SimulatorClient } from '../fixtures/simulator-client.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 300, groups: 10, seed: 3 } });
let client: SimulatorClient;
let tenant = '';

type Listed = Readonly<{ items: readonly Readonly<{ jobRunId: number; state: string }>[] }>;

const lastRun = async () => {
  const { body } = await getConsole().send('GET', `/api/runs?job=${encodeURIComponent(tenant)}&pageSize=1`);
  return (body as Listed).items[0];
};

/** Launches the job of the tenant unless it is under way, and waits until a run after `from` is in a state. */
async function runUntil(state: string): Promise<number> {
  const { send } = getConsole();
  const before = (await lastRun())?.jobRunId ?? 0;
  await send('POST', `/api/jobs/${encodeURIComponent(tenant)}/runs`, {});
  await expect
    .poll(
      async () => {
        const run = await lastRun();
        return run && run.jobRunId > before ? run.state : undefined;
      },
      { timeout: 60_000 },
    )
    .toBe(state);
  return (await lastRun())?.jobRunId ?? 0;
}

beforeAll(async () => {
  const { simulator, send, database } = getConsole();
  client = await openClient(simulator);
  const profile = await send('POST', '/api/credential-profiles', {
    name: 'Reader',
    type: 'client-secret',
    clientId: simulator.clientId,
    credentials: [{ secret: simulator.clientSecret }],
  });
  const { profileId } = profile.body as { profileId: number };
  const added = await send('POST', '/api/integrations/entra-id', {
    tenant: simulator.tenantId,
    cloud: 'Simulated',
    profileId,
  });
  tenant = (added.body as { name: string }).name;
  await vi.waitFor(async () => expect((await lastRun())?.state).toBe('succeeded'), { timeout: 60_000 });
  // Only runs that a test asks for: the tenant's own would come in between.
  await database.sql`
    update job set follow_floor_seconds = 86400, follow_ceiling_seconds = 86400, follow_interval_seconds = 86400,
      next_run_at = now() + interval '1 day' where identifier = ${tenant}`;
  // A simulated tenant has no guards unless somebody sets some.
  await database.sql`update tenant set guards = '{}' where name = ${tenant}`;
  await database.sql.begin((transaction) =>
    replaceJobs(transaction, 'configuration', [
      {
        ...jobOf('Nightly', {
          displayName: 'Nightly: everything',
          schedule: '30 6 * * 1-5',
          timeZone: 'Europe/Paris',
          tasks: [
            taskOf('Export', { displayName: 'Export', kind: 'none' }),
            taskOf('Apply', { displayName: 'Apply', kind: 'none', level: 1 }),
          ],
        }),
        nextRunAt: new Date(Date.now() + 3_600_000),
      },
    ]),
  );
});

afterAll(() => client?.close());

const row = (page: Page, name: string | RegExp) => page.getByRole('row').filter({ hasText: name });

describe('the list', () => {
  test('shows schedules, next and last runs, and is searched; each tab has its address', async () => {
    const page = await getConsole().open('/jobs', { role: 'operator' });
    await row(page, 'Nightly: everything').getByText('at 06:30 on Monday to Friday (Europe/Paris)').waitFor();
    await row(page, 'Nightly: everything').getByText('Never run').waitFor();
    await row(page, tenant).getByText('Succeeded').first().waitFor();
    expect(await page.title()).toBe('Job Execution · Syncline');
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'job-execution-light');
    await page.getByRole('searchbox').fill('nightly');
    await row(page, tenant).first().waitFor({ state: 'detached' });
    expect(page.url()).toContain('q=nightly');
    await page.getByRole('tab', { name: 'History' }).click();
    await page.waitForURL(/\/jobs\?tab=history$/);
    await page.getByRole('row').filter({ hasText: 'Run ' }).first().waitFor();
    await takePicture(page, 'job-execution-history');
    await page.getByRole('tab', { name: 'Workers' }).click();
    await page.getByText('of 2').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Running' }).click();
    await page.getByText('Nothing is under way').waitFor();
    const dark = await getConsole().open('/jobs', { theme: 'dark' });
    expect(await findBarriers(dark)).toEqual([]);
    await takePicture(dark, 'job-execution-dark');
  });
});

describe('launching', () => {
  test('asks what to run and why, leads to the run, and its log is read', async () => {
    const page = await getConsole().open('/jobs', { role: 'operator' });
    await page.getByRole('button', { name: 'Launch Nightly: everything' }).click();
    const dialog = page.getByRole('dialog', { name: 'Launch Nightly: everything' });
    await dialog.getByText('2 tasks will run.').waitFor();
    await dialog.getByText('Apply', { exact: true }).click();
    await dialog.getByText('One task will run.').waitFor();
    await dialog.getByRole('radio', { name: 'Complete' }).click();
    await dialog.getByRole('textbox', { name: /Reason/ }).fill('Because the test says so.');
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'job-launch');
    await dialog.getByRole('button', { name: 'Launch', exact: true }).click();
    await page.waitForURL(/\/jobs\/runs\/\d+$/);
    await page.getByRole('heading', { name: /^Run \d+$/ }).waitFor();
    await page.getByText('Because the test says so.').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Export' }).first().waitFor();
    expect(await page.getByRole('button', { name: /^Apply/ }).count()).toBe(0);
  });

  test('of a synchronization shows it as it comes, and what it did', async () => {
    const { open } = getConsole();
    const jobRunId = await runUntil('succeeded');
    const page = await open(`/jobs/runs/${jobRunId}`, { role: 'operator' });
    await page.getByRole('heading', { name: /^Log of/ }).waitFor();
    await page.getByText('user: 300 objects', { exact: false }).first().waitFor();
    await page.getByRole('region', { name: 'What was changed' }).first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'job-run-light');
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('no line has this');
    await page.getByText('No line matches').waitFor();
    expect(page.url()).toContain('find=');
  });

  test('shows progress, log and end as they come, without reload, and may be cancelled', async () => {
    const { open, database, send } = getConsole();
    const { sql } = database;
    const job = await findJob(sql, 'Nightly');
    const tasks = job?.tasks ?? [];
    const run = { jobId: job?.jobId ?? 0, jobIdentifier: 'Nightly', trigger: 'schedule' as const };
    const { jobRunId } = await sql.begin((transaction) =>
      createJobRun(transaction, { ...run, startedBy: 'the schedule', tasks }),
    );
    // In the hands of a worker that lives only in this test.
    await claimJobRun(sql, jobRunId, 'worker-of-the-test');
    const beating = setInterval(() => void beatJobRuns(sql, 'worker-of-the-test', [jobRunId]), 1000);
    try {
      const [task] = (await readJobRun(sql, jobRunId))?.tasks ?? [];
      const taskRunId = task?.taskRunId ?? 0;
      const record = (objects: number) =>
        recordTaskProgress(
          sql,
          taskRunId,
          [{ objectClass: 'contoso user', stage: 'reading', objects, links: 0 }],
          'worker-of-the-test',
        );
      await beginTaskRun(sql, taskRunId, 'worker-of-the-test');
      await record(12_000);
      const page = await open(`/jobs/runs/${jobRunId}`, { role: 'operator' });
      await page.getByText('12,000 objects', { exact: false }).first().waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await record(17_829);
      await page.getByText('17,829 objects', { exact: false }).first().waitFor();
      await appendTaskRunLog(sql, taskRunId, 'warning', 'contoso user: Waits for 10 s.');
      await page.getByText('contoso user: Waits for 10 s.').waitFor();
      await takePicture(page, 'job-run-progress');
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: `Cancel run ${jobRunId}?` });
      await dialog.getByRole('button', { name: 'Cancel the run' }).click();
      await page.getByRole('button', { name: 'Ending…' }).waitFor();
      await endJobRun(sql, jobRunId, 'worker-of-the-test', 'cancelled', 'Cancelled by a test.');
      await page.getByText('Cancelled by a test.').waitFor();
      const audit = await send('GET', `/api/audit?subject=${encodeURIComponent(`run ${jobRunId}`)}`);
      expect(JSON.stringify(audit.body)).toContain('Ada operator');
    } finally {
      clearInterval(beating);
    }
  });

  test('is not offered to an auditor', async () => {
    const page = await getConsole().open('/jobs', { role: 'auditor' });
    const button = page.getByRole('button', { name: 'Launch Nightly: everything' });
    await button.waitFor();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
  });
});

describe('what a guard holds back', () => {
  const removeUsers = async (count: number) => {
    const users = (await client.pages('/users?$top=999')).flatMap(({ value }) => value);
    for (const { id } of users.slice(0, count)) await client.send(`DELETE /users/${id}`);
  };

  test('is looked through, discarded and resumed with the number typed', async () => {
    const { open, send } = getConsole();
    await removeUsers(130);
    const jobRunId = await runUntil('blocked');
    const page = await open(`/jobs/runs/${jobRunId}`, { role: 'operator' });
    await page.getByText('Waits for a decision').waitFor();
    await settle(page);
    await takePicture(page, 'job-blocked-light');
    const blocked = await send('GET', `/api/connections/${encodeURIComponent(tenant)}/blocked`);
    const { classes } = blocked.body as { classes: { objectClass: string; deleted: number }[] };
    const gone = classes.find(({ objectClass }) => objectClass === 'user')?.deleted ?? 0;
    expect(gone).toBeGreaterThan(100);
    await row(page, 'All objects').getByText(String(gone)).waitFor();
    await row(page, 'All objects').getByText('exceeded').first().waitFor();
    await page.getByRole('button', { name: `Delete user ${gone}` }).click();
    await page.waitForURL(/objectClass=user/);
    await settle(page);
    await takePicture(page, 'job-blocked-light');
    expect(await findBarriers(page)).toEqual([]);
    await page
      .getByRole('button', { name: /^Export to CSV/ })
      .or(page.getByRole('link', { name: /^Export to CSV/ }))
      .waitFor();
    const first = page
      .getByRole('region', { name: 'Pending changes' })
      .getByRole('row')
      .nth(1)
      .getByRole('button');
    const name = (await first.textContent()) ?? '';
    await first.click();
    const panel = page.getByRole('dialog', { name });
    await panel.getByText('userPrincipalName').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });

    // Dropped, it is read again in full and held back anew.
    await page.getByRole('button', { name: 'Discard run' }).click();
    const discard = page.getByRole('dialog', { name: /^Discard what run/ });
    await discard.getByRole('button', { name: 'Discard the changes' }).click();
    await page.getByText('Decided meanwhile').waitFor();
    const again = await runUntil('blocked');

    await page.goto(`/jobs/runs/${again}`);
    await page.getByRole('button', { name: 'Resume…' }).click();
    const resume = page.getByRole('dialog', { name: /^Resume run/ });
    const confirm = resume.getByRole('button', { name: /^Apply [\d,]+ changes$/ });
    expect(await confirm.getAttribute('aria-disabled')).toBe('true');
    const typed = resume.getByRole('textbox', { name: /^Type \d+ to confirm$/ });
    const wanted = /\d+/.exec(
      (await resume
        .getByText(/^Type \d+ to confirm$/)
        .first()
        .textContent()) ?? '',
    )?.[0];
    await typed.fill(wanted ?? '');
    await takePicture(page, 'job-resume');
    await confirm.click();
    await page.waitForURL((url) => !url.pathname.endsWith(`/${again}`));
    await page.getByText('Resumed: ', { exact: false }).first().waitFor();
    await expect.poll(async () => (await lastRun())?.state, { timeout: 60_000 }).toBe('succeeded');
    await page.getByText('Succeeded').first().waitFor();
  });

  test('is not for an auditor to decide', async () => {
    await removeUsers(120);
    const jobRunId = await runUntil('blocked');
    const page = await getConsole().open(`/jobs/runs/${jobRunId}`, { role: 'auditor', theme: 'dark' });
    const button = page.getByRole('button', { name: 'Resume…' });
    await button.waitFor();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'job-blocked-dark');
  });
});

describe('the schedule', () => {
  test('shows what is typed as it is typed, offers what was meant, and is given back', async () => {
    const { open, database } = getConsole();
    const page = await open('/jobs/Nightly?tab=schedule', { role: 'operator' });
    await page
      .getByText('At 06:30', { exact: false })
      .or(page.getByText('at 06:30', { exact: false }))
      .first()
      .waitFor();
    const frequency = page.getByRole('textbox', { name: 'Frequency' });
    await frequency.fill('*/15 * * * * ?');
    await page.getByText('every 15 seconds').waitFor();
    await takePicture(page, 'job-schedule');
    expect(await findBarriers(page)).toEqual([]);
    await frequency.fill('0 25 * * *');
    await page.getByText('The hour "25" is out of range', { exact: false }).waitFor();
    expect(await page.locator('mark').textContent()).toBe('25');
    await frequency.fill('*/15 * * * * ?');
    await page.getByRole('button', { name: 'Use every 15 minutes' }).click();
    await page.getByText('every 15 minutes', { exact: true }).waitFor();
    expect(await frequency.inputValue()).toBe('0 */15 * * * ?');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Changed here by Ada operator (operator@example.com)', { exact: false }).waitFor();
    expect(await findJob(database.sql, 'Nightly')).toMatchObject({ schedule: '0 */15 * * * ?' });
    await page.getByText('The configuration says: at 06:30 on Monday to Friday (Europe/Paris).').waitFor();
    await page.getByRole('button', { name: 'Use the schedule of the configuration' }).click();
    await page.getByText('Changed here by', { exact: false }).waitFor({ state: 'detached' });
    expect(await findJob(database.sql, 'Nightly')).toMatchObject({ schedule: '30 6 * * 1-5' });
  });

  test('that somebody else changes meanwhile is shown field by field', async () => {
    const { open, send } = getConsole();
    const page = await open('/jobs/Nightly?tab=schedule');
    await page.getByRole('radio', { name: 'Every…' }).click();
    await page.getByRole('textbox', { name: 'Every' }).fill('30');
    await page.getByText('every 30 minutes').waitFor();
    const job = (await send('GET', '/api/jobs/Nightly')).body as { version: number };
    await getConsole().database.sql`
      update job set is_enabled = false, version = ${job.version + 1}, schedule_changed_by = 'Lena', schedule_changed_at = now()
      where identifier = 'Nightly'`;
    getConsole().forgive(/412/);
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Changed meanwhile' });
    await dialog.getByText('Lena changed this', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Take over the choice' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The schedule is changed').first().waitFor();
  });

  test('of a tenant is the matter of its page', async () => {
    const page = await getConsole().open(`/jobs/${encodeURIComponent(tenant)}?tab=schedule`);
    await page.getByRole('link', { name: 'the page of the tenant' }).click();
    await page.waitForURL(/\/integrations\/entra-id\//);
  });

  test('leads to commands for other schedulers', async () => {
    const page = await getConsole().open('/jobs/Nightly');
    await page.getByRole('tab', { name: 'Run from outside' }).click();
    await page.getByText('npx syncline invoke-job -j "Nightly"', { exact: false }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'job-outside');
  });
});
