// `syncline user`: makes and lists people who may sign in, and gives them another password. For whoever has the machine, so that nobody
// is ever locked out.
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { hashPassword } from '../http/sign-in/password-hash.ts';
import { checkPassword } from '../http/sign-in/password-rules.ts';
import { userRoles } from '../model/user-role.ts';
import { recordAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { transact } from '../store/transaction.ts';
import { endSessionsOf } from '../store/user-sessions.ts';
import {
  changePassword,
  changeUser,
  createLocalUser,
  effectiveRole,
  findUserToSignIn,
  readUsers,
  type User,
} from '../store/users.ts';
import { commandActor } from './command-actor.ts';
import { type Conclusion, conclude } from './conclusion.ts';
import { withDatabase } from './open-connection.ts';
import { readPassword } from './password-input.ts';
import { tableLines } from './table.ts';

type CommonOptions = Readonly<{ data?: string; json?: true }>;
type CreateOptions = CommonOptions & Readonly<{ role: string; name?: string }>;

export function addUser(program: Command): void {
  const group = program
    .command('user')
    .description('Make and list people who may sign in to the console, and reset their passwords.')
    .option('--json', 'print one line of JSON at the end')
    .addHelpText('after', '\nExample:\n  syncline user create ada --role administrator');
  addCommon(group.command('create'))
    .description('Make somebody. The password is asked for, or read from standard input.')
    .argument('<sign-in-name>', 'what the person signs in with')
    .requiredOption('--role <role>', `what the person may do: ${userRoles.join(', ')}`)
    .option('--name <text>', 'name for people (default: the sign-in name)')
    .addHelpText(
      'after',
      '\nExample:\n  syncline user create ada@contoso.com --role administrator --name "Ada Lovelace"',
    )
    .action(create);
  addCommon(group.command('list'))
    .description('List the people, with their roles.')
    .addHelpText('after', '\nExample:\n  syncline user list')
    .action(list);
  addCommon(group.command('reset-password'))
    .description('Give somebody another password, end their sessions, and open the account if it was closed.')
    .argument('<sign-in-name>', 'what the person signs in with')
    .addHelpText('after', '\nExample:\n  syncline user reset-password ada < new-password.txt')
    .action(resetPassword);
}

function addCommon(command: Command): Command {
  return command
    .option('--data <directory>', "directory for Syncline's files (default: data)")
    .option('--json', 'print one line of JSON at the end');
}

async function create(signInName: string, _options: CreateOptions, command: Command): Promise<void> {
  const options: CreateOptions = command.optsWithGlobals();
  const role = userRoles.find((known) => known === options.role);
  if (role === undefined) {
    throw invalid(
      `--role is ${JSON.stringify(options.role)}, which is no role: choose from ${userRoles.join(', ')}.`,
    );
  }
  const name = readName('--name', options.name ?? signInName);
  readName('The sign-in name', signInName);
  const passwordHash = await askForPassword({ signInName, name });
  await inDatabase(options, async ({ sql }) => {
    const by = commandActor();
    const created = await transact(sql, async (transaction) => {
      const made = await createLocalUser(transaction, {
        ...{ signInName, name, role, passwordHash, at: new Date(), by },
      });
      const entry = { actor: by, action: 'user.create', subject: signInName, detail: { role } };
      await recordAudit(transaction, { ...entry, outcome: made ? 'done' : 'refused' });
      return made;
    });
    if (!created) {
      throw invalid(
        `Somebody signs in as ${signInName} already: take another name, or "syncline user reset-password ${signInName}".`,
      );
    }
    return {
      json: userJson(created),
      lines: [`${name} can sign in as ${signInName} now, as an ${role}.`],
    };
  });
}

async function list(_options: CommonOptions, command: Command): Promise<void> {
  await inDatabase(command.optsWithGlobals(), async ({ sql }) => {
    const { users } = await readUsers(sql, {
      ...{ orderBy: 'signInName', isDescending: false, offset: 0, limit: 10_000 },
    });
    const rows = users.map((user) => [
      user.signInName,
      user.name,
      effectiveRole(user) ?? 'none',
      user.isDisabled ? 'closed' : (user.provider?.name ?? 'password'),
      user.lastSignInAt?.toISOString() ?? 'never',
    ]);
    return {
      json: { users: users.map(userJson) },
      lines:
        rows.length === 0
          ? ['There is nobody yet: "syncline user create NAME --role administrator" makes somebody.']
          : tableLines(['signs in as', 'name', 'role', 'by', 'last time'], rows),
    };
  });
}

async function resetPassword(signInName: string, _options: CommonOptions, command: Command): Promise<void> {
  await inDatabase(command.optsWithGlobals(), async ({ sql }) => {
    const user = await findUserToSignIn(sql, signInName);
    if (!user) {
      throw invalid(`Nobody signs in as ${JSON.stringify(signInName)}: "syncline user list" shows who does.`);
    }
    if (user.provider) {
      throw invalid(
        `${signInName} signs in with ${user.provider.name}, which keeps the password: change it there, or make a local account with "syncline user create".`,
      );
    }
    const passwordHash = await askForPassword(user);
    const endedSessions = await transact(sql, (transaction) => reset(transaction, user, passwordHash));
    return {
      json: { ...userJson({ ...user, isDisabled: false }), endedSessions },
      lines: [`${user.signInName} has another password, and signs in anew everywhere.`],
    };
  });
}

async function reset(
  transaction: Parameters<typeof changeUser>[0],
  user: User,
  passwordHash: string,
): Promise<number> {
  const { userId, signInName, version, name, role, isDisabled } = user;
  const [at, by] = [new Date(), commandActor()];
  await changePassword(transaction, { userId, passwordHash, at });
  if (isDisabled) await changeUser(transaction, { userId, version, name, role, isDisabled: false, at, by });
  const endedSessions = await endSessionsOf(transaction, userId);
  await recordAudit(transaction, {
    ...{ actor: by, action: 'user.reset-password', subject: signInName, outcome: 'done' },
    detail: { endedSessions, wasDisabled: isDisabled },
  });
  return endedSessions;
}

async function askForPassword(owner: Readonly<{ signInName: string; name: string }>): Promise<string> {
  const password = await readPassword(process.stdin, process.stderr);
  const objection = checkPassword(password, owner);
  if (objection !== undefined) throw invalid(`The password ${objection}.`);
  return await hashPassword(password);
}

/** One line that can be seen. */
function readName(setting: string, text: string): string {
  const isGood = text.trim() !== '' && text.length <= 200 && !/[\p{Cc}\p{Cf}]/u.test(text);
  if (isGood) return text.trim();
  throw invalid(
    `${setting} is ${JSON.stringify(text)}, which is no name: write 1 to 200 characters on one line.`,
  );
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

function userJson(user: User): object {
  const { signInName, name, provider, isDisabled, createdAt, lastSignInAt } = user;
  const role = effectiveRole(user);
  return { signInName, name, role, provider: provider?.name ?? null, isDisabled, createdAt, lastSignInAt };
}

function invalid(message: string): Fault {
  return new Fault('invalid-setting', message);
}
