// Creating by an alternate key what is not there yet: `PATCH /groups(uniqueName='…')` with `Prefer: create-if-missing`.
import type { DirectoryObject, ObjectType } from '../../tenant/directory-object.ts';
import { findTarget } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { GraphError } from '../graph-error.ts';

/** The object that the path names; undefined when it is missing and the request asks to create it. */
export function upsertTarget(request: GraphRequest, type: ObjectType): DirectoryObject | undefined {
  try {
    return findTarget(request.directory, type, request.parameters.id ?? '');
  } catch (error) {
    if (error instanceof GraphError && error.status === 404 && asksForCreation(request)) return undefined;
    throw error;
  }
}

/** The body of the creation: the given one and the key of the path. */
export function bodyWithKey(request: GraphRequest): Record<string, unknown> {
  const [name = '', value] = /^(\w+)=(.*)$/s.exec(request.parameters.id ?? '')?.slice(1) ?? [];
  const body = Object.entries(readBody(request)).filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  return { ...Object.fromEntries(body), [name]: value };
}

function asksForCreation(request: GraphRequest): boolean {
  const prefers = /(?:^|[,;\s])create-if-missing\b/i.test(request.http.headers.prefer ?? '');
  return prefers && /^\w+=/.test(request.parameters.id ?? '');
}
