/** The document as a page for people: plain HTML, made on the server, that needs no script and nothing from elsewhere. */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { permissions } from '../permissions.ts';
import type { ApiDocument } from './openapi.ts';

const style = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #8884; }
h3 { margin: 2rem 0 0; font-size: 1rem; }
p { margin: 0.25rem 0; }
`;

/** What the page may do: show its own style, and nothing else. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

type Operation = Readonly<{
  summary?: string;
  description?: string;
  tags?: readonly string[];
  'x-permission'?: string;
  parameters?: readonly unknown[];
  requestBody?: unknown;
  responses?: Readonly<Record<string, unknown>>;
}>;

type Entry = Readonly<{ method: string; path: string; operation: Operation }>;

/** The page. Whatever the document says is text in it. */
export function renderPage(document: ApiDocument): string {
  const entries = entriesOf(document);
  const tags = [...new Set(entries.map(tagOf))];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API</title>
<style>${raw(style)}</style>
</head>
<body>
<h1>${document.info.title} API ${document.info.version}</h1>
<p>${document.info.description ?? ''}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a>.
Get a token at <code>/connect/token</code> and send it as <code>Authorization: Bearer …</code>.</p>
<nav><p>${tags.map((tag) => html`<a href="#${anchorOf(tag)}">${tag}</a> `)}</p></nav>
${tags.map(
  (tag) => html`
<h2 id="${anchorOf(tag)}">${tag}</h2>
${entries.filter((entry) => tagOf(entry) === tag).map(renderEntry)}`,
)}
<h2 id="permissions">Permissions</h2>
<p>A permission grants what is below it, too.</p>
<table>
<tr><th>Permission</th><th>What it allows</th></tr>
${Object.entries(permissions).map(([path, meaning]) => html`<tr><td><code>${path}</code></td><td>${meaning}</td></tr>`)}
</table>
</body>
</html>
`;
  return page.toString();
}

function renderEntry({ method, path, operation }: Entry) {
  const permission = operation['x-permission'];
  const rows = [...(operation.parameters ?? []).map(parameterRow), ...bodyRows(operation.requestBody)];
  return html`
<h3><code>${method.toUpperCase()} ${path}</code></h3>
<p>${operation.summary ?? ''}${operation.description === undefined ? '' : `. ${operation.description}`}</p>
${permission === undefined ? '' : html`<p>Needs <code>${permission}</code>.</p>`}
${rows.length === 0 ? '' : html`<table>${rows.map(([name, where, what]) => html`<tr><td><code>${name}</code></td><td>${where}</td><td>${what}</td></tr>`)}</table>`}
<p>Answers: ${Object.entries(operation.responses ?? {}).map(([status, response]) => html`<code>${status}</code> ${wordOf(response, 'description')} `)}</p>`;
}

type Row = readonly [name: string, where: string, what: string];

function parameterRow(parameter: unknown): Row {
  const what = wordOf(parameter, 'description') || wordOf(memberOf(parameter, 'schema'), 'description');
  return [wordOf(parameter, 'name'), wordOf(parameter, 'in'), what];
}

/** Bodies are named; what is in them says the document. */
function bodyRows(body: unknown): Row[] {
  const content = memberOf(body, 'content');
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).map(([mediaType, media]): Row => {
    const name = wordOf(memberOf(media, 'schema'), '$ref').split('/').at(-1) ?? '';
    return [name, 'body', mediaType];
  });
}

function entriesOf(document: ApiDocument): Entry[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ method, path, operation }];
    }),
  );
}

function tagOf({ operation }: Entry): string {
  return operation.tags?.[0] ?? 'Other';
}

function anchorOf(tag: string): string {
  return tag.toLowerCase().replaceAll(' ', '-');
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function wordOf(value: unknown, name: string): string {
  const word = memberOf(value, name);
  return typeof word === 'string' ? word : '';
}
