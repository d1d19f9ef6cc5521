// What was checked, for people: a line for each check, and below it what to do where it failed.
import { styleText } from 'node:util';

/** One thing that was checked. */
export type Check = Readonly<{
  name: string;
  outcome: 'ok' | 'failed' | 'skipped';
  detail: string;
  remedy?: string;
}>;

/** Prints a check; in colour on a terminal that has colours. */
export function printCheck(check: Check): void {
  for (const line of checkLines(check)) process.stdout.write(`${line}\n`);
}

function checkLines({ name, outcome, detail, remedy }: Check): string[] {
  const { sign, style } = looks[outcome];
  // Only the sign is coloured, so that the text can be read on any background.
  const first = `${styleText(style, sign)} ${name}: ${outcome === 'skipped' ? 'not tried, ' : ''}${detail}`;
  return remedy === undefined ? [first] : [first, `    ${remedy}`];
}

const looks = {
  ok: { sign: '✓', style: 'green' },
  failed: { sign: '✗', style: 'red' },
  skipped: { sign: '-', style: 'gray' },
} as const;

/** The sentence for checks that failed: how many, and of what. */
export function countFailures(failures: number, whole: number): string {
  return `${failures} of ${whole} checks failed`;
}
