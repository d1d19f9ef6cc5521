/** Applications as requests and answers have them: the catalog, what each is connected to, and the accounts that it has. */
import { z } from '@hono/zod-openapi';
import { checkReportSchema } from './checks.ts';
import { listSchema } from './list.ts';
import { endpointsSchema, placeShape } from './tenants.ts';

const instant = z.string().openapi({ format: 'date-time', example: '2026-11-29T06:30:00.000Z' });

/** `reading`: it was never read as a whole, and that is under way or still to come. */
export const connectionStates = ['not-set-up', 'reading', 'connected', 'failed'] as const;

const objectSet = z.object({ connection: z.string(), type: z.string() });

export const applicationTemplatesSchema = z.object({
  items: z.array(
    z
      .object({
        id: z.string().openapi({ example: 'microsoft-entra' }),
        name: z.string(),
        description: z.string(),
        capabilities: z.array(z.string()).openapi({ description: 'What it can do, a sentence each.' }),
        defaultMapping: z.object({
          sourceType: z.string().openapi({ example: 'user' }),
          target: objectSet,
          rows: z.array(z.object({ source: z.string(), target: z.string() })),
        }),
        permissions: z.array(
          z.object({
            name: z.string().openapi({ example: 'User.Read.All' }),
            purpose: z.string(),
            isNeededForReading: z.boolean(),
          }),
        ),
      })
      .openapi('ApplicationTemplate'),
  ),
});

const name = z
  .string()
  .trim()
  .min(1, 'an application needs a name')
  .max(100, 'a name has at most 100 letters')
  .regex(/^[^\p{Cc}/]*$/u, 'a name is one line of text without a slash')
  .openapi({ example: 'Microsoft Entra ID' });
const description = z.string().trim().max(500, 'a description has at most 500 letters');
const owners = z
  .array(z.string().min(1).max(200))
  .max(20, 'an application has at most 20 owners')
  .openapi({ description: 'Keys of identities of the type alpha_user.' });

export const newApplicationSchema = z
  .strictObject({
    name,
    template: z.string().max(100).openapi({ example: 'microsoft-entra' }),
    description: description.default(''),
    owners: owners.default([]),
    isAuthoritative: z
      .boolean()
      .default(false)
      .openapi({ description: 'Whether its accounts make identities and change them.' }),
  })
  .openapi('NewApplication');

export const applicationChangeSchema = z
  .strictObject({
    name,
    description,
    owners,
    isAuthoritative: z.boolean(),
    isEnabled: z.boolean().openapi({ description: 'Where not, none of its mappings is reconciled.' }),
  })
  .openapi('ApplicationChange');

const applicationMappingSchema = z.object({
  name: z.string(),
  displayName: z.string(),
  source: objectSet,
  target: objectSet,
  isEnabled: z.boolean(),
  oneToOnePercent: z
    .number()
    .nullable()
    .openapi({ description: 'Share of 1-to-1 matches in its last full reconciliation; null before that.' }),
  lastReconciliation: z
    .object({
      id: z.int(),
      state: z.string(),
      mode: z.string(),
      isDryRun: z.boolean(),
      startedAt: instant,
      endedAt: instant.nullable(),
    })
    .nullable(),
});

const summaryShape = {
  id: z.int(),
  name: z.string(),
  template: z.object({ id: z.string(), name: z.string() }),
  description: z.string(),
  isAuthoritative: z.boolean(),
  isEnabled: z.boolean(),
  owners: z.array(
    z.object({
      key: z.string(),
      name: z.string().nullable().openapi({ description: 'Null where there is no such identity any more.' }),
    }),
  ),
  connection: z.object({
    name: z.string().nullable(),
    state: z.enum(connectionStates),
    message: z.string().nullable().openapi({ description: 'Why it failed, or what it is doing.' }),
    lastCheckAt: instant.nullable().openapi({ description: 'When it last signed in or was read.' }),
    readAt: instant.nullable().openapi({ description: 'When its accounts were last read as a whole.' }),
    tenant: z.string().nullable(),
    cloud: z.string().nullable(),
    clientId: z.string().nullable(),
    profile: z.object({ profileId: z.int(), name: z.string() }).nullable(),
    isOwn: z.boolean().openapi({
      description: 'Whether it is a tenant of the console, and no connection of a settings file.',
    }),
    runningJobRunId: z.int().nullable(),
  }),
  mappings: z.array(applicationMappingSchema),
};

export const applicationSummarySchema = z.object(summaryShape).openapi('ApplicationSummary');
export const applicationListSchema = listSchema(applicationSummarySchema);

export const applicationSchema = z
  .object({
    ...summaryShape,
    missingAttributes: z.array(z.object({ type: z.string(), attribute: z.string() })).openapi({
      description: 'Attributes that its mappings read and that its connection does not export.',
    }),
    version: z.int(),
    createdAt: instant,
    createdBy: z.string(),
    changedAt: instant,
    changedBy: z.string(),
  })
  .openapi('Application');

