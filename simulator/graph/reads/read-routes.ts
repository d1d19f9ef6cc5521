// Everything that can be read: sets, objects, relationships, deleted items and deltas, one row each.
import type { HttpReply } from '../../http.ts';
import type { DirectoryObject, ObjectType } from '../../tenant/directory-object.ts';
import { objectTypes } from '../../tenant/directory-object.ts';
import { findAnyObject, findTarget } from '../addressing.ts';
import type { DeltaReader } from '../deltas/delta.ts';
import type { GraphRequest } from '../exchange.ts';
import { accessDenied, badRequest, resourceNotFound, unknownSegment } from '../graph-error.ts';
import { json } from '../json-reply.ts';
import { permissionsFor } from '../permissions.ts';
import { findProperty, propertyValue } from '../property-value.ts';
import { renderValue } from '../rendering/render.ts';
import { readSelection } from '../rendering/selection.ts';
import { objectReply, selectionSuffix } from '../rendering/single.ts';
import {
  canReadType,
  directoryObjectTypes,
  type ResourceSet,
  readEverything,
  resourceSets,
  setOf,
} from '../resource-sets.ts';
import type { Route } from '../route.ts';
import { readExpansion } from './expansion.ts';
import type { ListReader, ListSource } from './list.ts';
import { requireSignInPermission } from './list-query.ts';
import { type Relation, related, relations } from './relations.ts';

export interface Readers {
  readonly lists: ListReader;
  readonly deltas: DeltaReader;
}

/** Resource units of reads that cost more than one; lists of sets carry theirs in the set. */
const costs: Readonly<Record<string, number>> = {
  '/applications/{id}/extensionProperties': 2,
  '/groups/{id}/members': 3,
  '/groups/{id}/transitiveMembers': 5,
  '/users/{id}/licenseDetails': 2,
  '/users/{id}/memberOf': 2,
  '/users/{id}/ownedObjects': 2,
  '/users/{id}/transitiveMemberOf': 2,
  '/oauth2PermissionGrants/{id}': 2,
  '/servicePrincipals/{id}/appRoleAssignments': 2,
};

export function readRoutes(readers: Readers): readonly Route[] {
  return [
    ...resourceSets.flatMap((set) =>
      [set.path, ...set.aliases].flatMap((path) => setRoutes(set, path, readers)),
    ),
    ...directoryObjectRoutes(readers),
    ...deletedItemRoutes(readers),
    get('/users/{id}/licenseDetails', permissionsFor('GET /users/{id}'), licenseDetails),
    get('/me', null, () => {
      throw badRequest('/me request is only valid with delegated authentication flow.');
    }),
  ];
}

function get(path: string, permissions: readonly string[] | null, run: Route['run'], cost?: number): Route {
  return { method: 'GET', path, permissions, cost: cost ?? costs[path] ?? 1, run };
}

function setRoutes(set: ResourceSet, path: string, { lists, deltas }: Readers): Route[] {
  const base = `/${path}`;
  const readable = [...set.readPermissions, ...readEverything];
  const listed = permissionsFor(`GET /${set.path}`, readable);
  const single = permissionsFor(`GET /${set.path}/{id}`, readable);
  const routes = [
    get(base, listed, (request) => lists.page(request, setSource(set, request)), set.listCost),
    get(`${base}/{id}`, single, (request) => readObject(request, set.type)),
    get(`${base}/{id}/{property}`, single, (request) => readProperty(request, set.type)),
    get(`${base}/{id}/{property}/$value`, single, (request) => readRawValue(request, set.type)),
  ];
  if (set.hasAdvancedQueries) {
    routes.push(get(`${base}/$count`, listed, (request) => lists.count(request, setSource(set, request))));
  }
  if (set.hasDelta) {
    const followed = permissionsFor(`GET /${set.path}/delta`, readable);
    routes.push(get(`${base}/delta`, followed, (request) => deltas.page(request, set)));
  }
  for (const relation of relations) {
    if (relation.from.includes(set.type))
      routes.push(...relationRoutes(set, base, relation, lists, readable));
  }
  return routes;
}

