// What a delta query follows: which types, which objects among them, which properties and which relationships.
import { type Expression, parseFilter } from '../../../src/odata/filter.ts';
import type { Property } from '../../csdl/schema.ts';
import { propertyOf } from '../../csdl/schema.ts';
import { foreignProperties } from '../../csdl/user-profile.ts';
import type { LinkKind, ObjectType } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { accessDenied, unsupportedQuery } from '../graph-error.ts';
import { readSelection, type Selection } from '../rendering/selection.ts';
import { canReadType, directoryObjectTypes, type ResourceSet } from '../resource-sets.ts';

export interface DeltaScope {
  readonly types: readonly ObjectType[];
  /** Undefined when every object is followed. */
  readonly ids: ReadonlySet<string> | undefined;
  readonly selection: Selection;
  /** Tracked properties, `id` first. */
  propertiesOf(type: ObjectType): readonly Property[];
  /** Tracked relationships; they appear as `<name>@delta`. */
  relationsOf(type: ObjectType): readonly LinkKind[];
  /** True when items say their type: the stream of several types. */
  readonly withType: boolean;
  /** In `@odata.context`. */
  readonly context: string;
}

/** Ids that a filter may name, where a number is published. */
const maximumIds = 50;
const limitedIds: ReadonlySet<string> = new Set(['users', 'groups', 'contacts', 'directoryObjects']);

const trackable: Partial<Record<ObjectType, readonly LinkKind[]>> = {
  user: ['manager'],
  orgContact: ['manager'],
  group: ['members', 'owners'],
  directoryRole: ['members'],
  administrativeUnit: ['members'],
  application: ['owners'],
  servicePrincipal: ['owners'],
  device: ['registeredOwners', 'registeredUsers'],
};

/** Tracked without being selected. */
const trackedByDefault: Partial<Record<ObjectType, readonly LinkKind[]>> = {
  group: ['members'],
  directoryRole: ['members'],
};

/** Reads the options of a round's first request. `set` is undefined for the stream of directory objects. */
export function readScope(
  request: GraphRequest,
  set: ResourceSet | undefined,
  options: ReadonlyMap<string, string>,
): DeltaScope {
  for (const name of ['search', 'orderby', 'expand', 'skip', 'count']) {
    if (options.has(name)) throw unsupportedQuery(`The $${name} option is not supported by delta query.`);
  }
  const name = set?.context ?? 'directoryObjects';
  const filter = options.get('filter');
  const chosen = filter === undefined ? undefined : readChoice(parseFilter(filter));
  if (set && chosen && chosen.types.length > 0) throw unsupportedQuery();
  if (chosen && limitedIds.has(name) && chosen.ids.length > maximumIds) {
    throw unsupportedQuery(`The filter names ${chosen.ids.length} ids; at most ${maximumIds} are supported.`);
  }
  const types = set ? [set.type] : streamTypes(chosen?.types ?? [], request);
  const selection = readSelection(options.get('select'), {
    directory: request.directory,
    types,
    version: request.version,
  });
  return {
    types,
    ids: chosen && chosen.ids.length > 0 ? new Set(chosen.ids) : undefined,
    selection,
    propertiesOf: (type) => {
      const selected = selection
        .propertiesOf(type)
        .filter((property) => property.name !== 'id' && !foreignProperties.has(property.name));
      return [propertyOf(type, 'id')!, ...selected];
    },
    relationsOf: (type) => {
      const possible = trackable[type] ?? [];
      if (selection.text === undefined) return trackedByDefault[type] ?? [];
      const named = selection.navigationsOf(type);
      return possible.filter((relation) => named.includes(relation));
    },
    withType: set === undefined,
    context: contextOf(name, selection, types),
  };
}

/** Relationship names are not listed in the context. */
function contextOf(name: string, selection: Selection, types: readonly ObjectType[]): string {
  const lowerCase = name === 'oauth2PermissionGrants' ? name.toLowerCase() : name;
  if (selection.text === undefined) return lowerCase;
  const names = new Set(
    types.flatMap((type) => selection.propertiesOf(type).map((property) => property.name)),
  );
  return names.size === 0 ? lowerCase : `${lowerCase}(${[...names].join(',')})`;
}

interface Choice {
  readonly types: readonly string[];
  readonly ids: readonly string[];
}

/** Only `id eq '…'` and `isof('…')` may stand in the filter: alternatives of one kind, or both kinds joined by `and`. */
function readChoice(tree: Expression): Choice {
  if (tree.kind === 'and') {
    const choices = tree.operands.map(readChoice);
    const [a, b] = choices;
    const isTypesAndIds = choices.length === 2 && a && b && (a.ids.length === 0) !== (b.ids.length === 0);
    if (!isTypesAndIds) throw unsupportedQuery();
    return { types: [...a.types, ...b.types], ids: [...a.ids, ...b.ids] };
  }
  if (tree.kind === 'or') {
    const choices = tree.operands.map(readChoice);
    return { types: choices.flatMap(({ types }) => types), ids: choices.flatMap(({ ids }) => ids) };
  }
  if (tree.kind === 'comparison' && tree.operator === 'eq') {
    const isId = tree.left.kind === 'path' && tree.left.segments.join('/').toLowerCase() === 'id';
    if (isId && tree.right.kind === 'literal') {
      return { types: [], ids: [String(tree.right.value).toLowerCase()] };
    }
  }
  if (
    tree.kind === 'in' &&
    tree.left.kind === 'path' &&
    tree.left.segments.join('/').toLowerCase() === 'id'
  ) {
    return { types: [], ids: tree.values.map((value) => String(value.value).toLowerCase()) };
  }
  if (tree.kind === 'call' && tree.name === 'isof') {
    const type = tree.arguments.at(-1);
    if (type?.kind === 'literal') return { types: [String(type.value)], ids: [] };
  }
  throw unsupportedQuery();
}

const streamable: readonly ObjectType[] = [...directoryObjectTypes, 'appRoleAssignment'];

function streamTypes(names: readonly string[], request: GraphRequest): readonly ObjectType[] {
  const wanted = names.map((name) => name.replace(/^#?microsoft\.graph\./i, '').toLowerCase());
  const types =
    wanted.length === 0
      ? directoryObjectTypes
      : streamable.filter((type) => wanted.includes(type.toLowerCase()));
  if (types.length < new Set(wanted).size) throw unsupportedQuery();
  if (types.includes('appRoleAssignment') && !types.includes('user')) {
    throw unsupportedQuery('Changes of appRoleAssignment can only be followed together with user.');
  }
  const { roles } = request.caller;
  const readable = (type: ObjectType) => canReadType(roles, type === 'appRoleAssignment' ? 'user' : type);
  if (!types.every(readable)) throw accessDenied();
  return types;
}
