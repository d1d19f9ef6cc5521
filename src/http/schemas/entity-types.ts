/** Which attributes and links of which entity types a tenant's connection exports, and what there is to choose from, as requests and answers have it. */
import { z } from '@hono/zod-openapi';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });
const name = z.string().min(1).max(200);

const mappedTypeShape = {
  name: name.openapi({ example: 'user' }),
  attributes: z.array(name).max(500),
  links: z.array(name).max(10),
  filter: z
    .string()
    .max(4000)
    .nullable()
    .openapi({ description: 'An OData condition; objects that do not meet it are left out.' }),
};

/** Null stands for what is usually exported. */
const entityTypesChange = z.array(z.strictObject(mappedTypeShape)).min(1).max(20).nullable();

export const entityTypesChangeSchema = z
  .strictObject({ entityTypes: entityTypesChange })
  .openapi('EntityTypesChange');

export const entityTypesSchema = z
  .object({
    name: z.string(),
    origin: z.enum(['console', 'settings', 'configuration']).openapi({
      description:
        'Who says what is exported: a person in the console, the settings file, or the deployed configuration. Only the first can be changed here.',
    }),
    version: z.int().nullable().openapi({ description: 'For If-Match; null where nothing can be changed.' }),
    isUsual: z.boolean().openapi({ description: 'Nobody has said anything: it is what is usual.' }),
    entityTypes: z.array(
      z.object({
        ...mappedTypeShape,
        resourceCount: z.number().nullable().openapi({ description: 'Null before the first full read.' }),
        readAt: instant.nullable(),
        isFullReadNext: z.boolean().openapi({ description: 'It is read in full next time.' }),
      }),
    ),
  })
  .openapi('EntityTypes');

export const entityTypesPlanSchema = z
  .object({
    mistakes: z.array(
      z.object({
        entityType: z.string(),
        part: z.enum(['entityType', 'attribute', 'link', 'filter']),
        name: z.string(),
        message: z.string(),
      }),
    ),
    rereads: z
      .array(z.object({ name: z.string(), resourceCount: z.number().nullable() }))
      .openapi({ description: 'What is read in full next time.' }),
    left: z
      .array(z.object({ name: z.string(), resourceCount: z.number() }))
      .openapi({ description: 'What is not read any more and stays as it is.' }),
  })
  .openapi('EntityTypesPlan');

const availabilities = ['exported', 'singleOnly', 'untracked', 'neverReturned', 'unknown'] as const;

export const tenantSchemaSchema = z
  .object({
    readAt: instant.nullable().openapi({ description: 'Null where only what Syncline knows is shown.' }),
    readBy: z.string().nullable(),
    extensionsProblem: z.string().nullable(),
    types: z.array(
      z.object({
        name: z.string(),
        plural: z.string(),
        permission: z.string().openapi({ description: 'The least permission of the application.' }),
        links: z.array(z.string()),
        attributes: z.array(
          z.object({
            name: z.string(),
            type: z.string().nullable(),
            isCollection: z.boolean(),
            isExtension: z.boolean(),
            application: z.string().nullable().openapi({ description: 'Who defines the extension.' }),
            availability: z.enum(availabilities).openapi({
              description:
                'Whether it can be exported, or why not: only for single objects, changes not followed, never returned, not known.',
            }),
            isMapped: z.boolean(),
            isMissing: z.boolean().openapi({ description: 'It is mapped, and the tenant does not have it.' }),
            filled: z
              .int()
              .nullable()
              .openapi({ description: 'How many of the sampled objects have a value.' }),
            sampled: z.int().nullable(),
            values: z.array(z.string()).openapi({
              description: 'A few; empty for callers who may not see resources.',
            }),
          }),
        ),
      }),
    ),
  })
  .openapi('TenantSchema');

export const previewRequestSchema = z
  .strictObject({
    attributes: mappedTypeShape.attributes.min(1),
    filter: mappedTypeShape.filter.default(null),
  })
  .openapi('PreviewRequest');

export const previewSchema = z
  .object({
    objects: z.array(
      z.object({
        key: z.string(),
        attributes: z.record(z.string(), z.unknown()),
        isFiltered: z.boolean(),
      }),
    ),
  })
  .openapi('Preview');

export type EntityTypesAnswer = z.infer<typeof entityTypesSchema>;
export type EntityTypesChange = z.infer<typeof entityTypesChangeSchema>;
export type EntityTypesPlan = z.infer<typeof entityTypesPlanSchema>;
export type TenantSchemaAnswer = z.infer<typeof tenantSchemaSchema>;
export type SchemaAttribute = TenantSchemaAnswer['types'][number]['attributes'][number];
export type Preview = z.infer<typeof previewSchema>;
