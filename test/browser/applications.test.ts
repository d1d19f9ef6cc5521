/** From the catalog to an application whose accounts are there to look at, as an administrator walks it, and away again. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 130, groups: 8, seed: 11 } });
/** A domain of the simulated tenant, as somebody types it. */
const tenant = 'nordlicht.example';
const application = 'Microsoft Entra ID';

let page: Page;
let root = '';

const toast = (text: string | RegExp) => page.locator('.toasts').getByText(text).first();
const tab = (name: string) =>
  page.getByRole('navigation', { name: 'Parts of the application' }).getByRole('link', { name });
const subTab = (group: string, name: string) =>
  page.getByRole('main').getByRole('navigation', { name: group }).getByRole('link', { name });

beforeAll(async () => {
  const { status } = await getConsole().send('POST', '/api/identities/alpha_user', {
    attributes: { userName: 'ines', givenName: 'Ines', sn: 'Maura', mail: 'ines@example.com' },
  });
  expect(status).toBe(201);
});

test('an application is made from the catalog, step by step, with an owner who is found by typing', async () => {
  page = await getConsole().open('/');
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: 'Applications', exact: true })
    .click();
  await page.getByText('No application yet').waitFor();
  await page.getByRole('link', { name: 'Browse App Catalog' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Browse App Catalog' }).waitFor();
  expect(await page.getByRole('button', { name: 'Next' }).getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('radio', { name: /^Microsoft Entra Provisioning/ }).check();
  await takePicture(page, 'walk-catalog');
  await page.getByRole('button', { name: 'Next' }).click();

  await page.getByRole('heading', { name: /^Application Integration/ }).waitFor();
  await page
    .getByRole('list', { name: 'Permissions of the app registration' })
    .getByText('User.Read.All')
    .waitFor();
  await page.getByText('source.userPrincipalName → userName').waitFor();
  await takePicture(page, 'walk-integration');
  await page.getByRole('button', { name: 'Next' }).click();

  await page.getByRole('heading', { name: 'Application Details' }).waitFor();
  await page.getByRole('button', { name: 'Create Application' }).click();
  await page.getByText('Write a name.').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill(application);
  await page.getByRole('combobox', { name: 'Owners' }).fill('ines');
  await page.getByRole('option', { name: /Ines Maura/ }).click();
  await page.getByRole('list', { name: 'Chosen owners' }).getByText('Ines Maura').waitFor();
  await page.getByRole('switch', { name: 'Authoritative' }).click();
  await takePicture(page, 'walk-application-details');
  await page.getByRole('button', { name: 'Create Application' }).click();
  await page.getByRole('heading', { level: 1, name: application }).waitFor();
  await page.getByText('Not set up', { exact: true }).waitFor();
  root = new URL(page.url()).pathname.replace('/provisioning/connection', '');
  expect(root).toMatch(/^\/applications\/\d+$/);
});

test('a wrong secret is told, and nothing is kept; with the right one it is Connected', async () => {
  const { simulator, open } = getConsole();
  page = await open(`${root}/provisioning/connection`);
  await page.getByRole('button', { name: 'Set up Provisioning' }).click();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Write the ID or a domain of the tenant.').waitFor();
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('textbox', { name: 'Tenant' }).fill(tenant);
  expect(await page.getByRole('textbox', { name: 'Client ID' }).inputValue()).toBe(simulator.clientId);
  await page.getByLabel('Client Secret').first().fill('a~secret~that~was~removed~last~year.');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Not connected: nothing was kept').waitFor();
  await takePicture(page, 'walk-wrong-secret');
  expect(await findBarriers(page)).toEqual([]);
  const { body } = await getConsole().send('GET', '/api/integrations/entra-id');
  expect(body).toMatchObject({ items: [] });

  await page.getByLabel('Client Secret').first().fill(simulator.clientSecret);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await toast(`${application} is connected`).waitFor();
  await page.getByRole('main').getByText('Connected', { exact: true }).first().waitFor();
  const permissions = page.getByRole('list', { name: 'Permissions of the app registration' });
  await permissions
    .getByRole('listitem')
    .filter({ hasText: 'Directory.Read.All' })
    .getByText('Granted')
    .waitFor();
  expect(await permissions.getByRole('listitem').count()).toBe(9);
  await settle(page);
  await takePicture(page, 'walk-connected');
  expect(await findBarriers(page)).toEqual([]);
});

test('Data fills by itself with the accounts, of which one opens as JSON and in the directory', async () => {
  page = await getConsole().open(`${root}/provisioning/connection`);
  await subTab('Provisioning', 'Data').click();
  const table = page.getByRole('table', { name: 'Accounts: User' });
  await table.getByRole('row').nth(50).waitFor({ timeout: 60_000 });
  for (const title of ['givenName', 'mail', 'surname', 'userPrincipalName']) {
    await table.getByRole('columnheader', { name: title }).waitFor();
  }
  await takePicture(page, 'walk-data');
  const name = (await table.getByRole('row').nth(3).getByRole('button').first().innerText()).trim();
  await page.getByRole('searchbox').fill(name);
  await expect.poll(() => table.getByRole('row').count()).toBe(2);
  await table.getByRole('button', { name }).click();
  const panel = page.getByRole('dialog', { name });
  await panel.getByText('"userPrincipalName"').waitFor();
  await takePicture(page, 'walk-account');
  await panel.getByRole('link', { name: 'Open in the directory' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
});

test('columns are chosen, and stay chosen', async () => {
  page = await getConsole().open(`${root}/provisioning/data`);
  const table = page.getByRole('table', { name: 'Accounts: User' });
  await table.getByRole('row').nth(1).waitFor();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'department' }).click();
  await table.getByRole('columnheader', { name: 'department' }).waitFor();
  await page.reload();
  await table.getByRole('columnheader', { name: 'department' }).waitFor();
});

test('every part has an address, those of other consoles included', async () => {
  page = await getConsole().open(root);
  await expect.poll(() => new URL(page.url()).pathname).toBe(`${root}/overview`);
  await page.getByRole('table', { name: 'Mappings' }).getByText(`${application} to identities`).waitFor();
  await page.goto(`${root}/provisioning/reconciliation`);
  await expect.poll(() => new URL(page.url()).pathname).toBe(`${root}/reconciliation/results`);
  await tab('Reconciliation').waitFor();
  await subTab('Reconciliation', 'Settings').click();
  await expect.poll(() => new URL(page.url()).pathname).toBe(`${root}/reconciliation/settings`);
  await tab('Provisioning').click();
  await subTab('Provisioning', 'Mapping').click();
  await expect.poll(() => new URL(page.url()).pathname).toBe(`${root}/provisioning/mapping`);
  expect(await page.title()).toBe(`Mapping · ${application} · Syncline`);
});

test('an inactive application says so; an operator sees it and changes nothing', async () => {
  page = await getConsole().open(`${root}/settings`);
  await page.getByRole('switch', { name: 'Active' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await toast('The settings have been saved').waitFor();
  await page.getByText('Inactive', { exact: true }).waitFor();
  const looking = await getConsole().open(`${root}/settings`, { role: 'operator' });
  await looking.getByText('Inactive', { exact: true }).waitFor();
  expect(await looking.getByRole('button', { name: 'Delete…' }).getAttribute('aria-disabled')).toBe('true');
});

test('it is deleted after saying what goes and what stays', async () => {
  page = await getConsole().open(`${root}/settings`);
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete ${application}?` });
  await dialog.getByText(`the mapping ${application} to identities`).waitFor();
  await dialog.getByText(`the tenant ${tenant}, with what was read of it`).waitFor();
  await takePicture(page, 'walk-delete-application');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('textbox').fill(application);
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('No application yet').waitFor();
  const { body } = await getConsole().send('GET', `/api/integrations/entra-id/${tenant}`);
  expect(body).toMatchObject({ name: tenant });
});
