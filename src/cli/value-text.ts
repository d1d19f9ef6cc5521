// Values of attributes as people at the command line read them, on one line.

const longest = 200;

/** JSON, shortened where it is long; nothing at all as a dash. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
