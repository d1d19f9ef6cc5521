/** Workers on the wire. */
import { z } from '@hono/zod-openapi';

const instant = z.string().openapi({ format: 'date-time' });

export const workerSchema = z
  .object({
    worker: z.string(),
    host: z.string(),
    processId: z.int(),
    version: z.string(),
    slots: z.int().openapi({ description: 'Runs that it takes at once.' }),
    startedAt: instant,
    heartbeatAt: instant,
    runs: z.int().openapi({ description: 'Runs that it has in hand.' }),
  })
  .openapi('Worker');
export type Worker = z.infer<typeof workerSchema>;
