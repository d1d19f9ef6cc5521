import { describe, expect, test } from 'vitest';
import { parseExpand, parseOrderBy, parseSelect } from './select.ts';

describe('$select', () => {
  test.each([
    ['id', [['id']]],
    [' id , displayName', [['id'], ['displayName']]],
    ['microsoft.graph.user/surname,id', [['microsoft.graph.user', 'surname'], ['id']]],
    ['employeeOrgData/division', [['employeeOrgData', 'division']]],
    ['*', [['*']]],
    ['', []],
  ])('%s', (text, properties) => {
    expect(parseSelect(text)).toEqual(properties);
  });

  test.each([
    ['id,,mail', 3],
    ['id,', 3],
    ['id mail', 3],
    ['id;mail', 2],
    ["'id'", 0],
    ['manager($select=id)', 8],
  ])('%s is refused', (text, position) => {
    expect(() => parseSelect(text)).toThrow(expect.objectContaining({ option: 'select', position }));
  });
});

describe('$orderby', () => {
  test.each([
    ['displayName', [{ segments: ['displayName'], descending: false }]],
    [
      'displayName DESC,manager/id asc , desc',
      [
        { segments: ['displayName'], descending: true },
        { segments: ['manager', 'id'], descending: false },
        { segments: ['desc'], descending: false },
      ],
    ],
    ['members/$count desc', [{ segments: ['members', '$count'], descending: true }]],
    ['', []],
  ])('%s', (text, terms) => {
    expect(parseOrderBy(text)).toEqual(terms);
  });

  test.each([
    ['displayName down', 12],
    ['displayName desc asc', 17],
    ['$count', 0],
    ['desc,', 5],
  ])('%s is refused', (text, position) => {
    expect(() => parseOrderBy(text)).toThrow(expect.objectContaining({ option: 'orderby', position }));
  });
});

describe('$expand', () => {
  test.each([
    ['manager', [['manager', {}]]],
    [
      'manager, owners',
      [
        ['manager', {}],
        ['owners', {}],
      ],
    ],
    ['members($select=id,displayName)', [['members', { select: 'id,displayName' }]]],
    ['manager($levels=max;%24x=1; $SELECT=id)', [['manager', { levels: 'max', '%24x': '1', select: 'id' }]]],
    ['manager(select=id;$select=mail;)', [['manager', { select: 'id' }]]],
    [
      'policy($expand=rules($top=1),x;$top=2),y',
      [
        ['policy', { expand: 'rules($top=1),x', top: '2' }],
        ['y', {}],
      ],
    ],
    [
      "a($filter=b eq ';,)' and c in ('''');$count=true)",
      [['a', { filter: "b eq ';,)' and c in ('''')", count: 'true' }]],
    ],
    ['microsoft.graph.user/manager()', [['microsoft.graph.user/manager', {}]]],
    [
      'members/$ref,*',
      [
        ['members/$ref', {}],
        ['*', {}],
      ],
    ],
    ['', []],
  ])('%s', (text, expansions) => {
    const read = parseExpand(text).map(({ navigation, options }) => [
      navigation,
      Object.fromEntries(options),
    ]);
    expect(read).toEqual(expansions);
  });

  test.each([
    ['members(', 8],
    ['members)', 7],
    ['a(b)c', 0],
    ['a($top=1)($top=2)', 8],
    ['x,a($top)', 4],
    ['a,,b', 2],
    ["a($filter=b eq 'c)", 18],
    ['members $select=id', 0],
  ])('%s is refused', (text, position) => {
    expect(() => parseExpand(text)).toThrow(expect.objectContaining({ option: 'expand', position }));
  });
});
