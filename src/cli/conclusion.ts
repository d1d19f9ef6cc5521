// How a command that works on something ends: with lines for people, or with one line of JSON for programs.
import type { Config } from '../config.ts';
import { Fault } from '../errors.ts';
import { openView, type View } from './progress-view.ts';

export type Conclusion = Readonly<{
  lines: readonly string[];
  json: object;
  /** Why the command has failed all the same. */
  fault?: Fault;
}>;

/**
 * Does the work of a command and prints its end. With JSON, everything else goes to standard error and a fault is an object
 * with `error`. Throws the fault.
 */
export async function conclude(
  { json: isJson = false }: Readonly<{ json?: boolean }>,
  { environment }: Config,
  work: (view: View) => Promise<Conclusion>,
): Promise<void> {
  const view = openView(isJson ? process.stderr : process.stdout, environment.TERM);
  const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const conclusion = await work(view).catch((error: unknown) => {
    if (isJson && error instanceof Fault) print({ error: { code: error.code, message: error.message } });
    throw error;
  });
  if (isJson) print(conclusion.json);
  else for (const line of conclusion.lines) view.say(line);
  if (conclusion.fault) throw conclusion.fault;
}
