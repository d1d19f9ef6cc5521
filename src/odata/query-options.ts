// The query part of an OData URL: system options under one spelling, every other parameter as it is.
import { ODataSyntaxError } from './syntax-error.ts';

const systemOptions: ReadonlySet<string> = new Set([
  'select',
  'filter',
  'search',
  'orderby',
  'top',
  'skip',
  'count',
  'expand',
  'format',
  'skiptoken',
  'deltatoken',
  'levels',
]);

/** Clients that compose a link themselves add their token behind the old one. */
const lastWins: ReadonlySet<string> = new Set(['skiptoken', 'deltatoken']);

/** The option's name without dollar sign and in lower case, or null when it is no system option. */
export function systemOptionOf(name: string): string | null {
  const option = (name.startsWith('$') ? name.slice(1) : name).toLowerCase();
  return systemOptions.has(option) ? option : null;
}

/**
 * Reads a URL's query, with or without its question mark. System options are keyed without `$` and in lower case,
 * whether they were written `$top`, `%24top`, `$TOP` or `top`; other parameters keep their own name. `+` and `%20` are
 * spaces. Of an option written twice the first counts, of `skiptoken` and `deltatoken` the last.
 * Throws ODataSyntaxError for percent-encoding that is no UTF-8 text.
 */
export function parseQueryOptions(queryString: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  let start = queryString.startsWith('?') ? 1 : 0;
  for (const pair of queryString.slice(start).split('&')) {
    const equals = pair.indexOf('=');
    const nameEnd = equals === -1 ? pair.length : equals;
    const written = decode(pair.slice(0, nameEnd), 'query', start).trim();
    const option = systemOptionOf(written) ?? written;
    const value = decode(pair.slice(nameEnd + 1), option, start + nameEnd + 1);
    if (option !== '' && (lastWins.has(option) || !options.has(option))) options.set(option, value);
    start += pair.length + 1;
  }
  return options;
}

function decode(text: string, option: string, position: number): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    const broken = Math.max(text.search(/%(?![\da-fA-F]{2})/), 0);
    throw new ODataSyntaxError(option, position + broken, 'expected percent-encoded UTF-8');
  }
}

/** Reads the value of $top. Throws ODataSyntaxError unless it is a whole number from 0 to 2,147,483,647. */
export function parseTop(text: string): number {
  const digits = text.trim();
  const top = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN;
  if (top <= 2_147_483_647) return top;
  throw new ODataSyntaxError('top', 0, 'expected a whole number that is not negative');
}

/** Reads the value of $count, in any case. Throws ODataSyntaxError unless it is true or false. */
export function parseCount(text: string): boolean {
  const value = text.trim().toLowerCase();
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ODataSyntaxError('count', 0, 'expected true or false');
}
