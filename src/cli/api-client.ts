// `syncline api-client`: makes, lists and revokes the clients of the HTTP API. A secret is shown once, when it is made.
import type { Command } from 'commander';
import { z } from 'zod';
import { type Config, loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { hashSecret, makeSecret } from '../http/oauth/client-credentials.ts';
import { isPermissionPath, type Role, roleNames, roles } from '../http/permissions.ts';
import { clientIdentifierPattern } from '../model/api-client.ts';
import {
  type ApiClient,
  createApiClient,
  findApiClient,
  readApiClients,
  revokeApiClient,
} from '../store/api-clients.ts';
import { recordAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { transact } from '../store/transaction.ts';
import { commandActor } from './command-actor.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { factLines } from './facts.ts';
import { withDatabase } from './open-connection.ts';
import { tableLines } from './table.ts';

type CommonOptions = Readonly<{ data?: string; json?: true }>;
type CreateOptions = CommonOptions &
  Readonly<{ role?: string; permission?: string[]; expires?: string; displayName?: string }>;

export function addApiClient(program: Command): void {
  const group = program
    .command('api-client')
    .description('Make, list and revoke clients of the HTTP API.')
    .option('--json', 'print one line of JSON at the end')
    .addHelpText('after', '\nExample:\n  syncline api-client create nightly-report --role auditor');
  addCommon(group.command('create'))
    .description('Make a client. Its secret is shown once.')
    .argument('<name>', 'client id')
    .option('--role <role>', `what it may do: ${roleNames.join(', ')}`)
    .option('--permission <path>', 'what it may do, path by path; may stand several times', collect)
    .option('--expires <date>', 'when it ends, such as 2027-12-31 or 2027-12-31T18:00:00Z')
    .option('--display-name <text>', 'its name for people (default: the client id)')
    .addHelpText(
      'after',
      '\nExample:\n  syncline api-client create Job --permission /Jobs --expires 2027-12-31',
    )
    .action(create);
  addCommon(group.command('list'))
    .description('List the clients that are not revoked.')
    .addHelpText('after', '\nExample:\n  syncline api-client list --json')
    .action(list);
  addCommon(group.command('revoke'))
    .description('Revoke a client, with the tokens that it has.')
    .argument('<name>', 'client id')
    .addHelpText('after', '\nExample:\n  syncline api-client revoke nightly-report')
    .action(revoke);
}

function addCommon(command: Command): Command {
  return command
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end');
}

function collect(value: string, others: readonly string[] = []): string[] {
  return [...others, value];
}

async function create(name: string, _options: CreateOptions, command: Command): Promise<void> {
  const options: CreateOptions = command.optsWithGlobals();
  const permissions = readPermissions(options);
  const expiresAt = readExpiry(options.expires, new Date());
  if (!clientIdentifierPattern.test(name)) {
    throw invalid(
      `The name ${JSON.stringify(name)} is no client id: use up to 100 letters, digits, dots, hyphens and underscores.`,
    );
  }
  await inDatabase(options, async ({ sql }) => {
    const secret = makeSecret();
    const client = {
      identifier: name,
      displayName: options.displayName ?? name,
      hashedSecret: hashSecret(secret),
      profile: options.role ?? null,
      permissions,
      expiresAt,
    };
    const created = await transact(sql, async (transaction) => {
      const made = await createApiClient(transaction, client, {
        origin: 'command',
        createdBy: commandActor(),
      });
      const detail = { permissions, role: client.profile, expiresAt: expiresAt?.toISOString() ?? null };
      const entry = { actor: commandActor(), action: 'api-client.create', subject: name, detail };
      await recordAudit(transaction, { ...entry, outcome: made ? 'done' : 'refused' });
      return made;
    });
    if (!created) {
      throw invalid(
        `There is an API client ${name} already: revoke it first with "syncline api-client revoke ${name}", or take another name.`,
      );
    }
    return {
      json: { ...clientJson(created), secret },
      lines: [
        `The API client ${name} is made. Its secret is shown only now:`,
        ...factLines([
          ['client_id', name],
          ['client_secret', secret],
          ['May', permissions.join(', ')],
          ['Ends', expiresAt?.toISOString() ?? 'never'],
        ]),
      ],
    };
  });
}

async function list(_options: CommonOptions, command: Command): Promise<void> {
  await inDatabase(command.optsWithGlobals(), async ({ sql }) => {
    const clients = await readApiClients(sql);
    const header = ['client', 'from', 'may', 'ends', 'last token'];
    const rows = clients.map(({ identifier, origin, profile, permissions, expiresAt, lastUsedAt }) => [
      identifier,
      origin,
      profile ?? permissions.join(', '),
      expiresAt?.toISOString() ?? 'never',
      lastUsedAt?.toISOString() ?? 'never',
    ]);
    return {
      json: { clients: clients.map(clientJson) },
      lines:
        rows.length === 0
          ? ['There is no API client: make one with "syncline api-client create NAME --role operator".']
          : tableLines(header, rows),
    };
  });
}

async function revoke(name: string, _options: CommonOptions, command: Command): Promise<void> {
  await inDatabase(command.optsWithGlobals(), async ({ sql }) => {
    const known = await findApiClient(sql, name);
    const revoked = await transact(sql, async (transaction) => {
      const gone = await revokeApiClient(transaction, name, commandActor());
      const entry = { actor: commandActor(), action: 'api-client.revoke', subject: name };
      await recordAudit(transaction, { ...entry, outcome: gone ? 'done' : 'refused' });
      return gone;
    });
    if (!revoked) {
      throw invalid(
        `There is no API client ${JSON.stringify(name)}: "syncline api-client list" shows those that there are.`,
      );
    }
    const again =
      known?.origin === 'configuration'
        ? ' The configuration names it: the next deployment makes it anew.'
        : '';
    return {
      json: clientJson(revoked),
      lines: [`The API client ${revoked.identifier} is revoked, and its tokens count no more.${again}`],
    };
  });
}

async function inDatabase(
  options: CommonOptions,
  work: (database: Database) => Promise<Conclusion>,
): Promise<void> {
  const config: Config = loadConfig(options);
  await conclude(options, config, (view) =>
    withDatabase(config, { say: view.say, signal: new AbortController().signal }, work),
  );
}

function readPermissions({ role, permission }: CreateOptions): readonly string[] {
  if ((role === undefined) === (permission === undefined)) {
    throw invalid('Give either --role or --permission: what is the client to be allowed?');
  }
  if (role !== undefined) {
    if (isRole(role)) return roles[role];
    throw invalid(
      `--role is ${JSON.stringify(role)}, which is no role: choose from ${roleNames.join(', ')}.`,
    );
  }
  const wrong = permission?.find((path) => !isPermissionPath(path));
  if (wrong !== undefined) {
    throw invalid(
      `--permission is ${JSON.stringify(wrong)}, which is no path: write one such as /Jobs/RunJob/Launch.`,
    );
  }
  return permission ?? [];
}

function isRole(text: string): text is Role {
  return (roleNames as readonly string[]).includes(text);
}

/** A day without a time ends with it, in UTC. */
function readExpiry(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const isDay = z.iso.date().safeParse(text).success;
  const at = new Date(isDay ? `${text}T23:59:59.999Z` : text);
  if (!isDay && !z.iso.datetime({ offset: true }).safeParse(text).success) {
    throw invalid(
      `--expires is ${JSON.stringify(text)}, which is no date: write 2027-12-31 or 2027-12-31T18:00:00Z.`,
    );
  }
  if (at <= now) throw invalid(`--expires is ${text}, which is over: give a date to come.`);
  return at;
}

function clientJson({
  identifier,
  origin,
  profile,
  permissions,
  createdAt,
  expiresAt,
  lastUsedAt,
}: ApiClient): object {
  return { identifier, origin, profile, permissions, createdAt, expiresAt, lastUsedAt };
}

function invalid(message: string): Fault {
  return new Fault('invalid-setting', message);
}
