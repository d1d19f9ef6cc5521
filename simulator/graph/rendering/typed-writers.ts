// Writers for a list that may hold objects of several types, some of which the caller may not look into.
import type { DirectoryObject, ObjectType } from '../../tenant/directory-object.ts';
import type { GraphRequest } from '../exchange.ts';
import { canReadType } from '../resource-sets.ts';
import { createWriter, type Writer } from './render.ts';
import type { Selection } from './selection.ts';

/** Writes each object as its type asks; of a type the caller may not read only `@odata.type` and `id` are shown. */
export function createTypedWriters(
  selection: Selection,
  request: GraphRequest,
  options: { readonly withType: boolean; readonly hidesUnreadable?: boolean },
): Writer {
  const writers = new Map<ObjectType, Writer>();
  return (object: DirectoryObject) => {
    let write = writers.get(object.type);
    if (!write) {
      const properties = selection.propertiesOf(object.type);
      const isReadable = options.hidesUnreadable === false || canReadType(request.caller.roles, object.type);
      write = createWriter(object.type, {
        properties,
        withType: options.withType,
        omitsUnset: false,
        ...(isReadable
          ? {}
          : { hidden: new Set(properties.map(({ name }) => name).filter((name) => name !== 'id')) }),
      });
      writers.set(object.type, write);
    }
    return write(object);
  };
}

/** The types that a caller may not look into, as a text: part of what makes two rendered pages the same. */
export function unreadableTypes(request: GraphRequest, types: readonly ObjectType[]): string {
  return types.filter((type) => !canReadType(request.caller.roles, type)).join(',');
}
