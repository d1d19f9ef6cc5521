// `syncline serve`: the HTTP API, until it is stopped. Open requests are answered before it ends.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { readServingSettings, type ServingFlags } from '../http/serving-settings.ts';
import { openDatabase } from '../store/database.ts';
import { describeServing, startServing } from './serving.ts';
import { waitForStop } from './stop-signal.ts';

type ServeOptions = ServingFlags & Readonly<{ settings?: string; data?: string; json?: true }>;

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Serve the HTTP API, with its OAuth sign-in, documentation, health and metrics.')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on, 0 for any that is free (default: 5080)')
    .option('--public-url <url>', 'address at which clients reach it (default: from host and port)')
    .option('--tls-certificate <file>', 'PEM file with the certificate and those that it needs')
    .option('--tls-key <file>', 'PEM file with the private key')
    .option('--behind-proxy', 'a proxy stands before it, which does TLS and writes X-Forwarded-For')
    .option('--settings <file>', 'settings file, as with other commands; the server itself needs none')
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON when it is ready')
    .addHelpText(
      'after',
      '\nThe log goes to standard error, a line of JSON an event.\n\nExample:\n  syncline serve --port 5080 --public-url http://localhost:5080',
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const config = loadConfig(options);
  const settings = readServingSettings(config.environment, options);
  const stopped = waitForStop();
  const say = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  const database = await openDatabase(config, say, { mayJoin: true });
  try {
    const serving = await startServing(config, database, settings);
    const { publicUrl: url, port, setupUrl } = serving;
    if (options.json) process.stdout.write(`${JSON.stringify({ url, port, setupUrl })}\n`);
    else for (const line of [...describeServing(serving), 'Press Ctrl-C to stop.']) say(line);
    try {
      const lost = await Promise.race([stopped, database.lost]);
      if (lost instanceof Error) throw lost;
      say('Stopping: open requests are answered …');
    } finally {
      await serving.stop();
    }
  } finally {
    await database.close();
  }
  say('Stopped.');
}
