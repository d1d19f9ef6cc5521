/** `npm run screenshots`: a picture of every page, light and dark, into `docs/screenshots/`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, test } from 'vitest';
import { useConsole } from '../fixtures/console-bench.ts';
import { pageNames, pagesOf, type Seed, seedConsole } from '../fixtures/seed.ts';
import { settle } from '../fixtures/watched-page.ts';

const directory = join(import.meta.dirname, '..', '..', '..', 'docs', 'screenshots');
const getConsole = useConsole({ simulator: { users: 2000, seed: 1 } });
let seed: Seed;

beforeAll(async () => {
  mkdirSync(directory, { recursive: true });
  seed = await seedConsole(getConsole());
});

test.each(pageNames)('%s', async (name) => {
  for (const theme of ['light', 'dark'] as const) {
    const page = await getConsole().open(pagesOf(seed)[name] ?? '/', { theme });
    await settle(page);
    await page.screenshot({ path: join(directory, `${name}-${theme}.png`) });
  }
});
