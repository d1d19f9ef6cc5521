/** What became of each part of an imported `sync.json`, in the order in which it stands there. */
import type { ObjectSet } from '../model/mapping.ts';

/** What the names of the other product stand for here. */
export type ObjectSetTranslation = Readonly<{
  objectSet: ObjectSet;
  /** Other names of attributes: `__NAME__` to `userPrincipalName`. What is not among them keeps its name. */
  attributes?: Readonly<Record<string, string>>;
}>;

export type ImportOutcome =
  /** As it was. */
  | 'taken-over'
  /** Written in another way, with the same meaning; the message says where not quite. */
  | 'translated'
  /** A setting of the other product's engine that nothing depends on here. */
  | 'without-effect'
  /** There is no equivalent: the remedy says what can be done instead. */
  | 'left-out';

export type ImportLine = Readonly<{
  /** In the imported document, with slashes. */
  path: string;
  outcome: ImportOutcome;
  message: string;
  remedy?: string;
}>;

/** Collects the lines of one mapping, and why it must not run as it is. */
export type ImportReport = Readonly<{
  lines: ImportLine[];
  /** Without these parts the mapping would do more than it did: it comes disabled. */
  missing: string[];
}>;

export function takenOver(report: ImportReport, path: string, message: string): void {
  report.lines.push({ path, outcome: 'taken-over', message });
}

export function translated(report: ImportReport, path: string, message: string): void {
  report.lines.push({ path, outcome: 'translated', message });
}

export function withoutEffect(report: ImportReport, path: string, message: string): void {
  report.lines.push({ path, outcome: 'without-effect', message });
}

export function leftOut(report: ImportReport, path: string, message: string, remedy: string): void {
  report.lines.push({ path, outcome: 'left-out', message, remedy });
}

/** Leaves out what restricted the mapping, so that it comes disabled. */
export function leftOutRestriction(
  report: ImportReport,
  path: string,
  message: string,
  remedy: string,
): void {
  leftOut(report, path, message, remedy);
  report.missing.push(path);
}

export type Json = Readonly<Record<string, unknown>>;

export function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** The inline JavaScript of a script; undefined where it is a file, another language, or no script. */
export function scriptOf(json: unknown): string | undefined {
  if (!isObject(json) || typeof json.source !== 'string' || json.file !== undefined) return undefined;
  const isJavaScript = json.type === undefined || /^(?:text\/)?javascript$/i.test(String(json.type));
  return isJavaScript && json.source.length <= longestScript ? json.source : undefined;
}

/** Longer scripts are no patterns that anybody could prove. */
const longestScript = 2000;

/** A name as a report shows it. */
export function shown(json: unknown): string {
  const text = typeof json === 'string' ? json : (JSON.stringify(json) ?? 'nothing');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
