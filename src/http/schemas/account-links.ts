/** Account links as requests and answers have them: which object of the target belongs to which resource of the source. */
import { z } from '@hono/zod-openapi';
import { listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });
const key = z.string().min(1).max(500);

export const accountLinkSchema = z
  .object({
    linkNumber: z.number(),
    qualifier: z.string(),
    sourceKey: z.string(),
    sourceName: z.string().nullable().openapi({ description: 'Null where it is not there any more.' }),
    targetKey: z.string(),
    targetName: z.string().nullable().openapi({ description: 'Null where it is not there any more.' }),
    linkedAt: instant,
    linkedBy: z
      .string()
      .nullable()
      .openapi({ description: 'The person who linked them; null where a run did.' }),
    reconciliationId: z.int().nullable().openapi({ description: 'The run that linked them.' }),
    matchedOn: z
      .object({ rule: z.int(), attributes: z.record(z.string(), z.string()) })
      .nullable()
      .openapi({ description: 'What they were matched on; null where the target was made.' }),
  })
  .openapi('AccountLink');

export const accountLinkListSchema = listSchema(accountLinkSchema).openapi('AccountLinkList');

export const newAccountLinkSchema = z
  .strictObject({
    qualifier: z.string().min(1).max(200).default('default'),
    sourceKey: key,
    targetKey: key,
    isMoving: z
      .boolean()
      .default(false)
      .openapi({ description: 'Whether links that either has already are removed.' }),
  })
  .openapi('NewAccountLink');

export type AccountLink = z.infer<typeof accountLinkSchema>;
export type AccountLinkList = z.infer<typeof accountLinkListSchema>;
