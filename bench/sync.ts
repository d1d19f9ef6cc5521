// How fast a tenant comes into the database: a full synchronization against the floor of draining the same pages and loading the
// same rows, one without changes, one of 1,000 changes, and what the process takes of memory. With --limits, under Graph's quota
// and latency, against what the quota allows.
// Options: --users, --groups, --memberships, --largest-group, --changes, --limits, --json.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { type Child, startChild } from './child.ts';
import { medianOf } from './median.ts';
import { measureDrain, measureLoad, type TenantAccess } from './sync-floor.ts';

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    groups: { type: 'string' },
    memberships: { type: 'string' },
    'largest-group': { type: 'string' },
    changes: { type: 'string', default: '1000' },
    limits: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const users = Number(options.users);
const groups = Number(options.groups ?? Math.ceil(users / 10));
const memberships = Number(options.memberships ?? users * 5);
// The tenant's own choice is a group of nearly everybody. Its pages come one after the other, and under latency it would be the
// only thing measured.
const largestGroup = options['largest-group'] ?? (options.limits ? String(Math.ceil(users / 5)) : undefined);

interface Step {
  readonly seconds: number;
  readonly counts: readonly {
    readonly objectClass: string;
    readonly total: number;
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
  }[];
  readonly isEqual?: boolean;
}

