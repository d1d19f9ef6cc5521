// $filter and $search as tests over directory objects.
import { compileFilter } from '../../../src/odata/evaluate.ts';
import { type Expression, parseFilter } from '../../../src/odata/filter.ts';
import { pathsOf } from '../../../src/odata/filter-paths.ts';
import { matchesTokens, parseSearch, type SearchExpression, tokenize } from '../../../src/odata/search.ts';
import { traitsOf } from '../../csdl/property-traits.ts';
import type { Directory } from '../../tenant/directory.ts';
import { type DirectoryObject, isLive, type ObjectType } from '../../tenant/directory-object.ts';
import { badRequest, unsupportedQuery } from '../graph-error.ts';
import { findProperty, odataType, propertyValue } from '../property-value.ts';
import { type FilterContext, requireSupported } from './filter-support.ts';
import { related, relationOf } from './relations.ts';

export type Test = (object: DirectoryObject) => boolean;

export interface Filter {
  readonly accepts: Test;
  /** The only objects that can match, where a unique key is asked for; undefined when all have to be tried. */
  readonly candidates: readonly DirectoryObject[] | undefined;
}

/** Reads a `$filter` and refuses what the directory does not support in this kind of query. */
export function readFilter(text: string, context: FilterContext): Filter {
  const tree = parseFilter(text);
  requireSupported(pathsOf(tree), context);
  const { directory } = context;
  const canonical = new Map<readonly string[], readonly string[]>();
  return {
    accepts: compileFilter<DirectoryObject>(tree, (object, segments) => {
      let names = canonical.get(segments);
      if (!names) {
        names = canonicalNames(segments, context);
        canonical.set(segments, names);
      }
      return valueAt(object, names, directory);
    }),
    candidates: candidatesOf(tree, context),
  };
}

/** Properties whose index answers an `eq` without trying every object. */
const uniqueKeys: Partial<Record<ObjectType, readonly string[]>> = {
  user: ['userPrincipalName'],
  application: ['appId'],
  servicePrincipal: ['appId'],
  device: ['deviceId'],
};

function candidatesOf(tree: Expression, context: FilterContext): readonly DirectoryObject[] | undefined {
  if (tree.kind === 'and') {
    for (const operand of tree.operands) {
      const found = candidatesOf(operand, context);
      if (found) return found;
    }
    return undefined;
  }
  if (tree.kind === 'in') {
    const isId = tree.left.kind === 'path' && tree.left.segments.join('/').toLowerCase() === 'id';
    const { directory, types } = context;
    return isId ? tree.values.flatMap(({ value }) => known(directory.find(String(value)), types)) : undefined;
  }
  if (tree.kind !== 'comparison' || tree.operator !== 'eq') return undefined;
  if (tree.left.kind !== 'path' || tree.right.kind !== 'literal') return undefined;
  const name = tree.left.segments.join('/').toLowerCase();
  const value = String(tree.right.value);
  const { directory, types } = context;
  if (name === 'id') return known(directory.find(value), types);
  const keys = types.map((type) => uniqueKeys[type]?.find((key) => key.toLowerCase() === name));
  if (keys.some((key) => key === undefined)) return undefined;
  return types.flatMap((type, index) => known(directory.findBy(type, keys[index] ?? '', value), types));
}

function known(object: DirectoryObject | undefined, types: readonly ObjectType[]): DirectoryObject[] {
  return object && types.includes(object.type) && isLive(object) ? [object] : [];
}

function canonicalNames(segments: readonly string[], context: FilterContext): readonly string[] {
  const [first = '', ...rest] = segments;
  for (const type of context.types) {
    const property = findProperty(context.directory, type, first);
    if (property) return [property.name, ...rest];
  }
  return segments;
}

function valueAt(object: DirectoryObject, segments: readonly string[], directory: Directory): unknown {
  const first = segments[0] ?? '';
  if (segments.length === 1)
    return first === '@odata.type' ? odataType(object.type) : propertyValue(object, first);
  const rest = segments.slice(1);
  if (/^microsoft\.graph\./i.test(first)) {
    const isType = `#${first}`.toLowerCase() === odataType(object.type).toLowerCase();
    return isType ? valueAt(object, rest, directory) : undefined;
  }
  const relation = relationOf(object.type, first);
  if (relation) {
    for (const target of related(relation, object, directory)) return valueAt(target, rest, directory);
    return undefined;
  }
  let value = propertyValue(object, first);
  for (const segment of rest) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

/** Only these are searched word by word; every other searchable property is compared from its beginning. */
const tokenised: ReadonlySet<string> = new Set(['displayName', 'description']);

/** Reads a `$search`. Throws for a property that cannot be searched. */
export function readSearch(text: string, types: readonly ObjectType[], directory: Directory): Test {
  return compileSearch(parseSearch(text), types, directory);
}

function compileSearch(tree: SearchExpression, types: readonly ObjectType[], directory: Directory): Test {
  switch (tree.kind) {
    case 'and':
    case 'or': {
      const tests = tree.operands.map((operand) => compileSearch(operand, types, directory));
      return tree.kind === 'and'
        ? (object) => tests.every((test) => test(object))
        : (object) => tests.some((test) => test(object));
    }
    case 'not': {
      const test = compileSearch(tree.operand, types, directory);
      return (object) => !test(object);
    }
    case 'clause': {
      if (tree.property === null) {
        throw badRequest(
          `Syntax error: character ':' is expected at position 0 in '${tree.text}'. A search clause names its property, such as "displayName:${tree.text}".`,
        );
      }
      return clauseTest(searchableProperty(tree.property, types, directory), tree.text);
    }
  }
}

/** Searchable though the property tables do not say so: what the published filter table allows `startsWith` on. */
const alsoSearchable: ReadonlySet<string> = new Set([
  'mail',
  'mailNickname',
  'userPrincipalName',
  'givenName',
  'surname',
  'proxyAddresses',
  'otherMails',
  'appId',
  'identifierUris',
  'tags',
]);

function searchableProperty(name: string, types: readonly ObjectType[], directory: Directory): string {
  for (const type of types) {
    const property = findProperty(directory, type, name)?.name;
    if (property && (traitsOf(type, property).isSearchable || alsoSearchable.has(property))) return property;
  }
  throw unsupportedQuery(`Unsupported or invalid search property '${name}'.`);
}

function clauseTest(property: string, text: string): Test {
  if (tokenised.has(property)) {
    const needles = tokenize(text);
    return (object) => {
      const value = propertyValue(object, property);
      return typeof value === 'string' && matchesTokens(tokenize(value), needles);
    };
  }
  const start = text.toLowerCase();
  return (object) => {
    const value = propertyValue(object, property);
    const values = Array.isArray(value) ? value : [value];
    return values.some((item) => typeof item === 'string' && item.toLowerCase().startsWith(start));
  };
}
