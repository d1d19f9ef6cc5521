// `syncline verify`: proves that the database holds what the tenant holds, or says what differs.
import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { count, group } from '../model/number-words.ts';
import { type VerificationResult, verify } from '../sync/verify.ts';
import { conclude } from './conclusion.ts';
import { addConnectionOptions, type ConnectionOptions, withConnection } from './open-connection.ts';
import { showWhile } from './progress-view.ts';
import { isLinkClass, secondsSince, secondsText } from './run-summary.ts';
import { abortOnStop, stoppingLine } from './stop-signal.ts';
import { tableLines } from './table.ts';

export function addVerify(program: Command): void {
  addConnectionOptions(program.command('verify'))
    .description('Read the whole tenant again and compare it with the database, without changing anything.')
    .addHelpText('after', '\nExample:\n  syncline verify MicrosoftEntraIDExport')
    .action(verifyConnection);
}

async function verifyConnection(name: string, options: ConnectionOptions): Promise<void> {
  const config = loadConfig(options);
  await conclude(options, config, async (view) => {
    const stopping = { say: view.say, signal: abortOnStop(() => view.say(stoppingLine)) };
    return await withConnection(config, name, stopping, async ({ target, signal }) => {
      const startedAtMs = performance.now();
      const result = await showWhile(view, target, signal, (report) => verify(target, { signal, report }));
      const seconds = secondsSince(startedAtMs);
      const { runId, classes, differences, isEqual } = result;
      const fault = isEqual ? {} : { fault: differs(target.name, result) };
      return {
        json: { connection: target.name, runId, seconds, isEqual, objectClasses: classes, differences },
        lines: verificationLines(target.name, seconds, result),
        ...fault,
      };
    });
  });
}

/** How many differences are listed for people. */
const listed = 50;

/** What was compared, and what differs. */
export function verificationLines(name: string, seconds: number, result: VerificationResult): string[] {
  const { classes, differences, isEqual } = result;
  const compared = (isLink: boolean) =>
    classes.filter((one) => isLinkClass(one) === isLink).reduce((sum, one) => sum + one.compared, 0);
  const what = `${count(compared(false), 'object')} and ${count(compared(true), 'link')}`;
  const all = countDifferences(result);
  const pending = differences.filter(({ isPending }) => isPending).length;
  const shown = differences.slice(0, listed);
  return [
    `${name} was compared with the tenant in ${secondsText(seconds)}: ${what}.`,
    ...tableLines(
      ['', 'compared', 'missing', 'different', 'superfluous'],
      classes.map((one) => [one.objectClass, one.compared, one.missing, one.changed, one.superfluous]),
    ),
    ...(shown.length === 0
      ? []
      : ['', all > listed ? `The first ${listed} differences:` : 'The differences:']),
    ...shown.map((one) => `  ${describeDifference(one)}`),
    ...(isEqual ? ['', pending === 0 ? 'No difference.' : `No difference but ${pendingText(pending)}.`] : []),
  ];
}

function describeDifference(difference: VerificationResult['differences'][number]): string {
  const { objectClass, kind, key, targetKey, attributes, isPending } = difference;
  const link = targetKey === undefined ? '' : ` → ${targetKey}`;
  const which = attributes === undefined ? '' : ` (${attributes.join(', ')})`;
  const why = isPending ? ', changed in the tenant since the last sync' : '';
  return `${objectClass} ${key}${link}: ${kindWords[kind]}${which}${why}`;
}

const kindWords = {
  missing: 'in the tenant, not in the database',
  changed: 'different in the database',
  superfluous: 'in the database, not in the tenant',
} as const;

function countDifferences({ classes }: VerificationResult): number {
  return classes.reduce((sum, { missing, changed, superfluous }) => sum + missing + changed + superfluous, 0);
}

function pendingText(pending: number): string {
  return pending === 1
    ? 'one that the tenant has made since the last sync, which the next one brings'
    : `${group(pending)} that the tenant has made since the last sync, which the next one brings`;
}

function differs(name: string, result: VerificationResult): Fault {
  const pending = result.differences.filter(({ isPending }) => isPending).length;
  const unexplained = countDifferences(result) - pending;
  return new Fault(
    'store-differs',
    `${name}: ${count(unexplained, 'difference')} between the database and the tenant that no change since the last sync explains: bring it in order with "syncline sync ${name} --full", and report this as a defect.`,
  );
}
