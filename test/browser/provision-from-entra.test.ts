/**
 * "Provision users from Microsoft Entra" (PingOne Advanced Identity Cloud, tasks 3 to 5 and the validation), label by label: one test
 * user becomes an identity, is followed by a schedule, then everyone is, and what is gone on both sides leaves nothing behind.
 */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient, type SimulatorClient } from '../fixtures/simulator-client.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 60, groups: 4, seed: 11 } });
const tenant = 'nordlicht.example';
const application = 'Microsoft Entra ID';
const mapping = `${application} to identities`;
const mail = 'scarter@example.com';
/** For what takes a page, or a machine with much to do, more than a moment. */
const patience = { timeout: 20_000 };

let client: SimulatorClient;
let page: Page;
/** The address of the application. */
let root = '';
/** Of Sam Carter in the tenant. */
let account = '';

beforeAll(async () => {
  client = await openClient(getConsole().simulator);
  // Task 2 of the guide, and its prerequisite: an identity that looks after the application.
  const made = await client.send('POST /users', {
    userPrincipalName: `scarter@${tenant}`,
    mailNickname: 'scarter',
    displayName: 'Sam Carter',
    passwordProfile: { password: 'plum-Otter-9-lantern', forceChangePasswordNextSignIn: true },
    accountEnabled: true,
    givenName: 'Sam',
    surname: 'Carter',
    mail,
  });
  expect(made.status, made.text).toBe(201);
  account = (JSON.parse(made.text) as { id: string }).id;
  // Somebody who cannot become an identity, which has to have a mail.
  const other = await client.send('POST /users', {
    userPrincipalName: `press@${tenant}`,
    mailNickname: 'press',
    displayName: 'Press Office',
    passwordProfile: { password: 'plum-Otter-9-lantern', forceChangePasswordNextSignIn: true },
    accountEnabled: true,
    givenName: 'Press',
    surname: 'Office',
  });
  expect(other.status, other.text).toBe(201);
  const { status } = await getConsole().send('POST', '/api/identities/alpha_user', {
    attributes: { userName: 'ines', givenName: 'Ines', sn: 'Maura', mail: 'ines@example.com' },
  });
  expect(status).toBe(201);
});
afterAll(() => client.close());

const toast = (text: string | RegExp) => page.locator('.toasts').getByText(text).first();
const link = (place: Locator, name: string) => place.getByRole('link', { name, exact: true });
const mainNavigation = () => page.getByRole('navigation', { name: 'Main' });
const card = (label: string) => page.getByRole('button', { name: new RegExp(`^${label}`) }).first();
const categories = {
  oneToOne: '1-to-1 match',
  unresolved: `Unresolved ${application} users`,
  noSource: `No match found for identities in ${application}`,
  other: 'All other users',
  failed: 'Failed',
};

/** Opens a part of the application as one gets there from the dashboard. */
async function openPart(tab: string, part: string): Promise<void> {
  page = await getConsole().open('/');
  await link(mainNavigation(), 'Applications').click();
  await link(page.getByRole('main'), application).first().click();
  await link(page.getByRole('navigation', { name: 'Parts of the application' }), tab).click();
  await link(page.getByRole('main').getByRole('navigation', { name: tab }), part).click();
  await settle(page);
}

async function choose(place: Page | Locator, label: string, option: string | RegExp): Promise<void> {
  await place.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option }).click();
}

async function saveSettings(): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await toast('The settings of reconciliation have been saved').waitFor();
}

