/** What a tenant exports, connectors, the configuration with its difference, and API clients, as an administrator uses them. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { writeMapping } from '../../src/mapping/mapping-document.ts';
import { microsoftEntraMapping } from '../../src/mapping/microsoft-entra-template.ts';
import {
  agent,
  entraConnector,
  exportTask,
  inFile,
  jobClient,
  jobElement,
  synchronizeTask,
} from '../fixtures/configuration-files.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle, tabThrough, unreachable } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 120, groups: 8, seed: 7 } });
let name = '';
let path = '';

type Mapped = { entityTypes: { name: string; readAt: string | null; attributes: string[] }[] };

beforeAll(async () => {
  const { send, simulator } = getConsole();
  const { tenantId, clientId, clientSecret } = simulator;
  name = /^\d/.test(tenantId) ? `tenant-${tenantId}` : tenantId;
  path = `/api/integrations/entra-id/${name}`;
  const profile = await send('POST', '/api/credential-profiles', {
    name: 'Reader',
    type: 'client-secret',
    clientId,
    credentials: [{ secret: clientSecret }],
  });
  const { profileId } = profile.body as { profileId: number };
  const tenant = { tenant: tenantId, cloud: 'Simulated', profileId, isEnabled: true };
  expect((await send('POST', '/api/integrations/entra-id', tenant)).status).toBe(201);
  await vi.waitFor(async () => expect((await mapped()).filter(({ readAt }) => readAt === null)).toEqual([]), {
    timeout: 60_000,
    interval: 200,
  });
});

async function mapped(): Promise<Mapped['entityTypes']> {
  const { body } = await getConsole().send('GET', `${path}/entity-types`);
  return (body as Mapped).entityTypes;
}

const openTypes = async () => await getConsole().open(`/integrations/entra-id/${name}?tab=entity-types`);
const typeButton = (page: Page, type: string) =>
  page
    .getByRole('navigation', { name: 'Entity types' })
    .getByRole('button', { name: new RegExp(`^${type}\\b`) });
const panelOf = (page: Page) => page.getByRole('tabpanel', { name: 'Entity Types' });
const toast = (page: Page, text: string | RegExp) => page.locator('.toasts').getByText(text).first();

describe('entity types', () => {
  test('are chosen from the schema of the tenant, and what saving leads to is said before', async () => {
    const page = await openTypes();
    await page.getByText('own schema was not read yet').waitFor();
    await page.getByRole('button', { name: 'Refresh schema' }).click();
    await toast(page, 'The schema was read').waitFor();
    await page.getByText(/Schema of the tenant read .* by Ada administrator/).waitFor();

    await page.getByRole('button', { name: 'Add attributes…' }).click();
    const picker = page.getByRole('dialog', { name: 'Attributes of user' });
    await picker.getByRole('searchbox').fill('aboutMe');
    await picker
      .getByRole('row', { name: /aboutMe/ })
      .getByText('Graph returns it only for a single object')
      .waitFor();
    expect(await picker.getByRole('checkbox', { name: 'aboutMe' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await picker.getByRole('searchbox').fill('extension_');
    await picker
      .getByText(/Directory extension/)
      .first()
      .waitFor();
    await takePicture(page, 'entity-types-picker');
    expect(await findBarriers(page)).toEqual([]);
    await picker.getByRole('searchbox').fill('employeeType');
    await picker.getByRole('checkbox', { name: 'employeeType' }).click();
    await picker.getByRole('button', { name: 'Add 1 attribute' }).click();

    const row = page.getByRole('row', { name: /employeeType/ });
    await row.waitFor();
    await page.getByText(/the next run reads in full: user \(\d+ objects\)/).waitFor();
    await takePicture(page, 'entity-types');
    expect(await findBarriers(page)).toEqual([]);

    await page.getByRole('textbox', { name: 'Filter' }).fill('accountEnabled eq');
    await page.getByText('One thing to put right before saving').waitFor();
    expect(
      await panelOf(page).getByRole('button', { name: 'Save', exact: true }).getAttribute('aria-disabled'),
    ).toBe('true');
    await page.getByRole('textbox', { name: 'Filter' }).fill("userType eq 'Member'");
    await page.getByText('One thing to put right before saving').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Preview…' }).click();
    const preview = page.getByRole('dialog', { name: /Ten users/ });
    await preview.getByRole('row').nth(10).waitFor();
    await preview.getByText('Exported', { exact: true }).first().waitFor();
    await takePicture(page, 'entity-types-preview');
    expect(await findBarriers(page)).toEqual([]);
    await preview.getByRole('button', { name: 'Close' }).last().click();

    await panelOf(page).getByRole('button', { name: 'Save', exact: true }).click();
    await toast(page, 'The entity types were saved').waitFor();
    await panelOf(page).getByText('No changes').waitFor();
    const [user] = await mapped();
    expect(user?.attributes).toContain('employeeType');
  });

  test('ask before changes are left, and go back to what they were', async () => {
    const page = await openTypes();
    await typeButton(page, 'device').click();
    await page.getByRole('switch', { name: 'Export devices' }).click();
    await page.getByText(/device \(for the first time\)/).waitFor();
    await page.getByRole('tab', { name: 'Sync History' }).click();
    await page
      .getByRole('dialog', { name: 'Leave without saving?' })
      .getByRole('button', { name: 'Stay' })
      .click();
    await panelOf(page).getByRole('button', { name: 'Discard' }).click();
    await panelOf(page).getByText('No changes').waitFor();
    expect(await page.getByRole('switch', { name: 'Export devices' }).getAttribute('aria-checked')).toBe(
      'false',
    );
  });

  test('of two people who change the same, neither overwrites the other unseen', async () => {
    const { send } = getConsole();
    const page = await openTypes();
    await page.getByRole('button', { name: 'Remove employeeType' }).click();
    await panelOf(page).getByText('Unsaved changes').waitFor();
    const entityTypes = (await mapped()).map((type) => ({
      name: type.name,
      attributes: type.name === 'user' ? ['displayName', 'userType'] : type.attributes,
      links: [],
      filter: null,
    }));
    const { version } = (await send('GET', `${path}/entity-types`)).body as { version: number };
    await page.evaluate(
      async ([address, body, etag]) => {
        const session = (await (await fetch('/api/session')).json()) as { csrfToken: string };
        await fetch(address as string, {
          method: 'PUT',
          headers: {
            'X-CSRF-Token': session.csrfToken,
            'Content-Type': 'application/json',
            'If-Match': etag as string,
          },
          body: body as string,
        });
      },
      [`${path}/entity-types`, JSON.stringify({ entityTypes }), `"${version}"`] as const,
    );
    await panelOf(page).getByRole('button', { name: 'Save', exact: true }).click();
    const conflict = page.getByRole('dialog', { name: 'Changed meanwhile' });
    await conflict.getByText('displayName, userType').waitFor();
    await takePicture(page, 'entity-types-conflict');
    await conflict
      .getByRole('radio', { name: /Theirs/ })
      .first()
      .click();
    await conflict.getByRole('button', { name: 'Take over the choice' }).click();
    await panelOf(page).getByText('No changes').waitFor();
  });

  test('are only shown to those who may not change them', async () => {
    const page = await getConsole().open(`/integrations/entra-id/${name}?tab=entity-types`, {
      role: 'auditor',
    });
    await page.getByRole('cell', { name: 'displayName' }).waitFor();
    expect(await page.getByRole('button', { name: 'Add attributes…' }).count()).toBe(0);
    expect(await panelOf(page).getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
  });
});

test('connectors show entity types, jobs, and limits beside what runs changed', async () => {
  const { open, database } = getConsole();
  await database.sql`update tenant set guards = ${database.sql.json({ MaximumDeletedLines: 70 })}`;
  const page = await open('/connectors');
  await page.getByRole('button', { name, exact: true }).click();
  const panel = page.getByRole('dialog', { name });
  await panel.getByRole('list', { name: 'Entity types' }).getByText('user', { exact: true }).waitFor();
  await panel.getByRole('list', { name: 'Jobs' }).getByRole('link').first().waitFor();
  await panel.getByRole('row', { name: /Objects Deleted 70 \d+/ }).waitFor();
  await takePicture(page, 'connectors-panel');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  const dark = await open('/connectors', { theme: 'dark' });
  await tabThrough(dark);
  expect(await unreachable(dark)).toEqual([]);
  await takePicture(dark, 'connectors-dark');
  expect(await findBarriers(dark)).toEqual([]);
  const empty = await open('/connectors?q=nothing-like-it');
  await empty.getByText('Nothing matches “nothing-like-it”').waitFor();
});

describe('the configuration', () => {
  const files = (schedule: string, deleted: number, ...more: readonly string[]) => [
    {
      name: 'all.xml',
      mimeType: 'text/xml',
      buffer: Buffer.from(
        inFile(
          agent,
          ...jobClient,
          ...entraConnector('Entra', {
            connection: 'EntraExport',
            thresholds: `MaximumDeletedLines="${deleted}"`,
          }),
          jobElement(
            'Nightly',
            [exportTask('Nightly', 'Entra'), synchronizeTask('Nightly', 'Entra')],
            `CronTabExpression="${schedule}"`,
          ),
          ...more,
        ),
      ),
    },
  ];
  const chooseFiles = async (page: Page, chosen: ReturnType<typeof files>) =>
    await page.locator('input[type=file][accept]').setInputFiles(chosen);
  const choose = async (page: Page, ...chosen: Parameters<typeof files>) =>
    await chooseFiles(page, files(...chosen));

  test('is deployed from files that were compared, and found again', async () => {
    const page = await getConsole().open('/settings/configuration');
    await page.getByText('Nothing is deployed', { exact: true }).waitFor();
    await takePicture(page, 'configuration-empty');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Deploy files…' }).first().click();
    await choose(page, '30 6 * * 1-5', 50);
    await page.getByRole('button', { name: /^Deploy \d+ changes…$/ }).click();
    const question = page.getByRole('dialog', { name: 'Deploy this configuration?' });
    await question.getByRole('textbox', { name: 'Message' }).fill('The first one');
    await question.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByText(/Revision 1 is deployed\. Deployed: \d+ elements added/).waitFor();

    await page.getByRole('tab', { name: 'Deployed', exact: true }).click();
    await page.getByRole('searchbox', { name: 'Search elements' }).fill('Nightly');
    await page.getByRole('button', { name: 'Nightly', exact: true }).click();
    const panel = page.getByRole('dialog', { name: 'Nightly' });
    await panel.getByText('CronTabExpression="30 6 * * 1-5"').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByRole('cell', { name: 'The first one' }).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export deployed files' }).click();
    expect((await download).suggestedFilename()).toBe('configuration.xml');
  });

  test('shows loosened guards, schedules in words and the lines that differ', async () => {
    const { open } = getConsole();
    for (const theme of ['light', 'dark'] as const) {
      const page = await open('/settings/configuration?tab=deploy', { theme });
      await choose(page, '0 */15 * * * ?', 400);
      await page.getByText('Guards that hold less back').waitFor();
      await page.getByText('Entra, all resources: deleted, 50 → 400').waitFor();
      await page.getByText(/Nightly: .*06:30.* → every 15 minutes/).waitFor();
      await page.getByText('Guard loosened').waitFor();
      await page.getByRole('row', { name: /added.*MaximumDeletedLines="400"/i }).waitFor();
      await takePicture(page, `configuration-plan-${theme}`);
      expect(await findBarriers(page)).toEqual([]);
      await tabThrough(page);
      expect(await unreachable(page)).toEqual([]);
    }
  });

  test('names mistakes by file and line, and deploys nothing then', async () => {
    const page = await getConsole().open('/settings/configuration?tab=deploy');
    await choose(page, '30 6 * * 1-5', 50, '<Connector Identifer="Broken" />');
    await page
      .getByText(/mistake keeps these files|mistakes keep these files/)
      .first()
      .waitFor();
    await page
      .getByText(/^all\.xml:\d+:\d+$/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /^Deploy \d/ }).count()).toBe(0);
    await takePicture(page, 'configuration-mistakes');
    expect(await findBarriers(page)).toEqual([]);
  });

  test('that somebody else deployed meanwhile is compared anew', async () => {
    const { open, send } = getConsole();
    const page = await open('/settings/configuration?tab=deploy');
    await choose(page, '30 6 * * 1-5', 60);
    const deploy = page.getByRole('button', { name: /^Deploy 1 change…$/ });
    await deploy.waitFor();
    const [other] = files('30 7 * * 1-5', 50);
    const content = String(other?.buffer);
    const deployed = await send('POST', '/api/configuration/deploy', {
      files: [{ path: 'all.xml', content }],
      revision: 1,
    });
    expect(deployed.status).toBe(200);
    await deploy.click();
    const question = page.getByRole('dialog', { name: 'Deploy this configuration?' });
    await question.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByText(/deployed another configuration meanwhile/).waitFor();
    await page.getByRole('button', { name: /^Deploy 2 changes…$/ }).waitFor();
  });

  test('has mappings, whose account links never go without being typed away', async () => {
    const { open, database } = getConsole();
    // Other tests have chosen which attributes the tenant exports, without those that the mapping reads.
    await database.sql`update tenant set entity_types = null where name = ${name}`;
    const mapping = microsoftEntraMapping('People', {
      source: { connection: name, type: 'user' },
      target: { connection: 'Identities', type: 'alpha_user' },
    });
    const file = {
      name: 'people.json',
      mimeType: 'application/json',
      buffer: Buffer.from(writeMapping(mapping)),
    };
    const page = await open('/settings/configuration?tab=deploy');
    await chooseFiles(page, [...files('30 7 * * 1-5', 50), file]);
    await page.getByRole('row', { name: /added.*"name": "People"/i }).waitFor();
    await page.getByRole('button', { name: /^Deploy 1 change…$/ }).click();
    const question = page.getByRole('dialog', { name: 'Deploy this configuration?' });
    await question.getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByText('1 element added', { exact: false }).first().waitFor();

    await database.sql`
      insert into account_link (mapping_id, qualifier, source_key, target_key)
      select mapping_id, 'default', 's', 't' from mapping where name = 'People'`;
    await choose(page, '30 7 * * 1-5', 50);
    await page.getByText('Account links that go').waitFor();
    await page.getByText('People: 1 account link', { exact: true }).waitFor();
    await takePicture(page, 'configuration-lost-links');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: /^Deploy 1 change…$/ }).click();
    const confirm = question.getByRole('button', { name: 'Deploy', exact: true });
    expect(await confirm.getAttribute('aria-disabled')).toBe('true');
    await question.getByRole('textbox', { name: /deploy/ }).fill('deploy');
    await confirm.click();
    await page.getByText('1 removed', { exact: false }).first().waitFor();
    expect(await database.sql`select from mapping where name = 'People'`).toHaveLength(0);
  });

  test('is shown to an operator, who cannot deploy', async () => {
    const page = await getConsole().open('/settings/configuration', { role: 'operator' });
    await page.getByText(/Revision \d+, deployed by/).waitFor();
    expect(await page.getByRole('button', { name: 'Deploy files…' }).count()).toBe(0);
  });
});

