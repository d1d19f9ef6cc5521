// `syncline test-connection`: tries a connection out step by step, and says at each failure how to mend it.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { type CheckResult, checkConnection } from '../connectors/entra/connection-check.ts';
import { checkEntityTypes } from '../connectors/entra/entity-types.ts';
import { Fault } from '../errors.ts';
import { countFailures, printCheck } from './check-lines.ts';
import { findAnyConnection } from './open-connection.ts';
import { waitForStop } from './stop-signal.ts';

interface TestConnectionOptions {
  readonly settings?: string;
  readonly data?: string;
  readonly json?: true;
}

export function addTestConnection(program: Command): void {
  program
    .command('test-connection')
    .description('Try a connection out: names, TLS, tenant, credentials, permissions, Microsoft Graph.')
    .argument(
      '<connection>',
      'name of a connection in the settings file or of a tenant of the console, or "simulated"',
    )
    .option('--settings <file>', 'settings file (default: appsettings.agent.json)')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON')
    .addHelpText('after', '\nExample:\n  syncline test-connection MicrosoftEntraIDExport')
    .action(testConnection);
}

async function testConnection(name: string, options: TestConnectionOptions): Promise<void> {
  const connection = await findAnyConnection(loadConfig(options), name);
  const mistakes = checkEntityTypes(connection.entityTypes);
  if (mistakes.length > 0) throw new Fault('mapping-refused', `${connection.name}: ${mistakes.join('\n')}`);

  const stopping = new AbortController();
  waitForStop().then(() =>
    stopping.abort(new Fault('cancelled', 'Stopped before all steps of the connection were tried.')),
  );
  const results: CheckResult[] = [];
  const steps = checkConnection(connection.entra, connection.entityTypes, stopping.signal, {
    onWait: ({ reason, seconds }) =>
      process.stderr.write(`waiting ${Math.ceil(seconds)} s, as ${reason} asks for it\n`),
  });
  try {
    for await (const result of steps) {
      results.push(result);
      if (!options.json) printCheck(result);
    }
  } catch (error) {
    // Whatever the signal has cut short ends in its own way.
    stopping.signal.throwIfAborted();
    throw error;
  }
  const failures = results.filter(({ outcome }) => outcome === 'failed').length;
  const { entra } = connection;
  if (options.json) {
    const { tenantId, clientId } = entra;
    const report = { connection: connection.name, tenantId, clientId, ok: failures === 0, steps: results };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  if (failures > 0) {
    throw new Fault(
      'connection-check-failed',
      `The connection ${connection.name} does not work as it should: ${countFailures(failures, results.length)}.`,
    );
  }
  if (!options.json) process.stdout.write(`The connection ${connection.name} works.\n`);
}
