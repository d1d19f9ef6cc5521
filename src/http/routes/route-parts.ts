/** What routes have in common: error answers for the document, paging, and audit entries of a request. */
import { z } from '@hono/zod-openapi';
import type { ISql } from 'postgres';
import { type NewAuditEntry, recordAudit } from '../../store/audit.ts';
import { problemSchema } from '../problem.ts';
import { type ApiContext, actorOf } from '../request.ts';

const meanings = {
  400: 'The request is not valid.',
  401: 'The access token is missing or not valid.',
  403: 'The client lacks the permission.',
  404: 'There is no such thing.',
  409: 'It cannot be done as things stand.',
  412: 'Somebody else changed it meanwhile.',
  428: 'The version that is to be changed is missing.',
  429: 'Too many requests.',
} as const;

type Problem = Readonly<{
  description: string;
  content: { 'application/problem+json': { schema: typeof problemSchema } };
}>;

/** The errors that a route may answer with, those included that every route may. */
export function problems<Status extends keyof typeof meanings = never>(...statuses: readonly Status[]) {
  const all = [400, 401, 403, 429, ...statuses] as const;
  return Object.fromEntries(
    all.map((status): [number, Problem] => [
      status,
      { description: meanings[status], content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  );
}

/** An answer with JSON. */
export function ok<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } };
}

/** Where the next page begins; null behind the last one. */
export function nextBefore(ids: readonly number[], limit: number): number | null {
  return ids.length < limit ? null : (ids.at(-1) ?? null);
}

const largestInteger = 2 ** 31 - 1;

/** A number in the path. */
export function numberInPath(name: string) {
  return z.coerce
    .number()
    .int()
    .positive()
    .max(largestInteger)
    .openapi({ param: { name, in: 'path' }, example: 42 });
}

/** A name in the path. */
export function nameInPath(name: string, example: string) {
  return z
    .string()
    .min(1)
    .max(200)
    .openapi({ param: { name, in: 'path' }, example });
}

export const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

export function text(date: Date): string {
  return date.toISOString();
}

export function textOrNull(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

/** Adds an audit entry with who asks, from where, and the request's id. */
export async function audit(
  c: ApiContext,
  sql: ISql,
  entry: Pick<NewAuditEntry, 'action' | 'subject' | 'outcome' | 'detail'>,
): Promise<void> {
  await recordAudit(sql, {
    ...entry,
    actor: actorOf(c.get('caller')),
    requestId: c.get('requestId'),
    address: c.get('address'),
  });
}
