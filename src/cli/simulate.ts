// `syncline simulate`: a simulated Entra tenant that runs until it is stopped.
import { type Command, Option } from 'commander';
import { loadScenario } from '../../simulator/faults/scenario.ts';
import { type QuotaSize, quotaSizes } from '../../simulator/limits/quota.ts';
import { group } from '../model/number-words.ts';
import { factLines } from './facts.ts';
import { wholeNumber } from './number-option.ts';
import { startSimulatorThread, type TenantAccess } from './simulator-thread.ts';
import { waitForStop } from './stop-signal.ts';

interface SimulateOptions {
  readonly port: number;
  readonly proxy?: number;
  readonly users: number;
  readonly groups?: number;
  readonly memberships?: number;
  readonly largestGroup?: number;
  readonly seed: number;
  readonly churn: number;
  readonly limits: QuotaSize;
  readonly latency: number;
  readonly scenario?: string;
  readonly http?: true;
  readonly json?: true;
}

const largestTenant = 2_000_000;
const port = wholeNumber(0, 65_535);

export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('Run a simulated Entra tenant that any Microsoft Graph client can talk to.')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes any free one', port, 8443)
    .option(
      '--proxy <port>',
      "also run a proxy for tools with Microsoft's hosts built in; 0 takes any free port",
      port,
    )
    .option(
      '--users <number>',
      'generated users, with everything else in proportion',
      wholeNumber(0, largestTenant),
      1000,
    )
    .option(
      '--groups <number>',
      'generated groups (default: a tenth of the users)',
      wholeNumber(0, largestTenant),
    )
    .option('--memberships <number>', 'memberships in groups (default: 5 a user)', wholeNumber(0, 20_000_000))
    .option(
      '--largest-group <members>',
      'one group with exactly so many members',
      wholeNumber(1, largestTenant),
    )
    .option('--seed <number>', 'the same seed gives the same tenant', wholeNumber(0, 2 ** 31), 1)
    .option('--churn <changes>', 'changes a minute that happen by themselves', wholeNumber(0, 600_000), 0)
    .addOption(
      new Option('--limits <tenant>', "Graph's quota for a tenant of this size")
        .choices(quotaSizes)
        .default('off'),
    )
    .option('--latency <milliseconds>', 'added to every answer', wholeNumber(0, 60_000), 0)
    .option('--scenario <file>', 'faults to begin with: a scenario file, or the name of a ready one')
    .option('--http', 'plain HTTP instead of HTTPS; client libraries do not send tokens there')
    .option('--json', 'print one line of JSON with everything a client needs')
    .addHelpText('after', '\nExample:\n  syncline simulate --users 10000 --churn 60 --limits large')
    .action(simulate);
}

async function simulate(options: SimulateOptions): Promise<void> {
  const scenario = options.scenario === undefined ? undefined : loadScenario(options.scenario);
  const startedMs = performance.now();
  if (!options.json && options.users >= 20_000) {
    process.stdout.write(`Generating a tenant of ${group(options.users)} users …\n`);
  }
  const simulator = await startSimulatorThread({
    port: options.port,
    users: options.users,
    seed: options.seed,
    churnPerMinute: options.churn,
    limits: options.limits,
    latencyMs: options.latency,
    scheme: options.http ? 'http' : 'https',
    ...(options.proxy === undefined ? {} : { proxyPort: options.proxy }),
    ...(options.groups === undefined ? {} : { groups: options.groups }),
    ...(options.memberships === undefined ? {} : { memberships: options.memberships }),
    ...(options.largestGroup === undefined ? {} : { largestGroup: options.largestGroup }),
    ...(scenario ? { scenario } : {}),
  });
  const stopped = waitForStop();
  if (options.json) {
    process.stdout.write(`${jsonLine(simulator.access)}\n`);
  } else {
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const lines = [...describeTenant(simulator.access), `Ready after ${seconds} s. Press Ctrl-C to stop it.`];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  const lost = await Promise.race([stopped, simulator.lost]);
  await simulator.stop();
  if (lost instanceof Error) throw lost;
  if (!options.json) process.stdout.write('The simulated tenant has stopped.\n');
}

/** Everything that a client needs, in one line. */
function jsonLine({ liveUsers: _, ...access }: TenantAccess): string {
  return JSON.stringify(access);
}

/** What a person needs to point a client at the tenant. */
export function describeTenant(tenant: TenantAccess): string[] {
  return [
    `A simulated tenant with ${group(tenant.liveUsers)} users`,
    ...factLines([
      ['Graph', tenant.graph],
      ['Authority', tenant.authority],
      ['Client id', tenant.clientId],
      ['Client secret', tenant.clientSecret],
      ['CA certificate', tenant.ca],
      ['Proxy', tenant.proxy],
      ['Control', tenant.control],
      ['Control key', tenant.controlKey],
    ]),
  ];
}
