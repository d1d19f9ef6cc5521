/** Graph's schema document: attributes of types and their base types, whatever prefixes and namespaces it uses. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { entityTypeNames, findCatalogType } from './catalog.ts';
import { readMetadata } from './metadata-document.ts';

const document = (schema: string) =>
  `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>${schema}</edmx:DataServices></edmx:Edmx>`;

test('attributes come with those of the base types, and relationships do not', () => {
  const xml = document(`
    <Schema Namespace="microsoft.graph" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EntityType Name="entity" Abstract="true"><Key><PropertyRef Name="id" /></Key><Property Name="id" Type="Edm.String" Nullable="false" /></EntityType>
      <ComplexType Name="assignedLicense"><Property Name="skuId" Type="Edm.Guid" /></ComplexType>
      <EntityType Name="directoryObject" BaseType="graph.entity"><Property Name="deletedDateTime" Type="Edm.DateTimeOffset" /></EntityType>
      <EntityType Name="user" BaseType="microsoft.graph.directoryObject" OpenType="true">
        <Property Name="assignedLicenses" Type="Collection(graph.assignedLicense)"><Annotation Term="Org.OData.Core.V1.Description" String="x" /></Property>
        <Property Name="age" Type="Edm.Int32" />
        <NavigationProperty Name="manager" Type="graph.directoryObject" />
      </EntityType>
    </Schema>
    <Schema Namespace="microsoft.graph.callRecords" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EntityType Name="user"><Property Name="other" Type="Edm.String" /></EntityType>
    </Schema>`);
  expect(readMetadata(xml, ['user', 'spaceship'])).toEqual([
    {
      name: 'user',
      attributes: [
        { name: 'age', type: 'Int32', isCollection: false },
        { name: 'assignedLicenses', type: 'assignedLicense', isCollection: true },
        { name: 'deletedDateTime', type: 'DateTimeOffset', isCollection: false },
        { name: 'id', type: 'String', isCollection: false },
      ],
    },
  ]);
});

test('base types in a circle end', () => {
  const xml = document(`
    <Schema Namespace="microsoft.graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EntityType Name="user" BaseType="microsoft.graph.group"><Property Name="a" Type="Edm.String" /></EntityType>
      <EntityType Name="group" BaseType="microsoft.graph.user"><Property Name="b" Type="Edm.String" /></EntityType>
    </Schema>`);
  expect(readMetadata(xml, ['user'])[0]?.attributes.map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each([
  ['no XML', '<html><body><p>Sign in</body>'],
  ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  ['nothing', ''],
])('%s is refused', (_, xml) => {
  expect(() => readMetadata(xml, ['user'])).toThrow();
});

test('what can be exported is in the schema that Microsoft publishes, but for what is known not to be', () => {
  const published = readMetadata(readFileSync('simulator/csdl/directory.xml', 'utf8'), entityTypeNames);
  expect(published.map(({ name }) => name)).toEqual(entityTypeNames);
  const strangers = published.flatMap(({ name, attributes }) => {
    const there = new Set(attributes.map((attribute) => attribute.name));
    const known = [...(findCatalogType(name)?.attributes ?? [])];
    return known.flatMap(([attribute, availability]) =>
      availability === 'exported' && !there.has(attribute) ? [`${name}.${attribute}`] : [],
    );
  });
  expect(strangers).toEqual(['device.extensionAttributes']);
});