function relationRoutes(
  set: ResourceSet,
  base: string,
  relation: Relation,
  lists: ListReader,
  readable: readonly string[],
): Route[] {
  const path = `${base}/{id}/${relation.name}`;
  const permissions = permissionsFor(`GET /${set.path}/{id}/${relation.name}`, readable);
  const cost = costs[`/${set.path}/{id}/${relation.name}`] ?? 1;
  const start = (request: GraphRequest) =>
    findTarget(request.directory, set.type, request.parameters.id ?? '');
  if (relation.isSingle) {
    return [
      get(path, permissions, (request) => readSingleTarget(request, start(request), relation), cost),
      get(
        `${path}/$ref`,
        permissions,
        (request) => readSingleReference(request, start(request), relation),
        cost,
      ),
    ];
  }
  const source = (request: GraphRequest, more: Partial<ListSource> = {}) => ({
    ...relationSource(set, start(request), relation, request),
    ...more,
  });
  const routes = [
    get(path, permissions, (request) => lists.page(request, source(request)), cost),
    get(`${path}/$count`, permissions, (request) => lists.count(request, source(request)), cost),
  ];
  if (relation.contained) {
    routes.push(
      get(`${path}/{target}`, permissions, (request) => readContained(request, start(request), relation)),
    );
    return routes;
  }
  const castSource = (request: GraphRequest) => castTo(source(request), request.parameters.cast ?? '');
  return [
    ...routes,
    get(
      `${path}/$ref`,
      permissions,
      (request) => lists.page(request, source(request, { asReferences: true })),
      cost,
    ),
    get(`${path}/{cast}`, permissions, (request) => lists.page(request, castSource(request)), cost),
    get(`${path}/{cast}/$count`, permissions, (request) => lists.count(request, castSource(request)), cost),
  ];
}

function setSource(set: ResourceSet, request: GraphRequest): ListSource {
  const list = request.directory.list(set.type);
  return {
    path: set.path,
    context: set.context,
    types: [set.type],
    maximumTop: set.maximumTop,
    hasAdvancedQueries: set.hasAdvancedQueries,
    isRelationship: false,
    withType: false,
    places: list.places,
    lastChange: (from, until) => list.lastChange(from, until),
  };
}

function relationSource(
  set: ResourceSet,
  object: DirectoryObject,
  relation: Relation,
  request: GraphRequest,
): ListSource {
  return {
    path: `${set.path}/${object.id}/${relation.name}`,
    context: relation.contained ? `${set.context}('${object.id}')/${relation.name}` : 'directoryObjects',
    types: relation.contained ? [relation.contained] : directoryObjectTypes,
    maximumTop: 999,
    hasAdvancedQueries: !relation.contained,
    isRelationship: !relation.contained,
    withType: !relation.contained,
    places: relation.placesOf(object, request.directory),
    lastChange: () => relation.changedTx(object),
  };
}

function castTo(source: ListSource, cast: string): ListSource {
  const type = objectTypes.find((name) => name.toLowerCase() === cast.toLowerCase());
  if (!type) throw unknownSegment(`microsoft.graph.${cast}`);
  return {
    ...source,
    path: `${source.path}/${type}`,
    context: setOf(type)?.context ?? 'directoryObjects',
    types: [type],
    withType: false,
    includes: (object) => object.type === type && object.deletedAt === 0,
  };
}

function readObject(request: GraphRequest, type: ObjectType): HttpReply {
  const object = findTarget(request.directory, type, request.parameters.id ?? '');
  const selection = readSelection(request.options.get('select'), {
    directory: request.directory,
    types: [type],
    version: request.version,
  });
  requireSignInPermission(selection, request);
  const expand = request.options.get('expand');
  const context = setOf(type)?.context ?? `${type}s`;
  return objectReply(request, object, selection, {
    context: `${context}${selectionSuffix(selection)}/$entity`,
    withType: false,
    extra: expand === undefined ? '' : readExpansion(expand, [type], request).render(object),
  });
}

function readProperty(request: GraphRequest, type: ObjectType): HttpReply {
  const { object, property } = namedProperty(request, type);
  const value = propertyValue(object, property.name);
  if (value === undefined || value === null) return { status: 204, headers: {}, body: [] };
  const context = `${request.root}/$metadata#${setOf(type)?.context}('${object.id}')/${property.name}`;
  return json(200, { '@odata.context': context, value: JSON.parse(renderValue(value, property)) });
}

function readRawValue(request: GraphRequest, type: ObjectType): HttpReply {
  const { object, property } = namedProperty(request, type);
  const value = propertyValue(object, property.name);
  if (value === undefined || value === null) throw resourceNotFound(property.name);
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: [String(value)] };
}

function namedProperty(request: GraphRequest, type: ObjectType) {
  const name = request.parameters.property ?? '';
  const property = findProperty(request.directory, type, name);
  if (!property) throw unknownSegment(name);
  return { object: findTarget(request.directory, type, request.parameters.id ?? ''), property };
}

