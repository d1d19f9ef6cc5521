/** Reconciliation as an administrator works with it: results that say why, decisions, rules, schedules, and a run in earnest. */
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredMapping } from '../../src/store/mappings.ts';
import { mappingOf, storeMapping, storeResources, storeRun } from '../fixtures/mapping-rows.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, findUnreachable } from './fixtures/watched-page.ts';

const getConsole = useConsole();
let mapping: StoredMapping;
let page: Page;

const source = { connection: 'Contoso', type: 'user' };
const name = 'Contoso to identities';
const results = `/mappings/${encodeURIComponent(name)}/reconciliation`;
const groups = 'Users to groups';
const groupsPath = `/mappings/${encodeURIComponent(groups)}`;

beforeAll(async () => {
  const { sql } = getConsole().database;
  const person = (displayName: string) => ({
    displayName,
    userPrincipalName: `${displayName.toLowerCase().replace(' ', '.')}@contoso.example`,
    givenName: displayName.split(' ')[0],
    surname: displayName.split(' ')[1],
    mail: `${displayName.split(' ')[0]?.toLowerCase()}@contoso.example`,
    jobTitle: 'Engineer',
  });
  await storeResources(sql, 'Contoso', 'user', {
    'entra-1': person('Sam Carter'),
    'entra-2': person('Jo Smith'),
    'entra-3': person('Kim Young'),
    'entra-4': person('Ana Rossi'),
  });
  await storeResources(sql, 'Identities', 'alpha_user', {
    'id-1': {
      displayName: 'Sam Carter',
      userName: 'sam.carter@contoso.example',
      givenName: 'Samuel',
      sn: 'Carter',
    },
    'id-2': { displayName: 'Jo Smith', userName: 'jo.smith@contoso.example', givenName: 'Jo', sn: 'Smith' },
    'id-3': {
      displayName: 'Jo Smith (ext)',
      userName: 'jo.ext@contoso.example',
      givenName: 'Jo',
      sn: 'Smith',
    },
  });
  mapping = await storeMapping(sql, mappingOf(name, { source }));
  await storeMapping(
    sql,
    mappingOf(groups, {
      source: { connection: 'Identities', type: 'alpha_user' },
      target: { connection: 'Identities', type: 'alpha_group' },
      correlation: [{ match: 'name' }],
      attributes: [
        {
          target: 'name',
          source: { kind: 'attribute', name: 'userName' },
          apply: 'always',
          ifEmpty: 'clear',
        },
        {
          target: 'description',
          source: { kind: 'attribute', name: 'givenName' },
          apply: 'always',
          ifEmpty: 'clear',
        },
      ],
    }),
  );
  const [link] = await sql<{ linkNumber: number }[]>`
    insert into account_link (mapping_id, qualifier, source_key, target_key)
    values (${mapping.mappingId}, 'default', 'entra-1', 'id-1') returning link_number::float8 as link_number`;
  await storeRun(sql, mapping, {
    state: 'succeeded-with-failures',
    unchanged: [link?.linkNumber ?? 0],
    entries: [
      {
        situation: 'AMBIGUOUS',
        action: 'EXCEPTION',
        message: 'Two identities match.',
        sourceKey: 'entra-2',
        sourceName: 'Jo Smith',
        ambiguousKeys: ['id-2', 'id-3'],
        matchedOn: { rule: 1, attributes: { sn: 'Smith' } },
      },
      {
        situation: 'ABSENT',
        action: 'CREATE',
        status: 'failed',
        message: 'The attribute mail is required: map it.',
        sourceKey: 'entra-3',
        sourceName: 'Kim Young',
      },
      {
        situation: 'ABSENT',
        action: 'CREATE',
        sourceKey: 'entra-4',
        sourceName: 'Ana Rossi',
        targetKey: 'id-4',
        targetName: 'Ana Rossi',
        changes: {
          before: {},
          after: { userName: 'ana.rossi@contoso.example', givenName: 'Ana', sn: 'Rossi' },
        },
      },
      {
        situation: 'SOURCE_MISSING',
        action: 'EXCEPTION',
        targetKey: 'id-3',
        targetName: 'Jo Smith (ext)',
        phase: 'target',
      },
    ],
  });
});

