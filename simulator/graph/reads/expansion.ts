// $expand: one relationship shown inside each object, one level deep and twenty items long.
import { parseExpand } from '../../../src/odata/select.ts';
import { directorySchema } from '../../csdl/schema.ts';
import type { DirectoryObject, ObjectType } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { badRequest, GraphError, unsupportedQuery } from '../graph-error.ts';
import { findNavigation, readSelection } from '../rendering/selection.ts';
import { createTypedWriters } from '../rendering/typed-writers.ts';
import { directoryObjectTypes } from '../resource-sets.ts';
import { type Relation, related, relationOf } from './relations.ts';

export interface Expansion {
  readonly name: string;
  /** JSON text `"members":[…]` for one object. */
  render(object: DirectoryObject): string;
}

const maximumItems = 20;
const maximumDevices = 100;

/** Reads a `$expand` for objects of these types. Throws for more than one relationship, a nested one or an unknown one. */
export function readExpansion(text: string, types: readonly ObjectType[], request: GraphRequest): Expansion {
  const [term, ...more] = parseExpand(text);
  if (!term || more.length > 0) throw unsupportedQuery('Only one property can be expanded in a query.');
  for (const option of term.options.keys()) {
    if (option !== 'select' && option !== 'levels') {
      throw unsupportedQuery(`The $${option} option is not supported inside $expand.`);
    }
  }
  const name = term.navigation.split('/').at(-1) ?? term.navigation;
  const byType = new Map<ObjectType, Relation>();
  for (const type of types) {
    const relation = relationOf(type, name);
    if (relation) byType.set(type, relation);
  }
  const [relation] = byType.values();
  if (!relation) throw unknownExpansion(types[0] ?? 'user', name);

  const targets = relation.contained ? [relation.contained] : directoryObjectTypes;
  const selection = readSelection(term.options.get('select'), {
    directory: request.directory,
    types: targets,
    version: request.version,
  });
  const writers = createTypedWriters(selection, request, { withType: !relation.contained });
  const limit = relation.name === 'registeredDevices' ? maximumDevices : maximumItems;
  return {
    name: relation.name,
    render(object) {
      const items: string[] = [];
      const own = byType.get(object.type);
      if (own) {
        for (const target of related(own, object, request.directory)) {
          items.push(writers(target));
          if (items.length === (relation.isSingle ? 1 : limit)) break;
        }
      }
      return relation.isSingle
        ? items.length === 0
          ? ''
          : `"${relation.name}":${items[0]}`
        : `"${relation.name}":[${items.join(',')}]`;
    },
  };
}

function unknownExpansion(type: ObjectType, name: string): GraphError {
  const declared = findNavigation(type, name);
  if (declared) {
    return new GraphError(
      400,
      'ExpandNotSupported',
      `Expand is not allowed for property '${declared}' according to the entity schema.`,
    );
  }
  const isProperty = directorySchema().entityTypes.get(type)?.properties.has(name) ?? false;
  return badRequest(
    isProperty
      ? `Parsing OData Select and Expand failed: Property '${name}' on type 'microsoft.graph.${type}' is not a navigation property or complex property. Only navigation properties can be expanded.`
      : `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
  );
}
