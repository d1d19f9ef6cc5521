import { describe, expect, test } from 'vitest';
import { parseCount, parseQueryOptions, parseTop } from './query-options.ts';

describe('the query of a URL', () => {
  test.each([
    ['', {}],
    ['?', {}],
    ['?$top=5', { top: '5' }],
    ['%24top=5&select=id%2Cmail&$OrderBy=mail', { top: '5', select: 'id,mail', orderby: 'mail' }],
    ['$filter=a+eq+%27x%2By%27%20and%20b', { filter: "a eq 'x+y' and b" }],
    ['$deltaToken=latest', { deltatoken: 'latest' }],
    ['$count=true&&$search=%22a:b=c%22&$format', { count: 'true', search: '"a:b=c"', format: '' }],
    ['$top=1&top=2&%24TOP=3', { top: '1' }],
    ['$skiptoken=old&$select=id&$skiptoken=new', { skiptoken: 'new', select: 'id' }],
    ['$deltatoken=old&deltatoken=new', { deltatoken: 'new' }],
    ['api-version=1.6&$foo=1&Foo=2&foo=3&foo=4', { 'api-version': '1.6', $foo: '1', Foo: '2', foo: '3' }],
    ['=x', {}],
    ['__proto__=x', Object.fromEntries([['__proto__', 'x']])],
  ])('%s', (query, options) => {
    expect(Object.fromEntries(parseQueryOptions(query))).toEqual(options);
  });

  test.each([
    ['$filter=50%', 'filter', 10],
    ['?$top=1&$filter=a%zz', 'filter', 17],
    ['a=1&%GG=2', 'query', 4],
    ['$search=%FF', 'search', 8],
  ])('%s is refused', (query, option, position) => {
    expect(() => parseQueryOptions(query)).toThrow(expect.objectContaining({ option, position }));
  });
});

describe('$top and $count', () => {
  test.each([
    ['0', 0],
    [' 999 ', 999],
    ['2147483647', 2_147_483_647],
  ])('%s rows', (text, top) => {
    expect(parseTop(text)).toBe(top);
  });

  test.each(['', '-1', '1.5', 'abc', '2147483648', '1e3', '99999999999999999999'])('not %s rows', (text) => {
    expect(() => parseTop(text)).toThrow('expected a whole number that is not negative');
  });

  test.each([
    ['true', true],
    ['False', false],
  ])('count %s', (text, count) => {
    expect(parseCount(text)).toBe(count);
  });

  test.each(['', '1', 'yes'])('no count %s', (text) => {
    expect(() => parseCount(text)).toThrow('expected true or false');
  });
});
