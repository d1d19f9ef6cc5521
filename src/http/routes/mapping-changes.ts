/** Changing mappings: made, changed with the version that was seen, renamed and deleted, with the jobs that go with them. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { TransactionSql } from 'postgres';
import { writeMapping } from '../../mapping/mapping-document.ts';
import type { MappingDefinition } from '../../model/mapping.ts';
import { readApplication } from '../../store/applications.ts';
import { dropMappingJobs, ensureMappingJobs, renameMappingJobs } from '../../store/mapping-jobs.ts';
import {
  countLinks,
  createMapping,
  deleteMapping,
  findDependents,
  type StoredMapping,
  updateMapping,
} from '../../store/mappings.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import { mappingChangeSchema, mappingSchema, newMappingSchema } from '../schemas/mappings.ts';
import { doAudited } from './audited-work.ts';
import {
  examine,
  isSameName,
  type MappingRoutes,
  mappingParams,
  mappingPath,
  refuseDeployed,
  refuseMistakes,
  renderMapping,
  requireMapping,
  mappingTags as tags,
  takenSentence,
  unknownMapping,
} from './mapping-parts.ts';
import { ok, problems } from './route-parts.ts';

export function addMappingChanges(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  addMaking(app, routes);
  addChanging(app, routes);
  addRemoving(app, routes);
}

function addMaking(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  const { sql } = routes;
  const create = createRoute({
    ...needs(sql, '/Syncline/Mappings/Update'),
    method: 'post',
    path: mappingPath,
    tags,
    summary: 'Make a mapping',
    description: 'It gets two jobs, which run when somebody launches them or gives them a schedule.',
    request: {
      body: { required: true, content: { 'application/json': { schema: newMappingSchema } } },
    },
    responses: { 201: ok('The mapping.', mappingSchema), ...problems(404, 409) },
  });
  app.openapi(create, async (c) => {
    const body = c.req.valid('json');
    const { applicationId } = body;
    const definition = await requireSound(routes, body.definition);
    const { name } = definition;
    const caller = c.get('caller');
    const made = await doAudited(
      c,
      sql,
      { action: 'mapping.create', subject: name, detail: detailOf(definition) },
      async (transaction) => {
        if (applicationId !== undefined && !(await readApplication(transaction, applicationId))) {
          throw new Refusal('application-unknown', `There is no application ${applicationId}.`);
        }
        const mapping = await createMapping(transaction, {
          definition,
          applicationId: applicationId ?? null,
          origin: caller.kind === 'person' ? 'console' : 'api',
          createdBy: actorOf(caller),
        });
        if (mapping === undefined) throw new Refusal('mapping-exists', takenSentence(name));
        refuseTakenJobs(await ensureMappingJobs(transaction, definition));
        return mapping;
      },
    );
    return c.json(await renderMapping(routes, made), 201, { ETag: etagOf(made.version) });
  });
}

function addChanging(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  const { sql } = routes;
  const change = createRoute({
    ...needs(sql, '/Syncline/Mappings/Update'),
    method: 'put',
    path: `${mappingPath}/{name}`,
    tags,
    summary: 'Change a mapping',
    description: 'With another name in the definition it is renamed; its account links and jobs go with it.',
    request: {
      params: mappingParams,
      headers: ifMatchHeader,
      body: { required: true, content: { 'application/json': { schema: mappingChangeSchema } } },
    },
    responses: { 200: ok('The mapping as it is now.', mappingSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const version = requireVersion(c);
    const before = await requireMapping(sql, c.req.valid('param').name);
    refuseDeployed(before);
    const definition = await requireSound(routes, c.req.valid('json').definition);
    const { name } = before;
    const changedBy = actorOf(c.get('caller'));
    const changed = await doAudited(
      c,
      sql,
      { action: 'mapping.update', subject: name, detail: differencesOf(before.definition, definition) },
      async (transaction) => {
        await refuseOtherPair(transaction, before, definition);
        const outcome = await updateMapping(transaction, name, version, { definition, changedBy });
        if (outcome.kind === 'unknown') throw unknownMapping(name);
        if (outcome.kind === 'stale') throw refuseChanged(`The mapping ${name}`, outcome.mapping);
        if (outcome.kind === 'name-taken') {
          throw new Refusal('mapping-exists', takenSentence(definition.name));
        }
        await followName(transaction, name, definition);
        return outcome.mapping;
      },
    );
    return c.json(await renderMapping(routes, changed), 200, { ETag: etagOf(changed.version) });
  });
}

function addRemoving(app: OpenAPIHono<ApiEnv>, routes: MappingRoutes): void {
  const { sql } = routes;
  const remove = createRoute({
    ...needs(sql, '/Syncline/Mappings/Update'),
    method: 'delete',
    path: `${mappingPath}/{name}`,
    tags,
    summary: 'Delete a mapping with its account links and jobs',
    description: 'What it has reconciled stays on both sides.',
    request: { params: mappingParams, headers: ifMatchHeader },
    responses: { 204: { description: 'Done.' }, ...problems(404, 409, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const version = requireVersion(c);
    const mapping = await requireMapping(sql, c.req.valid('param').name);
    refuseDeployed(mapping);
    const { name, mappingId } = mapping;
    const detail = { links: await countLinks(sql, mappingId) };
    await doAudited(c, sql, { action: 'mapping.delete', subject: name, detail }, async (transaction) => {
      const outcome = await deleteMapping(transaction, name, version);
      if (outcome.kind === 'unknown') throw unknownMapping(name);
      if (outcome.kind === 'stale') throw refuseChanged(`The mapping ${name}`, outcome.mapping);
      if (outcome.kind === 'in-use') throw refuseUsed(name, outcome.mappings, 'deleted');
      await dropMappingJobs(transaction, [name]);
    });
    return c.body(null, 204);
  });
}

/** Reads and checks what was sent. Throws a `Refusal` with every mistake. */
async function requireSound(routes: MappingRoutes, json: unknown): Promise<MappingDefinition> {
  const { mistakes, definition } = await examine(routes, json);
  if (definition === undefined || mistakes.length > 0) throw refuseMistakes(mistakes);
  return definition;
}