const clientId = z
  .string()
  .trim()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'a client ID is a GUID')
  .openapi({ description: 'The Application (client) ID of the app registration.' });

export const connectSchema = z
  .union([
    z.strictObject({
      connection: z
        .string()
        .min(1)
        .max(200)
        .openapi({ description: 'A tenant or a connection of the settings file that is there already.' }),
    }),
    z.strictObject({
      ...placeShape,
      endpoints: endpointsSchema.optional(),
      clientId: clientId.optional(),
      clientSecret: z.string().min(1).max(4000).optional().openapi({
        description: 'Without one, the machine signs in with the managed identity that it has.',
      }),
      replacesCredentials: z.boolean().default(false).openapi({
        description:
          'Where Syncline has the tenant already, whether these credentials take the place of its own.',
      }),
    }),
  ])
  .openapi('ApplicationConnect');

export const connectedSchema = z
  .object({
    outcome: z
      .enum(['connected', 'refused'])
      .openapi({ description: 'Nothing is kept where it was refused.' }),
    report: checkReportSchema,
    usedTenant: z
      .object({ name: z.string(), profile: z.string().nullable() })
      .nullable()
      .openapi({ description: 'The tenant that was there already and is used with its own credentials.' }),
    application: applicationSchema,
  })
  .openapi('ApplicationConnected');

export const removalSchema = z
  .object({
    mappings: z.array(
      z.object({ name: z.string(), links: z.int(), jobs: z.array(z.string()), reconciliations: z.int() }),
    ),
    identities: z.int().openapi({ description: 'Identities that are linked, which stay.' }),
    connection: z.string().nullable().openapi({ description: 'What it reads, which stays.' }),
    runningJobRunIds: z.array(z.int()).openapi({ description: 'Runs that are ended.' }),
  })
  .openapi('ApplicationRemoval');

export const objectTypesSchema = z.object({
  items: z.array(
    z
      .object({
        type: z.string().openapi({ example: 'user' }),
        label: z.string(),
        isAccount: z.boolean().openapi({ description: 'Whether its objects are the accounts of people.' }),
        count: z.int(),
        readAt: instant.nullable(),
        properties: z.array(
          z.object({
            name: z.string(),
            type: z.string().nullable(),
            isMultiValued: z.boolean(),
            isMapped: z.boolean(),
          }),
        ),
      })
      .openapi('ApplicationObjectType'),
  ),
});

export const dataQuerySchema = z.strictObject({
  type: z.string().min(1).max(100).default('user'),
  q: z.string().trim().max(200).default('').openapi({
    description: 'Beginnings of words of names, addresses and identifiers; all of them are wanted.',
  }),
  limit: z.coerce.number().int().min(1).max(1000).default(50).openapi({ description: 'How many at most.' }),
  after: z.string().max(4000).optional().openapi({ description: '`next` of the page before.' }),
});

export const dataSchema = z
  .object({
    items: z.array(
      z
        .object({
          key: z.string(),
          name: z.string(),
          attributes: z.record(z.string(), z.unknown()),
        })
        .openapi('ApplicationAccount'),
    ),
    next: z
      .string()
      .nullable()
      .openapi({ description: 'What to ask for as `after` for the next page; null behind the last one.' }),
    total: z.int().nullable().openapi({
      description:
        'How many there are; 100,000 where there are more, null where counting them would take too long.',
    }),
    isTotalExact: z.boolean(),
    state: z.enum(['not-set-up', 'waiting', 'reading', 'read', 'failed']).openapi({
      description:
        '`waiting`: nothing was read, and nothing is being read. `failed`: nothing was read, as reading failed.',
    }),
    message: z.string().nullable().openapi({ description: 'What is being done, or why it failed.' }),
    readAt: instant.nullable(),
    objectsRead: z
      .int()
      .nullable()
      .openapi({ description: 'How many were read so far, where it is reading.' }),
  })
  .openapi('ApplicationData');

export type ApplicationTemplates = z.infer<typeof applicationTemplatesSchema>;
export type ApplicationTemplate = ApplicationTemplates['items'][number];
export type ApplicationSummary = z.infer<typeof applicationSummarySchema>;
export type ApplicationList = z.infer<typeof applicationListSchema>;
export type Application = z.infer<typeof applicationSchema>;
export type NewApplication = z.input<typeof newApplicationSchema>;
export type ApplicationChange = z.input<typeof applicationChangeSchema>;
export type ApplicationConnect = z.input<typeof connectSchema>;
export type ApplicationConnected = z.infer<typeof connectedSchema>;
export type ApplicationRemoval = z.infer<typeof removalSchema>;
export type ApplicationObjectTypes = z.infer<typeof objectTypesSchema>;
export type ApplicationAccount = ApplicationData['items'][number];
export type ApplicationData = z.infer<typeof dataSchema>;
