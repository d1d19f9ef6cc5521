// The directory's schema, read once from the CSDL fragment beside this file (Microsoft Graph v1.0, global cloud).
import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';

export interface Property {
  readonly name: string;
  /** `Edm.String`, `Edm.Guid`, … or the bare name of a complex or enum type. */
  readonly type: string;
  readonly isCollection: boolean;
  readonly isNullable: boolean;
}

export interface Navigation {
  readonly name: string;
  /** Bare name of the target type. */
  readonly type: string;
  readonly isCollection: boolean;
  readonly isContained: boolean;
}

export interface StructuredType {
  readonly name: string;
  readonly base: string | undefined;
  readonly isOpen: boolean;
  readonly isAbstract: boolean;
  /** Own and inherited, inherited first. */
  readonly properties: ReadonlyMap<string, Property>;
  readonly navigations: ReadonlyMap<string, Navigation>;
}

export interface Schema {
  /** The fragment as it is, for `$metadata`. */
  readonly xml: string;
  readonly entityTypes: ReadonlyMap<string, StructuredType>;
  readonly complexTypes: ReadonlyMap<string, StructuredType>;
  readonly enumTypes: ReadonlyMap<string, readonly string[]>;
  readonly entitySets: readonly string[];
  readonly singletons: readonly string[];
}

interface Declared {
  readonly name: string;
  readonly base: string | undefined;
  readonly isOpen: boolean;
  readonly isAbstract: boolean;
  readonly properties: Property[];
  readonly navigations: Navigation[];
}

let loaded: Schema | undefined;

/** The schema of the directory types; read on the first call. */
export function directorySchema(): Schema {
  loaded ??= parseSchema(readFileSync(new URL('./directory.xml', import.meta.url), 'utf8'));
  return loaded;
}

/** The declared property of a directory type, inherited ones included. */
export function propertyOf(type: string, name: string): Property | undefined {
  return directorySchema().entityTypes.get(type)?.properties.get(name);
}

function parseSchema(xml: string): Schema {
  const entities = new Map<string, Declared>();
  const complexes = new Map<string, Declared>();
  const enumTypes = new Map<string, string[]>();
  const entitySets: string[] = [];
  const singletons: string[] = [];
  let current: Declared | undefined;
  let currentEnum: string[] | undefined;

  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name: tag, attributes }) => {
    const name = attributes.Name ?? '';
    if (tag === 'EntityType' || tag === 'ComplexType') {
      current = {
        name,
        base: bareName(attributes.BaseType),
        isOpen: attributes.OpenType === 'true',
        isAbstract: attributes.Abstract === 'true',
        properties: [],
        navigations: [],
      };
      (tag === 'EntityType' ? entities : complexes).set(name, current);
    } else if (tag === 'EnumType') {
      currentEnum = [];
      enumTypes.set(name, currentEnum);
    } else if (tag === 'Member') {
      currentEnum?.push(name);
    } else if (tag === 'Property') {
      current?.properties.push({
        name,
        ...typeReference(attributes.Type),
        isNullable: attributes.Nullable !== 'false',
      });
    } else if (tag === 'NavigationProperty') {
      current?.navigations.push({
        name,
        ...typeReference(attributes.Type),
        isContained: attributes.ContainsTarget === 'true',
      });
    } else if (tag === 'EntitySet') {
      entitySets.push(name);
    } else if (tag === 'Singleton') {
      singletons.push(name);
    }
  });
  parser.on('closetag', ({ name: tag }) => {
    if (tag === 'EntityType' || tag === 'ComplexType') current = undefined;
    if (tag === 'EnumType') currentEnum = undefined;
  });
  parser.write(xml).close();

  return {
    xml,
    entityTypes: inherit(entities),
    complexTypes: inherit(complexes),
    enumTypes,
    entitySets,
    singletons,
  };
}

function inherit(declared: ReadonlyMap<string, Declared>): Map<string, StructuredType> {
  const complete = (type: Declared): StructuredType => {
    const base = type.base ? declared.get(type.base) : undefined;
    const inherited = base ? complete(base) : undefined;
    return {
      name: type.name,
      base: type.base,
      isOpen: type.isOpen,
      isAbstract: type.isAbstract,
      properties: new Map([...(inherited?.properties ?? []), ...byName(type.properties)]),
      navigations: new Map([...(inherited?.navigations ?? []), ...byName(type.navigations)]),
    };
  };
  return new Map([...declared].map(([name, type]) => [name, complete(type)]));
}

function byName<T extends { readonly name: string }>(items: readonly T[]): [string, T][] {
  return items.map((item) => [item.name, item]);
}

function typeReference(text = 'Edm.String'): { type: string; isCollection: boolean } {
  const collection = /^Collection\((.+)\)$/.exec(text);
  return { type: bareName(collection?.[1] ?? text) ?? text, isCollection: collection !== null };
}

function bareName(name: string | undefined): string | undefined {
  return name?.replace(/^(graph|microsoft\.graph)\./, '');
}
