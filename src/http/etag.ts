/** Optimistic locking over HTTP (RFC 9110, sections 8.8.3 and 13.1.1): what is edited carries a version, and who changes it names the one they saw. */
import { z } from '@hono/zod-openapi';
import { Refusal } from './problem.ts';
import type { ApiContext } from './request.ts';

/** The entity tag of a version, for the header `ETag`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The header that a change of something with a version has to carry, for the schema of its route. */
export const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .optional()
    .openapi({ description: 'The `ETag` of what is changed, as it was last seen.', example: '"3"' }),
});

/** The version that the caller saw, out of `If-Match`. Throws a `Refusal` with code `version-missing` where there is none. */
export function requireVersion(c: ApiContext): number {
  const given = c.req.header('If-Match');
  const [, digits] = /^"?(\d{1,9})"?$/.exec(given?.trim() ?? '') ?? [];
  if (digits !== undefined) return Number(digits);
  throw new Refusal(
    'version-missing',
    given === undefined
      ? 'The header If-Match is missing: send the ETag of what you change, as you last got it.'
      : `The header If-Match is ${JSON.stringify(given.slice(0, 50))}, which is no ETag of this server: send the one that you last got.`,
  );
}

export type Changed = Readonly<{ version: number; changedBy: string; changedAt: Date }>;

/** The refusal for a change of something that somebody else has changed meanwhile; `subject` begins its sentence. */
export function refuseChanged(subject: string, { version, changedBy, changedAt }: Changed): Refusal {
  return new Refusal(
    'changed-meanwhile',
    `${subject} was changed by ${changedBy} meanwhile: look at it again, and decide what is to stay.`,
    { version, changedBy, changedAt: changedAt.toISOString(), headers: { ETag: etagOf(version) } },
  );
}
