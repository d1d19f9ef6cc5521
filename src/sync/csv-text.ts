/** CSV as RFC 4180 says it: commas, CRLF after every record, quotes where they are needed. How a value becomes a cell. */
import { stringify } from 'csv-stringify/sync';

/** Records as text; with `neutralizesFormulas`, a cell that a spreadsheet would calculate gets an apostrophe before it. */
export function csvText(records: readonly (readonly string[])[], neutralizesFormulas: boolean): string {
  return stringify([...records], {
    record_delimiter: '\r\n',
    // A line break of any kind, and not only the one between records.
    quote_record_delimiter: true,
    escape_formulas: neutralizesFormulas,
  });
}

/**
 * An attribute as a cell. Texts, numbers and booleans as they are; a collection of texts with one on a line; everything
 * else as JSON. A collection whose texts do not allow that (one has a line break or is empty, or the first begins as JSON
 * does) is JSON, too, so that either form leads back to the value. No value is an empty cell.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && isListOfLines(value)) return value.join('\n');
  return JSON.stringify(value);
}

function isListOfLines(values: readonly unknown[]): values is readonly string[] {
  const [first] = values;
  if (typeof first !== 'string' || first.startsWith('[')) return false;
  return values.every((value) => typeof value === 'string' && value !== '' && !/[\r\n]/.test(value));
}
