// From text to faults: reads scenario files and single faults.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UnusableInput } from '../unusable-input.ts';
import { type Fault, faultSchema, fieldsOf, matchSchema, type Scenario, scenarioSchema } from './fault.ts';
import { readDocument } from './json-document.ts';

/** Reads a scenario document. `source` names it in the message of an `UnusableInput`. */
export function readScenario(text: string, source: string): Scenario {
  return readDocument(text, source, scenarioSchema, (path, value) =>
    path.length === 0 ? ['faults'] : fieldsOfFault(path, value),
  );
}

/** Reads one fault. `source` names it in the message of an `UnusableInput`. */
export function readFault(text: string, source: string): Fault {
  return readDocument(text, source, faultSchema, fieldsOfFault);
}

function fieldsOfFault(path: readonly PropertyKey[], value: unknown): readonly string[] | undefined {
  if (path.at(-1) === 'match') return Object.keys(matchSchema.shape);
  return typeof value === 'object' && value !== null && 'kind' in value ? fieldsOf(value.kind) : undefined;
}

const readyMade = new URL('scenarios/', import.meta.url);

/** Names of the scenarios that come with the simulator. */
export function scenarioNames(): string[] {
  return readdirSync(readyMade).map((file) => file.replace(/\.json$/, ''));
}

/** The scenario in this file, or the ready one of this name. Throws an `UnusableInput`. */
export function loadScenario(pathOrName: string): Scenario {
  const isName = scenarioNames().includes(pathOrName);
  const path = isName ? fileURLToPath(new URL(`${pathOrName}.json`, readyMade)) : pathOrName;
  return readScenario(readText(path), path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const advice = `give the path of a scenario file or one of ${scenarioNames().join(', ')}`;
    throw new UnusableInput(`The scenario file ${path} cannot be read (${reason}): ${advice}.`);
  }
}
