/**
 * What JSON must not be to be kept: nested too deep for what walks through it recursively, or with texts that PostgreSQL cannot
 * store. Found without recursion.
 */

/** No mapping that a person writes is nested deeper. */
export const deepestJson = 64;

/** Whether the value has objects and lists inside one another more than `most` times. */
export function isNestedDeeper(json: unknown, most: number = deepestJson): boolean {
  let level: readonly unknown[] = [json];
  for (let depth = 0; depth <= most; depth += 1) {
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

/** Whether some text or name in it has a character that no JSON in PostgreSQL can have: U+0000, or half of a surrogate pair. */
export function hasUnstorableText(json: unknown): boolean {
  const waiting: unknown[] = [json];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string' && unstorable.test(value)) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) waiting.push(name, member);
  }
  return false;
}

const unstorable = /\0|\p{Surrogate}/u;
