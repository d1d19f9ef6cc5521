/** What is wrong with how a mapping leans on others: their account links, and references that follow them. */
import type { MappingDefinition, ObjectSet } from '../model/mapping.ts';
import { nearestName } from '../model/nearest-name.ts';
import type { KnownNames } from './known-names.ts';
import { didYouMean, type MappingMistake, mistakeAt } from './mapping-mistake.ts';

/** Other mappings by name, whatever the case. */
export type OtherMappings = Readonly<{
  find: (name: string) => MappingDefinition | undefined;
  nearest: (name: string) => string | undefined;
  all: readonly MappingDefinition[];
}>;

/** The saved mappings without the one of this name, which is the one that is checked. */
export function otherMappings(saved: readonly MappingDefinition[], name: string): OtherMappings {
  const all = saved.filter((other) => !isSameName(other.name, name));
  return {
    find: (wanted) => all.find((other) => isSameName(other.name, wanted)),
    nearest: (wanted) =>
      nearestName(
        wanted,
        all.map((other) => other.name),
      ),
    all,
  };
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isSameSet(one: ObjectSet, other: ObjectSet): boolean {
  return one.connection === other.connection && one.type === other.type;
}

/** Whether two mappings pair the same two sets, in the same or the other direction. */
function isSamePair(one: MappingDefinition, other: MappingDefinition): boolean {
  return (
    (isSameSet(one.source, other.source) && isSameSet(one.target, other.target)) ||
    (isSameSet(one.source, other.target) && isSameSet(one.target, other.source))
  );
}

/** Account links that are shared. */
export function checkLinksOf(
  definition: MappingDefinition,
  others: OtherMappings,
): readonly MappingMistake[] {
  const path = 'linksOf';
  const { name, linksOf } = definition;
  const users = others.all.filter((other) => other.linksOf !== undefined && isSameName(other.linksOf, name));
  if (linksOf === undefined) {
    return users
      .filter((user) => !isSamePair(user, definition))
      .map((user) =>
        mistakeAt(
          'source',
          `${user.name} uses the account links of this mapping, so the two have to lie between the same entity types: change ${user.name} first.`,
        ),
      );
  }
  if (isSameName(linksOf, name)) {
    return [mistakeAt(path, 'A mapping uses its own account links anyway: leave linksOf out.')];
  }
  const owner = others.find(linksOf);
  if (owner === undefined) return [unknownMapping(linksOf, path, others)];
  if (owner.linksOf !== undefined && isSameName(owner.linksOf, name)) {
    return [
      mistakeAt(
        path,
        `${owner.name} uses the account links of this mapping, so neither would have any: leave linksOf out in one of the two.`,
      ),
    ];
  }
  if (owner.linksOf !== undefined) {
    const message = `${owner.name} uses the account links of ${owner.linksOf} itself: name ${owner.linksOf}.`;
    return [mistakeAt(path, message, { suggestion: owner.linksOf })];
  }
  const [user] = users;
  if (user !== undefined) {
    return [
      mistakeAt(
        path,
        `${user.name} uses the account links of this mapping, so it has to keep its own: let ${user.name} name ${owner.name}, too.`,
      ),
    ];
  }
  if (!isSamePair(definition, owner)) {
    const message = `${owner.name} lies between ${inWords(owner.source)} and ${inWords(owner.target)}, so its account links are of other objects: name a mapping between the same two, or leave linksOf out.`;
    return [mistakeAt(path, message)];
  }
  return definition.settings.isLinking
    ? []
    : [
        mistakeAt(
          path,
          'Without linking there are no account links to share: leave linksOf out, or set isLinking.',
        ),
      ];
}

function inWords({ connection, type }: ObjectSet): string {
  return `${connection}/${type}`;
}

function unknownMapping(name: string, path: string, others: OtherMappings): MappingMistake {
  const suggestion = others.nearest(name);
  return mistakeAt(path, `There is no mapping ${name}.${didYouMean(suggestion)}`, { suggestion });
}

/** Rows that turn links of the source into links of the target. */
export function checkReferences(
  definition: MappingDefinition,
  source: KnownNames | null,
  target: KnownNames | null,
  others: OtherMappings,
): readonly MappingMistake[] {
  const own = definition.attributes.flatMap((row, index) => {
    const { source: from, target: to } = row;
    if (from.kind !== 'reference') return [];
    const path = `attributes/${index}`;
    const isRestricted =
      row.condition !== undefined || row.default !== undefined || row.apply === 'on-create';
    const restriction = `${to} is a reference, which is always kept as the source has it: leave out condition, default and on-create.`;
    return [
      ...checkLinkNames(from.link, to, path, source, target),
      ...(isRestricted ? [mistakeAt(path, restriction)] : []),
      ...checkFollowed(
        definition,
        from.mapping ?? definition.name,
        to,
        `${path}/source/mapping`,
        target,
        others,
      ),
    ];
  });
  return [...own, ...checkReferenceCycles(definition, others)];
}

function checkLinkNames(
  link: string,
  to: string,
  path: string,
  source: KnownNames | null,
  target: KnownNames | null,
): readonly MappingMistake[] {
  const mistakes: MappingMistake[] = [];
  if (source !== null && !source.isLink(link)) {
    const suggestion = source.nearestLink(link);
    const message = `The source has no link ${link}: export it, or correct the name.${didYouMean(suggestion)}`;
    mistakes.push(mistakeAt(`${path}/source/link`, message, { suggestion }));
  }
  if (target !== null && !target.isLink(to)) {
    const suggestion = target.nearestLink(to);
    const isAttribute = target.find(to) !== undefined;
    const what = isAttribute ? `${to} is an attribute and no link.` : `The target has no link ${to}.`;
    mistakes.push(mistakeAt(`${path}/target`, `${what}${didYouMean(suggestion)}`, { suggestion }));
  }
  return mistakes;
}

/** The mapping whose account links pair the ends of a reference. */
function checkFollowed(
  definition: MappingDefinition,
  name: string,
  to: string,
  path: string,
  target: KnownNames | null,
  others: OtherMappings,
): readonly MappingMistake[] {
  const followed = isSameName(name, definition.name) ? definition : others.find(name);
  if (followed === undefined) return [unknownMapping(name, path, others)];
  const [from, into] = [definition.source.connection, definition.target.connection];
  if (followed.source.connection !== from || followed.target.connection !== into) {
    const message = `${followed.name} leads from ${inWords(followed.source)} to ${inWords(followed.target)}: references of this mapping need one from ${from} to ${into}.`;
    return [mistakeAt(path, message)];
  }
  const allowed = target?.side.links.find((link) => link.name === to)?.targets;
  if (allowed === undefined || allowed.includes(followed.target.type)) return [];
  const message = `${to} leads to ${allowed.join(', ')}, and ${followed.name} makes ${followed.target.type}: name the mapping of what the link leads to.`;
  return [mistakeAt(path, message)];
}

/** Mappings that wait for each other's account links. That a mapping follows its own is no cycle. */
function checkReferenceCycles(
  definition: MappingDefinition,
  others: OtherMappings,
): readonly MappingMistake[] {
  return definition.attributes.flatMap(({ source }, index) => {
    if (source.kind !== 'reference' || source.mapping === undefined) return [];
    if (isSameName(source.mapping, definition.name)) return [];
    const trail = findTrail(source.mapping, definition.name, others);
    if (trail === undefined) return [];
    const message = `The references go round in a circle: ${[definition.name, ...trail].join(' → ')}. Leave one of them out.`;
    return [mistakeAt(`attributes/${index}/source/mapping`, message)];
  });
}

/** The names on the shortest way of references from one mapping to another; undefined where there is none. */
function findTrail(from: string, to: string, others: OtherMappings): readonly string[] | undefined {
  const seen = new Set<string>();
  let trails: readonly (readonly string[])[] = [[from]];
  while (trails.length > 0) {
    const next: (readonly string[])[] = [];
    for (const trail of trails) {
      const name = trail.at(-1) ?? '';
      if (isSameName(name, to)) return trail;
      if (seen.has(name.toLowerCase())) continue;
      seen.add(name.toLowerCase());
      next.push(...followedBy(others.find(name)).map((followed) => [...trail, followed]));
    }
    trails = next;
  }
  return undefined;
}

function followedBy(mapping: MappingDefinition | undefined): readonly string[] {
  if (mapping === undefined) return [];
  const names = mapping.attributes.flatMap(({ source }) =>
    source.kind === 'reference' ? (source.mapping ?? []) : [],
  );
  return names.filter((name) => !isSameName(name, mapping.name));
}
