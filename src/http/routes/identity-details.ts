/** One identity: its values with their origins, its accounts, what it is linked to, its history, and what hangs on it. */
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { readIdentityImpact } from '../../store/identity-accounts.ts';
import { readHistory } from '../../store/resource-history.ts';
import { needs } from '../authentication.ts';
import { etagOf } from '../etag.ts';
import type { ApiEnv } from '../request.ts';
import {
  historyPageSchema,
  historyQuerySchema,
  linkPageSchema,
  linksQuerySchema,
} from '../schemas/directory.ts';
import { identityDetailsSchema, identityRemovalSchema } from '../schemas/identities.ts';
import { readLinks } from './directory.ts';
import { readNumber, writeCursor } from './directory-cursors.ts';
import { renderHistory, renderLinks } from './directory-rendering.ts';
import {
  type IdentityRoutes,
  identityParams,
  identityPath,
  identityTags,
  queryPermission,
  requireIdentity,
} from './identity-parts.ts';
import { renderIdentityDetails } from './identity-rendering.ts';
import { ok, problems } from './route-parts.ts';

export function addIdentityDetails(app: OpenAPIHono<ApiEnv>, { sql, now }: IdentityRoutes): void {
  const details = createRoute({
    ...needs(sql, queryPermission),
    method: 'get',
    path: identityPath,
    tags: identityTags,
    summary: 'Get an identity with where its values come from, and its accounts',
    request: { params: identityParams },
    responses: {
      200: ok('The identity, as it is or as it last was.', identityDetailsSchema),
      ...problems(404),
    },
  });
  app.openapi(details, async (c) => {
    const { type, resource } = await requireIdentity(sql, c.req.valid('param'));
    const rendered = await renderIdentityDetails(sql, type, resource, now());
    const headers = rendered.version === null ? undefined : { ETag: etagOf(rendered.version) };
    return c.json(rendered, 200, headers);
  });

  const links = createRoute({
    ...needs(sql, queryPermission),
    method: 'get',
    path: `${identityPath}/links`,
    tags: identityTags,
    summary: 'List what an identity is linked to, directly or through groups',
    request: { params: identityParams, query: linksQuerySchema },
    responses: { 200: ok('A page of it.', linkPageSchema), ...problems(404) },
  });
  app.openapi(links, async (c) => {
    const { resource } = await requireIdentity(sql, c.req.valid('param'));
    return c.json(renderLinks(await readLinks(sql, resource, c.req.valid('query')), writeCursor), 200);
  });

  const history = createRoute({
    ...needs(sql, queryPermission),
    method: 'get',
    path: `${identityPath}/history`,
    tags: identityTags,
    summary: 'List what happened to an identity and its links, newest first',
    request: { params: identityParams, query: historyQuerySchema },
    responses: { 200: ok('A page of it.', historyPageSchema), ...problems(404) },
  });
  app.openapi(history, async (c) => {
    const { what, after, limit } = c.req.valid('query');
    const { resource } = await requireIdentity(sql, c.req.valid('param'));
    const before = after === undefined ? undefined : readNumber(after);
    const { entries, next } = await readHistory(sql, resource, { what, before, limit });
    return c.json({ items: entries.map(renderHistory), next: next === null ? null : String(next) }, 200);
  });

  const removal = createRoute({
    ...needs(sql, queryPermission),
    method: 'get',
    path: `${identityPath}/removal`,
    tags: identityTags,
    summary: 'See what hangs on an identity',
    request: { params: identityParams },
    responses: { 200: ok('What goes with it, and what stays.', identityRemovalSchema), ...problems(404) },
  });
  app.openapi(removal, async (c) => {
    const { type, resource } = await requireIdentity(sql, c.req.valid('param'));
    const { accounts, links: hanging, applications } = await readIdentityImpact(sql, type, resource.key);
    const rows = accounts.map(({ mapping, other, count }) => ({ mapping, ...other, count }));
    return c.json({ accounts: rows, links: [...hanging], applications: [...applications] }, 200);
  });
}
