/**
 * The console's files, as `npm run build:console` made them, and the page that every address of the console begins with. They are
 * served before anything is counted or looked up: a page is two dozen files, and each is only read.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ServeStaticOptions, serveStatic } from '@hono/node-server/serve-static';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import type { ApiContext, ApiEnv } from './request.ts';

/** Where the build puts the console. */
export const builtConsole = join(import.meta.dirname, '..', '..', 'console', 'dist');

/** Own files and nothing else, no inline script or style, no script from a text: what the console needs (W3C, CSP 3 and Trusted Types). */
export const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The addresses of pages; below each, what follows a slash. */
const pagePaths = [
  '/integrations',
  '/credential-profiles',
  '/connectors',
  '/jobs',
  '/directory',
  '/settings',
  '/audit',
  '/sign-in',
  '/setup',
] as const;

/** The names of these files do not change with what is in them. */
const plainFiles = ['/theme.js', '/mark.svg'] as const;

/** Browsers lay the headers of "not modified" over those they have: without the policy the page's would be replaced by the strictest. */
const unmodified = () =>
  etag({
    retainedHeaders: [...RETAINED_304_HEADERS, 'content-security-policy', 'cross-origin-opener-policy'],
  });

/** Every route of the console. They are no part of the API. */
export const consoleRoutes: readonly string[] = [
  '/',
  '/assets/*',
  ...plainFiles,
  ...pagePaths.flatMap((path) => [path, `${path}/*`]),
];

/** Serves the console from a directory; where it was not built, a page that says how to. */
export function addConsole(app: OpenAPIHono<ApiEnv>, directory: string): void {
  const page = servePage(directory);
  // Their names carry a hash of what is in them.
  const asset = serve(directory, 'public, max-age=31536000, immutable');
  app.get('/assets/*', asset);
  for (const path of plainFiles) app.get(path, unmodified(), serve(directory, 'no-cache'));
  app.get('/', unmodified(), page);
  for (const path of pagePaths) {
    app.get(path, unmodified(), page);
    app.get(`${path}/*`, unmodified(), page);
  }
}

/** Whether somebody who typed an address is better served with the console, which says that nothing is there, than with a problem. */
export function wantsPage(c: ApiContext): boolean {
  const isMachines = /^\/(?:api|auth|connect|\.well-known|assets)(?:\/|$)/.test(c.req.path);
  return c.req.method === 'GET' && !isMachines && (c.req.header('Accept') ?? '').includes('text/html');
}

/** The console's page as the answer for an address that leads nowhere. */
export async function renderNowhere(c: ApiContext, directory: string): Promise<Response> {
  const answer = await servePage(directory)(c, async () => {});
  return new Response(answer?.body ?? null, { status: 404, headers: c.res.headers });
}

function serve(directory: string, caching: string): MiddlewareHandler<ApiEnv> {
  return whenBuilt(directory, {
    onFound: (_path, c) => c.header('Cache-Control', caching),
  });
}

/** Looks for files only where there are any: the library complains on the terminal about a directory that is not there. */
function whenBuilt(directory: string, options: ServeStaticOptions<ApiEnv>): MiddlewareHandler<ApiEnv> {
  let files: MiddlewareHandler<ApiEnv> | undefined;
  return async (c, next) => {
    if (!isBuilt(directory)) return await next();
    files ??= serveStatic<ApiEnv>({ root: directory, precompressed: true, ...options });
    return await files(c, next);
  };
}

function isBuilt(directory: string): boolean {
  return existsSync(join(directory, 'index.html'));
}

function servePage(directory: string): MiddlewareHandler<ApiEnv> {
  const file = whenBuilt(directory, { path: 'index.html' });
  return async (c, next) => {
    if (!existsSync(join(directory, 'index.html')))
      return c.html(unbuilt, 503, { 'Cache-Control': 'no-store' });
    c.header('Content-Security-Policy', consolePolicy);
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    c.header('Cache-Control', 'no-cache');
    return await file(c, next);
  };
}

const unbuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Syncline</title>
<h1>The console is not built</h1>
<p>Run <code>npm run build:console</code> in the directory of Syncline, then reload this page. The API is at <a href="/api">/api</a>.</p>
</html>
`;
