// The answer to a creation.
import type { HttpReply } from '../../http.ts';
import type { DirectoryObject } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { readSelection } from '../rendering/selection.ts';
import { entityReply, objectReply } from '../rendering/single.ts';
import { setOf } from '../resource-sets.ts';

/** 201 with the new object and its address. */
export function createdReply(request: GraphRequest, object: DirectoryObject): HttpReply {
  const path = setOf(object.type)?.path ?? 'directoryObjects';
  return entityReply(request, object, 201, { Location: `${request.root}/${path}/${object.id}` });
}

/** 201 with a new object that is part of another one, whose collection names it in the context. */
export function containedReply(
  request: GraphRequest,
  object: DirectoryObject,
  collection: { readonly set: string; readonly owner: DirectoryObject; readonly name: string },
): HttpReply {
  const { set, owner, name } = collection;
  return objectReply(request, object, defaultSelection(request, object), {
    context: `${set}('${owner.id}')/${name}/$entity`,
    withType: false,
    status: 201,
    headers: { Location: `${request.root}/${set}/${owner.id}/${name}/${object.id}` },
  });
}

/** 200 with an object among others of mixed types, as a restore answers it. */
export function directoryObjectReply(request: GraphRequest, object: DirectoryObject): HttpReply {
  return objectReply(request, object, defaultSelection(request, object), {
    context: 'directoryObjects/$entity',
    withType: true,
  });
}

function defaultSelection(request: GraphRequest, object: DirectoryObject) {
  return readSelection(undefined, {
    directory: request.directory,
    types: [object.type],
    version: request.version,
  });
}
