// A connection check as the API answers it: all steps in one report, within a time that a person waits for.
import { type CheckResult, checkConnection } from '../connectors/entra/connection-check.ts';
import type { EntraConnection } from '../connectors/entra/entra-connection.ts';
import { Fault } from '../errors.ts';
import type { Check, CheckReport } from '../http/schemas/checks.ts';
import type { EntityType } from '../model/entity-type.ts';

/** Whoever looks at a report waits for it. */
const longestMs = 30_000;

/** Tries a connection out. A wrong connection is a report that failed; only what is a defect of ours is thrown. */
export async function runChecks(
  entra: EntraConnection,
  entityTypes: readonly EntityType[],
  signal: AbortSignal,
): Promise<CheckReport> {
  const timeout = AbortSignal.timeout(longestMs);
  const checks: Check[] = [];
  let granted: readonly string[] | undefined;
  try {
    for await (const result of checkConnection(entra, entityTypes, AbortSignal.any([signal, timeout]))) {
      checks.push(checkOf(result));
      granted ??= result.granted;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) checks.push(outOfTime(checks.at(-1)));
    else if (error instanceof Fault) checks.push(unusable(error));
    else throw error;
  }
  const hasSignedIn = checks.some(({ step, outcome }) => step === 'secret' && outcome === 'passed');
  const judged = hasSignedIn ? checks.map(withoutNeed) : checks;
  return {
    checks: judged,
    isSuccessful: judged.every(({ outcome }) => outcome !== 'failed'),
    ...(granted && { grantedPermissions: [...granted] }),
  };
}

/** A credential that is refused while another one works stops nobody yet. */
function withoutNeed(check: Check): Check {
  return check.step === 'secret' && check.outcome === 'failed' ? { ...check, outcome: 'warning' } : check;
}

const outcomes = { ok: 'passed', failed: 'failed', skipped: 'skipped' } as const;

function checkOf({ step, name, outcome, detail, remedy }: CheckResult): Check {
  return {
    step,
    title: name,
    outcome: outcomes[outcome],
    message: sentenceOf(inConsoleWords(detail)),
    remedy: remedy === undefined ? null : sentenceOf(inConsoleWords(remedy)),
  };
}

function outOfTime(last: Check | undefined): Check {
  return {
    step: 'time',
    title: 'Time',
    outcome: 'failed',
    message: `There was no answer within ${longestMs / 1000} seconds${last === undefined ? '' : `, after "${last.title}"`}.`,
    remedy: 'Check the network and its firewalls, and try again.',
  };
}

/** A certificate or an address that cannot be used at all, so that nothing was asked. */
function unusable({ message }: Fault): Check {
  return { step: 'settings', title: 'Settings', outcome: 'failed', message, remedy: null };
}

/** The report of a test that could not even begin. */
export function failedReport(step: string, title: string, message: string): CheckReport {
  return { checks: [{ step, title, outcome: 'failed', message, remedy: null }], isSuccessful: false };
}

/** What the settings file calls its settings, by the names of the fields in the console. */
const fields: readonly (readonly [RegExp, string])[] = [
  [/\bMicrosoftAuthorityPath, MicrosoftGraphPathApi or Cloud\b/g, 'Azure Cloud or the addresses'],
  [/\bMicrosoftGraphPath and MicrosoftGraphPathApi\b/g, 'both addresses'],
  [/\bMicrosoftAuthorityPath\b/g, 'the address of the sign-in'],
  [/\bMicrosoftGraphPathApi\b/g, 'the address of Microsoft Graph'],
  [/\bMicrosoftGraphPath\b/g, 'the address of Microsoft Graph'],
  [/\bTrustedCertificatesFile\b/g, 'Trusted certificate'],
  [/\bTenantId\b/g, 'Tenant'],
  [/\bCloud\b(?= is the cloud)/g, 'Azure Cloud'],
  [/\bset Cloud to (\w+)/g, 'choose the Azure Cloud $1'],
  [/\bset Cloud\b/g, 'choose the Azure Cloud'],
  [/\bclient id\b/g, 'Application (client) ID'],
];

function inConsoleWords(text: string): string {
  return fields.reduce((worded, [name, field]) => worded.replace(name, field), text);
}

function sentenceOf(text: string): string {
  // Names of hosts and paths stay as they are.
  const begun = /^[a-z]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
