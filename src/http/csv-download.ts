/**
 * CSV for people: a download of any number of rows that is never whole in memory. UTF-8 with a byte order mark and records as RFC 4180
 * says, which is how spreadsheets read it unasked; cells that they would calculate get an apostrophe before them.
 */
import { stringify } from 'csv-stringify/sync';
import type { ApiContext } from './request.ts';

export type CsvDownload = Readonly<{
  /** Such as `sync-history-contoso.csv`; what does not belong into a file name is replaced. */
  fileName: string;
  columns: readonly string[];
  /** Rows, some at a time; the next ones are only asked for when these are on their way. */
  portions: AsyncIterable<readonly (readonly string[])[]>;
}>;

/** The answer with the file. One that fails on the way is cut off, so that half a file is never taken for a whole one. */
export function csvDownload(c: ApiContext, { fileName, columns, portions }: CsvDownload): Response {
  const headers = {
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${fileName.replace(/[^A-Za-z0-9._-]/g, '-')}"`,
  };
  if (c.req.method === 'HEAD') return c.body(null, 200, headers);
  const encoder = new TextEncoder();
  const iterator = portions[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`\uFEFF${toText([columns])}`));
    },
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(toText(next.value)));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return c.body(body, 200, headers);
}

function toText(records: readonly (readonly string[])[]): string {
  return stringify([...records], {
    record_delimiter: '\r\n',
    // A line break of any kind, and not only the one between records.
    quote_record_delimiter: true,
    escape_formulas: true,
  });
}
