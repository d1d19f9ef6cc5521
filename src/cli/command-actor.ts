// Who is at the command line, for runs and for the audit.
import { hostname, userInfo } from 'node:os';

/** Such as `command line (ada@build-7)`. */
export function commandActor(): string {
  return `command line (${accountName()}@${hostname()})`;
}

/** An account may have a number and no name, as in many containers. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
