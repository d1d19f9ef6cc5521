/** Functions from and to other forms of the same: Base64, hexadecimal, names and identifiers of Windows directories. */

import { distinguishedNameValues } from '../distinguished-name.ts';
import {
  argumentAt,
  type Evaluate,
  eachText,
  eachTextWith,
  type FunctionCall,
  type FunctionDefinition,
  numberAt,
  optional,
  required,
  wordAt,
} from '../expression-call.ts';
import { fail, quote } from '../expression-values.ts';

const encodingWords = ['Unicode', 'ASCII', 'UTF8'] as const;
type EncodingWord = (typeof encodingWords)[number];

export const encodingFunctions: readonly FunctionDefinition[] = [
  {
    name: 'ConvertToBase64',
    set: 'application',
    parameters: [required('source', 'text')],
    description: 'Base64 of the text in UTF-16.',
    example: { expression: 'ConvertToBase64("Hello")', attributes: {}, result: 'SABlAGwAbABvAA==' },
    build: (call) => eachText(argumentAt(call, 0), (text) => Buffer.from(text, 'utf16le').toString('base64')),
  },
  {
    name: 'ConvertFromBase64',
    set: 'cloud-sync',
    parameters: [required('source', 'text'), optional('encoding', 'word', { words: encodingWords })],
    description: 'The text that Base64 stands for, in UTF-16 unless ASCII or UTF8 is said.',
    example: {
      expression: 'ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)',
      attributes: {},
      result: 'Hello world!',
    },
    build: buildFromBase64,
  },
  {
    name: 'ConvertToUTF8Hex',
    set: 'application',
    parameters: [required('source', 'text')],
    description: 'The bytes of the text in UTF-8, as hexadecimal digits.',
    example: { expression: 'ConvertToUTF8Hex("Hello")', attributes: {}, result: '48656C6C6F' },
    build: (call) =>
      eachText(argumentAt(call, 0), (text) => Buffer.from(text, 'utf8').toString('hex').toUpperCase()),
  },
  {
    name: 'StringFromSid',
    set: 'cloud-sync',
    parameters: [required('objectSid', 'text')],
    description: 'The text form of a security identifier that comes as Base64 of its bytes.',
    example: {
      expression: 'StringFromSid([objectSid])',
      attributes: { objectSid: 'AQUAAAAAAAUVAAAAFZLVIAqtJv1qwbWAVAQAAA==' },
      result: 'S-1-5-21-550867477-4247170314-2159395178-1108',
    },
    build: buildStringFromSid,
  },
  {
    name: 'DNComponent',
    set: 'cloud-sync',
    parameters: [required('dn', 'text'), required('number', 'number')],
    description:
      'The value of one part of a distinguished name, counted from 1 on the left; null when there are fewer.',
    example: {
      expression: 'DNComponent(CRef([dn]), 1)',
      attributes: { dn: 'cn=Joe,ou=Sales,dc=contoso,dc=com' },
      result: 'Joe',
    },
    build: buildDNComponent,
  },
  {
    name: 'CRef',
    set: 'cloud-sync',
    parameters: [required('value', 'text')],
    description: 'The value as a reference: the text itself.',
    example: {
      expression: 'CRef([dn])',
      attributes: { dn: 'cn=Joe,dc=contoso,dc=com' },
      result: 'cn=Joe,dc=contoso,dc=com',
    },
    build: (call) => eachText(argumentAt(call, 0), (text) => text),
  },
];

/** The bytes; undefined for what is no Base64. */
function bytesOf(text: string): Buffer | undefined {
  const packed = text.replace(/\s/g, '');
  const isBase64 = packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
  return isBase64 ? Buffer.from(packed, 'base64') : undefined;
}

function buildFromBase64(call: FunctionCall): Evaluate {
  const source = argumentAt(call, 0);
  const encodingAt = wordAt(call, 1, encodingWords);
  return eachTextWith(source, (context) => {
    const encoding = encodingAt(context) ?? 'Unicode';
    return (text) => {
      const bytes = bytesOf(text) ?? fail(source, `${quote(text)} is no Base64.`);
      return (
        decode(bytes, encoding) ?? fail(source, `The bytes of ${quote(text)} are no text in ${encoding}.`)
      );
    };
  });
}

function decode(bytes: Buffer, encoding: EncodingWord): string | undefined {
  // .NET puts a question mark where a byte is none of ASCII.
  if (encoding === 'ASCII')
    return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : '?')).join('');
  try {
    const label = encoding === 'UTF8' ? 'utf-8' : 'utf-16le';
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** "Microsoft: Open Specifications, SID (packet representation)". A text that is in the form already stays. */
function buildStringFromSid(call: FunctionCall): Evaluate {
  const source = argumentAt(call, 0);
  return eachText(source, (text) => {
    if (text === '' || /^S-1(?:-\d+)+$/.test(text)) return text;
    const bytes = bytesOf(text);
    const count = bytes?.[1] ?? 0;
    if (bytes === undefined || bytes[0] !== 1 || bytes.length !== 8 + 4 * count) {
      return fail(source, `${quote(text)} is not Base64 of a security identifier.`);
    }
    const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index));
    return ['S', 1, bytes.readUIntBE(2, 6), ...parts].join('-');
  });
}

function buildDNComponent(call: FunctionCall): Evaluate {
  const source = argumentAt(call, 0);
  const numberOfPart = numberAt(call, 1, { least: 1 });
  return eachTextWith(source, (context) => {
    const number = numberOfPart(context);
    return (text) => {
      if (number === null || text === '') return null;
      const values =
        distinguishedNameValues(text) ?? fail(source, `${quote(text)} is no distinguished name.`);
      return values[number - 1] ?? null;
    };
  });
}
