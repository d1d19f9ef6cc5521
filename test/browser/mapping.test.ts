/** A mapping in the console: its rows with a preview, the expression editor, correlation and scope, and what is refused with its reason. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { seedConsole } from './fixtures/seed.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 120, groups: 10, seed: 5 } });
let source: Readonly<{ connection: string; type: string }>;
let userName: string;

beforeAll(async () => {
  const seed = await seedConsole(getConsole());
  source = { connection: seed.tenant, type: 'user' };
  userName = seed.userName;
});

const direct = (name: string, target: string) => ({ target, source: { kind: 'attribute', name } });
const usual = [
  direct('givenName', 'givenName'),
  direct('mail', 'mail'),
  direct('surname', 'sn'),
  direct('userPrincipalName', 'userName'),
];
type Row = Readonly<{ target: string; source: Readonly<Record<string, string>> }>;

function definitionOf(name: string, attributes: readonly Row[] = usual) {
  const target = { connection: 'Identities', type: 'alpha_user' };
  return { name, source, target, attributes, correlation: [{ match: { all: ['userName'] } }] };
}

async function make(name: string, attributes?: readonly Row[]): Promise<void> {
  const definition = definitionOf(name, attributes);
  const made = await getConsole().send('POST', '/api/mappings', { definition });
  expect(made).toMatchObject({ status: 201 });
}

async function readDefinition(name: string) {
  const { body } = await getConsole().send('GET', `/api/mappings/${encodeURIComponent(name)}`);
  return (body as { definition: { attributes: readonly Row[] } & Record<string, unknown> }).definition;
}

async function openMapping(name: string, part = 'attributes'): Promise<Page> {
  return await getConsole().open(`/mappings/${encodeURIComponent(name)}/mapping?part=${part}`);
}

const rowsOf = (page: Page) => page.getByRole('table', { name: 'Mapping', exact: true });
const panelOf = (page: Page) => page.getByRole('dialog').first();
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true });

async function pick(page: Page, label: string, option: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label, exact: true });
  await field.fill(option);
  await page
    .getByRole('option', { name: new RegExp(`^${option}(?![A-Za-z])`) })
    .first()
    .click();
}

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option }).click();
}

async function saveAll(page: Page): Promise<void> {
  await save(page).click();
  await page.locator('.toasts').getByText('The mapping was saved').first().waitFor();
}

/** Opens a new row that sets a target by an expression. */
async function addExpression(page: Page, target: string, text: string) {
  await page.getByRole('button', { name: 'Add a property' }).click();
  await pick(page, 'Target property', target);
  await choose(page, 'Kind', /^Expression/);
  const editor = panelOf(page).getByRole('textbox', { name: 'Expression' });
  await editor.fill(text);
  return editor;
}

