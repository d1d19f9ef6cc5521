/** Identities in the browser: made, found, changed with a warning, put into groups and deleted, with where every value comes from. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { openIdentitiesTarget } from '../../src/cli/identities-target.ts';
import { readMapping } from '../../src/mapping/mapping-document.ts';
import { createMapping } from '../../src/store/mappings.ts';
import { transact } from '../../src/store/transaction.ts';
import { type SyncBench, setUpBench } from '../fixtures/sync-bench.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole();

let bench: SyncBench;
/** The identity that a mapping has made of an account. */
let mapped: string;

const person = (
  userName: string,
  givenName: string,
  sn: string,
  more: Readonly<Record<string, unknown>> = {},
) => ({
  userName,
  givenName,
  sn,
  mail: `${userName}@contoso.com`,
  ...more,
});

async function make(type: string, attributes: object): Promise<string> {
  const { status, body } = await getConsole().send('POST', `/api/identities/${type}`, { attributes });
  expect(status).toBe(201);
  return (body as { identity: { key: string } }).identity.key;
}

/** An identity as a run of a mapping leaves it, with its account link. */
async function mapIdentity(): Promise<string> {
  const { sql } = getConsole().database;
  const read = readMapping({
    name: 'Entra to identities',
    source: { connection: bench.name, type: 'user' },
    target: { connection: 'Identities', type: 'alpha_user' },
    attributes: [
      { target: 'userName', source: { kind: 'attribute', name: 'userPrincipalName' } },
      { target: 'givenName', source: { kind: 'attribute', name: 'givenName' } },
    ],
  });
  if (read.kind !== 'read') throw new Error(JSON.stringify(read));
  const { definition } = read;
  const target = await openIdentitiesTarget({ sql });
  const attributes = person('scarter', 'Sam', 'Carter');
  return await transact(sql, async (transaction) => {
    const origin = { definition, applicationId: null, origin: 'api', createdBy: 'lena' } as const;
    const mapping = await createMapping(transaction, origin);
    const label = definition.name;
    const runId = await target.begin(transaction, { kind: 'reconcile', entityTypes: ['alpha_user'], label });
    const [receipt] = await target.fulfil(
      transaction,
      runId,
      [{ kind: 'create', entityType: 'alpha_user', attributes }],
      '1',
    );
    if (receipt?.kind !== 'done' || !mapping) throw new Error(JSON.stringify(receipt));
    await target.end(transaction, runId, { state: 'succeeded', message: null });
    const [run] = await transaction<{ id: number }[]>`
      insert into reconciliation (mapping_id, mapping_name, definition, revision, mode, is_dry_run, state, stage, started_by, run_id)
      values (${mapping.mappingId}, ${label}, ${JSON.stringify(definition)}::text::jsonb, 1, 'full', false, 'succeeded', 'ended', 'lena',
        ${runId})
      returning reconciliation_id as id`;
    await transaction`
      insert into account_link (mapping_id, qualifier, source_key, target_key, reconciliation_id, matched_on)
      values (${mapping.mappingId}, 'default', 'entra-sam', ${receipt.key}, ${run?.id ?? 0},
        '{"rule": 1, "attributes": {"userName": "scarter"}}')`;
    return receipt.key;
  });
}

beforeAll(async () => {
  bench = setUpBench(getConsole());
  bench.source.offer('user', {
    pages: [[{ key: 'entra-sam', attributes: { displayName: 'Sam Carter (Entra)', givenName: 'Sam' } }]],
  });
  await bench.sync({ entityTypes: [{ name: 'user', attributes: ['displayName', 'givenName'], links: [] }] });
  mapped = await mapIdentity();
  await make('alpha_user', person('zoe', 'Zoë', 'Müller', { accountStatus: 'inactive' }));
  await make('alpha_user', person('boss', 'Bea', 'Boss'));
  await make('alpha_group', { name: 'Payroll', description: 'Who is paid' });
  await followed();
});

/** The worker follows within a second or two. */
async function followed(): Promise<void> {
  while ((await behind()) > 0);
}

