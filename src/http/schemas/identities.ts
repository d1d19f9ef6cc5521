/** Identities on the wire: what their types are made of, lists, and one identity with where its values come from. */
import { z } from '@hono/zod-openapi';
import { effectiveStates } from '../../model/effective-status.ts';
import { identityTypes } from '../../model/identity-schema.ts';
import { valueTypes } from '../../model/object-schema.ts';
import { directoryFilterSchema, resourceDetailsSchema } from './directory.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

export const identityTypeSchema = z.enum(identityTypes);
const attributes = z.record(z.string().min(1).max(200), z.unknown()).openapi({
  example: { userName: 'sam@contoso.com', givenName: 'Sam', sn: 'Carter', mail: 'sam@contoso.com' },
});

const customShape = {
  name: z
    .string()
    .regex(
      /^custom_[A-Za-z][A-Za-z0-9_]{0,59}$/,
      'the name of an added attribute is custom_ and then a letter, and letters, digits and underscores',
    )
    .openapi({ example: 'custom_badge' }),
  label: z.string().trim().min(1, 'an attribute needs a label').max(100),
  description: z.string().trim().max(500).default(''),
  type: z.enum(valueTypes),
  isMultiValued: z.boolean().default(false),
  isRequired: z.boolean().default(false),
};
const customAttributeSchema = z.strictObject(customShape).openapi('CustomAttribute');

const mostCustom = 200;

export const identityTypeInputSchema = z
  .strictObject({
    customAttributes: z
      .array(customAttributeSchema)
      .max(mostCustom, `a type has at most ${mostCustom} added attributes`)
      .refine(
        (list) => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length,
        'no two attributes may have the same name',
      ),
  })
  .openapi('IdentityTypeInput');
export type IdentityTypeInput = z.input<typeof identityTypeInputSchema>;

const identityTypeDetailsSchema = z
  .object({
    name: identityTypeSchema,
    label: z.string(),
    count: z.int(),
    attributes: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        description: z.string(),
        type: z.enum(valueTypes),
        isMultiValued: z.boolean(),
        isRequired: z.boolean(),
        isUnique: z.boolean(),
        isCustom: z.boolean(),
        choices: z.array(z.string()).nullable().openapi({ description: 'All values that there may be.' }),
        maximumLength: z.int(),
      }),
    ),
    links: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        targets: z.array(identityTypeSchema),
        isMultiValued: z.boolean(),
      }),
    ),
    version: z.int(),
    changedAt: instant,
    changedBy: z.string(),
  })
  .openapi('IdentityType');
export type IdentityTypeDetails = z.infer<typeof identityTypeDetailsSchema>;
export { identityTypeDetailsSchema };

export const identityTypesSchema = z.object({ types: z.array(identityTypeDetailsSchema) });
export type IdentityTypes = z.infer<typeof identityTypesSchema>;

const statusSchema = z.object({
  state: z.enum(effectiveStates).openapi({
    description: 'Of status and dates together, at this moment.',
  }),
  until: instant.nullable().openapi({ description: 'When it becomes another one by itself.' }),
});
export type IdentityStatus = z.infer<typeof statusSchema>;

export const identitySchema = z
  .object({
    type: identityTypeSchema,
    key: z.string().openapi({ example: '9f2c1d3e-0000-4000-8000-000000000001' }),
    name: z.string(),
    attributes: z.record(z.string(), z.unknown()),
    status: statusSchema.nullable().openapi({ description: 'Null of groups.' }),
    tags: z.array(z.object({ tagId: z.int(), name: z.string() })),
  })
  .openapi('Identity');
export type Identity = z.infer<typeof identitySchema>;

export const identityPageSchema = z
  .object({
    items: z.array(identitySchema),
    next: z
      .string()
      .nullable()
      .openapi({ description: 'What to ask for as `after` for the next page; null behind the last one.' }),
    page: z.int(),
    pageSize: z.int(),
    total: z.int().nullable().openapi({
      description: 'How many there are; 100,000 where there are more, null where counting takes too long.',
    }),
    isTotalExact: z.boolean(),
  })
  .openapi('IdentityPage');
export type IdentityPage = z.infer<typeof identityPageSchema>;

const { q, tag } = directoryFilterSchema.shape;
const filterShape = {
  q,
  tag,
  status: z
    .enum(['active', 'inactive'])
    .optional()
    .openapi({ description: 'Only those that are, or are not, active at this moment.' }),
};
export const identityFilterSchema = z.strictObject(filterShape);
export const identityQuerySchema = z.strictObject({
  ...filterShape,
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(1)
    .default(1)
    .openapi({ description: 'The first page; the others are asked for with `after`.' }),
  pageSize: z.coerce.number().int().min(1).max(1000).default(50),
  after: z.string().max(1000).optional().openapi({ description: '`next` of the page before.' }),
});

