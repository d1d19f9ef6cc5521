/** Creating, changing and deleting identities by hand. */
import { randomUUID } from 'node:crypto';
import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Sql, TransactionSql } from 'postgres';
import type { Order } from '../../model/order.ts';
import type { KnownResource } from '../../store/directory-resources.ts';
import { readIdentityVersion } from '../../store/identity-accounts.ts';
import type { StoredIdentityType } from '../../store/identity-types.ts';
import { lockIdentities, writeIdentities } from '../../store/identity-writes.ts';
import { readHistory } from '../../store/resource-history.ts';
import { needs } from '../authentication.ts';
import { etagOf, ifMatchHeader, refuseChanged, requireVersion } from '../etag.ts';
import type { ApiEnv } from '../request.ts';
import { changedIdentitySchema, identityChangeSchema, newIdentitySchema } from '../schemas/identities.ts';
import { edit, refuseField, refuseGone, requirePresent } from './identity-edits.ts';
import { addIdentityLinking } from './identity-linking.ts';
import {
  type IdentityRoutes,
  identityParams,
  identityPath,
  identityTags,
  requireIdentity,
  requireType,
  typeParams,
  updatePermission,
} from './identity-parts.ts';
import { renderIdentityDetails } from './identity-rendering.ts';
import { ok, problems } from './route-parts.ts';

/** Prints are not compared here: a version is. */
const seed = '0';

export function addIdentityChanges(app: OpenAPIHono<ApiEnv>, routes: IdentityRoutes): void {
  addCreating(app, routes);
  addChanging(app, routes);
  addDeleting(app, routes);
  addIdentityLinking(app, routes);
}

function bodyOf<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

function addCreating(app: OpenAPIHono<ApiEnv>, { sql, now }: IdentityRoutes): void {
  const create = createRoute({
    ...needs(sql, updatePermission),
    method: 'post',
    path: '/api/identities/{type}',
    tags: identityTags,
    summary: 'Create an identity',
    request: { params: typeParams, body: bodyOf(newIdentitySchema) },
    responses: { 201: ok('The identity.', changedIdentitySchema), ...problems(404) },
  });
  app.openapi(create, async (c) => {
    const { name: type } = await requireType(sql, c.req.valid('param').type);
    const { attributes } = c.req.valid('json');
    const key = randomUUID();
    const order: Order = { kind: 'create', entityType: type, key, attributes };
    await edit(
      c,
      sql,
      { action: 'identity.create', type, key, detail: namesOf(attributes) },
      (transaction, runId) => fulfil(transaction, runId, order),
    );
    const answer = await renderChanged(sql, { type, key }, now(), []);
    return c.json(answer, 201, {
      Location: `/api/identities/${type}/${key}`,
      ETag: etagOf(answer.identity.version ?? 0),
    });
  });
}

function addChanging(app: OpenAPIHono<ApiEnv>, { sql, now }: IdentityRoutes): void {
  const change = createRoute({
    ...needs(sql, updatePermission),
    method: 'patch',
    path: identityPath,
    tags: identityTags,
    summary: 'Change some attributes of an identity',
    description: 'What a mapping sets may be changed: the answer warns that the mapping will set it again.',
    request: { params: identityParams, headers: ifMatchHeader, body: bodyOf(identityChangeSchema) },
    responses: { 200: ok('The identity.', changedIdentitySchema), ...problems(404, 412, 428) },
  });
  app.openapi(change, async (c) => {
    const { type, resource } = await requirePresent(sql, c.req.valid('param'));
    const { attributes } = c.req.valid('json');
    const version = requireVersion(c);
    const { key } = resource;
    const order: Order = { kind: 'update', entityType: type.name, key, changes: attributes };
    const entry = { action: 'identity.update', type: type.name, key, detail: namesOf(attributes) };
    await edit(c, sql, entry, async (transaction, runId) => {
      await requireUnchanged(transaction, sql, type, resource, version);
      await fulfil(transaction, runId, order);
    });
    const answer = await renderChanged(sql, { type: type.name, key }, now(), Object.keys(attributes));
    return c.json(answer, 200, { ETag: etagOf(answer.identity.version ?? 0) });
  });
}

