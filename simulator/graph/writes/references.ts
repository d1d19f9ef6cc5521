// References to directory objects as clients write them: in `@odata.id`, in `…@odata.bind`, and in the path of a removal.
import type { DirectoryObject, LinkKind, ObjectType } from '../../tenant/directory-object.ts';
import { findAnyObject, findTarget, isGuid } from '../addressing.ts';
import { type GraphRequest, readBody } from '../exchange.ts';
import { invalidReference, tooManyReferences, unsupportedReference } from './write-errors.ts';

/** Microsoft Graph, "Add members": how many references one request may carry. */
const maximumReferences = 20;

/** Collections that a reference may name, in lower case; null stands for any type. */
const collections: Readonly<Record<string, ObjectType | null>> = {
  directoryobjects: null,
  users: 'user',
  groups: 'group',
  serviceprincipals: 'servicePrincipal',
  applications: 'application',
  devices: 'device',
  contacts: 'orgContact',
  administrativeunits: 'administrativeUnit',
  directoryroles: 'directoryRole',
};

/** `…/users/{key}` or `…/users('{key}')` at the end of any address: hosts and versions are the client's own. */
const referenceForm = /(?:^|\/)([a-z]+)(?:\/([^/?#()]+)|\('([^'/]+)'\))\/?(?:[?#].*)?$/i;

interface Reference {
  readonly type: ObjectType | null;
  readonly key: string;
}

function parseReference(reference: unknown): Reference | undefined {
  const found = typeof reference === 'string' ? referenceForm.exec(reference) : null;
  const collection = found?.[1]?.toLowerCase() ?? '';
  const type = Object.hasOwn(collections, collection) ? collections[collection] : undefined;
  if (!found || type === undefined) return undefined;
  return { type, key: decodeKey(found[2] ?? found[3] ?? '') };
}

/** The live object that a reference names. Throws Graph's refusals for what is no reference or names nobody. */
function resolveReference(request: GraphRequest, link: LinkKind, reference: unknown): DirectoryObject {
  const parsed = parseReference(reference);
  if (!parsed) throw invalidReference();
  const { type, key } = parsed;
  if (!isGuid(key) && type !== 'user') throw unsupportedReference(link);
  return type === null ? findAnyObject(request.directory, key) : findTarget(request.directory, type, key);
}

/** The object that the body of a `$ref` request names. */
export function referencedObject(request: GraphRequest, link: LinkKind): DirectoryObject {
  const entry = Object.entries(readBody(request)).find(([name]) => name.toLowerCase() === '@odata.id');
  return resolveReference(request, link, entry?.[1]);
}

/** The id of the object to unlink: from the path, or from the reference in `?@id=` that some libraries send. */
export function removedId(request: GraphRequest, link: LinkKind): string {
  const reference = request.options.get('@id') ?? request.options.get('id');
  const key = request.parameters.target ?? parseReference(reference)?.key ?? reference ?? '';
  if (!isGuid(key)) throw unsupportedReference(link);
  return key;
}

export type Bindings = ReadonlyMap<LinkKind, readonly DirectoryObject[]>;

/** Resolves the bindings of a body. Nothing is linked before all of them are known to exist. */
export function resolveBindings(
  request: GraphRequest,
  bindings: ReadonlyMap<string, unknown>,
  allowed: readonly LinkKind[],
): Bindings {
  const resolved = new Map<LinkKind, readonly DirectoryObject[]>();
  let count = 0;
  for (const [name, value] of bindings) {
    const link = allowed.find((kind) => kind === name);
    const references = Array.isArray(value) ? value : [value];
    if (!link) throw invalidReference();
    count += references.length;
    if (count > maximumReferences) throw tooManyReferences(maximumReferences);
    resolved.set(
      link,
      references.map((reference) => resolveReference(request, link, reference)),
    );
  }
  return resolved;
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