const card = (label: string | RegExp) => page.getByRole('button', { name: label }).first();
const rows = () => page.getByRole('table', { name: /^Records/ }).getByRole('row');
const toast = (text: string | RegExp) => page.locator('.toasts').getByText(text).first();

async function choose(label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  // What an option means stands below its name.
  await page.getByRole('option', { name: new RegExp(`^${option}`) }).click();
}

describe('the results', () => {
  beforeEach(async () => {
    page = await getConsole().open(results);
  });

  test('are in categories that open their records, in the address too, and in situations within', async () => {
    await expect.poll(() => card(/^1-to-1 match/).textContent()).toMatch(/1$/);
    expect(await card(/^Unresolved Contoso users/).textContent()).toMatch(/1$/);
    expect(await card(/^Conflicting matches/).textContent()).toMatch(/1$/);
    expect(await card(/^No match found for identities in Contoso/).textContent()).toMatch(/1$/);
    expect(await card(/^Failed/).textContent()).toMatch(/1$/);
    await takePicture(page, 'reconciliation-results');
    await card(/^Unresolved/).click();
    await page.getByRole('heading', { name: 'Unresolved Contoso users' }).waitFor();
    await expect.poll(() => rows().count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('category')).toBe('unresolved');
    await page
      .getByRole('list', { name: 'Situations of Unresolved Contoso users' })
      .getByRole('button')
      .click();
    await expect.poll(() => new URL(page.url()).searchParams.get('situation')).toBe('ABSENT');
    const again = await getConsole().open(page.url());
    await again.getByRole('heading', { name: 'Unresolved Contoso users' }).waitFor();
    expect(await again.getByRole('link', { name: /^Export/ }).getAttribute('href')).toContain(
      'category=unresolved',
    );
  });

  test('say why a record is as it is, with both objects side by side, and have no barrier', async () => {
    expect(await findBarriers(page)).toEqual([]);
    expect(await findUnreachable(page)).toEqual([]);
    await card(/^1-to-1/).click();
    await expect.poll(() => rows().count()).toBe(2);
    await page.getByRole('button', { name: 'Sam Carter' }).click();
    const panel = page.getByRole('dialog', { name: 'Sam Carter' });
    await panel.getByText('It has an account link, and the object that it leads to is there.').waitFor();
    const sides = panel.getByRole('table', { name: /^Side by side/ });
    const first = sides.getByRole('row').nth(1);
    expect(await first.innerText()).toMatch(/givenName[\s\S]*Sam[\s\S]*differs[\s\S]*Samuel/);
    await takePicture(page, 'reconciliation-entry');
    expect(await findBarriers(page)).toEqual([]);
  });

  test('have what failed by causes, and try it again', async () => {
    await card(/^Failed/).click();
    const causes = page.getByRole('region', { name: 'By cause' });
    await causes.getByText('The attribute mail is required: map it.').waitFor();
    await causes.getByRole('button', { name: 'Retry this one' }).click();
    await takePicture(page, 'reconciliation-failed');
    await toast(/^Trying again in run/).waitFor();
    // There is no system of that name to read: the page says that it did not come to a reconciliation.
    await page.getByText(/^Run \d+ failed before it came to the reconciliation/).waitFor();
    await page
      .getByRole('link', { name: /^Run \d+$/ })
      .first()
      .waitFor();
  });

  test('are resolved by linking a record to the right candidate', async () => {
    await card(/^Conflicting/).click();
    await page.getByRole('button', { name: 'Jo Smith' }).click();
    await page.getByRole('dialog', { name: 'Jo Smith' }).getByText('Matched on').waitFor();
    await page.getByRole('button', { name: 'Resolve…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Resolve Jo Smith' });
    await dialog.getByRole('radio', { name: /It belongs to Jo Smith id-2/ }).waitFor();
    await takePicture(page, 'reconciliation-resolve');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Resolve', exact: true }).click();
    await toast(/^Resolved/).waitFor();
    const { sql } = getConsole().database;
    const [link] = await sql`select target_key, linked_by from account_link where source_key = 'entra-2'`;
    expect(link).toMatchObject({ targetKey: 'id-2', linkedBy: expect.stringContaining('administrator') });
    await page.getByRole('dialog', { name: 'Jo Smith' }).getByText('Linked now to').waitFor();
  });
});

