/** The directory on the wire: resources that are found, one resource with its links and its history, and tags. */
import { z } from '@hono/zod-openapi';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });
const totalShape = {
  total: z.int().nullable().openapi({
    description:
      'How many there are; 100,000 where there are more, null where counting them would take too long.',
  }),
  isTotalExact: z.boolean(),
};
const next = z
  .string()
  .nullable()
  .openapi({ description: 'What to ask for as `after` for the next page; null behind the last one.' });

const tagLabelSchema = z.object({ tagId: z.int(), name: z.string() });
export type TagLabel = z.infer<typeof tagLabelSchema>;

const attributes = z
  .record(z.string(), z.unknown())
  .openapi({ description: 'The attributes by which people tell resources from each other.' });

export const directoryTypesSchema = z
  .object({
    types: z.array(
      z.object({
        connection: z.string().openapi({ example: 'contoso.onmicrosoft.com' }),
        source: z.string().openapi({ description: 'Which system it is, such as a tenant id.' }),
        type: z.string().openapi({ example: 'user' }),
        count: z.int(),
      }),
    ),
    index: z
      .object({
        behind: z.int().openapi({
          description: 'Changes that the search does not know yet; 100,000 where there are more.',
        }),
        followedAt: instant,
      })
      .openapi({ description: 'How far the search has followed the synchronization.' }),
  })
  .openapi('DirectoryTypes');
export type DirectoryTypes = z.infer<typeof directoryTypesSchema>;

export const directoryResourceSchema = z
  .object({
    connection: z.string(),
    type: z.string(),
    key: z.string().openapi({ example: '9f2c1d3e-0000-4000-8000-000000000001' }),
    name: z.string(),
    attributes,
    tags: z.array(tagLabelSchema),
    deletedAt: instant.nullable(),
  })
  .openapi('DirectoryResource');
export type DirectoryResource = z.infer<typeof directoryResourceSchema>;

export const directoryPageSchema = z
  .object({ items: z.array(directoryResourceSchema), next, ...totalShape })
  .openapi('DirectoryPage');
export type DirectoryPage = z.infer<typeof directoryPageSchema>;

const yes = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true')
  .openapi({ type: 'boolean' });

const filterShape = {
  q: z.string().trim().max(200).default('').openapi({
    description: 'Beginnings of words of names, addresses and identifiers; all of them are wanted.',
  }),
  connection: z.string().max(200).optional(),
  type: z.string().max(100).optional(),
  tag: z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .optional()
    .openapi({ description: 'Only with this tag.' }),
  deleted: yes.openapi({ description: 'Deleted resources instead of those that are there.' }),
};

const pageShape = {
  limit: z.coerce.number().int().min(1).max(1000).default(50).openapi({ description: 'How many at most.' }),
  after: z.string().max(1000).optional().openapi({ description: '`next` of the page before.' }),
};

export const directoryFilterSchema = z.strictObject(filterShape);
export const directoryQuerySchema = z.strictObject({ ...filterShape, ...pageShape });

const momentSchema = z.object({
  at: instant,
  runId: z.int(),
  jobRunId: z.int().nullable().openapi({ description: 'The run of a job that it belonged to.' }),
  writer: z
    .object({ kind: z.enum(['reconcile', 'edit']), label: z.string() })
    .nullable()
    .openapi({
      description:
        'Who wrote an identity: a run of the mapping `label`, or the person or program `label` by hand; null of what was read.',
    }),
});
export type Moment = z.infer<typeof momentSchema>;

export const resourceDetailsSchema = z
  .object({
    connection: z.string(),
    source: z.string(),
    type: z.string(),
    key: z.string(),
    name: z.string(),
    attributes: z.array(
      z.object({
        name: z.string(),
        value: z.unknown(),
        since: momentSchema.nullable().openapi({ description: 'Null where that is not known.' }),
        isSinceFirstSight: z
          .boolean()
          .openapi({ description: 'It has not changed since the resource was seen first.' }),
      }),
    ),
    relations: z.array(
      z.object({
        association: z.string().openapi({ example: 'group.members' }),
        direction: z.enum(['from', 'to']),
        count: z.int(),
        isExact: z.boolean(),
      }),
    ),
    tags: z.array(tagLabelSchema),
    firstSeen: momentSchema.nullable(),
    deleted: momentSchema
      .nullable()
      .openapi({ description: 'Of a resource that is gone: its attributes are the last ones.' }),
  })
  .openapi('DirectoryResourceDetails');
