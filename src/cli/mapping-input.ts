// JSON that commands about mappings are given in files: mappings, objects, and what other products export.
import { readFileSync } from 'node:fs';
import { Fault } from '../errors.ts';
import { decodeFile } from '../identity-manager/file-text.ts';
import { readJson } from '../identity-manager/json-document.ts';
import { readMappingFile } from '../identity-manager/mapping-files.ts';
import { describeFindings, noFindings } from '../identity-manager/mistakes.ts';
import { placesOf } from '../identity-manager/xml-document.ts';
import type { MappingDefinition } from '../model/mapping.ts';

/** What people give by hand. */
const largestBytes = 64 * 2 ** 20;

/** The JSON of a file; of standard input where the path is `-`. Throws a `Fault` that names line and column. */
export function readJsonFile(path: string): unknown {
  const text = readText(path);
  const reading = readJson(text);
  if (reading.kind === 'json') return reading.document.value;
  const { line, column } = placesOf(text)(reading.at);
  throw new Fault('invalid-setting', `${nameOf(path)}:${line}:${column}: The file ${reading.reason}.`);
}

/** Attributes of objects: one object, or a list of some. */
export function readObjects(path: string): readonly Readonly<Record<string, unknown>>[] {
  const json = readJsonFile(path);
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  return list.map((one, index) => {
    if (isObject(one)) return one;
    const which = Array.isArray(json) ? `the value ${index + 1} in ${nameOf(path)}` : nameOf(path);
    throw new Fault(
      'invalid-setting',
      `${which} is no JSON object: write attributes with their values, such as {"givenName": "Ada"}.`,
    );
  });
}

/** A mapping as a file has it. Throws a `Fault` with every mistake and its place. */
export function readMappingOfFile(path: string): MappingDefinition {
  const findings = noFindings();
  const file = readMappingFile({ name: nameOf(path), content: readText(path) }, findings);
  if (file !== undefined) return file.definition;
  throw new Fault('mapping-refused', describeFindings(findings.mistakes).join('\n'));
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function readText(path: string): string {
  const bytes = readBytes(path);
  if (bytes.length > largestBytes) {
    throw new Fault(
      'invalid-setting',
      `${nameOf(path)} is larger than ${largestBytes / 2 ** 20} MiB: give a part of it.`,
    );
  }
  const decoded = decodeFile(bytes);
  if (decoded.kind === 'text') return decoded.text;
  throw new Fault('invalid-setting', `The file ${nameOf(path)} ${decoded.reason}.`);
}

function readBytes(path: string): Uint8Array {
  try {
    // 0 is standard input.
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const remedy = error.code === 'ENOENT' ? 'correct the path' : 'let this account read it';
    throw new Fault('invalid-setting', `${nameOf(path)} cannot be read (${error.code}): ${remedy}.`);
  }
}
