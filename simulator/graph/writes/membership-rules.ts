// Membership rules in a write: they must be readable before they are stored.
import { parseMembershipRule } from '../../tenant/membership-rule.ts';
import { refusedRequest } from '../graph-error.ts';

/** Throws for a rule that cannot be read, with the parser's reason. */
export function checkRule(text: string): void {
  const parsed = parseMembershipRule(text);
  if (parsed.ok) return;
  const message = `Dynamic membership rule validation error: ${parsed.message}`;
  throw refusedRequest(message, [{ code: 'InvalidValue', message, target: 'membershipRule' }]);
}