async function behind(): Promise<number> {
  const { body } = await getConsole().send('GET', '/api/directory/types');
  return (body as { index: { behind: number } }).index.behind;
}

async function expectNoBarriers(page: Page, name: string): Promise<void> {
  await settle(page);
  expect(await findBarriers(page), name).toEqual([]);
  await takePicture(page, name);
}

test('the list finds people as one types, by status, and shows how each is', async () => {
  const page = await getConsole().open('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Identities' }).click();
  await page.getByRole('heading', { name: 'Identities', level: 1 }).waitFor();
  const table = page.getByRole('table', { name: 'Identities' });
  await table.getByRole('link', { name: 'Sam Carter' }).waitFor();
  await page.getByRole('searchbox').fill('muller');
  await table.getByRole('row').filter({ hasText: 'Zoë Müller' }).getByText('Inactive').waitFor();
  await expect.poll(() => table.getByRole('row').count()).toBe(2);
  await page.getByRole('searchbox').fill('');
  await table.getByRole('link', { name: 'Bea Boss' }).waitFor();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Not active' }).click();
  await expect.poll(() => table.getByRole('row').count()).toBe(2);
  expect(page.url()).toContain('status=inactive');
  await expectNoBarriers(page, 'identities-list');
});

test('a person is made with what is needed, and what is wrong is said at its field', async () => {
  const page = await getConsole().open('/identities');
  await page.getByRole('button', { name: 'New User' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New user' });
  await dialog.getByLabel('Username').fill('ZOE');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('First Name is required.').waitFor();
  await dialog.getByLabel('First Name').fill('Nina');
  await dialog.getByLabel('Last Name').fill('Novak');
  await dialog.getByLabel('Email Address').fill('nina@contoso.com');
  getConsole().forgive(/400/);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/userName is "ZOE", which the alpha_user .* has already/).waitFor();
  await dialog.getByLabel('Username').fill('nina');
  await dialog.getByRole('combobox', { name: 'Another attribute' }).fill('City');
  await page.getByRole('option', { name: 'City' }).click();
  await dialog.getByLabel('City').fill('Prague');
  await expectNoBarriers(page, 'identity-form');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Nina Novak', level: 1 }).waitFor();
  const attributes = page.getByRole('table', { name: 'Attributes' });
  const city = attributes.getByRole('row').filter({ hasText: 'Prague' });
  await city.getByText(/By hand: Ada administrator/).waitFor();
});

test('where a value comes from is beside it, and changing it by hand warns of the mapping', async () => {
  const page = await getConsole().open(`/identities/alpha_user/${mapped}`);
  const attributes = page.getByRole('table', { name: 'Attributes' });
  const given = attributes.getByRole('row').filter({ hasText: 'First Name' });
  await given.getByRole('link', { name: 'Sam Carter (Entra)' }).waitFor();
  await given.getByText(bench.name).waitFor();
  await given.getByRole('link', { name: 'Entra to identities' }).waitFor();
  await expectNoBarriers(page, 'identity-attributes');
  await page.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit Sam Carter' });
  await dialog.getByText('Some of these values come from a mapping').waitFor();
  await dialog.getByText('The mapping Entra to identities sets it, and will set it again.').first().waitFor();
  await dialog.getByLabel('First Name').fill('Samuel');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/The mapping Entra to identities will set givenName again/).waitFor();
  await page.getByRole('heading', { name: 'Samuel Carter', level: 1 }).waitFor();
  await given.getByText('Set by the mapping Entra to identities').waitFor();

  await page.getByRole('tab', { name: 'Accounts 1' }).click();
  const accounts = page.getByRole('table', { name: 'Accounts' });
  await accounts.getByText('Rule 1: userName = scarter').waitFor();
  await expectNoBarriers(page, 'identity-accounts');
  await page.getByRole('tab', { name: 'History' }).click();
  const history = page.getByRole('list', { name: 'What happened, newest first' });
  await history.getByText('Changed by Ada administrator').waitFor();
  await history
    .getByText('Created by')
    .getByRole('link', { name: 'the mapping Entra to identities' })
    .waitFor();
  await expectNoBarriers(page, 'identity-history');
  await page.getByRole('tab', { name: 'Raw' }).click();
  await page.getByText('"userName": "scarter"').waitFor();
  await page.getByText('"displayName": "Sam Carter (Entra)"').waitFor();
  await expectNoBarriers(page, 'identity-raw');
});

