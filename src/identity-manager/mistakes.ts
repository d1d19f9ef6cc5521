/** What is wrong with a configuration, and what is passed over, each at its place in the files. */
import type { XmlPlace } from './xml-document.ts';

/** A place in a file: the file's name as people know it, and how to find line and column of an offset. */
export type Place = Readonly<{ file: string; at: number; placeOf: (at: number) => XmlPlace }>;

type Finding = Readonly<{ place: Place; sentence: string }>;

/** Gathers mistakes and warnings, so that all of them are told together. */
export type Findings = Readonly<{ mistakes: Finding[]; warnings: Finding[] }>;

export function noFindings(): Findings {
  return { mistakes: [], warnings: [] };
}

/** What nobody reads to the end need not be found. */
const mostMistakes = 1000;

/** Whether there are so many mistakes that looking for more is of no use. */
export function hasEnoughMistakes({ mistakes }: Findings): boolean {
  return mistakes.length >= mostMistakes;
}

/** Adds a mistake: a sentence that says what is wrong and what to do. */
export function addMistake(findings: Findings, place: Place, sentence: string): void {
  findings.mistakes.push({ place, sentence });
}

/** Adds a warning: a sentence that says what has no effect. */
export function addWarning(findings: Findings, place: Place, sentence: string): void {
  findings.warnings.push({ place, sentence });
}

/** Findings in the order of the files, each as `file:line:column: sentence.` and once. */
export function describeFindings(findings: readonly Finding[]): readonly string[] {
  const sorted = [...findings].sort(
    (a, b) =>
      Number(a.place.file > b.place.file) - Number(a.place.file < b.place.file) || a.place.at - b.place.at,
  );
  return [...new Set(sorted.map(({ place, sentence }) => `${describePlace(place)}: ${sentence}.`))].map(
    (line) => line.replace(/\?\.$/, '?').replace(/\.\.$/, '.'),
  );
}

/** `file:line:column`. */
export function describePlace({ file, at, placeOf }: Place): string {
  const { line, column } = placeOf(at);
  return `${file}:${line}:${column}`;
}

/** A value for a sentence, shortened where it is long. */
export function quote(value: string): string {
  const short = value.length > 80 ? `${value.slice(0, 77)}…` : value;
  return JSON.stringify(short);
}
