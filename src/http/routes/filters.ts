/** Filters over HTTP: how many stored resources meet one, before it is saved. */
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { type CompiledScope, compileScope } from '../../mapping/compile-scope.ts';
import { keyNames, viewFor } from '../../mapping/mapped-resource.ts';
import type { MappingMistake } from '../../mapping/mapping-mistake.ts';
import { parseQueryFilter } from '../../mapping/query-filter.ts';
import { nearestName } from '../../model/nearest-name.ts';
import { nameOf } from '../../model/search-words.ts';
import {
  countResources,
  findStoredSet,
  type SampleResource,
  type StoredSet,
  streamResources,
} from '../../store/mapping-samples.ts';
import { queryFilterCondition } from '../../store/query-filter-sql.ts';
import { needs, requireGranted } from '../authentication.ts';
import type { KnownSide } from '../mapping-door.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { filterCountRequestSchema, filterCountSchema } from '../schemas/mapping-evaluation.ts';
import { seesObjects } from './mapping-evaluation.ts';
import { type MappingRoutes, requireSide, shown } from './mapping-parts.ts';
import { ok, problems } from './route-parts.ts';

const sampled = 5;
/** Going through all resources takes a processor as long as it lasts. */
const mostAtOnce = 4;

export function addFilterRoutes(app: OpenAPIHono<ApiEnv>, { sql, door, now }: MappingRoutes): void {
  const count = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'post',
    path: '/api/filters/count',
    tags: ['Expressions and filters'],
    summary: 'Count the stored resources that meet a filter',
    description: `All parts that are sent have to be met. The caller needs ${seesObjects}, too.`,
    request: {
      body: { required: true, content: { 'application/json': { schema: filterCountRequestSchema } } },
    },
    responses: { 200: ok('How many, and a few of them.', filterCountSchema), ...problems(404) },
  });
  let running = 0;
  app.openapi(count, async (c) => {
    const { connection, type, filter } = c.req.valid('json');
    requireGranted(c.get('caller'), seesObjects);
    const side = await requireSide(door, { connection, type });
    const set = await findStoredSet(sql, side);
    const mistakes: MappingMistake[] = [];
    const scope = compileScope(partsOf(filter), mistakes);
    const warnings = [...scope.warnings, ...unknownAttributes(scope, side)].map(shown);
    const total = set?.count ?? 0;
    if (mistakes.length > 0) {
      return c.json({ mistakes: mistakes.map(shown), warnings, count: null, total, sample: [] }, 200);
    }
    if (running >= mostAtOnce) {
      throw new Refusal('too-many-requests', 'Too many filters are being counted: try again in a moment.', {
        headers: { 'Retry-After': '2' },
      });
    }
    running += 1;
    try {
      const { signal } = c.req.raw;
      const found = await countMet(sql, set, scope, filter, { now, signal });
      const sample = found.sample.map(({ key, attributes }) => ({ key, name: nameOf(key, attributes) }));
      return c.json({ mistakes: [], warnings, count: found.count, total, sample }, 200);
    } finally {
      running -= 1;
    }
  });
}

type Filter = z.output<typeof filterCountRequestSchema>['filter'];

function partsOf({ query, scoping, expression }: Filter) {
  return {
    ...(query !== undefined && query.trim() !== '' && { queryFilter: query }),
    ...(scoping !== undefined && scoping !== null && { scopingFilter: scoping }),
    ...(expression !== undefined && expression.trim() !== '' && { expression }),
  };
}

/** Attributes that are not exported: nothing has them, which is seldom what was meant. */
function unknownAttributes({ reads }: CompiledScope, { attributes }: KnownSide): readonly MappingMistake[] {
  const names = attributes.map(({ name }) => name);
  return [...new Set(reads)].flatMap((read) => {
    const [first = ''] = read.split(/[./]/);
    if (names.includes(read) || names.includes(first) || keyNames.includes(read)) return [];
    const suggestion = nearestName(first, names);
    const meant = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
    return {
      path: '',
      message: `Nothing has the attribute ${read}: it is not exported.${meant}`,
      ...(suggestion !== undefined && { suggestion }),
    };
  });
}

type Found = Readonly<{ count: number; sample: readonly SampleResource[] }>;

/** A query is counted by the database, everything else by going through the resources. */
async function countMet(
  sql: Sql,
  set: StoredSet | undefined,
  scope: CompiledScope,
  { query = '', scoping, expression }: Filter,
  { now, signal }: Readonly<{ now: () => Date; signal: AbortSignal }>,
): Promise<Found> {
  if (set === undefined) return { count: 0, sample: [] };
  const isKeyRead = scope.reads.some((name) => keyNames.includes(name));
  const isPlain = (scoping === undefined || scoping === null) && (expression ?? '').trim() === '';
  const parsed = query.trim() === '' ? undefined : parseQueryFilter(query);
  if (isPlain && !isKeyRead) {
    const condition =
      parsed?.kind === 'parsed' ? queryFilterCondition(sql, parsed.filter, sql`attributes`) : sql`true`;
    return await countResources(sql, set, condition, sampled);
  }
  const view = viewFor(scope.reads);
  const sample: SampleResource[] = [];
  let count = 0;
  for await (const portion of streamResources(sql, set)) {
    if (signal.aborted) break;
    for (const resource of portion) {
      if (scope.qualify(view(resource), { now }).kind !== 'qualified') continue;
      count += 1;
      if (sample.length < sampled) sample.push(resource);
    }
  }
  return { count, sample };
}