function addDeleting(app: OpenAPIHono<ApiEnv>, { sql }: IdentityRoutes): void {
  const remove = createRoute({
    ...needs(sql, updatePermission),
    method: 'delete',
    path: identityPath,
    tags: identityTags,
    summary: 'Delete an identity, with its memberships and what else links it',
    description: 'Account links stay: the next reconciliation finds the identity missing.',
    request: { params: identityParams, headers: ifMatchHeader },
    responses: { 204: { description: 'It is deleted.' }, ...problems(404, 412, 428) },
  });
  app.openapi(remove, async (c) => {
    const { type, resource } = await requirePresent(sql, c.req.valid('param'));
    const version = requireVersion(c);
    const { key } = resource;
    await edit(
      c,
      sql,
      { action: 'identity.delete', type: type.name, key, detail: {} },
      async (transaction, runId) => {
        await requireUnchanged(transaction, sql, type, resource, version);
        await fulfil(transaction, runId, { kind: 'delete', entityType: type.name, key });
      },
    );
    return c.body(null, 204);
  });
}

/** Fulfils one order. Throws a `Refusal` with the sentence, which names the field where it is about one. */
async function fulfil(transaction: TransactionSql, runId: number, order: Order): Promise<void> {
  const [receipt] = await writeIdentities(transaction, [order], { runId, seed });
  if (receipt?.kind === 'refused') {
    const given = order.kind === 'create' ? order.attributes : order.kind === 'update' ? order.changes : {};
    throw refuseField(fieldOf(receipt.message, Object.keys(given)), receipt.message);
  }
  if (receipt?.kind === 'gone') throw refuseGone(order.entityType, order.key ?? '');
}

/** The sentences on values begin with the attribute. */
function fieldOf(message: string, names: readonly string[]): string {
  const subject = /^(?:A value of )?"?([A-Za-z0-9_]+)/.exec(message)?.[1];
  const isAttribute = subject !== undefined && (names.includes(subject) || message.includes('is required'));
  return isAttribute ? `body.attributes.${subject}` : 'body.attributes';
}

/** Throws a `Refusal` where somebody has changed the identity since it had that version. */
async function requireUnchanged(
  transaction: TransactionSql,
  sql: Sql,
  type: StoredIdentityType,
  resource: KnownResource,
  version: number,
): Promise<void> {
  await lockIdentities(transaction);
  const { key } = resource;
  const present = await readIdentityVersion(transaction, type.entityTypeId, key);
  if (present === version) return;
  if (present === undefined) throw refuseGone(type.name, key);
  const { entries } = await readHistory(sql, resource, { what: 'resource', limit: 1 });
  const [last] = entries;
  throw refuseChanged(`The identity ${key}`, {
    version: present,
    changedBy: last?.label ?? 'somebody',
    changedAt: last?.at ?? new Date(),
  });
}

function namesOf(attributes: Readonly<Record<string, unknown>>) {
  return { attributes: Object.keys(attributes).slice(0, 50) };
}

/** An identity after a change, with a warning of each mapping that will set again what was changed. */
async function renderChanged(
  sql: Sql,
  address: Readonly<{ type: string; key: string }>,
  now: Date,
  changed: readonly string[],
) {
  const { type, resource } = await requireIdentity(sql, address);
  const identity = await renderIdentityDetails(sql, type, resource, now);
  const warnings = identity.setAgain
    .filter(({ attribute }) => changed.includes(attribute))
    .map(
      ({ attribute, mapping }) =>
        `The mapping ${mapping} will set ${attribute} again when it next reconciles this identity: change it where it comes from, or change the mapping.`,
    );
  return { identity, warnings };
}