/** Opens Identities, and there somebody who is found by typing. */
async function openIdentity(typed: string, name: string): Promise<void> {
  page = await getConsole().open('/');
  await link(mainNavigation(), 'Identities').click();
  await page.getByRole('heading', { level: 1, name: 'Manage Identities' }).waitFor();
  const table = page.getByRole('table', { name: 'Identities' });
  await page.getByRole('searchbox', { name: 'Name, email or ID' }).fill(typed);
  await expect.poll(() => table.getByRole('row').count(), patience).toBe(2);
  await table.getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

const propertyRow = (property: string) =>
  page.getByRole('table', { name: 'Attributes' }).getByRole('row').filter({ hasText: property });

/** The number of a category, as the page shows it by now. */
const countOf = async (label: string) => Number(/(\d+)$/.exec((await card(label).textContent()) ?? '')?.[1]);

/** How many identities there are. */
async function countIdentities(): Promise<number> {
  const { body } = await getConsole().send('GET', '/api/identities/types');
  const { types } = body as { types: readonly { name: string; count: number }[] };
  return types.find(({ name }) => name === 'alpha_user')?.count ?? Number.NaN;
}

/** Reconciles, and waits for the end of it. */
async function reconcile(act: () => Promise<void>): Promise<void> {
  const ended = async () => {
    const path = `/api/mappings/${encodeURIComponent(mapping)}/reconciliations`;
    const { body } = await getConsole().send('GET', path);
    const { items } = body as { items: readonly { startedBy: string; endedAt: string | null }[] };
    return items.filter(({ startedBy, endedAt }) => endedAt !== null && startedBy.includes('administrator'))
      .length;
  };
  const before = await ended();
  await act();
  await expect.poll(ended, { timeout: 90_000 }).toBe(before + 1);
}

test('task 3: Microsoft Entra becomes an authoritative source', async () => {
  page = await getConsole().open('/');
  await link(mainNavigation(), 'Applications').click();
  await page.getByRole('link', { name: 'Browse App Catalog' }).first().click();
  await page.getByRole('radio', { name: /^Microsoft Entra Provisioning/ }).check();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('heading', { name: /^Application Integration/ }).waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(application);
  await page.getByRole('combobox', { name: 'Owners' }).fill('ines');
  await page.getByRole('option', { name: /Ines Maura/ }).click();
  await page.getByRole('switch', { name: 'Authoritative' }).click();
  await page.getByRole('button', { name: 'Create Application' }).click();
  await page.getByRole('heading', { level: 1, name: application }).waitFor();
  root = new URL(page.url()).pathname.replace('/provisioning/connection', '');

  const { simulator } = getConsole();
  await link(page.getByRole('navigation', { name: 'Parts of the application' }), 'Provisioning').click();
  await page.getByRole('button', { name: 'Set up Provisioning' }).click();
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('textbox', { name: 'Tenant' }).fill(tenant);
  await page.getByRole('textbox', { name: 'Client ID' }).fill(simulator.clientId);
  await page.getByLabel('Client Secret').first().fill(simulator.clientSecret);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await toast(`${application} is connected`).waitFor();
  await page.getByRole('main').getByText('Connected', { exact: true }).first().waitFor();

  await link(page.getByRole('main').getByRole('navigation', { name: 'Provisioning' }), 'Data').click();
  const table = page.getByRole('table', { name: 'Accounts: User' });
  await table.getByRole('row').nth(1).waitFor({ timeout: 60_000 });
  await page.getByRole('searchbox').fill('scarter');
  await expect.poll(() => table.getByRole('row').count(), patience).toBe(2);
  await table.getByText(mail).waitFor();
});

test('task 4, mapping: the four rows are there, and can be tried out on the test user', async () => {
  await openPart('Provisioning', 'Mapping');
  const rows = page.getByRole('table', { name: 'Mapping', exact: true });
  for (const [place, [source, target]] of [
    ['source.givenName', 'givenName'],
    ['source.mail', 'mail'],
    ['source.surname', 'sn'],
    ['source.userPrincipalName', 'userName'],
  ].entries()) {
    const row = rows.getByRole('row').nth(place + 1);
    await row.getByText(source ?? '', { exact: true }).waitFor();
    await row
      .getByText(target ?? '', { exact: true })
      .first()
      .waitFor();
  }
  expect(await rows.getByRole('row').count()).toBe(5);
  await page.getByText('4 mapped, 4 of 4 required covered').waitFor();
  await page.getByRole('combobox', { name: 'Preview for' }).fill('Sam Carter');
  await page.getByRole('option', { name: /^Sam Carter/ }).click();
  await rows.getByRole('columnheader', { name: 'Preview for Sam Carter' }).waitFor();
  await rows.getByRole('row').filter({ hasText: 'source.mail' }).getByText(mail).waitFor();
  await takePicture(page, 'provision-mapping');

  await page.getByRole('button', { name: 'Add a property' }).click();
  const panel = page.getByRole('dialog').first();
  await page.getByRole('combobox', { name: 'Target property' }).fill('displayName');
  await page.getByRole('option', { name: /^displayName/ }).click();
  await choose(page, 'Kind', /^Expression/);
  await panel.getByRole('textbox', { name: 'Expression' }).fill('Join(" ", [givenName], ToUpper([surname]))');
  await panel.getByRole('table', { name: 'Result' }).getByText('Sam CARTER').first().waitFor();
  await panel
    .getByRole('table', { name: 'Steps' })
    .getByText('ToUpper([surname])', { exact: true })
    .waitFor();
  await takePicture(page, 'provision-expression');
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await rows.getByRole('row').count()).toBe(5);
});

test('task 4, situation rules: Link Only is set to UNLINK', async () => {
  await openPart('Reconciliation', 'Settings');
  await page.getByRole('table', { name: 'Situation Rules' }).waitFor();
  await choose(page, 'Action for Link Only', /^UNLINK/);
  await page.getByText('was EXCEPTION').waitFor();
  await takePicture(page, 'provision-situation-rules');
  await saveSettings();
});

