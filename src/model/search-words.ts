/**
 * The words by which a resource is found, and those of what somebody types: texts taken apart in the same way, so that one finds the
 * other. A word is found by its beginning.
 */

import { isAlwaysActive } from './effective-status.ts';

/** A word of a resource, and how many letters it shares with the one before it in the order of the words. */
export type SearchWord = Readonly<{ word: string; sharedLength: number }>;

/** The attributes that are searched, by the source's own names; the key is searched as well. */
export const searchedAttributes = [
  'displayName',
  'givenName',
  'surname',
  'sn',
  'cn',
  'name',
  'userPrincipalName',
  'userName',
  'mail',
  'mailNickname',
  'proxyAddresses',
  'employeeId',
  'appId',
  'appDisplayName',
  'deviceId',
  'onPremisesSamAccountName',
  'onPremisesUserPrincipalName',
  'onPremisesSecurityIdentifier',
] as const;

/** By these, marks are given to resources that can be asked for although nobody types them. */
const markingAttributes = ['accountStatus', 'activeDate', 'inactiveDate'] as const;

/** All attributes that the index is made of. */
export const indexedAttributes = [...searchedAttributes, ...markingAttributes];

/** The mark of identities that are not active at every moment. No typed word has such a sign. */
export const notAlwaysActive = '=not-always-active';

/** The marks of a resource. */
export function marksOf(attributes: Readonly<Record<string, unknown>>): readonly string[] {
  return isAlwaysActive(attributes) ? [] : [notAlwaysActive];
}

/** The attributes that may name a resource, the best first; given and last name together stand between the two lists. */
const namingAttributes = ['displayName', 'name', 'appDisplayName', 'cn'] as const;
const fullNameAttributes = ['givenName', 'sn'] as const;
const otherNamingAttributes = ['userPrincipalName', 'userName', 'mail'] as const;

/** Whether what a resource is called may come from an attribute. */
export function isNamingAttribute(attribute: string): boolean {
  const names: readonly string[] = [...namingAttributes, ...fullNameAttributes, ...otherNamingAttributes];
  return names.includes(attribute);
}

const longestWord = 60;
const mostWords = 40;
const mostTypedWords = 8;
const longestSortName = 32;

/** What a resource is called; its key where nothing names it. */
export function nameOf(key: string, attributes: Readonly<Record<string, unknown>>): string {
  const { givenName, sn } = attributes;
  const fullName = typeof givenName === 'string' && typeof sn === 'string' ? `${givenName} ${sn}` : undefined;
  const first = (names: readonly string[]) => names.map((name) => attributes[name]);
  for (const value of [...first(namingAttributes), fullName, ...first(otherNamingAttributes)]) {
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return key;
}

/** The beginning of a name as names are put in order: without case and accents. */
export function sortNameOf(name: string): string {
  return first(fold(name).trim(), longestSortName);
}

/** The words of a resource in their order, each once. */
export function wordsOf(key: string, attributes: Readonly<Record<string, unknown>>): readonly SearchWord[] {
  const words = new Set(chunksOf(key));
  for (const attribute of searchedAttributes) {
    const value = attributes[attribute];
    const texts = Array.isArray(value) ? value : [value];
    for (const text of texts) {
      if (typeof text !== 'string') continue;
      for (const chunk of chunksOf(withoutScheme(text))) for (const part of partsOf(chunk)) words.add(part);
    }
  }
  const ordered = [...words].slice(0, mostWords).sort(compareBytes);
  return ordered.map((word, index) => ({ word, sharedLength: countShared(word, ordered[index - 1] ?? '') }));
}

/** The words that somebody types, each once; none that another one begins with, which says the same. */
export function typedWords(text: string): readonly string[] {
  const words = [...new Set(chunksOf(withoutScheme(text.trim())))];
  return words
    .filter((word) => !words.some((other) => other !== word && other.startsWith(word)))
    .slice(0, mostTypedWords);
}

/** The first text after all that begin with a word, in the order of the database's bytes. */
export function endOfPrefix(word: string): string {
  return `${word}\u{10FFFF}`;
}

/** How long a text is in the database's letters. */
export function letterCount(text: string): number {
  return Array.from(text).length;
}

const chunkPattern = /[\p{L}\p{N}.@_'-]+/gu;
const edgePattern = /^[.@_'-]+|[.@_'-]+$/g;
const piecePattern = /[\p{L}\p{N}]+/gu;
/** GUIDs and security identifiers, whose parts nobody looks for. */
const wholePattern = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|s-1(?:-\d+)+)$/;

/** Runs of letters and what may stand within a name or an address. */
function chunksOf(text: string): string[] {
  const chunks = fold(text).match(chunkPattern) ?? [];
  return chunks
    .map((chunk) => first(chunk.replace(edgePattern, ''), longestWord))
    .filter((chunk) => chunk !== '');
}

/** A chunk as a whole, and what else it can be found by: the pieces of a name, and the domain of an address. */
function partsOf(chunk: string): string[] {
  if (wholePattern.test(chunk)) return [chunk];
  const at = chunk.indexOf('@');
  if (at < 0) return [chunk, ...(chunk.match(piecePattern) ?? [])];
  return [chunk, ...(chunk.slice(0, at).match(piecePattern) ?? []), chunk.slice(at + 1)].filter(
    (part) => part !== '',
  );
}

/** Of `SMTP:sam@contoso.com`, the address. */
function withoutScheme(text: string): string {
  return text.replace(/^(?:smtp|sip|x500|eum):/i, '');
}

/** Without case and accents, so that Müller is found by muller. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('’', "'")
    .toLowerCase();
}

function first(text: string, letters: number): string {
  return text.length <= letters ? text : Array.from(text).slice(0, letters).join('');
}

/** The order of the database, which is that of the bytes; of the units of a text it differs by what is beyond the basic plane. */
function compareBytes(one: string, other: string): number {
  if (surrogate.test(one) || surrogate.test(other))
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
}

const surrogate = /[\uD800-\uDFFF]/;

function countShared(word: string, other: string): number {
  let units = 0;
  while (units < word.length && word[units] === other[units]) units += 1;
  // Half of a letter is none.
  const half = /[\uD800-\uDBFF]$/.test(word.slice(0, units)) ? 1 : 0;
  return letterCount(word.slice(0, units - half));
}
