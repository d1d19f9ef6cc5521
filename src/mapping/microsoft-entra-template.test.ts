import { expect, test } from 'vitest';
import { checkMapping } from './check-mapping.ts';
import { readMapping, writeMapping } from './mapping-document.ts';
import type { MappedSide } from './mapping-side.ts';
import { microsoftEntraMapping, microsoftEntraTemplate } from './microsoft-entra-template.ts';

const definition = microsoftEntraMapping('Microsoft Entra ID to identities', {
  source: { connection: 'Contoso', type: microsoftEntraTemplate.sourceType },
  target: { connection: 'Identities', type: microsoftEntraTemplate.targetType },
});

function side(required: readonly string[], others: readonly string[] = []): MappedSide {
  const attributes = [...required, ...others].map((name) => ({
    name,
    type: 'string',
    isMultiValued: false,
    isRequired: required.includes(name),
    isUnique: name === 'userName',
  }));
  return { attributes, links: [] };
}

test('the template maps the four attributes of the guide and matches on the user name', () => {
  const rows = definition.attributes.map(({ source, target }) => [
    source.kind === 'attribute' ? source.name : '',
    target,
  ]);
  expect(rows).toEqual([
    ['givenName', 'givenName'],
    ['mail', 'mail'],
    ['surname', 'sn'],
    ['userPrincipalName', 'userName'],
  ]);
  expect(definition.correlation).toEqual([{ match: { all: ['userName'] } }]);
});

test('the template can be saved as it is, and nothing about it is a surprise', () => {
  const { mistakes, warnings, missingTargets } = checkMapping(definition, {
    source: { kind: 'known', side: side([], ['givenName', 'mail', 'surname', 'userPrincipalName']) },
    target: { kind: 'known', side: side(['userName', 'givenName', 'sn', 'mail']) },
    saved: [],
  });
  expect({ mistakes, warnings, missingTargets }).toEqual({ mistakes: [], warnings: [], missingTargets: [] });
  expect(readMapping(JSON.parse(writeMapping(definition)))).toEqual({ kind: 'read', definition });
});

test('the template names the nine permissions of the guide, of which reading needs three at most', () => {
  expect(microsoftEntraTemplate.permissions).toHaveLength(9);
  const reading = microsoftEntraTemplate.permissions.filter(({ isNeededForReading }) => isNeededForReading);
  expect(reading.map(({ name }) => name)).toEqual(['User.Read.All', 'Group.Read.All', 'Directory.Read.All']);
});
