/** Adding and removing what identities are linked to, such as members of a group. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { changeIdentityLinks, findIdentityAssociation } from '../../store/identity-links.ts';
import { lockIdentities } from '../../store/identity-writes.ts';
import { needs } from '../authentication.ts';
import { Refusal } from '../problem.ts';
import type { ApiEnv } from '../request.ts';
import { linkChangeResultSchema, linkChangeSchema } from '../schemas/identities.ts';
import { edit, refuseField, requirePresent } from './identity-edits.ts';
import {
  type IdentityRoutes,
  identityParams,
  identityPath,
  identityTags,
  updatePermission,
} from './identity-parts.ts';
import { nameInPath, ok, problems } from './route-parts.ts';

export function addIdentityLinking(app: OpenAPIHono<ApiEnv>, { sql }: IdentityRoutes): void {
  const change = createRoute({
    ...needs(sql, updatePermission),
    method: 'post',
    path: `${identityPath}/links/{link}`,
    tags: identityTags,
    summary: 'Add and remove links of an identity, such as members of a group',
    description: 'A link that there is one of, such as the manager, is replaced.',
    request: {
      params: identityParams.extend({ link: nameInPath('link', 'members') }),
      body: { required: true, content: { 'application/json': { schema: linkChangeSchema } } },
    },
    responses: { 200: ok('How many came and went.', linkChangeResultSchema), ...problems(404) },
  });
  app.openapi(change, async (c) => {
    const { link: name, ...address } = c.req.valid('param');
    const { add, remove } = c.req.valid('json');
    const { type, resource } = await requirePresent(sql, address);
    const link = type.schema.links.find((one) => one.name === name);
    const association = await findIdentityAssociation(sql, type.name, name);
    if (link === undefined || association === undefined) {
      throw new Refusal('not-found', `${type.name} has no links ${JSON.stringify(name)}.`);
    }
    const wrong = add.find((end) => !link.targets.includes(end.type));
    if (wrong)
      throw refuseField(
        'body.add',
        `${name} of ${type.name} cannot be ${wrong.type}: only ${link.targets.join(' or ')}.`,
      );
    if (!link.isMultiValued && add.length > 1)
      throw refuseField('body.add', `${name} of ${type.name} can only be one.`);
    const { key } = resource;
    if (add.some((end) => end.key === key))
      throw refuseField('body.add', `${name}: nobody is linked to themselves.`);
    const detail = { link: name, added: add.length, removed: remove.length };
    const counts = await edit(
      c,
      sql,
      { action: 'identity.link', type: type.name, key, detail },
      async (transaction, runId) => {
        await lockIdentities(transaction);
        const isReplaced = !link.isMultiValued && add.length > 0;
        return await changeIdentityLinks(transaction, {
          runId,
          association,
          removed: isReplaced
            ? transaction`
              select source_key, target_key from resource_link
              where association_id = ${association.associationId} and source_key = ${key} and target_key <> ${add[0]?.key ?? ''}`
            : transaction`select ${key}::text, unnest(${remove}::text[])`,
          added: transaction`
          select ${key}::text, given.key, entity_type_id
          from unnest(${add.map((end) => end.type)}::text[], ${add.map((end) => end.key)}::text[]) as given (type, key)
            join entity_type on entity_type.name = given.type and connection_id = ${type.connectionId}`,
        });
      },
    );
    return c.json({ added: counts.inserted, removed: counts.deleted }, 200);
  });
}
