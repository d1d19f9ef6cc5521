/** The directory in the browser: found as one types, an object with its links and history, tags, all of it live. */
import type { Route } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { EntityType } from '../../src/model/entity-type.ts';
import type { Item } from '../../src/model/item.ts';
import { type SyncBench, setUpBench } from '../fixtures/sync-bench.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole();

const entityTypes: readonly EntityType[] = [
  {
    name: 'user',
    attributes: [
      'accountEnabled',
      'department',
      'displayName',
      'employeeId',
      'jobTitle',
      'mail',
      'onPremisesDomainName',
      'onPremisesSamAccountName',
      'proxyAddresses',
      'userPrincipalName',
    ],
    links: [],
  },
  {
    name: 'group',
    attributes: ['displayName', 'groupTypes', 'isAssignableToRole', 'securityEnabled'],
    links: ['members', 'owners'],
  },
  {
    name: 'directoryRole',
    attributes: ['description', 'displayName', 'roleTemplateId'],
    links: ['members'],
  },
];

const user = (key: string, displayName: string, more: Record<string, unknown> = {}): Item => ({
  key,
  attributes: {
    displayName,
    userPrincipalName: `${key}@contoso.com`,
    mail: `${key}@contoso.com`,
    jobTitle: 'Analyst',
    department: 'Finance',
    accountEnabled: true,
    ...more,
  },
});
const crowd = Array.from({ length: 120 }, (_, index) =>
  user(`crowd${index}`, `Crowd Member ${String(index).padStart(3, '0')}`),
);

let bench: SyncBench;

/** The next synchronization of these objects, and of no others. */
async function change(type: string, ...items: Item[]): Promise<void> {
  for (const { name } of entityTypes) bench.source.offer(name, { pages: [name === type ? items : []] });
  await bench.sync({ entityTypes });
}