describe('the rows', () => {
  test('show where each value comes from, and what it is for an account of one’s choice', async () => {
    await make('Rows');
    const page = await openMapping('Rows');
    const rows = rowsOf(page);
    await rows.getByText('source.givenName').waitFor();
    await pick(page, 'Preview for', userName);
    await rows.getByRole('columnheader', { name: `Preview for ${userName}` }).waitFor();
    const row = rows.getByRole('row').filter({ hasText: 'source.userPrincipalName' });
    await row.getByText('@').first().waitFor();
    expect(await row.textContent()).toContain('userName');
    await takePicture(page, 'mapping-rows');
  });

  test('that the target requires come first, and nothing is saved without them', async () => {
    await make('Required');
    const page = await openMapping('Required');
    await page.getByRole('button', { name: 'Remove mail', exact: true }).click();
    const first = rowsOf(page).getByRole('row').nth(1);
    await first.getByText('mail is required, and nothing sets it').waitFor();
    await page.getByText('One thing to put right before saving').waitFor();
    expect(await save(page).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Map mail', exact: true }).click();
    await pick(page, 'Source property', 'mail');
    await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByRole('button', { name: 'Move mail up' }).click();
    await page.getByText('One thing to put right before saving').waitFor({ state: 'detached' });
    await saveAll(page);
    const { attributes } = await readDefinition('Required');
    expect(attributes.map(({ target }) => target)).toEqual(['givenName', 'sn', 'mail', 'userName']);
  });

  test('can be only looked at by those who may not change them', async () => {
    const page = await getConsole().open('/mappings/Rows/mapping', { role: 'auditor' });
    await rowsOf(page).getByText('source.givenName').waitFor();
    expect(await page.getByRole('button', { name: 'Add a property' }).count()).toBe(0);
    expect(await save(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Edit mail' }).first().click();
    await panelOf(page).getByRole('table', { name: 'Result' }).waitFor();
    expect(await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).count()).toBe(0);
  });
});

describe('the expression editor', () => {
  test('completes functions and properties by keyboard', async () => {
    await make('Completed');
    const page = await openMapping('Completed');
    const editor = await addExpression(page, 'displayName', '');
    await editor.pressSequentially('ToUp');
    await page.getByRole('option', { name: /^ToUpper/ }).waitFor();
    await editor.press('Enter');
    await editor.pressSequentially('[givenN');
    await page.getByRole('option', { name: /^givenName/ }).waitFor();
    await editor.press('Tab');
    await expect.poll(() => editor.inputValue()).toBe('ToUpper([givenName])');
    await editor.press('Control+Space');
    await page.getByRole('listbox', { name: 'Functions and properties' }).waitFor();
    // Esc closes the list, and not the panel.
    await editor.press('Escape');
    await page.getByRole('listbox', { name: 'Functions and properties' }).waitFor({ state: 'detached' });
    expect(await editor.isVisible()).toBe(true);
    await panelOf(page).getByRole('table', { name: 'Result' }).getByRole('row').nth(3).waitFor();
  });

  test('points at the character that is wrong, and corrects it with one click', async () => {
    await make('Corrected');
    const page = await openMapping('Corrected');
    const editor = await addExpression(page, 'displayName', 'Joim(" ", [givenName],\n  [surnam])');
    await panelOf(page)
      .getByText(/^Line 1, column 1: .*Joim/)
      .waitFor();
    expect(await panelOf(page).locator('mark').textContent()).toBe('Joim');
    expect(await editor.getAttribute('aria-invalid')).toBe('true');
    await takePicture(page, 'mapping-expression-mistake');
    expect(await findBarriers(page)).toEqual([]);
    await panelOf(page).getByRole('button', { name: 'Use Join' }).click();
    await panelOf(page)
      .getByText(/^Line 2, column 3: .*surnam/)
      .waitFor();
    await panelOf(page).getByRole('button', { name: 'Use surname' }).click();
    await expect.poll(() => editor.inputValue()).toBe('Join(" ", [givenName],\n  [surname])');
    await panelOf(page).getByRole('table', { name: 'Result' }).waitFor();
    await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).click();
    await saveAll(page);
    const { attributes } = await readDefinition('Corrected');
    expect(attributes.at(-1)?.source).toEqual({
      kind: 'expression',
      text: 'Join(" ", [givenName],\n  [surname])',
    });
  });

  test('tests on one account with every step, on pasted JSON, and on all accounts', async () => {
    await make('Tested');
    const page = await openMapping('Tested');
    await addExpression(page, 'displayName', 'ToLower(Trim([userPrincipalName]))');
    const panel = panelOf(page);
    await panel.getByRole('table', { name: 'Result' }).getByRole('row').nth(3).waitFor();
    await pick(page, 'Account', userName);
    const steps = panel.getByRole('table', { name: 'Steps' });
    await steps.getByText('Trim([userPrincipalName])', { exact: true }).waitFor();

    await choose(page, 'Test on', 'Pasted JSON');
    await panel.getByRole('textbox', { name: 'Attributes as JSON' }).fill('{"userPrincipalName": " ADA@X "}');
    await panel.getByRole('table', { name: 'Result' }).getByText('ada@x').waitFor();
    await panel.getByRole('textbox', { name: 'Attributes as JSON' }).fill('{"userPrinc');
    await panel.getByText(/This is not JSON/).waitFor();

    await choose(page, 'Test on', 'Accounts');
    await panel.getByRole('button', { name: 'Run on all accounts' }).click();
    await panel
      .getByText(/120 accounts: 120 with a value, 0 empty, 0 failed\. +120 different values\./)
      .waitFor();
    await panel.getByRole('table', { name: 'Most frequent results' }).waitFor();
    await takePicture(page, 'mapping-expression-test');
  });

  test('says which values of a unique property occur twice', async () => {
    await make('Doubled');
    const page = await openMapping('Doubled');
    await page.getByRole('button', { name: 'Edit userName' }).first().click();
    await choose(page, 'Kind', /^Expression/);
    await panelOf(page).getByRole('textbox', { name: 'Expression' }).fill('"everybody"');
    await panelOf(page).getByRole('table', { name: 'Result' }).getByText('everybody').first().waitFor();
    await panelOf(page).getByRole('button', { name: 'Run on all accounts' }).click();
    await panelOf(page).getByText('119 accounts have a value that another one has already').waitFor();
  });
});

describe('what is wrong is refused with the reason', () => {
  test('a property of the source that is not there', async () => {
    await make('Gone', [...usual, direct('displayName', 'displayName')]);
    const page = await openMapping('Gone');
    await addExpression(page, 'cn', 'Trim([dispalyName])');
    await panelOf(page)
      .getByText(/The source has no attribute dispalyName/)
      .waitFor();
    await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).click();
    // The row says it, and the bar above Save, which leads back to it.
    await rowsOf(page)
      .getByText(/The source has no attribute dispalyName/)
      .waitFor();
    expect(await save(page).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: /The source has no attribute dispalyName/ }).click();
    await panelOf(page).getByRole('button', { name: 'Use displayName' }).click();
    await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).click();
    await saveAll(page);
    expect((await readDefinition('Gone')).attributes.at(-1)?.source.text).toBe('Trim([displayName])');
  });

  test('two sources for one key', async () => {
    await make('Twice');
    const page = await openMapping('Twice');
    await page.getByRole('button', { name: 'Add a property' }).click();
    await pick(page, 'Target property', 'userName');
    await pick(page, 'Source property', 'mail');
    await panelOf(page)
      .getByText(/userName/)
      .filter({ hasText: /row|twice|already|set/i })
      .first()
      .waitFor();
    await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText('One thing to put right before saving').waitFor();
    expect(await save(page).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByText('One thing to put right before saving').waitFor({ state: 'detached' });
    expect(await rowsOf(page).getByRole('row').count()).toBe(5);
  });

  test('a cycle of references', async () => {
    const members = (mapping: string): Row => ({
      target: 'members',
      source: { kind: 'reference', link: 'members', mapping },
    });
    const { send } = getConsole();
    const makeGroups = async (name: string, more: readonly Row[]) => {
      const definition = {
        name,
        source: { ...source, type: 'group' },
        target: { connection: 'Identities', type: 'alpha_group' },
        attributes: [direct('displayName', 'name'), ...more],
      };
      expect(await send('POST', '/api/mappings', { definition })).toMatchObject({ status: 201 });
    };
    await makeGroups('Ring one', []);
    await makeGroups('Ring two', [members('Ring one')]);
    const page = await openMapping('Ring one');
    await page.getByRole('button', { name: 'Add a property' }).click();
    await pick(page, 'Target property', 'members');
    await choose(page, 'Kind', /^Reference/);
    await choose(page, 'Links of the source', 'members');
    await choose(page, 'Accounts paired by', 'Ring two');
    await panelOf(page)
      .getByText(/Ring one.*Ring two|Ring two.*Ring one/)
      .first()
      .waitFor();
    await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText('One thing to put right before saving').waitFor();
    expect(await save(page).getAttribute('aria-disabled')).toBe('true');
  });
});

