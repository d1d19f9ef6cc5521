// `syncline demo`: everything once, without staying: a simulated tenant read in full, changed, followed and compared.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Agent, request } from 'undici';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { group } from '../model/number-words.ts';
import { openDatabase } from '../store/database.ts';
import type { ObjectClassCounts } from '../store/runs.ts';
import { synchronize } from '../sync/flow.ts';
import type { RunTarget } from '../sync/run.ts';
import { verify } from '../sync/verify.ts';
import { wholeNumber } from './number-option.ts';
import { withTarget } from './open-connection.ts';
import { openView, showWhile, type View } from './progress-view.ts';
import { isLinkClass, runLines, secondsSince, secondsText, sumCounts, totalsOf } from './run-summary.ts';
import { simulatedAccess, simulatedConnection } from './simulated-tenant-file.ts';
import { startSimulatorThread, type TenantAccess } from './simulator-thread.ts';
import { abortOnStop, stoppingLine } from './stop-signal.ts';
import { verificationLines } from './verify.ts';

interface DemoOptions {
  readonly users: number;
  readonly json?: true;
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('Show everything once on a simulated tenant: full sync, changes, incremental sync, verify.')
    .option('--users <number>', 'users of the simulated tenant', wholeNumber(0, 2_000_000), 1000)
    .option('--json', 'print one line of JSON at the end')
    .addHelpText('after', '\nExample:\n  syncline demo --users 10000')
    .action(demo);
}

async function demo({ users, json }: DemoOptions): Promise<void> {
  const { environment } = loadConfig({});
  const view = openView(process.stdout, environment.TERM);
  const signal = abortOnStop(() => view.say(stoppingLine));
  const scratch = mkdtempSync(join(tmpdir(), 'syncline-demo-'));
  try {
    // As root, PostgreSQL runs as another account, which has to get to its files.
    chmodSync(scratch, 0o711);
    const config = { dataDirectory: join(scratch, 'data'), databaseUrl: undefined };
    const simulator = await startSimulatorThread({ users });
    try {
      const database = await openDatabase(config, view.say);
      try {
        const connection = simulatedConnection(simulatedAccess(simulator.access));
        await withTarget(database, connection, async (target) => {
          view.say(
            `A simulated tenant of ${group(users)} users and an empty database, both gone at the end.`,
          );
          const outcome = await showEverything(view, target, simulator.access, signal);
          if (json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
          if (!outcome.equal) {
            throw new Fault('store-differs', 'The database is not equal to the tenant: this is a defect.');
          }
        });
      } finally {
        await database.close();
      }
    } finally {
      await simulator.stop();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What `--json` prints. */
type Outcome = Readonly<{
  full: Readonly<{ objects: number; links: number; seconds: number }>;
  incremental: Readonly<{
    inserted: number;
    updated: number;
    deleted: number;
    linksInserted: number;
    linksDeleted: number;
    seconds: number;
  }>;
  equal: boolean;
}>;

async function showEverything(
  view: View,
  target: RunTarget,
  tenant: TenantAccess,
  signal: AbortSignal,
): Promise<Outcome> {
  const full = await synchronizeAndTell(view, target, 'Full synchronization', signal);
  view.say('');
  view.say(describeChanges(await changeTenant(tenant)));
  const incremental = await synchronizeAndTell(view, target, 'Incremental synchronization', signal);
  const startedAtMs = performance.now();
  const verification = await showWhile(view, target, signal, (report) => verify(target, { signal, report }));
  view.say('');
  for (const line of verificationLines(target.name, secondsSince(startedAtMs), verification)) view.say(line);
  const { inserted, updated, deleted } = incremental.objects;
  return {
    full: { objects: full.objects.total, links: full.links.total, seconds: full.seconds },
    incremental: {
      inserted,
      updated,
      deleted,
      linksInserted: incremental.links.inserted,
      linksDeleted: incremental.links.deleted,
      seconds: incremental.seconds,
    },
    // Nothing changes meanwhile, so that there is no excuse.
    equal: verification.classes.every(
      ({ missing, changed, superfluous }) => missing + changed + superfluous === 0,
    ),
  };
}

async function synchronizeAndTell(view: View, target: RunTarget, title: string, signal: AbortSignal) {
  const startedAtMs = performance.now();
  const settings = { isFull: false, isForced: false, signal };
  const { counts } = await showWhile(view, target, signal, (report) =>
    synchronize(target, { ...settings, report }),
  );
  const seconds = secondsSince(startedAtMs);
  view.say('');
  view.say(`${title} in ${secondsText(seconds)}: ${totalsOf(counts)}.`);
  for (const line of runLines(counts)) view.say(line);
  const sum = (isMeant: (one: ObjectClassCounts) => boolean) => sumCounts(counts.filter(isMeant));
  return { seconds, objects: sum((one) => !isLinkClass(one)), links: sum(isLinkClass) };
}

/** Changes come in portions until there was one of each of these kinds; in a tiny tenant some cannot be. */
const firstChanges = 500;
const moreChanges = 100;
const mostPortions = 20;
const wantedKinds = [
  ...['userHired', 'userRenamed', 'userMoved', 'phoneRemoved', 'userDisabled', 'guestInvited'],
  ...['userDeleted', 'userRestored', 'userPurged', 'groupCreated', 'groupRenamed', 'groupDeleted'],
  ...['groupRestored', 'groupPurged', 'memberAdded', 'memberRemoved', 'ownerAdded', 'ownerRemoved'],
  ...['groupNested', 'groupUnnested', 'ruleChanged', 'roleMemberAdded', 'roleMemberRemoved'],
  ...['applicationCreated', 'servicePrincipalSwitched'],
];

/** Makes changes in the tenant and counts them by kind. */
async function changeTenant(tenant: TenantAccess): Promise<ReadonlyMap<string, number>> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(tenant.ca, 'utf8') } });
  const done = new Map<string, number>();
  try {
    for (let portion = 0; portion < mostPortions; portion++) {
      const { body } = await request(`${tenant.control}/churn`, {
        dispatcher,
        method: 'POST',
        headers: { Authorization: `Bearer ${tenant.controlKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ changes: portion === 0 ? firstChanges : moreChanges }),
      });
      const counts = (await body.json()) as Record<string, number>;
      for (const [kind, number] of Object.entries(counts)) done.set(kind, (done.get(kind) ?? 0) + number);
      if (wantedKinds.every((kind) => done.has(kind))) break;
    }
    return done;
  } finally {
    await dispatcher.close();
  }
}

/** How many kinds of changes are named. */
const namedKinds = 8;

function describeChanges(done: ReadonlyMap<string, number>): string {
  const kinds = [...done].filter(([kind]) => kind !== 'changes').sort(([, one], [, other]) => other - one);
  const words = kinds.map(
    ([kind, number]) =>
      `${group(number)} × ${kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`,
  );
  const others = words.length - namedKinds;
  const rest = others > 0 ? ` and ${others} other kinds` : '';
  return `${group(done.get('changes') ?? 0)} changes in the tenant: ${words.slice(0, namedKinds).join(', ')}${rest}.`;
}
