/** Mappings of other products that are translated into mappings of this one, as requests and answers have them. */
import { z } from '@hono/zod-openapi';
import type { MappingDefinition } from '../../model/mapping.ts';
import { objectSetSchema } from './mappings.ts';

export const mappingImportRequestSchema = z
  .strictObject({
    document: z.unknown().openapi({
      description: 'A sync.json of OpenIDM or PingIDM, a list of mappings, or one mapping.',
    }),
    objectSets: z
      .record(
        z.string().min(1).max(500),
        objectSetSchema.extend({
          attributes: z
            .record(z.string().max(500), z.string().max(500))
            .default({})
            .openapi({ description: 'What its attributes are called here. Others keep their names.' }),
        }),
      )
      .default({})
      .openapi({
        description: 'What the object sets of the document are here.',
        example: {
          'system/AzureAd/User': { connection: 'contoso.onmicrosoft.com', type: 'user', attributes: {} },
        },
      }),
  })
  .openapi('MappingImportRequest');

export const mappingImportSchema = z
  .object({
    mappings: z.array(
      z.object({
        path: z.string().openapi({ description: 'Where it stands in the document, with slashes.' }),
        definition: z.custom<MappingDefinition>().openapi({
          type: 'object',
          additionalProperties: true,
          description: 'The mapping in the form of files (docs/mappings.md).',
        }),
        missing: z.array(z.string()).openapi({
          description: 'The parts without which it would do more than it did: why it comes switched off.',
        }),
      }),
    ),
    report: z.array(
      z.object({
        path: z.string(),
        outcome: z.enum(['taken-over', 'translated', 'without-effect', 'left-out']),
        message: z.string(),
        remedy: z.string().optional(),
      }),
    ),
  })
  .openapi('MappingImport');

export type MappingImport = z.infer<typeof mappingImportSchema>;
