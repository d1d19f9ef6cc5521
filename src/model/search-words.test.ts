import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfPrefix, letterCount, nameOf, sortNameOf, typedWords, wordsOf } from './search-words.ts';

const words = (attributes: Record<string, unknown>, key = 'k') =>
  wordsOf(key, attributes).map(({ word }) => word);

/** Whether a resource is found by what somebody types. */
const isFound = (attributes: Record<string, unknown>, typed: string) =>
  typedWords(typed).every((wanted) => words(attributes).some((word) => word.startsWith(wanted)));

describe('the words of a resource', () => {
  test('are those of its names, without case and accents, and its key', () => {
    expect(words({ displayName: 'Zoë Müller', givenName: 'Zoë', surname: 'Müller' }, 'A-1')).toEqual([
      'a-1',
      'muller',
      'zoe',
    ]);
  });

  test('of an address are the address, the pieces before the sign, and the domain', () => {
    expect(words({ userPrincipalName: 'sam.carter-7@Contoso.onmicrosoft.com' })).toEqual([
      '7',
      'carter',
      'contoso.onmicrosoft.com',
      'k',
      'sam',
      'sam.carter-7@contoso.onmicrosoft.com',
    ]);
  });

  test('of proxy addresses leave their scheme out', () => {
    expect(words({ proxyAddresses: ['SMTP:sam@contoso.com', 'smtp:s@contoso.com'] })).toEqual([
      'contoso.com',
      'k',
      's',
      's@contoso.com',
      'sam',
      'sam@contoso.com',
    ]);
  });

  test('of an identifier are no pieces of it', () => {
    const appId = '11111111-2222-4333-8444-555555555555';
    expect(words({ appId, onPremisesSecurityIdentifier: 'S-1-5-21-7' })).toEqual([appId, 'k', 's-1-5-21-7']);
  });

  test('say how much each shares with the one before it, which letters of two halves count once in', () => {
    expect(wordsOf('k', { displayName: 'Sam Samuel Sand', name: '𝒜𝓏 ' })).toEqual([
      { word: 'az', sharedLength: 0 },
      { word: 'k', sharedLength: 0 },
      { word: 'sam', sharedLength: 0 },
      { word: 'samuel', sharedLength: 3 },
      { word: 'sand', sharedLength: 2 },
    ]);
    expect(wordsOf('k', { displayName: '𐐨𐐩 𐐨𐐪' }).map(({ sharedLength }) => sharedLength)).toEqual([0, 0, 1]);
  });
});

test.each([
  ['Sam Carter', 'car sam', true],
  ['Sam Carter', 'sam carters', false],
  ["Niamh O'Brien", "o'bri", true],
  ["Niamh O'Brien", 'O’Brien', true],
  ["Niamh O'Brien", 'brien', true],
  ['Jean-Luc Picard', 'jean-l', true],
  ['Jean-Luc Picard', 'luc', true],
  ['Smith, John (Sales)', 'smith,john sales', true],
  ['Straße', 'strasse', false],
  ['山田 太郎', '山', true],
  ['Łukasz', 'Łuk', true],
])('%s and what is typed: %s', (displayName, typed, expected) => {
  expect(isFound({ displayName }, typed)).toBe(expected);
});

describe('what is typed', () => {
  test('is taken once, and not where another word begins with it', () => {
    expect(typedWords('sam Sam samuel  carter')).toEqual(['samuel', 'carter']);
  });

  test('is nothing without letters and digits', () => {
    expect(typedWords(' -- @ ## ')).toEqual([]);
  });

  test('always finds the name that it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (displayName) => {
        expect(isFound({ displayName }, displayName)).toBe(true);
      }),
    );
  });

  test('counts each resource once by the letters that words share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '𐐨', 'é') }), { maxLength: 8 }),
        (names) => {
          const own = wordsOf('k', { displayName: names.join(' ') });
          for (const { word } of own) {
            for (const end of [1, 2, word.length]) {
              const prefix = Array.from(word).slice(0, end).join('');
              const matching = own.filter((one) => one.word.startsWith(prefix));
              const counted = matching.filter(({ sharedLength }) => sharedLength < letterCount(prefix));
              expect(counted).toHaveLength(1);
              expect(
                matching.every((one) => one.word < endOfPrefix(prefix) || /[\uD800-\uDFFF]/.test(one.word)),
              ).toBe(true);
            }
          }
        },
      ),
    );
  });
});

test('a resource is called by its display name, by its address, by its key at last', () => {
  expect(nameOf('k', { displayName: ' Sam ', mail: 's@x' })).toBe('Sam');
  expect(nameOf('k', { displayName: '', userPrincipalName: 's@x' })).toBe('s@x');
  expect(nameOf('k', {})).toBe('k');
  expect(nameOf('k', { givenName: 'Sam', sn: 'Carter', userName: 'scarter' })).toBe('Sam Carter');
  expect(sortNameOf('Éric')).toBe('eric');
});
