// Seeded randomness: the same seed always gives the same numbers, on every machine. Streams derived by name are
// independent of each other, so that one more device does not change a single user.

export interface Random {
  /** A whole number from 0 up to but not including 2³². */
  word(): number;
  /** A whole number from 0 up to but not including `end`. */
  below(end: number): number;
  /** True with this probability (0 to 1). */
  chance(probability: number): boolean;
  /** One of the items, each as likely as the other. The list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A GUID of version 4 in lower case. */
  guid(): string;
  bytes(count: number): Buffer;
  /** A generator of its own for this name. It depends on the seed and the name, not on what was drawn before. */
  stream(name: string): Random;
}

const hexDigits = Buffer.from('0123456789abcdef', 'latin1');
const dash = 0x2d;

/** Chris Doty-Humphrey's sfc32 (PractRand), seeded through a hash of the text. */
export function createRandom(seed: number | string): Random {
  const path = String(seed);
  let [a, b, c] = hash(path);
  let counter = 1;

  const word = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first numbers after seeding still resemble the seed.
  for (let round = 0; round < 12; round++) word();

  const below = (end: number) => Math.floor((word() / 0x1_0000_0000) * end);
  const text = Buffer.alloc(36, dash);
  const writeHex = (at: number, value: number, digits: number) => {
    for (let digit = 0; digit < digits; digit++) {
      text[at + digit] = hexDigits[(value >>> (4 * (digits - 1 - digit))) & 15]!;
    }
  };

  return {
    word,
    below,
    chance: (probability) => word() < probability * 0x1_0000_0000,
    pick: (items) => items[below(items.length)]!,
    guid() {
      const middle = word();
      const end = word();
      writeHex(0, word(), 8);
      writeHex(9, middle >>> 16, 4);
      writeHex(14, 0x4000 | (middle & 0x0fff), 4);
      writeHex(19, 0x8000 | ((end >>> 16) & 0x3fff), 4);
      writeHex(24, end & 0xffff, 4);
      writeHex(28, word(), 8);
      return text.toString('latin1');
    },
    bytes(count) {
      const bytes = Buffer.alloc(count);
      for (let at = 0; at < count; at++) bytes[at] = word() >>> 24;
      return bytes;
    },
    stream: (name) => createRandom(`${path}/${name}`),
  };
}

/** Three words from a text (FNV-1a with different starts and a final mix). */
function hash(text: string): [number, number, number] {
  const start = (basis: number) => {
    let value = basis;
    for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return value ^ (value >>> 16);
  };
  return [start(0x811c9dc5), start(0x9e3779b9), start(0x243f6a88)];
}
