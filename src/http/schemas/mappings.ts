/** Mappings as requests and answers have them, what is wrong with one, and the two sides that one can lie between. */
import { z } from '@hono/zod-openapi';
import type { MappingDefinition } from '../../model/mapping.ts';
import { listSchema } from './list.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

/** What is sent is read by the mapping's own reader, which says of each mistake where it is. */
const unreadDefinition = z.record(z.string(), z.unknown()).openapi({
  description: 'A mapping in the form of files (docs/mappings.md). What is left out has its usual value.',
});
const definition = z.custom<MappingDefinition>().openapi({
  type: 'object',
  additionalProperties: true,
  description: 'A mapping in the form of files (docs/mappings.md), whole.',
});

export const objectSetSchema = z
  .strictObject({
    connection: z.string().min(1).max(200).openapi({ example: 'contoso.onmicrosoft.com' }),
    type: z.string().min(1).max(200).openapi({ example: 'user' }),
  })
  .openapi('ObjectSet');

export const mappingMistakeSchema = z
  .object({
    path: z.string().openapi({
      description: 'Where in the definition, with slashes.',
      example: 'attributes/2/source/text',
    }),
    message: z.string().openapi({ description: 'One sentence, with the remedy.' }),
    position: z
      .int()
      .optional()
      .openapi({ description: 'Of the text at the path: where it begins, from 0.' }),
    length: z.int().optional(),
    suggestion: z.string().optional().openapi({ description: 'What may have been meant in its place.' }),
  })
  .openapi('MappingMistake');

const mistakes = z.array(mappingMistakeSchema).openapi({ description: 'A mapping with any is not saved.' });
const warnings = z
  .array(mappingMistakeSchema)
  .openapi({ description: 'What is allowed, and may be a surprise.' });

export const newMappingSchema = z
  .strictObject({
    definition: unreadDefinition,
    applicationId: z.int().positive().optional().openapi({ description: 'The application it belongs to.' }),
  })
  .openapi('NewMapping');

export const mappingChangeSchema = z.strictObject({ definition: unreadDefinition }).openapi('MappingChange');

export const mappingCheckRequestSchema = z
  .strictObject({
    definition: unreadDefinition,
    isNew: z
      .boolean()
      .default(false)
      .openapi({ description: 'Whether a mapping of the same name is in the way of it.' }),
  })
  .openapi('MappingCheckRequest');

const origin = z.enum(['console', 'configuration', 'api', 'command']).openapi({
  description: 'Who made it. What the deployed configuration made is changed in its files.',
});

const summaryShape = {
  name: z.string(),
  displayName: z.string(),
  description: z.string(),
  source: objectSetSchema,
  target: objectSetSchema,
  isEnabled: z.boolean(),
  origin,
  application: z.object({ applicationId: z.int(), name: z.string() }).nullable(),
  version: z.int().openapi({ description: 'For If-Match.' }),
  changedAt: instant,
  changedBy: z.string(),
};

export const mappingListSchema = listSchema(
  z.object({
    ...summaryShape,
    attributes: z.int().openapi({ description: 'How many attributes of the target it sets.' }),
  }),
).openapi('MappingList');

export const mappingSchema = z
  .object({
    ...summaryShape,
    revision: z.int().openapi({
      description: 'Grows with every change that may give another result: pairs are compared again then.',
    }),
    definition,
    links: z.int().openapi({ description: 'How many account links it has.' }),
    createdAt: instant,
    createdBy: z.string(),
    mistakes: z.array(mappingMistakeSchema).openapi({
      description:
        'What has become wrong since it was saved, such as an attribute that is no longer exported.',
    }),
    warnings,
  })
  .openapi('Mapping');

export const mappingCheckSchema = z
  .object({
    mistakes,
    warnings,
    reads: z.array(z.string()).openapi({ description: 'The attributes of the source that it reads.' }),
    missingTargets: z
      .array(z.string())
      .openapi({ description: 'Attributes that the target requires and nothing sets.' }),
    definition: definition.optional().openapi({
      description: 'As it would be saved, with usual values filled in; left out where it cannot be read.',
    }),
  })
  .openapi('MappingCheck');

export const sideAttributeSchema = z.object({
  name: z.string(),
  type: z.string().nullable().openapi({ description: 'Null where nobody says.' }),
  isMultiValued: z.boolean(),
  isRequired: z.boolean(),
  isUnique: z.boolean(),
});

export const objectSetListSchema = z
  .object({
    connections: z.array(
      z.object({
        connection: z.string(),
        types: z.array(z.string()),
        isWritable: z.boolean().openapi({ description: 'Whether a mapping can write to it.' }),
      }),
    ),
  })
  .openapi('ObjectSetList');

export const sideSchema = z
  .object({
    connection: z.string(),
    type: z.string(),
    isWritable: z.boolean(),
    attributes: z.array(sideAttributeSchema),
    links: z.array(z.string()),
  })
  .openapi('MappingSide');

export type MappingMistake = z.infer<typeof mappingMistakeSchema>;
export type MappingList = z.infer<typeof mappingListSchema>;
export type MappingSummary = MappingList['items'][number];
export type Mapping = z.infer<typeof mappingSchema>;
export type Definition = Mapping['definition'];
export type MappingCheck = z.infer<typeof mappingCheckSchema>;
export type ObjectSetList = z.infer<typeof objectSetListSchema>;
export type MappingSide = z.infer<typeof sideSchema>;
export type SideAttribute = MappingSide['attributes'][number];