test('task 5: an incremental schedule by cron, and a filter on the mail of the test user, saved together', async () => {
  await openPart('Reconciliation', 'Settings');
  const schedules = page.getByRole('region', { name: 'Schedules' });
  const incremental = schedules.getByRole('region', { name: 'Incremental Reconciliation' });
  await incremental.getByRole('button', { name: 'Set Up' }).click();
  const dialog = page.getByRole('dialog', { name: 'Incremental Reconciliation' });
  await dialog.getByRole('radio', { name: 'Use cron' }).click();
  await dialog.getByRole('textbox', { name: 'Frequency' }).fill('*/15 * * * * ?');
  // The guide means every 15 minutes. What the expression says is every 15 seconds, which is kept here.
  await dialog.getByText('every 15 seconds').first().waitFor();
  await dialog.getByRole('button', { name: /every 15 minutes/ }).waitFor();
  await takePicture(page, 'provision-schedule');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await incremental.getByText('every 15 seconds').waitFor();
  await incremental.getByText('Not saved yet').waitFor();

  await page.getByRole('button', { name: 'Show advanced settings' }).click();
  const filter = page.getByRole('region', { name: 'Filter Source' });
  await filter.getByRole('button', { name: 'Add a condition' }).click();
  await choose(filter, 'Property of condition 1', /^mail$/);
  expect(await filter.getByRole('combobox', { name: 'Operator of condition 1' }).textContent()).toBe('is');
  await filter.getByRole('textbox', { name: 'Value of condition 1' }).fill(mail);
  await filter.getByText(/^1 of 6\d stored objects meets it/).waitFor();
  await filter.getByText('Such as Sam Carter.').waitFor();
  await takePicture(page, 'provision-filter');
  expect(await findBarriers(page)).toEqual([]);
  await saveSettings();
  await incremental.getByText('Not saved yet').waitFor({ state: 'detached' });
});

test('initial reconciliation: Reconcile Now creates the test user, and nobody else', async () => {
  await openPart('Reconciliation', 'Reconcile');
  await reconcile(() => page.getByRole('button', { name: 'Reconcile Now' }).click());
  // The schedule may have been sooner: the run is looked for that has created somebody.
  await page.getByRole('tab', { name: 'History' }).click();
  const history = page.getByRole('table', { name: `Reconciliations of ${mapping}` });
  const rows = history.getByRole('row');
  const created = async () => {
    const [titles = [], ...runs] = (await rows.allInnerTexts()).map((row) =>
      row.split('\t').map((cell) => cell.trim()),
    );
    return runs.map((cells) => cells[titles.indexOf('Created')]);
  };
  await expect.poll(async () => (await created()).filter((count) => count !== '0'), patience).toEqual(['1']);
  await rows
    .nth((await created()).indexOf('1') + 1)
    .getByRole('button')
    .first()
    .click();
  await expect.poll(() => countOf(categories.unresolved), patience).toBe(1);
  expect(await countOf(categories.oneToOne)).toBe(0);
  // The owner of the application is nobody of the tenant: listed, and left alone.
  expect(await countOf(categories.noSource)).toBe(1);
  await card(categories.unresolved).click();
  await page.getByRole('button', { name: 'Sam Carter' }).click();
  const panel = page.getByRole('dialog', { name: 'Sam Carter' });
  await panel.getByText('It has no account link, and none of the identities matches it.').waitFor();
  await panel.getByRole('table', { name: 'What changed' }).getByText(mail).waitFor();
  await takePicture(page, 'provision-created');
  expect(await countIdentities()).toBe(2);
});

test('Identities, Manage: the test user is found, with where each value comes from', async () => {
  await openIdentity(mail, 'Sam Carter');
  for (const [property, value] of [
    ['givenName', 'Sam'],
    ['mail', mail],
    ['sn', 'Carter'],
    ['userName', `scarter@${tenant}`],
  ] as const) {
    await propertyRow(property).getByText(value, { exact: true }).first().waitFor();
  }
  await propertyRow('userName').getByText('userPrincipalName', { exact: true }).waitFor();
  await propertyRow('userName').getByText(mapping).waitFor();
  await takePicture(page, 'provision-identity');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Accounts 1' }).click();
  await page.getByRole('table').getByText(tenant).first().waitFor();
});

