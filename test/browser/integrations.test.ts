/** The pages of integrations, as an administrator walks through them: from nothing to a tenant that is read, and back to nothing. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 120, groups: 8, seed: 7 } });

const root = '/api/integrations/entra-id';
let name = '';

beforeAll(() => {
  const { tenantId } = getConsole().simulator;
  name = /^\d/.test(tenantId) ? `tenant-${tenantId}` : tenantId;
});

const choose = async (page: Page, label: string, option: string) => {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: false }).click();
};

const toast = (page: Page, text: string | RegExp) => page.locator('.toasts').getByText(text).first();

async function makeProfile(profile: string, secret: string): Promise<void> {
  const { send, simulator } = getConsole();
  const { status } = await send('POST', '/api/credential-profiles', {
    name: profile,
    type: 'client-secret',
    clientId: simulator.clientId,
    credentials: [{ secret }],
  });
  expect(status).toBe(201);
}

describe('adding', () => {
  test('begins with what to do next, and with the window open where the address says so', async () => {
    const page = await getConsole().open('/integrations');
    await page.getByText('Nothing is connected yet').waitFor();
    expect(await page.title()).toBe('Integrations · Syncline');
    await takePicture(page, 'integrations-empty');
    expect(await findBarriers(page)).toEqual([]);
    const list = await getConsole().open('/integrations/entra-id');
    await list.getByText('No tenant yet').waitFor();
    const direct = await getConsole().open('/integrations/new');
    await direct.getByRole('dialog', { name: 'Add New Integration' }).waitFor();
    await direct.keyboard.press('Escape');
    await expect.poll(() => new URL(direct.url()).pathname).toBe('/integrations');
  });

  test('creates a profile on the way, without losing what was typed', async () => {
    const { open, simulator } = getConsole();
    const page = await open('/integrations');
    await page
      .getByRole('navigation', { name: 'Integrations by type' })
      .getByRole('button', { name: 'Add New Integration' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Add New Integration' });
    await dialog.waitFor();
    expect(await dialog.getByRole('combobox', { name: 'Type' }).textContent()).toBe('Entra ID Sync');

    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.getByText('Write a domain or the ID of the tenant.').waitFor();
    await dialog.getByText('Choose a credential profile, or create one.').waitFor();
    await choose(page, 'Azure Cloud', 'Simulated tenant');
    await dialog.getByText(simulator.clientId, { exact: false }).waitFor();
    expect(await dialog.getByRole('textbox', { name: 'Tenant' }).inputValue()).toBe(simulator.tenantId);

    await dialog.getByRole('button', { name: 'Create profile…' }).click();
    const profile = page.getByRole('dialog', { name: 'Create a credential profile' });
    await profile.getByRole('textbox', { name: 'Name' }).fill('Sync reader');
    await profile.getByRole('textbox', { name: 'Application (client) ID' }).fill(simulator.clientId);
    await profile
      .getByLabel(/secret/i)
      .first()
      .fill(simulator.clientSecret);
    await profile.getByRole('button', { name: 'Add', exact: true }).click();
    await profile.waitFor({ state: 'detached' });
    expect(await dialog.getByRole('combobox', { name: 'Credential Profile' }).textContent()).toBe(
      'Sync reader',
    );
    await takePicture(page, 'integrations-add');
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
  });

  test('tests the connection with the wrong secret and with the right one, and adds the tenant', async () => {
    const { open, simulator } = getConsole();
    await makeProfile('Mistyped', 'no~such~secret~value~at~all~here~.');
    const page = await open('/integrations/entra-id');
    await page
      .getByRole('navigation', { name: 'Integrations by type' })
      .getByRole('button', { name: 'Add New Integration' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'Add New Integration' });
    await choose(page, 'Azure Cloud', 'Simulated tenant');
    await choose(page, 'Credential Profile', 'Mistyped');
    await dialog.getByRole('button', { name: 'Test Connection' }).click();
    await toast(page, 'Connection failed').waitFor();
    const steps = dialog.getByRole('list', { name: 'What came of each step' });
    await steps.getByText('AADSTS7000215', { exact: false }).waitFor();
    await takePicture(page, 'integrations-test-failed');

    await choose(page, 'Credential Profile', 'Sync reader');
    // What was found out about another profile is not shown for this one.
    await steps.waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Test Connection' }).click();
    await toast(page, 'Connection successful').waitFor();
    await dialog.getByText('Connection successful').waitFor();
    await takePicture(page, 'integrations-test-succeeded');
    expect(await findBarriers(page)).toEqual([]);

    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await toast(page, `${name} was added`).waitFor();
    await page
      .getByRole('navigation', { name: 'Integrations by type' })
      .getByRole('link', { name })
      .waitFor();
    const row = page.getByRole('row').filter({ hasText: 'Sync reader' });
    await row.getByText('Succeeded').waitFor();
    expect(await row.getByText('Enabled').count()).toBe(1);
    expect(simulator.tenantId).toBeTruthy();
    await takePicture(page, 'integrations-list');
    expect(await findBarriers(page)).toEqual([]);
  });
});

describe('a tenant', () => {
  const openTenant = (options = {}) => getConsole().open(`/integrations/entra-id/${name}`, options);

  test('shows what it is and does, in light and in dark', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const page = await openTenant({ theme });
      expect(await page.title()).toBe(`Tenant Configuration · ${name} · Syncline`);
      await page.getByRole('button', { name: 'Sync now' }).waitFor();
      expect(await page.getByRole('textbox', { name: 'Tenant', exact: true }).isEditable()).toBe(false);
      expect(await page.getByRole('textbox', { name: 'Azure Cloud' }).isEditable()).toBe(false);
      expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      await page.getByText('No changes').waitFor();
      await takePicture(page, `integrations-tenant-${theme}`);
      expect(await findBarriers(page)).toEqual([]);
    }
    const overview = await getConsole().open('/integrations', { theme: 'dark' });
    await overview.getByText('1 tenant').waitFor();
    await takePicture(overview, 'integrations-overview-dark');
    expect(await findBarriers(overview)).toEqual([]);
  });

  test('is saved only when something changed, and warns before changes are lost', async () => {
    const page = await openTenant();
    const save = page.getByRole('button', { name: 'Save' });
    await page.getByRole('textbox', { name: 'Longest pause, in seconds' }).fill('1800');
    expect(await save.isEnabled()).toBe(true);
    await page.getByRole('tab', { name: 'Sync History' }).click();
    const question = page.getByRole('dialog', { name: 'Leave without saving?' });
    await question.getByRole('button', { name: 'Stay' }).click();
    await page.getByRole('textbox', { name: 'Shortest pause, in seconds' }).fill('9000');
    await save.click();
    await page.getByText('The shortest pause is longer than the longest one.').waitFor();
    await page.getByRole('textbox', { name: 'Shortest pause, in seconds' }).fill('600');
    await save.click();
    await toast(page, 'The changes to the Tenant Configuration have been saved').waitFor();
    await page.getByText('No changes').waitFor();
    await page.getByText(/Last changed by Ada administrator/).waitFor();
  });

  test('is read in full once, where somebody asks for it', async () => {
    const page = await openTenant();
    const box = page.getByRole('checkbox', { name: 'Perform a full scan on next run' });
    await box.waitFor();
    expect(await box.isChecked()).toBe(false);
    await box.click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Asked for by Ada administrator/).waitFor();
    expect(await box.isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await toast(page, `A sync of ${name} has started`).waitFor();
    await page.getByText(/Seldom needed/).waitFor();
    expect(await box.isChecked()).toBe(false);
  });

  test('that two people change at once is overwritten by nobody', async () => {
    const { send } = getConsole();
    const page = await openTenant();
    await page.getByRole('textbox', { name: 'Longest pause, in seconds' }).fill('2400');
    const { body } = await send('GET', `${root}/${name}`);
    const { version, profile } = body as { version: number; profile: { profileId: number } };
    const other = await page.context().request.get('/api/session');
    const { csrfToken } = (await other.json()) as { csrfToken: string };
    const changed = await page.context().request.fetch(`${root}/${name}`, {
      method: 'PUT',
      headers: { 'If-Match': `"${version}"`, 'X-CSRF-Token': csrfToken },
      data: { profileId: profile.profileId, isEnabled: true, floorSeconds: 300, ceilingSeconds: 3600 },
    });
    expect(changed.status()).toBe(200);
    await page.getByRole('button', { name: 'Save' }).click();
    const window = page.getByRole('dialog', { name: 'Changed meanwhile' });
    await window.getByText('3600').waitFor();
    await takePicture(page, 'integrations-conflict');
    await window.getByRole('button', { name: 'Take over the choice' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await toast(page, 'The changes to the Tenant Configuration have been saved').waitFor();
  });

  test('is switched off and on from the list', async () => {
    const page = await getConsole().open('/integrations/entra-id');
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await toast(page, `${name} is disabled`).waitFor();
    await page.getByRole('row').filter({ hasText: name }).getByText('Disabled').waitFor();
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Enable' }).click();
    await toast(page, `${name} is enabled`).waitFor();
  });

  test('cannot be changed by who may only look', async () => {
    const page = await openTenant({ role: 'auditor' });
    expect(await page.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Test Connection' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Add New Integration' }).isDisabled()).toBe(true);
  });

  test('fails in words, with the way to mend it', async () => {
    const page = await openTenant();
    await choose(page, 'Credential Profile', 'Mistyped');
    await page.getByText('Not tested with the new profile', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The last sync failed').waitFor();
    await page.getByText('AADSTS7000215', { exact: false }).first().waitFor();
    await takePicture(page, 'integrations-failed');
    expect(await findBarriers(page)).toEqual([]);
    await choose(page, 'Credential Profile', 'Sync reader');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The last sync failed').waitFor({ state: 'detached' });
  });

  test('is deleted by typing its name, with all that was read of it', async () => {
    const { database } = getConsole();
    const page = await openTenant();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    const window = page.getByRole('dialog', { name: 'Delete Domain' });
    await window.getByText('Nothing is deleted in Microsoft Entra ID.').waitFor();
    await window.getByText(/objects, .* links/).waitFor();
    const confirm = window.getByRole('button', { name: 'Delete', exact: true });
    expect(await confirm.isDisabled()).toBe(true);
    await window.getByRole('radio', { name: /Remove data and history/ }).click();
    await window.getByRole('textbox').fill(name);
    await takePicture(page, 'integrations-delete');
    expect(await findBarriers(page)).toEqual([]);
    await confirm.click();
    await page.waitForURL(/\/integrations\/entra-id$/);
    await toast(page, `${name} was deleted`).waitFor();
    await page.getByText('No tenant yet').waitFor();
    await settle(page);
    await expect
      .poll(async () => (await database.sql`select count(*)::int as count from resource`)[0]?.count, {
        timeout: 20_000,
      })
      .toBe(0);
  });
});
