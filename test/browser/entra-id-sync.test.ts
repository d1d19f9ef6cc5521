/** An administrator's first day: from the one-time link of a new server to a tenant that is followed, looked at, and taken away. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient, type SimulatorClient } from '../fixtures/simulator-client.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 150, groups: 10, seed: 11 } });
/** A domain of the simulated tenant, as somebody types it. */
const tenant = 'nordlicht.example';

let client: SimulatorClient;
let page: Page;

beforeAll(async () => {
  client = await openClient(getConsole().simulator);
});
afterAll(() => client.close());

const tenantPath = `/integrations/entra-id/${tenant}`;
const navigation = () => page.getByRole('navigation', { name: 'Integrations by type' });
const toast = (text: string | RegExp) => page.locator('.toasts').getByText(text).first();

async function choose(label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option }).click();
}

async function addProfile(name: string, secret: string): Promise<void> {
  const { simulator } = getConsole();
  await page.getByRole('button', { name: 'Create profile…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create a credential profile' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('textbox', { name: 'Application (client) ID' }).fill(simulator.clientId);
  await dialog
    .getByLabel(/secret/i)
    .first()
    .fill(secret);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Credential Profile' }).getByText(name).waitFor();
}

test('a tenant is added step by step, and the connection tested with a wrong and the right secret', async () => {
  const { open, simulator } = getConsole();
  page = await open('/integrations');
  await navigation().getByRole('button', { name: 'Add New Integration' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add New Integration' });
  await choose('Type', 'Entra ID Sync');
  await choose('Azure Cloud', 'Simulated tenant');
  await dialog.getByRole('textbox', { name: 'Tenant' }).fill(tenant);
  expect(await dialog.getByRole('switch', { name: 'Enabled' }).isChecked()).toBe(true);

  await addProfile('Last year', 'a~secret~that~was~removed~last~year.');
  await dialog.getByRole('button', { name: 'Test Connection' }).click();
  await toast('Connection failed').waitFor();

  await addProfile('Nordlicht reader', simulator.clientSecret);
  await dialog.getByRole('button', { name: 'Test Connection' }).click();
  await toast('Connection successful').waitFor();

  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await navigation().getByRole('link', { name: tenant }).waitFor();
});

test('its first synchronization runs by itself and reads everything', async () => {
  page = await getConsole().open('/integrations');
  await navigation().getByRole('link', { name: 'Entra ID Sync' }).click();
  const row = page.getByRole('row').filter({ hasText: tenant });
  await row.getByText('Succeeded').waitFor();
  expect(await row.textContent()).toContain('Nordlicht reader');
  await row.getByRole('link', { name: tenant }).click();
  await page.getByRole('heading', { level: 1, name: tenant }).waitFor();
  const box = page.getByRole('checkbox', { name: 'Perform a full scan on next run' });
  await expect.poll(() => box.isChecked()).toBe(false);
  expect(await page.getByRole('textbox', { name: 'Tenant', exact: true }).inputValue()).toBe(tenant);
  expect(await page.getByRole('textbox', { name: 'Tenant', exact: true }).isEditable()).toBe(false);
});

test('a user is found, and what changes in the tenant arrives on the page by itself', async () => {
  const [found] = (
    await client.page(
      '/users?$top=1&$filter=accountEnabled%20eq%20true&$select=id,displayName,userPrincipalName,jobTitle',
    )
  ).value;
  if (found === undefined) throw new Error('The simulated tenant has nobody in it.');
  const { id, displayName, userPrincipalName } = found;
  page = await getConsole().open(tenantPath);
  // Not a pace for a test: what changes is looked for as often as the tenant allows.
  await page.getByRole('textbox', { name: 'Shortest pause, in seconds' }).fill('5');
  await page.getByRole('textbox', { name: 'Longest pause, in seconds' }).fill('5');
  await page.getByRole('button', { name: 'Save' }).click();
  await toast('The changes to the Tenant Configuration have been saved').waitFor();

  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: 'Directory', exact: true })
    .click();
  await page.getByRole('searchbox', { name: 'Name, address or ID' }).fill(String(userPrincipalName));
  await page
    .getByRole('table', { name: 'Objects' })
    .getByRole('link', { name: String(displayName) })
    .click();
  await page.getByRole('heading', { level: 1, name: String(displayName) }).waitFor();

  const changed = await client.send(`PATCH /users/${id}`, { jobTitle: 'Keeper of the Seeds' });
  expect(changed.status).toBe(204);
  await page.getByText('Keeper of the Seeds').first().waitFor({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'History' }).click();
  const newest = page
    .getByRole('list', { name: 'What happened, newest first' })
    .getByRole('listitem')
    .first();
  await newest.getByText('Keeper of the Seeds').waitFor();
  await takePicture(page, 'walk-user-history');
  await newest
    .getByRole('link', { name: /run|sync/i })
    .first()
    .waitFor();
});

test('the history has a row for each object class and run, and goes into a file as a whole', async () => {
  page = await getConsole().open(`${tenantPath}?tab=history`);
  const table = page.getByRole('table', { name: `Synchronizations of ${tenant}` });
  await table.getByRole('row').nth(1).waitFor();
  await page.getByRole('searchbox').fill('group');
  await expect
    .poll(async () =>
      (await table.getByRole('row').allInnerTexts()).slice(1).every((row) => /group/i.test(row)),
    )
    .toBe(true);
  await page.getByRole('searchbox').fill('');
  await expect.poll(() => new URL(page.url()).searchParams.has('q')).toBe(false);
  const downloading = page.waitForEvent('download');
  await page
    .getByRole('button', { name: /^Export/ })
    .or(page.getByRole('link', { name: /^Export/ }))
    .click();
  const file = await (await downloading).createReadStream();
  let text = '';
  for await (const chunk of file) text += String(chunk);
  const [heading = '', ...lines] = text.trimEnd().split('\r\n');
  expect(heading.replace('\uFEFF', '').replaceAll('"', '')).toBe(
    'Start Time,End Time,Type,Total Objects,Objects Changed,Objects Deleted,Objects Filtered,Status',
  );
  expect(lines.some((line) => /,user,.*,Succeeded$/i.test(line))).toBe(true);
  expect(lines.some((line) => /,group,/i.test(line))).toBe(true);
});

test('a full scan is performed once, when it is asked for', async () => {
  page = await getConsole().open(tenantPath);
  const box = page.getByRole('checkbox', { name: 'Perform a full scan on next run' });
  await box.click();
  await page.getByRole('button', { name: 'Save' }).click();
  // The tenant is followed every five seconds: the next run takes it away again.
  await expect.poll(() => box.isChecked(), { timeout: 60_000 }).toBe(false);
  await page.getByRole('tab', { name: 'Sync History' }).click();
  await choose('Mode', 'Full');
  const table = page.getByRole('table', { name: `Synchronizations of ${tenant}` });
  // The first one, and this one: of users, groups and devices each, at the least.
  await expect.poll(() => table.getByRole('row').count(), { timeout: 30_000 }).toBeGreaterThan(6);
});

test('disabled, it is not read, and stays with its history', async () => {
  page = await getConsole().open(tenantPath);
  await page.getByRole('switch', { name: 'Enabled' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  const { send } = getConsole();
  await expect
    .poll(async () => (await send('GET', `/api${tenantPath}`)).body)
    .toMatchObject({ isEnabled: false });
  // The run that was under way ends first, as cancelled.
  await expect
    .poll(async () => (await send('GET', `/api${tenantPath}`)).body)
    .toMatchObject({ runningJobRunId: null });
  const { status } = await send('POST', `/api/jobs/${tenant}/runs`, {});
  expect(status).toBe(409);
  await navigation().getByRole('link', { name: 'Entra ID Sync' }).click();
  const row = page.getByRole('row').filter({ hasText: tenant });
  await row.getByText('Disabled').waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test('deleted with its data, it leaves nothing here and everything there', async () => {
  const before = (await client.page('/users?$top=999&$select=id')).value.length;
  page = await getConsole().open(tenantPath);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const window = page.getByRole('dialog', { name: 'Delete Domain' });
  await window.getByRole('radio', { name: /Remove data and history/ }).click();
  await window.getByRole('textbox').fill(tenant);
  await window.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL(/\/integrations\/entra-id$/);
  await page.getByText('No tenant yet').waitFor();
  const { sql } = getConsole().database;
  await expect
    .poll(async () => (await sql`select count(*)::int as count from resource`)[0]?.count, { timeout: 30_000 })
    .toBe(0);
  expect((await client.page('/users?$top=999&$select=id')).value.length).toBe(before);
});
