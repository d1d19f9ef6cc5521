/** The tab Sync History in the browser: the columns of the documentation, a thousand rows at once, rows that count live, and the file. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { storeLongHistory } from './fixtures/long-history.ts';
import { findBarriers } from './fixtures/watched-page.ts';

const getConsole = useConsole({ hasWorker: false });
const name = 'contoso.onmicrosoft.com';
const path = `/integrations/entra-id/${name}?tab=history`;

beforeAll(() => storeLongHistory(getConsole().database.sql, name, 700));

/** A run that reads users at this moment. */
async function beginRun(read: number): Promise<number> {
  const { sql } = getConsole().database;
  const [run] = await sql<{ runId: number; entityTypeId: number }[]>`
    with begun as (
      insert into run (connection_id, kind) select connection_id, 'synchronize' from connection where name = ${name}
      returning run_id, connection_id
    )
    select run_id, entity_type_id from begun join entity_type using (connection_id) where name = 'user'`;
  const { runId = 0, entityTypeId = 0 } = run ?? {};
  await sql`
    insert into run_object_class (run_id, connection_id, object_class, state, total, inserted, updated, deleted, filtered, started_at)
    select run_id, connection_id, 'user', 'running', 48210, 0, 0, 0, 0, now() from run where run_id = ${runId}`;
  await sql`
    insert into export_set (run_id, entity_type_id, kind, is_full, reason, mapping, item_count, page_count)
    values (${runId}, ${entityTypeId}, 'synchronize', true, 'it was asked for', '[]', ${read}, 1)`;
  return runId;
}

async function endRun(runId: number): Promise<void> {
  const { sql } = getConsole().database;
  await sql`update export_set set state = 'applied' where run_id = ${runId}`;
  await sql`
    update run_object_class set state = 'succeeded', is_full = true, updated = 12, ended_at = now() where run_id = ${runId}`;
  await sql`update run set state = 'succeeded', ended_at = now() where run_id = ${runId}`;
}

describe('Sync History', () => {
  test('has the columns of the documentation, fifty rows at first, and no barriers', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const page = await getConsole().open(path, { theme });
      const table = page.getByRole('table', { name: `Synchronizations of ${name}` });
      expect(await table.getByRole('columnheader').allInnerTexts()).toEqual([
        'Start Time',
        'End Time',
        'Type',
        'Total Objects',
        'Objects Changed',
        'Objects Deleted',
        'Objects Filtered',
        'Status',
      ]);
      expect(await table.getByRole('row').count()).toBe(51);
      await page.getByText('1–50 of 2,100').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, `sync-history-long-${theme}`);
    }
  });

  test('a thousand rows are there at once, and again when one comes back', async () => {
    const page = await getConsole().open(path);
    await page.getByRole('combobox', { name: 'Rows per page' }).click();
    await page.getByRole('option', { name: '1,000' }).click();
    await page.locator('tbody tr:nth-child(1000)').waitFor();
    await page.getByText('1–1,000 of 2,100').waitFor();
    await page.goBack();
    await page.locator('tbody tr:nth-child(51)').waitFor({ state: 'detached' });
    await page.goForward();
    await page.locator('tbody tr:nth-child(1000)').waitFor();
  });

  test('is searched, filtered and sorted by its address, and exported as it is shown', async () => {
    const page = await getConsole().open(`${path}&q=failed`);
    await page.getByText('1–14 of 14').waitFor();
    await page.getByRole('searchbox').fill('group 503');
    await page.getByText('1–14 of 14').waitFor();
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'Succeeded' }).click();
    await page.getByText('Nothing matches “group 503”').waitFor();
    await page.getByRole('button', { name: 'Clear search and filters' }).click();
    await page.getByText('1–50 of 2,100').waitFor();
    await page.getByRole('combobox', { name: 'Type' }).click();
    await page.getByRole('option', { name: 'Computer' }).click();
    await page.getByRole('button', { name: 'Objects Changed' }).click();
    await page.getByText('1–50 of 700').waitFor();
    expect(new URL(page.url()).searchParams.get('sort')).toBe('changed');
    await page.reload();
    await page.getByText('1–50 of 700').waitFor();
    const begun = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export to CSV (700 rows)' }).click();
    const file = await readFile(await (await begun).path(), 'utf8');
    const [header, first] = file.split('\r\n');
    expect(header).toBe(
      '\uFEFFStart Time,End Time,Type,Total Objects,Objects Changed,Objects Deleted,Objects Filtered,Status',
    );
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d,.*,Computer,21377,\d+,\d,\d+,Succeeded$/);
    expect(file.split('\r\n')).toHaveLength(702);
  });

  test('a row tells what stands behind it, and has an address of its own', async () => {
    const page = await getConsole().open(`${path}&status=failed`);
    await page.locator('tbody button').first().focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog');
    await panel.getByText('Microsoft Graph answered 503 five times.').first().waitFor();
    await panel.getByText('A command on this tenant').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'sync-history-details');
    await page.reload();
    await page.getByRole('dialog').getByText('A command on this tenant').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('a run under way counts by itself, and ends by itself', async () => {
    const { sql } = getConsole().database;
    const page = await getConsole().open(path);
    const runId = await beginRun(1200);
    const row = page.locator('tbody tr').first();
    await row.getByText('Running').waitFor();
    await row.getByText('1,200', { exact: true }).waitFor();
    await sql`update export_set set item_count = 3400, page_count = 2 where run_id = ${runId}`;
    await row.getByText('3,400', { exact: true }).waitFor();
    await endRun(runId);
    await row.getByText('Succeeded').waitFor();
    await row.getByText('12', { exact: true }).waitFor();
  });

  test('what comes meanwhile does not push what one reads', async () => {
    const page = await getConsole().open(`${path}&page=2`);
    const first = await page.locator('tbody tr').first().innerText();
    await endRun(await beginRun(5));
    await page.getByText('1 new row').waitFor();
    expect(await page.locator('tbody tr').first().innerText()).toBe(first);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText(/^1–50 of/).waitFor();
    await page.getByText('1 new row').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('page')).toBeNull();
  });

  test('the activity has the runs beside what people did', async () => {
    await getConsole().send('PUT', `/api/integrations/entra-id/${name}/full-scan`, { isWanted: true });
    const page = await getConsole().open(`/integrations/entra-id/${name}?tab=activity`);
    await page.getByText('Full scan on next run asked for or withdrawn').waitFor();
    await page.getByText('Microsoft Graph answered 503 five times.').first().waitFor();
    const items = page.getByRole('list', { name: 'Activity' }).getByRole('listitem');
    expect(await items.count()).toBe(50);
    await page.getByRole('button', { name: 'Show older' }).click();
    await page.locator('ol > li:nth-child(100)').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'activity');
  });
});
