// `$batch`: up to twenty requests in one, each answered as if it had come alone.
// Source: Microsoft Graph "Combine multiple requests in one HTTP call using JSON batching".
import { bytesOf, type HttpReply } from '../http.ts';
import { badRequest, GraphError } from './graph-error.ts';
import { jsonContentType } from './json-reply.ts';

export interface BatchPart {
  readonly method: string;
  /** Below the version root, with a leading slash, query included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Step extends BatchPart {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

const maximumSteps = 20;
const methods = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']);

/** Runs the steps of a batch. `answer` gets each as a request of its own; order follows `dependsOn`. */
export async function runBatch(
  document: Record<string, unknown>,
  answer: (part: BatchPart) => HttpReply | Promise<HttpReply>,
): Promise<HttpReply> {
  const steps = readSteps(document.requests);
  const statuses = new Map<string, number>();
  const texts: string[] = [];
  for (const step of steps) {
    const hasFailed = step.dependsOn.some((id) => (statuses.get(id) ?? 0) >= 400);
    const reply = hasFailed ? failedDependency() : await answer(step);
    statuses.set(step.id.toLowerCase(), reply.status);
    texts.push(responseText(step.id, reply));
  }
  return {
    status: 200,
    headers: { 'Content-Type': jsonContentType },
    body: [`{"responses":[${texts.join(',')}]}`],
  };
}

function failedDependency(): HttpReply {
  const error = { code: 'FailedDependency', message: 'A step that this one depends on has failed.' };
  return {
    status: 424,
    headers: { 'Content-Type': jsonContentType },
    body: [JSON.stringify({ error })],
  };
}

function responseText(id: string, reply: HttpReply): string {
  const head = `"id":${JSON.stringify(id)},"status":${reply.status},"headers":${JSON.stringify(reply.headers)}`;
  const text = bytesOf(reply).toString('utf8');
  if (text === '') return `{${head}}`;
  const isJson = (reply.headers['Content-Type'] ?? '').startsWith('application/json');
  return `{${head},"body":${isJson ? text : JSON.stringify(Buffer.from(text, 'utf8').toString('base64'))}}`;
}

function readSteps(requests: unknown): readonly Step[] {
  if (!Array.isArray(requests) || requests.length === 0) {
    throw badRequest("Invalid batch payload format: the property 'requests' has to be an array of requests.");
  }
  if (requests.length > maximumSteps) {
    throw new GraphError(
      400,
      'MaximumValueExceeded',
      `Number of batch request steps exceeds the maximum value of ${maximumSteps}.`,
    );
  }
  const steps = requests.map(readStep);
  const ids = new Set<string>();
  for (const step of steps) {
    const id = step.id.toLowerCase();
    if (ids.has(id)) throw badRequest(`Invalid batch payload format: the id '${step.id}' is used twice.`);
    ids.add(id);
  }
  for (const step of steps) {
    const unknown = step.dependsOn.find((id) => !ids.has(id));
    if (unknown !== undefined) {
      throw badRequest(
        `Invalid batch payload format: step '${step.id}' depends on '${unknown}', which does not exist.`,
      );
    }
  }
  requireAllowedDependencies(steps);
  return inOrder(steps);
}

function readStep(value: unknown): Step {
  const step = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { id, method, url, headers, body, dependsOn } = step;
  if (typeof id !== 'string' || id === '')
    throw badRequest("Invalid batch payload format: every request needs an 'id'.");
  if (typeof method !== 'string' || !methods.has(method.toUpperCase())) {
    throw badRequest(`Invalid batch payload format: request '${id}' needs a 'method'.`);
  }
  if (typeof url !== 'string' || url === '') {
    throw badRequest(`Invalid batch payload format: request '${id}' needs a 'url'.`);
  }
  const path = `/${url.toWellFormed().replace(/^\/+/, '')}`;
  if (/^\/(?:\$|%24)batch\b/i.test(path))
    throw badRequest(`Request '${id}': a batch inside a batch is not allowed.`);
  const names = Object.fromEntries(
    Object.entries((headers ?? {}) as Record<string, unknown>).map(([name, text]) => [
      name.toLowerCase(),
      String(text),
    ]),
  );
  if (body !== undefined && body !== null && names['content-type'] === undefined) {
    throw badRequest(`Request '${id}': Content-Type header is required when the request has a body.`);
  }
  return {
    id,
    method: method.toUpperCase(),
    url: path,
    headers: names,
    body: bodyBytes(body),
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map((name) => String(name).toLowerCase()) : [],
  };
}

function bodyBytes(body: unknown): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body, 'base64');
  return Buffer.from(JSON.stringify(body), 'utf8');
}

/** Allowed: none, a chain in which each step depends on the one before, or all on one and the same step. */
function requireAllowedDependencies(steps: readonly Step[]): void {
  const dependants = steps.filter((step) => step.dependsOn.length > 0);
  if (dependants.length === 0) return;
  const isChain =
    dependants.length === steps.length - 1 &&
    steps.every((step, index) => {
      const before = steps[index - 1]?.id.toLowerCase();
      return index === 0 ? step.dependsOn.length === 0 : step.dependsOn.join() === before;
    });
  const named = new Set(dependants.map((step) => step.dependsOn.join()));
  const isStar = named.size === 1 && dependants[0]?.dependsOn.length === 1;
  if (!isChain && !isStar) {
    throw badRequest(
      "Invalid batch payload format: 'dependsOn' may form one chain in order or name one and the same request.",
    );
  }
}

/** Steps behind those that they depend on. A star may name a later step; a step cannot depend on itself. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const free = steps.filter((step) => step.dependsOn.length === 0);
  const bound = steps.filter((step) => step.dependsOn.length > 0);
  if (free.length === 0) throw badRequest('Invalid batch payload format: the dependencies form a circle.');
  return [...free, ...bound];
}
