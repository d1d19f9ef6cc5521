// A route says: this method on this path needs one of these permissions, costs so much, and is answered so.
// Routes are rows; finding the row for a request is all this file does.

import type { AnyOperation, Operation } from './exchange.ts';
import { methodNotAllowed, unknownSegment } from './graph-error.ts';

export interface Route<Run extends AnyOperation = Operation> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Such as `/users/{id}/manager/$ref`; `{cast}` takes only `microsoft.graph.<type>`. */
  readonly path: string;
  /** Any one suffices; null where every valid token may call. */
  readonly permissions: readonly string[] | null;
  /** Resource units before the modifiers of the query. */
  readonly cost: number;
  /** Where `$select` has a published price of its own instead of the general discount. */
  readonly costWithSelect?: number;
  /** A POST that only asks: it counts as a read. */
  readonly isQuestion?: true;
  readonly run: Run;
}

interface Node {
  readonly literals: Map<string, Node>;
  cast: Node | undefined;
  parameter: Node | undefined;
  readonly routes: Map<string, Route<AnyOperation>>;
}

export interface RouteMatch<Run extends AnyOperation = Operation> {
  readonly route: Route<Run>;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface RouteTable<Run extends AnyOperation = Operation> {
  /** Throws Graph's refusal for an unknown path (400) or method (405). */
  match(method: string, path: string): RouteMatch<Run>;
}

/** Function and action names that clients may write with their namespace and with empty parentheses. */
const boundOperation = /^(?:microsoft\.graph\.|graph\.)?([a-z]\w*)(?:\(\))?$/i;

/** Builds the table. Two rows for one method and path are a fault of ours. */
export function createRouteTable<Run extends AnyOperation>(routes: readonly Route<Run>[]): RouteTable<Run> {
  const root = createNode();
  for (const route of routes) {
    let node = root;
    for (const segment of route.path.split('/').slice(1)) node = childFor(node, segment);
    if (node.routes.has(route.method)) throw new Error(`Two routes for ${route.method} ${route.path}.`);
    node.routes.set(route.method, route);
  }
  return {
    match(method, path) {
      const segments = splitPath(path);
      const found = descend(root, segments, 0, []);
      if (!found) throw unknownSegment(decodeSegment(firstUnknown(root, segments)));
      const route = found.node.routes.get(method);
      if (!route) throw methodNotAllowed();
      // The tree holds the rows of this very table.
      return { route: route as Route<Run>, parameters: nameParameters(route.path, found.values) };
    },
  };
}

/**
 * Segments of a path below the service root. Keys in parentheses become segments of their own:
 * `users('a')` → `users`, `a`; `servicePrincipals(appId='x')` → `servicePrincipals`, `appId=x`.
 */
export function splitPath(path: string): string[] {
  const segments: string[] = [];
  for (const raw of path.split('/').filter((segment) => segment !== '')) {
    const segment = decodeSegment(raw);
    const keyed = /^([\w.]+)\((.+)\)$/s.exec(segment);
    if (keyed?.[1] && keyed[2] !== undefined) {
      segments.push(keyed[1], unquoteKey(keyed[2]));
    } else {
      segments.push(segment);
    }
  }
  return segments;
}

function unquoteKey(text: string): string {
  const named = /^(\w+)\s*=\s*'(.*)'$/s.exec(text);
  if (named) return `${named[1]}=${(named[2] ?? '').replaceAll("''", "'")}`;
  const quoted = /^'(.*)'$/s.exec(text);
  return quoted ? (quoted[1] ?? '').replaceAll("''", "'") : text;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function createNode(): Node {
  return { literals: new Map(), cast: undefined, parameter: undefined, routes: new Map() };
}

function childFor(node: Node, segment: string): Node {
  if (segment === '{cast}') {
    node.cast ??= createNode();
    return node.cast;
  }
  if (segment.startsWith('{')) {
    node.parameter ??= createNode();
    return node.parameter;
  }
  const name = segment.toLowerCase();
  const child = node.literals.get(name) ?? createNode();
  node.literals.set(name, child);
  return child;
}

function descend(
  node: Node,
  segments: readonly string[],
  index: number,
  values: readonly string[],
): { node: Node; values: readonly string[] } | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.routes.size > 0 ? { node, values } : undefined;
  const literal =
    node.literals.get(segment.toLowerCase()) ??
    node.literals.get(boundOperation.exec(segment)?.[1]?.toLowerCase() ?? '');
  const byLiteral = literal && descend(literal, segments, index + 1, values);
  if (byLiteral) return byLiteral;
  const cast = /^(?:microsoft\.graph|graph)\.(\w+)$/i.exec(segment)?.[1];
  const byCast = cast && node.cast && descend(node.cast, segments, index + 1, [...values, cast]);
  if (byCast) return byCast;
  return node.parameter && descend(node.parameter, segments, index + 1, [...values, segment]);
}

/** The first segment that leads nowhere; the last one when the path just ends too early. */
function firstUnknown(root: Node, segments: readonly string[]): string {
  let nodes: Node[] = [root];
  for (const segment of segments) {
    const next = nodes.flatMap((node) =>
      [node.literals.get(segment.toLowerCase()), node.cast, node.parameter].filter(
        (child) => child !== undefined,
      ),
    );
    if (next.length === 0) return segment;
    nodes = next;
  }
  return segments.at(-1) ?? '';
}

function nameParameters(path: string, values: readonly string[]): Record<string, string> {
  const names = path.split('/').filter((segment) => segment.startsWith('{'));
  return Object.fromEntries(names.map((name, index) => [name.slice(1, -1), values[index] ?? '']));
}