test('incremental reconciliation: a first name that changes in the tenant arrives by itself', async () => {
  await openIdentity(mail, 'Sam Carter');
  const { status } = await client.send(`PATCH /users/${account}`, { givenName: 'Samantha' });
  expect(status).toBe(204);
  await page.getByRole('heading', { level: 1, name: 'Samantha Carter' }).waitFor({ timeout: 90_000 });
  const firstName = propertyRow('givenName');
  await firstName.getByText('Samantha', { exact: true }).waitFor();
  await firstName.getByText(mapping).waitFor();
  await page.getByRole('tab', { name: 'History' }).click();
  const newest = page
    .getByRole('list', { name: 'What happened, newest first' })
    .getByRole('listitem')
    .first();
  await newest.getByText('Samantha', { exact: true }).waitFor();
  await newest.getByText('Sam', { exact: true }).waitFor();
  await takePicture(page, 'provision-identity-history');

  await openPart('Reconciliation', 'Reconcile');
  await expect.poll(() => countOf(categories.oneToOne), patience).toBe(1);
  expect(await countOf(categories.unresolved)).toBe(0);
  await card(categories.oneToOne).click();
  await page.getByRole('button', { name: 'Sam Carter' }).click();
  const change = page
    .getByRole('dialog', { name: 'Sam Carter' })
    .getByRole('table', { name: 'What changed' })
    .getByRole('row')
    .nth(1);
  expect(await change.innerText()).toMatch(/givenName[\s\S]*Sam[\s\S]*Samantha/);
  await takePicture(page, 'provision-updated');
});

/** What a run without the filter has to find, told by the tenant itself. */
async function expectedOfEveryone() {
  const pages = await client.pages('/users?$top=999&$select=id,givenName,mail,surname,userPrincipalName');
  const everybody = pages.flatMap(({ value }) => value);
  const whole = everybody.filter((user) =>
    [user.givenName, user.mail, user.surname, user.userPrincipalName].every(Boolean),
  );
  return { unresolved: whole.length - 1, oneToOne: 1, failed: everybody.length - whole.length };
}

const shownOfEveryone = async () => ({
  unresolved: await countOf(categories.unresolved),
  oneToOne: await countOf(categories.oneToOne),
  failed: await countOf(categories.failed),
});

test('without the filter, a simulation says what would come of everyone', async () => {
  await openPart('Reconciliation', 'Settings');
  await page.getByRole('button', { name: 'Show advanced settings' }).click();
  await page.getByRole('button', { name: 'Remove condition 1' }).click();
  const incremental = page.getByRole('region', { name: 'Incremental Reconciliation' });
  await incremental.getByRole('button', { name: 'Deactivate' }).click();
  await saveSettings();
  await incremental.getByText('Disabled').waitFor();

  const expected = await expectedOfEveryone();
  expect(expected.unresolved).toBeGreaterThan(30);
  expect(expected.failed).toBe(1);
  page = await getConsole().open(`${root}/reconciliation/results`);
  await reconcile(() => page.getByRole('button', { name: 'Simulate', exact: true }).click());
  await page.getByText('This is a simulation: nothing was changed').waitFor();
  await expect.poll(shownOfEveryone, patience).toEqual(expected);
  await card(categories.unresolved).getByText(`${expected.unresolved} would be created`).waitFor();
  await takePicture(page, 'provision-simulated');
  expect(await countIdentities()).toBe(2);
});

test('everyone follows, as the simulation has said', async () => {
  const expected = await expectedOfEveryone();
  page = await getConsole().open(`${root}/reconciliation/results`);
  await reconcile(() => page.getByRole('button', { name: 'Reconcile Now' }).click());
  await card(categories.unresolved).getByText(`${expected.unresolved} created`).waitFor();
  await expect.poll(shownOfEveryone, patience).toEqual(expected);
  expect(await countIdentities()).toBe(2 + expected.unresolved);
  // Whoever has no mail cannot become an identity, and is told of.
  await card(categories.failed).click();
  await page.getByRole('region', { name: 'By cause' }).getByText(/mail/).first().waitFor();
  await page.getByRole('button', { name: 'Press Office' }).waitFor();
  await takePicture(page, 'provision-everyone');
  expect(await findBarriers(page)).toEqual([]);
});

test('Link Only: of an account and an identity that are both deleted, the link goes, too', async () => {
  await openIdentity(mail, 'Samantha Carter');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Samantha Carter' });
  await dialog.getByText(/1 account in nordlicht\.example/).waitFor();
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await toast('Samantha Carter is deleted').waitFor();
  expect((await client.send(`DELETE /users/${account}`)).status).toBe(204);

  const { sql } = getConsole().database;
  const links = async () =>
    (await sql`select count(*)::int as count from account_link where source_key = ${account}`)[0]?.count;
  expect(await links()).toBe(1);
  page = await getConsole().open(`${root}/reconciliation/results`);
  await reconcile(async () => {
    await page.getByRole('button', { name: 'Other ways to reconcile' }).click();
    await page.getByRole('menuitem', { name: 'Incremental', exact: true }).click();
  });
  await expect.poll(() => countOf(categories.other), patience).toBe(1);
  await card(categories.other).click();
  const row = page
    .getByRole('table', { name: /^Records/ })
    .getByRole('row')
    .nth(1);
  await expect.poll(() => row.innerText(), patience).toMatch(/Link Only[\s\S]*Unlink/);
  await takePicture(page, 'provision-link-only');
  expect(await links()).toBe(0);
});
