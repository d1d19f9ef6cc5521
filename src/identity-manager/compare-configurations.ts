/** What a deployment would change: two configurations → what is added, removed and changed, and that in lines for people. */
import {
  type ChildElement,
  type Configuration,
  type ConfigurationElement,
  type ElementAttributes,
  nameElement,
} from './configuration.ts';

/** An attribute with both values; a side that lacks it is undefined, and a default counts as missing. */
export type AttributeChange = Readonly<{
  name: string;
  before: string | undefined;
  after: string | undefined;
}>;

export type ChildChange =
  | Readonly<{ kind: 'added' | 'removed'; child: ChildElement }>
  | Readonly<{
      kind: 'changed';
      child: ChildElement;
      attributes: readonly AttributeChange[];
      children: readonly ChildChange[];
    }>
  /** The same children in another order, which counts. */
  | Readonly<{ kind: 'reordered' }>;

export type ElementChange = Readonly<{
  element: ConfigurationElement;
  attributes: readonly AttributeChange[];
  children: readonly ChildChange[];
}>;

export type ConfigurationDifference = Readonly<{
  added: readonly ConfigurationElement[];
  removed: readonly ConfigurationElement[];
  changed: readonly ElementChange[];
}>;

/** What turns `before` into `after`. Elements are the same when kind and identifier are, whatever the case. */
export function compareConfigurations(before: Configuration, after: Configuration): ConfigurationDifference {
  const old = byName(before);
  const fresh = byName(after);
  return {
    added: after.elements.filter((element) => !old.has(keyOf(element))),
    removed: before.elements.filter((element) => !fresh.has(keyOf(element))),
    changed: after.elements.flatMap((element) => {
      const previous = old.get(keyOf(element));
      return previous === undefined ? [] : compareElements(previous, element);
    }),
  };
}

/** Whether there is nothing to change. */
export function isSameConfiguration({ added, removed, changed }: ConfigurationDifference): boolean {
  return added.length + removed.length + changed.length === 0;
}

function byName({ elements }: Configuration): ReadonlyMap<string, ConfigurationElement> {
  return new Map(elements.map((element) => [keyOf(element), element]));
}

function keyOf(element: ConfigurationElement): string {
  return nameElement(element).toLowerCase();
}

function compareElements(
  before: ConfigurationElement,
  after: ConfigurationElement,
): readonly ElementChange[] {
  const attributes = [
    ...compareAttributes({ Identifier: before.identifier }, { Identifier: after.identifier }),
    ...compareAttributes(before.attributes, after.attributes),
  ];
  const children = compareChildren(before.children, after.children);
  return attributes.length + children.length === 0 ? [] : [{ element: after, attributes, children }];
}

function compareAttributes(before: ElementAttributes, after: ElementAttributes): readonly AttributeChange[] {
  return Object.keys({ ...before, ...after })
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ name, before: before[name], after: after[name] }));
}

/** Children with a name of their own are compared with that name, others are there or not. */
function compareChildren(
  before: readonly ChildElement[],
  after: readonly ChildElement[],
): readonly ChildChange[] {
  const old = numbered(before);
  const fresh = numbered(after);
  const changes: ChildChange[] = [];
  for (const [key, child] of old) {
    if (!fresh.has(key)) changes.push({ kind: 'removed', child });
  }
  for (const [key, child] of fresh) {
    const previous = old.get(key);
    if (previous === undefined) {
      changes.push({ kind: 'added', child });
      continue;
    }
    const attributes = compareAttributes(previous.attributes, child.attributes);
    const children = compareChildren(previous.children, child.children);
    if (attributes.length + children.length > 0) {
      changes.push({ kind: 'changed', child, attributes, children });
    }
  }
  const kept = [...old.keys()].filter((key) => fresh.has(key));
  const order = [...fresh.keys()].filter((key) => old.has(key));
  if (kept.some((key, index) => key !== order[index])) changes.push({ kind: 'reordered' });
  return changes;
}

/** Children by what tells them apart; equal ones are counted. */
function numbered(children: readonly ChildElement[]): ReadonlyMap<string, ChildElement> {
  const byKey = new Map<string, ChildElement>();
  for (const child of children) {
    const name = ownName(child);
    const base = `${child.kind}\n${name?.toLowerCase() ?? JSON.stringify(Object.entries(child.attributes).sort())}`;
    let key = base;
    for (let number = 2; byKey.has(key); number += 1) key = `${base}\n${number}`;
    byKey.set(key, child);
  }
  return byKey;
}

/** By which attribute a child is known among its siblings. */
function ownName({ kind, attributes }: ChildElement): string | undefined {
  return attributes.Identifier ?? (kind === 'Step' ? attributes.Task : undefined) ?? attributes.Permission;
}

/** Lines for people: `+` added, `-` removed, `~` changed, with what is within indented below. */
export function describeDifference({ added, removed, changed }: ConfigurationDifference): readonly string[] {
  return [
    ...removed.map((element) => `- ${describeElement(element)}`),
    ...added.map((element) => `+ ${describeElement(element)}${describeContents(element)}`),
    ...changed.flatMap(({ element, attributes, children }) => [
      `~ ${describeElement(element)}`,
      ...attributes.map((change) => `    ${describeAttribute(change)}`),
      ...children.flatMap((change) => describeChildChange(change, '    ')),
    ]),
  ];
}

/** What is new as a whole is not told line by line. */
function describeContents({ children, origin }: ConfigurationElement): string {
  if (origin !== undefined || children.length === 0) return '';
  const kinds = Map.groupBy(children, ({ kind }) => kind);
  return ` with ${[...kinds].map(([kind, ones]) => `${ones.length} ${kind}`).join(', ')}`;
}

function describeElement(element: ConfigurationElement): string {
  const origin = element.origin === undefined ? '' : ` (from ${element.origin})`;
  const { DisplayName_L1: name } = element.attributes;
  return `${nameElement(element)}${name === undefined ? '' : ` ${JSON.stringify(name)}`}${origin}`;
}

/** How a child is named in a sentence: by what it is known by among its siblings, else by all that it has. */
export function nameChild(child: ChildElement): string {
  const name = ownName(child);
  if (name !== undefined) return `${child.kind} ${name}`;
  return [
    child.kind,
    ...Object.entries(child.attributes).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  ].join(' ');
}

function describeChildChange(change: ChildChange, indent: string): readonly string[] {
  switch (change.kind) {
    case 'added':
      return [`${indent}+ ${nameChild(change.child)}`];
    case 'removed':
      return [`${indent}- ${nameChild(change.child)}`];
    case 'reordered':
      return [`${indent}~ another order`];
    case 'changed':
      return [
        `${indent}~ ${nameChild(change.child)}`,
        ...change.attributes.map((attribute) => `${indent}    ${describeAttribute(attribute)}`),
        ...change.children.flatMap((child) => describeChildChange(child, `${indent}    `)),
      ];
  }
}

/** A hash is no secret, and still nothing to hand around in logs. */
function describeAttribute({ name, before, after }: AttributeChange): string {
  if (name === 'HashedSecret') return `${name}: another secret`;
  const show = (value: string | undefined) => (value === undefined ? 'default' : JSON.stringify(value));
  return `${name}: ${show(before)} → ${show(after)}`;
}
