/** The deployed configuration, what files would change of it, and deploying them, as requests and answers have it. */
import { z } from '@hono/zod-openapi';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

/** What one upload may have, with room: configurations that are larger are deployed from a directory. */
const mostFiles = 500;
export const largestBodyBytes = 8 * 2 ** 20;

const fileSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(300)
    .regex(/^[^\p{Cc}\\]+$/u, 'write a path with slashes, such as Connectors/Contoso.xml')
    .regex(/\.(?:xml|json)$/i, 'only .xml files, and .json files with mappings, are read'),
  content: z.string(),
});

const filesSchema = z
  .array(fileSchema)
  .min(1, 'send at least one file')
  .max(mostFiles, `send at most ${mostFiles} files`)
  .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, 'a path is there twice');

export const configurationQuerySchema = z.strictObject({
  q: z.string().max(200).optional().openapi({ description: 'A text in an identifier or a value.' }),
  kind: z.string().max(100).optional().openapi({ example: 'EntityTypeMapping' }),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce
    .number()
    .pipe(z.union([z.literal(50), z.literal(100), z.literal(1000)]))
    .default(50),
});

export const filesQuerySchema = z.strictObject({
  isSingle: z.enum(['true', 'false']).default('false').openapi({
    description: 'Everything in one file, instead of a file a connector and one each for the rest.',
  }),
});

const deploymentRecordSchema = z
  .object({
    recordedAt: instant,
    actor: z.string(),
    revision: z.int().nullable(),
    message: z.string().nullable().openapi({ description: 'What the person who deployed it wrote.' }),
    added: z.int(),
    changed: z.int(),
    removed: z.int(),
    loosenedGuards: z.int(),
  })
  .openapi('DeploymentRecord');

export const configurationSchema = z
  .object({
    revision: z.int().openapi({ description: 'Grows with every deployment; 0 as long as there was none.' }),
    deployedAt: instant.nullable(),
    deployedBy: z.string().nullable(),
    kinds: z.array(z.object({ kind: z.string(), count: z.int() })),
    items: z.array(
      z.object({
        kind: z.string(),
        identifier: z.string(),
        displayName: z.string(),
        origin: z
          .string()
          .nullable()
          .openapi({ description: 'The scaffolding that made it; null where the files themselves have it.' }),
        text: z
          .string()
          .openapi({ description: 'As XML, mappings as JSON; hashes of secrets are left out.' }),
      }),
    ),
    page: z.int(),
    pageSize: z.int(),
    total: z.int(),
    isTotalExact: z.boolean(),
    history: z
      .array(deploymentRecordSchema)
      .openapi({ description: 'The last deployments, the newest first.' }),
  })
  .openapi('Configuration');

const mistakeSchema = z.object({
  file: z.string().nullable(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  message: z.string(),
});

const elementChangeSchema = z.object({
  operation: z.enum(['added', 'changed', 'removed']),
  kind: z.string(),
  identifier: z.string(),
  displayName: z.string(),
  origin: z.string().nullable(),
  isLoosened: z.boolean().openapi({ description: 'It raises a limit of a guard, or takes it away.' }),
  details: z.array(
    z.object({
      operation: z.enum(['added', 'changed', 'removed', 'reordered']),
      place: z.string().openapi({ description: 'Within the element; empty for the element itself.' }),
      attribute: z.string().nullable(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
});

const limitNames = [
  'insertedCount',
  'updatedCount',
  'deletedCount',
  'insertedPercent',
  'updatedPercent',
  'deletedPercent',
] as const;

const lineSchema = z.object({
  kind: z.enum(['same', 'added', 'removed']),
  before: z.int().nullable(),
  after: z.int().nullable(),
  text: z.string(),
});

export const planSchema = z
  .object({
    revision: z.int().openapi({ description: 'What it is a plan against: send it back to deploy.' }),
    mistakes: z.array(mistakeSchema).openapi({ description: 'What keeps the files from being deployed.' }),
    warnings: z.array(mistakeSchema).openapi({ description: 'What is there and has no effect.' }),
    changes: z.array(elementChangeSchema),
    loosenedGuards: z.array(
      z.object({
        connector: z.string(),
        scope: z.string().openapi({ example: 'resources', description: 'What the limit is on.' }),
        limit: z.enum(limitNames),
        before: z.number(),
        after: z.number().openapi({ description: '0 where there is no limit any more.' }),
      }),
    ),
    schedules: z.array(
      z.object({
        job: z.string(),
        before: z.string().nullable().openapi({ description: 'In words; null where there was none.' }),
        after: z.string().nullable(),
        nextRuns: z.array(instant),
      }),
    ),
    rereads: z
      .array(z.object({ connection: z.string(), entityTypes: z.array(z.string()) }))
      .openapi({ description: 'What is read in full next time, because its mapping changes.' }),
    lostLinks: z
      .array(z.object({ mapping: z.string(), links: z.int() }))
      .openapi({ description: 'Mappings that are deleted with account links: deploying needs `isForced`.' }),
    grants: z
      .array(z.object({ client: z.string(), permissions: z.array(z.string()) }))
      .openapi({ description: 'What API clients may do afterwards that they may not do now.' }),
    files: z.array(
      z.object({
        path: z.string(),
        added: z.int(),
        removed: z.int(),
        hunks: z.array(z.array(lineSchema)),
      }),
    ),
    isCut: z.boolean().openapi({ description: 'Whether files differ in more lines than are shown.' }),
  })
  .openapi('ConfigurationPlan');

export const planRequestSchema = z.strictObject({ files: filesSchema }).openapi('ConfigurationUpload');

export const deployRequestSchema = z
  .strictObject({
    files: filesSchema,
    revision: z.int().min(0).openapi({ description: 'That of the plan.' }),
    message: z.string().trim().max(500).optional().openapi({ description: 'For the history.' }),
    isForced: z
      .boolean()
      .default(false)
      .openapi({ description: 'Also where mappings are deleted with their account links.' }),
  })
  .openapi('ConfigurationDeployment');

export const deployedSchema = z
  .object({
    revision: z.int(),
    summary: z.string(),
    warnings: z.array(z.string()),
  })
  .openapi('DeployedConfiguration');

export const writtenFilesSchema = z
  .object({
    revision: z.int(),
    files: z.array(z.object({ path: z.string(), content: z.string() })),
  })
  .openapi('ConfigurationFiles');

export type ConfigurationQuery = z.output<typeof configurationQuerySchema>;
export type ConfigurationAnswer = z.infer<typeof configurationSchema>;
export type ConfigurationFileUpload = z.output<typeof filesSchema>[number];
export type ConfigurationPlan = z.infer<typeof planSchema>;
export type ConfigurationMistake = ConfigurationPlan['mistakes'][number];
export type ConfigurationChange = ConfigurationPlan['changes'][number];
export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>;
export type DeployedAnswer = z.infer<typeof deployedSchema>;
export type WrittenFiles = z.infer<typeof writtenFilesSchema>;
