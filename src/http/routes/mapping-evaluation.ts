/** Trying mappings out: on a few resources of the source, or one of their attributes on all. Nothing is changed. */
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { readMapping as readDefinition } from '../../mapping/mapping-document.ts';
import type { MappingMistake } from '../../mapping/mapping-mistake.ts';
import type { MappingDefinition } from '../../model/mapping.ts';
import { nameOf } from '../../model/search-words.ts';
import {
  findStoredSet,
  readFirstResources,
  readResourcesByKey,
  type StoredSet,
  streamResources,
} from '../../store/mapping-samples.ts';
import { needs, requireGranted } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiContext, ApiEnv } from '../request.ts';
import {
  evaluationRequestSchema,
  evaluationSchema,
  type WholeEvaluation,
  wholeEvaluationRequestSchema,
  wholeEvaluationSchema,
} from '../schemas/mapping-evaluation.ts';
import {
  type MappingRoutes,
  mappingPath,
  requireMapping,
  shown,
  mappingTags as tags,
} from './mapping-parts.ts';
import {
  evaluateTrial,
  prepareTrial,
  reasonAgainst,
  type Trial,
  type TriedResource,
} from './mapping-trial.ts';
import { ok, problems } from './route-parts.ts';
import { openValueTally } from './value-tally.ts';

/** What resources hold is for those who may see them. */
export const seesObjects = '/Syncline/Directory/Query';
const usualSample = 5;
/** Going through all resources takes a processor as long as it lasts. */
const mostAtOnce = 2;

export function addMappingEvaluation(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  addFew(app, routes);
  addAll(app, routes);
}

function addFew(app: OpenAPIHono<ApiEnv>, { sql, door, now }: MappingRoutes): void {
  const evaluate = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'post',
    path: `${mappingPath}/evaluate`,
    tags,
    summary: 'See what a mapping gives for some resources of its source; nothing is changed',
    description: `For stored resources the caller needs ${seesObjects}, too.`,
    request: {
      body: { required: true, content: { 'application/json': { schema: evaluationRequestSchema } } },
    },
    responses: { 200: ok('What each attribute would be.', evaluationSchema), ...problems(404) },
  });
  app.openapi(evaluate, async (c) => {
    const body = c.req.valid('json');
    const { rows, trace } = body;
    const read = await definitionOf(sql, body);
    if (read.kind === 'mistakes') return c.json({ mistakes: read.mistakes.map(shown), objects: [] }, 200);
    const { definition } = read;
    const prepared = prepareTrial(definition, await door.findSide(definition.target), rows);
    if (prepared.kind === 'mistakes') {
      return c.json({ mistakes: prepared.mistakes.map(shown), objects: [] }, 200);
    }
    const tried = await findTried(c, sql, definition, body);
    const objects = await evaluateTrial(sql, prepared.trial, tried, { now, isTraced: trace });
    return c.json({ mistakes: [], objects }, 200);
  });
}

type Sent = z.output<typeof evaluationRequestSchema>;

/** The mapping that was sent, or that was named. */
async function definitionOf(sql: Sql, { definition, name }: Pick<Sent, 'definition' | 'name'>) {
  if (definition !== undefined) return readDefinition(definition);
  if (name !== undefined) {
    return { kind: 'read' as const, definition: (await requireMapping(sql, name)).definition };
  }
  throw new Refusal('request-invalid', 'The body has neither a definition nor a name: send one of them.', {
    field: 'body.definition',
  });
}

async function findTried(
  c: ApiContext,
  sql: Sql,
  { source }: MappingDefinition,
  { keys, objects, sample }: Sent,
): Promise<readonly TriedResource[]> {
  if (objects !== undefined) return objects.map((attributes) => ({ key: null, attributes }));
  requireGranted(c.get('caller'), seesObjects);
  const set = await findStoredSet(sql, source);
  if (set === undefined) return [];
  return keys === undefined
    ? await readFirstResources(sql, set, sample ?? usualSample)
    : await readResourcesByKey(sql, set, keys);
}

function addAll(app: OpenAPIHono<ApiEnv>, { sql, door, now }: MappingRoutes): void {
  const evaluate = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'post',
    path: `${mappingPath}/evaluate-all`,
    tags,
    summary:
      'Count what one attribute of a mapping gives for all resources of its source; nothing is changed',
    description: `The caller needs ${seesObjects}, too. It ends when the caller goes away.`,
    request: {
      body: { required: true, content: { 'application/json': { schema: wholeEvaluationRequestSchema } } },
    },
    responses: { 200: ok('What was counted.', wholeEvaluationSchema), ...problems() },
  });
  let running = 0;
  app.openapi(evaluate, async (c) => {
    const { definition: json, row } = c.req.valid('json');
    requireGranted(c.get('caller'), seesObjects);
    const read = readDefinition(json);
    if (read.kind === 'mistakes') return c.json({ ...nothingOf(read.mistakes) }, 200);
    const { definition } = read;
    const target = await door.findSide(definition.target);
    const prepared = prepareTrial(definition, target, [row]);
    if (prepared.kind === 'mistakes') return c.json({ ...nothingOf(prepared.mistakes) }, 200);
    const { trial } = prepared;
    const attribute = target?.attributes.find(({ name }) => name === definition.attributes[row]?.target);
    const set = await findStoredSet(sql, definition.source);
    if (running >= mostAtOnce) {
      throw new Refusal(
        'too-many-requests',
        `${mostAtOnce} attributes are run on all accounts already: try again when one has ended.`,
        { headers: { 'Retry-After': '5' } },
      );
    }
    running += 1;
    try {
      const { signal } = c.req.raw;
      const isUnique = attribute?.isUnique ?? false;
      return c.json(await tally(sql, trial, set, { isUnique, now, signal }), 200);
    } finally {
      running -= 1;
    }
  });
}

async function tally(
  sql: Sql,
  { compiled }: Trial,
  set: StoredSet | undefined,
  { isUnique, now, signal }: Readonly<{ isUnique: boolean; now: () => Date; signal: AbortSignal }>,
): Promise<WholeEvaluation> {
  const [row] = compiled.rows;
  if (row === undefined) {
    const message =
      'Links of other objects are no values: their counts are in the result of a reconciliation.';
    return nothingOf([{ path: 'attributes', message }]);
  }
  const counted = openValueTally(isUnique);
  const context = { now };
  let unqualified = 0;
  const portions = set === undefined ? [] : streamResources(sql, set);
  for await (const portion of portions) {
    if (signal.aborted) break;
    for (const resource of portion) {
      if (reasonAgainst(compiled, resource, context) !== null) {
        unqualified += 1;
        continue;
      }
      const source = compiled.view(resource);
      const qualifier = compiled.qualifiersOf(resource)[0] ?? '';
      const outcome = row.evaluate({ source, target: {}, isNew: true, qualifier }, context);
      const { key, attributes } = resource;
      counted.add({ key, name: nameOf(key, attributes) }, outcome, row.isRedacted);
    }
  }
  return { mistakes: [], unqualified, ...counted.result() };
}

function nothingOf(mistakes: readonly MappingMistake[]): WholeEvaluation {
  return { mistakes: mistakes.map(shown), unqualified: 0, ...openValueTally(false).result() };
}
