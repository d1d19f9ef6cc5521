/** Tags: making, changing and deleting them, and giving them to resources of the directory. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import {
  createTag,
  deleteTag,
  readAllTags,
  readTag,
  setTag,
  type Tag,
  type TagChange,
  updateTag,
} from '../../store/tags.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import { Refusal } from '../problem.ts';
import { type ApiContext, type ApiEnv, actorOf } from '../request.ts';
import { tagInputSchema, tagListSchema, tagSchema } from '../schemas/directory.ts';
import { doAudited } from './audited-work.ts';
import { addressParams, requireResource } from './directory.ts';
import { numberInPath, ok, problems, text } from './route-parts.ts';

const tags = ['Directory'];
const tagParams = z.object({ tagId: numberInPath('tagId') });
const body = { content: { 'application/json': { schema: tagInputSchema } }, required: true };
const noContent = { description: 'Done.' };

export function addTagRoutes(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  addReading(app, sql);
  addChanging(app, sql);
  addGiving(app, sql);
}

function addReading(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const list = createRoute({
    ...needs(sql, '/Syncline/Directory/Query'),
    method: 'get',
    path: '/api/directory/tags',
    tags,
    summary: 'List tags',
    responses: { 200: ok('All tags, by name.', tagListSchema), ...problems() },
  });
  app.openapi(list, async (c) => c.json({ tags: (await readAllTags(sql)).map(renderTag) }, 200));

  const create = createRoute({
    ...needs(sql, '/Syncline/Directory/Tag'),
    method: 'post',
    path: '/api/directory/tags',
    tags,
    summary: 'Make a tag',
    request: { body },
    responses: { 201: ok('The tag.', tagSchema), ...problems(409) },
  });
  app.openapi(create, async (c) => {
    const input = c.req.valid('json');
    const tag = await doAudited(
      c,
      sql,
      { action: 'tag.create', subject: input.name },
      async (transaction) => {
        const outcome = await createTag(transaction, input, by(c));
        if (outcome.kind === 'name-taken') throw refuseName(input.name);
        return outcome.tag;
      },
    );
    return c.json(renderTag(tag), 201, { ETag: etagOf(tag.version) });
  });
}

function addChanging(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const update = createRoute({
    ...needs(sql, '/Syncline/Directory/Tag'),
    method: 'put',
    path: '/api/directory/tags/{tagId}',
    tags,
    summary: 'Change the name and the description of a tag',
    request: { params: tagParams, headers: ifMatchHeader, body },
    responses: { 200: ok('The tag.', tagSchema), ...problems(404, 409, 412, 428) },
  });
  app.openapi(update, async (c) => {
    const { tagId } = c.req.valid('param');
    const input = c.req.valid('json');
    const version = requireVersion(c);
    const tag = await doAudited(c, sql, { action: 'tag.update', subject: input.name }, async (transaction) =>
      requireDone(await updateTag(transaction, tagId, version, input, by(c)), input.name),
    );
    return c.json(renderTag(tag), 200, { ETag: etagOf(tag.version) });
  });

  const remove = createRoute({
    ...needs(sql, '/Syncline/Directory/Tag'),
    method: 'delete',
    path: '/api/directory/tags/{tagId}',
    tags,
    summary: 'Delete a tag, from all resources that have it',
    request: { params: tagParams, headers: ifMatchHeader },
    responses: { 204: noContent, ...problems(404, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const { tagId } = c.req.valid('param');
    const version = requireVersion(c);
    const { name, resources } = await requireTag(sql, tagId);
    const detail = { resources };
    await doAudited(c, sql, { action: 'tag.delete', subject: name, detail }, async (transaction) =>
      requireDone(await deleteTag(transaction, tagId, version), name),
    );
    return c.body(null, 204);
  });
}

function addGiving(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const params = addressParams.extend({ tagId: numberInPath('tagId') });
  for (const method of ['put', 'delete'] as const) {
    const isTagged = method === 'put';
    const route = createRoute({
      ...needs(sql, '/Syncline/Directory/Tag'),
      method,
      path: '/api/directory/resources/{connection}/{type}/{key}/tags/{tagId}',
      tags,
      summary: isTagged ? 'Give a resource a tag' : 'Take a tag from a resource',
      request: { params },
      responses: { 204: noContent, ...problems(404) },
    });
    app.openapi(route, async (c) => {
      const { tagId, ...address } = c.req.valid('param');
      const resource = await requireResource(sql, address);
      const { name } = await requireTag(sql, tagId);
      const entry = {
        action: isTagged ? 'resource.tag' : 'resource.untag',
        subject: `${address.connection}/${address.type}/${address.key}`,
        detail: { tag: name },
      };
      await doAudited(c, sql, entry, (transaction) => setTag(transaction, resource, tagId, isTagged, by(c)));
      return c.body(null, 204);
    });
  }
}

function by(c: ApiContext): string {
  return actorOf(c.get('caller'));
}

function requireDone(outcome: TagChange, name: string): Tag {
  if (outcome.kind === 'done') return outcome.tag;
  if (outcome.kind === 'name-taken') throw refuseName(name);
  if (outcome.kind === 'stale') throw refuseChanged(`The tag ${outcome.tag.name}`, outcome.tag);
  throw refuseUnknown();
}

async function requireTag(sql: Sql, tagId: number): Promise<Tag> {
  const tag = await readTag(sql, tagId);
  if (tag) return tag;
  throw refuseUnknown();
}

function refuseUnknown(): Refusal {
  return new Refusal('tag-unknown', 'There is no such tag: somebody may have deleted it.');
}

function refuseName(name: string): Refusal {
  return new Refusal('tag-exists', `There is a tag ${JSON.stringify(name)} already: choose another name.`, {
    field: 'body.name',
  });
}

function renderTag({ createdAt, changedAt, ...tag }: Tag): z.input<typeof tagSchema> {
  return { ...tag, createdAt: text(createdAt), changedAt: text(changedAt) };
}
