/** Where pages of the directory go on, as opaque texts: what comes back is checked as anything that clients send. */
import { z } from '@hono/zod-openapi';
import type { AccountCursor } from '../../store/application-accounts.ts';
import type { LinkCursor } from '../../store/directory-links.ts';
import type { SearchCursor } from '../../store/directory-search.ts';
import { Refusal } from '../problem.ts';

const text1000 = z.string().max(1000);
const searchCursorSchema = z.union([
  z.object({ order: z.literal('name'), sortName: text1000, entry: z.int() }),
  z.object({
    order: z.literal('word'),
    along: z.int().min(0).max(20),
    scope: z.int(),
    word: text1000,
    sortName: text1000,
    entry: z.int(),
  }),
]);
const linkCursorSchema = z.union([
  z.object({ order: z.literal('name'), sortName: text1000, key: text1000 }),
  z.object({ order: z.literal('key'), key: text1000 }),
]);

const accountCursorSchema = z.union([
  searchCursorSchema,
  z.object({ order: z.literal('key'), key: text1000 }),
]);

/** A place as the text that clients send back. */
export function writeCursor(cursor: AccountCursor | LinkCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Throws a `Refusal` where it is none of a search. */
export function readSearchCursor(written: string): SearchCursor {
  const read = searchCursorSchema.safeParse(decode(written));
  if (!read.success) throw refuseCursor();
  return read.data;
}

/** Throws a `Refusal` where it is none of a list of accounts. */
export function readAccountCursor(written: string): AccountCursor {
  const read = accountCursorSchema.safeParse(decode(written));
  if (!read.success) throw refuseCursor();
  return read.data;
}

/** Throws a `Refusal` where it is none of a list of links. */
export function readLinkCursor(written: string): LinkCursor {
  const read = linkCursorSchema.safeParse(decode(written));
  if (!read.success) throw refuseCursor();
  return read.data;
}

function decode(written: string): unknown {
  try {
    return JSON.parse(Buffer.from(written, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** The number of a change. Throws a `Refusal` where it is none. */
export function readNumber(written: string): number {
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw refuseCursor();
}

function refuseCursor(): Refusal {
  return new Refusal(
    'request-invalid',
    'The field query.after is not valid: leave it out for the first page, or send next of the page before.',
    { field: 'query.after' },
  );
}