const detailsShape = resourceDetailsSchema.shape;

export const originSchema = z
  .object({
    kind: z.enum(['mapping', 'person']),
    label: z.string().openapi({ description: 'The name of the mapping, or who changed it by hand.' }),
    reconciliationId: z
      .int()
      .nullable()
      .openapi({ description: 'The run of the mapping, as far as it is known.' }),
    rule: z
      .object({
        kind: z.enum(['attribute', 'constant', 'expression', 'reference']),
        text: z
          .string()
          .openapi({ description: 'The attribute of the source, the constant, or the expression.' }),
      })
      .nullable(),
    source: z
      .object({ connection: z.string(), type: z.string(), key: z.string(), name: z.string().nullable() })
      .nullable()
      .openapi({ description: 'The account that it was read from.' }),
  })
  .openapi('ValueOrigin');
export type ValueOrigin = z.infer<typeof originSchema>;

export const identityDetailsSchema = z
  .object({
    type: identityTypeSchema,
    key: z.string(),
    name: z.string(),
    version: z.int().nullable().openapi({ description: 'Null of one that is deleted.' }),
    status: statusSchema.nullable(),
    attributes: z.array(
      detailsShape.attributes.element.extend({
        label: z
          .string()
          .nullable()
          .openapi({ description: 'Null where the type does not have it any more.' }),
        origin: originSchema.nullable().openapi({ description: 'Null where that is not known.' }),
        setAgainBy: z
          .string()
          .nullable()
          .openapi({ description: 'The mapping that sets it whenever it reconciles this identity.' }),
      }),
    ),
    setAgain: z
      .array(z.object({ attribute: z.string(), mapping: z.string() }))
      .openapi({ description: 'Attributes that mappings set, with or without a value now.' }),
    accounts: z.array(
      z.object({
        mapping: z.string(),
        isMappingEnabled: z.boolean(),
        linkNumber: z.int(),
        qualifier: z.string(),
        connection: z.string(),
        type: z.string(),
        key: z.string(),
        name: z.string().nullable().openapi({ description: 'Null where it is not stored any more.' }),
        side: z.enum(['target', 'source']),
        matchedOn: z.object({ rule: z.int(), attributes: z.record(z.string(), z.string()) }).nullable(),
        linkedAt: instant,
        linkedBy: z.string().nullable(),
        reconciliationId: z.int().nullable(),
      }),
    ),
    relations: detailsShape.relations,
    tags: detailsShape.tags,
    firstSeen: detailsShape.firstSeen,
    deleted: detailsShape.deleted,
  })
  .openapi('IdentityDetails');
export type IdentityDetails = z.infer<typeof identityDetailsSchema>;

export const newIdentitySchema = z.strictObject({ attributes }).openapi('NewIdentity');
export const identityChangeSchema = z
  .strictObject({
    attributes: attributes.openapi({ description: 'What becomes another; null takes a value away.' }),
  })
  .openapi('IdentityChange');

export const changedIdentitySchema = z
  .object({
    identity: identityDetailsSchema,
    warnings: z.array(z.string()).openapi({ description: 'Such as that a mapping will set a value again.' }),
  })
  .openapi('ChangedIdentity');
export type ChangedIdentity = z.infer<typeof changedIdentitySchema>;

export const identityRemovalSchema = z
  .object({
    accounts: z.array(
      z.object({ mapping: z.string(), connection: z.string(), type: z.string(), count: z.int() }),
    ),
    links: z.array(z.object({ association: z.string(), direction: z.enum(['from', 'to']), count: z.int() })),
    applications: z.array(z.string()),
  })
  .openapi('IdentityRemoval');
export type IdentityRemoval = z.infer<typeof identityRemovalSchema>;

const mostLinks = 1000;
const end = z.strictObject({ type: identityTypeSchema, key: z.string().min(1).max(200) });

export const linkChangeSchema = z
  .strictObject({
    add: z.array(end).max(mostLinks, `at most ${mostLinks} at a time`).default([]),
    remove: z
      .array(z.string().min(1).max(200))
      .max(mostLinks, `at most ${mostLinks} at a time`)
      .default([])
      .openapi({ description: 'Keys.' }),
  })
  .openapi('IdentityLinkChange');
export type LinkChangeInput = z.input<typeof linkChangeSchema>;

export const linkChangeResultSchema = z.object({
  added: z
    .int()
    .openapi({ description: 'Those that were there already, and ends that are not, do not count.' }),
  removed: z.int(),
});
export type LinkChangeResult = z.infer<typeof linkChangeResultSchema>;
