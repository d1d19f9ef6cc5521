/** Credential profiles in the browser: made, tested, replaced, put into order and deleted, by mouse and by keyboard. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { certificatePem, writeCertificate } from '../../simulator/x509-certificate.ts';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers, settle, tabThrough, unreachable } from './fixtures/watched-page.ts';

const getConsole = useConsole({ simulator: { users: 20, seed: 1 }, hasWorker: false });
const clientId = '6f0a1f5e-3c0c-4a55-9f0e-2c5f6d1f9a77';
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString();

/** A profile that is there already, and the address of its page. */
async function prepare(name: string, change: object = {}): Promise<{ path: string; profileId: number }> {
  const { status, body } = await getConsole().send('POST', '/api/credential-profiles', {
    name,
    type: 'client-secret',
    clientId,
    credentials: [{ secret: 'value~of~a~secret', label: 'Current' }],
    ...change,
  });
  expect(status).toBe(201);
  const { profileId } = body as { profileId: number };
  return { path: `/credential-profiles/${profileId}`, profileId };
}

const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const submit = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
}

/** Chooses what is done with a credential. */
async function act(page: Page, label: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${label}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

const outcomes = (page: Page) =>
  page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').allInnerTexts();

test('the empty list says what to do, and its window leads to a profile that is tested', async () => {
  const { open, simulator } = getConsole();
  const page = await open('/credential-profiles');
  expect(await page.title()).toBe('Credential Profiles · Syncline');
  await page.getByText('There is no credential profile yet').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await takePicture(page, 'credential-profiles-empty');

  await page.getByRole('button', { name: 'Add profile' }).first().click();
  await submit(page, 'Add');
  for (const sentence of [
    'Write a name.',
    'Copy the Application (client) ID',
    'Paste the value of the secret.',
  ]) {
    await page.getByText(sentence).waitFor();
  }
  expect(await findBarriers(page)).toEqual([]);
  await takePicture(page, 'credential-profiles-add-mistakes');

  await field(page, 'Name').fill('Simulated reader');
  await field(page, 'Application (client) ID').fill('contoso');
  await field(page, 'Secret value').fill(clientId);
  await page.getByText('This is no ID').waitFor();
  await submit(page, 'Add');
  await page.getByText('This looks like the ID of the secret').waitFor();
  await field(page, 'Application (client) ID').fill(simulator.clientId);
  await field(page, 'Secret value').fill('wrong~secret');
  await submit(page, 'Add');

  await page.getByRole('heading', { name: 'Simulated reader', level: 1 }).waitFor();
  await page.getByText('The credential profile Simulated reader was added').waitFor();
  await press(page, 'Test Connection');
  await page.getByLabel('Tenant', { exact: true }).fill(simulator.tenantId);
  await choose(page, 'Azure Cloud', 'Simulated tenant');
  await submit(page, 'Test Connection');
  await page.getByText('AADSTS7000215').first().waitFor();
  expect((await outcomes(page)).filter((text) => text.includes('Failed')).length).toBe(1);
  expect(await findBarriers(page)).toEqual([]);
  await takePicture(page, 'credential-profile-test-failed');
  await page.keyboard.press('Escape');

  await act(page, 'Client secret', 'Replace');
  await field(page, 'Secret value').fill(simulator.clientSecret);
  await submit(page, 'Replace');
  await page.getByText('Never tested').waitFor();
  await act(page, 'Client secret', 'Test');
  await page.getByLabel('Tenant', { exact: true }).fill(simulator.tenantId);
  await choose(page, 'Azure Cloud', 'Simulated tenant');
  await submit(page, 'Test Connection');
  await page.getByText('The sign-in works').first().waitFor();
  expect((await outcomes(page)).every((text) => text.includes('Passed'))).toBe(true);
  await takePicture(page, 'credential-profile-test-passed');
});

test('every page works without a barrier, in light and dark', async () => {
  const { open, database } = getConsole();
  const { profileId } = await prepare('Soon over', {
    credentials: [
      { secret: 'a', label: 'Current', expiresAt: inDays(5.5) },
      { secret: 'b', label: 'Next', expiresAt: inDays(20.5) },
    ],
  });
  await prepare('In a year', {
    description: 'The nightly run of Contoso',
    credentials: [{ secret: 'a', expiresAt: inDays(365) }],
  });
  await prepare('This machine', { type: 'managed-identity', clientId: null, credentials: [] });
  const { path } = await prepare('By certificate', {
    type: 'certificate',
    credentials: [{ isGenerated: true }],
  });
  await database.sql`
    insert into tenant (name, tenant, cloud, credential_profile_id, is_enabled, floor_seconds, ceiling_seconds, created_by, changed_by)
    values ('contoso.onmicrosoft.com', 'contoso.onmicrosoft.com', 'Global', ${profileId}, false, 15, 900, 'a test', 'a test')`;
  for (const theme of ['light', 'dark'] as const) {
    const list = await open('/credential-profiles', { theme });
    await list.getByText('Expires in 5 days').waitFor();
    expect(await findBarriers(list)).toEqual([]);
    await takePicture(list, `credential-profiles-${theme}`);
    const soon = await open(`/credential-profiles/${profileId}`, { theme });
    await soon.getByText('Expires in 20 days').waitFor();
    expect(await findBarriers(soon)).toEqual([]);
    await takePicture(soon, `credential-profile-${theme}`);
    const certificate = await open(path, { theme });
    await certificate.getByText('Upload the certificate to the app registration').waitFor();
    expect(await findBarriers(certificate)).toEqual([]);
    await takePicture(certificate, `credential-profile-certificate-${theme}`);
  }
  const narrow = await open(path, { viewport: { width: 320, height: 800 } });
  expect(await findBarriers(narrow)).toEqual([]);
  await takePicture(narrow, 'credential-profile-narrow');
  const list = await open('/credential-profiles?q=contoso');
  await list.getByRole('link', { name: 'In a year' }).waitFor();
  expect(await list.getByRole('link', { name: 'This machine' }).count()).toBe(0);
  const filtered = await open('/credential-profiles?type=managed-identity');
  await filtered.getByRole('link', { name: 'This machine' }).waitFor();
  expect(await filtered.getByRole('link', { name: 'Soon over' }).count()).toBe(0);
});

describe('credentials', () => {
  test('are added, named, put into order and deleted', async () => {
    const { path } = await prepare('Several');
    const page = await getConsole().open(path);
    await press(page, 'Add credential');
    await field(page, 'Secret value').fill('next~value');
    await page.getByLabel('Label').fill('Next');
    await page.getByLabel('Expires on').fill(inDays(10).slice(0, 10));
    await submit(page, 'Add');
    await page.getByText('Tried in this order').waitFor();
    const labels = () => page.getByRole('heading', { level: 3 }).allInnerTexts();
    expect(await labels()).toEqual(['Current', 'Next']);
    await act(page, 'Next', 'Move up');
    await page.locator('li:first-child h3', { hasText: 'Next' }).waitFor();
    await act(page, 'Current', 'Change label or end');
    await page.getByRole('dialog').getByLabel('Label').fill('Old one');
    await submit(page, 'Save');
    await page.getByRole('heading', { name: 'Old one' }).waitFor();
    expect(await labels()).toEqual(['Next', 'Old one']);
    await act(page, 'Old one', 'Delete');
    await page.getByText('In Microsoft Entra it stays').waitFor();
    await submit(page, 'Delete');
    await page.getByRole('heading', { name: 'Old one' }).waitFor({ state: 'detached' });
    expect(await labels()).toEqual(['Next']);
  });

  test('of a certificate: the public part is downloaded, and files of one’s own are taken', async () => {
    const { path } = await prepare('Certificates', {
      type: 'certificate',
      credentials: [{ isGenerated: true }],
    });
    const page = await getConsole().open(path);
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the certificate' }).click();
    const pem = readFileSync(await (await downloading).path(), 'utf8');
    expect(pem).not.toContain('PRIVATE');
    await page.getByText(new X509Certificate(pem).fingerprint.replaceAll(':', '')).waitFor();

    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const subject = 'My own';
    const issuer = { subject, ...keys };
    const endAt = new Date(Date.now() + 200 * dayMs);
    const startAt = new Date(Date.now() - dayMs);
    const content = {
      subject,
      publicKey: keys.publicKey,
      issuer,
      purpose: 'signing',
      startAt,
      endAt,
    } as const;
    const own = certificatePem(await writeCertificate(content));
    const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await press(page, 'Add credential');
    await page.getByRole('radio', { name: /^Use one of mine/ }).click();
    const files = page.locator('input[type=file]');
    const fileOf = (name: string, text: string) => ({
      name,
      mimeType: 'text/plain',
      buffer: Buffer.from(text),
    });
    await files.nth(0).setInputFiles(fileOf('own.pem', own));
    await files.nth(1).setInputFiles(fileOf('own.key', pem));
    await submit(page, 'Add');
    await page.getByText('no private key in PEM').waitFor();
    await files.nth(1).setInputFiles(fileOf('own.key', key));
    await submit(page, 'Add');
    await page.getByText('CN=My own').waitFor();
  });
});

test('of two administrators who change the same profile, the second sees what the first did', async () => {
  const { open, send } = getConsole();
  getConsole().forgive(/412/);
  const { path, profileId } = await prepare('Edited twice');
  const page = await open(path);
  await page.getByLabel('Description').fill('Mine');
  const { name, version } = { name: 'Edited by another', version: 1 };
  const other = await open(path);
  await other.getByLabel('Name', { exact: true }).fill(name);
  await press(other, 'Save');
  await other.getByRole('heading', { name, level: 1 }).waitFor();
  await press(page, 'Save');
  await page.getByText('Changed meanwhile').waitFor();
  await takePicture(page, 'credential-profile-conflict');
  await submit(page, 'Take over the choice');
  await press(page, 'Save');
  await page.getByText('No changes').waitFor();
  const { body } = await send('GET', `/api/credential-profiles/${profileId}`);
  expect(body).toMatchObject({ name, description: 'Mine', version: version + 2 });
});

test('a profile is deleted after a question; one that is used says why it stays', async () => {
  const { open, database } = getConsole();
  const { path, profileId } = await prepare('To be deleted');
  const page = await open(path);
  await press(page, 'Delete');
  await page.getByText('The profile is deleted, and the secret in it. No tenant uses it.').waitFor();
  await submit(page, 'Cancel');
  await database.sql`
    insert into tenant (name, tenant, cloud, credential_profile_id, is_enabled, floor_seconds, ceiling_seconds, created_by, changed_by)
    values ('used.example', 'used.example', 'Global', ${profileId}, false, 15, 900, 'a test', 'a test')`;
  await page.reload();
  await page.getByRole('link', { name: 'used.example' }).waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).focus();
  await page.getByText('A tenant uses this profile: choose another one there first.').waitFor();
  await database.sql`delete from tenant where name = 'used.example'`;
  await page.reload();
  await settle(page);
  await press(page, 'Delete');
  await submit(page, 'Delete');
  await page.getByText('The credential profile To be deleted was deleted').waitFor();
  await page.getByRole('heading', { name: 'Credential Profiles', level: 1 }).waitFor();
});

test('whoever may only look changes nothing, and is told so', async () => {
  const { open } = getConsole();
  const { path } = await prepare('Only looked at');
  const page = await open(path, { role: 'auditor' });
  await page.getByRole('heading', { name: 'Only looked at', level: 1 }).waitFor();
  const add = page.getByRole('button', { name: 'Add credential' });
  expect(await add.getAttribute('aria-disabled')).toBe('true');
  await add.focus();
  await page.getByText('Your role does not allow this.').waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test('everything is reached by the keyboard, and words come from one place', async () => {
  const { open } = getConsole();
  const { path } = await prepare('By keyboard');
  const page = await open(path);
  const stops = await tabThrough(page);
  expect(stops).toContain('Actions for Current');
  expect(await unreachable(page)).toEqual([]);
  await page.getByRole('button', { name: 'Actions for Current' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator(':focus').getAttribute('role')).toBe('menu');
  await page.keyboard.press('r');
  await expect.poll(() => page.locator(':focus').textContent()).toContain('Replace');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Replace Current' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const pseudo = await open(`${path}?locale=pseudo`);
  await takePicture(pseudo, 'credential-profile-pseudo');
});
