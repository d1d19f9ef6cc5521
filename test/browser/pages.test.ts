/** Every page, light and dark, wide and narrow: no barrier that axe counts as serious, everything reached by keyboard, nothing cut off. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { pageNames, pagesOf, type Seed, seedConsole } from './fixtures/seed.ts';
import { findBarriers, findUnreachable, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 120, seed: 1 } });
let seed: Seed;

beforeAll(async () => {
  seed = await seedConsole(getConsole());
});

test.each(pageNames)(
  'the page %s has no barrier, light or dark, is reached by keyboard, and fits a telephone',
  async (name) => {
    const page = await getConsole().open(pagesOf(seed)[name] ?? '/');
    await expectWholePage(page, name);
    expect(await findBarriers(page), 'light').toEqual([]);
    await takePicture(page, `${name}-light`);

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    await settle(page);
    expect(await findBarriers(page), 'dark').toEqual([]);
    await takePicture(page, `${name}-dark`);

    expect(await findUnreachable(page)).toEqual([]);

    await page.setViewportSize({ width: 390, height: 844 });
    await settle(page);
    // What is measured, such as charts, takes its width from the page once it is there.
    await expect
      .poll(
        () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        { timeout: 20_000 },
      )
      .toBe(0);
    await takePicture(page, `${name}-narrow`);
  },
);

test('the palette finds tenants, jobs and people by the beginnings of their names', async () => {
  const page = await getConsole().open('/settings/about');
  await page.keyboard.press('Control+k');
  const box = page.getByRole('combobox', { name: 'Search or jump to' });
  const found = page.getByRole('listbox');
  await box.fill('nordl');
  await found.getByRole('group', { name: 'Tenants' }).getByText(seed.tenant).waitFor();
  await found.getByRole('group', { name: 'Jobs' }).getByText(seed.jobIdentifier).first().waitFor();
  await box.fill(seed.userName.slice(0, 4));
  await found.getByRole('group', { name: 'Directory' }).getByText(seed.userName).first().waitFor();
  await takePicture(page, 'palette-people');
  await box.fill('no such thing');
  await page.getByText('Nothing matches “no such thing”.').waitFor();
  await box.fill(seed.userName);
  await found.getByText(seed.userName).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: seed.userName, level: 1 }).waitFor();
});

test.each([
  ['sign-in', '/sign-in'],
  ['setup', '/setup'],
])('the page %s, which is open to everybody, has no barrier', async (name, path) => {
  for (const theme of ['light', 'dark'] as const) {
    const page = await getConsole().open(path, { role: null, theme });
    expect(await findBarriers(page), theme).toEqual([]);
    await takePicture(page, `${name}-${theme}`);
  }
});

/** A heading, a title of its own, and nothing that failed. Texts that are missing are told of in the browser's console. */
async function expectWholePage(page: Page, name: string): Promise<void> {
  await settle(page);
  expect(await page.locator('h1').count(), name).toBeGreaterThan(0);
  expect(await page.title()).toMatch(/ · Syncline$/);
  expect(await page.getByText('This could not be loaded').count(), name).toBe(0);
}