test('account links are listed with how they came to be, found by a key, and taken apart', async () => {
  page = await getConsole().open(`${results}?view=links`);
  const links = page.getByRole('table', { name: `Account links of ${name}` });
  const ofJo = links.getByRole('row').filter({ hasText: 'Jo Smith' });
  expect(await ofJo.innerText()).toContain('By hand: Ada administrator');
  await takePicture(page, 'reconciliation-links');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('searchbox', { name: 'Name or key of either side' }).fill('nobody');
  await ofJo.waitFor({ state: 'hidden' });
  await page.getByRole('searchbox', { name: 'Name or key of either side' }).fill('entra-2');
  await ofJo.getByRole('button', { name: 'Unlink Jo Smith' }).click();
  const dialog = page.getByRole('dialog', { name: 'Unlink Jo Smith and Jo Smith?' });
  await dialog.getByText('Both stay as they are').waitFor();
  await dialog.getByRole('button', { name: 'Unlink' }).click();
  await toast('Jo Smith and Jo Smith are not linked any more').waitFor();
  await ofJo.waitFor({ state: 'hidden' });
  expect(await getConsole().database.sql`select from account_link where source_key = 'entra-2'`).toHaveLength(
    0,
  );
});

describe('a run', () => {
  test('that a guard holds back says why, and is discarded where it is looked at', async () => {
    const { database, open } = getConsole();
    await storeRun(database.sql, mapping, {
      state: 'blocked',
      blockReasons: [
        {
          action: 'DELETE',
          count: 310,
          total: 1000,
          limit: { count: 50, percent: 5 },
          sentence: '310 target objects would be deleted, and the guard on DELETE allows no more than 50.',
        },
      ],
      entries: [
        {
          situation: 'SOURCE_MISSING',
          action: 'DELETE',
          status: 'proposed',
          targetKey: 'id-3',
          targetName: 'Jo Smith (ext)',
          phase: 'target',
        },
      ],
    });
    page = await open(results);
    await page.getByText('310 target objects would be deleted').waitFor();
    expect(await rows().nth(1).innerText()).toContain('Held back');
    await takePicture(page, 'reconciliation-blocked');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('dialog').getByText('1 object is deleted').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Discard…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard…' }).click();
    await toast('Discarded: nothing was done').waitFor();
    await page.getByText('Discarded by').first().waitFor();
  });

  test('that was a simulation says what would be, and never what was', async () => {
    const { database, open } = getConsole();
    const run = await storeRun(database.sql, mapping, {
      isDryRun: true,
      entries: [
        {
          situation: 'CONFIRMED',
          action: 'UPDATE',
          status: 'proposed',
          sourceKey: 'entra-1',
          sourceName: 'Sam Carter',
          targetKey: 'id-1',
          targetName: 'Sam Carter',
          changes: { before: { givenName: 'Samuel' }, after: { givenName: 'Sam' } },
        },
      ],
    });
    page = await open(`${results}?run=${run}`);
    await page.getByText('This is a simulation: nothing was changed').waitFor();
    expect(await rows().nth(1).innerText()).toMatch(/Would be done[\s\S]*Would change: givenName/);
    await page.getByRole('button', { name: 'Sam Carter' }).click();
    const panel = page.getByRole('dialog', { name: 'Sam Carter' });
    const change = panel.getByRole('table', { name: 'What would change' }).getByRole('row').nth(1);
    expect(await change.innerText()).toMatch(/givenName[\s\S]*Samuel[\s\S]*Sam/);
    await takePicture(page, 'reconciliation-simulated');
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'History' }).click();
    const history = page.getByRole('table', { name: `Reconciliations of ${name}` });
    await history.getByText('Full, simulated').waitFor();
    await takePicture(page, 'reconciliation-history');
    expect(await findBarriers(page)).toEqual([]);
  });
});

