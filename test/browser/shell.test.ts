/** The frame of the console: signing in first, navigation, theme, whether it is live, keys, a narrow screen. */
import { expect, test } from 'vitest';
import { nameOfRole, takePicture, testPassword, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle } from './fixtures/watched-page.ts';

const getConsole = useConsole();

test('whoever opens a page without a session signs in, and is led back to it', async () => {
  const { open, send } = getConsole();
  // The account is there once somebody has used it.
  expect((await send('GET', '/api/session')).status).toBe(200);
  const page = await open('/settings/about?tab=workers', { role: null });
  expect(new URL(page.url()).pathname).toBe('/sign-in');

  await page.getByLabel('Sign-in name').fill(nameOfRole('administrator').signInName);
  await page.getByLabel('Password', { exact: true }).fill(testPassword);
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'About', level: 1 }).waitFor();
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/settings/about?tab=workers');
});

test('the navigation leads to every page, says where one is, and begins each at its heading', async () => {
  const page = await getConsole().open('/');
  const navigation = page.getByRole('navigation', { name: 'Main' });
  for (const name of await navigation.getByRole('link').allTextContents()) {
    await navigation.getByRole('link', { name, exact: true }).click();
    await settle(page);
    await page.waitForFunction(
      (title) => document.title.includes(title),
      name === 'Settings' ? 'Users' : name,
    );
    expect(await navigation.locator('[aria-current=page]').textContent()).toBe(name);
    if (name !== 'Dashboard') {
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    }
  }
});

test('the navigation shows an auditor what auditors may see', async () => {
  const page = await getConsole().open('/settings', { role: 'auditor' });
  const names = await page.getByRole('navigation', { name: 'Settings' }).getByRole('link').allTextContents();
  expect(names).toEqual(['Configuration', 'My account', 'About']);
});

test('a session that ends leads to sign-in by itself, and from there back', async () => {
  const { open, database } = getConsole();
  const page = await open('/settings/about', { role: 'auditor' });
  await database.sql`
    delete from user_session using user_account
    where user_account.user_id = user_session.user_id and sign_in_name = ${nameOfRole('auditor').signInName}`;
  await page.waitForURL(/sign-in/);
  expect(new URL(page.url()).searchParams.get('returnTo')).toBe('/settings/about');
});

test('the theme is chosen, holds after a reload, and follows the system otherwise', async () => {
  const { open } = getConsole();
  const page = await open('/', { role: 'operator', theme: 'dark' });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  expect(await theme()).toBe('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');

  await page.getByRole('button', { name: 'Theme' }).click();
  const kept = page.waitForResponse(/preferences/);
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  expect(await theme()).toBe('dark');
  await kept;
  await page.reload();
  await settle(page);
  expect(await theme()).toBe('dark');
  // In another browser, too.
  const another = await open('/', { role: 'operator', theme: 'light' });
  await another.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
});

test('keys lead to pages, to the search and to the list of keys', async () => {
  const page = await getConsole().open('/');
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'Job Execution', level: 1 }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('audit');
  await takePicture(page, 'palette');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
});

test('an address that leads nowhere says so, and so does one of the API', async () => {
  const { open, server } = getConsole();
  const page = await getConsole().newPage();
  const answer = await page.goto('/no/such/page');
  expect(answer?.status()).toBe(404);
  await page.getByText('There is nothing here').waitFor();
  const problem = await fetch(`${server.url}/api/no-such-thing`, { headers: { Accept: 'text/html' } });
  expect(problem.headers.get('Content-Type')).toBe('application/problem+json');
  expect(await (await open('/directory')).title()).toContain('Directory');
});

test('at 320 pixels nothing is cut off, and the navigation is behind a button', async () => {
  const page = await getConsole().open('/settings/about', { viewport: { width: 320, height: 640 } });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  await page.getByRole('button', { name: 'Open the navigation' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Dashboard' }).click();
  await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the tabs of a browser share one stream of news, and another one takes it over when its tab is closed', async () => {
  const { newPage, open, send } = getConsole();
  const first = await newPage();
  const streams: string[] = [];
  first.context().on('request', (request) => {
    if (request.url().endsWith('/api/events')) streams.push(request.url());
  });
  await first.goto('/settings/about');
  await first.getByText('Live', { exact: true }).waitFor();
  const second = await first.context().newPage();
  await second.goto('/settings/users');
  await second.getByText('Live', { exact: true }).waitFor();
  expect(streams).toHaveLength(1);

  // What the first tab hears reaches the second one.
  const add = (name: string) =>
    send('POST', '/api/users', {
      signInName: `${name}@example.com`,
      name,
      role: 'auditor',
      password: testPassword,
    });
  expect((await add('Grace')).status).toBe(201);
  await second.getByText('Grace', { exact: true }).first().waitFor();

  await first.close();
  await second.waitForResponse((response) => response.url().endsWith('/api/events'));
  expect((await add('Hedy')).status).toBe(201);
  await second.getByText('Hedy', { exact: true }).first().waitFor();
  expect(await (await open('/')).title()).toContain('Dashboard');
});

test('a lost server shows, and the page recovers by itself when it is back', async () => {
  const { open, interrupt, forgive } = getConsole();
  forgive(/ERR_|Failed to fetch|503/);
  const page = await open('/settings/about');
  await page.getByRole('status').getByText('Live').waitFor();
  const { again } = await interrupt();
  await page.getByText('Reconnecting…').waitFor();
  await page.getByText(/The server does not answer/).waitFor();
  await page.getByText(/Offline since \d\d:\d\d/).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await takePicture(page, 'offline');
  await again();
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  await page.getByText(/The server does not answer/).waitFor({ state: 'detached' });
});
