/** Account links of a mapping: listed, and made and removed by the hand of a person. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Sql } from 'postgres';
import { nameOf } from '../../model/search-words.ts';
import { type ListedLink, readLinkPage } from '../../store/account-link-pages.ts';
import {
  findLinkOwner,
  type LinkOwner,
  linkByHand,
  lockLinks,
  unlinkByHand,
} from '../../store/account-links.ts';
import { findStoredSet, readResourcesByKey, type StoredSet } from '../../store/mapping-samples.ts';
import type { StoredMapping } from '../../store/mappings.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import { type ApiEnv, actorOf } from '../request.ts';
import {
  type AccountLink,
  accountLinkListSchema,
  accountLinkSchema,
  newAccountLinkSchema,
} from '../schemas/account-links.ts';
import { listQueryShape } from '../schemas/list.ts';
import { doAudited } from './audited-work.ts';
import { type MappingRoutes, mappingParams, mappingPath, requireMapping } from './mapping-parts.ts';
import { ok, problems, text } from './route-parts.ts';

const tags = ['Account links'];
const path = `${mappingPath}/{name}/links`;
const largestLinkNumber = 2 ** 53 - 1;

export function addAccountLinkRoutes(app: OpenAPIHono<ApiEnv>, { sql }: Pick<MappingRoutes, 'sql'>): void {
  addList(app, sql);
  addLinking(app, sql);
  addUnlinking(app, sql);
}

type Place = Readonly<{
  mapping: StoredMapping;
  owner: LinkOwner;
  sets: Readonly<{ source: StoredSet | undefined; target: StoredSet | undefined }>;
}>;

async function requirePlace(sql: Sql, name: string): Promise<Place> {
  const mapping = await requireMapping(sql, name);
  const { definition } = mapping;
  const owner = await findLinkOwner(sql, mapping.name);
  if (owner === undefined) {
    throw new Refusal(
      'mapping-state',
      `The mapping ${mapping.name} uses the account links of ${definition.linksOf}, which is not there: correct that first.`,
    );
  }
  const [source, target] = await Promise.all([
    findStoredSet(sql, definition.source),
    findStoredSet(sql, definition.target),
  ]);
  return { mapping, owner, sets: { source, target } };
}

function addList(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const { page, pageSize, q } = listQueryShape(['linkNumber'], '-linkNumber');
  const list = createRoute({
    ...needs(sql, '/Syncline/Mappings/Query'),
    method: 'get',
    path,
    tags,
    summary: 'List the account links of a mapping, the newest first',
    request: { params: mappingParams, query: z.strictObject({ page, pageSize, q }) },
    responses: { 200: ok('A page of links.', accountLinkListSchema), ...problems(404, 409) },
  });
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const { owner, sets } = await requirePlace(sql, c.req.valid('param').name);
    const window = { page: query.page, pageSize: query.pageSize };
    const found = await readLinkPage(sql, owner, sets, { ...window, search: query.q || undefined });
    return c.json({ ...found, items: found.items.map(renderLink), ...window }, 200);
  });
}

function addLinking(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const link = createRoute({
    ...needs(sql, '/Syncline/Mappings/Update'),
    method: 'post',
    path,
    tags,
    summary: 'Link a resource of the source and an object of the target',
    description:
      'Neither of them is changed by it: that is done by the next reconciliation. With `isMoving`, links that either has already are removed.',
    request: {
      params: mappingParams,
      body: { required: true, content: { 'application/json': { schema: newAccountLinkSchema } } },
    },
    responses: { 201: ok('The link.', accountLinkSchema), ...problems(404, 409) },
  });
  app.openapi(link, async (c) => {
    const { mapping, owner, sets } = await requirePlace(sql, c.req.valid('param').name);
    const { qualifier, sourceKey, targetKey, isMoving } = c.req.valid('json');
    requireQualifier(mapping, qualifier);
    const sourceAttributes = await requireStored(sql, sets.source, sourceKey, 'source');
    const targetAttributes = await requireStored(sql, sets.target, targetKey, 'target');
    const linkedBy = actorOf(c.get('caller'));
    const detail = { qualifier, sourceKey, targetKey, isMoving };
    const entry = { action: 'account-link.create', subject: mapping.name, detail };
    const made = await doAudited(c, sql, entry, async (transaction) => {
      await lockLinks(transaction, owner.mappingId);
      const outcome = await linkByHand(transaction, owner, {
        qualifier,
        sourceKey,
        targetKey,
        linkedBy,
        isMoving,
      });
      if (outcome.kind === 'linked') return outcome.link;
      const ends = outcome.links.map((one) => `${one.sourceKey} to ${one.targetKey}`).join(', ');
      throw new Refusal(
        'link-taken',
        `There is a link in the way already (${ends}): remove it first, or move it by sending isMoving.`,
      );
    });
    return c.json(renderLink({ ...made, sourceAttributes, targetAttributes }), 201);
  });
}

function addUnlinking(app: OpenAPIHono<ApiEnv>, sql: Sql): void {
  const unlink = createRoute({
    ...needs(sql, '/Syncline/Mappings/Update'),
    method: 'delete',
    path: `${path}/{linkNumber}`,
    tags,
    summary: 'Remove an account link; both of what it links stay as they are',
    request: {
      params: mappingParams.extend({
        linkNumber: z.coerce
          .number()
          .int()
          .positive()
          .max(largestLinkNumber)
          .openapi({ param: { name: 'linkNumber', in: 'path' }, example: 42 }),
      }),
    },
    responses: { 204: { description: 'Done.' }, ...problems(404, 409) },
  });
  app.openapi(unlink, async (c) => {
    const { name, linkNumber } = c.req.valid('param');
    const { mapping, owner } = await requirePlace(sql, name);
    const entry = { action: 'account-link.delete', subject: mapping.name, detail: { linkNumber } };
    await doAudited(c, sql, entry, async (transaction) => {
      await lockLinks(transaction, owner.mappingId);
      if ((await unlinkByHand(transaction, owner, linkNumber)) !== undefined) return;
      throw new Refusal('link-unknown', `The mapping ${mapping.name} has no account link ${linkNumber}.`);
    });
    return c.body(null, 204);
  });
}

function requireQualifier({ name, definition }: StoredMapping, qualifier: string): void {
  const names = definition.linkQualifiers.map((one) => one.name);
  const known = names.length === 0 ? ['default'] : names;
  if (known.includes(qualifier)) return;
  throw new Refusal(
    'request-invalid',
    `The mapping ${name} has no link qualifier ${JSON.stringify(qualifier)}: it has ${known.join(', ')}.`,
    { field: 'body.qualifier' },
  );
}

/** The attributes of what is to be linked. Throws a `Refusal` where it is not there. */
async function requireStored(
  sql: Sql,
  set: StoredSet | undefined,
  key: string,
  side: 'source' | 'target',
): Promise<Readonly<Record<string, unknown>>> {
  const [resource] = set === undefined ? [] : await readResourcesByKey(sql, set, [key]);
  if (resource !== undefined) return resource.attributes;
  throw new Refusal('resource-unknown', `The ${side} has no ${JSON.stringify(key)}.`, {
    field: `body.${side}Key`,
  });
}

function renderLink({ linkedAt, sourceAttributes, targetAttributes, ...link }: ListedLink): AccountLink {
  const { linkNumber, qualifier, sourceKey, targetKey, linkedBy, reconciliationId, matchedOn } = link;
  return {
    linkNumber,
    qualifier,
    sourceKey,
    sourceName: sourceAttributes && nameOf(sourceKey, sourceAttributes),
    targetKey,
    targetName: targetAttributes && nameOf(targetKey, targetAttributes),
    linkedAt: text(linkedAt),
    linkedBy,
    reconciliationId,
    matchedOn: matchedOn && { rule: matchedOn.rule, attributes: { ...matchedOn.attributes } },
  };
}