test('a mapping is simulated and reconciled where one looks on, from unresolved to 1-to-1', async () => {
  page = await getConsole().open(`${groupsPath}/reconciliation`);
  await page.getByText('Not reconciled yet').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Simulate', exact: true }).click();
  await page.getByText('This is a simulation: nothing was changed').waitFor();
  await expect
    .poll(() => card(/^Unresolved Identities users/).innerText(), { timeout: 20_000 })
    .toMatch(/3 would be created[\s\S]*3$/);
  await page.getByRole('button', { name: 'Reconcile Now' }).click();
  await page.getByText('Reconciliation completed').waitFor();
  await expect
    .poll(() => card(/^Unresolved Identities users/).innerText(), { timeout: 20_000 })
    .toMatch(/ABSENT: 3 created[\s\S]*3$/);
  expect(await card(/^1-to-1/).innerText()).toMatch(/0$/);
  await page.getByRole('button', { name: 'Other ways to reconcile' }).click();
  await page.getByRole('menuitem', { name: 'Full', exact: true }).click();
  await expect.poll(() => card(/^1-to-1/).innerText(), { timeout: 20_000 }).toMatch(/3$/);
  await card(/^1-to-1/).click();
  await expect.poll(() => rows().allInnerTexts()).toHaveLength(4);
  expect(await rows().nth(1).innerText()).toContain('Unchanged');
  await page.getByRole('link', { name: /^Run \d+ of its job$/ }).click();
  await page.getByRole('region', { name: 'Reconciliation' }).getByText('3 records: 0 created').waitFor();
  await takePicture(page, 'reconciliation-job-run');
  await page.getByRole('link', { name: /^Users to groups, reconciliation/ }).click();
  await page.getByRole('tab', { name: 'Results' }).waitFor();
  const dashboard = await getConsole().open('/');
  await dashboard
    .getByRole('region', { name: 'Latest reconciliations' })
    .getByRole('link', { name: groups })
    .first()
    .waitFor();
});

test('a filtered run says first whom it is for', async () => {
  page = await getConsole().open(`${groupsPath}/reconciliation`);
  await page.getByRole('button', { name: 'Other ways to reconcile' }).click();
  await page.getByRole('menuitem', { name: 'Filtered…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Filtered reconciliation' });
  await dialog.getByRole('button', { name: 'Edit as text' }).click();
  await dialog.getByRole('textbox', { name: 'Filter' }).fill('userName sw "sam"');
  await dialog.getByText(/1 of 3/).waitFor();
  await takePicture(page, 'reconciliation-filtered');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Reconcile', exact: true }).click();
  await page.getByText('Filter of this run:').waitFor();
  await page.getByText('userName sw "sam"').waitFor();
});