beforeAll(async () => {
  bench = setUpBench(getConsole());
  const { source } = bench;
  source.offer('user', {
    pages: [
      [
        user('sam', 'Sam Carter', {
          employeeId: 'E-1007',
          onPremisesDomainName: 'corp.contoso.com',
          onPremisesSamAccountName: 'scarter',
          proxyAddresses: [
            'SMTP:sam@contoso.com',
            'smtp:s@contoso.com',
            'smtp:sc@contoso.com',
            'smtp:alias@contoso.com',
          ],
        }),
        user('zoe', 'Zoë Müller', { accountEnabled: false }),
        ...crowd,
      ],
    ],
  });
  const group = (key: string, displayName: string, linked: NonNullable<Item['linked']>): Item => ({
    key,
    attributes: { displayName, securityEnabled: true, isAssignableToRole: key === 'inner' },
    linked,
  });
  source.offer('group', {
    pages: [
      [
        group('inner', 'Payroll', { members: { user: ['sam'] }, owners: { user: ['sam', 'zoe'] } }),
        group('outer', 'Finance', { members: { group: ['inner'], user: crowd.map(({ key }) => key) } }),
      ],
    ],
  });
  source.offer('directoryRole', {
    pages: [
      [
        {
          key: 'reader',
          attributes: {
            displayName: 'Global Reader',
            roleTemplateId: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
          },
          linked: { members: { group: ['inner'] } },
        },
      ],
    ],
  });
  await bench.sync({ entityTypes });
  await change('user', user('sam', 'Samantha Carter', { jobTitle: 'Director' }));
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

test('what one types is found, and its page leads everywhere', async () => {
  const page = await getConsole().open('/directory');
  expect(await page.title()).toContain('Directory');
  await page.getByRole('searchbox', { name: 'Name, address or ID' }).fill('saman car');
  const table = page.getByRole('table', { name: 'Objects' });
  await expect.poll(() => table.getByRole('row').count()).toBe(2);
  expect(page.url()).toContain('q=saman');
  await takePicture(page, 'directory-search');
  await table.getByRole('link', { name: 'Samantha Carter' }).click();
  await page.getByRole('heading', { level: 1, name: 'Samantha Carter' }).waitFor();
  await page.getByText('corp.contoso.com\\scarter').waitFor();
  await page.getByText('1 more value').waitFor();
  await settle(page);
  await takePicture(page, 'directory-resource');
  expect(await findBarriers(page)).toEqual([]);

  await page.getByRole('tab', { name: 'Group Membership 1' }).click();
  await page.getByRole('cell', { name: 'Payroll' }).waitFor();
  await page.getByRole('tab', { name: 'Indirect Member Of' }).click();
  const indirect = page.getByRole('table', { name: 'Indirect Member Of' });
  await indirect.getByRole('link', { name: 'Finance' }).waitFor();
  expect(await indirect.getByRole('row').nth(1).textContent()).toContain('Payroll');
  await takePicture(page, 'directory-memberships');

  await page.getByRole('tab', { name: 'Roles' }).click();
  await page.getByRole('tab', { name: 'Inherited assignments' }).click();
  const roles = page.getByRole('table', { name: 'Inherited assignments' });
  await roles.getByRole('link', { name: 'Global Reader' }).waitFor();
  expect(await roles.getByRole('row').nth(1).textContent()).toContain('Yes');

  await page.getByRole('tab', { name: 'History' }).click();
  const history = page.getByRole('list', { name: 'What happened, newest first' });
  await history.getByText('Changed, found by').waitFor();
  const [newest, oldest] = await history.getByRole('listitem').allTextContents();
  expect(newest).toContain('Sam Carter');
  expect(newest).toContain('Samantha Carter');
  expect(newest).toContain('Director');
  expect(oldest).toContain('First seen by');
  await takePicture(page, 'directory-history');
  expect(await findBarriers(page)).toEqual([]);
});

test('a change arrives by itself, in the list, on the page of the object, and of the other end of a link', async () => {
  const list = await getConsole().open('/directory?q=crowd%20007');
  await list.getByRole('link', { name: 'Crowd Member 007' }).waitFor();
  const history = await getConsole().open(resource('group', 'outer', 'tab=history&what=link'));
  await history.getByText('Nothing of this kind has happened').waitFor();
  await change('user', user('crowd7', 'Crowd Member 007 Renamed'));
  await list.getByRole('link', { name: 'Crowd Member 007 Renamed' }).waitFor();
  await change('group', { key: 'outer', unlinked: { members: ['crowd7'] } });
  await history.getByText('removed, found by').waitFor();
  expect(await history.getByRole('link', { name: 'Crowd Member 007 Renamed' }).count()).toBe(1);
});

test('a change is not missed that comes while a page asks for the first time', async () => {
  const page = await getConsole().newPage();
  const asked = Promise.withResolvers<void>();
  const isChanged = Promise.withResolvers<void>();
  // The first answer is from before the change, and on its way while the change is told.
  const hold = async (route: Route) => {
    const response = await route.fetch();
    asked.resolve();
    await isChanged.promise;
    await route.fulfill({ response });
  };
  await page.route(/\/user\/crowd12\/history/, hold, { times: 1 });
  await page.goto(resource('user', 'crowd12', 'tab=history'));
  await asked.promise;
  const told = page.waitForResponse((response) => /\/user\/crowd12$/.test(new URL(response.url()).pathname));
  await change('user', user('crowd12', 'Crowd Member 012', { jobTitle: 'Latecomer' }));
  await followed();
  await told;
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toContain('012');
  isChanged.resolve();
  await page.getByRole('list', { name: 'What happened, newest first' }).getByText('Latecomer').waitFor();
});

test('members are there page by page, and those of groups within the group with the way to them', async () => {
  const page = await getConsole().open(resource('group', 'outer', 'tab=members'));
  const direct = page.getByRole('table', { name: 'Direct members' });
  await direct.getByRole('link', { name: 'Crowd Member 000' }).waitFor();
  await page.getByText('120 rows').waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await direct.getByRole('link', { name: 'Crowd Member 060' }).waitFor();
  await page.goBack();
  await direct.getByRole('link', { name: 'Crowd Member 000' }).waitFor();
  await page.getByRole('tab', { name: 'All members' }).click();
  await page.getByRole('table', { name: 'All members' }).waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByRole('link', { name: 'Crowd Member 060' }).waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  const sam = page.getByRole('row').filter({ hasText: 'Samantha Carter' });
  await sam.waitFor();
  expect(await sam.textContent()).toContain('Payroll');
});

test('a deleted object is found among the deleted, and its page says when it went', async () => {
  await change('user', { key: 'crowd99', removed: 'restorable' });
  await followed();
  const page = await getConsole().open('/directory?deleted=true', { theme: 'dark' });
  await page.getByRole('link', { name: 'Crowd Member 099' }).click();
  await page.getByText('This object is deleted').waitFor();
  await page.getByRole('cell', { name: 'crowd99@contoso.com' }).first().waitFor();
  await settle(page);
  await takePicture(page, 'directory-deleted-dark');
  expect(await findBarriers(page)).toEqual([]);
});

test('an object gets a new tag, is found by it, and loses it, by keyboard alone', async () => {
  const page = await getConsole().open(resource('user', 'zoe'));
  await page.getByText('Disabled').waitFor();
  await page.getByRole('button', { name: 'Add Tag' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.getByRole('textbox', { name: 'Or a new tag' }).focus();
  await page.keyboard.press('Enter');
  await dialog.getByText('Choose a tag, or give a new one a name.').waitFor();
  await page.keyboard.type('Watchlist');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Watchlist' }).focus();
  await page.keyboard.press('Enter');
  const table = page.getByRole('table', { name: 'Objects' });
  await table.getByRole('link', { name: 'Zoë Müller' }).waitFor();
  expect(await table.getByRole('row').count()).toBe(2);
  await table.getByRole('link', { name: 'Zoë Müller' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Take the tag Watchlist away' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Zoë Müller no longer has the tag Watchlist').waitFor();
});

test('tags are made, renamed and deleted, and two who rename one see each other', async () => {
  const { open, send } = getConsole();
  const page = await open('/directory/tags');
  await page.getByRole('button', { name: 'Add tag' }).first().click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Stale');
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('cell', { name: 'Stale', exact: true }).waitFor();
  await page.getByText('The tag Stale is saved').waitFor({ state: 'detached' });
  await settle(page);
  expect(await findBarriers(page)).toEqual([]);
  await takePicture(page, 'directory-tags');

  await page.getByRole('button', { name: 'Actions for the tag Stale' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const { body } = await send('GET', '/api/directory/tags');
  const stale = (body as { tags: { tagId: number; name: string }[] }).tags.find(
    ({ name }) => name === 'Stale',
  );
  getConsole().forgive(/412/);
  await page.getByRole('dialog').getByRole('textbox', { name: 'Description' }).fill('Not used for a year');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Stale account');
  const { sql } = getConsole().database;
  await sql`update tag set name = 'Somebody else''s', version = version + 1, changed_by = 'Lena' where tag_id = ${stale?.tagId ?? 0}`;
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('Changed meanwhile').waitFor();
  await page.getByText(/Lena changed this/).waitFor();
});

test('who may only read sees why the buttons do nothing', async () => {
  const page = await getConsole().open('/directory/tags', { role: 'auditor' });
  const add = page.getByRole('button', { name: 'Add tag' }).first();
  expect(await add.getAttribute('aria-disabled')).toBe('true');
});

function resource(type: string, key: string, search = ''): string {
  return `/directory/${encodeURIComponent(bench.name)}/${type}/${key}?${search}`;
}
