/** From the first run on: the first administrator, signing in by password and by provider, users, one's own account, the audit log. */
import { Events, OAuth2Server } from 'oauth2-mock-server';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSetupLink } from '../../src/http/sign-in/setup-link.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole({ hasWorker: false, server: { environmentLabel: 'Test' } });
const password = 'seven quiet lanterns';
const entra = new OAuth2Server();
let claims: Record<string, unknown> = {};

beforeAll(async () => {
  await entra.issuer.keys.generate('RS256');
  await entra.start(0, 'localhost');
  entra.service.on(Events.BeforeTokenSigning, (token) => void Object.assign(token.payload, claims));
});
afterAll(() => entra.stop());

/** Signs somebody in on the page for it. */
async function fillSignIn(page: Page, name: string, word: string): Promise<void> {
  await page.getByLabel('Sign-in name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(word);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The window or panel in front; toasts have the role of one, too. */
const panel = (page: Page) => page.locator('.dialog, .side-panel').last();

describe('the first run', () => {
  test('leads whoever comes without the link to it', async () => {
    const { open } = getConsole();
    const page = await open('/', { role: null });
    await page.getByText('There is no administrator yet').waitFor();
    await page.goto('/setup');
    await page.getByText('This needs the whole link').waitFor();
  });

  test('makes the first administrator, who is told what is wrong at the field, and goes on to Integrations', async () => {
    const { open, server, database, forgive } = getConsole();
    const link = (await makeSetupLink(database.sql, server.url, server.now())) ?? '';
    forgive(/status of 40[03]/);
    const page = await open('/setup#not-the-token', { role: null });
    const fill = async (values: readonly string[]) => {
      for (const [index, label] of ['Name', 'Sign-in name', 'Password', 'Password again'].entries()) {
        await page.getByLabel(label, { exact: true }).fill(values[index] ?? '');
      }
      await page.keyboard.press('Enter');
    };
    await page.getByRole('button', { name: 'Make the administrator' }).click();
    await page.getByText('3 fields need attention').waitFor();
    await fill(['Root Admin', 'root', password, 'something else']);
    await page.getByText('The two passwords differ.').waitFor();
    await fill(['Root Admin', 'root', password, password]);
    await page.getByText('is not, or not any more, one of this server').waitFor();

    await page.goto(link);
    await page.reload();
    await settle(page);
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'setup-light');
    await fill(['Root Admin', 'root', 'password1234', 'password1234']);
    await page.getByText('is one that is tried first').waitFor();
    await fill(['Root Admin', 'root', password, password]);
    await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor();
    await page.getByText('Welcome, Root Admin').waitFor();
    await page.goto(link);
    await page.getByText('Syncline is set up already').waitFor();
  });
});

describe('signing in', () => {
  test('says in one sentence what is wrong, keeps the name, and leads back to where one was', async () => {
    const { open, forgive } = getConsole();
    forgive(/status of 401/);
    const page = await open('/audit?q=root', { role: null });
    await page.getByText('Test', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Write your password.').waitFor();
    await fillSignIn(page, 'root', 'not the password');
    await page.getByText('The name or the password is wrong').waitFor();
    expect(await page.getByLabel('Sign-in name').inputValue()).toBe('root');
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'sign-in-light');
    await fillSignIn(page, 'root', password);
    await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
    expect(new URL(page.url()).search).toBe('?q=root');
  });

  test('with a provider, which an administrator connects first, gives the role that it says', async () => {
    const { open, newPage } = getConsole();
    const page = await open('/settings/providers');
    await page.getByText('No provider yet').waitFor();
    await page.getByRole('button', { name: 'Add Provider' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Contoso');
    await page.getByLabel('Issuer').fill('http://169.254.169.254/');
    await page.getByLabel('Client ID').fill('syncline');
    await page.getByLabel('Value 3', { exact: true }).fill('Syncline.Operator');
    getConsole().forgive(/status of 400/);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Write each value, once.').first().waitFor();
    await page.getByRole('button', { name: 'Remove value 3' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('which is link-local').waitFor();
    await page.getByLabel('Issuer').fill(entra.issuer.url ?? '');
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'provider-form-light');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await panel(page).getByText('/auth/providers/1/callback').waitFor();
    await panel(page).getByRole('button', { name: 'Check' }).click();
    await panel(page).getByText('It answers').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'provider-panel-light');

    const other = await newPage({ role: null });
    await other.goto('/jobs?q=nightly');
    claims = { sub: '1', name: 'Olga Operator', preferred_username: 'olga', roles: ['Unknown'] };
    await other.getByRole('link', { name: 'Sign in with Contoso' }).click();
    await other
      .getByText('Olga Operator has no role here yet: ask an administrator to give olga one.')
      .waitFor();
    await takePicture(other, 'sign-in-no-role-light');
    claims = { ...claims, roles: ['Syncline.Operator'] };
    await other.getByRole('link', { name: 'Sign in with Contoso' }).click();
    await other.getByRole('heading', { name: 'Job Execution', level: 1 }).waitFor();
    expect(new URL(other.url()).search).toBe('?q=nightly');
    await other.goto('/settings/account');
    await other.getByText('Your password is kept by the provider').waitFor();
  });

  test('ends with Sign out', async () => {
    const { open } = getConsole();
    const page = await open('/', { role: null });
    await fillSignIn(page, 'root', password);
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Account of Root Admin' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in$/);
    await page.goto('/settings/users');
    await page.waitForURL(/\/sign-in\?returnTo=/);
  });
});

describe('users', () => {
  test('are added, changed, given another password, and deleted, and keyboards do', async () => {
    const { open, newPage, forgive } = getConsole();
    const page = await open('/settings/users');
    await page.getByRole('button', { name: 'Add User' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Grace Hopper');
    await page.getByLabel('Sign-in name').fill('ROOT');
    await page.getByRole('radio', { name: 'Auditor' }).click();
    await page.getByLabel('Password', { exact: true }).fill(password);
    forgive(/status of 40[19]/);
    await page.keyboard.press('Enter');
    await page.getByText('Somebody signs in as ROOT already').waitFor();
    await page.getByLabel('Sign-in name').fill('grace');
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'user-add-light');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Grace Hopper' }).click();
    await page.waitForURL(/user=\d+/);
    await panel(page).getByText('Nobody is signed in with this account.').waitFor();

    const hers = await newPage({ role: null });
    await hers.goto('/');
    await fillSignIn(hers, 'grace', password);
    await hers.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
    // By itself: the audit tells of the sign-in.
    await panel(page).getByRole('button', { name: 'End all sessions' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'user-panel-light');

    await panel(page).getByRole('button', { name: 'Edit' }).click();
    await panel(page).getByRole('switch', { name: 'Enabled' }).click();
    await takePicture(page, 'user-edit-light');
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('Disabled').waitFor();
    await hers.waitForURL(/sign-in/);

    await panel(page).getByRole('button', { name: 'Reset password' }).click();
    await panel(page).getByLabel('Password', { exact: true }).fill('eight quiet lanterns');
    await page.keyboard.press('Enter');
    await page.getByText('Grace Hopper has a new password').waitFor();
    await panel(page).getByRole('button', { name: 'Delete' }).click();
    await panel(page).getByText('What they did stays in the audit log.').waitFor();
    await panel(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Grace Hopper is deleted').waitFor();
    await page.waitForURL((url) => !url.search.includes('user='));
    expect(await page.getByRole('button', { name: 'Grace Hopper' }).count()).toBe(0);
  });

  test('are not overwritten by two who edit them at once', async () => {
    const { open, send, forgive } = getConsole();
    const added = await send('POST', '/api/users', {
      signInName: 'both',
      name: 'Both',
      role: 'auditor',
      password,
    });
    const { userId } = added.body as { userId: number };
    const page = await open(`/settings/users?user=${userId}`);
    await panel(page).getByRole('button', { name: 'Edit' }).click();
    await panel(page).getByLabel('Name', { exact: true }).fill('Mine');
    const { sql } = getConsole().database;
    await sql`
      update user_account set name = 'Theirs', version = version + 1, changed_by = 'Lena (lena)', changed_at = now()
      where user_id = ${userId}`;
    forgive(/status of 412/);
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Lena (lena) changed this').waitFor();
    await takePicture(page, 'user-conflict-light');
    await page.getByRole('button', { name: 'Take over the choice' }).click();
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Mine is changed').waitFor();
  });

  test('are guarded: the last administrator stays one', async () => {
    const { open, forgive, database } = getConsole();
    const { sql } = database;
    const page = await open('/settings/users?q=example.com');
    await sql`update user_account set is_disabled = true where sign_in_name = 'root'`;
    await page.getByRole('button', { name: 'Ada administrator', exact: true }).click();
    await panel(page).getByRole('button', { name: 'Edit' }).click();
    await panel(page).getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Auditor' }).click();
    forgive(/status of 409/);
    await panel(page).getByRole('button', { name: 'Save' }).click();
    await panel(page).getByText('This is the last administrator who can sign in').waitFor();
    await sql`update user_account set is_disabled = false where sign_in_name = 'root'`;
  });

  test('may what their roles say, permission by permission', async () => {
    const page = await getConsole().open('/settings/users');
    await page.getByRole('tab', { name: 'Roles' }).click();
    await page.waitForURL(/tab=roles/);
    const row = page.getByRole('row', { name: /Launch jobs/ });
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toEqual(['Enabled', 'Enabled', 'Disabled']);
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, 'roles-light');
  });
});

test("one's own password and the looks are changed, and both last", async () => {
  const { open, database } = getConsole();
  const page = await open('/', { role: null });
  await fillSignIn(page, 'root', password);
  await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
  await page.goto('/settings/account');
  await page.getByLabel('Present password').fill('not the password');
  await page.getByLabel('New password', { exact: true }).fill('nine quiet lanterns');
  await page.getByLabel('New password again').fill('nine quiet lanterns');
  getConsole().forgive(/status of 400/);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('The password that you have now is another one.').waitFor();
  await page.getByLabel('Present password').fill(password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Your password is changed').waitFor();
  expect(await page.getByLabel('Present password').inputValue()).toBe('');

  await page.getByRole('radio', { name: 'Dark' }).click();
  await page.getByRole('radio', { name: 'In UTC' }).click();
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  expect(await findBarriers(page)).toEqual([]);
  await takePicture(page, 'account-dark');
  await page.reload();
  await settle(page);
  expect(await page.getByRole('radio', { name: 'In UTC' }).isChecked()).toBe(true);
  const [row] = await database.sql<{ preferences: { timeDisplay: string } }[]>`
    select preferences from user_account where sign_in_name = 'root'`;
  expect(row?.preferences).toMatchObject({ theme: 'dark', timeDisplay: 'utc' });
});

test('the audit log is searched, filtered and exported, and tells everything of an entry', async () => {
  const { open } = getConsole();
  const page = await open('/audit?q=grace');
  await page.getByRole('button', { name: 'user.delete' }).or(page.getByText('user.delete')).first().waitFor();
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Refused' }).click();
  await page.waitForURL(/outcome=refused/);
  await page.getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name: 'Last 7 days' }).click();
  await page.waitForURL(/period=week/);
  await page.goto('/audit?q=Grace');
  await settle(page);
  await page.getByRole('row', { name: /user\.change/ }).click();
  await panel(page).getByText('wasDisabled').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await takePicture(page, 'audit-entry-light');
  await panel(page).getByRole('button', { name: 'Only this action' }).click();
  await page.waitForURL(/action=user\.change/);
  await settle(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /Export to CSV/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('audit.csv');
  await page.getByRole('button', { name: 'Remove: Action user.change' }).click();
  await page.waitForURL((url) => !url.search.includes('action='));
});

test.each(['/settings/users', '/settings/providers', '/settings/account', '/audit', '/sign-in'])(
  '%s is free of barriers in the dark, too',
  async (path) => {
    const { open } = getConsole();
    const page = await open(path, { theme: 'dark', role: path === '/sign-in' ? null : 'administrator' });
    expect(await findBarriers(page)).toEqual([]);
    await takePicture(page, `${path.slice(1).replace('/', '-')}-dark`);
  },
);