test('members are found, added and removed, and a member knows of it', async () => {
  const page = await getConsole().open('/identities?type=alpha_group');
  await page.getByRole('table', { name: 'Identities' }).getByRole('link', { name: 'Payroll' }).click();
  await page.getByRole('tab', { name: /^Members \d/ }).click();
  await page.getByRole('button', { name: 'Add Members' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add members to Payroll' });
  for (const name of ['Bea Boss', 'Zoë Müller']) {
    await dialog.getByRole('combobox', { name: 'Find users and groups' }).fill(name);
    await page.getByRole('option', { name }).click();
    await dialog.getByRole('list', { name: 'Chosen' }).getByText(name).waitFor();
  }
  await expectNoBarriers(page, 'group-add-members');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const members = page.getByRole('table', { name: 'Members' });
  await members.getByRole('link', { name: 'Bea Boss' }).waitFor();
  await expectNoBarriers(page, 'group-members');
  await members.getByRole('button', { name: 'Remove Zoë Müller' }).click();
  await members.getByRole('link', { name: 'Zoë Müller' }).waitFor({ state: 'detached' });
  await members.getByRole('link', { name: 'Bea Boss' }).click();
  await page.getByRole('heading', { name: 'Bea Boss', level: 1 }).waitFor();
  await page.getByRole('tab', { name: 'Memberships 1' }).click();
  await page.getByRole('table', { name: 'Memberships' }).getByRole('link', { name: 'Payroll' }).waitFor();
});

test('deleting tells what hangs on it first', async () => {
  const key = await make('alpha_user', person('leaver', 'Leo', 'Leaver'));
  const group = await make('alpha_group', { name: 'Leavers' });
  await getConsole().send('POST', `/api/identities/alpha_group/${group}/links/members`, {
    add: [{ type: 'alpha_user', key }],
  });
  const page = await getConsole().open(`/identities/alpha_user/${key}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Leo Leaver' });
  await dialog.getByText('Its membership of 1 group').waitFor();
  await dialog.getByText('Nothing else hangs on it.').waitFor();
  await expectNoBarriers(page, 'identity-delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Leo Leaver is deleted').waitFor();
  await page.getByRole('heading', { name: 'Identities', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Leo Leaver' }).waitFor({ state: 'detached' });
});

test('an attribute of one’s own is added, and is there when somebody is changed', async () => {
  const page = await getConsole().open('/identities/attributes');
  await page.getByRole('button', { name: 'Add attribute' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add an attribute' });
  await dialog.getByLabel('Label').fill('Badge');
  await dialog.getByLabel('Name').fill('custom_badge');
  await dialog.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'Whole number' }).click();
  await dialog.getByRole('button', { name: 'Add' }).click();
  const row = page
    .getByRole('table', { name: 'Attributes' })
    .getByRole('row')
    .filter({ hasText: 'custom_badge' });
  await row.getByText('Whole number').waitFor();
  await expectNoBarriers(page, 'identity-attribute-types');
  await page.goto(`${getConsole().server.url}/identities/alpha_user/${mapped}`);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('dialog').getByLabel('Badge').fill('seven');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').getByText('Badge is a number.').waitFor();
});

test('whoever may not change identities sees them, and why nothing can be changed', async () => {
  const page = await getConsole().open(`/identities/alpha_user/${mapped}`, { role: 'auditor' });
  const edit = page.getByRole('button', { name: 'Edit' });
  expect(await edit.getAttribute('aria-disabled')).toBe('true');
  await edit.press('Enter');
  expect(await page.getByRole('dialog').count()).toBe(0);
});