/** Account links are of one pair of entity types: with others they would lead nowhere. */
async function refuseOtherPair(
  transaction: TransactionSql,
  { name, mappingId, definition: before }: StoredMapping,
  after: MappingDefinition,
): Promise<void> {
  const isSamePair = (['source', 'target'] as const).every(
    (side) =>
      isSameName(before[side].connection, after[side].connection) && before[side].type === after[side].type,
  );
  if (isSamePair) return;
  const links = await countLinks(transaction, mappingId);
  if (links === 0) return;
  throw refuseMistakes([
    {
      path: 'source',
      message: `The mapping ${name} has ${links} account links between ${pairOf(before)}: make another mapping for another pair.`,
    },
  ]);
}

/** Has the jobs of a mapping follow its name and its source. */
async function followName(
  transaction: TransactionSql,
  name: string,
  definition: MappingDefinition,
): Promise<void> {
  if (!isSameName(name, definition.name)) {
    const dependents = await findDependents(transaction, name);
    if (dependents.length > 0) throw refuseUsed(name, dependents, 'renamed');
  }
  refuseTakenJobs(await renameMappingJobs(transaction, name, definition.name));
  refuseTakenJobs(await ensureMappingJobs(transaction, definition));
}

function refuseTakenJobs(identifiers: readonly string[]): void {
  if (identifiers.length === 0) return;
  throw new Refusal(
    'mapping-state',
    `There are other jobs under the names that those of the mapping would have (${identifiers.join(', ')}): give the mapping another name.`,
  );
}

function refuseUsed(name: string, mappings: readonly string[], act: string): Refusal {
  return new Refusal(
    'mapping-state',
    `The mapping ${name} is named by ${mappings.join(', ')} and cannot be ${act}: change those first.`,
  );
}

function pairOf({ source, target }: Pick<MappingDefinition, 'source' | 'target'>): string {
  return `${source.connection}/${source.type} and ${target.connection}/${target.type}`;
}

function detailOf({ source, target, attributes }: MappingDefinition) {
  return { between: pairOf({ source, target }), attributes: attributes.length };
}

/** Which members of a mapping were changed, for the audit. */
function differencesOf(before: MappingDefinition, after: MappingDefinition) {
  const [old, now] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return { changed: names.filter((name) => old[name] !== now[name]).sort() };
}

/** Each member as text, which is the same for the same value whatever the order of its names. */
function membersOf(definition: MappingDefinition): Readonly<Record<string, string>> {
  const ordered = JSON.parse(writeMapping(definition)) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(ordered).map(([name, value]) => [name, JSON.stringify(value)]));
}