async function main(): Promise<void> {
  // The embedded server runs as another account where the benchmark runs as root.
  const folder = mkdtempSync(join(tmpdir(), 'syncline-bench-'));
  chmodSync(folder, 0o711);
  const simulator = await startSimulator();
  const access = simulator.ready as TenantAccess;
  const syncline = await startChild([
    join(import.meta.dirname, 'sync-program.ts'),
    join(folder, 'data'),
    JSON.stringify(access),
  ]);
  try {
    const report = options.limits
      ? await measureQuota(syncline, access, folder)
      : await measureSpeed(syncline, access, folder);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  } finally {
    await syncline.ask('stop').catch(() => {});
    await syncline.stop();
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureSpeed(syncline: Child, access: TenantAccess, folder: string) {
  // The simulator renders a page when it is first asked for; that is its time and nobody's floor.
  await measureDrain(access);
  const drainSeconds = await measureDrain(access);
  const full = await step(syncline, 'full');
  const unchanged = await step(syncline, 'full');
  const changed = Number(options.changes);
  const incremental: number[] = [];
  for (let round = 0; round < incrementalRounds; round++) {
    await control(access, '/churn', { changes: changed });
    incremental.push((await step(syncline, 'incremental')).seconds);
  }
  const incrementalSeconds = medianOf(incremental);
  const peakMegabytes = Math.round(syncline.memory().peakMegabytes);
  const loads = await measureLoad(connectionOf(folder), folder);
  const loadSeconds = loads.reduce((sum, { seconds }) => sum + seconds, 0);
  const { objects, links } = totals(full);
  const ratio = full.seconds / (drainSeconds + loadSeconds);

  say(`${whole(objects)} objects and ${whole(links)} links`);
  row('drain their pages', drainSeconds);
  for (const { table, rows, seconds } of loads) row(`load ${whole(rows)} rows of ${table}`, seconds);
  row('the floor: both', drainSeconds + loadSeconds);
  row(
    'first full synchronization',
    full.seconds,
    `${ratio.toFixed(2)} of the floor, ${whole((objects + links) / full.seconds)} objects and links a second`,
  );
  row(
    'full again, unchanged',
    unchanged.seconds,
    `${(unchanged.seconds / full.seconds).toFixed(2)} of the first`,
  );
  row(
    `incremental, ${whole(changed)} changes`,
    incrementalSeconds,
    `the median of ${incrementalRounds}: ${incremental.map((seconds) => seconds.toFixed(2)).join(', ')}`,
  );
  say(`The Syncline process took ${peakMegabytes} MB at the most.`);
  return {
    floor: { drainSeconds: round(drainSeconds), loadSeconds: round(loadSeconds) },
    full: { objects, links, seconds: round(full.seconds), ratio: round(ratio) },
    unchanged: { seconds: round(unchanged.seconds) },
    incremental: { changes: changed, seconds: round(incrementalSeconds) },
    peakMegabytes,
  };
}

/** PostgreSQL is still tidying up after a million rows when the first one runs. */
const incrementalRounds = 7;

/** Resource units a second for one application in a large tenant (Microsoft Graph: throttling limits). */
const unitsPerSecond = 800;

/** How late each answer comes. */
const latencyMs = 300;

/**
 * Under the quota and latency of a large tenant. What the quota allows at best is its rate, for pages of 999; where that is longer,
 * the pages of the largest group one after the other.
 */
async function measureQuota(syncline: Child, access: TenantAccess, folder: string) {
  const full = await step(syncline, 'full');
  const peakMegabytes = Math.round(syncline.memory().peakMegabytes);
  const requests = await control(access, '/requests?last=10000');
  const throttled =
    (requests as { requests?: { status: number }[] }).requests?.filter(({ status }) => status === 429)
      .length ?? Number.NaN;
  const { units, longestChain } = await countRequests(connectionOf(folder));
  const optimumSeconds = Math.max(units / unitsPerSecond, (longestChain * latencyMs) / 1000);
  const ratio = full.seconds / optimumSeconds;
  const verified = await step(syncline, 'verify');
  const { objects, links } = totals(full);
  say(
    `${whole(objects)} objects and ${whole(links)} links under the quota of a large tenant, ${latencyMs} ms an answer, ${whole(Number(largestGroup))} members in the largest group`,
  );
  row(`at best, for ${whole(units)} resource units`, optimumSeconds);
  row(
    'first full synchronization',
    full.seconds,
    `${ratio.toFixed(2)} of that, throttled ${throttled} times`,
  );
  say(
    verified.isEqual
      ? 'A fresh read of the tenant finds no difference.'
      : 'THE STORE DIFFERS FROM THE TENANT.',
  );
  say(`The Syncline process took ${peakMegabytes} MB at the most.`);
  return {
    full: { objects, links, seconds: round(full.seconds) },
    quota: { optimumSeconds: round(optimumSeconds), ratio: round(ratio), throttled },
    equal: verified.isEqual,
    peakMegabytes,
  };
}

/**
 * Units: one for each 999 users and each 999 groups, two for each 999 members of each group. The longest chain: the pages of the
 * largest group, after the one that lists it.
 */
async function countRequests(
  database: postgres.Options<Record<string, never>>,
): Promise<{ units: number; longestChain: number }> {
  const sql = postgres({ ...database, max: 1 });
  const [row] = await sql<{ units: number; longestChain: number }[]>`
    with sizes as (
      select ceil(greatest(1, count(link.target_key)) / 999.0) as pages
      from resource join entity_type using (entity_type_id)
        left join association on association.entity_type_id = entity_type.entity_type_id and association.name = 'members'
        left join resource_link as link
          on link.association_id = association.association_id and link.source_key = resource.key
      where entity_type.name = 'group' group by resource.key
    )
    select ((select sum(ceil(resource_count / 999.0)) from entity_type) + 2 * sum(pages))::float8 as units,
      (1 + max(pages))::float8 as "longestChain"
    from sizes`;
  await sql.end();
  if (!row) throw new Error('An aggregate gave no row.');
  return row;
}

async function startSimulator(): Promise<Child> {
  const words = ['--users', String(users), '--groups', String(groups), '--memberships', String(memberships)];
  const largest = largestGroup === undefined ? [] : ['--largest-group', largestGroup];
  const limits = options.limits ? ['--limits', 'large', '--latency', String(latencyMs)] : [];
  const program = join(import.meta.dirname, '../bin/syncline.js');
  return await startChild([
    program,
    'simulate',
    ...words,
    ...largest,
    ...limits,
    '--port',
    '0',
    '--http',
    '--json',
  ]);
}

async function step(syncline: Child, name: string): Promise<Step> {
  return (await syncline.ask(name)) as unknown as Step;
}

async function control(
  { control: address, controlKey }: TenantAccess,
  path: string,
  body?: object,
): Promise<unknown> {
  const reply = await fetch(address + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${controlKey}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return await reply.json();
}

/** The embedded database, by the file that it writes for those who look into it. */
function connectionOf(folder: string): postgres.Options<Record<string, never>> {
  const lines = readFileSync(join(folder, 'data', 'connection.conf'), 'utf8').matchAll(/^(\w+)=(.*)$/gm);
  const { host, port, user, password, dbname } = Object.fromEntries(
    [...lines].map(([, key, value]) => [key, value]),
  );
  return { host, port: Number(port), user, password, database: dbname };
}

function totals({ counts }: Step): { objects: number; links: number } {
  const sum = (isLink: boolean) =>
    counts
      .filter(({ objectClass }) => objectClass.includes('.') === isLink)
      .reduce((all, { total }) => all + total, 0);
  return { objects: sum(false), links: sum(true) };
}

function row(what: string, seconds: number, remark = ''): void {
  say(`  ${what.padEnd(44)}${seconds.toFixed(2).padStart(8)} s  ${remark}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

await main();
