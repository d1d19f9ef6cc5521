// Builds the console after `npm ci`. An installation without the development packages has nothing to build it with, and says so.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
let vite;
try {
  vite = await import('vite');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.log('The console is not built: the development packages, which build it, were left out.');
}
await vite?.build({ configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });
