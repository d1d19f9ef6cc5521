import { describe, expect, test } from 'vitest';
import type { EntityType } from '../../model/entity-type.ts';
import { checkEntityTypes, defaultEntityTypes, mapAttributes } from './entity-types.ts';

const extension = 'extension_0123456789abcdef0123456789abcdef_costCenter';

function problemsOf(parts: Partial<EntityType>): readonly string[] {
  return checkEntityTypes([{ name: 'user', attributes: [], links: [], ...parts }]);
}

describe('a mapping is refused', () => {
  test.each<[Partial<EntityType>, string]>([
    [{ name: 'User' }, "no entity type 'User' (did you mean user?)"],
    [
      { attributes: ['dispalyName'] },
      "'dispalyName' of entity type user does not exist (did you mean displayName?)",
    ],
    [{ attributes: ['qqqqqqqq'] }, "'qqqqqqqq' of entity type user does not exist: correct its name"],
    [{ attributes: ['aboutMe'] }, 'Graph returns it only for a single object'],
    [{ name: 'group', attributes: ['allowExternalSenders'] }, 'Graph returns it only for a single object'],
    [{ attributes: ['signInActivity'] }, 'delta query does not follow it'],
    [{ name: 'group', attributes: ['isArchived'] }, 'Graph does not return it'],
    [{ attributes: ['manager'] }, 'is a relationship and no attribute'],
    [{ name: 'group', attributes: ['members'] }, 'map it among the links of group'],
    [{ attributes: ['employeeOrgData/division'] }, 'map employeeOrgData, which holds it'],
    [{ attributes: ['extension_12_x'] }, 'is not the name of a directory extension'],
    [{ attributes: ['mail', 'mail'] }, 'Attribute mail of entity type user is mapped twice'],
    [{ links: ['members'] }, "Link 'members' of entity type user cannot be exported: it has no links."],
    [{ name: 'group', links: ['member'] }, '(did you mean members?): use members, owners.'],
    [{ filter: 'mail eq' }, 'The filter of entity type user cannot be read: Invalid filter at position 7'],
    [{ attributes: ['mail'], filter: "mial eq 'a'" }, "'mial', which is not mapped (did you mean mail?)"],
  ])('%j', (parts, problem) => {
    const problems = problemsOf(parts);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test('when a type is mapped twice', () => {
    const user = { name: 'user', attributes: [], links: [] };
    expect(checkEntityTypes([user, user])).toEqual([
      'Entity type user is mapped twice: leave one of the mappings out.',
    ]);
  });
});

test('a mapping with the key, extensions, links and a filter on what is mapped is accepted', () => {
  const filter = "displayName eq 'a' and id ne 'b' and assignedLicenses/any(l:l/skuId eq 'c')";
  const attributes = ['id', 'displayName', 'assignedLicenses', extension];
  expect(problemsOf({ name: 'group', attributes, links: ['members', 'owners'], filter })).toEqual([]);
});

describe('one list of attributes for all types', () => {
  test('gives each type what it has, and all its links', () => {
    const attributes = ['id', '@odata.type', 'displayName', 'userType', 'groupTypes', extension];
    expect(mapAttributes(['user', 'group', 'directoryRole'], attributes)).toEqual([
      { name: 'user', attributes: ['displayName', 'userType', extension], links: [] },
      { name: 'group', attributes: ['displayName', 'groupTypes', extension], links: ['members', 'owners'] },
      { name: 'directoryRole', attributes: ['displayName'], links: ['members'] },
    ]);
  });

  test('leaves what cannot be exported where it is complained of once', () => {
    const problems = (attribute: string) => checkEntityTypes(mapAttributes(['user', 'group'], [attribute]));
    expect(problems('allowExternalSenders')).toEqual([expect.stringContaining('entity type group')]);
    expect(problems('groupTypse')).toEqual([expect.stringContaining('entity type group does not exist')]);
    expect(problems('nonsense')).toHaveLength(1);
  });
});

test('the mapping that stands where none is given can be exported', () => {
  expect(checkEntityTypes(defaultEntityTypes)).toEqual([]);
  expect(defaultEntityTypes.map(({ name }) => name)).toEqual([
    'user',
    'group',
    'directoryRole',
    'servicePrincipal',
  ]);
});
