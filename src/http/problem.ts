/** Refusals: what a request gets that cannot be done, as `application/problem+json` (RFC 9457) with a code and one sentence. */

import type { Hook } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import type { MappingMistake } from '../mapping/mapping-mistake.ts';
import type { ApiContext, ApiEnv } from './request.ts';

/** Every code with its status and the title that goes with the status. */
const kinds = {
  'request-invalid': 400,
  'token-missing': 401,
  'token-invalid': 401,
  'session-ended': 401,
  'sign-in-refused': 401,
  'permission-missing': 403,
  'start-denied': 403,
  'csrf-refused': 403,
  'setup-refused': 403,
  'not-found': 404,
  'job-unknown': 404,
  'run-unknown': 404,
  'task-run-unknown': 404,
  'connection-unknown': 404,
  'client-unknown': 404,
  'user-unknown': 404,
  'provider-unknown': 404,
  'profile-unknown': 404,
  'resource-unknown': 404,
  'tag-unknown': 404,
  'application-unknown': 404,
  'mapping-unknown': 404,
  'link-unknown': 404,
  'object-set-unknown': 404,
  'reconciliation-unknown': 404,
  'entry-unknown': 404,
  'method-not-allowed': 405,
  'run-under-way': 409,
  'run-state': 409,
  'job-state': 409,
  'connection-state': 409,
  'client-exists': 409,
  'client-state': 409,
  'tenant-exists': 409,
  'tenant-state': 409,
  'user-exists': 409,
  'provider-exists': 409,
  'last-administrator': 409,
  'profile-exists': 409,
  'profile-in-use': 409,
  'tag-exists': 409,
  'application-exists': 409,
  'application-state': 409,
  'mapping-exists': 409,
  'mapping-state': 409,
  'reconciliation-state': 409,
  'link-taken': 409,
  'identity-state': 409,
  'changed-meanwhile': 412,
  'body-too-large': 413,
  'media-type-unsupported': 415,
  'version-missing': 428,
  'too-many-requests': 429,
  'too-many-streams': 429,
  'sign-in-locked': 429,
  'internal-error': 500,
  'database-unavailable': 503,
} as const;
export type ProblemCode = keyof typeof kinds;
export const problemCodes = Object.keys(kinds) as [ProblemCode, ...ProblemCode[]];

const titles: Readonly<Record<(typeof kinds)[ProblemCode], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().openapi({ description: 'The status in words.' }),
    status: z.int(),
    code: z.enum(problemCodes).openapi({ description: 'What programs may act upon.' }),
    detail: z.string().openapi({ description: 'One sentence for people.' }),
    requestId: z.string().openapi({ description: 'Stands in the log and the audit, too.' }),
    field: z.string().optional().openapi({ description: 'The part of the request that is wrong.' }),
    jobRunId: z.int().optional().openapi({ description: 'The run that is in the way.' }),
    version: z.int().optional().openapi({ description: 'The version that there is now.' }),
    changedBy: z.string().optional().openapi({ description: 'Who made that version.' }),
    changedAt: z.string().optional().openapi({ format: 'date-time' }),
    mistakes: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          position: z.int().optional(),
          length: z.int().optional(),
          suggestion: z.string().optional(),
        }),
      )
      .optional()
      .openapi({ description: 'Of a mapping that was refused: everything that is wrong, and where.' }),
  })
  .openapi('Problem');

export type ProblemExtras = Readonly<{
  field?: string;
  jobRunId?: number;
  version?: number;
  changedBy?: string;
  changedAt?: string;
  mistakes?: readonly MappingMistake[];
  headers?: Readonly<Record<string, string>>;
}>;

/** Ends a request with a problem. The message is one sentence and carries no secret. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, message: string, extras: ProblemExtras = {}) {
    super(message);
    this.code = code;
    this.extras = extras;
  }

  get status(): (typeof kinds)[ProblemCode] {
    return kinds[this.code];
  }
}

/** A refusal as an answer. */
export function renderProblem(c: ApiContext, { code, status, message, extras }: Refusal): Response {
  const { headers = {}, ...rest } = extras;
  const body = {
    type: 'about:blank',
    title: titles[status],
    status,
    code,
    detail: message,
    requestId: c.get('requestId'),
    ...rest,
  };
  return c.body(JSON.stringify(body), status, { ...headers, 'Content-Type': 'application/problem+json' });
}

/** The refusal that stands for whatever was thrown; undefined for what is a fault or a defect of ours. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) {
    return new Refusal(
      'media-type-unsupported',
      'The body has a media type that this address does not take: send application/json.',
    );
  }
  if (error.status === 400) {
    return new Refusal('request-invalid', 'The body is no valid JSON.', { field: 'body' });
  }
  return undefined;
}

const places = {
  json: 'body',
  form: 'body',
  query: 'query',
  param: 'path',
  header: 'header',
  cookie: 'cookie',
} as const;

/** Answers a request that a schema does not take, naming the field. */
export const refuseInvalid: Hook<unknown, ApiEnv, string, void> = (result) => {
  if (result.success) return;
  const [issue] = result.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [places[result.target], ...(issue?.path ?? []).map(String), ...unknown].join('.');
  const what =
    unknown.length > 0 ? 'is not known here' : `is not valid: ${issue?.message ?? 'it cannot be read'}`;
  throw new Refusal('request-invalid', `The field ${field} ${what.replace(/\.$/, '')}.`, { field });
};
