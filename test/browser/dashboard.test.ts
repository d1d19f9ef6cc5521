/** The dashboard in the browser: before anything is set up, and with tenants of which some wait for a person. */
import { beforeAll, describe, expect, test } from 'vitest';
import { takePicture, useConsole } from './fixtures/console-bench.ts';
import { findBarriers } from './fixtures/watched-page.ts';

const getConsole = useConsole({});

test('before anything is set up it says what to do', async () => {
  const page = await getConsole().open('/');
  await page.getByRole('link', { name: /Add a credential profile/ }).waitFor();
  await page.getByRole('link', { name: /Add your tenant/ }).click();
  await page.getByRole('dialog', { name: 'Add New Integration' }).waitFor();
});

describe('with tenants', () => {
  beforeAll(async () => {
    const { sql } = getConsole().database;
    await sql`
      insert into credential_profile (name, type, client_id, created_by, changed_by)
      values ('Contoso reader', 'client-secret', 'app', 'Ada', 'Ada')`;
    await sql`
      insert into credential (credential_profile_id, place, label, set_by, expires_at)
      select credential_profile_id, 1, 'Secret of 2025', 'Ada', now() + interval '12 days' from credential_profile`;
    await sql`
      insert into tenant (name, tenant, cloud, credential_profile_id, is_enabled, floor_seconds, ceiling_seconds, created_by, changed_by)
      select domain, domain, 'Global', credential_profile_id, domain <> 'adatum.example', 15, 300, 'Ada', 'Ada'
      from credential_profile cross join unnest(array['contoso.example', 'fabrikam.example', 'northwind.example', 'adatum.example']) as domain`;
    await sql`insert into connection (name, source) select name, 'a tenant' from tenant`;
    await sql`
      insert into entity_type (connection_id, name, resource_count)
      select connection_id, type, objects + connection_id
      from connection cross join (values ('user', 48210), ('group', 6934), ('device', 21377)) as one (type, objects)`;
    await sql`
      with made as (
        insert into run (connection_id, kind, state, message, started_at, ended_at)
        select connection_id, 'synchronize', case when n = 1 and name = 'fabrikam.example' then 'failed' else 'succeeded' end::run_state,
          case when n = 1 and name = 'fabrikam.example' then 'AADSTS7000222: the client secret has expired. Add another one to the profile.' end,
          now() - n * interval '30 minutes', now() - n * interval '30 minutes'
        from connection cross join generate_series(1, 120) as n where name <> 'adatum.example' order by n desc
        returning run_id, connection_id, state, ended_at
      )
      insert into run_object_class (run_id, connection_id, object_class, is_full, reason, total, inserted, updated, deleted, filtered,
        started_at, ended_at, state)
      select run_id, connection_id, type, run_id % 90 = 0, case when run_id % 90 = 0 then 'it was asked for' end, 1000,
        hashint4(run_id) & 15, hashint4(run_id) & 127, hashint4(run_id) & 31, 0, ended_at, ended_at, state
      from made cross join unnest(array['user', 'group', 'device']) as type`;
    await sql`
      insert into connection_block (connection_id, run_id, reasons)
      select connection_id, max(run_id), '["310 of 9,844 user objects would be deleted, and the limit is 50"]'
      from run join connection using (connection_id) where name = 'northwind.example' group by connection_id`;
  });

  test('shows what waits, what is fresh and what changed, light and dark', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const page = await getConsole().open('/', { theme, viewport: { width: 1440, height: 1200 } });
      await page.getByText('Synchronization of northwind.example is blocked').waitFor();
      await page.getByText('fabrikam.example is failing').waitFor();
      await page.getByText('A credential of Contoso reader expires soon').waitFor();
      await page.getByText('1 of 4').waitFor();
      await page.getByText('1 blocked, 1 failing, 1 disabled').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await takePicture(page, `dashboard-${theme}`);
    }
  });

  test('the chart tells itself in a sentence, and is a table for whoever wants one', async () => {
    const page = await getConsole().open('/');
    await page.getByRole('img', { name: /objects changed and .* were deleted/ }).waitFor();
    await page.getByRole('combobox', { name: 'Time' }).click();
    await page.getByRole('option', { name: 'Last 7 days' }).click();
    await page.getByRole('button', { name: 'View as table' }).click();
    const table = page.getByRole('table', { name: 'Changes', exact: true });
    await table.locator('tbody tr:nth-child(168)').waitFor();
    expect(new URL(page.url()).search).toBe('?span=week&table=true');
    await page.getByRole('combobox', { name: 'Tenant' }).click();
    await page.getByRole('option', { name: 'contoso.example' }).click();
    await table.getByRole('link').nth(1).click();
    await page.getByRole('tab', { name: 'Sync History', selected: true }).waitFor();
    await page.getByText(/^1–\d+ of \d+$/).waitFor();
  });

  test('every number leads to what it counts', async () => {
    const page = await getConsole().open('/');
    await page.getByRole('link', { name: /Integrations healthy/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Entra ID Sync' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Open profile' }).click();
    await page.getByRole('heading', { level: 1, name: 'Contoso reader' }).waitFor();
  });

  test('news comes by itself', async () => {
    const { sql } = getConsole().database;
    const page = await getConsole().open('/');
    await page.getByText('fabrikam.example is failing').waitFor();
    await sql`
      insert into run (connection_id, kind, state, started_at, ended_at)
      select connection_id, 'synchronize', 'succeeded', now(), now() from connection where name = 'fabrikam.example'`;
    await page.getByText('fabrikam.example is failing').waitFor({ state: 'detached' });
  });

  test('an auditor sees what they may, and is offered nothing more', async () => {
    const page = await getConsole().open('/', { role: 'auditor' });
    await page.getByText('Last sync per tenant').waitFor();
    expect(await page.getByRole('link', { name: 'Launch job' }).count()).toBe(0);
  });

  test('fits a small screen', async () => {
    const page = await getConsole().open('/', { viewport: { width: 320, height: 800 } });
    await page.getByText('Last sync per tenant').waitFor();
    // The chart takes its width from the page once it is there.
    await expect
      .poll(() =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      )
      .toBe(0);
    await takePicture(page, 'dashboard-narrow');
  });
});
