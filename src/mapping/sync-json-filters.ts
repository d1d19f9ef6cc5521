/** Query filters of imported mappings: the same filters, with the names that attributes have here. */

import { parseQueryFilter, printQueryFilter, type QueryFilter } from './query-filter.ts';
import type { ObjectSetTranslation } from './sync-json-report.ts';

/** Gives an attribute of a side its name here. */
export function renamingOf({ attributes }: ObjectSetTranslation): (name: string) => string {
  return (name) =>
    (attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined) ?? name;
}

type Pointer = readonly string[];

/** The filter with each pointer replaced; undefined where it is none, or where a pointer has no equivalent. */
export function rewriteFilter(
  text: unknown,
  rewrite: (pointer: Pointer) => Pointer | undefined,
): string | undefined {
  if (typeof text !== 'string') return undefined;
  const parsed = parseQueryFilter(text);
  if (parsed.kind === 'mistake') return undefined;
  const filter = rewriteTree(parsed.filter, rewrite);
  return filter && printQueryFilter(filter);
}

function rewriteTree(
  filter: QueryFilter,
  rewrite: (pointer: Pointer) => Pointer | undefined,
): QueryFilter | undefined {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const operands = filter.operands.map((operand) => rewriteTree(operand, rewrite));
      const whole = operands.filter((operand) => operand !== undefined);
      return whole.length === operands.length ? { ...filter, operands: whole } : undefined;
    }
    case 'not': {
      const operand = rewriteTree(filter.operand, rewrite);
      return operand && { ...filter, operand };
    }
    case 'comparison':
    case 'presence': {
      const pointer = rewrite(filter.pointer);
      return pointer && { ...filter, pointer };
    }
    case 'constant':
      return filter;
  }
}

/** A filter on the objects of one side. */
export function sideFilter(text: unknown, rename: (name: string) => string): string | undefined {
  return rewriteFilter(text, ([first = '', ...rest]) => [rename(first), ...rest]);
}

/**
 * A condition on the source object, whose pointers may begin with `source` or `object`; all do, or none. One that asks for the link
 * qualifier has no equivalent.
 */
export function sourceConditionFilter(text: unknown, rename: (name: string) => string): string | undefined {
  const direct = rewriteFilter(text, ([first = '', ...rest]) =>
    isRoot(first, rest) ? undefined : [rename(first), ...rest],
  );
  return (
    direct ??
    rewriteFilter(text, ([root = '', first, ...rest]) =>
      (root === 'source' || root === 'object') && first !== undefined ? [rename(first), ...rest] : undefined,
    )
  );
}

function isRoot(name: string, rest: readonly string[]): boolean {
  return name === 'linkQualifier' || ((name === 'source' || name === 'object') && rest.length > 0);
}

/** A condition of a property or policy, on `object`, `target` and `linkQualifier`. */
export function scopeFilter(
  text: unknown,
  renamings: Readonly<{ object: (name: string) => string; target?: (name: string) => string }>,
): string | undefined {
  return rewriteFilter(text, ([root = '', first, ...rest]) => {
    if (root === 'linkQualifier') return first === undefined ? [root] : undefined;
    const rename = root === 'object' ? renamings.object : root === 'target' ? renamings.target : undefined;
    if (rename === undefined) return undefined;
    return first === undefined ? [root] : [root, rename(first), ...rest];
  });
}
