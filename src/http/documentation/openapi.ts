/** The OpenAPI document, made from the same schemas that check requests. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { permissions } from '../permissions.ts';
import type { ApiEnv } from '../request.ts';
import { cookieName } from '../sign-in/browser-session.ts';

export type ApiDocument = ReturnType<OpenAPIHono<ApiEnv>['getOpenAPI31Document']>;

const open = { method: 'get' as const, tags: ['Server'], security: [] };

/** Where the document itself is, for the document. */
export const documentationRoutes = [
  createRoute({
    ...open,
    path: '/api/openapi.json',
    summary: 'This document',
    responses: {
      200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: z.looseObject({}) } } },
    },
  }),
  createRoute({
    ...open,
    path: '/api',
    summary: 'This document as a page',
    responses: { 200: { description: 'HTML.', content: { 'text/html': { schema: z.string() } } } },
  }),
];

/** The document of everything that was added to the app. */
export function describeApi(app: OpenAPIHono<ApiEnv>, publicUrl: string, version: string): ApiDocument {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Syncline',
      version,
      description:
        'Jobs, runs, connections and API clients of a Syncline. Errors are application/problem+json with a code, one sentence and the id of the request.',
    },
    servers: [{ url: publicUrl }],
  });
  return {
    ...document,
    components: {
      ...document.components,
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: cookieName(publicUrl, 'syncline'),
          description:
            'Of people who signed in. Writes carry the csrfToken of GET /api/session as X-CSRF-Token.',
        },
        oauth: {
          type: 'oauth2',
          description: 'What a client may do is looked up with each request, not written into the token.',
          flows: {
            clientCredentials: {
              tokenUrl: `${publicUrl}/connect/token`,
              scopes: { syncline_api: 'Everything that the client has a permission for.' },
            },
          },
        },
      },
    },
    'x-permissions': permissions,
  };
}
