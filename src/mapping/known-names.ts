/** Whether names that a mapping writes are names that a side has, and what was probably meant by one that is not. */
import { nearestName } from '../model/nearest-name.ts';
import { keyNames } from './mapped-resource.ts';
import { didYouMean, type MappingMistake, mistakeAt } from './mapping-mistake.ts';
import type { MappedAttribute, MappedSide } from './mapping-side.ts';

/** What is known of one side of a mapping. */
export type SideKnowledge =
  | Readonly<{ kind: 'known'; side: MappedSide }>
  /** There is no such connection or entity type; the sentence says so with the remedy. */
  | Readonly<{ kind: 'unknown'; message: string; suggestion?: string }>
  /** Nobody says what its objects are made of: names are not checked. */
  | Readonly<{ kind: 'unspecified' }>;

export type KnownNames = Readonly<{
  /** The attribute that a name leads to, itself or as the beginning of a path with dots or slashes. */
  find: (name: string) => MappedAttribute | undefined;
  isLink: (name: string) => boolean;
  nearest: (name: string) => string | undefined;
  nearestLink: (name: string) => string | undefined;
  side: MappedSide;
}>;

export function knownNamesOf(side: MappedSide): KnownNames {
  const attributes = new Map(side.attributes.map((attribute) => [attribute.name, attribute]));
  const links = new Set(side.links.map(({ name }) => name));
  return {
    find: (name) => {
      for (let known = name; known !== ''; known = known.slice(0, endOfParent(known))) {
        const attribute = attributes.get(known);
        if (attribute !== undefined) return attribute;
      }
      return undefined;
    },
    isLink: (name) => links.has(name),
    nearest: (name) => nearestName(name, attributes.keys()),
    nearestLink: (name) => nearestName(name, links),
    side,
  };
}

/** Where the last part of a path begins: the dot or slash before it. */
function endOfParent(path: string): number {
  return Math.max(path.lastIndexOf('.'), path.lastIndexOf('/'), 0);
}

/** The mistake of reading an attribute that the source has not; undefined where it has it. The key can be read where `hasKey`. */
export function missingSource(
  names: KnownNames,
  name: string,
  path: string,
  {
    position,
    length,
    hasKey = true,
  }: Readonly<{ position?: number; length?: number; hasKey?: boolean }> = {},
): MappingMistake | undefined {
  if (names.find(name) !== undefined || (hasKey && keyNames.includes(name))) return undefined;
  const [root = ''] = name.split(/[./]/, 1);
  if (names.isLink(root)) {
    const message = `${root} is a link of the source and no attribute: map it as a reference.`;
    return mistakeAt(path, message, { position, length });
  }
  if (keyNames.includes(name)) {
    const message = `${name} is the key of the source, which filters cannot ask for: reconcile single resources by their key instead.`;
    return mistakeAt(path, message, { position, length });
  }
  const suggestion = names.nearest(name);
  const remedy =
    suggestion === undefined
      ? 'add it to what is exported of the source, or correct the name.'
      : `correct the name, or add it to what is exported.${didYouMean(suggestion)}`;
  const message = `The source has no attribute ${name}: ${remedy}`;
  return mistakeAt(path, message, { position, length, suggestion });
}

/** The mistake of naming an attribute that the target has not; undefined where it has it. */
export function missingTarget(names: KnownNames, name: string, path: string): MappingMistake | undefined {
  if (names.find(name) !== undefined) return undefined;
  const [root = ''] = name.split(/[./]/, 1);
  if (names.isLink(root)) {
    const message = `${root} is a link of the target and no attribute: choose the kind reference for it.`;
    return mistakeAt(path, message);
  }
  if (isKeyName(root)) {
    const message = `${root} is the key of the target, which it gives itself: remove this attribute.`;
    return mistakeAt(path, message);
  }
  const suggestion = names.nearest(name);
  const message = `The target has no attribute ${name}.${didYouMean(suggestion)}`;
  return mistakeAt(path, message, { suggestion });
}

function isKeyName(name: string): boolean {
  return keyNames.includes(name) || name === 'key';
}