describe('the other parts', () => {
  test('correlation is built of rules with groups, in their order', async () => {
    await make('Matched');
    const page = await openMapping('Matched', 'correlation');
    await page.getByRole('button', { name: 'Add Rule' }).click();
    const second = page.getByRole('group', { name: 'Rule 2' });
    await second.getByRole('combobox', { name: 'Group', exact: true }).click();
    await page.getByRole('option', { name: 'Match if any attributes are matched' }).click();
    await second.getByRole('button', { name: 'Add attribute' }).click();
    await second.getByRole('combobox', { name: 'Target property', exact: true }).click();
    await page.getByRole('option', { name: 'mail', exact: true }).click();
    await page.getByRole('button', { name: 'Move rule 2 up' }).click();
    await saveAll(page);
    expect((await readDefinition('Matched')).correlation).toEqual([
      { match: { any: ['mail'] } },
      { match: { all: ['userName'] } },
    ]);
    await takePicture(page, 'mapping-correlation');
    expect(await findBarriers(page)).toEqual([]);
  });

  test('scope counts who is in it while it is written', async () => {
    await make('Scoped');
    const page = await openMapping('Scoped', 'scope');
    await page.getByRole('button', { name: 'Add a condition' }).first().click();
    await choose(page, 'Property of condition 1', 'displayName');
    await page.getByRole('textbox', { name: 'Value of condition 1' }).fill(userName);
    await page
      .getByText(/1 of 120 stored objects meets it/)
      .first()
      .waitFor();
    await page.getByText(`Such as ${userName}`).first().waitFor();
    await page.getByRole('button', { name: 'Add scoping filter' }).click();
    await page.getByRole('button', { name: 'Add clause' }).click();
    await choose(page, 'Property of clause 1', 'displayName');
    await choose(page, 'Operator of clause 1', /^is not empty/);
    await page
      .getByText(/120 of 120 stored objects meet it/)
      .first()
      .waitFor();
    await takePicture(page, 'mapping-scope');
    expect(await findBarriers(page)).toEqual([]);
    await saveAll(page);
    expect((await readDefinition('Scoped')).scope).toEqual({
      queryFilter: `displayName eq "${userName}"`,
      scopingFilter: {
        groups: [
          {
            name: 'Group 1',
            clauses: [{ operatorName: 'IS NOT NULL', sourceOperandName: 'displayName', targetOperand: null }],
          },
        ],
      },
    });
    await page.getByRole('tab', { name: 'Preview' }).click();
    await page.getByText('Outside the scope').first().waitFor();
    await settle(page);
    expect(await findBarriers(page)).toEqual([]);
  });

  test('leaving with changes asks, and somebody else’s change is shown to choose from', async () => {
    await make('Disputed');
    const page = await openMapping('Disputed', 'general');
    await page.getByRole('textbox', { name: 'Display name' }).fill('Mine');
    await page.getByRole('link', { name: 'Applications' }).first().click();
    await page
      .getByRole('dialog', { name: 'Leave without saving?' })
      .getByRole('button', { name: 'Stay' })
      .click();

    const { send } = getConsole();
    const theirs = { ...definitionOf('Disputed', usual.slice(0, 4)), displayName: 'Theirs' };
    const narrowed = { ...theirs, correlation: [] };
    await page.evaluate(
      async ([definition]) => {
        const session = (await (await fetch('/api/session')).json()) as { csrfToken: string };
        await fetch('/api/mappings/Disputed', {
          method: 'PUT',
          headers: {
            'Content-Type': 'application/json',
            'If-Match': '"1"',
            'X-CSRF-Token': session.csrfToken,
          },
          body: JSON.stringify({ definition }),
        });
      },
      [narrowed],
    );
    expect(await send('GET', '/api/mappings/Disputed')).toMatchObject({ body: { version: 2 } });
    await save(page).click();
    const dialog = page.getByRole('dialog', { name: 'Changed meanwhile' });
    await dialog.getByRole('button', { name: 'Take over the choice' }).click();
    await saveAll(page);
    const saved = await readDefinition('Disputed');
    expect(saved).toMatchObject({ displayName: 'Mine', correlation: [] });
  });

  test('a file is taken over into the form, and saved when somebody says so', async () => {
    await make('Imported');
    const page = await openMapping('Imported');
    await page.getByRole('button', { name: 'Import…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import into Imported' });
    const file = { ...definitionOf('Another name'), description: 'From a file.', attributs: [] };
    await dialog.getByRole('textbox', { name: 'Mapping as JSON' }).fill(JSON.stringify(file));
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await dialog.getByText(/Did you mean attributes/).waitFor();
    const { attributs: _, ...sound } = file;
    await dialog.getByRole('textbox', { name: 'Mapping as JSON' }).fill(JSON.stringify(sound));
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await dialog.waitFor({ state: 'detached' });
    await saveAll(page);
    expect(await readDefinition('Imported')).toMatchObject({ name: 'Imported', description: 'From a file.' });
  });

  test('a mapping of OpenIDM is translated, with what became of each part, and taken over', async () => {
    await make('Translated');
    const page = await openMapping('Translated');
    await page.getByRole('button', { name: 'Import…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import into Translated' });
    const foreign = (name: string, more: object) => ({
      name,
      source: 'system/AzureAd/User',
      target: 'managed/alpha_user',
      properties: [
        { source: 'givenName', target: 'givenName' },
        { source: 'userPrincipalName', target: 'userName' },
      ],
      ...more,
    });
    const script = { type: 'text/javascript', source: 'require("audit").allows(source)' };
    const file = { mappings: [foreign('plain', {}), foreign('scripted', { validSource: script })] };
    await dialog.getByRole('textbox', { name: 'Mapping as JSON' }).fill(JSON.stringify(file));
    await choose(page, 'Which of its mappings', /^scripted/);
    await dialog.getByRole('button', { name: 'Translate' }).click();
    await dialog.getByText('The mapping comes switched off').waitFor();
    await dialog
      .getByRole('region', { name: 'Without an equivalent' })
      .getByText('validSource')
      .first()
      .waitFor();
    await takePicture(page, 'mapping-translated');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await dialog.waitFor({ state: 'detached' });
    await saveAll(page);
    expect(await readDefinition('Translated')).toMatchObject({
      name: 'Translated',
      source,
      isEnabled: false,
      attributes: [{ target: 'givenName' }, { target: 'userName' }],
    });
  });

  test('a further mapping is made for groups, disabled until it is what it is to be', async () => {
    await make('Made beside');
    const page = await openMapping('Made beside');
    await page.getByRole('button', { name: 'Add mapping…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a mapping' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Groups beside');
    await choose(page, 'Source', `${source.connection}/group`);
    await choose(page, 'Target', 'Identities/alpha_group');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Groups beside' }).waitFor();
    await rowsOf(page).getByText('name is required, and nothing sets it').waitFor();
    await page.getByRole('button', { name: 'Map name', exact: true }).click();
    await pick(page, 'Source property', 'displayName');
    await panelOf(page).getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByRole('tab', { name: 'General' }).click();
    await page.getByRole('switch', { name: 'Enabled' }).click();
    await saveAll(page);
    expect(await readDefinition('Groups beside')).toMatchObject({
      isEnabled: true,
      attributes: [{ target: 'name', source: { kind: 'attribute', name: 'displayName' } }],
    });
  });

  test('a mapping of no application is found under Applications, and deleted with its links', async () => {
    await make('Taken away');
    const page = await getConsole().open('/applications');
    await page
      .getByRole('table', { name: 'Other mappings' })
      .getByRole('link', { name: 'Taken away' })
      .click();
    await page.getByRole('heading', { level: 1, name: 'Taken away' }).waitFor();
    await page.getByRole('tab', { name: 'General' }).click();
    await page.getByRole('button', { name: 'Delete mapping…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete mapping', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Applications' }).waitFor();
    expect(await getConsole().send('GET', '/api/mappings/Taken%20away')).toMatchObject({ status: 404 });
  });
});
