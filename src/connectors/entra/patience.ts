/** How long a source may fail before that is the answer, and in which words. */
import { Fault } from '../../errors.ts';
import { ForbiddenAddress } from './addresses.ts';
import type { Clock } from './clock.ts';
import type { Received } from './graph-answer.ts';
import { AnswerTooLarge } from './http-transport.ts';
import { judge, type Outcome, type Verdict } from './retry.ts';

/** What follows from an attempt: a request is over, or it failed and may be made again. */
export type Sequel = Readonly<{ kind: 'over' }> | Failure;

export type Failure = Exclude<Verdict, { kind: 'refused' }> & Readonly<{ cause: string }>;

/**
 * Judges the attempts of one request, one after the other; `sentAtMs` is when the attempt had left. Throws a `Fault` when
 * failure has gone on too long.
 */
export type Patience = (received: Received, sentAtMs: number) => Sequel;

export type PatienceOptions = Readonly<{
  clock: Clock;
  /** Failure for so long ends a request: attempts and pauses of our own, not the waits that the source asked for. */
  patienceMs: number;
  /** From 0 to 1, for jitter. */
  chance: () => number;
  /** Whom the fault names. */
  host: string;
}>;

export function startPatience({ clock, patienceMs, chance, host }: PatienceOptions): Patience {
  let failures = 0;
  let failedForMs = 0;
  return (received, sentAtMs) => {
    if (received.kind === 'document') return { kind: 'over' };
    if (received.kind === 'no-answer') throwIfHopeless(host, received.error);
    const nowMs = clock.now();
    const verdict = judge(received, failures, nowMs, chance());
    if (verdict.kind === 'refused') return { kind: 'over' };
    failures += 1;
    failedForMs += nowMs - sentAtMs;
    if (verdict.kind === 'failed') {
      if (failedForMs >= patienceMs) throw exhausted(host, received, patienceMs);
      if (!verdict.isAskedFor) failedForMs += verdict.afterMs;
    }
    return { ...verdict, cause: describe(received) };
  };
}

/** An outcome in a few words, for people. */
function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'no-answer':
      return nameOf(outcome.error);
    case 'damaged':
      return outcome.what;
    case 'status':
      return outcome.code === '' ? `${outcome.status}` : `${outcome.status} ${outcome.code}`;
  }
}

function exhausted(host: string, outcome: Outcome, patienceMs: number): Fault {
  if (outcome.kind === 'no-answer') return unreachable(host, outcome.error);
  return new Fault(
    'source-failed',
    `${host} has failed for ${Math.round(patienceMs / 1000)} seconds, the last time with ${describe(outcome)}: try again later.`,
  );
}

function unreachable(host: string, error: unknown): Fault {
  const remedy =
    error instanceof ForbiddenAddress
      ? 'it is link-local or a metadata service, correct the address or the name service'
      : isCertificateProblem(error)
        ? 'its certificate is not trusted, add the certificate of its issuer to the trusted certificates'
        : 'check the address, the network and the proxy';
  return new Fault('source-unreachable', `${host} cannot be reached (${nameOf(error)}): ${remedy}.`, {
    cause: error,
  });
}

/** Throws a `Fault` for what no time will mend. */
function throwIfHopeless(host: string, error: unknown): void {
  if (error instanceof ForbiddenAddress || isCertificateProblem(error)) throw unreachable(host, error);
  if (error instanceof AnswerTooLarge)
    throw new Fault('source-failed', `${host} has sent ${error.message}: check the address.`);
}

/** Codes of OpenSSL's verification as Node.js names them, and the host name that is not in the certificate. */
function isCertificateProblem(error: unknown): boolean {
  return /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(nameOf(error));
}

/** The code of a network error; undici's own codes say less than its messages. */
function nameOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === 'string' && !code.startsWith('UND_ERR') ? code : String(message ?? error);
}
