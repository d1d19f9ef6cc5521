/** OpenID Connect discovery and the key set: what a client needs to find the token endpoint and to check tokens. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv } from '../request.ts';
import { scopes } from './access-tokens.ts';
import { type SigningKeys, tokenAlgorithm } from './signing-keys.ts';

const discoverySchema = z
  .object({
    issuer: z.string(),
    token_endpoint: z.string(),
    jwks_uri: z.string(),
    scopes_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    response_types_supported: z.array(z.string()),
    subject_types_supported: z.array(z.string()),
    id_token_signing_alg_values_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()),
  })
  .openapi('Discovery');

const keySetSchema = z
  .object({
    keys: z.array(
      z.object({
        kty: z.string(),
        crv: z.string().optional(),
        x: z.string().optional(),
        y: z.string().optional(),
        kid: z.string().optional(),
        use: z.string().optional(),
        alg: z.string().optional(),
      }),
    ),
  })
  .openapi('KeySet');

const discoveryRoute = createRoute({
  method: 'get',
  path: '/.well-known/openid-configuration',
  tags: ['Sign-in'],
  summary: 'Find the token endpoint',
  security: [],
  responses: {
    200: {
      description: 'OpenID Connect discovery.',
      content: { 'application/json': { schema: discoverySchema } },
    },
  },
});

const keySetRoute = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  tags: ['Sign-in'],
  summary: 'Get the keys that tokens are signed with',
  security: [],
  responses: {
    200: { description: 'The key set.', content: { 'application/json': { schema: keySetSchema } } },
  },
});

/** Adds both addresses. `issuer` is the public address of the server. */
export function addDiscovery(app: OpenAPIHono<ApiEnv>, issuer: string, keys: SigningKeys): void {
  app.openapi(discoveryRoute, (c) =>
    c.json(
      {
        issuer,
        token_endpoint: `${issuer}/connect/token`,
        jwks_uri: `${issuer}/.well-known/jwks.json`,
        scopes_supported: [...scopes],
        grant_types_supported: ['client_credentials'],
        // Discovery requires the next three; there are no sign-ins of people here.
        response_types_supported: [],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [tokenAlgorithm],
        token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      },
      200,
    ),
  );
  app.openapi(keySetRoute, async (c) =>
    c.json(
      {
        keys: (await keys.published()).map(({ kty = '', crv, x, y, kid, use, alg }) => ({
          kty,
          crv,
          x,
          y,
          kid,
          use,
          alg,
        })),
      },
      200,
    ),
  );
}
