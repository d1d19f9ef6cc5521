/** The source resource as mappings see it: its attributes, and its key under `id` and `_id` where a mapping asks for it. */
import type { Attributes } from '../model/entity-type.ts';

export type MappedResource = Readonly<{ key: string; attributes: Attributes }>;

/** The names under which the key of a resource can be read, where it has no attribute of that name. */
export const keyNames: readonly string[] = ['id', '_id'];

/** Gives what expressions and conditions read of a resource. */
export type ResourceView = (resource: MappedResource) => Attributes;

/** The view for a mapping that reads these names: without the key where it asks for none, as copying every resource takes time. */
export function viewFor(names: Iterable<string>): ResourceView {
  const asked = new Set(names);
  const added = keyNames.filter((name) => asked.has(name));
  if (added.length === 0) return ({ attributes }) => attributes;
  return ({ key, attributes }) => ({
    ...Object.fromEntries(added.map((name) => [name, key])),
    ...attributes,
  });
}
