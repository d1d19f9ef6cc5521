/** Graph's `$metadata` → the attributes of entity types, those of their base types included (OData CSDL XML 4.01, sections 6 and 7). */
import { SaxesParser } from 'saxes';
import type { SchemaAttribute, SchemaType } from '../../model/tenant-schema.ts';

type Definition = { base: string | undefined; attributes: SchemaAttribute[] };

/**
 * The entity types of these names, as far as the document has them, in the order of the names. Relationships are no attributes.
 * Throws an `Error` for what is no XML, and for document types, which could make a small document large.
 */
export function readMetadata(xml: string, names: readonly string[]): readonly SchemaType[] {
  const definitions = readDefinitions(xml);
  return names.flatMap((name) => {
    if (!definitions.has(name)) return [];
    return [{ name, attributes: attributesOf(name, definitions) }];
  });
}

function readDefinitions(xml: string): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>();
  let namespace = '';
  let current: Definition | undefined;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('The document has a document type.');
  });
  parser.on('opentag', ({ name, attributes }) => {
    const local = localName(name);
    if (local === 'Schema') namespace = attributes.Namespace ?? '';
    if (namespace !== 'microsoft.graph') return;
    if (local === 'EntityType') {
      const base = attributes.BaseType;
      current = { base: base === undefined ? undefined : localName(base), attributes: [] };
      definitions.set(attributes.Name ?? '', current);
    }
    if (local === 'Property' && current !== undefined) {
      const [, collected] = /^Collection\((.+)\)$/.exec(attributes.Type ?? '') ?? [];
      current.attributes.push({
        name: attributes.Name ?? '',
        type: localName(collected ?? attributes.Type ?? ''),
        isCollection: collected !== undefined,
      });
    }
  });
  parser.on('closetag', ({ name }) => {
    if (localName(name) === 'EntityType') current = undefined;
  });
  parser.write(xml).close();
  return definitions;
}

function attributesOf(
  name: string,
  definitions: ReadonlyMap<string, Definition>,
): readonly SchemaAttribute[] {
  const attributes = new Map<string, SchemaAttribute>();
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const definition = definitions.get(at);
    for (const attribute of definition?.attributes ?? []) {
      if (!attributes.has(attribute.name)) attributes.set(attribute.name, attribute);
    }
    at = definition?.base;
  }
  return [...attributes.values()].sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
}

/** Behind a prefix or a namespace. */
function localName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf(':'), name.lastIndexOf('.')) + 1);
}
