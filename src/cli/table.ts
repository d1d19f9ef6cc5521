// Tables for people: columns as wide as they need to be, words to the left and numbers to the right.
import { group } from '../model/number-words.ts';

export type Cell = string | number;

/** A line for the header and one for each row. Columns whose rows are numbers stand to the right; nought is a dash. */
export function tableLines(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : groupOrDash(cell))));
  const widths = header.map((name, column) =>
    Math.max(name.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = header.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('   ')
      .trimEnd();
  return [line(header), ...texts.map(line)].map((text) => `  ${text}`);
}

function groupOrDash(value: number): string {
  return value === 0 ? '-' : group(value);
}
