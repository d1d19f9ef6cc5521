/** Which elements and tasks there are, found by kind and identifier in any spelling of upper and lower case. */
import type { ChildElement, ConfigurationElement } from './configuration.ts';
import { taskKinds } from './schema-tasks.ts';

const tasks: ReadonlySet<string> = new Set(taskKinds);

/** Identifiers as they are written, by kind and by lower case. */
export type ElementIndex = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The index of the elements, and of the tasks within jobs. */
export function indexElements(elements: readonly ConfigurationElement[]): ElementIndex {
  const index = new Map<string, Map<string, string>>();
  const add = (kind: string, identifier: string): void => {
    const known = index.get(kind) ?? new Map<string, string>();
    index.set(kind, known);
    const key = identifier.toLowerCase();
    if (!known.has(key)) known.set(key, identifier);
  };
  for (const { kind, identifier, children } of elements) {
    add(kind, identifier);
    for (const task of tasksAmong(children)) add(task.kind, task.attributes.Identifier ?? '');
  }
  return index;
}

/** Children that are tasks and have an identifier. */
export function tasksAmong(children: readonly ChildElement[]): readonly ChildElement[] {
  return children.filter(({ kind, attributes }) => isTask(kind) && attributes.Identifier !== undefined);
}

/** Whether an element is a task that is read. */
export function isTask(kind: string): boolean {
  return tasks.has(kind);
}

/** The identifier as its element writes it; undefined when no element of these kinds has it. */
export function resolveIdentifier(
  index: ElementIndex,
  kinds: readonly string[],
  identifier: string,
): string | undefined {
  const key = identifier.toLowerCase();
  for (const kind of kinds) {
    const found = index.get(kind)?.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All identifiers of some kinds, for a "did you mean". */
export function identifiersOf(index: ElementIndex, kinds: readonly string[]): readonly string[] {
  return kinds.flatMap((kind) => [...(index.get(kind)?.values() ?? [])]);
}
