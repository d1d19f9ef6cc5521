/** The text of a configuration file: UTF-8 or UTF-16, with or without a byte order mark. */

export type FileText =
  | Readonly<{ kind: 'text'; text: string }>
  | Readonly<{ kind: 'refused'; reason: string }>;

const byteOrderMarks: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  // A `<` in two bytes tells the order where no mark does (XML 1.0, appendix F).
  ['utf-16le', [0x3c, 0x00]],
  ['utf-16be', [0x00, 0x3c]],
];

/** What an XML declaration may name, in lower case, for each way the bytes are written. */
const declarableEncodings: Readonly<Record<string, readonly string[]>> = {
  'utf-8': ['utf-8', 'utf8', 'us-ascii', 'ascii'],
  'utf-16le': ['utf-16', 'utf-16le', 'ucs-2'],
  'utf-16be': ['utf-16', 'utf-16be', 'ucs-2'],
};

const declaredEncoding = /^<\?xml[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}["']([\w.-]{1,40})["']/;

/** Decodes a file. The text begins without a byte order mark. */
export function decodeFile(bytes: Uint8Array): FileText {
  const encoding =
    byteOrderMarks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte))?.[0] ?? 'utf-8';
  const text = decode(bytes, encoding);
  if (text === undefined) {
    return { kind: 'refused', reason: `is not valid ${encoding.toUpperCase()}: save it as UTF-8` };
  }
  const declared = declaredEncoding.exec(text)?.[1]?.toLowerCase();
  if (declared !== undefined && !(declarableEncodings[encoding] ?? []).includes(declared)) {
    return {
      kind: 'refused',
      reason: `declares the encoding ${declared}, and is written in ${encoding.toUpperCase()}: save it as UTF-8 and declare utf-8`,
    };
  }
  return { kind: 'text', text };
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