function readSingleTarget(request: GraphRequest, object: DirectoryObject, relation: Relation): HttpReply {
  const target = singleTarget(request, object, relation);
  const selection = readSelection(request.options.get('select'), {
    directory: request.directory,
    types: directoryObjectTypes,
    version: request.version,
  });
  return objectReply(request, target, selection, { context: 'directoryObjects/$entity', withType: true });
}

function readSingleReference(request: GraphRequest, object: DirectoryObject, relation: Relation): HttpReply {
  const target = singleTarget(request, object, relation);
  return json(200, {
    '@odata.context': `${request.root}/$metadata#$ref`,
    '@odata.id': `${request.root}/directoryObjects/${target.id}`,
  });
}

function singleTarget(request: GraphRequest, object: DirectoryObject, relation: Relation): DirectoryObject {
  for (const target of related(relation, object, request.directory)) return target;
  throw resourceNotFound(relation.name);
}

function readContained(request: GraphRequest, object: DirectoryObject, relation: Relation): HttpReply {
  const key = request.parameters.target ?? '';
  for (const target of related(relation, object, request.directory)) {
    if (target.id !== key && `name=${target.values.name}` !== key) continue;
    const selection = readSelection(request.options.get('select'), {
      directory: request.directory,
      types: [target.type],
      version: request.version,
    });
    const context = `${setOf(object.type)?.context}('${object.id}')/${relation.name}/$entity`;
    return objectReply(request, target, selection, { context, withType: false });
  }
  throw resourceNotFound(key);
}

/** Licences of a user with the service plans of their subscription. */
function licenseDetails(request: GraphRequest): HttpReply {
  const user = findTarget(request.directory, 'user', request.parameters.id ?? '');
  const licences = (user.values.assignedLicenses ?? []) as readonly { readonly skuId: string }[];
  const subscriptions = request.directory.list('subscribedSku').places.filter((sku) => sku !== undefined);
  return json(200, {
    '@odata.context': `${request.root}/$metadata#users('${user.id}')/licenseDetails`,
    value: licences.flatMap(({ skuId }) => {
      const sku = subscriptions.find((subscription) => subscription.values.skuId === skuId);
      if (!sku) return [];
      const { skuPartNumber, servicePlans } = sku.values;
      return [{ id: sku.id, skuId, skuPartNumber, servicePlans: servicePlans ?? [] }];
    }),
  });
}

function directoryObjectRoutes({ deltas }: Readers): Route[] {
  return [
    get('/directoryObjects/delta', null, (request) => deltas.page(request, undefined)),
    get('/directoryObjects/{id}', permissionsFor('GET /directoryObjects/{id}'), (request) => {
      const object = findAnyObject(request.directory, request.parameters.id ?? '');
      return directoryObjectReply(request, object);
    }),
  ];
}

function deletedItemRoutes({ lists }: Readers): Route[] {
  const source = (request: GraphRequest): ListSource => {
    const cast = request.parameters.cast ?? '';
    const type = directoryObjectTypes.find((name) => name.toLowerCase() === cast.toLowerCase());
    if (!type) throw unknownSegment(`microsoft.graph.${cast}`);
    if (!canReadType(request.caller.roles, type)) {
      throw accessDenied();
    }
    const items = request.directory.deletedItems(type);
    return {
      path: `directory/deleteditems/${type}`,
      context: setOf(type)?.context ?? 'directoryObjects',
      types: [type],
      maximumTop: 999,
      hasAdvancedQueries: true,
      isRelationship: false,
      withType: false,
      places: items.places,
      lastChange: () => items.changedTx,
      includes: (object) => object.deletedAt !== 0,
    };
  };
  return [
    get('/directory/deletedItems', null, () => {
      throw badRequest(
        'A type has to be named: use a path such as /directory/deletedItems/microsoft.graph.user.',
      );
    }),
    get('/directory/deletedItems/{cast}', null, (request) => lists.page(request, source(request))),
    get('/directory/deletedItems/{cast}/$count', null, (request) => lists.count(request, source(request))),
    get('/directory/deletedItems/{id}', null, (request) => {
      const id = request.parameters.id ?? '';
      const object = request.directory.find(id);
      if (!object || object.deletedAt === 0) throw resourceNotFound(id);
      if (!canReadType(request.caller.roles, object.type)) {
        throw accessDenied();
      }
      return directoryObjectReply(request, object);
    }),
  ];
}

/** An object under the general context, with its type in the body. */
export function directoryObjectReply(request: GraphRequest, object: DirectoryObject): HttpReply {
  const selection = readSelection(request.method === 'GET' ? request.options.get('select') : undefined, {
    directory: request.directory,
    types: [object.type],
    version: request.version,
  });
  return objectReply(request, object, selection, { context: 'directoryObjects/$entity', withType: true });
}
