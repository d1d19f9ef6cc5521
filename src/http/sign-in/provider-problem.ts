/**
 * The sentence of why a provider did not lead to a session, on its way to the page that shows it: it goes through the address of the
 * page, sealed, so that nobody can put a sentence of their own there.
 */
import { z } from '@hono/zod-openapi';
import type { Sealing } from '../../model/sealing.ts';

const purpose = 'reason of a refused sign-in';
const shownMs = 10 * 60_000;

export const problemQuerySchema = z.strictObject({
  refused: z.string().max(4000).optional().openapi({ description: 'What the address of the page has.' }),
});

const contentSchema = z.object({ sentence: z.string(), atMs: z.number() });

export function sealProviderProblem(sentence: string, sealing: Sealing, now: Date): string {
  return sealing.seal(JSON.stringify({ sentence, atMs: now.getTime() }), purpose);
}

/** The sentence; null where it is none of ours, or an old one. */
export function openProviderProblem(sealed: string, sealing: Sealing, now: Date): string | null {
  try {
    const { sentence, atMs } = contentSchema.parse(JSON.parse(sealing.unseal(sealed, purpose)));
    return now.getTime() - atMs < shownMs ? sentence : null;
  } catch {
    return null;
  }
}
