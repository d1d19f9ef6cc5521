/** The refusal of a new password that breaks the rules, at the field that it stands in. */
import { Refusal } from '../problem.ts';
import { checkPassword } from './password-rules.ts';

/** Throws a `Refusal` that names the field. */
export function requireGoodPassword(
  password: string,
  owner: Readonly<{ signInName: string; name: string }>,
  field: string,
): void {
  const objection = checkPassword(password, owner);
  if (objection === undefined) return;
  throw new Refusal('request-invalid', `The password ${objection}.`, { field });
}