describe('API clients', () => {
  test('get a secret that is shown once, exchange it, and are revoked', async () => {
    const page = await getConsole().open('/settings/api-clients');
    await page.getByRole('button', { name: 'Add API client' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add API client' });
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await dialog
      .getByText(/beginning with a letter or a digit/)
      .first()
      .waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Client id' }).fill('nightly-report');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const secret = page.getByRole('dialog', { name: 'The secret of nightly-report' });
    await secret.getByText('It is shown this once.', { exact: false }).waitFor();
    const shown = String(await secret.locator('pre').textContent());
    expect(shown).toMatch(/^[\w-]{43}$/);
    await secret.getByRole('button', { name: 'I stored it' }).click();

    const row = page.getByRole('row', { name: /nightly-report/ });
    await row.getByText('Operator').waitFor();
    await takePicture(page, 'api-clients');
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.content()).not.toContain(shown);
    await row.getByRole('button', { name: 'Actions for nightly-report' }).click();
    await page.getByRole('menuitem', { name: 'Exchange secret…' }).click();
    await page.getByRole('button', { name: 'Exchange secret', exact: true }).click();
    await secret.waitFor();
    expect(await secret.locator('pre').textContent()).not.toBe(shown);
    await secret.getByRole('button', { name: 'I stored it' }).click();
    await row.getByText('The secret before is taken as well until').waitFor();

    await row.getByRole('button', { name: 'Actions for nightly-report' }).click();
    await page.getByRole('menuitem', { name: 'Revoke…' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await row.waitFor({ state: 'detached' });
  });
});

test('About says which version this is, and how it is', async () => {
  const page = await getConsole().open('/settings/about');
  await page.getByText('Requests are answered').waitFor();
  await settle(page);
  await takePicture(page, 'about');
  expect(await findBarriers(page)).toEqual([]);
});
