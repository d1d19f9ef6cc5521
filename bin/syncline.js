#!/usr/bin/env node
// The `syncline` command. Plain JavaScript, so that an old Node can still say in one sentence what it lacks.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `syncline needs Node 24 or newer and this is Node ${process.versions.node}: run it with npm or npx inside the checkout after "npm ci", which brings Node 24 along.\n`,
  );
  process.exit(2);
}
// What was compiled once is there at once the next time. Where the folder cannot be written to, everything is as it was.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/syncline', import.meta.url)));
const { settleAllocator } = await import('../src/cli/memory-allocator.ts');
settleAllocator();
const { run } = await import('../src/cli/syncline.ts');
process.exitCode = await run(process.argv.slice(2));
