/**
 * What a thousand rows of Sync History cost the browser when they are loaded already, and what the same words cost in a bare table: the time
 * that its page worked, up to the second frame after the rows are there.
 */
import type { CDPSession, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { medianOf } from '../../../bench/median.ts';
import { useConsole } from '../fixtures/console-bench.ts';
import { storeLongHistory } from '../fixtures/long-history.ts';
import { settle } from '../fixtures/watched-page.ts';

const getConsole = useConsole({ hasWorker: false });
const name = 'contoso.onmicrosoft.com';
const path = `/integrations/entra-id/${name}?tab=history`;
const rounds = 9;

beforeAll(() => storeLongHistory(getConsole().database.sql, name, 700));

test('a thousand rows of Sync History', async () => {
  const page = await getConsole().open(path);
  await page.getByRole('combobox', { name: 'Rows per page' }).click();
  await page.getByRole('option', { name: '1,000' }).click();
  await page.locator('tbody tr:nth-child(1000)').waitFor();
  await page.getByText('1–1,000 of 2,100').waitFor();
  await settle(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const words = await page
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  const shown: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await page.goBack();
    await page.locator('tbody tr:nth-child(51)').waitFor({ state: 'detached' });
    shown.push(
      await worked(page, session, async () => {
        await page.goForward();
        await page.locator('tbody tr:nth-child(1000)').waitFor();
      }),
    );
    bare.push(await workedOnBareTable(words));
  }
  const ratio = medianOf(shown) / medianOf(bare);
  process.stdout.write(
    `1,000 rows of Sync History: ${listOf(shown)}; the same words in a bare table: ${listOf(bare)}; ${ratio.toFixed(2)} times\n`,
  );
  expect(words).toHaveLength(1000);
});

/** The milliseconds that the page worked, without what the measurement itself asks of the browser. */
async function worked(page: Page, session: CDPSession, work: () => Promise<unknown>): Promise<number> {
  const before = await workedSoFar(session);
  await work();
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  return (await workedSoFar(session)) - before;
}

async function workedSoFar(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  const seconds = (wanted: string) => metrics.find((metric) => metric.name === wanted)?.value ?? Number.NaN;
  return 1000 * (seconds('TaskDuration') - seconds('DevToolsCommandDuration'));
}

/** In a page of its own, in a region that scrolls like ours. */
async function workedOnBareTable(words: readonly (readonly string[])[]): Promise<number> {
  const page = await getConsole().browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent('<div style="height: 40rem; overflow: auto"></div>');
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  // The words are figures and names without any mark of HTML.
  const rows = words.map((cells) => `<tr>${cells.map((text) => `<td>${text}</td>`).join('')}</tr>`);
  const table = `<table style="width: 100%; table-layout: fixed"><tbody>${rows.join('')}</tbody></table>`;
  const ms = await worked(page, session, () =>
    page.evaluate((html) => {
      const region = document.querySelector('div');
      if (region !== null) region.innerHTML = html;
    }, table),
  );
  await page.close();
  return ms;
}

function listOf(milliseconds: readonly number[]): string {
  const all = milliseconds.map((one) => one.toFixed(0)).join(', ');
  return `${medianOf(milliseconds).toFixed(0)} ms (${all})`;
}
