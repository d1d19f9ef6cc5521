/** Query filters in the places of a mapping, as functions: parsed once, with the mistake at its place. */
import { type MappingMistake, mistakeAt } from './mapping-mistake.ts';
import { parseQueryFilter, type QueryFilter } from './query-filter.ts';
import { compileQueryFilter } from './query-filter-meaning.ts';

export type CompiledCondition = Readonly<{
  kind: 'compiled';
  holds: (object: unknown) => boolean;
  filter: QueryFilter;
  /** Everything that it reads, as the segments of its pointers. */
  pointers: readonly (readonly string[])[];
}>;

/** `path` is where in the mapping the filter stands. */
export function compileCondition(
  text: string,
  path: string,
): CompiledCondition | Readonly<{ kind: 'mistake'; mistake: MappingMistake }> {
  const parsed = parseQueryFilter(text);
  if (parsed.kind === 'mistake') {
    const { message, position, length } = parsed.mistake;
    return { kind: 'mistake', mistake: mistakeAt(path, message, { position, length }) };
  }
  const { filter } = parsed;
  return { kind: 'compiled', holds: compileQueryFilter(filter), filter, pointers: pointersOf(filter) };
}

/** The pointers of a filter, each once for each time that it stands there. */
function pointersOf(filter: QueryFilter): readonly (readonly string[])[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.flatMap(pointersOf);
    case 'not':
      return pointersOf(filter.operand);
    case 'comparison':
    case 'presence':
      return [filter.pointer];
    case 'constant':
      return [];
  }
}