export type ResourceDetails = z.infer<typeof resourceDetailsSchema>;

export const linkKinds = ['direct', 'indirect', 'all'] as const;

export const linksQuerySchema = z.strictObject({
  association: z.string().min(3).max(200).openapi({ example: 'group.members' }),
  direction: z.enum(['from', 'to']).openapi({
    description:
      '`from`: what the resource links to, such as the members of a group; `to`: what links to it.',
  }),
  kind: z.enum(linkKinds).default('direct').openapi({
    description:
      '`indirect`: only through groups that the resource is in, for links to it. `all`: through groups within the group, too, for its members.',
  }),
  ...pageShape,
});

export const linkedResourceSchema = z
  .object({
    type: z.string().nullable().openapi({ description: 'Null where the type is not exported.' }),
    key: z.string(),
    name: z.string().nullable().openapi({ description: 'Null where the resource is not stored.' }),
    attributes,
    tags: z.array(tagLabelSchema),
    path: z
      .array(z.object({ key: z.string(), name: z.string().nullable() }))
      .openapi({ description: 'The groups between, the nearest to the resource first.' }),
  })
  .openapi('LinkedResource');
export type LinkedResource = z.infer<typeof linkedResourceSchema>;

export const linkPageSchema = z
  .object({
    items: z.array(linkedResourceSchema),
    next,
    ...totalShape,
    isComplete: z
      .boolean()
      .openapi({ description: 'False where there are more groups within each other than are looked at.' }),
  })
  .openapi('LinkPage');
export type LinkPage = z.infer<typeof linkPageSchema>;

export const historyQuerySchema = z.strictObject({
  what: z
    .enum(['resource', 'link'])
    .optional()
    .openapi({ description: 'Only its attributes, or only its links.' }),
  ...pageShape,
  limit: pageShape.limit.pipe(z.number().max(200)),
});

export const historyEntrySchema = momentSchema
  .extend({
    changeNumber: z.int(),
    what: z.enum(['resource', 'link']),
    kind: z.enum(['seen', 'insert', 'update', 'delete']).openapi({
      description: '`seen`: it was there when the directory was read for the first time.',
    }),
    attributes: z
      .array(z.object({ name: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }))
      .openapi({ description: 'What changed; a value that is missing was none.' }),
    link: z
      .object({
        association: z.string().openapi({ example: 'group.members' }),
        direction: z.enum(['from', 'to']),
        type: z.string().nullable(),
        key: z.string(),
        name: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: 'The other end of a link that came or went.' }),
  })
  .openapi('DirectoryHistoryEntry');
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const historyPageSchema = z
  .object({ items: z.array(historyEntrySchema), next })
  .openapi('DirectoryHistoryPage');
export type HistoryPage = z.infer<typeof historyPageSchema>;

export const tagSchema = z
  .object({
    tagId: z.int(),
    name: z.string(),
    description: z.string(),
    resources: z.int().openapi({ description: 'How many resources have it.' }),
    version: z.int(),
    createdAt: instant,
    createdBy: z.string(),
    changedAt: instant,
    changedBy: z.string(),
  })
  .openapi('Tag');
export type Tag = z.infer<typeof tagSchema>;

export const tagListSchema = z.object({ tags: z.array(tagSchema) });
export type TagList = z.infer<typeof tagListSchema>;

export const tagInputSchema = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1, 'a tag needs a name')
      .max(60, 'a name has at most 60 letters')
      .regex(/^[^\p{Cc}]*$/u, 'a name is one line of text')
      .openapi({ example: 'Watchlist' }),
    description: z.string().trim().max(500, 'a description has at most 500 letters').default(''),
  })
  .openapi('TagInput');
export type TagInput = z.input<typeof tagInputSchema>;
