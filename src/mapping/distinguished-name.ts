// Distinguished names of LDAP directories as text: RFC 4514.

/** The values of the parts, from the left; undefined when the text is no distinguished name. Of a part with several, the first. */
export function distinguishedNameValues(text: string): readonly string[] | undefined {
  const values = splitOutside(text, ',').map((part) => valueOfPart(splitOutside(part, '+')[0] ?? ''));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Splits where the mark stands by itself, and not behind a backslash or in quotes. */
function splitOutside(text: string, mark: string): readonly string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index];
    if (letter === '\\') index += 1;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === mark && !isQuoted) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function valueOfPart(part: string): string | undefined {
  const found = /^\s*(?:[A-Za-z][\w-]*|\d+(?:\.\d+)*)\s*=(.*)$/s.exec(part);
  const written = found?.[1]?.trim();
  return written === undefined ? undefined : readEscapes(written);
}

/** Bytes may be written in hexadecimal; what belongs together is decoded together, as UTF-8. */
function readEscapes(written: string): string {
  const plain = /^".*"$/s.test(written) ? written.slice(1, -1) : written;
  return plain.replace(/(?:\\[\dA-Fa-f]{2})+|\\(.)/gs, (all: string, escaped: string | undefined) =>
    escaped === undefined ? Buffer.from(all.replaceAll('\\', ''), 'hex').toString('utf8') : escaped,
  );
}
