/** What keeps roles in order: nobody gives away more than they have, and somebody who may do everything is always left. */
import type { TransactionSql } from 'postgres';
import type { UserRole } from '../../model/user-role.ts';
import { hasAdministrator, lockAdministrators } from '../../store/users.ts';
import { isGranted, roles } from '../permissions.ts';
import { Refusal } from '../problem.ts';
import { actorOf, type Caller } from '../request.ts';

/** Nobody gives a role, or gets at an account, that may do what they may not. Throws a `Refusal`. */
export function requireMayGrant(caller: Caller, role: UserRole | null): void {
  const beyond = role === null ? undefined : roles[role].find((path) => !isGranted(caller.permissions, path));
  if (beyond === undefined) return;
  throw new Refusal(
    'permission-missing',
    `${actorOf(caller)} cannot decide on the role ${role}, which has ${beyond}: only who has it can.`,
  );
}

/** Does some work in a transaction. Throws a `Refusal` where nobody is left by it who may do everything. */
export async function keepAdministrator<T>(transaction: TransactionSql, work: () => Promise<T>): Promise<T> {
  await lockAdministrators(transaction);
  const wasThere = await hasAdministrator(transaction);
  const result = await work();
  if (!wasThere || (await hasAdministrator(transaction))) return result;
  throw new Refusal(
    'last-administrator',
    'This is the last administrator who can sign in: make somebody else an administrator first.',
  );
}
