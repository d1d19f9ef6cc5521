/**
 * The one fault type. What a person can put right ends as a `Fault` with one sentence and the exit code of its kind;
 * anything else that is thrown is a defect.
 */

/**
 * Every fault code with the exit code of a command that ends with it: 2 = bad input, 1 = it could not be done, 3 = it waits for
 * a person to say yes.
 */
const exitCodes = {
  'invalid-setting': 2,
  'unknown-connection': 2,
  'mapping-refused': 2,
  'configuration-refused': 2,
  'removal-unconfirmed': 3,
  'unknown-mapping': 2,
  'mapping-busy': 1,
  'reconciliation-refused': 1,
  'reconciliation-blocked': 3,
  'reconciliation-not-blocked': 1,
  'reconciliation-unknown': 6,
  'entries-failed': 4,
  'values-missing': 4,
  'import-incomplete': 4,
  'connection-busy': 1,
  'connection-blocked': 3,
  'guard-exceeded': 3,
  'connection-not-blocked': 1,
  'connection-check-failed': 1,
  'sealing-key-unusable': 1,
  'credential-refused': 1,
  'permission-missing': 1,
  'source-unreachable': 1,
  'source-failed': 1,
  'store-differs': 1,
  'output-unusable': 1,
  cancelled: 1,
  'job-failed': 1,
  'job-warned': 4,
  'launch-refused': 5,
  'job-unknown': 6,
  'server-unreachable': 7,
  'job-cancelled': 8,
  'data-directory-in-use': 1,
  'data-directory-unusable': 1,
  'database-incompatible': 1,
  'database-unavailable': 1,
  'disk-full': 1,
  'migration-refused': 1,
} as const;

export type FaultCode = keyof typeof exitCodes;

/** A fault that names, in one sentence, what is wrong, where, and what to do. The message carries no secret. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  /** What the process exits with when this fault ends a command. */
  readonly exitCode: number;

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = exitCodes[code];
  }
}
