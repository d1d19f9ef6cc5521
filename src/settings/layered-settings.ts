/**
 * Settings out of several files and environment variables as one: a later one wins, name by name and, as in .NET's
 * configuration, list entry by list entry. Every value knows what it came from. Pure.
 */
import { isJsonObject, type Json, type JsonObject } from './commented-json.ts';
import type { SourceOf } from './section.ts';

/** What one file or environment variable says; `source` names it, as a sentence begins with it. */
export type Layer = Readonly<{ kind: 'file' | 'variable'; source: string; root: JsonObject }>;

/** A setting that several say something else of. */
export type Override = Readonly<{ path: readonly string[]; winner: string; losers: readonly string[] }>;

export type LayeredSettings = Readonly<{
  root: JsonObject;
  sourceOf: SourceOf;
  overrides: readonly Override[];
}>;

type Node = Leaf | Branch;
type Leaf = Readonly<{ kind: 'leaf'; value: Json; source: string; losers: readonly string[] }>;
type Branch = Readonly<{
  /** Variables cannot tell a list from a section: what they make is a list where all names are numbers. */
  kind: 'section' | 'list' | 'either';
  source: string;
  /** By name in lower case, or by index. */
  children: Map<string, Readonly<{ name: string; node: Node }>>;
}>;

/** Lays settings over each other, the last one on top. `file` is the source of what nobody says. */
export function layerSettings(file: string, layers: readonly Layer[]): LayeredSettings {
  const nothing: Node = { kind: 'section', source: file, children: new Map() };
  const root = layers
    .map((layer) => treeOf(layer.root, layer))
    .reduce((below, above) => lay(below, above), nothing);
  return {
    root: isBranch(root) ? sectionOf(root) : new Map(),
    sourceOf: (path) => findSource(root, path),
    overrides: listOverrides(root, []),
  };
}

function isBranch(node: Node): node is Branch {
  return node.kind !== 'leaf';
}

function treeOf(value: Json, layer: Layer): Node {
  const { source } = layer;
  if (!isJsonObject(value) && !Array.isArray(value)) return { kind: 'leaf', value, source, losers: [] };
  const members = isJsonObject(value)
    ? [...value]
    : value.map((item, index) => [String(index), item] as const);
  const children = members.map(
    ([name, inner]) => [name.toLowerCase(), { name, node: treeOf(inner, layer) }] as const,
  );
  const kind = !isJsonObject(value) ? 'list' : layer.kind === 'variable' ? 'either' : 'section';
  return { kind, source, children: new Map(children) };
}

function lay(below: Node, above: Node): Node {
  if (isBranch(below) && isBranch(above)) {
    const kind = commonKind(below, above);
    if (kind === undefined) return above;
    const children = new Map(below.children);
    for (const [key, { name, node }] of above.children) {
      const known = children.get(key);
      children.set(key, known ? { name: known.name, node: lay(known.node, node) } : { name, node });
    }
    return { kind, source: below.source, children };
  }
  if (isBranch(above)) return above;
  return { ...above, losers: isBranch(below) ? [below.source] : [...below.losers, below.source] };
}

/** What both are together; undefined for a list and a section. */
function commonKind(below: Branch, above: Branch): Branch['kind'] | undefined {
  if (below.kind === above.kind) return below.kind;
  const kinds = [below, above].map((one) =>
    one.kind === 'either' && !isNumbered(one) ? 'section' : one.kind,
  );
  const known = new Set(kinds.filter((kind) => kind !== 'either'));
  return known.size > 1 ? undefined : [...known][0];
}

function isNumbered({ children }: Branch): boolean {
  return children.size > 0 && [...children.keys()].every((key) => /^\d{1,9}$/.test(key));
}

function isList(branch: Branch): boolean {
  return branch.kind === 'list' || (branch.kind === 'either' && isNumbered(branch));
}

/** The children as they come out: entries of a list close up, whatever their numbers. */
function entriesOf(branch: Branch): readonly (readonly [name: string, node: Node])[] {
  if (!isList(branch)) return [...branch.children.values()].map(({ name, node }) => [name, node]);
  return [...branch.children]
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, { node }], index) => [`entry ${index + 1}`, node]);
}

function jsonOf(node: Node): Json {
  if (!isBranch(node)) return node.value;
  return isList(node) ? entriesOf(node).map(([, inner]) => jsonOf(inner)) : sectionOf(node);
}

function sectionOf(branch: Branch): JsonObject {
  return new Map([...branch.children.values()].map(({ name, node }) => [name, jsonOf(node)]));
}

function findSource(node: Node, [name, ...rest]: readonly string[]): string {
  if (name === undefined || !isBranch(node)) return node.source;
  const wanted = name.toLowerCase();
  const inner = entriesOf(node).find(([written]) => written.toLowerCase() === wanted)?.[1];
  return inner === undefined ? node.source : findSource(inner, rest);
}

function listOverrides(node: Node, path: readonly string[]): readonly Override[] {
  if (isBranch(node))
    return entriesOf(node).flatMap(([name, inner]) => listOverrides(inner, [...path, name]));
  return node.losers.length === 0 ? [] : [{ path, winner: node.source, losers: node.losers }];
}
