/** Attributes of a source object by their names, which may lead into parts of them. Pure. */

type Reader = (value: unknown) => unknown;

/**
 * How an attribute is read: the one of exactly this name; else, where the name has dots, a part of one (`manager.id`); else, where it
 * has slashes, the same with these. A part of a list is that part of each of its values, or one value where the part is a number,
 * counted from 0. Undefined where there is none.
 */
export function attributeReader(name: string): (attributes: Readonly<Record<string, unknown>>) => unknown {
  const readers = (['.', '/'] as const)
    .filter((separator) => isPath(name, separator))
    .map((separator) => partReader(name, separator, new Map()));
  return (attributes) => {
    if (Object.hasOwn(attributes, name)) return attributes[name];
    for (const read of readers) {
      const found = read(attributes);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Names with more parts than this are no paths. */
const mostParts = 20;

function isPath(name: string, separator: string): boolean {
  const parts = name.split(separator, mostParts + 1).length;
  return parts > 1 && parts <= mostParts;
}

/** Reads along a path; the readers of its ends are shared by all ways that lead to them. */
function partReader(path: string, separator: string, known: Map<string, Reader>): Reader {
  const before = known.get(path);
  if (before !== undefined) return before;
  // The longest name first: those of SCIM extensions have dots of their own.
  const steps: { member: string; rest: Reader }[] = [];
  for (let at = path.lastIndexOf(separator); at > 0; at = path.lastIndexOf(separator, at - 1)) {
    steps.push({ member: path.slice(0, at), rest: partReader(path.slice(at + 1), separator, known) });
  }
  const first = path.split(separator, 1)[0] ?? '';
  const index = /^\d{1,6}$/.test(first) ? Number(first) : undefined;
  const afterIndex = steps.at(-1)?.rest;
  const read: Reader = (value) => {
    if (Array.isArray(value)) {
      if (index === undefined) return readEach(value, read);
      return afterIndex === undefined ? value[index] : afterIndex(value[index]);
    }
    if (typeof value !== 'object' || value === null) return undefined;
    const members = value as Readonly<Record<string, unknown>>;
    if (Object.hasOwn(members, path)) return members[path];
    for (const { member, rest } of steps) {
      const found = Object.hasOwn(members, member) ? rest(members[member]) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  known.set(path, read);
  return read;
}

function readEach(list: readonly unknown[], read: Reader): unknown {
  const found = list.map(read).filter((value) => value !== undefined);
  return found.length === 0 ? undefined : found.flat();
}