describe('the settings', () => {
  beforeEach(async () => {
    page = await getConsole().open(`${groupsPath}/settings`);
  });

  test('change what is done in a situation, say what it was, and ask before changes are lost', async () => {
    await page.getByRole('table', { name: 'Situation Rules' }).waitFor();
    await choose('Action for Link Only', 'UNLINK');
    await page.getByText('was EXCEPTION').waitFor();
    await choose('Action for Confirmed', 'DELETE');
    await page.getByText('3 identity groups would be deleted, going by the last run').waitFor();
    await takePicture(page, 'reconciliation-settings');
    expect(await findBarriers(page)).toEqual([]);
    expect(await findUnreachable(page)).toEqual([]);
    await page.getByRole('link', { name: 'Reconcile', exact: true }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Stay|Keep/ })
      .click();
    await choose('Action for Confirmed', 'UPDATE');
    await page.getByRole('button', { name: 'Save' }).click();
    await toast('The settings of reconciliation have been saved').waitFor();
    const { body } = await getConsole().send('GET', `/api${groupsPath}`);
    const { policies } = (
      body as { definition: { policies: readonly { situation: string; action: string }[] } }
    ).definition;
    expect(policies).toContainEqual({ situation: 'LINK_ONLY', action: 'UNLINK' });
  });

  test('take a rule for some, asked before the one for all', async () => {
    await page.getByRole('button', { name: 'Add a Rule' }).click();
    await choose('When situation occurs', 'Absent');
    await choose('Perform Action', 'IGNORE');
    const dialog = page.getByRole('dialog', { name: 'Add a Rule' });
    await dialog
      .getByRole('button', { name: /^Write|text/i })
      .first()
      .click();
    await dialog.getByRole('textbox', { name: 'Restrict situation' }).fill('/object/city eq "Nowhere"');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('/object/city eq "Nowhere"').waitFor();
    await page.getByText('Otherwise').first().waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await toast('The settings of reconciliation have been saved').waitFor();
  });

  test('set up the schedule that the seed prints, with a warning and its correction', async () => {
    const schedule = page.getByRole('region', { name: 'Incremental Reconciliation' });
    await schedule.getByRole('button', { name: 'Set Up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Incremental Reconciliation' });
    await dialog.getByRole('radio', { name: 'Use cron' }).click();
    await dialog.getByRole('textbox', { name: 'Frequency' }).fill('*/15 * * * * ?');
    await dialog.getByText('every 15 seconds', { exact: false }).first().waitFor();
    await dialog.getByRole('button', { name: /every 15 minutes/ }).click();
    expect(await dialog.getByRole('textbox', { name: 'Frequency' }).inputValue()).toBe('0 */15 * * * ?');
    await takePicture(page, 'reconciliation-schedule');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await schedule.getByText('every 15 minutes').waitFor();
    await schedule.getByText('Not saved yet').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await toast('The settings of reconciliation have been saved').waitFor();
    await schedule.getByText('Not saved yet').waitFor({ state: 'detached' });
    await schedule.getByRole('button', { name: 'Deactivate' }).click();
    await schedule.getByText('Disabled').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await schedule.getByText('Not saved yet').waitFor({ state: 'detached' });
    const path = `/api${groupsPath}/schedules/incremental`;
    expect(await getConsole().send('GET', path)).toMatchObject({
      body: { schedule: '0 */15 * * * ?', isEnabled: false },
    });
  });

  test('refuse a schedule that is none before it is taken over', async () => {
    const schedule = page.getByRole('region', { name: 'Full Reconciliation' });
    await schedule.getByRole('button', { name: 'Set Up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Full Reconciliation' });
    await dialog.getByRole('radio', { name: 'Use cron' }).click();
    await dialog.getByRole('textbox', { name: 'Frequency' }).fill('every now and then');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect
      .poll(() => dialog.getByRole('textbox', { name: 'Frequency' }).getAttribute('aria-invalid'))
      .toBe('true');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await schedule.getByText('Not saved yet').waitFor({ state: 'detached' });
  });

  test('filter the source, and say how many there are and what is left alone', async () => {
    await page.getByRole('button', { name: 'Show advanced settings' }).click();
    const filter = page.getByRole('region', { name: 'Filter Source' });
    await filter.getByRole('button', { name: 'Edit as text' }).click();
    await filter.getByRole('textbox', { name: 'Filter Source' }).fill('userName sw "jo"');
    await filter.getByText(/2 of 3/).waitFor();
    await filter.getByText('What it leaves out is left alone', { exact: false }).waitFor();
    await takePicture(page, 'reconciliation-advanced');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await toast('The settings of reconciliation have been saved').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Show advanced settings' }).click();
    await page.getByText(/2 of 3/).waitFor();
    await page.getByRole('region', { name: 'Sync Token' }).getByText('looks at everything').first().waitFor();
  });
});
