// Links to a place in a collection: absolute, with the options that led there and the token as the last one.
import type { GraphRequest } from '../exchange.ts';

const systemOptions = new Set(['select', 'filter', 'search', 'orderby', 'top', 'count', 'expand', 'format']);

/** The asked address with these options, by name without `$`, and a token. */
export function linkTo(
  request: GraphRequest,
  options: Readonly<Record<string, string>>,
  parameter: '$skiptoken' | '$deltatoken',
  token: string,
): string {
  const query = Object.entries(options).map(([name, value]) => `${linkName(name)}=${linkValue(value)}`);
  return `${request.root}${request.path}?${[...query, `${parameter}=${token}`].join('&')}`;
}

/** System options keep their literal dollar sign in links; clients search for it. */
function linkName(name: string): string {
  return systemOptions.has(name) ? `$${name}` : encodeURIComponent(name);
}

function linkValue(value: string): string {
  return encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%24', '$').replaceAll('%2F', '/');
}
